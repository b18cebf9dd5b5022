#include "storage/verify/record_walk.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace halfterm::storage {

RecordWalk::RecordWalk(const Snapshot& snapshot, Tenant tenant, const std::vector<Touch>& touches,
                       Findings& findings)
    : touches_(touches), findings_(findings) {
  const std::string facets = FacetPrefix(tenant), records = RecordPrefix(tenant);
  facets_ = snapshot.NewCursor(Family::kState, facets, EndOfPrefix(facets));
  derived_ = snapshot.NewCursor(Family::kDerived, records, EndOfPrefix(records));
}

std::optional<core::Id16> RecordWalk::FacetRecord() {
  for (; facets_->Valid(); facets_->Next()) {
    const std::optional<ParsedFacetKey> key = ParseFacetKey(facets_->key());
    if (key) return key->facet.record;
    findings_.Differs("facet", Named("key", facets_->key()), "is no key of a facet");
  }
  return std::nullopt;
}

std::optional<core::Id16> RecordWalk::DerivedRecord() {
  for (; derived_->Valid(); derived_->Next()) {
    const std::optional<ParsedRecordKey> key = ParseRecordKey(derived_->key());
    if (key) return key->record;
    findings_.Differs("record", Named("key", derived_->key()), "is no key of a record");
  }
  return std::nullopt;
}

bool RecordWalk::Next() {
  std::optional<core::Id16> facet = FacetRecord();
  const std::optional<core::Id16> derived = DerivedRecord();
  std::optional<core::Id16> least = facet;
  if (derived && (!least || *derived < *least)) least = derived;
  if (next_touch_ < touches_.size()) {
    const core::Id16& touched = touches_[next_touch_].record;
    if (!least || touched < *least) least = touched;
  }
  if (!least) return false;

  record_.id = *least;
  record_.facets.clear();
  for (; facet == least; facet = FacetRecord()) {
    record_.facets.emplace_back(ParseFacetKey(facets_->key())->facet,
                                std::string(facets_->value()));
    facets_->Next();
  }
  record_.derived.reset();
  if (derived == least) {
    record_.derived = std::string(derived_->value());
    derived_->Next();
  }
  const size_t first_touch = next_touch_;
  while (next_touch_ < touches_.size() && touches_[next_touch_].record == *least) ++next_touch_;
  touches_of_record_ = absl::MakeSpan(touches_).subspan(first_touch, next_touch_ - first_touch);
  return true;
}

absl::Status RecordWalk::status() const {
  return facets_->status().ok() ? derived_->status() : facets_->status();
}

}  // namespace halfterm::storage
