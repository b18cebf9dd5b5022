#include "tests/crash/steady_team.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/support/await.h"

namespace halfterm::testing {
namespace {

constexpr size_t kMaxPush = 12;

Post PostOf(uint8_t writer) {
  return {IdNumber(static_cast<uint8_t>(70 + writer)), IdNumber(static_cast<uint8_t>(80 + writer)),
          IdNumber(static_cast<uint8_t>(90 + writer))};
}

// One that died between the ledger and the rows lets the other leave and start again.
void Greet(SteadyWriter& writer) {
  EXPECT_TRUE(ComesTrue([&writer] { return writer.IsGreeted(); })) << "no server answers";
}

}  // namespace

void SteadyTeam::Join(SmallSchool& school) {
  for (uint8_t i = 0; i < kWriters; ++i) {
    const Post post = PostOf(i);
    const std::string name = std::to_string(i);
    school.AddOrg(post.department, v1::ORG_KIND_DEPARTMENT, school.site, "Department " + name);
    school.AddPerson(post.observer, "Head " + name, {post.department});
    school.AddPerson(post.teacher, "Teacher " + name, {post.department});
    school.AddGrant(post.observer, v1::ROLE_HOD, post.department);
  }
}

SteadyTeam::SteadyTeam(TabletServer& server, const std::string& tenant, uint64_t seed)
    : random_(seed) {
  for (uint8_t i = 0; i < kWriters; ++i) {
    writers_.push_back(std::make_unique<SteadyWriter>(server, tenant, PostOf(i), i, seed + i));
  }
}

void SteadyTeam::Everybody(const std::function<void(SteadyWriter&)>& act) {
  std::vector<std::thread> threads;
  for (auto& writer : writers_) threads.emplace_back([&act, &writer] { act(*writer); });
  for (std::thread& thread : threads) thread.join();
}

void SteadyTeam::PushWhile(int pushes, const std::function<void()>& disturb) {
  std::mutex mutex;
  std::condition_variable changed;
  uint64_t answered = 0, interrupted = 0;  // Guarded by mutex, and so is:
  bool is_over = false;
  const uint64_t at = 1 + random_() % (kWriters * static_cast<uint64_t>(pushes) / 2);
  std::thread disturber([&] {
    std::unique_lock<std::mutex> lock(mutex);
    changed.wait(lock, [&] { return answered >= at || is_over; });
    lock.unlock();
    disturb();
  });
  std::vector<std::thread> threads;
  for (auto& writer : writers_) {
    threads.emplace_back([&, own = std::mt19937_64(random_())]() mutable {
      for (int done = 0; done < pushes && !::testing::Test::HasFailure();) {
        const grpc::Status pushed = writer->Push(1 + own() % kMaxPush);
        {
          const std::lock_guard<std::mutex> lock(mutex);
          pushed.ok() ? ++answered : ++interrupted;
          changed.notify_all();
        }
        if (pushed.ok()) {
          ++done;
          continue;
        }
        // Its server is gone: the next connection may lead to another.
        EXPECT_TRUE(DoesNotAnswer(pushed)) << pushed.error_message();
        Greet(*writer);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  {
    const std::lock_guard<std::mutex> lock(mutex);
    is_over = true;  // Where it failed, nobody waits for what does not come.
    changed.notify_all();
  }
  disturber.join();
  interrupted_ += interrupted;
}

void SteadyTeam::RepeatLast() {
  Everybody([](SteadyWriter& writer) {
    Greet(writer);
    const grpc::Status repeated = writer.RepeatLast();
    EXPECT_TRUE(repeated.ok()) << repeated.error_message();
  });
}

void SteadyTeam::RepeatAll() {
  Everybody([](SteadyWriter& writer) {
    Greet(writer);
    if (writer.waits()) {
      EXPECT_TRUE(writer.Push(0).ok());
    }
    const grpc::Status repeated = writer.RepeatAll();
    EXPECT_TRUE(repeated.ok()) << repeated.error_message();
  });
}

void SteadyTeam::ExpectThatAllIsThere() {
  std::set<uint64_t> places;
  uint64_t answered = 0;
  BrokenPromises broken;
  for (const auto& writer : writers_) {
    found_ += writer->FindEverything();
    answered += writer->acked_n();
    broken += writer->broken();
    for (const uint64_t seq : writer->Seqs()) places.insert(seq);
  }
  EXPECT_EQ(places.size(), answered) << "a place was given twice";
  EXPECT_EQ(broken.lost, 0u);
  EXPECT_EQ(broken.doubled, 0u);
}

std::string SteadyTeam::Account() const {
  uint64_t answered = 0;
  BrokenPromises broken;
  for (const auto& writer : writers_) {
    answered += writer->acked_n();
    broken += writer->broken();
  }
  return absl::StrCat(interrupted_, " pushes interrupted, ", answered, " groups acknowledged, ",
                      found_, " values found, ", broken.lost, " lost, ", broken.doubled,
                      " doubled");
}

}  // namespace halfterm::testing
