#include "storage/sign_in/used_nonces.h"

#include "absl/strings/str_cat.h"
#include "halfterm/disk/sign_in.pb.h"
#include "storage/sign_in/sign_in_keys.h"
#include "sync/core/sha256.h"
#include "sync/core/varint.h"

namespace halfterm::storage {
namespace {

// random8 | made8 | code16.
constexpr size_t kMadeAt = kNonceRandomBytes, kHeadBytes = kMadeAt + 8, kNonceBytes = 32;

core::Digest16 CodeOf(const AccountKeys& keys, uint32_t epoch, absl::string_view head) {
  std::string text;
  core::AppendBig32(text, epoch);
  return core::FirstHalf(keys.DigestOfNonce(absl::StrCat(text, head)));
}

std::string KeyOf(Tenant tenant, absl::string_view nonce) {
  return UsedNonceKey(tenant, core::LoadBig64(nonce.data() + kMadeAt),
                      nonce.substr(0, kNonceRandomBytes));
}

}  // namespace

std::string MakeNonce(const AccountKeys& keys, uint32_t epoch, absl::string_view random,
                      int64_t now_ms) {
  std::string nonce(random.substr(0, kNonceRandomBytes));
  core::AppendBig64(nonce, static_cast<uint64_t>(now_ms));
  const core::Digest16 code = CodeOf(keys, epoch, nonce);
  nonce.append(code.view());
  return nonce;
}

bool IsFreshNonce(const AccountKeys& keys, uint32_t epoch, absl::string_view nonce,
                  int64_t now_ms) {
  if (nonce.size() != kNonceBytes) return false;
  const auto code =
      core::Digest16::FromBytes({nonce.data() + kHeadBytes, kNonceBytes - kHeadBytes});
  if (!core::EqualInConstantTime(*code, CodeOf(keys, epoch, nonce.substr(0, kHeadBytes)))) {
    return false;
  }
  const int64_t age_ms = now_ms - static_cast<int64_t>(core::LoadBig64(nonce.data() + kMadeAt));
  return age_ms >= -kNonceAheadMs && age_ms <= kNonceMs;
}

absl::StatusOr<bool> WasUsed(const ReadRow& read, Tenant tenant, absl::string_view nonce) {
  if (nonce.size() != kNonceBytes) return false;
  const absl::Status found = read(KeyOf(tenant, nonce)).status();
  if (found.ok()) return true;
  if (absl::IsNotFound(found)) return false;
  return found;
}

absl::Status UseNonce(Batch& batch, Tenant tenant, const core::Id16& device,
                      absl::string_view nonce) {
  const absl::StatusOr<bool> used = WasUsed(FromBatch(batch), tenant, nonce);
  if (!used.ok()) return used.status();
  if (*used || nonce.size() != kNonceBytes) {
    return absl::PermissionDeniedError("this tablet is not enrolled here, or its proof is wrong");
  }
  disk::UsedNonceRow row;
  row.set_device(std::string(device.view()));
  row.set_used_ms(batch.now_ms());
  batch.Put(Family::kState, KeyOf(tenant, nonce), row.SerializeAsString());
  return absl::OkStatus();
}

}  // namespace halfterm::storage
