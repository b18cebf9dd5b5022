#include "storage/accounts/passphrase.h"

#include <sodium.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace halfterm::storage {
namespace {

// Bytes that begin a character of UTF-8.
size_t CharactersOf(absl::string_view text) {
  size_t count = 0;
  for (const char byte : text) count += (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  return count;
}

}  // namespace

absl::Status CheckNewPassphrase(absl::string_view passphrase) {
  if (passphrase.size() > kMaxPassphraseBytes) {
    return absl::InvalidArgumentError("the passphrase is longer than 1,024 bytes");
  }
  if (CharactersOf(passphrase) < kMinPassphraseCharacters) {
    return absl::InvalidArgumentError(absl::StrCat("a passphrase has at least ",
                                                   kMinPassphraseCharacters,
                                                   " characters; several words are easiest"));
  }
  if (passphrase.find_first_not_of(passphrase[0]) == absl::string_view::npos) {
    return absl::InvalidArgumentError("one character over and over is no passphrase");
  }
  return absl::OkStatus();
}

Passphrases::Passphrases(PassphraseCost cost) : cost_(cost) {
  if (sodium_init() < 0) std::abort();  // No random bytes: nothing here could be kept safe.
  nobodys_ = Hash("nobody has this passphrase");
}

std::string Passphrases::Hash(absl::string_view passphrase) const {
  char text[crypto_pwhash_STRBYTES] = "";
  if (crypto_pwhash_str_alg(text, passphrase.data(), passphrase.size(), cost_.passes,
                            cost_.memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return "";
  }
  return text;
}

bool Passphrases::IsRight(absl::string_view hash, absl::string_view passphrase) const {
  const std::string against = hash.empty() ? nobodys_ : std::string(hash);
  const bool same =
      crypto_pwhash_str_verify(against.c_str(), passphrase.data(), passphrase.size()) == 0;
  return same && !hash.empty();
}

}  // namespace halfterm::storage
