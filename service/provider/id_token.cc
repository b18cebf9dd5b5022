#include "service/provider/id_token.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "storage/accounts/p256.h"

namespace halfterm::service {
namespace {

using nlohmann::json;

constexpr size_t kMaxTokenBytes = 16 << 10;
constexpr int kMinRsaBits = 2048, kMaxRsaBits = 8192;
constexpr int64_t kSkewS = 60;
constexpr size_t kMaxSubjectBytes = 255;

absl::Status Refused(absl::string_view why) {
  return absl::UnauthenticatedError(
      absl::StrCat("the provider's answer cannot be believed: ", why));
}

// Base64url without padding, nothing else.
std::optional<std::string> Decoded(absl::string_view text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
  });
  std::string bytes;
  if (!plain || text.empty() || !absl::WebSafeBase64Unescape(text, &bytes)) return std::nullopt;
  return bytes;
}

std::optional<json> ObjectIn(const std::string& text) {
  json parsed = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return std::nullopt;
  return parsed;
}

// Empty where the member is missing or no text.
std::string TextOf(const json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::optional<int64_t> NumberOf(const json& object, const char* member) {
  const auto found = object.find(member);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  const double number = found->get<double>();
  if (!(number > -1e12 && number < 1e12)) return std::nullopt;
  return static_cast<int64_t>(number);
}

template <class T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

Owned<EVP_PKEY> RsaKey(const std::string& n_bytes, const std::string& e_bytes) {
  const auto number = [](const std::string& bytes) {
    return Owned<BIGNUM>(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()), nullptr),
                         BN_free);
  };
  Owned<EVP_PKEY> none(nullptr, EVP_PKEY_free);
  const Owned<BIGNUM> n = number(n_bytes), e = number(e_bytes);
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new(), OSSL_PARAM_BLD_free);
  if (n == nullptr || e == nullptr || builder == nullptr || BN_num_bits(n.get()) < kMinRsaBits ||
      BN_num_bits(n.get()) > kMaxRsaBits || !BN_is_odd(e.get()) || BN_is_one(e.get()) ||
      BN_num_bits(e.get()) > 64 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return none;
  }
  const Owned<OSSL_PARAM> params(OSSL_PARAM_BLD_to_param(builder.get()), OSSL_PARAM_free);
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr),
                                    EVP_PKEY_CTX_free);
  EVP_PKEY* made = nullptr;
  if (context == nullptr || params == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return none;
  }
  return Owned<EVP_PKEY>(made, EVP_PKEY_free);
}

bool RsaSignatureIsRight(const json& key, absl::string_view text, const std::string& signature) {
  const std::optional<std::string> n = Decoded(TextOf(key, "n")), e = Decoded(TextOf(key, "e"));
  if (!n || !e) return false;
  const Owned<EVP_PKEY> rsa = RsaKey(*n, *e);
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return rsa != nullptr && context != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, rsa.get()) == 1 &&
         EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                          signature.size(), reinterpret_cast<const unsigned char*>(text.data()),
                          text.size()) == 1;
}

bool EcSignatureIsRight(const json& key, absl::string_view text, const std::string& signature) {
  const std::optional<std::string> x = Decoded(TextOf(key, "x")), y = Decoded(TextOf(key, "y"));
  if (!x || !y || x->size() != 32 || y->size() != 32 || TextOf(key, "crv") != "P-256") return false;
  return storage::SignatureIsRight(absl::StrCat("\x04", *x, *y), text, signature);
}

// The keys that may have signed a token of that header.
std::vector<json> KeysFor(const json& jwks, const std::string& alg, const std::string& kid) {
  std::vector<json> fitting;
  const auto keys = jwks.find("keys");
  if (keys == jwks.end() || !keys->is_array()) return fitting;
  for (const json& key : *keys) {
    if (!key.is_object() || TextOf(key, "kty") != (alg == "RS256" ? "RSA" : "EC")) continue;
    const std::string use = TextOf(key, "use"), key_alg = TextOf(key, "alg");
    if ((!use.empty() && use != "sig") || (!key_alg.empty() && key_alg != alg)) continue;
    if (!kid.empty() && TextOf(key, "kid") != kid) continue;
    fitting.push_back(key);
  }
  return fitting;
}

absl::Status CheckHeader(const json& header) {
  for (const char* member : {"jku", "jwk", "x5u", "x5c", "crit"}) {
    if (header.contains(member)) return Refused("it names its own key");
  }
  const std::string alg = TextOf(header, "alg");
  if (alg != "RS256" && alg != "ES256") return Refused("its algorithm is not RS256 or ES256");
  const std::string type = absl::AsciiStrToLower(TextOf(header, "typ"));
  if (header.contains("typ") && type != "jwt") return Refused("it is a token of another sort");
  return absl::OkStatus();
}

absl::Status CheckAudience(const json& claims, const std::string& client_id) {
  const auto aud = claims.find("aud");
  const bool one = aud != claims.end() && aud->is_string() && *aud == client_id;
  const bool many = aud != claims.end() && aud->is_array() &&
                    std::find(aud->begin(), aud->end(), json(client_id)) != aud->end();
  if (!one && !many) return Refused("it is for somebody else");
  const bool alone = one || aud->size() == 1;
  if ((claims.contains("azp") || !alone) && TextOf(claims, "azp") != client_id) {
    return Refused("it was given to somebody else");
  }
  return absl::OkStatus();
}

absl::Status CheckClaims(const json& claims, const ExpectedToken& expected) {
  if (TextOf(claims, "iss") != expected.issuer) return Refused("it is of another issuer");
  if (absl::Status audience = CheckAudience(claims, expected.client_id); !audience.ok()) {
    return audience;
  }
  const std::optional<int64_t> exp = NumberOf(claims, "exp"), iat = NumberOf(claims, "iat"),
                               nbf = NumberOf(claims, "nbf");
  if (!exp || *exp + kSkewS <= expected.now_s) return Refused("its time is over");
  if (!iat || *iat > expected.now_s + kSkewS) return Refused("it was made in the future");
  if (claims.contains("nbf") && (!nbf || *nbf > expected.now_s + kSkewS)) {
    return Refused("its time has not come");
  }
  if (expected.nonce.empty() || TextOf(claims, "nonce") != expected.nonce) {
    return Refused("it belongs to another sign-in");
  }
  const std::string subject = TextOf(claims, "sub");
  if (subject.empty() || subject.size() > kMaxSubjectBytes) return Refused("it names nobody");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> SubjectOf(absl::string_view token, absl::string_view jwks,
                                      const ExpectedToken& expected) {
  if (token.size() > kMaxTokenBytes) return Refused("it is too long");
  const std::vector<absl::string_view> parts = absl::StrSplit(token, '.');
  if (parts.size() != 3) return Refused("it is no token");
  const std::optional<std::string> header_text = Decoded(parts[0]), claims_text = Decoded(parts[1]),
                                   signature = Decoded(parts[2]);
  if (!header_text || !claims_text || !signature) return Refused("it is no token");
  const std::optional<json> header = ObjectIn(*header_text), claims = ObjectIn(*claims_text),
                            keys = ObjectIn(std::string(jwks));
  if (!header || !claims) return Refused("it is no token");
  if (!keys) return absl::UnavailableError("the provider's keys cannot be read");
  if (absl::Status checked = CheckHeader(*header); !checked.ok()) return checked;

  const std::string alg = TextOf(*header, "alg"), kid = TextOf(*header, "kid");
  const std::vector<json> fitting = KeysFor(*keys, alg, kid);
  if (fitting.empty()) return absl::NotFoundError("no key of the provider's fits");
  if (fitting.size() > 1) return Refused("it does not say which key signed it");
  const absl::string_view signed_text = token.substr(0, parts[0].size() + 1 + parts[1].size());
  const bool right = alg == "RS256" ? RsaSignatureIsRight(fitting[0], signed_text, *signature)
                                    : EcSignatureIsRight(fitting[0], signed_text, *signature);
  if (!right) return Refused("its signature is wrong");
  if (absl::Status checked = CheckClaims(*claims, expected); !checked.ok()) return checked;
  return TextOf(*claims, "sub");
}

}  // namespace halfterm::service
