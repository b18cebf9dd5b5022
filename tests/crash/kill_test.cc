// The real server is killed while eight observers write, over and over, on the same data. Whatever
// it answered is there when it runs again, once, as it was answered.
//
// The moments of the kills and all that is written come from the printed seed; what the kills hit
// depends on the machine.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/crash/outside_server.h"
#include "tests/crash/steady_writer.h"
#include "tests/support/running_server.h"
#include "tests/support/seed.h"

namespace halfterm::testing {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr uint8_t kWriters = 8;
constexpr size_t kMaxPush = 40;
constexpr size_t kGroupsOfACycle = 2000;
constexpr int kEarliestMs = 30, kLatestMs = 500;
constexpr int kCyclesBetweenVerifications = 10;
constexpr char kTenant[] = "northgate";

int WantedKills() {
  const char* const wanted = std::getenv("HALFTERM_KILLS");
  return wanted != nullptr ? std::atoi(wanted) : 100;
}

// Eight departments, each with a head, who writes, and a teacher.
std::vector<Post> AddPosts(SmallSchool& school) {
  std::vector<Post> posts;
  for (uint8_t i = 0; i < kWriters; ++i) {
    const Post post{IdNumber(static_cast<uint8_t>(70 + i)), IdNumber(static_cast<uint8_t>(80 + i)),
                    IdNumber(static_cast<uint8_t>(90 + i))};
    const std::string name = std::to_string(i);
    school.AddOrg(post.department, v1::ORG_KIND_DEPARTMENT, school.site, "Department " + name);
    school.AddPerson(post.observer, "Head " + name, {post.department});
    school.AddPerson(post.teacher, "Teacher " + name, {post.department});
    school.AddGrant(post.observer, v1::ROLE_HOD, post.department);
    posts.push_back(post);
  }
  return posts;
}

double Percentile(std::vector<double> values, size_t percent) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, values.size() * percent / 100)];
}

// What one server lived to see.
struct Life {
  std::atomic<bool> is_ending{false};
  std::atomic<int> hit{0};  // Pushes of new groups that ran when it ended.
  Clock::time_point started;

  // The first answer to groups that no server had answered before.
  void Answered() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (first_answer_ms_ == 0) first_answer_ms_ = Milliseconds(Clock::now() - started).count();
  }
  double first_answer_ms() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return first_answer_ms_;
  }

  // Until somebody says that the load went wrong, or the time is over.
  void WaitForTrouble(std::chrono::milliseconds time) {
    std::unique_lock<std::mutex> lock(mutex_);
    trouble_.wait_for(lock, time, [this] { return is_in_trouble_; });
  }
  void SayTrouble() {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_in_trouble_ = true;
    trouble_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable trouble_;
  bool is_in_trouble_ = false;
  double first_answer_ms_ = 0;
};

class KillTest : public ::testing::Test {
 protected:
  // Calls `act` with each writer, all at once, and waits for them.
  void Everybody(const std::function<void(SteadyWriter&, std::mt19937_64&)>& act) {
    std::vector<std::thread> threads;
    for (auto& writer : writers_) {
      threads.emplace_back([&act, &writer] { act(*writer->writer, writer->random); });
    }
    for (std::thread& thread : threads) thread.join();
  }

  void EnrolWriters(uint64_t seed) {
    SmallSchool school;
    const std::vector<Post> posts = AddPosts(school);
    server_.Import(ImportOf(school, kTenant));
    if (HasFailure()) return;
    for (uint8_t i = 0; i < kWriters; ++i) {
      writers_.push_back(std::make_unique<Seat>(server_, posts[i], i, seed + i));
    }
  }

  // Writes until the server ends. New groups spread over the time in which it may be killed;
  // between them what was answered is sent again.
  void Load(SteadyWriter& writer, std::mt19937_64& random, Life& life) {
    const auto begin = Clock::now();
    const uint64_t before = writer.last_n(), last = before + kGroupsOfACycle / kWriters;
    while (!life.is_ending) {
      const double passed = Milliseconds(Clock::now() - begin).count() / kLatestMs;
      const uint64_t due =
          before + static_cast<uint64_t>(std::min(passed, 1.0) * kGroupsOfACycle / kWriters);
      const bool is_new = writer.waits() || writer.last_n() < due;
      const grpc::Status status =
          is_new ? writer.Push(std::min(1 + random() % kMaxPush, last - writer.last_n()))
                 : writer.RepeatLast();
      if (status.ok()) {
        if (is_new) life.Answered();
        continue;
      }
      if (is_new) ++life.hit;
      if (!life.is_ending || status.error_code() != grpc::StatusCode::UNAVAILABLE) {
        ADD_FAILURE() << "the server refused: " << status.error_code() << " "
                      << status.error_message();
        life.SayTrouble();
      }
      return;
    }
  }

  // Nothing is counted twice, and nothing that is in no store's chain.
  void ExpectThatStatsAddUp() {
    uint64_t applied = 0, counted = 0;
    for (const auto& seat : writers_) applied += seat->writer->applied_n();
    const v1::StatsReply stats = server_.Stats();
    for (const uint64_t groups : stats.dispositions()) counted += groups;
    EXPECT_EQ(counted, applied);
    if (counted > applied) counted_twice_ += counted - applied;
  }

  void ExpectThatVerifyFindsNothing() {
    const v1::VerifyReply verified = server_.Verify();
    EXPECT_EQ(verified.difference_count(), 0u);
    for (const v1::Difference& difference : verified.differences()) {
      ADD_FAILURE() << difference.ShortDebugString();
    }
    ++verifications_;
  }

  // Each group has a place of its own in the school's one order.
  void ExpectThatNoPlaceIsGivenTwice() {
    std::set<uint64_t> seqs;
    uint64_t groups = 0;
    for (const auto& seat : writers_) {
      for (const uint64_t seq : seat->writer->Seqs()) {
        seqs.insert(seq);
        ++groups;
      }
    }
    EXPECT_EQ(seqs.size(), groups);
  }

  BrokenPromises Broken() const {
    BrokenPromises broken;
    for (const auto& seat : writers_) broken += seat->writer->broken();
    broken.doubled += counted_twice_;
    return broken;
  }

  struct Seat {
    Seat(TabletServer& server, const Post& post, uint8_t number, uint64_t seed)
        : writer(std::make_unique<SteadyWriter>(server, kTenant, post, number, seed)),
          random(~seed) {}
    std::unique_ptr<SteadyWriter> writer;
    std::mt19937_64 random;
  };

  OutsideServer server_;
  std::vector<std::unique_ptr<Seat>> writers_;
  uint64_t counted_twice_ = 0;
  int verifications_ = 0;
};

TEST_F(KillTest, WhatWasAnsweredIsKeptOnceHoweverOftenTheServerIsKilled) {
  const uint64_t seed = TestSeed();
  std::mt19937_64 random(seed);
  const int kills = WantedKills();
  const auto begin = Clock::now();
  std::vector<double> first_answers_ms;
  int cycle = 0, kills_that_hit = 0, pushes_hit = 0;

  for (; cycle < kills && !HasFailure(); ++cycle) {
    SCOPED_TRACE("cycle " + std::to_string(cycle));
    Life life;
    life.started = Clock::now();
    const absl::Status started = server_.Start();
    ASSERT_TRUE(started.ok()) << started;
    if (cycle == 0) EnrolWriters(seed);
    if (HasFailure()) break;
    Everybody([](SteadyWriter& writer, std::mt19937_64&) { writer.Greet(); });
    ExpectThatStatsAddUp();
    const bool verifies = cycle % kCyclesBetweenVerifications == kCyclesBetweenVerifications - 1;
    if (verifies) ExpectThatVerifyFindsNothing();
    Everybody([](SteadyWriter& writer, std::mt19937_64&) {
      const grpc::Status repeated = writer.RepeatLast();
      EXPECT_TRUE(repeated.ok()) << repeated.error_message();
    });
    if (HasFailure()) break;

    const std::chrono::milliseconds moment(
        std::uniform_int_distribution<int>(kEarliestMs, kLatestMs)(random));
    std::thread killer([&] {
      life.WaitForTrouble(moment);
      life.is_ending = true;
      server_.Kill();
    });
    Everybody([&](SteadyWriter& writer, std::mt19937_64& own) { Load(writer, own, life); });
    killer.join();
    kills_that_hit += life.hit > 0 ? 1 : 0;
    pushes_hit += life.hit;
    if (!verifies && life.first_answer_ms() > 0) first_answers_ms.push_back(life.first_answer_ms());
  }

  uint64_t found = 0;
  if (!HasFailure()) {
    const absl::Status started = server_.Start();
    ASSERT_TRUE(started.ok()) << started;
    Everybody([](SteadyWriter& writer, std::mt19937_64&) { writer.Greet(); });
    ExpectThatStatsAddUp();
    std::atomic<uint64_t> found_by_all{0};
    Everybody([&](SteadyWriter& writer, std::mt19937_64&) {
      if (writer.waits()) {
        EXPECT_TRUE(writer.Push(0).ok());
      }
      const grpc::Status repeated = writer.RepeatAll();
      EXPECT_TRUE(repeated.ok()) << repeated.error_message();
      found_by_all += writer.FindEverything();
      writer.Greet();
    });
    found = found_by_all;
    ExpectThatStatsAddUp();
    ExpectThatNoPlaceIsGivenTwice();
    ExpectThatVerifyFindsNothing();
  }

  uint64_t acknowledged = 0, unanswered = 0, aside = 0;
  for (const auto& seat : writers_) {
    acknowledged += seat->writer->acked_n();
    unanswered += seat->writer->unanswered_but_kept();
    aside += seat->writer->kept_aside();
  }
  const BrokenPromises broken = Broken();
  std::printf(
      "%d cycles, %d kills hit a running push (%d pushes); %llu groups acknowledged (%llu kept "
      "aside; %llu were on disk before they were answered), %llu lost, %llu doubled; %llu values "
      "found; %d verifications; %.1f s; restart to first acknowledgement p50 %.0f ms, p99 %.0f "
      "ms\n",
      cycle, kills_that_hit, pushes_hit, static_cast<unsigned long long>(acknowledged),
      static_cast<unsigned long long>(aside), static_cast<unsigned long long>(unanswered),
      static_cast<unsigned long long>(broken.lost), static_cast<unsigned long long>(broken.doubled),
      static_cast<unsigned long long>(found), verifications_,
      std::chrono::duration<double>(Clock::now() - begin).count(), Percentile(first_answers_ms, 50),
      Percentile(first_answers_ms, 99));
  EXPECT_EQ(broken.lost, 0u);
  EXPECT_EQ(broken.doubled, 0u);
}

}  // namespace
}  // namespace halfterm::testing
