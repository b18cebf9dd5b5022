// What a provider says of itself, remembered for an hour; and its answer to a code.

#ifndef HALFTERM_SERVICE_PROVIDER_PROVIDER_CLIENT_H_
#define HALFTERM_SERVICE_PROVIDER_PROVIDER_CLIENT_H_
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "halfterm/disk/accounts.pb.h"
#include "service/provider/https_fetch.h"
#include "storage/clock.h"

namespace halfterm::service {

// From the issuer's /.well-known/openid-configuration.
struct ProviderPlaces {
  std::string authorize, token, jwks;
  std::string
      prompt;  // What to ask of it so that a shared tablet does not go on as the last person.
  bool takes_basic = true;  // The client's secret as HTTP Basic; else in the form.
};

// Safe to call from any thread; waits for the network.
class ProviderClient {
 public:
  explicit ProviderClient(const storage::Clock& clock) : clock_(clock) {}

  // Unavailable: it does not answer, or names another issuer, or addresses that are not allowed.
  absl::StatusOr<ProviderPlaces> PlacesOf(const std::string& issuer);

  // The subject of the account that gave the code. Unauthenticated: the provider refused, or its
  // answer cannot be believed.
  absl::StatusOr<std::string> SubjectOfCode(const disk::ProviderRow& provider,
                                            const std::string& client_secret,
                                            const std::string& code, const std::string& verifier,
                                            const std::string& nonce);

 private:
  struct Known {
    ProviderPlaces places;
    int64_t until_ms;
  };
  struct Keys {
    std::string jwks;
    int64_t fetched_ms, until_ms;
  };
  absl::StatusOr<std::string> KeysOf(const std::string& issuer, const ProviderPlaces& places,
                                     bool anew);

  const storage::Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Known> known_;  // By issuer.
  std::map<std::string, Keys> keys_;
};

// As a query or form has it.
std::string UrlEscaped(absl::string_view text);

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_PROVIDER_PROVIDER_CLIENT_H_
