// The half of server.h that leaves a rule out: what it then does with rows on their way to the
// engine and with pushes on their way in.

#include <algorithm>

#include "halfterm/disk/rows.pb.h"
#include "storage/feed_row.h"
#include "sync/core/codec.h"
#include "sync/core/group.h"
#include "tests/simulation/whole/server.h"

namespace halfterm::testing {
namespace {

using storage::Family;

constexpr int64_t kDriftAllowedMs = 5 * 60'000;

bool IsDiverted(uint32_t disposition) {
  return disposition == v1::DISPOSITION_QUARANTINED || disposition == v1::DISPOSITION_LATE;
}

// After so long the simulation forgets a removal, where that rule is left out.
constexpr int64_t kTombstoneMs = int64_t{2} * 86'400'000;

// The facet with the latest value of each cell only.
std::string WithoutSiblings(const std::string& bytes) {
  core::Facet facet = *core::Decode(bytes, core::kFacetLimits);
  for (core::Cell& cell : facet.cells) {
    if (cell.siblings.size() < 2) continue;
    cell.siblings = {*core::ShownFirst(cell)};
  }
  return core::Encode(facet);
}

}  // namespace

// What the server would do without the rule; `answered` are results that it makes up.
absl::Status SimulatedServer::BendPush(v1::PushRequest& request,
                                       std::vector<v1::PushResult>& answered) {
  if (!is_up()) return absl::OkStatus();
  if (left_out_ == LeftOut::kWrongClocks) {
    for (const std::string& bytes : request.groups()) {
      const core::Result<core::Group> group = core::DecodeGroup(bytes);
      if (group.ok() &&
          static_cast<int64_t>(group->time.wall_ms) > clock_.NowMs() + kDriftAllowedMs) {
        return absl::InvalidArgumentError("the tablet's clock is wrong");
      }
    }
  }
  disk::ReplicaRow row;
  const auto stored =
      engine().Get(Family::kState, storage::ReplicaKey(tenant(), request.replica()));
  if (!stored.ok() || !row.ParseFromString(*stored)) return absl::OkStatus();
  const bool comes_again = request.first_n() <= row.last_n();
  if (left_out_ == LeftOut::kDecidedOnce && comes_again) {
    return Commit([&](storage::Batch& batch) {
      const auto store = batch.Replica(tenant(), request.replica());
      (*store)->set_last_n(request.first_n() - 1);
      (*store)->set_last_hash(request.hash_before());
      batch.TouchReplica(tenant(), request.replica());
    });
  }
  if (left_out_ == LeftOut::kChain) {
    while (!request.groups().empty() && request.first_n() <= row.last_n()) {
      v1::PushResult& result = answered.emplace_back();
      result.set_n(request.first_n());
      result.set_disposition(v1::DISPOSITION_COMMITTED);
      result.set_seq(1);
      request.set_first_n(request.first_n() + 1);
      request.mutable_groups()->erase(request.groups().begin());
    }
    request.set_hash_before(row.last_hash());
  }
  return absl::OkStatus();
}

std::string SimulatedServer::WithoutOldTombstones(const std::string& key,
                                                  const std::string& bytes) {
  core::Facet facet = *core::Decode(bytes, core::kFacetLimits);
  std::erase_if(facet.cells, [&](const core::Cell& cell) {
    const bool is_removed = cell.siblings.empty() && !cell.seen.empty();
    if (!is_removed) return false;
    const auto [since, is_new] = removed_since_.try_emplace({key, cell.path}, clock_.NowMs());
    return !is_new && clock_.NowMs() - since->second > kTombstoneMs;
  });
  return core::Encode(facet);
}

storage::WriteSet SimulatedServer::Bent(const storage::WriteSet& writes) {
  const bool bends = left_out_ == LeftOut::kQuarantine || left_out_ == LeftOut::kNumberOfDiverted ||
                     left_out_ == LeftOut::kLeft || left_out_ == LeftOut::kSiblings ||
                     left_out_ == LeftOut::kTombstones;
  if (!bends) return writes;
  storage::WriteSet bent;
  uint64_t diverted = 0;
  const std::string facets = storage::FacetPrefix(tenant());
  for (size_t i = 0; i < writes.Count(); ++i) {
    const storage::WriteSet::Write write = writes.At(i);
    if (write.is_delete) {
      bent.Delete(write.family, write.key);
      continue;
    }
    if (left_out_ == LeftOut::kLeft && write.family == Family::kFeed) {
      const auto row = storage::ParseFeedRow(write.value);
      if (row && row->kind == storage::FeedKind::kLeft) continue;
    }
    if (write.family == Family::kLog && storage::ParseOplogKey(write.key)) {
      disk::LogRow row;
      row.ParseFromArray(write.value.data(), static_cast<int>(write.value.size()));
      if (IsDiverted(row.disposition())) ++diverted;
      if (left_out_ == LeftOut::kQuarantine && IsDiverted(row.disposition())) continue;
    }
    if (left_out_ == LeftOut::kSiblings && write.family == Family::kState &&
        write.key.substr(0, facets.size()) == facets) {
      disk::FacetRow row;
      row.ParseFromArray(write.value.data(), static_cast<int>(write.value.size()));
      row.set_facet(WithoutSiblings(row.facet()));
      bent.Put(write.family, write.key, row.SerializeAsString());
      continue;
    }
    if (left_out_ == LeftOut::kTombstones && write.family == Family::kState &&
        write.key.substr(0, facets.size()) == facets) {
      disk::FacetRow row;
      row.ParseFromArray(write.value.data(), static_cast<int>(write.value.size()));
      row.set_facet(WithoutOldTombstones(std::string(write.key), row.facet()));
      bent.Put(write.family, write.key, row.SerializeAsString());
      continue;
    }
    bent.Put(write.family, write.key, write.value);
  }
  if (left_out_ == LeftOut::kNumberOfDiverted && diverted > 0) {
    for (size_t i = 0; i < writes.Count(); ++i) {
      const storage::WriteSet::Write write = writes.At(i);
      if (write.is_delete || write.key != storage::HeadKey(tenant())) continue;
      disk::HeadRow head;
      head.ParseFromArray(write.value.data(), static_cast<int>(write.value.size()));
      head.set_seq(head.seq() - diverted);
      bent.Put(write.family, write.key, head.SerializeAsString());
    }
  }
  return bent;
}

}  // namespace halfterm::testing
