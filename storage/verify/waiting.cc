// Waiting() of verifier.h.

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "halfterm/disk/rows.pb.h"
#include "halfterm/v1/sync.pb.h"
#include "storage/commit/release.h"
#include "storage/directory/directories.h"
#include "storage/directory/schools.h"
#include "storage/row_view.h"
#include "storage/verify/verifier.h"
#include "sync/core/codec.h"
#include "sync/core/group.h"
#include "sync/facts.h"
#include "sync/schema.h"

namespace halfterm::storage {
namespace {

constexpr int kItems = 100;

struct OwnedFacet {
  core::FacetId id;
  core::Facet facet;
};

void SetId(const core::Id16& id, std::string& bytes) { bytes.assign(id.view()); }

// "never allowed" for REASON_NEVER_ALLOWED.
std::string WordsOf(uint32_t reason) {
  const std::string name = v1::Reason_Name(static_cast<v1::Reason>(reason));
  if (name.empty()) return absl::StrCat("reason ", reason);
  return absl::AsciiStrToLower(absl::StrReplaceAll(name, {{"REASON_", ""}, {"_", " "}}));
}

bool IsAsked(const core::FacetId& facet, const core::Path& path) {
  const sync::FieldSchema* field = sync::Schema::OfThisBuild().Find(facet.facet_class, path);
  return field != nullptr && field->merge == v1::MERGE_KIND_ASK;
}

uint32_t ValuesIn(const core::Cell& cell) {
  std::vector<std::string_view> values;
  for (const core::Sibling& sibling : cell.siblings) values.push_back(sibling.value);
  std::sort(values.begin(), values.end());
  return static_cast<uint32_t>(std::unique(values.begin(), values.end()) - values.begin());
}

class WaitingList {
 public:
  WaitingList(const Snapshot& snapshot, Tenant tenant, const sync::Directory& directory,
              int max_items)
      : snapshot_(snapshot), tenant_(tenant), directory_(directory), max_items_(max_items) {}

  // Record by record, because the lead stands in the plan.
  absl::Status AddConflicts() {
    const std::string prefix = FacetPrefix(tenant_);
    const auto cursor = snapshot_.NewCursor(Family::kState, prefix, EndOfPrefix(prefix));
    std::vector<OwnedFacet> record;
    for (; cursor->Valid(); cursor->Next()) {
      const std::optional<ParsedFacetKey> key = ParseFacetKey(cursor->key());
      absl::StatusOr<core::Facet> facet = Decoded(cursor->key(), cursor->value());
      if (!key || !facet.ok()) return key ? facet.status() : Damaged(cursor->key());
      if (!record.empty() && record.front().id.record != key->facet.record) {
        AddConflictsOf(record);
        record.clear();
      }
      record.push_back({key->facet, *std::move(facet)});
    }
    AddConflictsOf(record);
    return cursor->status();
  }

  absl::Status AddDiverted() {
    const absl::Status late = AddDiverted(LatePrefix(tenant_));
    return late.ok() ? AddDiverted(QuarantinePrefix(tenant_)) : late;
  }

  v1::WaitingReply TakeReply() { return std::move(reply_); }

 private:
  static absl::Status Damaged(absl::string_view key) {
    return absl::DataLossError(absl::StrCat("the stored facet at ", absl::BytesToHexString(key),
                                            " cannot be read; run `halfterm verify`"));
  }

  static absl::StatusOr<core::Facet> Decoded(absl::string_view key, absl::string_view value) {
    FacetRowView row;
    if (!ReadFacetRow(value, row)) return Damaged(key);
    core::Result<core::Facet> facet =
        core::Decode({row.facet.data(), row.facet.size()}, core::kFacetLimits);
    if (!facet.ok()) return Damaged(key);
    return std::move(facet).value();
  }

  core::VisitFacts FactsOf(const std::vector<OwnedFacet>& record) const {
    sync::RecordView view;
    view.id = record.front().id.record;
    for (const OwnedFacet& facet : record) view.facets.push_back({facet.id, &facet.facet});
    return sync::FactsOf(view, directory_);
  }

  // Whose page it is, else the lead, else whoever wrote first.
  static core::Id16 AskedFor(const OwnedFacet& facet, const core::VisitFacts& facts) {
    const bool is_own = facet.id.facet_class == core::kSheet ||
                        facet.id.facet_class == core::kResponse ||
                        facet.id.facet_class == core::kConsent;
    if (is_own && !facet.id.sub.IsZero()) return facet.id.sub;
    if (facts.has_plan && !facts.lead.IsZero()) return facts.lead;
    return sync::AuthorOf(facet.id, facet.facet);
  }

  void AddConflictsOf(const std::vector<OwnedFacet>& record) {
    std::optional<core::VisitFacts> facts;
    for (const OwnedFacet& facet : record) {
      for (const core::Cell& cell : facet.facet.cells) {
        if (cell.siblings.size() < 2 || !sync::IsDisputed(cell) || !IsAsked(facet.id, cell.path)) {
          continue;
        }
        if (cell.path.is_entry() && !IsPresent(facet.facet, cell.path)) continue;
        reply_.set_conflicts(reply_.conflicts() + 1);
        if (!facts) facts = FactsOf(record);
        v1::WaitingItem* item = NextItem();
        if (item == nullptr) continue;
        SetId(facet.id.record, *item->mutable_record());
        item->set_facet(facet.id.Bytes());
        SetId(AskedFor(facet, *facts), *item->mutable_person());
        item->set_field(cell.path.field());
        if (cell.path.is_entry() && core::IsNumberKey(cell.path.key())) {
          item->set_entry(core::KeyNumber(cell.path.key()));
        }
        item->set_values(ValuesIn(cell));
      }
    }
  }

  // Nobody is asked about a part of an entry that was removed.
  static bool IsPresent(const core::Facet& facet, const core::Path& path) {
    const core::Cell* entry =
        facet.Find(core::Path::Entry(path.field(), path.key(), 0, core::Kind::kElem));
    return entry != nullptr && !entry->siblings.empty();
  }

  absl::Status AddDiverted(const std::string& prefix) {
    const auto cursor = snapshot_.NewCursor(Family::kDerived, prefix, EndOfPrefix(prefix));
    for (; cursor->Valid(); cursor->Next()) {
      if (ParseKeptRow(cursor->value()).released_seq != 0) continue;
      reply_.set_diverted(reply_.diverted() + 1);
      v1::WaitingItem* item = NextItem();
      if (item == nullptr) continue;
      const auto late = ParseLateKey(cursor->key());
      const auto kept = ParseQuarantineKey(cursor->key());
      const uint64_t seq = late ? late->seq : kept ? kept->seq : 0;
      const absl::StatusOr<std::string> bytes = snapshot_.Get(Family::kLog, OplogKey(tenant_, seq));
      if (!bytes.ok() && !absl::IsNotFound(bytes.status())) return bytes.status();
      disk::LogRow row;
      if (!bytes.ok() || !row.ParseFromString(*bytes)) continue;
      item->set_diverted_reason(absl::StrCat(late ? "late: " : "", WordsOf(row.reason())));
      item->set_person(row.author());
      const core::Result<core::Group> group = core::DecodeGroup(row.group());
      if (!group.ok()) continue;
      SetId(group->facet.record, *item->mutable_record());
      item->set_facet(group->facet.Bytes());
      const absl::StatusOr<core::Id16> lead = LeadOf(group->facet.record);
      if (!lead.ok()) return lead.status();
      if (!lead->IsZero()) SetId(*lead, *item->mutable_person());
    }
    return cursor->status();
  }

  // Zeros where the record has no plan.
  absl::StatusOr<core::Id16> LeadOf(const core::Id16& record) const {
    const core::FacetId plan{record, core::kPlan, {}};
    const std::string key = FacetKey(tenant_, plan);
    const absl::StatusOr<std::string> bytes = snapshot_.Get(Family::kState, key);
    if (absl::IsNotFound(bytes.status())) return core::Id16{};
    if (!bytes.ok()) return bytes.status();
    absl::StatusOr<core::Facet> facet = Decoded(key, *bytes);
    if (!facet.ok()) return facet.status();
    return FactsOf({OwnedFacet{plan, *std::move(facet)}}).lead;
  }

  // Null once the list is full.
  v1::WaitingItem* NextItem() {
    return reply_.items_size() < max_items_ ? reply_.add_items() : nullptr;
  }

  const Snapshot& snapshot_;
  const Tenant tenant_;
  const sync::Directory& directory_;
  const int max_items_;
  v1::WaitingReply reply_;
};

}  // namespace

absl::StatusOr<v1::WaitingReply> Waiting(const Engine& engine, const v1::WaitingRequest& request) {
  if (request.tenant().empty()) return absl::NotFoundError("no such school");
  const absl::StatusOr<std::vector<Tenant>> school = SchoolsNamed(engine, request.tenant());
  if (!school.ok()) return school.status();
  const std::unique_ptr<Snapshot> snapshot = engine.NewSnapshot();
  const absl::StatusOr<std::shared_ptr<const sync::Directory>> directory =
      ReadDirectory(*snapshot, school->front());
  if (!directory.ok()) return directory.status();
  const int max_items = request.max_items() == 0
                            ? kItems
                            : static_cast<int>(std::min<uint32_t>(request.max_items(), 10'000));
  WaitingList list(*snapshot, school->front(), **directory, max_items);
  const absl::Status conflicts = list.AddConflicts();
  if (!conflicts.ok()) return conflicts;
  const absl::Status diverted = list.AddDiverted();
  if (!diverted.ok()) return diverted;
  return list.TakeReply();
}

}  // namespace halfterm::storage
