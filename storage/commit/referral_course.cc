#include "storage/commit/referral_course.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "halfterm/v1/referral.pb.h"
#include "sync/core/delta.h"
#include "sync/facts.h"
#include "sync/levels.h"
#include "sync/rights.h"

namespace halfterm::storage {
namespace {

using core::Facet;
using core::FacetId;
using core::Id16;
using core::Kind;
using core::Path;

// Visits that evidence is taken from, at most.
constexpr size_t kMostSources = 32;

FacetId BodyOf(const RecordState& record) { return {record.id, core::kReferral, {}}; }

class Course {
 public:
  Course(Batch& batch, RecordState& record, uint64_t seq, disk::LogRow& log)
      : batch_(batch), record_(record), seq_(seq), log_(log) {}

  const core::VisitFacts& facts() { return batch_.FactsOf(record_); }

  absl::Status Raise(uint8_t level, bool withdrawn = false) {
    core::Phase phase = facts().phase;
    phase.level = std::max(phase.level, level);
    phase.withdrawn = phase.withdrawn || withdrawn;
    if (!(facts().phase < phase)) return absl::OkStatus();
    core::Cell cell;
    cell.path = Path::Field(v1::ReferralBody::kPhaseFieldNumber, Kind::kPhase);
    cell.phase = phase;
    Facet delta;
    delta.cells.push_back(std::move(cell));
    return batch_.ServerWrite(record_, BodyOf(record_), std::move(delta), seq_, log_);
  }

  absl::Status Follow() {
    if (facts().sort != core::RecordSort::kReferral || facts().phase.withdrawn) {
      return absl::OkStatus();
    }
    if (facts().phase.level == core::kReferralOpen && (HasAgreed() || facts().teacher.IsZero())) {
      if (absl::Status raised = Raise(core::kReferralConsented); !raised.ok()) return raised;
      if (absl::Status written = WriteEvidence(); !written.ok()) return written;
    }
    if (facts().phase.level == core::kReferralConsented && !Links(kRevisits).empty()) {
      if (absl::Status raised = Raise(core::kReferralActive); !raised.ok()) return raised;
    }
    const bool has_begun = facts().phase.level >= core::kReferralOpen;
    if (has_begun && facts().phase.level < core::kReferralOutcome && HasOutcome()) {
      return Raise(core::kReferralOutcome);
    }
    return absl::OkStatus();
  }

 private:
  static constexpr uint16_t kSources = v1::ReferralBody::kSourceVisitsFieldNumber;
  static constexpr uint16_t kRevisits = v1::ReferralBody::kRevisitsFieldNumber;

  const Facet& Body() {
    static const Facet kNone;
    const FacetState* body = record_.Find(BodyOf(record_));
    return body == nullptr ? kNone : body->facet;
  }
  std::vector<Id16> Links(uint16_t field) { return sync::PresentEntries(Body(), field); }

  bool HasAgreed() {
    if (facts().teacher.IsZero()) return false;
    const FacetState* consent = record_.Find({record_.id, core::kConsent, facts().teacher});
    const core::Cell* given =
        consent == nullptr
            ? nullptr
            : consent->facet.Find(Path::Field(v1::Consent::kGivenFieldNumber, Kind::kReg));
    const std::string yes(1, '\x01');
    return given != nullptr && !given->siblings.empty() &&
           std::all_of(given->siblings.begin(), given->siblings.end(),
                       [&yes](const core::Sibling& sibling) { return sibling.value == yes; });
  }

  bool HasOutcome() {
    const core::Cell* outcome =
        Body().Find(Path::Field(v1::ReferralBody::kOutcomeFieldNumber, Kind::kReg));
    return outcome != nullptr && !outcome->siblings.empty() && !sync::IsDisputed(*outcome) &&
           !outcome->siblings.front().value.empty();
  }

  // Of visits to this teacher that their leaders read, as they were shared: a link may name any
  // record, and what two colleagues wrote in confidence is nobody's evidence.
  absl::Status WriteEvidence() {
    v1::ReferredEvidence evidence;
    std::set<uint16_t> elements;
    for (const Id16& key :
         sync::PresentEntries(Body(), v1::ReferralBody::kReasonElementsFieldNumber)) {
      elements.insert(core::KeyNumber(key));
    }
    std::vector<Id16> sources = Links(kSources);
    if (sources.size() > kMostSources) sources.resize(kMostSources);
    for (const Id16& source : sources) {
      if (source == record_.id) continue;
      const absl::StatusOr<RecordState*> visit = batch_.Record(record_.tenant, source);
      if (!visit.ok()) return visit.status();
      const core::VisitFacts& of = batch_.FactsOf(**visit);
      if (!of.has_plan || of.phase.withdrawn || of.phase.round < 1 || of.teacher.IsZero() ||
          of.teacher != facts().teacher || !sync::IsForLeaders(of.kind)) {
        continue;
      }
      const sync::VersionLevels version = sync::NewestVersion((*visit)->View());
      for (const sync::Rating& rating : version.ratings) {
        if (rating.level == 0 || elements.count(rating.element) == 0) continue;
        v1::ReferredLevel& level = *evidence.add_levels();
        level.set_visit(std::string(source.view()));
        level.set_rubric_version(std::string(version.rubric.view()));
        level.set_element(rating.element);
        level.set_level(rating.level);
      }
    }
    const FacetId id{record_.id, core::kEvidence, {}};
    const FacetState* held = record_.Find(id);
    const absl::StatusOr<core::Dot> dot = batch_.ServerDot(record_.tenant);
    if (!dot.ok()) return dot.status();
    const absl::StatusOr<uint64_t> stamp = batch_.ServerStamp(record_.tenant);
    if (!stamp.ok()) return stamp.status();
    core::Cell cell = core::Written(held == nullptr ? Facet{} : held->facet,
                                    Path::Field(v1::Evidence::kReferredFieldNumber, Kind::kBlob),
                                    *dot, facts().lead, evidence.SerializeAsString());
    for (core::Sibling& sibling : cell.siblings) sibling.stamp = *stamp;
    Facet delta;
    delta.cells.push_back(std::move(cell));
    return batch_.ServerWrite(record_, id, std::move(delta), seq_, log_);
  }

  Batch& batch_;
  RecordState& record_;
  const uint64_t seq_;
  disk::LogRow& log_;
};

absl::StatusOr<IntentResult> DoneIf(const absl::Status& written) {
  if (!written.ok()) return written;
  return IntentResult{};
}

}  // namespace

absl::StatusOr<IntentResult> CarryOutOnReferral(Batch& batch, RecordState& record,
                                                const Id16& author, const v1::Intent& intent,
                                                uint64_t seq, disk::LogRow& log) {
  Course course(batch, record, seq, log);
  const core::VisitFacts& facts = course.facts();
  const sync::Directory& directory = batch.DirectoryOf(record.tenant);
  const bool is_opener = author == facts.lead;
  const bool reads =
      is_opener || (facts.phase.level >= core::kReferralOpen &&
                    (author == facts.teacher || (facts.agreed && author == facts.helper) ||
                     sync::LeadsTeacher(author, facts, directory)));
  // Who cannot see it hears what they would hear if it were not there.
  if (facts.sort != core::RecordSort::kReferral || !reads) {
    return Refused(v1::OUTCOME_MISSING, "there is no such referral");
  }
  if (facts.phase.withdrawn || facts.phase.level >= core::kReferralClosed) {
    return Refused(
        intent.has_close() || intent.has_withdraw() ? v1::OUTCOME_ALREADY : v1::OUTCOME_CLOSED, "");
  }
  if (intent.has_share()) {
    if (!is_opener) return Refused(v1::OUTCOME_NOT_ALLOWED, "only who opened the referral");
    if (facts.phase.level >= core::kReferralOpen) return Refused(v1::OUTCOME_ALREADY, "");
    if (absl::Status raised = course.Raise(core::kReferralOpen); !raised.ok()) return raised;
    return DoneIf(course.Follow());
  }
  if (intent.has_close()) {
    if (author == facts.teacher) return Refused(v1::OUTCOME_NOT_ALLOWED, "not its teacher");
    if (facts.phase.level < core::kReferralOutcome) {
      return Refused(v1::OUTCOME_MISSING, "an outcome");
    }
    return DoneIf(course.Raise(core::kReferralClosed));
  }
  if (intent.has_withdraw()) {
    if (!is_opener) return Refused(v1::OUTCOME_NOT_ALLOWED, "only who opened the referral");
    return DoneIf(course.Raise(facts.phase.level, /*withdrawn=*/true));
  }
  return Refused(v1::OUTCOME_NOT_ALLOWED, "it belongs on a visit");
}

absl::Status RaiseReferral(Batch& batch, RecordState& record, uint64_t seq, disk::LogRow& log) {
  return Course(batch, record, seq, log).Follow();
}

}  // namespace halfterm::storage
