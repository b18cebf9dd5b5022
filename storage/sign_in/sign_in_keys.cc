#include "storage/sign_in/sign_in_keys.h"

#include "absl/strings/str_cat.h"
#include "sync/core/varint.h"

namespace halfterm::storage {
namespace {

constexpr char kTag = 'e', kOfNoSchool = 'g';
constexpr size_t kKindAt = 1 + 4, kRestAt = kKindAt + 1;
constexpr size_t kIdBytes = core::Id16::kSize, kDigestBytes = 32, kNumberBytes = 8;

absl::string_view BytesOf(const core::Id16& id) { return {id.view().data(), id.view().size()}; }
absl::string_view BytesOf(const core::Digest32& digest) {
  return {digest.view().data(), digest.view().size()};
}

std::string PrefixOf(Tenant tenant, SignInRow kind) {
  std::string key = SignInPrefix(tenant);
  key.push_back(static_cast<char>(kind));
  return key;
}

}  // namespace

std::string SignInPrefix(Tenant tenant) {
  std::string key(1, kTag);
  for (int shift = 24; shift >= 0; shift -= 8) {
    key.push_back(static_cast<char>(tenant.handle() >> shift));
  }
  return key;
}

std::string BegunSignInPrefix(Tenant tenant, const core::Id16& device) {
  return absl::StrCat(PrefixOf(tenant, SignInRow::kBegun), BytesOf(device));
}

std::string BegunSignInKey(Tenant tenant, const core::Id16& device, const core::Digest32& state) {
  return absl::StrCat(BegunSignInPrefix(tenant, device), BytesOf(state));
}

std::string GuessKey(Tenant tenant, const core::Digest32& digest) {
  return absl::StrCat(PrefixOf(tenant, SignInRow::kGuesses), BytesOf(digest));
}

std::string UsedNonceKey(Tenant tenant, uint64_t made_ms, absl::string_view random) {
  std::string key = PrefixOf(tenant, SignInRow::kUsedNonce);
  char made[kNumberBytes];
  core::WriteBig64(made, made_ms);
  return absl::StrCat(key, absl::string_view(made, sizeof made), random);
}

std::string GuessPrefix() { return std::string(1, kOfNoSchool); }
std::string GuessKey(const core::Digest32& digest) {
  return absl::StrCat(GuessPrefix(), BytesOf(digest));
}

std::optional<ParsedSignInKey> ParseSignInKey(absl::string_view key) {
  if (key.size() < kRestAt || key.front() != kTag) return std::nullopt;
  uint32_t handle = 0;
  for (const char byte : key.substr(1, kKindAt - 1)) {
    handle = handle << 8 | static_cast<unsigned char>(byte);
  }
  ParsedSignInKey parsed{Tenant(handle), static_cast<SignInRow>(key[kKindAt])};
  const absl::string_view rest = key.substr(kRestAt);
  switch (parsed.kind) {
    case SignInRow::kBegun:
      if (rest.size() != kIdBytes + kDigestBytes) return std::nullopt;
      parsed.device = *core::Id16::FromBytes({rest.data(), kIdBytes});
      return parsed;
    case SignInRow::kGuesses:
      if (rest.size() != kDigestBytes) return std::nullopt;
      return parsed;
    case SignInRow::kUsedNonce:
      if (rest.size() != kNumberBytes + kNonceRandomBytes) return std::nullopt;
      parsed.made_ms = core::LoadBig64(rest.data());
      return parsed;
  }
  return std::nullopt;
}

}  // namespace halfterm::storage
