// Two halftermd serve one replicated database under pushes. Again and again its primary is killed
// and the standby takes its place: both servers go on there. Nothing that was answered is lost or
// counted twice, and a right that was taken away at one server just before is gone at both.

#include <gtest/gtest.h>

#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "tests/crash/steady_team.h"
#include "tests/crash/two_servers.h"
#include "tests/support/own_postgres.h"
#include "tests/support/replicated_postgres.h"
#include "tests/support/running_server.h"
#include "tests/support/seed.h"

namespace halfterm::testing {
namespace {

constexpr char kTenant[] = "northgate";
constexpr int kPushesBetween = 6;

class FailoverTest : public ::testing::Test {
 protected:
  void SetUp() override { servers_.Begin(/*was_alone=*/false); }

  // Leads the school until it is taken away.
  core::Id16 AddLeader(uint8_t number) {
    const core::Id16 leader = IdNumber(number);
    school_.AddPerson(leader, "Leader " + std::to_string(number), {});
    school_.AddGrant(leader, v1::ROLE_SLT, school_.site);
    return leader;
  }
  v1::ImportRequest WithoutTheRightsOf(const core::Id16& leader) {
    for (v1::RoleGrant& grant : school_.content.grants) {
      if (grant.person() != leader.view()) continue;
      grant.set_state(v1::GRANT_STATE_ENDED);
      grant.set_to_day(Day(2026, 9, 13));
    }
    return ImportOf(school_, kTenant);
  }
  // What they are shown of a page at one server, on a new tablet.
  std::string Shown(size_t server, const core::Id16& person, const core::FacetId& facet) {
    WireTablet tablet(servers_[server], kTenant, person, ++tablets_);
    PullLessons(tablet);
    return tablet.Held(facet);
  }

  SmallSchool school_;
  ReplicatedPostgres rows_;
  TwoServers servers_{rows_.NewDatabase(), OwnPostgres::Shared().NewDatabase()};
  uint8_t tablets_ = 100;
};

TEST_F(FailoverTest, BothServersGoOnWhereTheStandbyTakesOver) {
  const uint64_t seed = TestSeed();
  std::mt19937_64 random(seed);
  SteadyTeam::Join(school_);
  const std::vector<core::Id16> leaders = {AddLeader(140), AddLeader(141), AddLeader(142)};
  servers_[0].Import(ImportOf(school_, kTenant));
  ASSERT_FALSE(HasFailure());
  WireTablet hana(servers_, kTenant, school_.hana, 60);
  const core::FacetId plan{IdNumber(150), core::kPlan, {}};
  hana.Write(plan, PlanValues(school_, school_.hana, school_.tia));
  ASSERT_TRUE(hana.Push().ok());

  SteadyTeam team(servers_, kTenant, seed);
  for (const core::Id16& leader : leaders) {
    const size_t told = random() % 2;
    SCOPED_TRACE("a leader's right ends at server " + std::to_string(told));
    for (size_t server = 0; server < 2; ++server) {
      ASSERT_NE(Shown(server, leader, plan), "") << "server " << server;
    }
    const v1::ImportRequest ended = WithoutTheRightsOf(leader);
    team.PushWhile(kPushesBetween, [&] {
      servers_[told].Import(ended);
      rows_.FailOver();
    });
    if (HasFailure()) break;
    servers_.ExpectThatBothServe();
    for (size_t server = 0; server < 2; ++server) {
      EXPECT_EQ(Shown(server, leader, plan), "") << "server " << server;
    }
    rows_.Rejoin();
    team.RepeatLast();
    if (HasFailure()) break;
  }
  if (!HasFailure()) {
    for (int server = 0; server < 2; ++server) team.RepeatAll();
    team.ExpectThatAllIsThere();
    servers_.ExpectThatBothAreRight(kTenant, school_, school_.hedy, 60);
  }
  std::printf("%zu failovers, %s\n", leaders.size(), team.Account().c_str());
}

}  // namespace
}  // namespace halfterm::testing
