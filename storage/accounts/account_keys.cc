#include "storage/accounts/account_keys.h"

#include <fcntl.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/accounts/aes_gcm.h"
#include "storage/accounts/p256.h"
#include "sync/core/sha256.h"

namespace halfterm::storage {
namespace {

constexpr size_t kKeyBytes = 32;
constexpr size_t kIvBytes = 12;
constexpr char kSealVersion = 1;

absl::Status FileError(absl::string_view doing, const std::string& path) {
  return absl::UnavailableError(
      absl::StrCat("cannot ", doing, " ", path, ": ", std::strerror(errno)));
}

// The file's bytes, or those of `make`, which are then in the file, readable by its owner alone.
template <class Make>
absl::StatusOr<std::string> ReadOrMake(const std::string& folder, const std::string& name,
                                       Make make) {
  const std::string path = absl::StrCat(folder, "/", name);
  std::ifstream file(path, std::ios::binary);
  if (file) return std::string(std::istreambuf_iterator<char>(file), {});
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return FileError("make", folder);
  const std::string bytes = make();
  if (bytes.empty()) return absl::UnavailableError("the system gives no random bytes");
  const int made = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (made < 0) return FileError("make", path);
  const bool written =
      write(made, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) &&
      fsync(made) == 0;
  if (close(made) != 0 || !written) return FileError("write", path);
  const int directory = open(folder.c_str(), O_RDONLY | O_DIRECTORY);
  if (directory < 0) return FileError("sync", folder);
  const bool synced = fsync(directory) == 0;
  close(directory);
  if (!synced) return FileError("sync", folder);
  return bytes;
}

std::string RandomKey() {
  std::string key(kKeyBytes, '\0');
  const bool random =
      RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(key.size())) == 1;
  return random ? key : "";
}

std::string NewSealingKey() {
  const std::shared_ptr<EVP_PKEY> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<BIO, int (*)(BIO*)> out(BIO_new(BIO_s_mem()), BIO_free);
  if (key == nullptr || out == nullptr ||
      PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return "";
  }
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out.get(), &bytes);
  return std::string(bytes, static_cast<size_t>(size));
}

absl::string_view Text(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

// key32 | iv12 of one sealed group.
std::string GroupKey(absl::string_view secret, absl::string_view ephemeral,
                     absl::string_view sealing_point) {
  return HkdfSha256(secret, absl::StrCat(ephemeral, sealing_point), "halfterm sealed group 1",
                    kKeyBytes + kIvBytes);
}

}  // namespace

absl::StatusOr<AccountKeys> AccountKeys::Open(absl::string_view dir) {
  const std::string folder = absl::StrCat(dir, "/keys");
  absl::StatusOr<std::string> key = ReadOrMake(folder, "accounts.key", RandomKey);
  if (!key.ok()) return key.status();
  if (key->size() != kKeyBytes) {
    return absl::FailedPreconditionError(absl::StrCat(
        folder, "/accounts.key is not a key of 32 bytes; put the right file back or remove it"));
  }
  const absl::StatusOr<std::string> pem = ReadOrMake(folder, "sealing.pem", NewSealingKey);
  if (!pem.ok()) return pem.status();
  const std::unique_ptr<BIO, int (*)(BIO*)> in(
      BIO_new_mem_buf(pem->data(), static_cast<int>(pem->size())), BIO_free);
  std::shared_ptr<EVP_PKEY> sealing(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr),
                                    EVP_PKEY_free);
  std::string point = sealing == nullptr ? "" : PointOf(*sealing);
  if (point.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(
        folder, "/sealing.pem is not a P-256 key; put the right file back or remove it"));
  }
  return AccountKeys(*std::move(key), std::move(sealing), std::move(point));
}

AccountKeys::AccountKeys(std::string key, std::shared_ptr<EVP_PKEY> sealing_key,
                         std::string sealing_point)
    : key_(std::move(key)),
      start_of_codes_(core::HmacSha256(key_, {"start of codes"})),
      sealing_key_(std::move(sealing_key)),
      sealing_point_(std::move(sealing_point)) {}

core::Digest32 AccountKeys::DigestOfSecret(absl::string_view secret) const {
  return core::HmacSha256(key_, {"invitation secret", {secret.data(), secret.size()}});
}

core::Digest32 AccountKeys::DigestOfCode(absl::string_view code) const {
  return core::HmacSha256(key_, {"invitation code", {code.data(), code.size()}});
}

core::Digest32 AccountKeys::DigestOfNonce(absl::string_view head) const {
  return core::HmacSha256(key_, {"sign-in nonce", {head.data(), head.size()}});
}

core::Digest32 AccountKeys::DigestOfCount(absl::string_view name) const {
  return core::HmacSha256(key_, {"count of guesses", {name.data(), name.size()}});
}

std::string AccountKeys::Seal(absl::string_view nonce12, absl::string_view text) const {
  const core::Digest32 key = core::HmacSha256(key_, {"seal"});
  return absl::StrCat(nonce12, EncryptGcm(Text(key.view()), nonce12, text, ""));
}

absl::StatusOr<std::string> AccountKeys::Unseal(absl::string_view sealed) const {
  const core::Digest32 key = core::HmacSha256(key_, {"seal"});
  std::string text;
  if (sealed.size() < kIvBytes || !DecryptGcm(Text(key.view()), sealed.substr(0, kIvBytes),
                                              sealed.substr(kIvBytes), "", text)) {
    return absl::DataLossError("a secret was kept under another keys/accounts.key; set it again");
  }
  return text;
}

absl::StatusOr<std::string> AccountKeys::OpenSealed(const core::Id16& device,
                                                    absl::string_view sealed) const {
  const absl::Status wrong = absl::InvalidArgumentError("sealed to another key, or damaged");
  if (sealed.size() < 1 + kPointBytes || sealed[0] != kSealVersion) return wrong;
  const absl::string_view ephemeral = sealed.substr(1, kPointBytes);
  const std::shared_ptr<EVP_PKEY> peer = KeyOfPoint(ephemeral);
  if (peer == nullptr) return wrong;
  const std::string secret = SharedSecret(*sealing_key_, *peer);
  if (secret.empty()) return wrong;
  const std::string key = GroupKey(secret, ephemeral, sealing_point_);
  std::string group;
  if (!DecryptGcm(absl::string_view(key).substr(0, kKeyBytes),
                  absl::string_view(key).substr(kKeyBytes), sealed.substr(1 + kPointBytes),
                  Text(device.view()), group)) {
    return wrong;
  }
  return group;
}

std::string SealFor(absl::string_view sealing_point, const core::Id16& device,
                    absl::string_view group) {
  const std::shared_ptr<EVP_PKEY> ephemeral(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::shared_ptr<EVP_PKEY> peer = KeyOfPoint(sealing_point);
  if (ephemeral == nullptr || peer == nullptr) std::abort();
  const std::string point = PointOf(*ephemeral);
  const std::string key = GroupKey(SharedSecret(*ephemeral, *peer), point, sealing_point);
  return absl::StrCat(
      absl::string_view(&kSealVersion, 1), point,
      EncryptGcm(absl::string_view(key).substr(0, kKeyBytes),
                 absl::string_view(key).substr(kKeyBytes), group, Text(device.view())));
}

}  // namespace halfterm::storage
