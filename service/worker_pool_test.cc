// What runs first, and what is turned away; by pools whose only thread is held up.
#include "service/worker_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <vector>

namespace halfterm::service {
namespace {

using ::testing::ElementsAre;

// A pool of one thread that is busy until Release().
class HeldPool {
 public:
  explicit HeldPool(size_t max_waiting) : pool(1, max_waiting) {
    EXPECT_TRUE(pool.Submit(Urgency::kBulk, [this] {
      busy_.set_value();
      released_.get_future().wait();
    }));
    busy_.get_future().wait();
  }
  void Release() { released_.set_value(); }

 private:
  std::promise<void> busy_, released_;

 public:
  WorkerPool pool;  // Goes first: its thread uses the promises.
};

TEST(WorkerPoolTest, WhatSomebodyLooksAtGoesFirstButBulkWorkIsNotForgotten) {
  HeldPool held(100);
  std::vector<std::string> order;  // By the pool's only thread.
  for (const char* name : {"b1", "b2"}) {
    ASSERT_TRUE(held.pool.Submit(Urgency::kBulk, [&order, name] { order.push_back(name); }));
  }
  for (const char* name : {"i1", "i2", "i3", "i4"}) {
    ASSERT_TRUE(held.pool.Submit(Urgency::kInteractive, [&order, name] { order.push_back(name); }));
  }
  held.Release();
  held.pool.Close();
  EXPECT_THAT(order, ElementsAre("i1", "i2", "b1", "i3", "i4", "b2"));
}

TEST(WorkerPoolTest, WhatIsTooMuchIsTurnedAwayAtOnceAndLeftWhole) {
  HeldPool held(2);
  int done = 0;
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(held.pool.Submit(Urgency::kInteractive, [&done] { ++done; }));
  }
  WorkerPool::Work third = [&done] { done += 100; };
  EXPECT_FALSE(held.pool.Submit(Urgency::kInteractive, std::move(third)));
  third();  // Whoever was turned away still has it.
  EXPECT_EQ(done, 100);
  held.Release();
  held.pool.Close();
  EXPECT_EQ(done, 102);
}

TEST(WorkerPoolTest, ClosingDoesWhatWaitsAndTakesNothingMore) {
  HeldPool held(100);
  bool done = false;
  ASSERT_TRUE(held.pool.Submit(Urgency::kBulk, [&done] { done = true; }));
  held.Release();
  held.pool.Close();
  EXPECT_TRUE(done);
  EXPECT_FALSE(held.pool.Submit(Urgency::kInteractive, [] {}));
}

}  // namespace
}  // namespace halfterm::service
