#include "tests/simulation/scopes_oracle.h"

#include <algorithm>

#include "halfterm/disk/rows.pb.h"
#include "sync/core/codec.h"
#include "sync/facts.h"

namespace halfterm::testing {

using storage::Family;

sync::RecordView ScopesOracle::Record::View(const core::Id16& id) const {
  sync::RecordView view{id, {}};
  for (const auto& [facet_id, facet] : facets) view.facets.push_back({facet_id, &facet});
  return view;
}

const std::map<core::Id16, ScopesOracle::Record>& ScopesOracle::Records() {
  if (read_at_ == school_.commits()) return records_;
  read_at_ = school_.commits();
  records_.clear();
  const std::string prefix = storage::FacetPrefix(school_.tenant());
  const auto snapshot = school_.engine().NewSnapshot();
  const auto cursor = snapshot->NewCursor(Family::kState, prefix, storage::EndOfPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    disk::FacetRow row;
    row.ParseFromArray(cursor->value().data(), static_cast<int>(cursor->value().size()));
    const core::FacetId id = storage::ParseFacetKey(cursor->key())->facet;
    Record& record = records_[id.record];
    record.facets[id] = *core::Decode(row.facet(), core::kFacetLimits);
    record.bytes[id] = row.facet();
  }
  return records_;
}

std::map<core::Id16, HeldRecord> ScopesOracle::Right(const core::Id16& person,
                                                     const std::set<uint16_t>& periods) {
  std::map<core::Id16, HeldRecord> right;
  const sync::Directory& directory = *school_.filed_by().back();
  const std::vector<core::Scope> mine = directory.ScopesOf(person);
  for (const auto& [id, record] : Records()) {
    const sync::RecordView view = record.View(id);
    const core::VisitFacts facts = sync::FactsOf(view, directory);
    HeldRecord held;
    held.period = sync::PeriodOf(view, facts, directory);
    if (held.period != 0 && periods.count(held.period) == 0) continue;
    for (const auto& [facet_id, facet] : record.facets) {
      HeldFacet one;
      for (const core::Scope& scope : sync::FiledUnder(facts, facet_id, facet)) {
        if (std::binary_search(mine.begin(), mine.end(), scope)) one.held_by.insert(scope);
      }
      if (one.held_by.empty()) continue;
      one.bytes = record.bytes.at(facet_id);
      held.facets.emplace(facet_id, std::move(one));
    }
    if (!held.facets.empty()) right.emplace(id, std::move(held));
  }
  return right;
}

bool ScopesOracle::MayHold(const core::Id16& person, const core::FacetId& facet) {
  const auto record = Records().find(facet.record);
  if (record == Records().end()) return false;
  const auto found = record->second.facets.find(facet);
  if (found == record->second.facets.end()) return false;
  for (const auto& directory : school_.filed_by()) {
    const core::VisitFacts facts = sync::FactsOf(record->second.View(facet.record), *directory);
    const std::vector<core::Scope> mine = directory->ScopesOf(person);
    for (const core::Scope& scope : sync::FiledUnder(facts, facet, found->second)) {
      if (std::binary_search(mine.begin(), mine.end(), scope)) return true;
    }
  }
  return false;
}

}  // namespace halfterm::testing
