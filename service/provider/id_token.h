// Whether an ID token is what it says: OpenID Connect Core 3.1.3.7, and no more lenient.
//
// Two algorithms, RS256 and ES256, by the provider's published keys alone. Whatever a token says
// about where its key is to be found is a reason to refuse it. The person is the pair (issuer,
// subject); e-mail addresses change hands and are not looked at.

#ifndef HALFTERM_SERVICE_PROVIDER_ID_TOKEN_H_
#define HALFTERM_SERVICE_PROVIDER_ID_TOKEN_H_
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace halfterm::service {

struct ExpectedToken {
  std::string issuer, client_id, nonce;
  int64_t now_s;
};

// The subject. Unauthenticated: the token cannot be believed; the words say which rule it broke and
// nothing of its content. NotFound: no key of `jwks` (the provider's JSON Web Key Set) has its
// `kid`: the keys may have changed since they were fetched.
absl::StatusOr<std::string> SubjectOf(absl::string_view token, absl::string_view jwks,
                                      const ExpectedToken& expected);

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_PROVIDER_ID_TOKEN_H_
