// Calls on their way through a real committer that is held up on purpose.
#include "service/write_lane.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "halfterm/v1/sync.grpc.pb.h"
#include "service/limits.h"
#include "tests/support/await.h"
#include "tests/support/committed_school.h"

namespace halfterm::service {
namespace {

using RawHello = v1::Sync::WithRawCallbackMethod_Hello<v1::Sync::Service>;
using HelloDone = std::function<void(absl::StatusOr<v1::HelloReply>)>;

// Counts when it is applied, and may wait there.
class HeldJob final : public storage::Job {
 public:
  HeldJob(testing::AwaitedCount& applied, std::shared_future<void> until, HelloDone done)
      : applied_(applied), until_(std::move(until)), done_(std::move(done)) {}
  void Foresee(storage::Batch&) override { has_foreseen_ = true; }
  void Apply(storage::Batch&) override {
    EXPECT_TRUE(has_foreseen_) << "the committer asks through the lane";
    ++applied_;
    if (until_.valid()) until_.wait();
  }
  void Done(const absl::Status& committed) override {
    if (committed.ok()) {
      done_(v1::HelloReply());
    } else {
      done_(committed);
    }
  }
  // Each makes a batch of its own, so that what waits behind it is not in its batch.
  size_t Groups() const override { return 512; }

 private:
  testing::AwaitedCount& applied_;
  const std::shared_future<void> until_;
  const HelloDone done_;
  bool has_foreseen_ = false;
};

class WriteLaneTest : public ::testing::Test, public RawHello {
 protected:
  WriteLaneTest() : lane_(school_.committer()), released_(release_.get_future().share()) {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.SetMaxReceiveMessageSize(16 << 20);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    stub_ = v1::Sync::NewStub(grpc::CreateChannel("127.0.0.1:" + std::to_string(port),
                                                  grpc::InsecureChannelCredentials()));
  }
  ~WriteLaneTest() override {
    if (!is_released_) Release();
    lane_.Drain();
    server_->Shutdown(std::chrono::system_clock::now());
  }

  // The first call is held up in the committer; the others wait behind it.
  grpc::ServerUnaryReactor* Hello(grpc::CallbackServerContext* context,
                                  const grpc::ByteBuffer* bytes, grpc::ByteBuffer* reply) override {
    const Answer answer(context, reply, school_.clock, kUnaryMs);
    lane_.Submit<v1::HelloReply>(answer, bytes->Length(), [&](HelloDone done) {
      std::shared_future<void> until =
          is_first_.exchange(false) ? released_ : std::shared_future<void>();
      return std::make_unique<HeldJob>(applied_, until, std::move(done));
    });
    const std::lock_guard<std::mutex> lock(mutex_);
    arrived_.push_back(context);
    changed_.notify_all();
    return answer.reactor();
  }

  void Release() {
    is_released_ = true;
    release_.set_value();
  }

  // Lives until it is answered: gRPC writes into it from a thread of its own.
  struct Call {
    ~Call() {
      if (status.valid()) status.wait();
    }
    grpc::ClientContext context;
    v1::HelloRequest request;
    v1::HelloReply reply;
    std::promise<grpc::Status> answered;
    std::future<grpc::Status> status = answered.get_future();
  };
  std::unique_ptr<Call> Start(std::chrono::milliseconds deadline = std::chrono::seconds(60),
                              size_t bytes = 0) {
    auto call = std::make_unique<Call>();
    call->request.set_cursor(std::string(bytes, 'c'));
    call->context.set_deadline(std::chrono::system_clock::now() + deadline);
    stub_->async()->Hello(&call->context, &call->request, &call->reply,
                          [c = call.get()](grpc::Status status) { c->answered.set_value(status); });
    return call;
  }
  void WaitForArrivals(size_t count) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return arrived_.size() >= count; });
  }
  // That the call of this place, which nobody has answered yet, was given up.
  void WaitUntilServerKnows(size_t place) {
    EXPECT_TRUE(testing::ComesTrue([&] { return arrived_[place]->IsCancelled(); }));
  }

  testing::CommittedSchool school_;
  WriteLane lane_;
  std::promise<void> release_;
  std::shared_future<void> released_;
  bool is_released_ = false;
  std::atomic<bool> is_first_{true};
  testing::AwaitedCount applied_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<grpc::CallbackServerContext*> arrived_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::Sync::Stub> stub_;
};

TEST_F(WriteLaneTest, WorkWhoseCallerHasLeftIsDroppedWhenItsTurnComes) {
  const auto first = Start();
  WaitForArrivals(1);
  EXPECT_TRUE(applied_.Reaches(1)) << "its job is at work, or was";
  const auto leaves = Start();
  WaitForArrivals(2);
  const auto in_a_hurry = Start(std::chrono::seconds(3));
  WaitForArrivals(3);
  const auto stays = Start();
  WaitForArrivals(4);
  leaves->context.TryCancel();
  EXPECT_EQ(leaves->status.get().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_EQ(in_a_hurry->status.get().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  WaitUntilServerKnows(1);
  WaitUntilServerKnows(2);
  Release();
  EXPECT_TRUE(first->status.get().ok());
  EXPECT_TRUE(stays->status.get().ok());
  EXPECT_EQ(applied_.now(), 2) << "nothing was written for those who left";
}

TEST_F(WriteLaneTest, AnAnswerThatWouldComeTooLateIsNotWorkedFor) {
  const auto first = Start();
  WaitForArrivals(1);
  const auto second = Start();
  WaitForArrivals(2);
  EXPECT_TRUE(applied_.Reaches(1)) << "its job is at work, or was";
  school_.clock.Advance(kUnaryMs + 1);
  Release();
  EXPECT_TRUE(first->status.get().ok()) << "it was at work already";
  EXPECT_EQ(second->status.get().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(applied_.now(), 1);
}

TEST_F(WriteLaneTest, WhatIsTooMuchIsTurnedAwayAtOnceWithATimeToComeAgain) {
  std::vector<std::unique_ptr<Call>> calls;
  for (size_t i = 0; i < kMaxWaitingWrites; ++i) calls.push_back(Start());
  WaitForArrivals(kMaxWaitingWrites);
  EXPECT_EQ(lane_.RetryAfterMs(), static_cast<uint32_t>(kOverloadPushbackMs));
  const auto too_much = Start();
  EXPECT_EQ(too_much->status.get().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  const auto& trailers = too_much->context.GetServerTrailingMetadata();
  const auto pushback = trailers.find("grpc-retry-pushback-ms");
  ASSERT_NE(pushback, trailers.end());
  EXPECT_EQ(std::string(pushback->second.data(), pushback->second.size()),
            std::to_string(kOverloadPushbackMs));
  Release();
  for (const auto& call : calls) EXPECT_TRUE(call->status.get().ok());
  EXPECT_EQ(lane_.RetryAfterMs(), 0u);
  EXPECT_TRUE(Start()->status.get().ok()) << "there is room again";
}

TEST_F(WriteLaneTest, ManyBytesAreTooMuchToo) {
  const auto first = Start();
  WaitForArrivals(1);
  std::vector<std::unique_ptr<Call>> calls;
  for (size_t i = 0; i < 11; ++i) {
    calls.push_back(Start(std::chrono::seconds(60), size_t{3} << 20));
    WaitForArrivals(i + 2);
  }
  EXPECT_EQ(calls.back()->status.get().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  Release();
  EXPECT_TRUE(first->status.get().ok());
  calls.pop_back();
  for (const auto& call : calls) EXPECT_TRUE(call->status.get().ok());
}

TEST_F(WriteLaneTest, DrainingAnswersAllThatWasTakenAndRefusesTheRest) {
  std::vector<std::unique_ptr<Call>> calls;
  for (int i = 0; i < 50; ++i) calls.push_back(Start());
  WaitForArrivals(50);
  std::thread drain([this] { lane_.Drain(); });
  Release();
  drain.join();
  for (const auto& call : calls) EXPECT_TRUE(call->status.get().ok());
  EXPECT_EQ(Start()->status.get().error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace halfterm::service
