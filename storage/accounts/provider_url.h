// Which addresses the server may call on behalf of a sign-in: https ones, and http ones of this
// machine (for tests). Everything else is refused before any connection is made.

#ifndef HALFTERM_STORAGE_ACCOUNTS_PROVIDER_URL_H_
#define HALFTERM_STORAGE_ACCOUNTS_PROVIDER_URL_H_
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace halfterm::storage {

struct ProviderUrl {
  bool secure = true;
  std::string host;    // Lower case.
  std::string origin;  // scheme://host[:port], lower case.
  std::string path;    // From the first slash; may be empty.
};

// Nothing for an address with a user, query, fragment, control character or space, or longer than
// 512 bytes; nor for http to another host than 127.0.0.1, [::1] or localhost.
std::optional<ProviderUrl> ParseProviderUrl(absl::string_view url);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ACCOUNTS_PROVIDER_URL_H_
