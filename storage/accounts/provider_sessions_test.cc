// How long a provider's word is good, and what ends with it.

#include <gtest/gtest.h>

#include <future>
#include <string>

#include "halfterm/disk/rows.pb.h"
#include "storage/accounts/account_jobs.h"
#include "storage/accounts/account_rows.h"
#include "sync/core/sha256.h"
#include "tests/support/committed_school.h"
#include "tests/support/temporary_directory.h"

namespace halfterm::storage {
namespace {

using testing::BytesOf;
using testing::IdNumber;

class ProviderSessionsTest : public ::testing::Test {
 protected:
  static constexpr char kIssuer[] = "https://issuer.example", kSubject[] = "sub-17";
  static constexpr int64_t kDay = 24 * 3'600'000;

  ProviderSessionsTest() {
    disk::DeviceRow tablet;
    tablet.set_public_key(std::string(65, 'p'));
    for (const core::Id16& device : {kTablet, kOther}) {
      WriteSet writes;
      writes.Put(Family::kState, DeviceKey(school.tenant(), device), tablet.SerializeAsString());
      EXPECT_TRUE(school.engine().Commit(writes).ok());
    }
  }

  // What `make` makes is done, and answered.
  template <class Reply, class Make>
  absl::StatusOr<Reply> Done(Make make) {
    std::promise<absl::StatusOr<Reply>> done;
    school.committer().Submit(
        make([&done](absl::StatusOr<Reply> reply) { done.set_value(std::move(reply)); }));
    return done.get_future().get();
  }
  absl::StatusOr<v1::SignInReply> Enter(const core::Id16& device, const std::string& subject,
                                        bool may_link) {
    return Done<v1::SignInReply>([&](auto done) {
      Entry entry;
      entry.tablet = {school.tenant(), device, true, Nonce()};
      entry.person = school.people.tia;
      entry.new_hash = subject.empty() ? "$argon2id$made" : "";
      entry.issuer = subject.empty() ? "" : kIssuer;
      entry.subject = subject;
      entry.may_link = may_link;
      return MakeEntry(keys, std::move(entry), std::move(done));
    });
  }
  absl::StatusOr<v1::RenewSessionReply> Renew(const v1::SignInReply& signed_in,
                                              const std::string& token) {
    const Caller caller{school.tenant(), *core::Id16::FromBytes(signed_in.session()),
                        school.people.tia, kTablet};
    return Done<v1::RenewSessionReply>([&](auto done) {
      return MakeRenewal(caller, std::string(core::Sha256(token).view()), Nonce(), std::move(done));
    });
  }
  std::string Nonce() {
    return MakeNonce(keys, 1, school.context().random(kNonceRandomBytes), school.clock.NowMs());
  }
  bool Lasts(const std::string& token) {
    return school.context().sessions.Find(token, school.clock.NowMs()).has_value();
  }

  testing::CommittedSchool school;
  testing::TemporaryDirectory folder;
  const AccountKeys keys = *AccountKeys::Open(folder.path());
  const core::Id16 kTablet = IdNumber(201), kOther = IdNumber(202);
};

TEST_F(ProviderSessionsTest, AProvidersWordIsGoodForThirtyDaysHoweverOftenTheTokenIsRenewed) {
  const auto signed_in = Enter(kTablet, kSubject, /*may_link=*/true);
  ASSERT_TRUE(signed_in.ok()) << signed_in.status();
  const int64_t opened_ms = school.clock.NowMs();
  std::string token = signed_in->token();
  for (int day = 5; day < 30; day += 5) {
    school.clock.Advance(5 * kDay);
    const auto renewed = Renew(*signed_in, token);
    ASSERT_TRUE(renewed.ok()) << day << renewed.status();
    EXPECT_LE(renewed->expires_ms(), opened_ms + 30 * kDay);
    token = renewed->token();
    EXPECT_TRUE(Lasts(token)) << day;
  }
  school.clock.Advance(5 * kDay);
  EXPECT_FALSE(Lasts(token));
  EXPECT_TRUE(absl::IsUnauthenticated(Renew(*signed_in, token).status()));
  const auto again = Enter(kTablet, kSubject, /*may_link=*/false);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(Lasts(again->token()));
}

TEST_F(ProviderSessionsTest, ASessionByPassphraseIsRenewedForAsLongAsItsTabletComes) {
  const auto signed_in = Enter(kTablet, "", /*may_link=*/false);
  ASSERT_TRUE(signed_in.ok()) << signed_in.status();
  std::string token = signed_in->token();
  for (int day = 5; day < 60; day += 5) {
    school.clock.Advance(5 * kDay);
    const auto renewed = Renew(*signed_in, token);
    ASSERT_TRUE(renewed.ok()) << day << renewed.status();
    token = renewed->token();
  }
  EXPECT_TRUE(Lasts(token));
}

TEST_F(ProviderSessionsTest, A6_WhatALinkOpenedEndsWithTheLinkAndNothingElse) {
  const auto own = Enter(kOther, "", /*may_link=*/false);
  const auto signed_in = Enter(kTablet, kSubject, /*may_link=*/true);
  ASSERT_TRUE(own.ok() && signed_in.ok()) << own.status() << signed_in.status();
  v1::LinkSubjectRequest unlink;
  unlink.set_tenant("Northgate");
  unlink.set_person(BytesOf(school.people.tia));
  ASSERT_TRUE(Done<v1::LinkSubjectReply>([&](auto done) {
                return MakeLinkSubject(unlink, std::move(done));
              }).ok());
  EXPECT_FALSE(Lasts(signed_in->token()));
  EXPECT_TRUE(Lasts(own->token()));
  const auto again = Enter(kTablet, kSubject, /*may_link=*/false);
  EXPECT_TRUE(absl::IsUnauthenticated(again.status())) << "the link went while they were away";
}

TEST_F(ProviderSessionsTest, A6_WhatAProviderOpenedEndsWhenTheSchoolHasAnother) {
  v1::SetProviderRequest provider;
  provider.set_tenant("Northgate");
  provider.set_issuer(kIssuer);
  provider.set_client_id("halfterm");
  provider.set_redirect_uri("https://halfterm.example/");
  const auto set = [&] {
    return Done<v1::SetProviderReply>(
        [&](auto done) { return MakeSetProvider(keys, provider, std::move(done)); });
  };
  ASSERT_TRUE(set().ok());
  const auto own = Enter(kOther, "", /*may_link=*/false);
  const auto signed_in = Enter(kTablet, kSubject, /*may_link=*/true);
  ASSERT_TRUE(own.ok() && signed_in.ok()) << own.status() << signed_in.status();
  EXPECT_TRUE(signed_in->has_provider());
  provider.set_name("the same under another name");
  ASSERT_TRUE(set().ok());
  EXPECT_TRUE(Lasts(signed_in->token()));
  provider.set_issuer("https://another.example");
  ASSERT_TRUE(set().ok());
  EXPECT_FALSE(Lasts(signed_in->token()));
  EXPECT_TRUE(Lasts(own->token()));
}

}  // namespace
}  // namespace halfterm::storage
