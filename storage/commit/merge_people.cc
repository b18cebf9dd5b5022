#include "storage/commit/merge_people.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "halfterm/v1/observation.pb.h"
#include "halfterm/v1/referral.pb.h"
#include "storage/audit/audit_log.h"
#include "storage/commit/answering.h"
#include "storage/commit/batch.h"
#include "storage/directory/directory_writer.h"
#include "sync/core/codec.h"
#include "sync/core/delta.h"
#include "sync/core/limits.h"
#include "sync/facts.h"

namespace halfterm::storage {
namespace {

using core::Facet;
using core::FacetId;
using core::Id16;
using core::Kind;
using core::Path;

// Before any half-term: nobody is asked for under an entry that another one stands for.
constexpr int32_t kNeverThere = 1;
// It is alone in its batch.
constexpr size_t kWholeBatch = 512;

// Where a sort of record says whom it is about, and where that person answers.
struct About {
  core::FacetClass page, answer;
  uint16_t field;
};
constexpr About kAbout[] = {
    {core::kPlan, core::kResponse, v1::Plan::kTeacherFieldNumber},
    {core::kReferral, core::kConsent, v1::ReferralBody::kSubjectFieldNumber}};

const About* AboutOf(uint8_t facet_class) {
  for (const About& about : kAbout) {
    if (about.page == facet_class) return &about;
  }
  return nullptr;
}

Path SubjectOf(const About& about) { return Path::Field(about.field, Kind::kReg); }

class MergePeople final : public Job {
 public:
  using Reply = v1::MergePeopleReply;

  MergePeople(v1::MergePeopleRequest request, std::function<void(absl::StatusOr<Reply>)> done)
      : request_(std::move(request)), done_(std::move(done)) {}

  void Apply(Batch& batch) override { error_ = TryApply(batch); }
  void Done(const absl::Status& committed) override {
    AnswerOnce(done_, error_, committed, std::move(reply_));
  }
  size_t Groups() const override { return kWholeBatch; }

 private:
  absl::Status TryApply(Batch& batch) {
    const auto second = Id16::FromBytes(request_.second());
    const auto into = Id16::FromBytes(request_.into());
    if (!second || !into || *second == *into) {
      return absl::InvalidArgumentError("two ids of 16 bytes that differ are needed");
    }
    const std::optional<Tenant> tenant = batch.TenantNamed(request_.tenant());
    if (!tenant) return absl::NotFoundError("no such school; see `halfterm import`");
    const sync::Directory& directory = batch.DirectoryOf(*tenant);
    const v1::Person* entry = directory.Person(*second);
    const v1::Person* stands = directory.Person(*into);
    if (entry == nullptr || stands == nullptr) {
      return absl::NotFoundError("no such person at this school");
    }
    if (stands->state() == v1::GRANT_STATE_ENDED) {
      return absl::FailedPreconditionError("the entry that should stand for both has ended");
    }
    from_ = request_.undo() ? *into : *second;
    to_ = request_.undo() ? *second : *into;
    mark_ = *second;
    const absl::StatusOr<std::vector<Id16>> records =
        request_.undo() ? FiledAnew(batch, *tenant) : FiledUnder(batch, *tenant);
    if (!records.ok()) return records.status();
    reply_.set_records(records->size());
    if (request_.dry_run()) return absl::OkStatus();
    for (const Id16& record : *records) {
      if (const absl::Status moved = Move(batch, *tenant, record); !moved.ok()) return moved;
    }
    return EndOrBegin(batch, *tenant, *entry);
  }

  // Whom the page is about; zeros for another sort of page.
  static Id16 SubjectIn(const FacetId& id, const Facet& facet) {
    const About* about = AboutOf(id.facet_class);
    return about == nullptr ? Id16{} : sync::ShownId(facet, SubjectOf(*about));
  }

  absl::StatusOr<std::vector<Id16>> FiledUnder(Batch& batch, Tenant tenant) const {
    std::vector<Id16> records;
    const std::unique_ptr<Snapshot> snapshot = batch.context().engine.NewSnapshot();
    const std::string prefix = FacetPrefix(tenant);
    const auto cursor = snapshot->NewCursor(Family::kState, prefix, EndOfPrefix(prefix));
    for (; cursor->Valid(); cursor->Next()) {
      const auto key = ParseFacetKey(cursor->key());
      if (!key || AboutOf(key->facet.facet_class) == nullptr) continue;
      disk::FacetRow row;
      if (!row.ParseFromArray(cursor->value().data(), static_cast<int>(cursor->value().size()))) {
        return absl::DataLossError("a page cannot be read; run `halfterm verify`");
      }
      const core::Result<Facet> facet = core::Decode(row.facet(), core::kFacetLimits);
      if (facet.ok() && SubjectIn(key->facet, *facet) == from_) {
        records.push_back(key->facet.record);
      }
    }
    if (!cursor->status().ok()) return cursor->status();
    return records;
  }

  // What was moved to the entry that stands for both, and is still there.
  absl::StatusOr<std::vector<Id16>> FiledAnew(Batch& batch, Tenant tenant) const {
    std::map<Id16, Id16> last;  // By record: whom it was filed under last.
    const std::unique_ptr<Snapshot> snapshot = batch.context().engine.NewSnapshot();
    const std::string prefix = OplogPrefix(tenant);
    const auto cursor = snapshot->NewCursor(Family::kLog, prefix, EndOfPrefix(prefix));
    for (; cursor->Valid(); cursor->Next()) {
      disk::LogRow row;
      if (!row.ParseFromArray(cursor->value().data(), static_cast<int>(cursor->value().size()))) {
        continue;  // Verification names it.
      }
      if (row.replica() != 0 || row.author() != mark_.view()) continue;
      for (const disk::ServerEffect& effect : row.effects()) {
        const auto id = FacetId::Parse(effect.facet());
        const core::Result<Facet> delta = core::Decode(effect.delta(), core::kFacetLimits);
        if (!id || !delta.ok() || AboutOf(id->facet_class) == nullptr) continue;
        last[id->record] = SubjectIn(*id, *delta);
      }
    }
    if (!cursor->status().ok()) return cursor->status();
    std::vector<Id16> records;
    for (const auto& [id, under] : last) {
      if (under != from_) continue;
      const absl::StatusOr<RecordState*> record = batch.Record(tenant, id);
      if (!record.ok()) return record.status();
      for (const FacetState& state : (*record)->facets) {
        if (SubjectIn(state.id, state.facet) == from_) records.push_back(id);
      }
    }
    return records;
  }

  absl::Status Move(Batch& batch, Tenant tenant, const Id16& id) {
    const absl::StatusOr<RecordState*> found = batch.Record(tenant, id);
    if (!found.ok()) return found.status();
    RecordState& record = **found;
    absl::StatusOr<disk::LogRow> log = BeginServerGroup(batch, tenant);
    if (!log.ok()) return log.status();
    const absl::StatusOr<uint64_t> seq = batch.NextSeq(tenant);
    if (!seq.ok()) return seq.status();
    log->set_author(std::string(mark_.view()));
    for (const About& about : kAbout) {
      const absl::Status moved = MovePage(batch, record, about, *seq, *log);
      if (!moved.ok()) return moved;
    }
    batch.PutUnread(Family::kLog, OplogKey(tenant, *seq), log->SerializeAsString());
    reply_.set_seq(*seq);
    return absl::OkStatus();
  }

  absl::Status MovePage(Batch& batch, RecordState& record, const About& about, uint64_t seq,
                        disk::LogRow& log) const {
    const FacetId page{record.id, about.page, {}};
    const FacetState* state = record.Find(page);
    if (state == nullptr) return absl::OkStatus();
    const core::Cell* cell = state->facet.Find(SubjectOf(about));
    const core::Sibling* shown = cell == nullptr ? nullptr : core::ShownFirst(*cell);
    if (shown == nullptr) return absl::OkStatus();
    const absl::StatusOr<core::Dot> dot = batch.ServerDot(record.tenant);
    if (!dot.ok()) return dot.status();
    // Whoever opened a record is told from whoever wrote its subject.
    core::Cell written =
        core::Written(state->facet, SubjectOf(about), *dot, shown->author, std::string(to_.view()));
    for (core::Sibling& sibling : written.siblings) sibling.stamp = log.stamp();
    Facet delta;
    delta.cells.push_back(std::move(written));
    const absl::Status set = batch.ServerWrite(record, page, std::move(delta), seq, log);
    if (!set.ok()) return set;
    // What the person answered goes with it under the names of its writes, and stays here too: a
    // join of both pages later is the one page.
    const FacetState* answer = record.Find({record.id, about.answer, from_});
    if (answer == nullptr) return absl::OkStatus();
    Facet copy = answer->facet;
    const absl::Status carried =
        batch.ServerWrite(record, {record.id, about.answer, to_}, std::move(copy), seq, log);
    if (!carried.ok() || !request_.undo()) return carried;
    return ClearAnswer(batch, record, {record.id, about.answer, from_}, seq, log);
  }

  // They are two people: what the second wrote does not stay on the other's page.
  absl::Status ClearAnswer(Batch& batch, RecordState& record, const FacetId& page, uint64_t seq,
                           disk::LogRow& log) const {
    const Facet& answer = record.Find(page)->facet;
    const absl::StatusOr<core::Dot> dot = batch.ServerDot(record.tenant);
    if (!dot.ok()) return dot.status();
    Facet cleared;
    for (const core::Cell& cell : answer.cells) {
      const bool is_theirs =
          std::any_of(cell.siblings.begin(), cell.siblings.end(),
                      [this](const core::Sibling& sibling) { return sibling.author == mark_; });
      if (is_theirs) cleared.cells.push_back(core::Removed(answer, cell.path, *dot));
    }
    if (cleared.cells.empty()) return absl::OkStatus();
    return batch.ServerWrite(record, page, std::move(cleared), seq, log);
  }

  absl::Status EndOrBegin(Batch& batch, Tenant tenant, const v1::Person& entry) {
    v1::Reference reference;
    v1::Person& person = *reference.mutable_person();
    person = entry;
    person.set_to_day(request_.undo() ? 0 : kNeverThere);
    person.set_state(request_.undo() ? v1::GRANT_STATE_LIVE : v1::GRANT_STATE_ENDED);
    if (reply_.records() == 0 && person.to_day() == entry.to_day()) return absl::OkStatus();
    const absl::StatusOr<uint64_t> seq = WriteDirectory(
        batch, tenant, request_.tenant(), {{std::move(reference)}, {}, /*rederive=*/true});
    if (!seq.ok()) return seq.status();
    reply_.set_seq(*seq);
    v1::AuditEvent event;
    event.set_act(v1::AUDIT_ACT_PEOPLE_MERGED);
    event.set_subject(entry.id());
    event.set_count(reply_.records());
    return AppendAudit(batch, tenant, std::move(event));
  }

  const v1::MergePeopleRequest request_;
  const std::function<void(absl::StatusOr<Reply>)> done_;
  Id16 from_{}, to_{}, mark_{};
  absl::Status error_;
  Reply reply_;
};

}  // namespace

std::unique_ptr<Job> MakeMergePeople(
    v1::MergePeopleRequest request,
    std::function<void(absl::StatusOr<v1::MergePeopleReply>)> done) {
  return std::make_unique<MergePeople>(std::move(request), std::move(done));
}

}  // namespace halfterm::storage
