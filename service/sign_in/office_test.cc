// What the office does with accounts, tablets and invitations, at once and in its own school alone:
// cases A6 to A8 and A12 over the real calls.

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "halfterm/v1/audit.grpc.pb.h"
#include "service/sign_in/signing_in_school.h"

namespace halfterm::service {
namespace {

using testing::BytesOf;
using testing::Invite;

TEST_F(SignInTest, A6_AnAccountThatEndsTakesItsSessionsWithItAndNobodySignsInAsIt) {
  v1::SignInReply tia;
  auto tablet = TabletOf(school_.tia, 1, &tia);
  const v1::InviteReply open = Invite(server_, "northgate", school_.tia);
  ASSERT_TRUE(SetAccount(school_.tia, true).ok());
  EXPECT_EQ(tablet->Greet(tia.token()).error_code(), Code::UNAUTHENTICATED);
  EXPECT_EQ(tablet->SignInWithPassphrase("tia.green", kPassphrase).error_code(),
            Code::UNAUTHENTICATED);
  EXPECT_EQ(tablet->SignInWithInvitation(open, kOther).error_code(), Code::FAILED_PRECONDITION);
  ASSERT_TRUE(SetAccount(school_.tia, false).ok());
  EXPECT_EQ(tablet->Greet(tia.token()).error_code(), Code::UNAUTHENTICATED);
  EXPECT_TRUE(tablet->SignInWithPassphrase("tia.green", kPassphrase).ok());
}

// Ids and kinds alone: whoever reads the audit learns no code, token or passphrase.
TEST_F(SignInTest, WhatIsDoneWithAccountsAndRolesIsInTheAudit) {
  v1::SignInReply tia, hedy;
  auto tablet = TabletOf(school_.tia, 1, &tia);
  auto office = TabletOf(school_.hedy, 2, &hedy);
  {
    v1::EndSessionRequest request;
    request.set_session(tia.session());
    JoiningTablet::Call call(hedy.token());
    v1::EndSessionReply reply;
    ASSERT_TRUE(office->accounts().EndSession(&call.context, request, &reply).ok());
    JoiningTablet::Call again(hedy.token());
    ASSERT_TRUE(office->accounts().EndSession(&again.context, request, &reply).ok());
  }
  ASSERT_TRUE(SetAccount(school_.tia, true).ok());
  ASSERT_TRUE(SetAccount(school_.tia, false).ok());
  v1::EndTabletRequest request;
  request.set_device(BytesOf(tablet->device()));
  JoiningTablet::Call ending(hedy.token());
  v1::EndTabletReply ended;
  ASSERT_TRUE(office->accounts().EndTablet(&ending.context, request, &ended).ok());

  v1::ListAuditRequest audit;
  audit.set_tenant("northgate");
  JoiningTablet::Call call;
  v1::ListAuditReply rows;
  const auto trail = v1::AuditTrail::NewStub(
      grpc::CreateChannel(server_.admin_address(), grpc::InsecureChannelCredentials()));
  ASSERT_TRUE(trail->ListAudit(&call.context, audit, &rows).ok());
  std::map<int, int> about_tia;
  int roles = 0;
  for (const v1::AuditLine& line : rows.lines()) {
    v1::AuditEvent event;
    ASSERT_TRUE(event.ParseFromString(line.event()));
    for (const std::string& secret : {std::string(kPassphrase), tia.token(), hedy.token()}) {
      EXPECT_EQ(line.event().find(secret), std::string::npos);
    }
    if (event.act() == v1::AUDIT_ACT_ROLE_GIVEN) roles += event.role() == v1::ROLE_ADMIN;
    if (event.subject() == BytesOf(school_.tia)) ++about_tia[event.act()];
    if (event.act() == v1::AUDIT_ACT_SESSION_ENDED) {
      EXPECT_EQ(event.person(), BytesOf(school_.hedy)) << "who ended it";
    }
    if (event.act() == v1::AUDIT_ACT_TABLET_ENDED) {
      EXPECT_EQ(event.device(), BytesOf(tablet->device()));
    }
  }
  EXPECT_EQ(roles, 1);
  EXPECT_EQ(about_tia[v1::AUDIT_ACT_INVITED], 1);
  EXPECT_GE(about_tia[v1::AUDIT_ACT_INVITATION_USED], 1);
  EXPECT_EQ(about_tia[v1::AUDIT_ACT_PASSPHRASE_SET], 1);
  EXPECT_EQ(about_tia[v1::AUDIT_ACT_SESSION_ENDED], 1) << "once, however often it is asked for";
  EXPECT_EQ(about_tia[v1::AUDIT_ACT_ACCOUNT_ENDED], 1);
  EXPECT_EQ(about_tia[v1::AUDIT_ACT_ACCOUNT_OPENED], 1);
}

TEST_F(SignInTest, A6_WhoeverLeavesTheRosterIsOutAtOnce) {
  v1::SignInReply tia;
  auto tablet = TabletOf(school_.tia, 1, &tia);
  school_.person(school_.tia).set_to_day(testing::Day(2026, 9, 13));
  v1::ImportRequest roster = testing::ImportOf(school_, "northgate");
  roster.set_allow_many_leavers(true);
  JoiningTablet::Call call;
  v1::ImportReply imported;
  ASSERT_TRUE(server_.directory().Import(&call.context, roster, &imported).ok());
  ASSERT_TRUE(imported.applied());
  EXPECT_EQ(tablet->Greet(tia.token()).error_code(), Code::UNAUTHENTICATED);
  EXPECT_EQ(tablet->SignInWithPassphrase("tia.green", kPassphrase).error_code(),
            Code::UNAUTHENTICATED);
}

TEST_F(SignInTest, A7_ATabletThatIsTakenOutOfUseFetchesNothingAndNobodySignsInOnIt) {
  v1::SignInReply tia, hedy;
  auto tablet = TabletOf(school_.tia, 1, &tia);
  auto office = TabletOf(school_.hedy, 2, &hedy);
  v1::EndTabletRequest request;
  request.set_device(BytesOf(tablet->device()));
  v1::EndTabletReply reply;
  {
    JoiningTablet::Call call(tia.token());
    EXPECT_EQ(tablet->accounts().EndTablet(&call.context, request, &reply).error_code(),
              Code::NOT_FOUND)
        << "no administrator";
  }
  JoiningTablet::Call call(hedy.token());
  ASSERT_TRUE(office->accounts().EndTablet(&call.context, request, &reply).ok());
  EXPECT_EQ(reply.sessions(), 1u);
  EXPECT_EQ(tablet->Greet(tia.token()).error_code(), Code::UNAUTHENTICATED);
  EXPECT_EQ(tablet->SignInWithPassphrase("tia.green", kPassphrase).error_code(),
            Code::PERMISSION_DENIED);
  EXPECT_EQ(
      tablet->Enrol(tablet->EnrolRequest(Invite(server_, "northgate", school_.tia))).error_code(),
      Code::ALREADY_EXISTS)
      << "not under the same id";
  EXPECT_TRUE(office->Greet(hedy.token()).ok());
}

TEST_F(SignInTest, A8A12_OfAnotherSchoolNothingIsKnown) {
  SmallSchool south;
  server_.Import(south, "southgate");
  v1::SignInReply tia;
  auto tablet = TabletOf(school_.tia, 1, &tia);
  // Its invitation, on a tablet of ours, and under our name.
  const v1::InviteReply theirs = Invite(server_, "southgate", south.tom);
  EXPECT_EQ(tablet->SignInWithInvitation(theirs, kPassphrase).error_code(), Code::NOT_FOUND);
  JoiningTablet fresh(server_, 2);
  v1::EnrolRequest request = fresh.EnrolRequest(theirs);
  request.set_school("northgate");
  const grpc::Status other = fresh.Enrol(request);
  request = fresh.EnrolRequest(theirs);
  request.mutable_invitation()->set_secret(std::string(16, 'x'));
  const grpc::Status none = fresh.Enrol(request);
  EXPECT_EQ(other.error_code(), Code::NOT_FOUND);
  EXPECT_EQ(other.error_message(), none.error_message());
  // Our tablet, their school: the ids of people are the same there.
  tablet->school = "southgate";
  EXPECT_EQ(tablet->SignInWithPassphrase("tia.green", kPassphrase).error_code(),
            Code::PERMISSION_DENIED);
  // A session of theirs cannot be ended by an administrator of ours.
  v1::SignInReply tom;
  fresh.Join(theirs);
  ASSERT_TRUE(fresh.SignInWithTicket(kPassphrase, &tom).ok());
  v1::SignInReply hedy;
  auto office = TabletOf(school_.hedy, 3, &hedy);
  v1::EndSessionRequest ending;
  ending.set_session(tom.session());
  JoiningTablet::Call call(hedy.token());
  v1::EndSessionReply reply;
  EXPECT_EQ(office->accounts().EndSession(&call.context, ending, &reply).error_code(),
            Code::NOT_FOUND);
  EXPECT_TRUE(fresh.Greet(tom.token()).ok());
}

TEST_F(SignInTest, AdministratorsInviteAndNobodyElse) {
  v1::SignInReply tia, hedy;
  auto tablet = TabletOf(school_.tia, 1, &tia);
  auto office = TabletOf(school_.hedy, 2, &hedy);
  v1::InviteRequest request;
  request.set_person(BytesOf(school_.tom));
  v1::InviteReply reply;
  {
    JoiningTablet::Call call(tia.token());
    EXPECT_EQ(tablet->accounts().Invite(&call.context, request, &reply).error_code(),
              Code::NOT_FOUND);
  }
  JoiningTablet::Call call(hedy.token());
  ASSERT_TRUE(office->accounts().Invite(&call.context, request, &reply).ok());
  EXPECT_TRUE(office->SignInWithInvitation(reply, kPassphrase).ok());
}

}  // namespace
}  // namespace halfterm::service
