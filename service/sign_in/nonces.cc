#include "service/sign_in/nonces.h"

#include "absl/strings/str_cat.h"
#include "sync/core/sha256.h"
#include "sync/core/varint.h"

namespace halfterm::service {
namespace {

constexpr size_t kRandomBytes = 8, kHeadBytes = 16, kNonceBytes = 32;

core::Digest16 MacOf(const std::string& key, absl::string_view head) {
  return core::FirstHalf(core::HmacSha256(key, {{head.data(), head.size()}}));
}

}  // namespace

std::string Nonces::Make(absl::string_view random, int64_t now_ms) const {
  std::string nonce(random.substr(0, kRandomBytes));
  core::AppendBig64(nonce, static_cast<uint64_t>(now_ms));
  const core::Digest16 mac = MacOf(key_, nonce);
  nonce.append(mac.view());
  return nonce;
}

bool Nonces::IsFresh(absl::string_view nonce, int64_t now_ms) const {
  if (nonce.size() != kNonceBytes) return false;
  const auto mac = core::Digest16::FromBytes({nonce.data() + kHeadBytes, kHeadBytes});
  if (!core::EqualInConstantTime(*mac, MacOf(key_, nonce.substr(0, kHeadBytes)))) return false;
  uint64_t made_ms = 0;
  for (size_t i = kRandomBytes; i < kHeadBytes; ++i) {
    made_ms = made_ms << 8 | static_cast<unsigned char>(nonce[i]);
  }
  return now_ms - static_cast<int64_t>(made_ms) <= kNonceMs;
}

bool Nonces::Use(absl::string_view nonce, int64_t now_ms) {
  if (!IsFresh(nonce, now_ms)) return false;
  const std::lock_guard<std::mutex> lock(mutex_);
  while (!until_.empty() && until_.begin()->first < now_ms) {
    used_.erase(until_.begin()->second);
    until_.erase(until_.begin());
  }
  if (!used_.insert(std::string(nonce)).second) return false;
  until_.emplace(now_ms + kNonceMs, std::string(nonce));
  return true;
}

}  // namespace halfterm::service
