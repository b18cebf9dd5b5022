// A16: what a hostile token says of itself, and that none of it helps.
#include "service/provider/id_token.h"

#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "service/provider/https_fetch.h"
#include "storage/accounts/p256.h"
#include "storage/accounts/provider_url.h"
#include "sync/core/sha256.h"

namespace halfterm::service {
namespace {

using nlohmann::json;
constexpr int64_t kNow = 1'800'000'000;

std::string Base64Url(const std::string& bytes) {
  std::string text = absl::WebSafeBase64Escape(bytes);
  while (!text.empty() && text.back() == '=') text.pop_back();
  return text;
}

std::string NumberOf(EVP_PKEY& key, const char* name) {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(&key, name, &number);
  std::string bytes(static_cast<size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  BN_free(number);
  return bytes;
}

class IdTokenTest : public ::testing::Test {
 protected:
  using Key = std::shared_ptr<EVP_PKEY>;
  static Key NewRsa(unsigned bits) { return Key(EVP_RSA_gen(bits), EVP_PKEY_free); }
  static Key NewEc() { return Key(EVP_EC_gen("P-256"), EVP_PKEY_free); }
  static json JwkOf(const Key& key, const std::string& kid) {
    if (EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_RSA) {
      return {{"kty", "RSA"},
              {"kid", kid},
              {"use", "sig"},
              {"alg", "RS256"},
              {"n", Base64Url(NumberOf(*key, OSSL_PKEY_PARAM_RSA_N))},
              {"e", Base64Url(NumberOf(*key, OSSL_PKEY_PARAM_RSA_E))}};
    }
    const std::string point = storage::PointOf(*key);
    return {{"kty", "EC"},
            {"kid", kid},
            {"crv", "P-256"},
            {"x", Base64Url(point.substr(1, 32))},
            {"y", Base64Url(point.substr(33, 32))}};
  }
  static std::string RsaSignature(const Key& key, const std::string& text) {
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                     EVP_MD_CTX_free);
    std::string signature(1024, '\0');
    size_t size = signature.size();
    EXPECT_EQ(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()), 1);
    EXPECT_EQ(
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       reinterpret_cast<const unsigned char*>(text.data()), text.size()),
        1);
    signature.resize(size);
    return signature;
  }
  std::string Token(const json& header, const json& claims, const Key& key) const {
    const std::string text = Base64Url(header.dump()) + "." + Base64Url(claims.dump());
    const bool rsa = EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_RSA;
    return text + "." + Base64Url(rsa ? RsaSignature(key, text) : storage::Sign(*key, text));
  }
  absl::StatusOr<std::string> Check(const std::string& token) const {
    return SubjectOf(token, json{{"keys", keys_}}.dump(),
                     {"https://id.example", "halfterm", "the-nonce", kNow});
  }

  // Once: a key of RSA takes a while.
  inline static const Key rsa_ = NewRsa(2048), other_ = NewRsa(2048), ec_ = NewEc();
  json keys_ = {JwkOf(rsa_, "r1"), JwkOf(ec_, "e1")};
  const json rsa_header_ = {{"alg", "RS256"}, {"kid", "r1"}, {"typ", "JWT"}};
  const json ec_header_ = {{"alg", "ES256"}, {"kid", "e1"}};
  const json claims_ = {{"iss", "https://id.example"}, {"aud", "halfterm"}, {"sub", "person-7"},
                        {"nonce", "the-nonce"},        {"iat", kNow},       {"exp", kNow + 300}};
};

TEST_F(IdTokenTest, ARightTokenNamesItsSubjectByBothAlgorithms) {
  const auto rsa = Check(Token(rsa_header_, claims_, rsa_));
  ASSERT_TRUE(rsa.ok()) << rsa.status();
  EXPECT_EQ(*rsa, "person-7");
  const auto ec = Check(Token(ec_header_, claims_, ec_));
  ASSERT_TRUE(ec.ok()) << ec.status();
  EXPECT_EQ(*ec, "person-7");
}

TEST_F(IdTokenTest, A16_AClaimThatIsNotOursIsRefused) {
  const struct {
    const char *what, *member;
    json value;  // null: the member is missing.
  } cases[] = {
      {"another issuer", "iss", "https://id.example.evil"},
      {"an issuer with a slash more", "iss", "https://id.example/"},
      {"no issuer", "iss", nullptr},
      {"another audience", "aud", "another"},
      {"no audience", "aud", nullptr},
      {"an empty audience", "aud", json::array()},
      {"an audience of another type", "aud", 7},
      {"several audiences without azp", "aud", {"halfterm", "another"}},
      {"given to another", "azp", "another"},
      {"over", "exp", kNow - 61},
      {"no end", "exp", nullptr},
      {"an end in words", "exp", "tomorrow"},
      {"an end beyond numbers", "exp", 1e300},
      {"not before later", "nbf", kNow + 61},
      {"not before in words", "nbf", "now"},
      {"made in the future", "iat", kNow + 61},
      {"made at no time", "iat", nullptr},
      {"another nonce", "nonce", "the-nonce2"},
      {"no nonce", "nonce", nullptr},
      {"nobody", "sub", nullptr},
      {"an empty name", "sub", ""},
      {"a subject that is a number", "sub", 7},
      {"a subject too long", "sub", std::string(256, 's')},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    json claims = claims_;
    if (c.value.is_null()) {
      claims.erase(c.member);
    } else {
      claims[c.member] = c.value;
    }
    EXPECT_EQ(Check(Token(rsa_header_, claims, rsa_)).status().code(),
              absl::StatusCode::kUnauthenticated);
  }
  json many = claims_;
  many["aud"] = {"halfterm", "another"};
  many["azp"] = "halfterm";
  EXPECT_TRUE(Check(Token(rsa_header_, many, rsa_)).ok());
}

TEST_F(IdTokenTest, A16_AHeaderThatWouldChooseHowItIsCheckedIsRefused) {
  const std::string key_url = "https://evil.example/keys";
  const json headers[] = {
      {{"alg", "none"}},
      {{"alg", "None"}, {"kid", "r1"}},
      {{"alg", "HS256"}, {"kid", "r1"}},
      {{"alg", "RS512"}, {"kid", "r1"}},
      {{"alg", "PS256"}, {"kid", "r1"}},
      {{"alg", ""}, {"kid", "r1"}},
      {{"alg", 256}, {"kid", "r1"}},
      {{"kid", "r1"}},
      {{"alg", "RS256"}, {"kid", "r1"}, {"jku", key_url}},
      {{"alg", "RS256"}, {"kid", "r1"}, {"x5u", key_url}},
      {{"alg", "RS256"}, {"kid", "r1"}, {"jwk", JwkOf(other_, "r1")}},
      {{"alg", "RS256"}, {"kid", "r1"}, {"x5c", {"MII"}}},
      {{"alg", "RS256"}, {"kid", "r1"}, {"crit", {"exp"}}},
      {{"alg", "RS256"}, {"kid", "r1"}, {"typ", "at+jwt"}},
      {{"alg", "RS256"}, {"kid", "r1"}, {"typ", 1}},
  };
  for (const json& header : headers) {
    SCOPED_TRACE(header.dump());
    EXPECT_EQ(Check(Token(header, claims_, rsa_)).status().code(),
              absl::StatusCode::kUnauthenticated);
  }
}

TEST_F(IdTokenTest, A16_NobodyElsesSignatureWillDo) {
  const auto refused = [&](const std::string& token) {
    return Check(token).status().code() == absl::StatusCode::kUnauthenticated;
  };
  EXPECT_TRUE(refused(Token(rsa_header_, claims_, other_))) << "another key";
  // HS256 with the public key as the secret, under each name of algorithm.
  for (const char* alg : {"HS256", "RS256"}) {
    const std::string text =
        Base64Url(json{{"alg", alg}, {"kid", "r1"}}.dump()) + "." + Base64Url(claims_.dump());
    const core::Digest32 mac = core::HmacSha256(NumberOf(*rsa_, OSSL_PKEY_PARAM_RSA_N), {text});
    EXPECT_TRUE(refused(text + "." + Base64Url(std::string(mac.view())))) << alg;
  }
  const std::string right = Token(rsa_header_, claims_, rsa_);
  const size_t dot = right.rfind('.');
  EXPECT_TRUE(refused(right.substr(0, dot + 1))) << "no signature";
  EXPECT_TRUE(refused(right.substr(0, dot))) << "two parts";
  EXPECT_TRUE(refused(right + ".e30")) << "four parts";
  EXPECT_TRUE(refused(right + "=")) << "padding";
  std::string bent = right;
  bent[right.find('.') + 5] ^= 1;
  EXPECT_TRUE(refused(bent));
  EXPECT_TRUE(refused(Token(ec_header_, claims_, NewEc()))) << "another curve point";
  // An EC signature of zeros (CVE-2022-21449 of another library).
  const std::string text = Base64Url(ec_header_.dump()) + "." + Base64Url(claims_.dump());
  EXPECT_TRUE(refused(text + "." + Base64Url(std::string(64, '\0'))));
  EXPECT_TRUE(refused(std::string(20'000, 'a')));
  EXPECT_TRUE(refused("..")) << "nothing";
  EXPECT_TRUE(refused(Base64Url("[]") + "." + Base64Url("7") + ".AAAA"));
}

TEST_F(IdTokenTest, A16_AKeyIsFoundByItsNameAndSortAndWeakOnesAreNone) {
  json header = rsa_header_;
  header["kid"] = "r2";
  EXPECT_TRUE(absl::IsNotFound(Check(Token(header, claims_, rsa_)).status()));
  header["kid"] = "e1";
  EXPECT_TRUE(absl::IsNotFound(Check(Token(header, claims_, rsa_)).status())) << "an EC key's name";
  header.erase("kid");
  EXPECT_TRUE(Check(Token(header, claims_, rsa_)).ok()) << "one key fits";
  keys_.push_back(JwkOf(other_, "r3"));
  EXPECT_FALSE(Check(Token(header, claims_, rsa_)).ok()) << "two keys fit";
  keys_ = {JwkOf(rsa_, "r1")};
  keys_[0]["use"] = "enc";
  EXPECT_FALSE(Check(Token(rsa_header_, claims_, rsa_)).ok());
  const Key weak = NewRsa(1024);
  keys_ = {JwkOf(weak, "r1")};
  EXPECT_FALSE(Check(Token(rsa_header_, claims_, weak)).ok());
  for (const char* jwks : {"", "null", "[]", "{}", R"({"keys":7})", R"({"keys":[7]})",
                           R"({"keys":[{"kty":"RSA","kid":"r1"}]})",
                           R"({"keys":[{"kty":"RSA","kid":"r1","n":"AQAB","e":"!"}]})"}) {
    EXPECT_FALSE(SubjectOf(Token(rsa_header_, claims_, rsa_), jwks,
                           {"https://id.example", "halfterm", "the-nonce", kNow})
                     .ok())
        << jwks;
  }
}

TEST(ProviderUrlTest, Q9_OnlyHttpsAndThisMachineAreAddresses) {
  for (const char* url :
       {"", "https://", "ftp://id.example", "http://id.example", "https://id.example/?a=1",
        "https://id.example/#a", "https://me@id.example/", "https://id.example\\@evil.example",
        "https://id example", "https://id.example:port", "https://id.example:",
        "file:///etc/passwd", "http://127.0.0.1.evil.example", "http://[::2]", "https://[::1",
        "gopher://127.0.0.1", "http://2130706433", "HTTPS://id.example"}) {
    EXPECT_FALSE(storage::ParseProviderUrl(url)) << url;
  }
  const auto google = storage::ParseProviderUrl("https://Accounts.Google.com");
  ASSERT_TRUE(google);
  EXPECT_EQ(google->host, "accounts.google.com");
  const auto here = storage::ParseProviderUrl("http://127.0.0.1:4000/a/b");
  ASSERT_TRUE(here);
  EXPECT_EQ(here->origin, "http://127.0.0.1:4000");
  EXPECT_EQ(here->path, "/a/b");
}

TEST(HttpsFetchTest, Q9_AddressesOfTheSchoolsOwnNetworkAreKnown) {
  for (const char* address :
       {"127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "0.0.0.0", "::1", "::", "fe80::1", "fd00::1", "::ffff:10.0.0.1",
        "::ffff:127.0.0.1", "224.0.0.1", "255.255.255.255", "ff02::1", "not an address"}) {
    EXPECT_TRUE(IsPrivateAddress(address)) << address;
  }
  for (const char* address : {"8.8.8.8", "172.32.0.1", "2a00:1450:4009::1", "::ffff:8.8.8.8"}) {
    EXPECT_FALSE(IsPrivateAddress(address)) << address;
  }
}

}  // namespace
}  // namespace halfterm::service
