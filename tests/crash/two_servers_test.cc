// Two halftermd serve one database, with one ledger. Any of them takes any tablet's work and tells
// any tablet of it; either is killed while tablets push, and they go on at the other. Nothing that
// was answered is lost or counted twice, and both say the same of it.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "halfterm/v1/summary.grpc.pb.h"
#include "tests/crash/outside_server.h"
#include "tests/crash/steady_writer.h"
#include "tests/support/await.h"
#include "tests/support/own_postgres.h"
#include "tests/support/running_server.h"
#include "tests/support/seed.h"

namespace halfterm::testing {
namespace {

constexpr char kTenant[] = "northgate";
constexpr uint8_t kWriters = 4;
constexpr size_t kMaxPush = 12;
constexpr int kKills = 4, kPushesBetween = 6;

// A halftermd on the databases, started again where it leaves to be (75), as a supervisor does it.
// One that has no keys yet gets those of the first server, as somebody who sets up a further server
// does. It dies with whoever is killed in its place. While there is a file KEYS.alone, its ledger
// is its own.
std::string ScriptOf(const std::string& server, const std::string& rows, const std::string& ledger,
                     const std::string& keys) {
  return "#!/bin/sh\nserver='" + server + "' rows='" + rows + "' ledger='" + ledger + "' keys='" +
         keys + "'\n" +
         R"(data='' next=''
for word in "$@"; do
  [ "$next" = data ] && data=$word
  next=''
  [ "$word" = --data ] && next=data
done
if [ -d "$keys" ] && [ ! -d "$data/keys" ]; then
  mkdir -p "$data" && cp -r "$keys" "$data/keys"
fi
[ -e "$keys.alone" ] || set -- --ledger="$ledger" "$@"
while :; do
  setpriv --pdeathsig KILL "$server" --engine=postgres --postgres="$rows" "$@"
  left=$?
  [ $left = 75 ] || exit $left
done
)";
}

// What a tablet sees of both: each connection goes to the next one that runs.
class Balancer final : public TabletServer {
 public:
  explicit Balancer(std::array<OutsideServer, 2>& servers) : servers_(servers) {}

  // Safe to call beside the others.
  void SetRuns(size_t server, bool runs) {
    const std::lock_guard<std::mutex> lock(mutex_);
    runs_[server] = runs;
  }

  std::shared_ptr<grpc::Channel> PublicChannel() override {
    return servers_[Next()].PublicChannel();
  }
  v1::OpenSessionReply OpenSession(const std::string& tenant, const core::Id16& person,
                                   const core::Id16& device) override {
    v1::OpenSessionReply session = servers_[Next()].OpenSession(tenant, person, device);
    // Its next call may lead to the other server, which has heard of it a moment later.
    for (OutsideServer& server : servers_) {
      const auto sync = v1::Sync::NewStub(server.PublicChannel());
      EXPECT_TRUE(ComesTrue([&] {
        grpc::ClientContext context;
        context.AddMetadata("authorization", "Bearer " + session.token());
        v1::HelloReply reply;
        return sync->Hello(&context, v1::HelloRequest(), &reply).error_code() !=
               grpc::StatusCode::UNAUTHENTICATED;
      }));
    }
    return session;
  }
  int64_t NowMs() override { return servers_[0].NowMs(); }

 private:
  size_t Next() {
    const std::lock_guard<std::mutex> lock(mutex_);
    do {
      next_ = 1 - next_;
    } while (!runs_[next_]);
    return next_;
  }

  std::array<OutsideServer, 2>& servers_;
  std::mutex mutex_;
  std::array<bool, 2> runs_ = {true, true};  // Guarded by mutex_, and so is:
  size_t next_ = 0;
};

class TwoServersTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const absl::StatusOr<std::string> program = tools::FindServer();
    ASSERT_TRUE(program.ok()) << program.status();
    program_ = *program;
    std::ofstream(script_) << ScriptOf(program_, conninfo_, ledger_, directory_.Path("keys"));
    chmod(script_.c_str(), 0755);
    // It was alone at first, and takes its ledger along.
    const std::string alone = directory_.Path("keys.alone");
    std::ofstream(alone) << "\n";
    Start(0);
    servers_[0].Kill();
    std::filesystem::remove(alone);
    ASSERT_TRUE(std::filesystem::exists(servers_[0].data() + "/ledger"));
    Start(0);
    EXPECT_FALSE(std::filesystem::exists(servers_[0].data() + "/ledger"));
    EXPECT_TRUE(std::filesystem::exists(servers_[0].data() + "/ledger.in-database"));
    std::filesystem::copy(servers_[0].data() + "/keys", directory_.Path("keys"),
                          std::filesystem::copy_options::recursive);
    Start(1);
  }

  void Start(size_t server) {
    setenv("HALFTERMD", script_.c_str(), 1);
    const absl::Status started = servers_[server].Start(sockets_[server].path());
    setenv("HALFTERMD", program_.c_str(), 1);
    ASSERT_TRUE(started.ok()) << started;
    balancer_.SetRuns(server, true);
  }

  // A server that left, because the other died between the ledger and the rows, is back.
  void ExpectThatBothServe() {
    for (OutsideServer& server : servers_) {
      const auto admin = v1::Admin::NewStub(server.admin_channel());
      EXPECT_TRUE(ComesTrue([&admin] {
        grpc::ClientContext context;
        v1::StatsReply reply;
        return admin->Stats(&context, v1::StatsRequest(), &reply).ok();
      }));
    }
  }

  // One that died between the ledger and the rows lets the other leave and start again.
  static void Greet(SteadyWriter& writer) {
    EXPECT_TRUE(ComesTrue([&writer] { return writer.IsGreeted(); })) << "no server answers";
  }

  // Pulls the half-term of all lessons here.
  static void PullLessons(WireTablet& tablet) {
    v1::PullRequest request;
    request.mutable_interest()->add_periods(SmallSchool::kAutumn1);
    grpc::ClientContext context;
    tablet.Prepare(context);
    const auto reader = tablet.sync().Pull(&context, request);
    v1::PullReply chunk;
    while (reader->Read(&chunk)) EXPECT_EQ(tablet.held.Apply(chunk), "");
    const grpc::Status pulled = reader->Finish();
    EXPECT_TRUE(pulled.ok()) << pulled.error_message();
  }

  // What the school's page says at one server: the figures, without how they were read.
  std::string Figures(size_t server, const core::Id16& person, uint8_t device) {
    WireTablet tablet(servers_[server], kTenant, person, device);
    const auto stub = v1::Summaries::NewStub(tablet.channel());
    v1::SchoolRequest request;
    request.set_school(BytesOf(school_.site));
    request.set_h2(SmallSchool::kAutumn1);
    request.set_with_departments(true);
    v1::SchoolReply reply;
    grpc::ClientContext context;
    tablet.Prepare(context);
    const grpc::Status status = stub->School(&context, request, &reply);
    EXPECT_TRUE(status.ok()) << status.error_message();
    reply.clear_watermark();
    return reply.DebugString();
  }

  void ExpectThatBothAreRight() {
    EXPECT_EQ(Figures(0, school_.sara, 90), Figures(1, school_.sara, 91));
    const v1::StatsReply one = servers_[0].Stats(), other = servers_[1].Stats();
    ASSERT_EQ(one.dispositions_size(), other.dispositions_size());
    for (int i = 0; i < one.dispositions_size(); ++i) {
      EXPECT_EQ(one.dispositions(i), other.dispositions(i)) << "disposition " << i;
    }
    for (OutsideServer& server : servers_) {
      const v1::VerifyReply verified = server.Verify();
      EXPECT_EQ(verified.difference_count(), 0u);
      for (const v1::Difference& difference : verified.differences()) {
        ADD_FAILURE() << difference.ShortDebugString();
      }
    }
  }

  SmallSchool school_;
  OwnPostgres& postgres_ = OwnPostgres::Shared();
  const std::string conninfo_ = postgres_.NewDatabase(), ledger_ = postgres_.NewDatabase();
  TemporaryDirectory directory_;
  const std::string script_ = directory_.Path("halftermd");
  std::string program_;
  const std::array<TemporaryDirectory, 2> sockets_ = {TemporaryDirectory::ForSocket(),
                                                      TemporaryDirectory::ForSocket()};
  std::array<OutsideServer, 2> servers_;
  Balancer balancer_{servers_};
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
  ExpectThatBothAreRight();
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

TEST_F(TwoServersTest, EitherIsKilledWhileTabletsPushAndNothingIsLostOrDoubled) {
  const uint64_t seed = TestSeed();
  std::mt19937_64 random(seed);
  std::vector<Post> posts;
  for (uint8_t i = 0; i < kWriters; ++i) {
    posts.push_back({IdNumber(static_cast<uint8_t>(70 + i)), IdNumber(static_cast<uint8_t>(80 + i)),
                     IdNumber(static_cast<uint8_t>(90 + i))});
    const std::string name = std::to_string(i);
    school_.AddOrg(posts[i].department, v1::ORG_KIND_DEPARTMENT, school_.site,
                   "Department " + name);
    school_.AddPerson(posts[i].observer, "Head " + name, {posts[i].department});
    school_.AddPerson(posts[i].teacher, "Teacher " + name, {posts[i].department});
    school_.AddGrant(posts[i].observer, v1::ROLE_HOD, posts[i].department);
  }
  servers_[0].Import(ImportOf(school_, kTenant));
  ASSERT_FALSE(HasFailure());
  std::vector<std::unique_ptr<SteadyWriter>> writers;
  for (uint8_t i = 0; i < kWriters; ++i) {
    writers.push_back(std::make_unique<SteadyWriter>(balancer_, kTenant, posts[i], i, seed + i));
  }
  const auto everybody = [&](const std::function<void(SteadyWriter&)>& act) {
    std::vector<std::thread> threads;
    for (auto& writer : writers) threads.emplace_back([&act, &writer] { act(*writer); });
    for (std::thread& thread : threads) thread.join();
  };

  std::mutex mutex;
  std::condition_variable changed;
  std::atomic<int> answered{0}, interrupted{0};
  for (int kill = 0; kill < kKills && !HasFailure(); ++kill) {
    const size_t victim = random() % 2;
    SCOPED_TRACE("kill " + std::to_string(kill) + " of server " + std::to_string(victim));
    std::vector<std::mt19937_64> own;
    for (size_t i = 0; i < writers.size(); ++i) own.emplace_back(random());
    const int at = answered + 1 + static_cast<int>(random() % (kWriters * kPushesBetween / 2));
    std::thread killer([&] {
      std::unique_lock<std::mutex> lock(mutex);
      changed.wait(lock, [&] { return answered >= at; });
      lock.unlock();
      balancer_.SetRuns(victim, false);
      servers_[victim].Kill();
    });
    std::vector<std::thread> threads;
    for (size_t i = 0; i < writers.size(); ++i) {
      threads.emplace_back([&, i] {
        SteadyWriter& writer = *writers[i];
        for (int done = 0; done < kPushesBetween && !HasFatalFailure();) {
          const grpc::Status pushed = writer.Push(1 + own[i]() % kMaxPush);
          if (pushed.ok()) {
            ++done;
            const std::lock_guard<std::mutex> lock(mutex);
            ++answered;
            changed.notify_all();
            continue;
          }
          // Its server is gone: the next connection leads to the other.
          EXPECT_TRUE(DoesNotAnswer(pushed)) << pushed.error_message();
          ++interrupted;
          Greet(writer);
          if (HasFailure()) break;
        }
        const std::lock_guard<std::mutex> lock(mutex);
        answered += HasFailure() ? 1'000'000 : 0;  // Nobody waits for what does not come.
        changed.notify_all();
      });
    }
    for (std::thread& thread : threads) thread.join();
    killer.join();
    if (HasFailure()) break;
    Start(victim);
    ExpectThatBothServe();
    // Each now speaks with the other server than before, or with the one that was killed.
    everybody([](SteadyWriter& writer) {
      Greet(writer);
      const grpc::Status repeated = writer.RepeatLast();
      EXPECT_TRUE(repeated.ok()) << repeated.error_message();
    });
  }

  uint64_t acknowledged = 0, found = 0;
  std::set<uint64_t> seqs;
  BrokenPromises broken;
  if (!HasFailure()) {
    for (int server = 0; server < 2; ++server) {
      everybody([](SteadyWriter& writer) {
        Greet(writer);
        if (writer.waits()) {
          EXPECT_TRUE(writer.Push(0).ok());
        }
        const grpc::Status repeated = writer.RepeatAll();
        EXPECT_TRUE(repeated.ok()) << repeated.error_message();
      });
    }
    for (const auto& writer : writers) {
      found += writer->FindEverything();
      acknowledged += writer->acked_n();
      broken += writer->broken();
      for (const uint64_t seq : writer->Seqs()) seqs.insert(seq);
    }
    EXPECT_EQ(seqs.size(), acknowledged) << "a place was given twice";
    EXPECT_NE(Figures(0, school_.sara, 92).find("departments"), std::string::npos);
    ExpectThatBothAreRight();
  }
  std::printf(
      "%d kills, %d pushes interrupted, %llu groups acknowledged, %llu values found, "
      "%llu lost, %llu doubled\n",
      kKills, interrupted.load(), static_cast<unsigned long long>(acknowledged),
      static_cast<unsigned long long>(found), static_cast<unsigned long long>(broken.lost),
      static_cast<unsigned long long>(broken.doubled));
  EXPECT_EQ(broken.lost, 0u);
  EXPECT_EQ(broken.doubled, 0u);
}

}  // namespace
}  // namespace halfterm::testing
