#include "tests/support/filed_school.h"

#include <gtest/gtest.h>

#include "storage/scope_bytes.h"
#include "sync/core/digest.h"

namespace halfterm::testing {

using core::Digest32;
using core::FacetId;
using core::Id16;
using core::Scope;
using storage::Family;
using storage::FeedKind;

Id16 IdOf(uint8_t kind, uint64_t number) {
  Id16 id;
  id.bytes[0] = kind;
  for (size_t i = 0; i < 8; ++i) id.bytes[15 - i] = static_cast<uint8_t>(number >> (8 * i));
  return id;
}

FiledSchool::FiledSchool(storage::Engine& engine, storage::Tenant tenant, Faults faults)
    : engine_(engine), tenant_(tenant), faults_(faults) {}

void FiledSchool::Write(const FacetId& id, std::string bytes) {
  FiledRecord& record = records_[id.record];
  touched_.emplace(id.record, record.period);
  FiledFacet& facet = record.facets[id];
  facet.bytes = std::move(bytes);
  facet.digest = core::FacetDigest(id, facet.bytes);
  facet.seq = head_seq_;
}

void FiledSchool::SetScopes(const FacetId& id, ScopeSet scopes) {
  FiledRecord& record = records_[id.record];
  touched_.emplace(id.record, record.period);
  FiledFacet& facet = record.facets.at(id);
  if (facet.scopes == scopes) return;
  facet.scopes = std::move(scopes);
  facet.audience_seq = head_seq_;
}

void FiledSchool::SetPeriod(const Id16& id, uint16_t period) {
  FiledRecord& record = records_[id];
  touched_.emplace(id, record.period);
  if (record.period == period) return;
  record.period = period;
  if (faults_.no_refiling_period) return;
  for (auto& [facet_id, facet] : record.facets) facet.audience_seq = head_seq_;
}

void FiledSchool::Erase(const Id16& id) {
  FiledRecord& record = records_[id];
  touched_.emplace(id, record.period);
  record.erased = true;
  for (const auto& [facet_id, facet] : record.facets) {
    writes_.Delete(Family::kState, storage::FacetKey(tenant_, facet_id));
  }
  record.facets.clear();
}

void FiledSchool::File() {
  for (const auto& [id, period_before] : touched_) FileRecord(id, records_.at(id));
  touched_.clear();
}

void FiledSchool::FileRecord(const Id16& id, FiledRecord& record) {
  std::map<Scope, FiledRecord::Place> now;
  disk::RecordRow derived;
  for (const auto& [facet_id, facet] : record.facets) {
    derived.add_facets(facet_id.Bytes());
    for (const Scope& scope : facet.scopes) {
      FiledRecord::Place& place =
          now.emplace(scope, FiledRecord::Place{FeedKind::kHeld, head_seq_, 0, {}}).first->second;
      ++place.count;
      core::SumDigest sum(place.digest);
      sum.Add(core::HoldingDigest(facet_id, facet.digest));
      place.digest = sum.bytes();
    }
    disk::FacetRow row;
    row.set_seq(facet.seq);
    row.set_audience_seq(facet.audience_seq);
    row.set_scopes(storage::ScopeBytes({facet.scopes.begin(), facet.scopes.end()}));
    row.set_digest(std::string(facet.digest.view()));
    row.set_facet(facet.bytes);
    row.set_receipt("receipt of it 16");
    row.set_epoch(1);
    writes_.Put(Family::kState, storage::FacetKey(tenant_, facet_id), row.SerializeAsString());
  }

  const uint16_t period_before = touched_.at(id);
  for (const auto& [scope, before] : record.places) {
    const auto found = now.find(scope);
    if (before.kind != FeedKind::kHeld && found == now.end()) {
      if (!record.erased || before.kind == FeedKind::kErased) {
        now.emplace(scope, before);
        continue;
      }
    }
    const bool same = found != now.end() && before.kind == FeedKind::kHeld &&
                      before.count == found->second.count &&
                      before.digest == found->second.digest && record.period == period_before;
    if (same) {
      found->second.seq = before.seq;
      continue;
    }
    writes_.Delete(Family::kFeed, storage::FeedKey(tenant_, scope, before.seq, id));
    if (before.kind == FeedKind::kHeld) AddToDigest(scope, period_before, -1, before);
    if (found != now.end() || (faults_.no_left && !record.erased)) continue;
    now.emplace(scope, FiledRecord::Place{
                           record.erased ? FeedKind::kErased : FeedKind::kLeft, head_seq_, 0, {}});
  }
  for (const auto& [scope, place] : now) {
    disk::FeedPlace& kept = *derived.add_feed();
    storage::AppendScope(*kept.mutable_scope(), scope);
    kept.set_seq(place.seq);
    kept.set_kind(static_cast<uint32_t>(place.kind));
    kept.set_count(place.count);
    kept.set_digest(std::string(place.digest.view()));
    if (place.seq != head_seq_) continue;
    writes_.Put(Family::kFeed, storage::FeedKey(tenant_, scope, place.seq, id),
                storage::EncodeFeedRow({place.kind, record.period, place.count, place.digest}));
    if (place.kind == FeedKind::kHeld) AddToDigest(scope, record.period, 1, place);
  }
  record.places = std::move(now);
  derived.set_period(record.period);
  writes_.Put(Family::kDerived, storage::RecordKey(tenant_, id), derived.SerializeAsString());
}

void FiledSchool::AddToDigest(const Scope& scope, uint16_t period, int64_t sign,
                              const FiledRecord::Place& place) {
  storage::DigestRow& row = digests_[{scope, period}];
  core::SumDigest sum(row.digest);
  if (sign > 0) {
    row.count += place.count;
    sum.Add(place.digest);
  } else {
    row.count -= place.count;
    sum.Subtract(place.digest);
  }
  row.digest = sum.bytes();
  const std::string key = storage::DigestKey(tenant_, scope, period);
  if (row.count == 0) {
    writes_.Delete(Family::kDerived, key);
  } else {
    writes_.Put(Family::kDerived, key, storage::EncodeDigestRow(row));
  }
}

void FiledSchool::Commit() {
  disk::HeadRow head;
  head.set_seq(head_seq_);
  writes_.Put(Family::kMeta, storage::HeadKey(tenant_), head.SerializeAsString());
  const absl::Status committed = engine_.Commit(writes_);
  ASSERT_TRUE(committed.ok()) << committed;
  writes_.Clear();
}

}  // namespace halfterm::testing
