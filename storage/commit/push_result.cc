#include "storage/commit/push_result.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "sync/core/sha256.h"

namespace halfterm::storage {
namespace {

AckedGroup AckedOf(const Caller& caller, uint64_t replica, const v1::PushResult& result,
                   const core::Digest32& hash) {
  AckedGroup acked;
  acked.epoch = result.epoch();
  acked.seq = result.seq();
  acked.dot = {replica, result.n()};
  acked.person = caller.person;
  acked.hash = hash;
  acked.disposition = static_cast<uint8_t>(result.disposition());
  acked.reason = static_cast<uint8_t>(result.reason());
  acked.outcome = static_cast<uint8_t>(result.outcome());
  acked.stamp = result.stamp();
  acked.eff_ms = result.eff_ms();
  return acked;
}

bool IsByte(int number) { return number >= 0 && number <= std::numeric_limits<uint8_t>::max(); }

}  // namespace

v1::PushResult ResultOf(const Caller& caller, const core::Dot& dot, const disk::ChainEntry& entry,
                        const core::Digest32& hash, const Secrets& secrets) {
  v1::PushResult result;
  result.set_n(dot.count);
  result.set_disposition(static_cast<v1::Disposition>(entry.disposition()));
  result.set_reason(static_cast<v1::Reason>(entry.reason()));
  result.set_seq(entry.seq());
  result.set_eff_ms(entry.eff_ms());
  result.set_outcome(static_cast<v1::Outcome>(entry.outcome()));
  result.set_detail(entry.detail());
  result.set_stamp(entry.stamp());
  result.set_epoch(std::max<uint32_t>(entry.epoch(), 1));
  result.set_receipt(
      secrets.GroupReceipt(caller.tenant, AckedOf(caller, dot.replica, result, hash)));
  return result;
}

bool IsOurs(const Caller& caller, uint64_t replica, const v1::PushResult& result,
            const core::Digest32& hash, const Secrets& secrets) {
  if (!IsByte(result.disposition()) || !IsByte(result.reason()) || !IsByte(result.outcome())) {
    return false;
  }
  const auto given = core::Digest16::FromBytes(result.receipt());
  const auto right = core::Digest16::FromBytes(
      secrets.GroupReceipt(caller.tenant, AckedOf(caller, replica, result, hash)));
  return given && right && core::EqualInConstantTime(*given, *right);
}

absl::StatusOr<std::optional<disk::ChainEntry>> HeldAs(Batch& batch, Tenant tenant,
                                                       const core::Dot& dot) {
  const absl::StatusOr<std::string> handed_back =
      batch.Get(Family::kDerived, HandedBackKey(tenant, dot.replica, dot.count));
  if (handed_back.ok()) {
    disk::ChainEntry entry;
    if (!entry.ParseFromString(*handed_back)) {
      return absl::DataLossError(
          "a group that was handed back cannot be read; run `halfterm verify`");
    }
    return std::optional<disk::ChainEntry>(std::move(entry));
  }
  if (!absl::IsNotFound(handed_back.status())) return handed_back.status();
  const absl::StatusOr<disk::ReplicaRow*> store = batch.Replica(tenant, dot.replica);
  if (!store.ok()) return store.status();
  if (*store == nullptr || dot.count > (*store)->last_n()) return std::optional<disk::ChainEntry>();
  const absl::StatusOr<std::vector<disk::ChainEntry>> held =
      batch.ChainFrom(tenant, dot.replica, dot.count, dot.count);
  if (!held.ok()) return held.status();
  return std::optional<disk::ChainEntry>(held->front());
}

}  // namespace halfterm::storage
