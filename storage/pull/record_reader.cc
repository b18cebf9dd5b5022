#include "storage/pull/record_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace halfterm::storage {
namespace {

absl::Status Damaged(absl::string_view what, absl::string_view key) {
  return absl::DataLossError(
      absl::StrCat("the ", what, " row at ", absl::BytesToHexString(key), " cannot be read"));
}

// Where in the row's scopes those of the reader lie; both ascending. Calls `found` with each.
template <typename Found>
void ForEachCommon(absl::string_view row_scopes, const std::vector<core::Scope>& mine,
                   const Found& found) {
  auto scope = mine.begin();
  while (!row_scopes.empty() && scope != mine.end()) {
    const auto type = static_cast<uint8_t>(row_scopes.front());
    const int order = type != scope->type ? (type < scope->type ? -1 : 1)
                                          : std::memcmp(row_scopes.data() + 1,
                                                        scope->id.bytes.data(), core::Id16::kSize);
    if (order == 0) found(*scope);
    if (order <= 0) row_scopes.remove_prefix(core::kScopeBytes);
    if (order >= 0) ++scope;
  }
}

bool Has(const AlreadyHeld& held, const FacetRowView& row) {
  if (row.seq > held.seq || row.audience_seq > held.seq) return false;
  bool common = false;
  ForEachCommon(row.scopes, held.scopes, [&common](const core::Scope&) { common = true; });
  return common;
}

// Tags, lengths and fixed parts of one Held, and of one ScopeId in it.
constexpr size_t kHeldBytes = 5 + 35 + 11 + 34 + 5 + 18 + 6;
constexpr size_t kHeldByBytes = 2 + 2 + 18;

}  // namespace

RecordReader::RecordReader(const Snapshot& snapshot, Tenant tenant)
    : snapshot_(snapshot), tenant_(tenant) {}

absl::StatusOr<const RecordRowView*> RecordReader::PlacesOf(const core::Id16& record) {
  const std::string key = RecordKey(tenant_, record);
  absl::StatusOr<std::string> row = snapshot_.Get(Family::kDerived, key);
  if (!row.ok() && !absl::IsNotFound(row.status())) return row.status();
  record_row_ = row.ok() ? *std::move(row) : std::string();
  if (!ReadRecordRow(record_row_, places_)) return Damaged("record", key);
  return &places_;
}

absl::StatusOr<RecordReader::Added> RecordReader::AddFacets(const core::Id16& record,
                                                            const std::vector<core::Scope>& visible,
                                                            const std::vector<core::Scope>& here,
                                                            const AlreadyHeld* held,
                                                            v1::Item& item) {
  const std::string prefix = FacetPrefix(tenant_, record);
  if (facets_ == nullptr) {
    const std::string all = FacetPrefix(tenant_);
    facets_ = snapshot_.NewCursor(Family::kState, all, EndOfPrefix(all));
  }
  // The walk below ends on the first facet of the next record, which often is the next one of the
  // feed.
  if (!facets_->Valid() || !absl::StartsWith(facets_->key(), prefix)) facets_->Seek(prefix);
  Added added;
  for (; facets_->Valid(); facets_->Next()) {
    const absl::string_view key = facets_->key();
    if (!absl::StartsWith(key, prefix)) break;
    const absl::string_view facet = key.substr(prefix.size() - core::Id16::kSize);
    FacetRowView row;
    if (facet.size() != core::FacetId::kSize || !ReadFacetRow(facets_->value(), row)) {
      return Damaged("facet", key);
    }
    v1::Held* listed = nullptr;
    ForEachCommon(row.scopes, visible, [&](const core::Scope& scope) {
      if (listed == nullptr) listed = item.add_held();
      v1::ScopeId& holder = *listed->add_held_by();
      holder.set_type(scope.type);
      holder.set_id(scope.id.bytes.data(), core::Id16::kSize);
      added.bytes += kHeldByBytes;
      if (std::find(here.begin(), here.end(), scope) == here.end()) added.elsewhere = true;
    });
    if (listed == nullptr) continue;
    listed->set_facet(facet.data(), facet.size());
    listed->set_seq(row.seq);
    listed->set_digest(row.digest.data(), row.digest.size());
    listed->set_receipt(row.receipt.data(), row.receipt.size());
    listed->set_epoch(row.epoch);
    added.bytes += kHeldBytes;
    if (held != nullptr && Has(*held, row)) continue;
    listed->set_state(row.facet.data(), row.facet.size());
    added.bytes += row.facet.size();
  }
  if (!facets_->status().ok()) return facets_->status();
  return added;
}

}  // namespace halfterm::storage
