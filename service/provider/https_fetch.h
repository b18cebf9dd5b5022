// Calls to a school's OpenID Connect provider: few, small, short, and nowhere else.
//
// Addresses come from the school's configuration and from the provider's own description of itself.
// So that a provider cannot send us into the school's network, only its own host may have a private
// address; redirects are not followed, proxies not asked, and certificates always checked.

#ifndef HALFTERM_SERVICE_PROVIDER_HTTPS_FETCH_H_
#define HALFTERM_SERVICE_PROVIDER_HTTPS_FETCH_H_
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace halfterm::service {

struct FetchRequest {
  std::string url;
  std::string form;           // Posted where it is not empty; else the call is a GET.
  std::string authorization;  // The header's value; empty: none.
  std::string trusted_host;   // The issuer's host, which alone may have a private address.
};

// The body of an answer with status 200, at most 256 KiB, within eight seconds. Unavailable: no
// answer, or too much of one. Unauthenticated: an answer with another status. Says nothing of what
// was sent or came. Safe to call from any thread; waits.
absl::StatusOr<std::string> Fetch(const FetchRequest& request);

// Loopback, link-local, private and unspecified addresses of IPv4 and IPv6, as text.
bool IsPrivateAddress(absl::string_view address);

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_PROVIDER_HTTPS_FETCH_H_
