// One stream over a real connection: its pace, its end, and every way in which it can be cut.
#include "service/streams/message_stream.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "halfterm/v1/sync.grpc.pb.h"
#include "service/messages.h"
#include "tests/support/fake_clock.h"

namespace halfterm::service {
namespace {

using testing::FakeClock;
using RawPull = v1::Sync::WithRawCallbackMethod_Pull<v1::Sync::Service>;

constexpr size_t kChunk = 256 * 1024;

// Writes chunks for ever, or as many as it is told to.
class Endless final : public MessageStream::Source {
 public:
  Endless(grpc::CallbackServerContext* context, const storage::Clock& clock, int last)
      : stream(context, clock), last_(last) {}

  void Written() override { WriteNext(); }
  void Ended() override { ended.set_value(); }

  void WriteNext() {
    v1::PullReply reply;
    reply.set_cursor(std::string(kChunk, 'c'));
    const int number = ++started;
    if (number == last_) {
      EXPECT_TRUE(stream.WriteLast(Encode(reply)));
    } else {
      stream.Write(Encode(reply));
    }
  }

  MessageStream stream;
  std::atomic<int> started{0};
  std::promise<void> ended;

 private:
  const int last_;
};

// A server whose Pull is one Endless.
class MessageStreamTest : public ::testing::Test, public RawPull {
 protected:
  MessageStreamTest() {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);  // The window stays at 64 KiB.
    stub_ = v1::Sync::NewStub(grpc::CreateCustomChannel(
        "127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials(), arguments));
    context_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  }
  ~MessageStreamTest() override { server_->Shutdown(std::chrono::system_clock::now()); }

  grpc::ServerWriteReactor<grpc::ByteBuffer>* Pull(grpc::CallbackServerContext* context,
                                                   const grpc::ByteBuffer*) override {
    if (refuses_) {
      return MessageStream::Refuse(context, clock_, absl::PermissionDeniedError("no"));
    }
    auto source = std::make_shared<Endless>(context, clock_, last_);
    source->stream.Open(source);
    source->WriteNext();
    opened_.set_value(source);
    return &source->stream;
  }

  std::unique_ptr<grpc::ClientReader<v1::PullReply>> Call() {
    return stub_->Pull(&context_, v1::PullRequest());
  }
  // Keeps the stream's memory for the test.
  std::shared_ptr<Endless> Source() { return opened_.get_future().get(); }
  static bool HasEnded(Endless& source) {
    return source.ended.get_future().wait_for(std::chrono::seconds(20)) ==
           std::future_status::ready;
  }

  FakeClock clock_;
  int last_ = 0;
  bool refuses_ = false;
  std::promise<std::shared_ptr<Endless>> opened_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::Sync::Stub> stub_;
  grpc::ClientContext context_;
};

// A queue would run away from the reader; here the writer is at most two chunks ahead.
TEST_F(MessageStreamTest, TheReaderSetsThePace) {
  const auto reader = Call();
  const auto source = Source();
  v1::PullReply reply;
  for (int read = 1; read <= 100; ++read) {
    ASSERT_TRUE(reader->Read(&reply));
    ASSERT_LE(source->started, read + 2);
  }
  context_.TryCancel();
  EXPECT_TRUE(HasEnded(*source));
}

TEST_F(MessageStreamTest, TheLastMessageArrivesBeforeTheEnd) {
  last_ = 5;
  const auto reader = Call();
  const auto source = Source();
  v1::PullReply reply;
  int read = 0;
  while (reader->Read(&reply)) ++read;
  EXPECT_EQ(read, 5);
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_TRUE(HasEnded(*source));
}

TEST_F(MessageStreamTest, ACallerWhoLeavesEndsTheStreamOnce) {
  const auto reader = Call();
  const auto source = Source();
  v1::PullReply reply;
  ASSERT_TRUE(reader->Read(&reply));
  context_.TryCancel();
  EXPECT_TRUE(HasEnded(*source));  // A second Ended() would throw.
  EXPECT_FALSE(source->stream.IsWanted());
  EXPECT_FALSE(source->stream.Write(grpc::ByteBuffer()));
  source->stream.End(absl::InternalError("too late"));
  source->stream.Abort(absl::InternalError("too late"));
}

TEST_F(MessageStreamTest, AnEndWaitsForTheMessageOnItsWay) {
  const auto reader = Call();
  const auto source = Source();
  source->stream.End(absl::UnavailableError("the server stops"));
  source->stream.End(absl::InternalError("only the first end counts"));
  v1::PullReply reply;
  int read = 0;
  while (reader->Read(&reply)) {
    ++read;
    EXPECT_EQ(reply.cursor().size(), kChunk) << "whole messages only";
  }
  EXPECT_EQ(read, source->started);
  const grpc::Status status = reader->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(status.error_message(), "the server stops");
  EXPECT_TRUE(HasEnded(*source));
}

TEST_F(MessageStreamTest, AReaderThatTakesNothingCanBeSentAway) {
  const auto reader = Call();
  const auto source = Source();
  reader->WaitForInitialMetadata();
  // Two chunks are more than the connection takes by itself: one of them is on its way for ever.
  clock_.Advance(45'000);
  source->stream.Abort(absl::ResourceExhaustedError("the reader takes nothing"));
  EXPECT_TRUE(HasEnded(*source)) << "the chunk is not held any longer";
  v1::PullReply reply;
  while (reader->Read(&reply)) {
  }
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(MessageStreamTest, ARefusalIsAnAnswer) {
  refuses_ = true;
  const auto reader = Call();
  v1::PullReply reply;
  EXPECT_FALSE(reader->Read(&reply));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::PERMISSION_DENIED);
}

}  // namespace
}  // namespace halfterm::service
