#include "storage/commit/epochs.h"

#include <algorithm>
#include <limits>
#include <map>
#include <mutex>
#include <utility>

namespace halfterm::storage {
namespace {

// From an epoch up to the first one: by epoch, up to which of its numbers `from` has its history.
std::map<uint32_t, uint64_t> PathOf(const disk::EpochsRow& epochs, uint32_t from, Tenant tenant) {
  std::map<uint32_t, uint64_t> path;
  uint64_t reach = std::numeric_limits<uint64_t>::max();
  for (uint32_t id = from; id != 0 && path.count(id) == 0;) {
    const disk::EpochRow* epoch = EpochOf(epochs, id);
    if (epoch == nullptr) break;
    path[id] = reach;
    reach = std::min(reach, SeqOf(epoch->branches(), tenant));
    id = epoch->parent();
  }
  return path;
}

}  // namespace

struct Epochs::Said {
  std::mutex mutex;
  std::shared_ptr<const disk::EpochsRow> row;
};

Epochs::Epochs(disk::EpochsRow row) : said_(std::make_shared<Said>()) { Publish(std::move(row)); }

std::shared_ptr<const disk::EpochsRow> Epochs::shared_row() const {
  const std::lock_guard<std::mutex> lock(said_->mutex);
  return said_->row;
}

void Epochs::Publish(disk::EpochsRow row) {
  auto next = std::make_shared<const disk::EpochsRow>(std::move(row));
  const std::lock_guard<std::mutex> lock(said_->mutex);
  said_->row.swap(next);
}

absl::StatusOr<Epochs> Epochs::Open(Engine& engine, const Clock& clock) {
  disk::EpochsRow row;
  const absl::StatusOr<std::string> stored = engine.Get(Family::kMeta, EpochKey());
  if (stored.ok()) {
    if (!row.ParseFromString(*stored) || row.epochs_size() == 0) {
      return absl::DataLossError("the store's history cannot be read; run `halfterm doctor`");
    }
    return Epochs(std::move(row));
  }
  if (!absl::IsNotFound(stored.status())) return stored.status();
  disk::EpochRow& first = *row.add_epochs();
  first.set_id(1);
  first.set_began_ms(clock.NowMs());
  row.set_replayed_epoch(1);
  WriteSet writes;
  writes.Put(Family::kMeta, EpochKey(), row.SerializeAsString());
  const absl::Status committed = engine.Commit(writes);
  if (!committed.ok()) return committed;
  return Epochs(std::move(row));
}

uint64_t SeqOf(const google::protobuf::RepeatedPtrField<disk::TenantSeq>& schools, Tenant tenant) {
  const auto at = std::lower_bound(
      schools.begin(), schools.end(), tenant.handle(),
      [](const disk::TenantSeq& school, uint32_t handle) { return school.tenant() < handle; });
  return at == schools.end() || at->tenant() != tenant.handle() ? 0 : at->seq();
}

const disk::EpochRow* EpochOf(const disk::EpochsRow& epochs, uint32_t id) {
  for (const disk::EpochRow& epoch : epochs.epochs()) {
    if (epoch.id() == id) return &epoch;
  }
  return nullptr;
}

uint64_t SharedSeq(const disk::EpochsRow& epochs, uint32_t id, Tenant tenant) {
  if (epochs.epochs().empty()) return 0;
  const std::map<uint32_t, uint64_t> here =
      PathOf(epochs, epochs.epochs(epochs.epochs_size() - 1).id(), tenant);
  // The nearest epoch that both histories come from, and the lower of where they left it.
  uint64_t reach = std::numeric_limits<uint64_t>::max();
  for (size_t steps = 0; steps <= static_cast<size_t>(epochs.epochs_size()); ++steps) {
    const disk::EpochRow* epoch = EpochOf(epochs, id);
    if (epoch == nullptr) return 0;
    const auto common = here.find(id);
    if (common != here.end()) return std::min(reach, common->second);
    reach = std::min(reach, SeqOf(epoch->branches(), tenant));
    id = epoch->parent();
  }
  return 0;
}

}  // namespace halfterm::storage
