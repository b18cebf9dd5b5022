// Passphrases, keys and invitations by themselves.
#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <sys/stat.h>

#include <ctime>
#include <fstream>
#include <functional>
#include <memory>
#include <random>
#include <string>

#include "absl/strings/escaping.h"
#include "storage/accounts/account_keys.h"
#include "storage/accounts/account_rows.h"
#include "storage/accounts/invitations.h"
#include "storage/accounts/p256.h"
#include "storage/accounts/passphrase.h"
#include "tests/support/seed.h"
#include "tests/support/temporary_directory.h"

namespace halfterm::storage {
namespace {

using testing::TemporaryDirectory;

TEST(PassphraseTest, OnlyTheRightOneIsRightAndTheHashHasASaltOfItsOwn) {
  const Passphrases passphrases({1, size_t{8} << 10});
  const std::string hash = passphrases.Hash("seven quiet herons");
  EXPECT_EQ(hash.rfind("$argon2id$", 0), 0u);
  EXPECT_NE(hash, passphrases.Hash("seven quiet herons"));
  EXPECT_TRUE(passphrases.IsRight(hash, "seven quiet herons"));
  EXPECT_FALSE(passphrases.IsRight(hash, "seven quiet heron"));
  EXPECT_FALSE(passphrases.IsRight(hash, ""));
  EXPECT_FALSE(passphrases.IsRight("", "nobody has this passphrase"));
  EXPECT_FALSE(passphrases.IsRight("no hash at all", "seven quiet herons"));
}

TEST(PassphraseTest, ANewOneHasTwelveCharactersOfAnyScript) {
  EXPECT_TRUE(CheckNewPassphrase("twelve chars").ok());
  EXPECT_TRUE(CheckNewPassphrase("zwölf Zeichö").ok());
  EXPECT_FALSE(CheckNewPassphrase("eleven char").ok());
  EXPECT_FALSE(CheckNewPassphrase("ééééééééééé").ok()) << "eleven characters, 22 bytes";
  EXPECT_FALSE(CheckNewPassphrase("aaaaaaaaaaaaaaaa").ok());
  EXPECT_FALSE(CheckNewPassphrase("").ok());
  EXPECT_FALSE(CheckNewPassphrase(std::string(1025, 'a') + "b").ok());
}

// Processor time of this thread, so that a busy machine does not matter.
double SecondsOf(const std::function<void()>& work) {
  timespec before{}, after{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
  work();
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
  return static_cast<double>(after.tv_sec - before.tv_sec) +
         static_cast<double>(after.tv_nsec - before.tv_nsec) * 1e-9;
}

TEST(PassphraseTest, A20_SomebodyWhoIsNotThereTakesAsLongAsAWrongPassphrase) {
  const Passphrases passphrases({2, size_t{16} << 20});
  const std::string hash = passphrases.Hash("seven quiet herons");
  double nobody = 0, wrong = 0;
  for (int i = 0; i < 6; ++i) {
    nobody += SecondsOf([&] { passphrases.IsRight("", "eleven loud magpies"); });
    wrong += SecondsOf([&] { passphrases.IsRight(hash, "eleven loud magpies"); });
  }
  EXPECT_GT(nobody, wrong * 0.6);
  EXPECT_LT(nobody, wrong * 1.7);
}

TEST(P256Test, AKeyIsAPointOnTheCurveRawOrAsWebCryptoExportsIt) {
  const std::shared_ptr<EVP_PKEY> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::string point = PointOf(*key);
  ASSERT_EQ(point.size(), kPointBytes);
  const std::string spki =
      absl::HexStringToBytes("3059301306072a8648ce3d020106082a8648ce3d030107034200") + point;
  EXPECT_EQ(PointOfExported(point), point);
  EXPECT_EQ(PointOfExported(spki), point);
  std::string off_curve = point;
  off_curve[64] = static_cast<char>(off_curve[64] ^ 1);
  EXPECT_EQ(PointOfExported(off_curve), "");
  EXPECT_EQ(PointOfExported(point.substr(0, 64)), "");
  EXPECT_EQ(PointOfExported(std::string(65, '\0')), "");
  EXPECT_EQ(PointOfExported(spki + "x"), "");
  const std::shared_ptr<EVP_PKEY> other_curve(EVP_EC_gen("P-384"), EVP_PKEY_free);
  EXPECT_EQ(PointOf(*other_curve), "");

  const std::string signature = Sign(*key, "text");
  EXPECT_TRUE(SignatureIsRight(point, "text", signature));
  EXPECT_FALSE(SignatureIsRight(point, "texts", signature));
  EXPECT_FALSE(SignatureIsRight(point, "text", std::string(64, '\0')));
  EXPECT_FALSE(SignatureIsRight(point, "text", signature.substr(1)));
}

TEST(AccountKeysTest, KeysStayAndOnlyTheirOwnerReadsThem) {
  TemporaryDirectory directory;
  auto first = AccountKeys::Open(directory.path());
  ASSERT_TRUE(first.ok()) << first.status();
  auto again = AccountKeys::Open(directory.path());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(first->sealing_point(), again->sealing_point());
  EXPECT_EQ(first->DigestOfCode("ABCDEFGHJK"), again->DigestOfCode("ABCDEFGHJK"));
  EXPECT_NE(first->DigestOfCode("ABCDEFGHJK"), first->DigestOfSecret("ABCDEFGHJK"));
  for (const char* name : {"/keys/accounts.key", "/keys/sealing.pem"}) {
    struct stat info {};
    ASSERT_EQ(stat((directory.path() + name).c_str(), &info), 0) << name;
    EXPECT_EQ(info.st_mode & 0777, 0600u) << name;
  }
  std::ofstream(directory.path() + "/keys/accounts.key") << "short";
  EXPECT_EQ(AccountKeys::Open(directory.path()).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(AccountKeysTest, ASealedGroupOpensForItsTabletWithTheRightKeyAndWhole) {
  TemporaryDirectory directory, elsewhere;
  const auto keys = AccountKeys::Open(directory.path());
  const auto others = AccountKeys::Open(elsewhere.path());
  ASSERT_TRUE(keys.ok() && others.ok());
  const core::Id16 device = *core::Id16::FromBytes("a tablet's  id16");
  const core::Id16 another = *core::Id16::FromBytes("another's   id16");
  const std::string sealed = SealFor(keys->sealing_point(), device, "a group");
  EXPECT_EQ(sealed.size(), 1 + 65 + 7 + 16u);
  EXPECT_NE(sealed, SealFor(keys->sealing_point(), device, "a group"));
  EXPECT_EQ(keys->OpenSealed(device, sealed).value_or(""), "a group");
  EXPECT_FALSE(keys->OpenSealed(another, sealed).ok());
  EXPECT_FALSE(others->OpenSealed(device, sealed).ok());
  std::mt19937_64 random(testing::TestSeed());
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string bent = sealed;
    bent[i] = static_cast<char>(bent[i] ^ (1 << random() % 8));
    EXPECT_FALSE(keys->OpenSealed(device, bent).ok()) << i;
    EXPECT_FALSE(keys->OpenSealed(device, sealed.substr(0, i)).ok()) << i;
  }
  const std::string secret = keys->Seal("twelve bytes", "a client's secret");
  EXPECT_EQ(keys->Unseal(secret).value_or(""), "a client's secret");
  EXPECT_FALSE(others->Unseal(secret).ok());
  EXPECT_FALSE(keys->Unseal("").ok());
}

TEST(InvitationTest, CodesAreReadAsPeopleTypeThem) {
  EXPECT_EQ(NormalCode("abcde-fghjk"), "ABCDEFGHJK");
  EXPECT_EQ(NormalCode(" ABCDE FGHJK "), "ABCDEFGHJK");
  for (const char* typed : {"", "ABCDEFGHJ", "ABCDEFGHJKL", "ABCDEFGHI0", "ABCDEFGHJ\xc3\xa9"}) {
    EXPECT_EQ(NormalCode(typed), "") << typed;
  }
  EXPECT_EQ(QrText("https://h.example/", "riverside", "0123456789abcdef"),
            "https://h.example/#join=riverside.MDEyMzQ1Njc4OWFiY2RlZg");
}

TEST(InvitationTest, ACodeIsLookedForInOneSchoolOfAThousand) {
  const TemporaryDirectory here, elsewhere;
  const auto keys = AccountKeys::Open(here.path()), others = AccountKeys::Open(elsewhere.path());
  ASSERT_TRUE(keys.ok() && others.ok());
  const std::string random("\x00\x01\x1f\x20\xff\x07\x08\x09", kCodeRandomBytes);
  const std::string code = NewCode(*keys, Tenant(7), random);
  EXPECT_EQ(code.substr(2), "AB9A9HJK");
  EXPECT_EQ(NormalCode(code), code);
  EXPECT_EQ(NewCode(*AccountKeys::Open(here.path()), Tenant(7), random), code) << "after a restart";
  size_t asked = 0, alike = 0;
  for (uint32_t handle = 1; handle <= 10'000; ++handle) {
    asked += BeginsAsCodesOf(*keys, Tenant(handle), code) ? 1 : 0;
    alike += NewCode(*keys, Tenant(handle), random) == NewCode(*others, Tenant(handle), random);
  }
  EXPECT_TRUE(BeginsAsCodesOf(*keys, Tenant(7), code));
  EXPECT_LT(asked, 40u) << "of 10,000 ten are to be expected";
  EXPECT_LT(alike, 40u) << "how codes begin is a secret";
}

TEST(SignInNameTest, NamesAreMadeOfWhatColleaguesSay) {
  EXPECT_EQ(NameFrom("Ms Hana Owen"), "hana.owen");
  EXPECT_EQ(NameFrom("Dr. Jo-Ann O'Neil"), "jo.ann.oneil");
  EXPECT_EQ(NameFrom("張偉"), "person");
  EXPECT_EQ(NormalName(" Hana.Owen "), "hana.owen");
}

}  // namespace
}  // namespace halfterm::storage
