// The server stops while tablets push, watch and pull; and starts again. Nothing that was answered
// is gone, and everybody heard something.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/await.h"
#include "tests/support/running_clock.h"
#include "tests/support/running_server.h"
#include "tests/support/wire_tablet.h"

namespace halfterm::service {
namespace {

using testing::AwaitedCount;
using testing::IdNumber;
using testing::PlanValues;
using testing::RatingValues;
using testing::RunningClock;
using testing::RunningServer;
using testing::SmallSchool;
using testing::WireTablet;

constexpr int kWritersBusy = 20;  // Pushes of each before the server stops.

class DrainTest : public ::testing::Test {
 protected:
  DrainTest() { server_.Import(school_, "northgate"); }

  core::Id16 Visit(uint8_t writer, int number) {
    core::Id16 id = IdNumber(writer);
    id.bytes[1] = static_cast<uint8_t>(number >> 8);
    id.bytes[2] = static_cast<uint8_t>(number);
    return id;
  }

  SmallSchool school_;
  RunningServer server_;
};

struct Writer {
  std::unique_ptr<WireTablet> tablet;
  AwaitedCount pushes;
  uint64_t acked_n = 0;
  grpc::Status end;
  std::thread thread;
};

struct Watcher {
  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientReader<v1::WatchReply>> stream;
  grpc::Status end;
  std::thread thread;
};

TEST_F(DrainTest, WhatWasAnsweredStaysAndEverybodyHearsThatTheServerStops) {
  const std::vector<core::Id16> people = {school_.hana, school_.hugo, school_.sara,
                                          school_.hedy, school_.tia,  school_.tom};
  // A pull that nobody reads is on its way all the time.
  WireTablet slow(server_, "northgate", school_.hana, 50);
  const core::Id16 long_visit = IdNumber(77);
  slow.Write({long_visit, core::kPlan, {}}, PlanValues(school_, school_.hana, school_.tia));
  for (uint8_t note = 0; note < 100; ++note) {
    const core::Id16 key = IdNumber(note);
    slow.Write({long_visit, core::kSheet, school_.hana},
               {{core::Path::Entry(2, key, 0, core::Kind::kElem), ""},
                {core::Path::Entry(2, key, 2, core::Kind::kPara), std::string(1900, 'w')}});
  }
  ASSERT_TRUE(slow.Push().ok());
  grpc::ClientContext slow_context;
  slow.Prepare(slow_context);
  const auto parked = slow.sync().Pull(&slow_context, v1::PullRequest());
  parked->WaitForInitialMetadata();

  std::vector<std::unique_ptr<Watcher>> watchers;
  for (int i = 0; i < 12; ++i) {
    auto watcher = std::make_unique<Watcher>();
    watcher->context.AddMetadata("authorization", "Bearer " + slow.session().token());
    watcher->stream = slow.sync().Watch(&watcher->context, v1::WatchRequest());
    v1::WatchReply poke;
    ASSERT_TRUE(watcher->stream->Read(&poke)) << "it is open";
    watcher->thread = std::thread([w = watcher.get()] {
      v1::WatchReply reply;
      while (w->stream->Read(&reply)) {
      }
      w->end = w->stream->Finish();
    });
    watchers.push_back(std::move(watcher));
  }

  std::vector<std::unique_ptr<Writer>> writers;
  for (uint8_t i = 0; i < people.size(); ++i) {
    auto writer = std::make_unique<Writer>();
    writer->tablet = std::make_unique<WireTablet>(server_, "northgate", people[i], i);
    writers.push_back(std::move(writer));
  }
  for (uint8_t i = 0; i < people.size(); ++i) {
    writers[i]->thread = std::thread([this, i, &w = *writers[i]] {
      for (int number = 0; w.end.ok(); ++number) {
        const core::Id16 visit = Visit(i, number);
        const core::Id16 person = w.tablet->person();
        w.tablet->Write({visit, core::kPlan, {}}, PlanValues(school_, person, school_.ann));
        w.tablet->Write({visit, core::kSheet, person}, RatingValues(1, 3));
        v1::PushReply reply;
        w.end = w.tablet->Push(&reply);
        if (w.end.ok()) w.acked_n = reply.applied_n();
        ++w.pushes;
      }
    });
  }
  for (const auto& writer : writers) {
    EXPECT_TRUE(writer->pushes.Reaches(kWritersBusy));
  }

  const auto begin = std::chrono::steady_clock::now();
  {
    // The server's clock goes on, ten times as fast, so that it sees who takes nothing.
    const RunningClock time(server_.clock, 10);
    server_.server().Drain();
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5))
      << "it did not wait for those who take nothing";

  for (const auto& writer : writers) {
    writer->thread.join();
    EXPECT_EQ(writer->end.error_code(), grpc::StatusCode::UNAVAILABLE)
        << writer->end.error_message();
  }
  for (const auto& watcher : watchers) {
    watcher->thread.join();
    EXPECT_EQ(watcher->end.error_code(), grpc::StatusCode::UNAVAILABLE)
        << watcher->end.error_message();
  }
  v1::PullReply chunk;
  while (parked->Read(&chunk)) {
  }
  EXPECT_EQ(parked->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);

  server_.Restart();
  for (const auto& writer : writers) {
    writer->tablet->Reconnect();
    v1::HelloReply hello;
    const grpc::Status greeted = writer->tablet->Hello(&hello);
    ASSERT_TRUE(greeted.ok()) << greeted.error_message();
    EXPECT_EQ(hello.stores(0).action(), v1::STORE_ACTION_OK);
    EXPECT_GE(hello.stores(0).applied_n(), writer->acked_n) << "an answered group is gone";
    EXPECT_LE(hello.stores(0).applied_n(), writer->tablet->last_n());
    EXPECT_TRUE(writer->tablet->Push().ok()) << "what was not answered can be sent again";
  }
}

TEST_F(DrainTest, ADrainedServerAnswersNobodyAndDrainsAgainWithoutAnError) {
  WireTablet hana(server_, "northgate", school_.hana, 1);
  server_.server().Drain();
  server_.server().Drain();
  EXPECT_EQ(hana.Hello().error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace halfterm::service
