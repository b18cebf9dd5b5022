#include "storage/commit/store_names.h"

#include <algorithm>
#include <set>

namespace halfterm::storage {
namespace {

// Directory rows of this kind say which store was opened last for (device16 person16).
constexpr uint8_t kNewestStore = 200;

std::string NewestStoreKey(const Caller& caller) {
  std::string name(caller.device.view());
  name.append(caller.person.view());
  return DirectoryKey(caller.tenant, kNewestStore, name);
}

}  // namespace

uint32_t EpochOf(const disk::ReplicaRow& row) { return std::max<uint32_t>(row.epoch(), 1); }

bool IsStoreOf(const disk::ReplicaRow& row, const Caller& caller) {
  return row.person() == caller.person.view() && row.device() == caller.device.view();
}

disk::ReplicaRow& AddStore(Batch& batch, const Caller& caller, uint64_t replica, uint32_t epoch) {
  disk::ReplicaRow& row = *batch.AddReplica(caller.tenant, replica);
  row.set_tenant(caller.tenant.handle());
  row.set_device(std::string(caller.device.view()));
  row.set_person(std::string(caller.person.view()));
  row.set_epoch(epoch);
  return row;
}

absl::StatusOr<uint64_t> NewestNameOf(Batch& batch, const Caller& caller) {
  const absl::StatusOr<std::string> stored = batch.Get(Family::kState, NewestStoreKey(caller));
  if (absl::IsNotFound(stored.status())) return 0;
  if (!stored.ok()) return stored.status();
  uint64_t replica = 0;
  for (const char byte : *stored) replica = replica << 8 | static_cast<uint8_t>(byte);
  return replica;
}

void NoteNewestName(Batch& batch, const Caller& caller, uint64_t replica) {
  std::string value;
  for (int shift = 56; shift >= 0; shift -= 8) value.push_back(static_cast<char>(replica >> shift));
  batch.Put(Family::kState, NewestStoreKey(caller), std::move(value));
}

absl::StatusOr<bool> ClaimsTooMuch(Batch& batch, Tenant tenant, const disk::ReplicaRow& store,
                                   const std::vector<core::Dot>& claims) {
  for (const core::Dot& claim : claims) {
    const absl::StatusOr<disk::ReplicaRow*> found = batch.Replica(tenant, claim.replica);
    if (!found.ok()) return found.status();
    if (*found == nullptr) return true;
    const disk::ReplicaRow& earlier = **found;
    if (earlier.person() != store.person() || earlier.device() != store.device()) return true;
    if (EpochOf(earlier) == batch.epoch() && claim.count > earlier.last_n()) return true;
  }
  return false;
}

absl::StatusOr<bool> MayBeMovesOf(Batch& batch, const Caller& caller,
                                  const std::vector<core::Rehome>& moves) {
  std::set<uint64_t> names;
  for (size_t i = 0; i < moves.size(); ++i) {
    if (i > 0 && moves[i].old_replica != moves[i - 1].new_replica) return false;
    if (i == 0) names.insert(moves[i].old_replica);
    if (!names.insert(moves[i].new_replica).second) return false;
  }
  for (const uint64_t name : names) {
    const absl::StatusOr<disk::ReplicaRow*> found = batch.Replica(caller.tenant, name);
    if (!found.ok()) return found.status();
    if (*found != nullptr && (*found)->person() != caller.person.view()) return false;
  }
  return true;
}

}  // namespace halfterm::storage
