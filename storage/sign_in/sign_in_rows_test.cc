// What people on their way in need is in the store: two servers and a restart see one state of it.

#include <gtest/gtest.h>

#include <string>

#include "halfterm/disk/sign_in.pb.h"
#include "storage/accounts/invitations.h"
#include "storage/accounts/tickets.h"
#include "storage/backup/kept_rows.h"
#include "storage/later.h"
#include "storage/sign_in/begun_sign_ins.h"
#include "storage/sign_in/sign_in_keys.h"
#include "storage/sign_in/two_servers_school.h"
#include "storage/verify/verifier.h"

namespace halfterm::storage {
namespace {

using testing::BytesOf;
using testing::IdNumber;

class NonceTest : public TwoServersTest {};

TEST_F(NonceTest, A23_ANonceOfOneServerIsGoodAtAnyAndOnceInAll) {
  const ShownTablet shown = Shown(0, kTablet), other = Shown(1, kTablet);
  EXPECT_TRUE(IsFreshNonce(KeysOf(1), 1, shown.nonce, clock_.NowMs()));
  EXPECT_TRUE(Use(1, shown).ok());
  EXPECT_TRUE(absl::IsPermissionDenied(Use(0, shown)));
  EXPECT_TRUE(absl::IsPermissionDenied(Use(1, shown)));
  EXPECT_TRUE(Use(0, other).ok()) << "another nonce";
  Restart();
  for (const size_t server : {0, 1}) {
    EXPECT_TRUE(absl::IsPermissionDenied(Use(server, shown))) << server << " after a restart";
    EXPECT_TRUE(absl::IsPermissionDenied(Use(server, other))) << server << " after a restart";
  }
  EXPECT_TRUE(*WasUsed(FromEngine(*engine_), kSchool, shown.nonce));
  EXPECT_FALSE(*WasUsed(FromEngine(*engine_), Tenant(2), shown.nonce));
}

TEST_F(NonceTest, TwoServersClocksMayDifferByAMinuteAndNoMore) {
  const int64_t now_ms = clock_.NowMs();
  const std::string nonce = Shown(0, kTablet).nonce;
  const struct {
    const char* what;
    int64_t age_ms;
    bool fresh;
  } cases[] = {{"at once", 0, true},
               {"after two minutes", kNonceMs, true},
               {"later", kNonceMs + 1, false},
               {"made by a clock that is a minute ahead", -kNonceAheadMs, true},
               {"made by one that is more ahead", -kNonceAheadMs - 1, false},
               {"made in ten years", -int64_t{3653} * 24 * 60 * kMinute, false}};
  for (const auto& c : cases) {
    EXPECT_EQ(IsFreshNonce(KeysOf(0), 1, nonce, now_ms + c.age_ms), c.fresh) << c.what;
  }
}

TEST_F(NonceTest, OnlyTheStoresOwnKeysInItsPresentEpochMakeANonce) {
  const int64_t now_ms = clock_.NowMs();
  const std::string nonce = Shown(0, kTablet).nonce;
  testing::TemporaryDirectory elsewhere;
  EXPECT_FALSE(IsFreshNonce(*AccountKeys::Open(elsewhere.path()), 1, nonce, now_ms));
  EXPECT_FALSE(IsFreshNonce(KeysOf(0), 2, nonce, now_ms))
      << "used or not: it is of before a restore";
  for (size_t i = 0; i < nonce.size(); ++i) {
    std::string bent = nonce;
    bent[i] ^= 1;
    EXPECT_FALSE(IsFreshNonce(KeysOf(0), 1, bent, now_ms)) << "byte " << i;
  }
  EXPECT_FALSE(IsFreshNonce(KeysOf(0), 1, nonce.substr(1), now_ms));
  EXPECT_FALSE(IsFreshNonce(KeysOf(0), 1, "", now_ms));
  EXPECT_TRUE(absl::IsPermissionDenied(Use(0, {kSchool, kTablet, true, "short"})));
}

TEST_F(NonceTest, UsedOnesAreForgottenWhenNoClockCouldTakeThemAnyMore) {
  EXPECT_TRUE(Use(0, Shown(0, kTablet)).ok());
  clock_.Advance(kUsedNonceMs - 1);
  const ShownTablet late = Shown(0, kTablet);
  EXPECT_TRUE(Use(0, late).ok());
  RunClock();
  EXPECT_EQ(Rows(Family::kState, SignInPrefix(kSchool)), 2u);
  clock_.Advance(1);
  RunClock();
  EXPECT_EQ(Rows(Family::kState, SignInPrefix(kSchool)), 1u);
  EXPECT_TRUE(absl::IsPermissionDenied(Use(1, late)));
}

class TicketTest : public TwoServersTest {
 protected:
  v1::InviteReply Invited(const core::Id16& person) {
    v1::AccountsAdminInviteRequest request;
    request.set_tenant("Northgate");
    request.mutable_invite()->set_person(BytesOf(person));
    const auto reply = At<absl::StatusOr<v1::InviteReply>>(
        0, [&](auto done) { return MakeInvitation(KeysOf(0), request, std::move(done)); });
    EXPECT_TRUE(reply.ok()) << reply.status();
    return reply.value_or(v1::InviteReply());
  }
  std::string Ticket(size_t server, const core::Id16& device, const v1::InviteReply& invitation) {
    Enrolment enrolment;
    enrolment.request.set_school("Northgate");
    enrolment.request.mutable_invitation()->set_secret(invitation.secret());
    enrolment.request.mutable_proof()->set_nonce(Shown(server, device).nonce);
    enrolment.device = device;
    enrolment.point = std::string(65, 'p');
    const auto reply = At<absl::StatusOr<v1::EnrolReply>>(server, [&](auto done) {
      return MakeEnrol(KeysOf(server), std::move(enrolment), std::move(done));
    });
    EXPECT_TRUE(reply.ok()) << reply.status();
    return reply.ok() ? reply->ticket() : "";
  }
  absl::Status Enter(size_t server, const core::Id16& device, const std::string& ticket,
                     const std::string& new_hash = "$argon2id$made") {
    Entry entry;
    entry.tablet = Shown(server, device);
    entry.ticket = ticket;
    entry.new_hash = new_hash;
    return At<absl::StatusOr<v1::SignInReply>>(server,
                                               [&](auto done) {
                                                 return MakeEntry(KeysOf(server), std::move(entry),
                                                                  std::move(done));
                                               })
        .status();
  }
  absl::Status Check(const core::Id16& device, const std::string& ticket) {
    return CheckTicket(*engine_, kSchool, device, ticket, clock_.NowMs());
  }

  const core::Id16 kNew = IdNumber(203);
};

TEST_F(TicketTest, ATicketOfOneServerIsGoodAtAnotherOnceInAll) {
  const std::string ticket = Ticket(0, kNew, Invited(people_.tia));
  ASSERT_EQ(ticket.size(), kTicketBytes);
  EXPECT_TRUE(absl::IsInvalidArgument(Enter(1, kNew, ticket, ""))) << "no passphrase yet";
  EXPECT_TRUE(absl::IsUnauthenticated(Enter(1, kOther, ticket))) << "another tablet's";
  EXPECT_TRUE(Check(kNew, ticket).ok()) << "neither burnt it";
  EXPECT_TRUE(absl::IsUnauthenticated(Check(kOther, ticket)));
  EXPECT_TRUE(Enter(1, kNew, ticket).ok());
  for (const size_t server : {0, 1}) {
    EXPECT_TRUE(absl::IsUnauthenticated(Enter(server, kNew, ticket))) << server;
  }
  EXPECT_TRUE(absl::IsUnauthenticated(Check(kNew, ticket)));
}

TEST_F(TicketTest, ATicketIsGoodAfterARestartForItsTenMinutesAndOnce) {
  const std::string ticket = Ticket(0, kNew, Invited(people_.tia));
  clock_.Advance(kTicketMs - 1);
  Restart();
  EXPECT_TRUE(Check(kNew, ticket).ok());
  EXPECT_TRUE(Enter(0, kNew, ticket).ok());
  Restart();
  EXPECT_TRUE(absl::IsUnauthenticated(Enter(0, kNew, ticket))) << "used before the restart";
}

TEST_F(TicketTest, ATicketEndsByTimeAndByTheNextOneOfTheSamePersonAndTablet) {
  const v1::InviteReply invitation = Invited(people_.tia);
  const std::string first = Ticket(0, kNew, invitation), second = Ticket(1, kNew, invitation);
  EXPECT_TRUE(absl::IsUnauthenticated(Enter(0, kNew, first)));
  const std::string others = Ticket(0, IdNumber(204), Invited(people_.hana));
  clock_.Advance(kTicketMs);
  EXPECT_TRUE(absl::IsUnauthenticated(Enter(0, kNew, second)));
  EXPECT_TRUE(absl::IsUnauthenticated(Check(kNew, second)));
  EXPECT_TRUE(absl::IsUnauthenticated(Enter(0, IdNumber(204), others)));
}

TEST_F(TicketTest, OnlyWhoGetsInIsGivenTheirTryBack) {
  const std::string ticket = Ticket(0, kNew, Invited(people_.tia));
  const GuessBuckets once = {{kSchool, "begun", 1}};
  const auto counted = At<absl::StatusOr<CountedGuess>>(
      0, [&](auto done) { return MakeGuess(KeysOf(0), std::nullopt, once, std::move(done)); });
  ASSERT_TRUE(counted.ok());
  const auto enter = [&](const std::string& shown) {
    Entry entry;
    entry.tablet = Shown(0, kNew);
    entry.ticket = shown;
    entry.new_hash = "$argon2id$made";
    entry.counted = *counted;
    return At<absl::StatusOr<v1::SignInReply>>(
               0, [&](auto done) { return MakeEntry(KeysOf(0), entry, std::move(done)); })
        .status();
  };
  const auto may = [&] {
    return MayGuess(AnyFromEngine(*engine_), KeysOf(0), once, clock_.NowMs()).ok();
  };
  EXPECT_TRUE(absl::IsUnauthenticated(enter("another ticket")));
  EXPECT_FALSE(may());
  EXPECT_TRUE(enter(ticket).ok());
  EXPECT_TRUE(may());
}

TEST_F(TicketTest, OnlyTheTicketsHashIsKeptAndTheLedgerKeepsItsRow) {
  const std::string ticket = Ticket(0, kNew, Invited(people_.tia));
  const std::string prefix = InvitationPrefix(kSchool);
  const auto snapshot = engine_->NewSnapshot();
  const auto row = snapshot->NewCursor(Family::kState, prefix, EndOfPrefix(prefix));
  ASSERT_TRUE(row->Valid());
  EXPECT_EQ(std::string(row->value()).find(ticket), std::string::npos);
  // So a restore brings no used ticket back. What it may bring back of the rest is in
  // sign_in_keys.h.
  EXPECT_TRUE(IsKept(Family::kState, std::string(row->key())));
  EXPECT_FALSE(IsKept(Family::kState, UsedNonceKey(kSchool, 1, std::string(8, 'r'))));
  EXPECT_FALSE(IsKept(Family::kState, BegunSignInKey(kSchool, kTablet, {})));
  EXPECT_FALSE(IsKept(Family::kState, GuessKey(kSchool, core::Digest32{})));
  EXPECT_FALSE(IsKept(Family::kMeta, GuessKey(core::Digest32{})));
}

TEST_F(TicketTest, ANonceOfAnEnrolmentIsForOnceAlsoWhereItsAnswerWasLost) {
  const v1::InviteReply invitation = Invited(people_.tia);
  Enrolment enrolment;
  enrolment.request.set_school("Northgate");
  enrolment.request.mutable_invitation()->set_secret(invitation.secret());
  enrolment.request.mutable_proof()->set_nonce(Shown(0, kNew).nonce);
  enrolment.device = kNew;
  enrolment.point = std::string(65, 'p');
  const auto enrol = [&](size_t server) {
    return At<absl::StatusOr<v1::EnrolReply>>(
               server,
               [&](auto done) { return MakeEnrol(KeysOf(server), enrolment, std::move(done)); })
        .status();
  };
  EXPECT_TRUE(enrol(0).ok());
  EXPECT_TRUE(absl::IsPermissionDenied(enrol(1))) << "overheard";
  enrolment.request.mutable_proof()->set_nonce(Shown(1, kNew).nonce);
  EXPECT_TRUE(enrol(1).ok());
}

class BegunTest : public TwoServersTest {
 protected:
  absl::Status Begin(size_t server, const core::Id16& device, const std::string& state) {
    disk::BegunSignIn begun;
    begun.set_issuer("https://issuer.example");
    begun.set_verifier("the verifier");
    begun.set_ticket("the ticket");
    return At<absl::Status>(server, [&](auto done) {
      return MakeBegin(KeysOf(server), Shown(server, device), state, begun, std::move(done));
    });
  }
  absl::StatusOr<TakenSignIn> Take(size_t server, const core::Id16& device,
                                   const std::string& state) {
    return At<absl::StatusOr<TakenSignIn>>(server, [&](auto done) {
      return MakeTake(KeysOf(server), Shown(server, device), state, std::move(done));
    });
  }
};

TEST_F(BegunTest, A17_ASignInThatBeganAtOneServerIsFinishedAtAnotherOnceAndOnItsOwnTablet) {
  ASSERT_TRUE(Begin(0, kTablet, "state").ok());
  const ReadRow read = FromEngine(*engine_);
  EXPECT_TRUE(HasBegun(read, Shown(1, kTablet), "state"));
  EXPECT_FALSE(HasBegun(read, Shown(1, kOther), "state"));
  EXPECT_TRUE(absl::IsUnauthenticated(Take(1, kOther, "state").status()));
  EXPECT_TRUE(absl::IsUnauthenticated(Take(1, kTablet, "another state").status()));
  const auto taken = Take(1, kTablet, "state");
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_EQ(taken->begun.verifier(), "the verifier");
  EXPECT_EQ(taken->begun.issuer(), "https://issuer.example");
  for (const size_t server : {0, 1}) {
    EXPECT_TRUE(absl::IsUnauthenticated(Take(server, kTablet, "state").status())) << server;
  }
}

TEST_F(BegunTest, ASignInThatBeganIsFinishedAfterARestartWithinTenMinutes) {
  ASSERT_TRUE(Begin(0, kTablet, "state").ok());
  ASSERT_TRUE(Begin(0, kTablet, "slow").ok());
  clock_.Advance(kBegunMs - 1);
  Restart();
  EXPECT_TRUE(Take(0, kTablet, "state").ok());
  clock_.Advance(1);
  EXPECT_TRUE(absl::IsUnauthenticated(Take(0, kTablet, "slow").status()));
}

TEST_F(BegunTest, A23_TheProofByWhichOneIsFinishedIsForOnce) {
  ASSERT_TRUE(Begin(0, kTablet, "one").ok());
  ASSERT_TRUE(Begin(0, kTablet, "two").ok());
  const ShownTablet overheard = Shown(0, kTablet);
  const auto finish = [&](const std::string& state) {
    return At<absl::StatusOr<TakenSignIn>>(
        1, [&](auto done) { return MakeTake(KeysOf(1), overheard, state, std::move(done)); });
  };
  EXPECT_TRUE(finish("one").ok());
  EXPECT_TRUE(absl::IsPermissionDenied(finish("two").status()));
  EXPECT_TRUE(Take(0, kTablet, "two").ok()) << "which left it as it was";
}

TEST_F(BegunTest, NothingSecretOfItIsInClear) {
  ASSERT_TRUE(Begin(0, kTablet, "the state").ok());
  const auto snapshot = engine_->NewSnapshot();
  const std::string prefix = SignInPrefix(kSchool);
  size_t rows = 0;
  for (auto row = snapshot->NewCursor(Family::kState, prefix, EndOfPrefix(prefix)); row->Valid();
       row->Next(), ++rows) {
    for (const char* secret : {"the verifier", "the ticket", "the state"}) {
      EXPECT_EQ(std::string(row->value()).find(secret), std::string::npos);
      EXPECT_EQ(std::string(row->key()).find(secret), std::string::npos);
    }
  }
  EXPECT_EQ(rows, 3u) << "what has begun, its nonce, its count";
  testing::TemporaryDirectory elsewhere;
  const AccountKeys thief = *AccountKeys::Open(elsewhere.path());
  const auto taken = At<absl::StatusOr<TakenSignIn>>(0, [&](auto done) {
    return MakeTake(thief, Shown(0, kTablet), "the state", std::move(done));
  });
  EXPECT_TRUE(absl::IsDataLoss(taken.status())) << taken.status();
}

TEST_F(BegunTest, ATabletHasTwentyThatLedNowhereInAQuarterOfAnHour) {
  for (size_t i = 0; i < kMaxBegunOfTablet; ++i) {
    ASSERT_TRUE(Begin(i % 2, kTablet, std::to_string(i)).ok()) << i;
  }
  const absl::Status full = Begin(1, kTablet, "one more");
  EXPECT_TRUE(LaterMs(full).has_value()) << full;
  EXPECT_TRUE(Begin(1, kOther, "another tablet's").ok());
  const auto taken = Take(0, kTablet, "7");
  ASSERT_TRUE(taken.ok());
  EXPECT_TRUE(LaterMs(Begin(1, kTablet, "one more")).has_value()) << "the provider may refuse it";
  std::vector<std::unique_ptr<Job>> jobs;
  jobs.push_back(MakeGiveBack(KeysOf(1), taken->counted));
  ServerAt(1).Do(jobs);
  EXPECT_TRUE(Begin(1, kTablet, "one more").ok()) << "its person is in";
  clock_.Advance(kGuessMs);
  RunClock();
  EXPECT_EQ(Rows(Family::kState, BegunSignInPrefix(kSchool, kTablet)), 0u);
  EXPECT_TRUE(Begin(1, kTablet, "later").ok());
}

class GuessTest : public TwoServersTest {
 protected:
  absl::StatusOr<CountedGuess> Count(size_t server, const GuessBuckets& buckets) {
    return At<absl::StatusOr<CountedGuess>>(server, [&](auto done) {
      return MakeGuess(KeysOf(server), std::nullopt, buckets, std::move(done));
    });
  }
  // Whether it may be checked.
  bool Guess(size_t server, const GuessBuckets& buckets) {
    const absl::Status counted = Count(server, buckets).status();
    EXPECT_TRUE(counted.ok() || LaterMs(counted)) << counted;
    return counted.ok();
  }

  const GuessBuckets kAccount = {{kSchool, "account", 10}, {std::nullopt, "address", 60}};
};

TEST_F(GuessTest, A13_TenGuessesAreTenOnTwoServersAndAcrossARestart) {
  int checked = 0;
  for (int i = 0; i < 7; ++i) checked += Guess(i % 2, kAccount);
  Restart();
  for (int i = 0; i < 100; ++i) checked += Guess(i % 2, kAccount);
  EXPECT_EQ(checked, 10);
  Restart();
  EXPECT_FALSE(Guess(0, kAccount));
  clock_.Advance(kGuessMs);
  EXPECT_TRUE(Guess(1, kAccount));
}

TEST_F(GuessTest, GuessesAtOnceAreOneAfterTheOther) {
  // A hundred wait together for one batch, at each of two servers in turn.
  for (const size_t server : {0, 1}) {
    int checked = 0;
    std::vector<std::unique_ptr<Job>> jobs;
    for (int i = 0; i < 100; ++i) {
      jobs.push_back(MakeGuess(
          KeysOf(server), std::nullopt, kAccount,
          [&checked](const absl::StatusOr<CountedGuess>& counted) { checked += counted.ok(); }));
    }
    ServerAt(server).Do(jobs);
    EXPECT_EQ(checked, server == 0 ? 10 : 0) << "server " << server;
  }
}

TEST_F(GuessTest, ARightOneUsesNoTryUp) {
  for (int i = 0; i < 9; ++i) ASSERT_TRUE(Guess(0, kAccount));
  for (int i = 0; i < 30; ++i) {
    const auto counted = Count(i % 2, kAccount);
    ASSERT_TRUE(counted.ok()) << i << " " << counted.status();
    std::vector<std::unique_ptr<Job>> jobs;
    jobs.push_back(MakeGiveBack(KeysOf(1), *counted));
    ServerAt(1).Do(jobs);
  }
  EXPECT_TRUE(Guess(1, kAccount));
  EXPECT_FALSE(Guess(0, kAccount));
}

TEST_F(GuessTest, AClockThatIsSetBackLocksNobodyOutForLongAndOldCountsAreForgotten) {
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(Guess(0, kAccount));
  const int64_t now_ms = clock_.NowMs();
  clock_.SetWall(now_ms - kGuessMs + 1);
  EXPECT_FALSE(Guess(0, kAccount));
  clock_.SetWall(now_ms - kGuessMs);
  EXPECT_TRUE(Guess(0, kAccount)) << "tries of a time to come do not count";
  clock_.SetWall(now_ms - 1);
  RunClock();
  EXPECT_EQ(Rows(Family::kMeta, GuessPrefix()), 1u);
  clock_.SetWall(now_ms);
  RunClock();
  EXPECT_EQ(Rows(Family::kMeta, GuessPrefix()), 0u);
  EXPECT_EQ(Rows(Family::kState, SignInPrefix(kSchool)), 0u);
}

TEST_F(GuessTest, ADamagedRowOfOneSchoolKeepsNoOtherFromBeingLookedAfter) {
  const Tenant damaged(kSchool.handle() + 8);
  Put(Family::kState, InvitationKey(damaged, core::Digest32{}), "\xff");
  EXPECT_TRUE(Guess(0, kAccount));
  EXPECT_GT(Rows(Family::kState, SignInPrefix(kSchool)), 0u);
  clock_.Advance(kGuessMs);
  const auto ran = At<absl::Status>(1, [&](auto done) {
    return MakeForgetting({damaged, kSchool}, std::move(done));
  });
  EXPECT_TRUE(absl::IsDataLoss(ran)) << ran;
  EXPECT_EQ(Rows(Family::kState, SignInPrefix(kSchool)), 0u);
  EXPECT_EQ(Rows(Family::kMeta, GuessPrefix()), 0u);
}

TEST_F(GuessTest, WhatIsCountedInTheBatchThatForgetsIsNotForgotten) {
  ASSERT_TRUE(Guess(0, {{std::nullopt, "address", 1}}));
  clock_.Advance(kGuessMs);
  std::vector<std::unique_ptr<Job>> jobs;
  jobs.push_back(
      MakeGuess(KeysOf(1), std::nullopt, {{std::nullopt, "address", 1}},
                [](const absl::StatusOr<CountedGuess>& counted) { EXPECT_TRUE(counted.ok()); }));
  jobs.push_back(
      MakeForgetting({kSchool}, [](const absl::Status& ran) { EXPECT_TRUE(ran.ok()) << ran; }));
  ServerAt(1).Do(jobs);
  EXPECT_FALSE(Guess(0, {{std::nullopt, "address", 1}}));
}

TEST_F(GuessTest, ADiskThatIsFullChecksNoGuess) {
  disk_.is_full = true;
  const auto counted = Count(0, kAccount);
  EXPECT_TRUE(absl::IsResourceExhausted(counted.status())) << counted.status();
  disk_.is_full = false;
  EXPECT_EQ(Rows(Family::kMeta, GuessPrefix()), 0u);
}

TEST_F(GuessTest, AWrongCodeIsHeardOnlyOnceItIsCounted) {
  Enrolment enrolment;
  enrolment.request.mutable_invitation()->set_code("ABCDEFGHJK");
  enrolment.device = kTablet;
  enrolment.guesses = {{std::nullopt, "codes", 3}};
  const auto enrol = [&](size_t server) {
    return At<absl::StatusOr<v1::EnrolReply>>(
               server,
               [&](auto done) { return MakeEnrol(KeysOf(server), enrolment, std::move(done)); })
        .status();
  };
  disk_.is_full = true;
  EXPECT_TRUE(absl::IsResourceExhausted(enrol(0))) << "else it would be a guess for nothing";
  disk_.is_full = false;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(absl::IsNotFound(enrol(i % 2)));
  EXPECT_TRUE(LaterMs(enrol(0)).has_value());
  EXPECT_TRUE(LaterMs(enrol(1)).has_value());
}

TEST_F(GuessTest, AWrongInvitationOnATabletIsCountedAndItsNonceUsed) {
  Entry entry;
  entry.tablet = Shown(0, kTablet);
  entry.invitation.emplace().set_code("ABCDEFGHJK");
  entry.guesses = {{kSchool, "invited", 1}};
  const auto enter = [&](size_t server) {
    return At<absl::StatusOr<v1::SignInReply>>(
               server, [&](auto done) { return MakeEntry(KeysOf(server), entry, std::move(done)); })
        .status();
  };
  EXPECT_TRUE(absl::IsNotFound(enter(0)));
  EXPECT_TRUE(absl::IsPermissionDenied(Use(1, entry.tablet)));
  entry.tablet = Shown(1, kTablet);
  EXPECT_TRUE(LaterMs(enter(1)).has_value());
  EXPECT_TRUE(Use(0, entry.tablet).ok()) << "a guess that is not checked writes nothing";
}

class SignInVerifyTest : public TwoServersTest {
 protected:
  std::string Differences() {
    std::string words;
    const absl::Status verified =
        Verify(*engine_, v1::VerifyRequest(), [&words](const v1::VerifyReply& reply) {
          words.clear();
          for (const v1::Difference& one : reply.differences()) {
            if (one.what() == "sign-in") words += one.where() + " " + one.detail() + "\n";
          }
          return true;
        });
    EXPECT_TRUE(verified.ok()) << verified;
    return words;
  }
};

TEST_F(SignInVerifyTest, EachRowThatIsDamagedIsNamed) {
  const Tenant tenant = kSchool;
  const auto counted = At<absl::StatusOr<CountedGuess>>(0, [&](auto done) {
    return MakeGuess(KeysOf(0), Shown(0, kTablet), {{tenant, "one", 2}, {std::nullopt, "two", 2}},
                     std::move(done));
  });
  ASSERT_TRUE(counted.ok());
  disk::BegunSignInRow begun;
  begun.set_until_ms(1);
  begun.set_sealed("sealed");
  Put(Family::kState, BegunSignInKey(tenant, kTablet, {}), begun.SerializeAsString());
  EXPECT_EQ(Differences(), "");
  disk::UsedNonceRow nonce;
  nonce.set_used_ms(1);
  nonce.set_device(BytesOf(IdNumber(99)));
  const struct {
    const char* words;
    Family family;
    std::string key, value;
  } cases[] = {
      {"count cannot be read", Family::kMeta, GuessKey(core::Digest32{}), ""},
      {"cannot be read", Family::kMeta, GuessPrefix() + "x", "\xff"},
      {"cannot be read", Family::kState, GuessKey(tenant, core::Digest32{}), "\xff"},
      {"was used by no tablet that is known", Family::kState,
       UsedNonceKey(tenant, 1, std::string(8, 'r')), nonce.SerializeAsString()},
      {"cannot be read", Family::kState, UsedNonceKey(tenant, 2, std::string(8, 'r')), ""},
      {"is on no tablet that is known", Family::kState, BegunSignInKey(tenant, IdNumber(99), {}),
       begun.SerializeAsString()},
      {"cannot be read", Family::kState, BegunSignInKey(tenant, kOther, {}), ""},
      {"has a key of no known kind", Family::kState, SignInPrefix(tenant) + "x", ""},
  };
  for (const auto& c : cases) {
    Put(c.family, c.key, c.value);
    EXPECT_NE(Differences().find(c.words), std::string::npos) << c.words << "\n" << Differences();
    Delete(c.family, c.key);
    EXPECT_EQ(Differences(), "") << c.words;
  }
}

}  // namespace
}  // namespace halfterm::storage
