// Two halftermd serve one database, with one ledger. Any of them takes any tablet's work and tells
// any tablet of it; either is killed while tablets push, and they go on at the other. Nothing that
// was answered is lost or counted twice, and both say the same of it.

#include "tests/crash/two_servers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>
#include <string>

#include "absl/strings/escaping.h"
#include "halfterm/disk/ledger_steps.pb.h"
#include "tests/crash/steady_team.h"
#include "tests/support/await.h"
#include "tests/support/own_postgres.h"
#include "tests/support/running_server.h"
#include "tests/support/seed.h"

namespace halfterm::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kTenant[] = "northgate";
constexpr int kKills = 4, kPushesBetween = 6;

class TwoServersTest : public ::testing::Test {
 protected:
  void SetUp() override { servers_.Begin(/*was_alone=*/true); }

  SmallSchool school_;
  OwnPostgres& postgres_ = OwnPostgres::Shared();
  const std::string conninfo_ = postgres_.NewDatabase(), ledger_ = postgres_.NewDatabase();
  TwoServers servers_{conninfo_, ledger_};
};

TEST_F(TwoServersTest, TwoObserversOfOneLessonWriteThroughDifferentServers) {
  servers_[0].Import(ImportOf(school_, kTenant));
  WireTablet hana(servers_[0], kTenant, school_.hana, 1),
      sara(servers_[1], kTenant, school_.sara, 2);
  // Sara watches at the first server what is written at the second.
  WireTablet watching(servers_[0], kTenant, school_.sara, 3);
  ASSERT_TRUE(watching.Pull().ok());
  v1::WatchRequest request;
  request.set_cursor(watching.held.cursor);
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer " + watching.session().token());
  const auto watch = watching.sync().Watch(&context, request);
  const auto next_poke = [&] {
    v1::WatchReply reply;
    while (watch->Read(&reply)) {
      if (reply.has_poke()) return reply.poke().seq();
    }
    ADD_FAILURE() << "the watch ended";
    return uint64_t{0};
  };

  const core::Id16 visit = IdNumber(150);
  const core::FacetId plan{visit, core::kPlan, {}}, hanas{visit, core::kSheet, school_.hana},
      saras{visit, core::kSheet, school_.sara};
  hana.Write(plan, PlanValues(school_, school_.hana, school_.tia));
  hana.Write(hanas, RatingValues(3, 2));
  v1::PushReply pushed;
  ASSERT_TRUE(hana.Push(&pushed).ok());
  EXPECT_EQ(pushed.results(0).epoch(), 1u) << "a ledger that was copied is the one that was there";
  const uint64_t first = next_poke();
  EXPECT_GE(first, pushed.results(0).seq());

  sara.Write(saras, RatingValues(4, 3));
  ASSERT_TRUE(sara.Push(&pushed).ok());
  EXPECT_EQ(pushed.results(0).disposition(), v1::DISPOSITION_COMMITTED)
      << pushed.results(0).detail();
  EXPECT_GT(pushed.results(0).seq(), first) << "one order for all of them";
  EXPECT_GE(next_poke(), pushed.results(0).seq());

  // Where notices are cut, it is looked for.
  postgres_.Run(conninfo_,
                "select pg_terminate_backend(pid) from pg_stat_activity where query = "
                "'listen halfterm' and datname = current_database()");
  sara.Write(saras, RatingValues(5, 1));
  ASSERT_TRUE(sara.Push(&pushed).ok());
  EXPECT_GE(next_poke(), pushed.results(0).seq());
  context.TryCancel();

  // Each holds both halves of the page, and their own sheet, wherever they ask.
  for (size_t server = 0; server < 2; ++server) {
    SCOPED_TRACE("server " + std::to_string(server));
    WireTablet hana_again(servers_[server], kTenant, school_.hana, 4),
        sara_again(servers_[server], kTenant, school_.sara, 5);
    PullLessons(hana_again);
    PullLessons(sara_again);
    EXPECT_NE(hana_again.Held(plan), "");
    EXPECT_EQ(hana_again.Held(plan), sara_again.Held(plan));
    EXPECT_NE(hana_again.Held(hanas), "");
    EXPECT_NE(sara_again.Held(saras), "");
  }
  servers_.ExpectThatBothAreRight(kTenant, school_, school_.sara, 90);
}

// The first server is told; the second decides by it at its next call.
TEST_F(TwoServersTest, ARightThatIsTakenAwayAtOneIsGoneAtTheOther) {
  servers_[0].Import(ImportOf(school_, kTenant));
  WireTablet hana(servers_[0], kTenant, school_.hana, 1);
  const core::Id16 visit = IdNumber(150);
  const core::FacetId plan{visit, core::kPlan, {}};
  hana.Write(plan, PlanValues(school_, school_.hana, school_.tia));
  ASSERT_TRUE(hana.Push().ok());
  WireTablet sara(servers_[1], kTenant, school_.sara, 2);
  PullLessons(sara);
  ASSERT_NE(sara.Held(plan), "");

  for (v1::RoleGrant& grant : school_.content.grants) {
    if (grant.person() != school_.sara.view()) continue;
    grant.set_state(v1::GRANT_STATE_ENDED);
    grant.set_to_day(Day(2026, 9, 13));
  }
  servers_[0].Import(ImportOf(school_, kTenant));
  WireTablet there(servers_[0], kTenant, school_.sara, 4);
  PullLessons(there);
  EXPECT_EQ(there.Held(plan), "") << "where it was said";
  WireTablet again(servers_[1], kTenant, school_.sara, 3);
  PullLessons(again);
  EXPECT_EQ(again.Held(plan), "") << "she leads nobody any more";
}

// Neither adds to figures that it remembers from before the other's turn.
TEST_F(TwoServersTest, FiguresGoOnFromWhatTheOtherServerWrote) {
  servers_[0].Import(ImportOf(school_, kTenant));
  WireTablet first(servers_[0], kTenant, school_.hana, 1),
      second(servers_[1], kTenant, school_.hana, 2);
  uint8_t visit = 150;
  for (WireTablet* const tablet : {&first, &second, &first, &second}) {
    const core::Id16 id = IdNumber(visit++);
    tablet->Write({id, core::kPlan, {}}, PlanValues(school_, school_.hana, school_.tia));
    tablet->Write({id, core::kSheet, school_.hana}, RatingValues(3, 2));
    v1::PushReply pushed;
    ASSERT_TRUE(tablet->Push(&pushed).ok());
    for (const v1::PushResult& result : pushed.results()) {
      EXPECT_EQ(result.disposition(), v1::DISPOSITION_COMMITTED) << result.detail();
    }
  }
  servers_.ExpectThatBothAreRight(kTenant, school_, school_.sara, 90);
}

// As when a third server died between the two databases: a step that no row of the store knows.
TEST_F(TwoServersTest, AServerThatMeetsAStepThatWaitsLeavesAndItsNextStartFinishesIt) {
  servers_[0].Import(ImportOf(school_, kTenant));
  const std::string row = " from halfterm_row where tenant = 0 and key = '\\x6e'";  // "n"
  disk::LedgerStepRow step;
  ASSERT_TRUE(step.ParseFromString(
      absl::HexStringToBytes(postgres_.Run(ledger_, "select encode(value, 'hex')" + row))));
  step.set_step(step.step() + 1);
  postgres_.Run(ledger_, "update halfterm_row set value = decode('" +
                             absl::BytesToHexString(step.SerializeAsString()) +
                             "', 'hex') where tenant = 0 and key = '\\x6e'");

  // A sign-in is a decision: whoever is asked for one meets the step.
  const auto admin = v1::Admin::NewStub(servers_[1].admin_channel());
  v1::OpenSessionRequest request;
  request.set_tenant(kTenant);
  request.set_person(BytesOf(school_.hana));
  request.set_device(BytesOf(IdNumber(1)));
  v1::OpenSessionReply reply;
  const auto sign_in = [&] {
    grpc::ClientContext context;
    return admin->OpenSession(&context, request, &reply);
  };
  EXPECT_TRUE(DoesNotAnswer(sign_in()));
  EXPECT_TRUE(ComesTrue([&] { return sign_in().ok(); })) << "it was started again";
  std::ostringstream log;
  log << std::ifstream(servers_[1].data() + ".log").rdbuf();
  EXPECT_THAT(log.str(), HasSubstr("A server died between the two"));
  EXPECT_THAT(log.str(), HasSubstr(R"("event":"leaving, to be started again","exit_code":75)"));
  servers_.ExpectThatBothServe();
  servers_.ExpectThatBothAreRight(kTenant, school_, school_.sara, 90);
}

TEST(ServerStartTest, WhoeverFindsNobodyAtTheDatabaseAsksToBeStartedAgain) {
  const absl::StatusOr<std::string> program = tools::FindServer();
  ASSERT_TRUE(program.ok()) << program.status();
  const TemporaryDirectory directory;
  const auto exit_code = [&](const std::string& rows) {
    const int status = std::system(("'" + *program + "' --data='" + directory.Path("data") +
                                    "' --engine=postgres --postgres='" + rows + "' 2>'" +
                                    directory.Path("log") + "'")
                                       .c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  };
  EXPECT_EQ(exit_code("host=" + directory.path() + " dbname=nowhere"), 75);
  EXPECT_EQ(exit_code("no connection string"), 1);
}

TEST_F(TwoServersTest, EitherIsKilledWhileTabletsPushAndNothingIsLostOrDoubled) {
  const uint64_t seed = TestSeed();
  std::mt19937_64 random(seed);
  SteadyTeam::Join(school_);
  servers_[0].Import(ImportOf(school_, kTenant));
  ASSERT_FALSE(HasFailure());
  SteadyTeam team(servers_, kTenant, seed);
  for (int kill = 0; kill < kKills && !HasFailure(); ++kill) {
    const size_t victim = random() % 2;
    SCOPED_TRACE("kill " + std::to_string(kill) + " of server " + std::to_string(victim));
    team.PushWhile(kPushesBetween, [&] { servers_.Kill(victim); });
    if (HasFailure()) break;
    servers_.Start(victim);
    servers_.ExpectThatBothServe();
    // Each now speaks with the other server than before, or with the one that was killed.
    team.RepeatLast();
  }
  if (!HasFailure()) {
    for (int server = 0; server < 2; ++server) team.RepeatAll();
    team.ExpectThatAllIsThere();
    EXPECT_NE(servers_.Figures(0, kTenant, school_, school_.sara, 92).find("departments"),
              std::string::npos);
    servers_.ExpectThatBothAreRight(kTenant, school_, school_.sara, 90);
  }
  std::printf("%d kills, %s\n", kKills, team.Account().c_str());
}

}  // namespace
}  // namespace halfterm::testing
