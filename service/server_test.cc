// The whole server on the loopback: what a tablet and an administrator get through gRPC, and what
// they do not.
#include "service/server.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "halfterm/v1/audit.grpc.pb.h"
#include "halfterm/v1/summary.grpc.pb.h"
#include "service/limits.h"
#include "service/messages.h"
#include "tests/support/await.h"
#include "tests/support/running_clock.h"
#include "tests/support/running_server.h"
#include "tests/support/wire_tablet.h"

namespace halfterm::service {
namespace {

using testing::BytesOf;
using testing::ComesTrue;
using testing::IdNumber;
using testing::PlanValues;
using testing::RatingValues;
using testing::RunningClock;
using testing::RunningServer;
using testing::SmallSchool;
using testing::WireTablet;

// A call of any name with any bytes.
grpc::Status CallByName(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                        const grpc::ByteBuffer& request, grpc::ByteBuffer* reply = nullptr,
                        grpc::ClientContext* context = nullptr) {
  grpc::ByteBuffer own_reply;
  grpc::ClientContext own_context;
  if (context == nullptr) context = &own_context;
  context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  grpc::GenericStub stub(channel);
  std::promise<grpc::Status> done;
  stub.UnaryCall(context, method, grpc::StubOptions(), &request,
                 reply == nullptr ? &own_reply : reply,
                 [&done](grpc::Status status) { done.set_value(status); });
  return done.get_future().get();
}

class ServerTest : public ::testing::Test {
 protected:
  ServerTest() { server_.Import(school_, "northgate"); }

  WireTablet Tablet(const core::Id16& person, uint8_t device) {
    return WireTablet(server_, "northgate", person, device);
  }
  core::Id16 NextVisit() {
    core::Id16 id = IdNumber(0);
    id.bytes[1] = static_cast<uint8_t>(++visits_ >> 8);
    id.bytes[2] = static_cast<uint8_t>(visits_);
    return id;
  }
  // Plans a visit by the tablet's person, and rates one element of it. Two groups.
  core::Id16 WriteVisit(WireTablet& tablet, const core::Id16& teacher) {
    const core::Id16 visit = NextVisit();
    tablet.Write({visit, core::kPlan, {}}, PlanValues(school_, tablet.person(), teacher));
    tablet.Write({visit, core::kSheet, tablet.person()}, RatingValues(3, 2));
    return visit;
  }

  SmallSchool school_;
  RunningServer server_;
  int visits_ = 0;
};

TEST_F(ServerTest, WhatOneTabletPushesAnotherPullsIfItMay) {
  WireTablet hana = Tablet(school_.hana, 1);
  const core::Id16 visit = WriteVisit(hana, school_.tia);
  v1::PushReply pushed;
  const grpc::Status status = hana.Push(&pushed);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(pushed.results_size(), 2);
  for (const v1::PushResult& result : pushed.results()) {
    EXPECT_EQ(result.disposition(), v1::DISPOSITION_COMMITTED) << result.ShortDebugString();
    EXPECT_EQ(result.receipt().size(), 16u);
  }
  const core::FacetId plan{visit, core::kPlan, {}}, sheet{visit, core::kSheet, school_.hana};
  ASSERT_TRUE(hana.Pull().ok());
  EXPECT_NE(hana.Held(plan), "");
  EXPECT_NE(hana.Held(sheet), "");
  WireTablet sara = Tablet(school_.sara, 2);
  ASSERT_TRUE(sara.Pull().ok());
  EXPECT_EQ(sara.Held(plan), hana.Held(plan));
  EXPECT_EQ(sara.Held(sheet), "") << "not before every observer has submitted";
  WireTablet hugo = Tablet(school_.hugo, 3);
  ASSERT_TRUE(hugo.Pull().ok());
  EXPECT_EQ(hugo.Held(plan), "");
}

TEST_F(ServerTest, TheSamePushAgainHasTheSameAnswerAndNoEffect) {
  WireTablet hana = Tablet(school_.hana, 1);
  WriteVisit(hana, school_.tia);
  const v1::PushRequest request = hana.Request();
  v1::PushReply first, second;
  ASSERT_TRUE(hana.Send(request, &first).ok());
  const v1::StatsReply before = server_.Stats();
  ASSERT_TRUE(hana.Send(request, &second).ok());
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  const v1::StatsReply after = server_.Stats();
  EXPECT_EQ(after.repeats(), before.repeats() + 2);
  EXPECT_EQ(after.dispositions(v1::DISPOSITION_COMMITTED),
            before.dispositions(v1::DISPOSITION_COMMITTED));
  EXPECT_GT(after.records(), 0u);
  EXPECT_GT(after.rss_bytes(), 0u);
}

TEST_F(ServerTest, WhatWasAnsweredIsThereAfterARestart) {
  WireTablet hana = Tablet(school_.hana, 1);
  const core::Id16 visit = WriteVisit(hana, school_.tia);
  ASSERT_TRUE(hana.Push().ok());
  ASSERT_TRUE(hana.Pull().ok());
  const std::string plan = hana.Held({visit, core::kPlan, {}});
  ASSERT_NE(plan, "");
  server_.Restart();
  WireTablet again = Tablet(school_.hana, 2);
  ASSERT_TRUE(again.Pull().ok());
  EXPECT_EQ(again.Held({visit, core::kPlan, {}}), plan);
}

TEST_F(ServerTest, APullComesInChunksAndEndsWithWhatItAddsUpTo) {
  WireTablet hana = Tablet(school_.hana, 1);
  for (int i = 0; i < 30; ++i) WriteVisit(hana, school_.tia);
  ASSERT_TRUE(hana.Push().ok());
  int chunks = 0;
  ASSERT_TRUE(hana.Pull(/*max_bytes=*/2000, &chunks).ok());
  EXPECT_GT(chunks, 5);
  WireTablet whole = Tablet(school_.hana, 2);
  ASSERT_TRUE(whole.Pull().ok());
  EXPECT_EQ(whole.held.Digests(), hana.held.Digests());
}

// Over the real calls: who pulled the feedback, who read the figures.
TEST_F(ServerTest, ATeacherIsToldWhoReadAboutThem) {
  WireTablet hana = Tablet(school_.hana, 1);
  const core::Id16 visit = WriteVisit(hana, school_.tia), strength = IdNumber(211);
  hana.Write({visit, core::kFeedback, {}},
             {{core::Path::Entry(1, strength, 0, core::Kind::kElem), ""},
              {core::Path::Entry(1, strength, 1, core::Kind::kPara), "calm start"}});
  v1::Intent share;
  share.mutable_share()->set_round(1);
  hana.Intend({visit, core::kPlan, {}}, share);
  v1::PushReply pushed;
  ASSERT_TRUE(hana.Push(&pushed).ok());
  ASSERT_EQ(pushed.results(3).outcome(), v1::OUTCOME_DONE) << pushed.results(3).detail();

  WireTablet tia = Tablet(school_.tia, 2), sara = Tablet(school_.sara, 3);
  for (WireTablet* tablet : {&hana, &tia, &sara}) ASSERT_TRUE(tablet->Pull().ok());
  const auto summaries = v1::Summaries::NewStub(sara.channel());
  v1::TeacherRequest figures;
  figures.set_teacher(BytesOf(school_.tia));
  v1::TeacherReply page;
  grpc::ClientContext reading;
  sara.Prepare(reading);
  ASSERT_TRUE(summaries->Teacher(&reading, figures, &page).ok());

  // At once, and no clock has moved: both answers waited for their rows.
  const auto audit = v1::Audit::NewStub(tia.channel());
  v1::AboutMeReply about;
  grpc::ClientContext asking;
  tia.Prepare(asking);
  ASSERT_TRUE(audit->AboutMe(&asking, v1::AboutMeRequest(), &about).ok());
  ASSERT_EQ(about.readings_size(), 2);
  EXPECT_EQ(about.readers(), 1u);
  std::set<int> acts;
  for (const v1::Reading& one : about.readings()) {
    EXPECT_EQ(one.display_name(), "Sara Khan");
    acts.insert(one.act());
  }
  EXPECT_EQ(acts, (std::set<int>{v1::AUDIT_ACT_READ_FEEDBACK, v1::AUDIT_ACT_READ_FIGURES}));
}

TEST_F(ServerTest, AWatchTellsOfNewsAndThatItIsAlive) {
  WireTablet hana = Tablet(school_.hana, 1), sara = Tablet(school_.sara, 2);
  ASSERT_TRUE(sara.Pull().ok());
  v1::WatchRequest request;
  request.set_cursor(sara.held.cursor);
  grpc::ClientContext context;
  sara.Prepare(context);
  const auto watch = sara.sync().Watch(&context, request);

  // Time passes on the server's clock until the watch says that it is alive; that it says nothing
  // else shows that there was no news.
  v1::WatchReply reply;
  {
    const RunningClock time(server_.clock, 1000);
    EXPECT_TRUE(watch->Read(&reply));
  }
  EXPECT_TRUE(reply.has_beat()) << reply.ShortDebugString();
  EXPECT_GT(reply.beat().server_time_ms(), 0);

  WriteVisit(hana, school_.tia);
  v1::PushReply pushed;
  ASSERT_TRUE(hana.Push(&pushed).ok());
  server_.clock.Advance(kPokeGapMs);
  ASSERT_TRUE(watch->Read(&reply));
  ASSERT_TRUE(reply.has_poke()) << reply.ShortDebugString();
  EXPECT_GE(reply.poke().seq(), pushed.results(0).seq());
  context.TryCancel();
}

TEST_F(ServerTest, AWatchFromAnOldCursorPokesAtOnce) {
  WireTablet hana = Tablet(school_.hana, 1), sara = Tablet(school_.sara, 2);
  ASSERT_TRUE(sara.Pull().ok());
  WriteVisit(hana, school_.tia);
  ASSERT_TRUE(hana.Push().ok());
  for (const std::string& cursor : {std::string(), sara.held.cursor}) {
    v1::WatchRequest request;
    request.set_cursor(cursor);
    grpc::ClientContext context;
    sara.Prepare(context);
    const auto watch = sara.sync().Watch(&context, request);
    v1::WatchReply reply;
    ASSERT_TRUE(watch->Read(&reply));
    EXPECT_TRUE(reply.has_poke());
    context.TryCancel();
  }
}

TEST_F(ServerTest, AWatchOfSomebodyElsesCursorIsRefused) {
  WireTablet hana = Tablet(school_.hana, 1), sara = Tablet(school_.sara, 2);
  ASSERT_TRUE(sara.Pull().ok());
  v1::WatchRequest request;
  request.set_cursor(sara.held.cursor);
  grpc::ClientContext context;
  hana.Prepare(context);
  const auto watch = hana.sync().Watch(&context, request);
  v1::WatchReply reply;
  EXPECT_FALSE(watch->Read(&reply));
  EXPECT_EQ(watch->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(ServerTest, AReaderThatTakesNothingIsSentAwayAndGoesOnFromItsCursor) {
  WireTablet hana = Tablet(school_.hana, 1);
  const std::string words(1900, 'w');
  for (int visit = 0; visit < 8; ++visit) {
    const core::FacetId sheet{WriteVisit(hana, school_.tia), core::kSheet, school_.hana};
    for (uint8_t note = 0; note < 60; ++note) {
      const core::Id16 key = IdNumber(note);
      hana.Write(sheet, {{core::Path::Entry(2, key, 0, core::Kind::kElem), ""},
                         {core::Path::Entry(2, key, 2, core::Kind::kPara), words}});
    }
    ASSERT_TRUE(hana.Push().ok());
  }
  v1::PullRequest request;
  grpc::ClientContext context;
  hana.Prepare(context);
  const auto reader = hana.sync().Pull(&context, request);
  reader->WaitForInitialMetadata();
  // Nobody reads, and the server's clock says that it is long. Once is enough, unless the
  // connection had still room for a chunk.
  do {
    server_.clock.Advance(kParkedReaderMs + 1);
  } while (!ComesTrue([&] { return server_.server().open_pulls() == 0; }, std::chrono::seconds(2)));
  v1::PullReply reply;
  int read = 0;
  while (reader->Read(&reply)) {
    ++read;
    EXPECT_EQ(hana.held.Apply(reply), "");
  }
  const grpc::Status status = reader->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << status.error_message();
  EXPECT_LT(read, 4);
  ASSERT_TRUE(hana.Pull().ok());
  WireTablet whole = Tablet(school_.hana, 2);
  ASSERT_TRUE(whole.Pull().ok());
  EXPECT_EQ(whole.held.Digests(), hana.held.Digests());
}

TEST_F(ServerTest, WithoutALiveSessionEveryCallSaysTheSame) {
  WireTablet hana = Tablet(school_.hana, 1);
  const std::string token = hana.session().token();
  const std::vector<std::vector<std::string>> entries = {
      {},
      {"Bearer "},
      {"Bearer unknown"},
      {token},
      {"Basic " + token},
      {"Bearer " + token + "x"},
      {"Bearer " + token.substr(1)},
      {"Bearer " + token, "Bearer " + token},
      {"Bearer " + std::string(1000, 't')},
  };
  std::set<std::string> words;
  for (const std::vector<std::string>& headers : entries) {
    for (const char* method :
         {"Sync/Hello", "Sync/Push", "Sync/Pull", "Sync/Watch", "Sync/Fetch", "Sync/Descend",
          "Sync/Confirm", "Summaries/Teacher", "Summaries/Department", "Summaries/School",
          "Summaries/Coverage", "Keeping/Counts", "Keeping/Kept", "Keeping/Own",
          "Aggregates/FrozenSchool", "Aggregates/FrozenFederation", "Audit/AboutMe"}) {
      grpc::ClientContext context;
      for (const std::string& header : headers) context.AddMetadata("authorization", header);
      const grpc::Status status = CallByName(hana.channel(), std::string("/halfterm.v1.") + method,
                                             Encode(v1::HelloRequest()), nullptr, &context);
      EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED) << method;
      words.insert(status.error_message());
    }
  }
  EXPECT_EQ(words.size(), 1u);
}

TEST_F(ServerTest, Z21Z22AdministrationHealthAndReflectionAreOnTheAdminPortOnly) {
  const auto admin =
      grpc::CreateChannel(server_.admin_address(), grpc::InsecureChannelCredentials());
  const auto pub = server_.PublicChannel();
  grpc::ByteBuffer health;
  EXPECT_TRUE(
      CallByName(admin, "/grpc.health.v1.Health/Check", Encode(v1::StatsRequest()), &health).ok());
  for (const char* method :
       {"/grpc.health.v1.Health/Check", "/halfterm.v1.Admin/OpenSession",
        "/halfterm.v1.Admin/Stats", "/halfterm.v1.Admin/Verify", "/halfterm.v1.Directory/Import",
        "/halfterm.v1.Directory/List", "/halfterm.v1.People/MergePeople",
        "/halfterm.v1.KeepingAdmin/Counts", "/halfterm.v1.Freezing/Freeze",
        "/halfterm.v1.AuditTrail/WhoSaw", "/halfterm.v1.AuditTrail/ListAudit",
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        "/grpc.channelz.v1.Channelz/GetServers", "/halfterm.v1.Sync/Nothing"}) {
    EXPECT_EQ(CallByName(pub, method, Encode(v1::StatsRequest())).error_code(),
              grpc::StatusCode::UNIMPLEMENTED)
        << method;
  }
  for (const char* method :
       {"/halfterm.v1.Sync/Hello", "/halfterm.v1.Summaries/Teacher", "/halfterm.v1.Keeping/Kept"}) {
    EXPECT_EQ(CallByName(admin, method, Encode(v1::StatsRequest())).error_code(),
              grpc::StatusCode::UNIMPLEMENTED)
        << method;
  }
}

TEST_F(ServerTest, MessagesBeyondTheirSizeAndCompressedOnesAreRefused) {
  WireTablet hana = Tablet(school_.hana, 1);
  v1::HelloRequest large;
  large.set_cursor(std::string(1'100'000, 'c'));
  grpc::ClientContext first;
  EXPECT_EQ(CallByName(hana.channel(), "/halfterm.v1.Sync/Hello", Encode(large), nullptr, &first)
                .error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
  grpc::ClientContext second;
  second.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  v1::HelloRequest bomb;
  bomb.set_app(std::string(1'000'000, 'a'));
  EXPECT_EQ(CallByName(hana.channel(), "/halfterm.v1.Sync/Hello", Encode(bomb), nullptr, &second)
                .error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_TRUE(hana.Hello().ok());
}

TEST_F(ServerTest, SocketFilesServeToo) {
  testing::TemporaryDirectory directory;
  Log log;
  ServerOptions options;
  options.data = directory.Path("data");
  options.grpc_address = "unix:" + directory.Path("grpc");
  options.admin_address = "unix:" + directory.Path("admin");
  options.low_space_bytes = 0;
  const auto random = [](size_t bytes) { return std::string(bytes, 'r'); };
  auto server = Server::Start(options, Server::World{server_.clock, random, log});
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_EQ((*server)->grpc_port(), 0);
  const auto channel =
      grpc::CreateChannel((*server)->grpc_address(), grpc::InsecureChannelCredentials());
  EXPECT_EQ(CallByName(channel, "/halfterm.v1.Sync/Hello", Encode(v1::HelloRequest())).error_code(),
            grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(ServerTest, AnAddressInUseIsSaidAndNothingIsLeftRunning) {
  testing::TemporaryDirectory directory;
  Log log;
  ServerOptions options;
  options.data = directory.Path("data");
  options.grpc_address = server_.public_address();
  options.admin_address = "127.0.0.1:0";
  options.low_space_bytes = 0;
  const auto random = [](size_t bytes) { return std::string(bytes, 'r'); };
  const auto world = [&] { return Server::World{server_.clock, random, log}; };
  EXPECT_TRUE(absl::IsUnavailable(Server::Start(options, world()).status()));
  options.grpc_address = "127.0.0.1:0";
  EXPECT_TRUE(Server::Start(options, world()).ok()) << "the store is closed again";
}

TEST_F(ServerTest, AStoreWhoseKeysAreGoneDoesNotOpen) {
  WireTablet hana = Tablet(school_.hana, 1);
  server_.server().Drain();
  std::filesystem::remove_all(server_.data() + "/keys");
  Log log;
  ServerOptions options;
  options.data = server_.data();
  options.grpc_address = options.admin_address = "127.0.0.1:0";
  const auto random = [](size_t bytes) { return std::string(bytes, 'r'); };
  EXPECT_TRUE(absl::IsFailedPrecondition(
      Server::Start(options, Server::World{server_.clock, random, log}).status()));
}

}  // namespace
}  // namespace halfterm::service
