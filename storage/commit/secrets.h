// The server's own keys, kept in files outside the database and its backups.

#ifndef HALFTERM_STORAGE_COMMIT_SECRETS_H_
#define HALFTERM_STORAGE_COMMIT_SECRETS_H_
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/keys.h"
#include "sync/core/types.h"

namespace halfterm::storage {

// What a group's receipt is of. `person` is whose store it came from.
struct AckedGroup {
  uint32_t epoch = 0;
  uint64_t seq = 0;
  core::Dot dot;  // The name under which it was counted.
  core::Id16 person;
  core::Digest32 hash;
  uint8_t disposition = 0;
  uint8_t reason = 0;
  uint8_t outcome = 0;
  uint64_t stamp = 0;
  int64_t eff_ms = 0;
};

// Proofs that tablets keep and hand back. Immutable; safe from any thread.
class Secrets {
 public:
  // Reads DIR/keys/receipt.key, or makes it (32 random bytes, readable by its owner alone) when DIR
  // has no store yet. FailedPrecondition: the store is there and the key is not.
  static absl::StatusOr<Secrets> Open(absl::string_view dir, bool store_exists);
  explicit Secrets(std::string receipt_key) : receipt_key_(std::move(receipt_key)) {}

  // 16 bytes, over all that is known of an acknowledged group, so that it can be handed back after
  // a restore and count as it counted: HMAC-SHA256(key, "g" | tenant4 | epoch4 | seq8 | replica8 |
  // n8 | person16 | group hash 32
  //                  | disposition1 | reason1 | outcome1 | stamp8 | eff8)
  std::string GroupReceipt(Tenant tenant, const AckedGroup& acked) const;
  // 16 bytes: HMAC-SHA256(key, "f" | tenant4 | epoch4 | seq8 | facet id 33 | SHA-256(facet bytes)).
  std::string StateReceipt(Tenant tenant, uint32_t epoch, uint64_t seq, const core::FacetId& facet,
                           absl::string_view facet_bytes) const;
  // 16 bytes: HMAC-SHA256(key, "c" | tenant4 | person16 | cursor bytes).
  std::string CursorMac(Tenant tenant, const core::Id16& person, absl::string_view cursor) const;
  // 8 bytes that tell this key from another and say nothing of it.
  std::string KeyId() const;

 private:
  std::string receipt_key_;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_SECRETS_H_
