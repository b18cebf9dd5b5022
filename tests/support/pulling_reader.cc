#include "tests/support/pulling_reader.h"

#include "sync/core/codec.h"
#include "sync/core/digest.h"
#include "tests/support/hex.h"

namespace halfterm::testing {
namespace {

core::Scope ScopeIn(const v1::ScopeId& id) {
  return {static_cast<uint8_t>(id.type()),
          core::Id16::FromBytes(id.id()).value_or(core::Id16{})};
}

}  // namespace

std::string PullingReader::Apply(const v1::PullReply& reply) {
  if (!ignores_scope_drops) {
    for (const v1::ScopeId& dropped : reply.scope_drops()) {
      if (dropped.type() == 0) {
        records.clear();
      } else {
        Drop(ScopeIn(dropped));
      }
    }
  }
  for (const v1::Item& item : reply.items()) {
    std::string wrong = ApplyItem(item);
    if (!wrong.empty()) return wrong;
  }
  cursor = reply.cursor();
  if (reply.more() == reply.has_end()) return "a chunk has either an end or a next one";
  return reply.has_end() ? ApplyEnd(reply.end()) : "";
}

std::string PullingReader::ApplyItem(const v1::Item& item) {
  const auto id = core::Id16::FromBytes(item.record());
  if (!id) return "an item without a record";
  HeldRecord& held = records[*id];
  HeldRecord now;
  now.period = static_cast<uint16_t>(item.period());
  for (const v1::Held& listed : item.held()) {
    const auto facet_id = core::FacetId::Parse(listed.facet());
    const auto digest = core::Digest32::FromBytes(listed.digest());
    if (!facet_id || facet_id->record != *id || !digest) return "an item that cannot be read";
    const std::string name = "facet " + ToHex(listed.facet());
    if (listed.held_by().empty()) return name + " is held by no scope";
    HeldFacet& facet = now.facets[*facet_id];
    facet.digest = *digest;
    for (const v1::ScopeId& scope : listed.held_by()) facet.held_by.insert(ScopeIn(scope));
    facet.bytes = listed.state();
    if (facet.bytes.empty()) {
      const auto before = held.facets.find(*facet_id);
      if (before == held.facets.end() || before->second.digest != *digest) {
        return name + " comes without its state, which the reader does not have";
      }
      facet.bytes = before->second.bytes;
    }
    const core::Result<core::Facet> decoded = core::Decode(facet.bytes, core::kFacetLimits);
    const std::string content = decoded.ok() ? core::EncodeContent(*decoded) : facet.bytes;
    if (core::FacetDigest(*facet_id, content) != *digest) return name + " has a wrong digest";
  }
  held = std::move(now);
  if (held.facets.empty()) records.erase(*id);
  return "";
}

void PullingReader::Drop(const core::Scope& scope) {
  for (auto record = records.begin(); record != records.end();) {
    auto& facets = record->second.facets;
    for (auto facet = facets.begin(); facet != facets.end();) {
      facet->second.held_by.erase(scope);
      facet = facet->second.held_by.empty() ? facets.erase(facet) : std::next(facet);
    }
    record = facets.empty() ? records.erase(record) : std::next(record);
  }
}

std::string PullingReader::ApplyEnd(const v1::PullEnd& end) {
  std::set<uint16_t> periods;
  for (const v1::ScopeDigest& digest : end.digests()) {
    periods.insert(static_cast<uint16_t>(digest.period()));
  }
  for (auto record = records.begin(); record != records.end();) {
    record = periods.count(record->second.period) == 0 ? records.erase(record) : std::next(record);
  }
  auto held = Digests();
  for (const v1::ScopeDigest& digest : end.digests()) {
    const auto pair = std::pair(ScopeIn(digest.scope()), static_cast<uint16_t>(digest.period()));
    const auto& [count, sum] = held[pair];
    if (count != digest.count() || sum.view() != digest.digest()) {
      return "holds " + std::to_string(count) + " under a scope of type " +
             std::to_string(pair.first.type) + " in period " + std::to_string(pair.second) +
             ", not the " + std::to_string(digest.count()) + " that the server says";
    }
    held.erase(pair);
  }
  return "";
}

std::map<std::pair<core::Scope, uint16_t>, std::pair<uint64_t, core::Digest32>>
PullingReader::Digests() const {
  std::map<std::pair<core::Scope, uint16_t>, std::pair<uint64_t, core::Digest32>> digests;
  for (const auto& [id, record] : records) {
    for (const auto& [facet_id, facet] : record.facets) {
      for (const core::Scope& scope : facet.held_by) {
        auto& [count, sum] = digests[{scope, record.period}];
        ++count;
        core::SumDigest added(sum);
        added.Add(core::HoldingDigest(facet_id, facet.digest));
        sum = added.bytes();
      }
    }
  }
  return digests;
}

}  // namespace halfterm::testing
