// Passphrases: what is kept of them, and how long it takes to try one.
//
// Argon2id by libsodium. One try costs `memory_bytes` of memory and about a tenth of a second, on
// purpose; so tries are made on a thread that nothing else waits for, and never by the committer.

#ifndef HALFTERM_STORAGE_ACCOUNTS_PASSPHRASE_H_
#define HALFTERM_STORAGE_ACCOUNTS_PASSPHRASE_H_
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace halfterm::storage {

inline constexpr size_t kMinPassphraseCharacters = 12;
inline constexpr size_t kMaxPassphraseBytes = 1024;

struct PassphraseCost {
  uint64_t passes = 2;
  size_t memory_bytes = size_t{64} << 20;
};

// InvalidArgument: shorter than 12 characters (of Unicode), longer than 1,024 bytes, no UTF-8, or
// one character over and over. Says nothing of the text.
absl::Status CheckNewPassphrase(absl::string_view passphrase);

// Immutable; safe from any thread.
class Passphrases {
 public:
  explicit Passphrases(PassphraseCost cost);

  // libsodium's text form, with a fresh salt and the costs in it; empty: there is no memory for it.
  std::string Hash(absl::string_view passphrase) const;

  // Whether `passphrase` is the one behind `hash`. With an empty hash false, after the same time: a
  // person who does not exist cannot be told by the clock from one who does.
  bool IsRight(absl::string_view hash, absl::string_view passphrase) const;

 private:
  const PassphraseCost cost_;
  std::string nobodys_;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ACCOUNTS_PASSPHRASE_H_
