#include "storage/commit/secrets.h"

#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "sync/core/sha256.h"
#include "sync/core/varint.h"

namespace halfterm::storage {
namespace {

constexpr size_t kKeyBytes = 32;

absl::Status FileError(absl::string_view doing, const std::string& path) {
  return absl::UnavailableError(
      absl::StrCat("cannot ", doing, " ", path, ": ", std::strerror(errno)));
}

absl::StatusOr<std::string> MakeKey(const std::string& folder, const std::string& path) {
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return FileError("make", folder);
  std::string key(kKeyBytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(key.size())) != 1) {
    return absl::UnavailableError("the system gives no random bytes");
  }
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (file < 0) return FileError("make", path);
  const bool written =
      write(file, key.data(), key.size()) == static_cast<ssize_t>(key.size()) && fsync(file) == 0;
  if (close(file) != 0 || !written) return FileError("write", path);
  const int directory = open(folder.c_str(), O_RDONLY | O_DIRECTORY);
  if (directory < 0 || fsync(directory) != 0) return FileError("sync", folder);
  close(directory);
  return key;
}

std::string Half(const core::Digest32& digest) {
  return std::string(core::FirstHalf(digest).view());
}

std::string Prefix(char kind, Tenant tenant) {
  std::string bytes(1, kind);
  core::AppendBig32(bytes, tenant.handle());
  return bytes;
}

}  // namespace

absl::StatusOr<Secrets> Secrets::Open(absl::string_view dir, bool store_exists) {
  const std::string folder = absl::StrCat(dir, "/keys");
  const std::string path = folder + "/receipt.key";
  std::ifstream file(path, std::ios::binary);
  if (file) {
    std::string key(kKeyBytes + 1, '\0');
    file.read(key.data(), static_cast<std::streamsize>(key.size()));
    if (file.gcount() != static_cast<std::streamsize>(kKeyBytes)) {
      return absl::FailedPreconditionError(
          absl::StrCat(path, " is not a key of 32 bytes; put the right file back"));
    }
    key.resize(kKeyBytes);
    return Secrets(std::move(key));
  }
  if (store_exists) {
    return absl::FailedPreconditionError(absl::StrCat(
        path,
        " is missing; put it back from where the keys are kept. Without it no receipt that a "
        "tablet holds can be checked"));
  }
  absl::StatusOr<std::string> made = MakeKey(folder, path);
  if (!made.ok()) return made.status();
  return Secrets(*std::move(made));
}

std::string Secrets::GroupReceipt(Tenant tenant, const AckedGroup& acked) const {
  std::string head = Prefix('g', tenant);
  core::AppendBig32(head, acked.epoch);
  core::AppendBig64(head, acked.seq);
  core::AppendBig64(head, acked.dot.replica);
  core::AppendBig64(head, acked.dot.count);
  head.append(acked.person.view());
  head.append(acked.hash.view());
  head.push_back(static_cast<char>(acked.disposition));
  head.push_back(static_cast<char>(acked.reason));
  head.push_back(static_cast<char>(acked.outcome));
  core::AppendBig64(head, acked.stamp);
  core::AppendBig64(head, static_cast<uint64_t>(acked.eff_ms));
  return Half(core::HmacSha256(receipt_key_, {head}));
}

std::string Secrets::StateReceipt(Tenant tenant, uint32_t epoch, uint64_t seq,
                                  const core::FacetId& facet, absl::string_view facet_bytes) const {
  std::string head = Prefix('f', tenant);
  core::AppendBig32(head, epoch);
  core::AppendBig64(head, seq);
  facet.AppendTo(head);
  const core::Digest32 hash = core::Sha256({facet_bytes.data(), facet_bytes.size()});
  return Half(core::HmacSha256(receipt_key_, {head, hash.view()}));
}

std::string Secrets::CursorMac(Tenant tenant, const core::Id16& person,
                               absl::string_view cursor) const {
  std::string head = Prefix('c', tenant);
  head.append(person.view());
  return Half(core::HmacSha256(receipt_key_, {head, {cursor.data(), cursor.size()}}));
}

std::string Secrets::KeyId() const {
  const core::Digest32 digest = core::HmacSha256(receipt_key_, {"which key is this"});
  return std::string(digest.view().substr(0, 8));
}

}  // namespace halfterm::storage
