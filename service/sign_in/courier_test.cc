// What a colleague's tablet delivers of somebody who is not signed in, and what it cannot.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "halfterm/v1/disposition.grpc.pb.h"
#include "storage/accounts/account_keys.h"
#include "tests/support/joining_tablet.h"
#include "tests/support/running_server.h"
#include "tests/support/wire_tablet.h"

namespace halfterm::service {
namespace {

using testing::BytesOf;
using testing::IdNumber;
using testing::Invite;
using testing::JoiningTablet;
using testing::RunningServer;
using testing::SmallSchool;
using testing::WireTablet;
using Code = grpc::StatusCode;

constexpr char kPassphrase[] = "seven quiet herons";

// Gives a WireTablet the session of somebody who signed in.
class WithSession final : public testing::TabletServer {
 public:
  WithSession(RunningServer& server, const v1::SignInReply& signed_in) : server_(server) {
    session_.set_session(signed_in.session());
    session_.set_token(signed_in.token());
    session_.set_key(signed_in.key());
  }
  std::shared_ptr<grpc::Channel> PublicChannel() override { return server_.PublicChannel(); }
  v1::OpenSessionReply OpenSession(const std::string&, const core::Id16&,
                                   const core::Id16&) override {
    return session_;
  }
  int64_t NowMs() override { return server_.NowMs(); }

 private:
  RunningServer& server_;
  v1::OpenSessionReply session_;
};

class CourierTest : public ::testing::Test {
 protected:
  CourierTest() {
    server_.Import(school_, "northgate");
    tablet_.Join(Invite(server_, "northgate", school_.hana));
    const grpc::Status status = tablet_.SignInWithTicket(kPassphrase, &hana_);
    EXPECT_TRUE(status.ok()) << status.error_message();
    with_session_ = std::make_unique<WithSession>(server_, hana_);
    store_ = std::make_unique<WireTablet>(*with_session_, "northgate", school_.hana, 1);
  }

  void WriteVisit() {
    const core::Id16 visit = IdNumber(static_cast<uint8_t>(80 + visits_++));
    store_->Write({visit, core::kPlan, {}},
                  testing::PlanValues(school_, school_.hana, school_.tia));
    store_->Write({visit, core::kSheet, school_.hana}, testing::RatingValues(3, 2));
  }
  void SignOut() {
    JoiningTablet::Call call(hana_.token());
    v1::SignOutReply reply;
    EXPECT_TRUE(tablet_.accounts().SignOut(&call.context, v1::SignOutRequest(), &reply).ok());
  }
  // Everything that the store has not sent, sealed.
  v1::CourierRequest Sealed(const std::string& sealing_key = "") {
    const v1::PushRequest push = store_->Request();
    v1::CourierRequest request;
    request.set_school("northgate");
    request.set_epoch(push.epoch());
    v1::SealedStore& store = *request.add_stores();
    store.set_replica(push.replica());
    store.set_first_n(push.first_n());
    store.set_hash_before(push.hash_before());
    store.set_last_n(store_->last_n());
    for (const std::string& group : push.groups()) {
      store.add_groups(storage::SealFor(
          sealing_key.empty() ? hana_.server_sealing_key() : sealing_key, tablet_.device(), group));
    }
    return request;
  }
  grpc::Status Bring(JoiningTablet& tablet, v1::CourierRequest request, v1::CourierReply* reply) {
    if (!request.has_proof()) *request.mutable_proof() = tablet.Proof();
    JoiningTablet::Call call;
    return tablet.accounts().Courier(&call.context, request, reply);
  }

  SmallSchool school_;
  RunningServer server_;
  JoiningTablet tablet_{server_, 1};
  v1::SignInReply hana_;
  std::unique_ptr<WithSession> with_session_;
  std::unique_ptr<WireTablet> store_;
  int visits_ = 0;
};

TEST_F(CourierTest, WhatSomebodyWroteBeforeSigningOutIsDeliveredWithoutThem) {
  WriteVisit();
  SignOut();
  v1::CourierReply reply;
  const grpc::Status status = Bring(tablet_, Sealed(), &reply);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(reply.results_size(), 1);
  EXPECT_EQ(reply.results(0).taken(), 2u) << reply.ShortDebugString();
  EXPECT_EQ(reply.results(0).store().applied_n(), 2u);
  EXPECT_EQ(reply.results(0).store().action(), v1::STORE_ACTION_OK);
  EXPECT_EQ(reply.results(0).problem(), "");
  EXPECT_EQ(server_.Stats().dispositions(v1::DISPOSITION_COMMITTED), 2u);
  // Again, as after a lost answer.
  v1::CourierRequest same = Sealed();
  same.mutable_stores(0)->set_last_hash(reply.results(0).store().applied_hash());
  ASSERT_TRUE(Bring(tablet_, same, &reply).ok());
  EXPECT_EQ(reply.results(0).taken(), 2u);
  EXPECT_EQ(server_.Stats().dispositions(v1::DISPOSITION_COMMITTED), 2u);
  // The author, signed in again, hears what became of them.
  v1::SignInReply again;
  ASSERT_TRUE(tablet_.SignInWithPassphrase("hana.owen", kPassphrase, &again).ok());
  JoiningTablet::Call call(again.token());
  v1::PushReply pushed;
  ASSERT_TRUE(tablet_.sync().Push(&call.context, store_->Request(), &pushed).ok());
  ASSERT_EQ(pushed.results_size(), 2);
  for (const v1::PushResult& result : pushed.results()) {
    EXPECT_EQ(result.disposition(), v1::DISPOSITION_COMMITTED);
  }
}

TEST_F(CourierTest, WorkOfARevokedSessionALeaverOrATabletOutOfUseIsStillTaken) {
  WriteVisit();
  const auto admin = v1::AccountsAdmin::NewStub(
      grpc::CreateChannel(server_.admin_address(), grpc::InsecureChannelCredentials()));
  v1::AccountsAdminEndRequest ending;
  ending.set_tenant("northgate");
  ending.set_device(BytesOf(tablet_.device()));
  v1::AccountsAdminEndReply ended;
  JoiningTablet::Call call;
  ASSERT_TRUE(admin->End(&call.context, ending, &ended).ok());
  v1::SetAccountRequest account;
  account.set_tenant("northgate");
  account.set_person(BytesOf(school_.hana));
  account.set_ended(true);
  v1::SetAccountReply gone;
  JoiningTablet::Call second;
  ASSERT_TRUE(admin->SetAccount(&second.context, account, &gone).ok());
  EXPECT_EQ(tablet_.Greet(hana_.token()).error_code(), Code::UNAUTHENTICATED);
  v1::CourierReply reply;
  ASSERT_TRUE(Bring(tablet_, Sealed(), &reply).ok());
  EXPECT_EQ(reply.results(0).taken(), 2u) << reply.ShortDebugString();
}

// Whoever carries it learns that it is held, not what became of it; whoever keeps the visit and its
// writer learn that.
TEST_F(CourierTest, WhatIsBroughtOfSomebodyWhoseRoleHasEndedIsKeptForWhoeverLeadsNow) {
  WriteVisit();
  SignOut();
  v1::CourierRequest sealed = Sealed();
  for (v1::RoleGrant& grant : school_.content.grants) {
    if (grant.person() == BytesOf(school_.hana)) grant.set_to_day(testing::Day(2026, 9, 14));
  }
  server_.clock.Advance(24 * 3'600'000);
  server_.Import(school_, "northgate");
  const auto kept_for = [this](const core::Id16& person) {
    WireTablet tablet(server_, "northgate", person, 9);
    const auto keeping = v1::Keeping::NewStub(tablet.channel());
    grpc::ClientContext context;
    tablet.Prepare(context);
    v1::KeptReply reply;
    EXPECT_TRUE(keeping->Kept(&context, v1::KeptRequest(), &reply).ok());
    return reply;
  };
  JoiningTablet other(server_, 2);
  other.Join(Invite(server_, "northgate", {}));
  v1::CourierReply first, reply;
  ASSERT_TRUE(Bring(tablet_, sealed, &first).ok());
  EXPECT_EQ(first.results(0).taken(), 2u) << first.ShortDebugString();
  const std::string account = server_.Stats().ShortDebugString();
  EXPECT_EQ(server_.Stats().dispositions(v1::DISPOSITION_LATE), 1u) << account;
  // Again and again, from here and as a file from there: the same groups, judged once.
  for (int again = 0; again < 3; ++again) {
    sealed.clear_proof();
    sealed.mutable_stores(0)->set_last_hash(first.results(0).store().applied_hash());
    sealed.mutable_stores(0)->clear_sealed_by();
    ASSERT_TRUE(Bring(tablet_, sealed, &reply).ok());
    EXPECT_EQ(reply.results(0).taken(), 2u);
    sealed.mutable_stores(0)->set_sealed_by(BytesOf(tablet_.device()));
    ASSERT_TRUE(Bring(other, sealed, &reply).ok());
    EXPECT_EQ(reply.results(0).taken(), 2u);
  }
  EXPECT_EQ(server_.Stats().dispositions(v1::DISPOSITION_LATE), 1u);
  EXPECT_EQ(server_.Stats().dispositions(v1::DISPOSITION_QUARANTINED), 0u);
  ASSERT_EQ(kept_for(school_.sara).groups_size(), 1);
  EXPECT_EQ(kept_for(school_.sara).groups(0).author(), BytesOf(school_.hana));
  EXPECT_EQ(kept_for(school_.tia).groups_size(), 0);
  v1::SignInReply again;
  ASSERT_TRUE(tablet_.SignInWithPassphrase("hana.owen", kPassphrase, &again).ok());
  JoiningTablet::Call call(again.token());
  v1::PushReply pushed;
  ASSERT_TRUE(tablet_.sync().Push(&call.context, store_->Request(), &pushed).ok());
  ASSERT_EQ(pushed.results_size(), 2);
  EXPECT_EQ(pushed.results(0).disposition(), v1::DISPOSITION_LATE);
  EXPECT_EQ(pushed.results(0).reason(), v1::REASON_ENDED);
}

TEST_F(CourierTest, WhatIsSealedToAnotherKeyOrBentIsNotTakenAndNothingBehindIt) {
  WriteVisit();
  v1::CourierReply reply;
  ASSERT_TRUE(Bring(tablet_, Sealed(tablet_.point()), &reply).ok());
  EXPECT_EQ(reply.results(0).unopened(), 1u);
  EXPECT_EQ(reply.results(0).taken(), 0u);
  v1::CourierRequest bent = Sealed();
  std::string& group = *bent.mutable_stores(0)->mutable_groups(1);
  group[group.size() / 2] = static_cast<char>(group[group.size() / 2] ^ 1);
  ASSERT_TRUE(Bring(tablet_, bent, &reply).ok());
  EXPECT_EQ(reply.results(0).unopened(), 2u);
  EXPECT_EQ(server_.Stats().groups(), 0u) << "the tablet keeps all of it";
  ASSERT_TRUE(Bring(tablet_, Sealed(), &reply).ok());
  EXPECT_EQ(reply.results(0).taken(), 2u);
}

TEST_F(CourierTest, AnotherTabletBringsNothingOfThisOneAndAStrangerNothingAtAll) {
  WriteVisit();
  JoiningTablet other(server_, 2), stranger(server_, 3);
  other.Join(Invite(server_, "northgate", {}));
  v1::CourierReply reply;
  ASSERT_TRUE(Bring(other, Sealed(), &reply).ok());
  EXPECT_EQ(reply.results(0).taken(), 0u);
  const std::string not_its_own = reply.results(0).problem();
  v1::CourierRequest none = Sealed();
  none.mutable_stores(0)->set_replica(12345);
  ASSERT_TRUE(Bring(other, none, &reply).ok());
  EXPECT_EQ(reply.results(0).problem(), not_its_own) << "not yours and not there are the same";
  EXPECT_EQ(Bring(stranger, Sealed(), &reply).error_code(), Code::PERMISSION_DENIED);
  v1::CourierRequest replayed = Sealed();
  *replayed.mutable_proof() = tablet_.Proof();
  ASSERT_TRUE(Bring(tablet_, replayed, &reply).ok());
  EXPECT_EQ(Bring(tablet_, replayed, &reply).error_code(), Code::PERMISSION_DENIED);
}

TEST_F(CourierTest, AnyTabletOfTheSchoolDeliversABackupFileOfAnother) {
  WriteVisit();
  v1::CourierRequest file = Sealed();
  file.mutable_stores(0)->set_sealed_by(BytesOf(tablet_.device()));
  JoiningTablet other(server_, 2), stranger(server_, 3);
  other.Join(Invite(server_, "northgate", {}));
  v1::CourierReply reply;
  EXPECT_EQ(Bring(stranger, file, &reply).error_code(), Code::PERMISSION_DENIED);
  ASSERT_TRUE(Bring(other, file, &reply).ok());
  EXPECT_EQ(reply.results(0).taken(), 2u) << reply.ShortDebugString();
  EXPECT_EQ(server_.Stats().dispositions(v1::DISPOSITION_COMMITTED), 2u);

  // The first tablet was not lost after all, and goes on where the file ends.
  v1::PushReply pushed;
  JoiningTablet::Call call(hana_.token());
  ASSERT_TRUE(tablet_.sync().Push(&call.context, store_->Request(), &pushed).ok());
  WriteVisit();
  JoiningTablet::Call second(hana_.token());
  ASSERT_TRUE(tablet_.sync().Push(&second.context, store_->Request(), &pushed).ok());
  EXPECT_EQ(server_.Stats().dispositions(v1::DISPOSITION_COMMITTED), 4u);

  // In two parts, as a long one comes: the second goes on where the answer to the first ends.
  v1::CourierRequest part = file;
  part.mutable_stores(0)->mutable_groups()->RemoveLast();
  ASSERT_TRUE(Bring(other, part, &reply).ok());
  EXPECT_EQ(reply.results(0).taken(), 1u) << reply.ShortDebugString();
  part = file;
  part.mutable_stores(0)->mutable_groups()->DeleteSubrange(0, 1);
  part.mutable_stores(0)->set_first_n(2);
  part.mutable_stores(0)->set_hash_before(reply.results(0).taken_hash());
  ASSERT_TRUE(Bring(other, part, &reply).ok());
  EXPECT_EQ(reply.results(0).taken(), 1u) << reply.ShortDebugString();

  // The file again: what it holds is here, nothing is doubled, and nobody has to renumber.
  ASSERT_TRUE(Bring(other, file, &reply).ok());
  EXPECT_EQ(reply.results(0).taken(), 2u) << reply.ShortDebugString();
  EXPECT_EQ(reply.results(0).store().action(), v1::STORE_ACTION_OK);
  EXPECT_EQ(reply.results(0).store().new_replica(), 0u);
  EXPECT_EQ(server_.Stats().dispositions(v1::DISPOSITION_COMMITTED), 4u);

  // Of a tablet that it does not name, it is nobody's.
  file.mutable_stores(0)->set_sealed_by(BytesOf(other.device()));
  ASSERT_TRUE(Bring(other, file, &reply).ok());
  EXPECT_EQ(reply.results(0).taken(), 0u);
  EXPECT_NE(reply.results(0).problem(), "");
}

TEST_F(CourierTest, AStoreThatWasRolledBackIsRenumberedWithoutBeingRead) {
  WriteVisit();
  v1::CourierRequest old = Sealed();
  v1::CourierReply reply;
  ASSERT_TRUE(Bring(tablet_, old, &reply).ok());
  old.mutable_stores(0)->set_last_n(1);
  ASSERT_TRUE(Bring(tablet_, old, &reply).ok());
  EXPECT_EQ(reply.results(0).store().action(), v1::STORE_ACTION_REHOME);
  EXPECT_NE(reply.results(0).store().new_replica(), 0u);
  EXPECT_EQ(reply.results(0).taken(), 0u);
}

}  // namespace
}  // namespace halfterm::service
