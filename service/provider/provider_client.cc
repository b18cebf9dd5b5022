#include "service/provider/provider_client.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "service/provider/id_token.h"
#include "storage/accounts/provider_url.h"

namespace halfterm::service {
namespace {

using nlohmann::json;

constexpr int64_t kRememberMs = 3'600'000;
// Keys are fetched anew for a key that is not known, but not again and again.
constexpr int64_t kLeastFetchGapMs = 60'000;

std::string TextOf(const json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// Whether a list of texts holds one; true for a list that is missing and `otherwise`.
bool Lists(const json& object, const char* member, const char* text, bool otherwise) {
  const auto found = object.find(member);
  if (found == object.end() || !found->is_array()) return otherwise;
  return std::find(found->begin(), found->end(), json(text)) != found->end();
}

// An http issuer is this machine's own; it may name nothing else.
bool MayName(const storage::ProviderUrl& issuer, const std::string& url) {
  const std::optional<storage::ProviderUrl> named = storage::ParseProviderUrl(url);
  if (!named) return false;
  return issuer.secure ? named->secure : named->origin == issuer.origin;
}

std::string HostOf(const std::string& issuer) {
  const std::optional<storage::ProviderUrl> url = storage::ParseProviderUrl(issuer);
  return url ? url->host : "";
}

}  // namespace

std::string UrlEscaped(absl::string_view text) {
  std::string escaped;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(byte) || c == '-' || c == '.' || c == '_' || c == '~') {
      escaped.push_back(c);
    } else {
      absl::StrAppendFormat(&escaped, "%%%02X", byte);
    }
  }
  return escaped;
}

absl::StatusOr<ProviderPlaces> ProviderClient::PlacesOf(const std::string& issuer) {
  const int64_t now_ms = clock_.MonotonicMs();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = known_.find(issuer);
    if (found != known_.end() && now_ms < found->second.until_ms) return found->second.places;
  }
  const std::optional<storage::ProviderUrl> url = storage::ParseProviderUrl(issuer);
  if (!url) return absl::UnavailableError("the school's provider is not an https address");
  const absl::StatusOr<std::string> text =
      Fetch({absl::StrCat(absl::StripSuffix(issuer, "/"), "/.well-known/openid-configuration"), "",
             "", url->host});
  if (!text.ok()) return absl::UnavailableError("the provider does not describe itself");
  const json says = json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!says.is_object() || TextOf(says, "issuer") != issuer) {
    return absl::UnavailableError("the provider says that it is another issuer");
  }
  ProviderPlaces places{TextOf(says, "authorization_endpoint"), TextOf(says, "token_endpoint"),
                        TextOf(says, "jwks_uri"), "", true};
  for (const std::string* place : {&places.authorize, &places.token, &places.jwks}) {
    if (!MayName(*url, *place)) {
      return absl::UnavailableError("the provider names an address that is not allowed");
    }
  }
  if (Lists(says, "prompt_values_supported", "select_account", true)) {
    places.prompt = "select_account";
  } else if (Lists(says, "prompt_values_supported", "login", false)) {
    places.prompt = "login";
  }
  places.takes_basic =
      Lists(says, "token_endpoint_auth_methods_supported", "client_secret_basic", true);
  const std::lock_guard<std::mutex> lock(mutex_);
  known_[issuer] = {places, now_ms + kRememberMs};
  return places;
}

absl::StatusOr<std::string> ProviderClient::KeysOf(const std::string& issuer,
                                                   const ProviderPlaces& places, bool anew) {
  const int64_t now_ms = clock_.MonotonicMs();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = keys_.find(issuer);
    if (found != keys_.end() && now_ms < found->second.until_ms &&
        (!anew || now_ms - found->second.fetched_ms < kLeastFetchGapMs)) {
      return found->second.jwks;
    }
  }
  absl::StatusOr<std::string> jwks = Fetch({places.jwks, "", "", HostOf(issuer)});
  if (!jwks.ok()) return absl::UnavailableError("the provider's keys cannot be had");
  const std::lock_guard<std::mutex> lock(mutex_);
  keys_[issuer] = {*jwks, now_ms, now_ms + kRememberMs};
  return jwks;
}

absl::StatusOr<std::string> ProviderClient::SubjectOfCode(const disk::ProviderRow& provider,
                                                          const std::string& client_secret,
                                                          const std::string& code,
                                                          const std::string& verifier,
                                                          const std::string& nonce) {
  const std::string& issuer = provider.issuer();
  const absl::StatusOr<ProviderPlaces> places = PlacesOf(issuer);
  if (!places.ok()) return places.status();
  FetchRequest request{places->token,
                       absl::StrCat("grant_type=authorization_code&code=", UrlEscaped(code),
                                    "&redirect_uri=", UrlEscaped(provider.redirect_uri()),
                                    "&code_verifier=", UrlEscaped(verifier)),
                       "", HostOf(issuer)};
  if (!client_secret.empty() && places->takes_basic) {
    request.authorization =
        absl::StrCat("Basic ", absl::Base64Escape(absl::StrCat(UrlEscaped(provider.client_id()),
                                                               ":", UrlEscaped(client_secret))));
  } else {
    absl::StrAppend(&request.form, "&client_id=", UrlEscaped(provider.client_id()));
    if (!client_secret.empty()) {
      absl::StrAppend(&request.form, "&client_secret=", UrlEscaped(client_secret));
    }
  }
  const absl::StatusOr<std::string> answer = Fetch(request);
  if (!answer.ok()) return answer.status();
  const json says = json::parse(*answer, nullptr, /*allow_exceptions=*/false);
  const std::string token = says.is_object() ? TextOf(says, "id_token") : "";
  if (token.empty()) return absl::UnauthenticatedError("the provider sent no ID token");

  const ExpectedToken expected{issuer, provider.client_id(), nonce, clock_.NowMs() / 1000};
  for (const bool anew : {false, true}) {
    const absl::StatusOr<std::string> keys = KeysOf(issuer, *places, anew);
    if (!keys.ok()) return keys.status();
    absl::StatusOr<std::string> subject = SubjectOf(token, *keys, expected);
    if (!absl::IsNotFound(subject.status())) return subject;
  }
  return absl::UnauthenticatedError("the provider's answer is signed with an unknown key");
}

}  // namespace halfterm::service
