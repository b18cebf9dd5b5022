// How long a session lasts, what ends it, and what is none: cases A1 to A5, A9 and A22 over the
// real calls.

#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <thread>

#include "service/messages.h"
#include "service/sign_in/signing_in_school.h"

namespace halfterm::service {
namespace {

using testing::BytesOf;
using testing::IdNumber;

TEST_F(SignInTest, A1A2A3_NoTokenARandomOneAndOneThatIsNearlyRightAreNoSession) {
  v1::SignInReply hana;
  auto tablet = TabletOf(school_.hana, 1, &hana);
  std::string flipped = hana.token();
  flipped[5] = flipped[5] == 'A' ? 'B' : 'A';
  std::string words;
  for (const std::string& token :
       {std::string(), std::string(43, 'A'), hana.token().substr(0, hana.token().size() - 1),
        hana.token() + "A", flipped, std::string(4'000, 'x')}) {
    const grpc::Status status = tablet->Greet(token);
    EXPECT_EQ(status.error_code(), Code::UNAUTHENTICATED) << token.size();
    if (words.empty()) words = status.error_message();
    EXPECT_EQ(status.error_message(), words);
  }
}

TEST_F(SignInTest, A4_ASessionEndsByItsTimeAndRenewalGoesOnFromThere) {
  v1::SignInReply tia;
  auto tablet = TabletOf(school_.tia, 1, &tia);
  EXPECT_EQ(tia.expires_ms(), server_.clock.NowMs() + 7 * kDay);
  EXPECT_EQ(tia.idle_ms(), 0u);
  server_.clock.Advance(6 * kDay);
  v1::RenewSessionReply renewed;
  ASSERT_TRUE(tablet->Renew(tia.token(), &renewed).ok());
  server_.clock.Advance(2 * kDay);
  EXPECT_TRUE(tablet->Greet(renewed.token()).ok());
  server_.clock.Advance(6 * kDay);
  EXPECT_EQ(tablet->Greet(renewed.token()).error_code(), Code::UNAUTHENTICATED);
  EXPECT_EQ(tablet->Renew(renewed.token(), &renewed).error_code(), Code::UNAUTHENTICATED);
  EXPECT_TRUE(tablet->SignInWithPassphrase("tia.green", kPassphrase).ok());
}

TEST_F(SignInTest, A4_AnAdministratorsSessionEndsAfterHalfAnHourOfIdlingAndTwelveHoursInAll) {
  v1::SignInReply hedy;
  auto tablet = TabletOf(school_.hedy, 1, &hedy);
  EXPECT_EQ(hedy.expires_ms(), server_.clock.NowMs() + 12 * kHour);
  for (int i = 0; i < 23; ++i) {
    server_.clock.Advance(29 * kMinute);
    ASSERT_TRUE(tablet->Greet(hedy.token()).ok()) << i;
  }
  server_.Restart();
  JoiningTablet again(server_, 1);
  EXPECT_EQ(again.Greet(hedy.token()).error_code(), Code::UNAUTHENTICATED)
      << "the tablet was not heard in the minutes before the restart";
}

TEST_F(SignInTest, A4_TwelveHoursAreInAllHoweverOftenTheTokenIsRenewed) {
  v1::SignInReply hedy;
  auto tablet = TabletOf(school_.hedy, 1, &hedy);
  std::string token = hedy.token();
  for (int i = 0; i < 24; ++i) {
    server_.clock.Advance(29 * kMinute);
    v1::RenewSessionReply renewed;
    ASSERT_TRUE(tablet->Renew(token, &renewed).ok()) << i;
    EXPECT_EQ(renewed.expires_ms(), hedy.expires_ms());
    token = renewed.token();
    ASSERT_TRUE(tablet->Greet(token).ok()) << i;
  }
  server_.clock.Advance(29 * kMinute);
  EXPECT_EQ(tablet->Greet(token).error_code(), Code::UNAUTHENTICATED);
  v1::RenewSessionReply none;
  EXPECT_EQ(tablet->Renew(token, &none).error_code(), Code::UNAUTHENTICATED);
}

TEST_F(SignInTest, A4_AnIdleSessionEnds) {
  v1::SignInReply hedy;
  auto tablet = TabletOf(school_.hedy, 1, &hedy);
  server_.clock.Advance(31 * kMinute);
  EXPECT_EQ(tablet->Greet(hedy.token()).error_code(), Code::UNAUTHENTICATED);
}

TEST_F(SignInTest, A5_ARevokedSessionIsRefusedAtOnceAndItsOpenWatchEndsWithinFiveSeconds) {
  v1::SignInReply first, second;
  auto tablet = TabletOf(school_.tia, 1, &first);
  auto other = EmptyTablet(2);
  ASSERT_TRUE(other->SignInWithPassphrase("tia.green", kPassphrase, &second).ok());
  JoiningTablet::Call watching(first.token());
  const auto watch = tablet->sync().Watch(&watching.context, v1::WatchRequest());
  v1::WatchReply news;
  ASSERT_TRUE(watch->Read(&news));

  v1::EndSessionRequest request;
  request.set_session(first.session());
  JoiningTablet::Call ending(second.token());
  v1::EndSessionReply reply;
  ASSERT_TRUE(other->accounts().EndSession(&ending.context, request, &reply).ok());
  EXPECT_EQ(tablet->Greet(first.token()).error_code(), Code::UNAUTHENTICATED);
  std::thread time([this] {
    for (int i = 0; i < 5; ++i) server_.clock.Advance(1000);
  });
  while (watch->Read(&news)) {
  }
  time.join();
  EXPECT_EQ(watch->Finish().error_code(), Code::UNAUTHENTICATED);
}

TEST_F(SignInTest, A9_ATokenInTheAddressIsNoTokenAndACookieIsNone) {
  v1::SignInReply tia;
  auto tablet = TabletOf(school_.tia, 1, &tia);
  const auto channel = server_.PublicChannel();
  grpc::GenericStub stub(channel);
  const grpc::ByteBuffer hello = Encode(v1::HelloRequest());
  grpc::ByteBuffer reply;
  const auto call = [&](const std::string& method, const char* name, const std::string& value) {
    grpc::ClientContext context;
    if (name != nullptr) context.AddMetadata(name, value);
    std::promise<grpc::Status> done;
    stub.UnaryCall(&context, method, grpc::StubOptions(), &hello, &reply,
                   [&done](grpc::Status status) { done.set_value(std::move(status)); });
    return done.get_future().get().error_code();
  };
  EXPECT_EQ(call("/halfterm.v1.Sync/Hello?token=" + tia.token(), nullptr, ""), Code::UNIMPLEMENTED);
  EXPECT_EQ(call("/halfterm.v1.Sync/Hello", "cookie", "token=" + tia.token()),
            Code::UNAUTHENTICATED);
}

TEST_F(SignInTest, A22_AnOldTokenThatComesAgainEndsTheSessionForBoth) {
  v1::SignInReply tia;
  auto tablet = TabletOf(school_.tia, 1, &tia);
  v1::RenewSessionReply lost, heard, third;
  ASSERT_TRUE(tablet->Renew(tia.token(), &lost).ok());
  EXPECT_EQ(tablet->Greet(tia.token()).error_code(), Code::UNAUTHENTICATED);
  ASSERT_TRUE(tablet->Renew(tia.token(), &heard).ok()) << "the first answer was lost";
  EXPECT_TRUE(tablet->Greet(heard.token()).ok());
  EXPECT_EQ(tablet->Renew(tia.token(), &third).error_code(), Code::UNAUTHENTICATED);
  EXPECT_EQ(tablet->Greet(heard.token()).error_code(), Code::UNAUTHENTICATED);
  EXPECT_EQ(tablet->Renew(heard.token(), &third).error_code(), Code::UNAUTHENTICATED);
  EXPECT_TRUE(tablet->SignInWithPassphrase("tia.green", kPassphrase).ok());
}

TEST_F(SignInTest, A22_ATokenIsRenewedByItsOwnTabletOnly) {
  v1::SignInReply tia;
  auto tablet = TabletOf(school_.tia, 1, &tia);
  auto other = EmptyTablet(2);
  v1::RenewSessionReply renewed;
  EXPECT_EQ(other->Renew(tia.token(), &renewed).error_code(), Code::PERMISSION_DENIED);
  EXPECT_TRUE(tablet->Greet(tia.token()).ok());
}

TEST_F(SignInTest, PeopleListAndEndTheirOwnSessionsAndAdministratorsAnybodys) {
  v1::SignInReply tia, hedy;
  auto tablet = TabletOf(school_.tia, 1, &tia);
  auto office = TabletOf(school_.hedy, 2, &hedy);
  const auto list = [&](const std::string& token, const std::string& person,
                        v1::ListSessionsReply* reply) {
    v1::ListSessionsRequest request;
    request.set_person(person);
    JoiningTablet::Call call(token);
    return tablet->accounts().ListSessions(&call.context, request, reply);
  };
  v1::ListSessionsReply own, hers, none;
  ASSERT_TRUE(list(tia.token(), "", &own).ok());
  ASSERT_EQ(own.sessions_size(), 1);
  EXPECT_EQ(own.sessions(0).session(), tia.session());
  EXPECT_EQ(own.sessions(0).device_label(), "a tablet");
  EXPECT_TRUE(own.sessions(0).own());
  const grpc::Status not_hers = list(tia.token(), BytesOf(school_.hedy), &none);
  const grpc::Status nobody = list(tia.token(), BytesOf(IdNumber(99)), &none);
  EXPECT_EQ(not_hers.error_code(), Code::NOT_FOUND);
  EXPECT_EQ(not_hers.error_message(), nobody.error_message());
  ASSERT_TRUE(list(hedy.token(), BytesOf(school_.tia), &hers).ok());
  EXPECT_EQ(hers.sessions_size(), 1);

  v1::EndSessionRequest request;
  request.set_session(hedy.session());
  v1::EndSessionReply reply;
  {
    JoiningTablet::Call call(tia.token());
    EXPECT_EQ(tablet->accounts().EndSession(&call.context, request, &reply).error_code(),
              Code::NOT_FOUND);
  }
  v1::ListTabletsReply few, all;
  {
    JoiningTablet::Call call(tia.token());
    ASSERT_TRUE(tablet->accounts().ListTablets(&call.context, v1::ListTabletsRequest(), &few).ok());
    JoiningTablet::Call other(hedy.token());
    ASSERT_TRUE(
        office->accounts().ListTablets(&other.context, v1::ListTabletsRequest(), &all).ok());
  }
  EXPECT_EQ(few.tablets_size(), 1);
  EXPECT_EQ(all.tablets_size(), 2);
  request.set_session(tia.session());
  JoiningTablet::Call call(hedy.token());
  ASSERT_TRUE(office->accounts().EndSession(&call.context, request, &reply).ok());
  EXPECT_EQ(tablet->Greet(tia.token()).error_code(), Code::UNAUTHENTICATED);
}

TEST_F(SignInTest, SigningOutEndsTheSession) {
  v1::SignInReply tia;
  auto tablet = TabletOf(school_.tia, 1, &tia);
  JoiningTablet::Call call(tia.token());
  v1::SignOutReply reply;
  ASSERT_TRUE(tablet->accounts().SignOut(&call.context, v1::SignOutRequest(), &reply).ok());
  EXPECT_EQ(tablet->Greet(tia.token()).error_code(), Code::UNAUTHENTICATED);
}

TEST_F(SignInTest, SessionsPassphrasesAndTabletsOutliveARestart) {
  v1::SignInReply tia;
  auto tablet = TabletOf(school_.tia, 1, &tia);
  server_.Restart();
  JoiningTablet again(server_, 1);
  EXPECT_TRUE(again.Greet(tia.token()).ok());
  auto other = EmptyTablet(2);
  EXPECT_TRUE(other->SignInWithPassphrase("tia.green", kPassphrase).ok());
}

}  // namespace
}  // namespace halfterm::service
