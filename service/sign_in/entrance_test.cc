// Who leaves while they are being checked, over the real call: the committer is held at the moment
// that a case is about, so nothing depends on who is quicker.
#include "service/sign_in/entrance.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "halfterm/v1/account.grpc.pb.h"
#include "service/limits.h"
#include "service/sign_in/guess_limits.h"
#include "storage/accounts/p256.h"
#include "storage/sign_in/guess_jobs.h"
#include "tests/support/await.h"
#include "tests/support/committed_school.h"

namespace halfterm::service {
namespace {

using testing::BytesOf;
using testing::ComesTrue;

// The committer stands still in it until it is let go.
class Stop final : public storage::Job {
 public:
  Stop(testing::AwaitedCount& reached, std::future<void> go)
      : reached_(reached), go_(std::move(go)) {}
  void Apply(storage::Batch&) override {
    ++reached_;
    go_.wait();
  }
  void Done(const absl::Status&) override {}

 private:
  testing::AwaitedCount& reached_;
  const std::future<void> go_;
};

class EntranceTest : public ::testing::Test,
                     public v1::Accounts::WithRawCallbackMethod_SignIn<v1::Accounts::Service> {
 protected:
  EntranceTest()
      : entrance_({school_.engine(), school_.context().directories, school_.context().sessions,
                   keys_, school_.context().epochs, school_.clock, school_.context().random,
                   school_.committer(), lane_},
                  {1, size_t{8} << 10}) {
    disk::DeviceRow tablet;
    tablet.set_public_key(storage::PointOf(*key_));
    storage::WriteSet writes;
    writes.Put(storage::Family::kState, storage::DeviceKey(school_.tenant(), kTablet),
               tablet.SerializeAsString());
    EXPECT_TRUE(school_.engine().Commit(writes).ok());
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    stub_ = v1::Accounts::NewStub(grpc::CreateChannel("127.0.0.1:" + std::to_string(port),
                                                      grpc::InsecureChannelCredentials()));
  }
  ~EntranceTest() override {
    entrance_.Close();
    lane_.Drain();
    server_->Shutdown();
  }

  grpc::ServerUnaryReactor* SignIn(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* bytes,
                                   grpc::ByteBuffer* reply) override {
    const Answer answer(context, reply, school_.clock, kUnaryMs);
    const absl::StatusOr<v1::SignInRequest> request = Decode<v1::SignInRequest>(*bytes);
    EXPECT_TRUE(request.ok());
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      last_ = context;
    }
    entrance_.Queue(answer, [this, answer, request = *request] {
      entrance_.SignIn(answer, "192.0.2.7", request);
    });
    return answer.reactor();
  }
  // Only of a call that nobody has answered yet.
  bool ServerKnowsThatTheLastCallerHasLeft() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return last_->IsCancelled();
  }

  std::promise<void> StopCommitter() {
    std::promise<void> go;
    school_.committer().Submit(std::make_unique<Stop>(stops_, go.get_future()));
    return go;
  }
  // What was submitted so far is committed, and told: the second stop is in a later batch.
  void AwaitCommitter() {
    for (int i = 0; i < 2; ++i) {
      StopCommitter().set_value();
      EXPECT_TRUE(stops_.Reaches(++stopped_));
    }
  }

  v1::SignInRequest Request() {
    const std::string nonce = entrance_.NewNonce();
    v1::SignInRequest request;
    request.set_school("Northgate");
    request.mutable_proof()->set_device(BytesOf(kTablet));
    request.mutable_proof()->set_nonce(nonce);
    request.mutable_proof()->set_signature(
        storage::Sign(*key_, storage::ProofText(kTablet, nonce)));
    return request;
  }
  grpc::StatusCode Answered(const v1::SignInRequest& request) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + testing::kLongestAwait);
    v1::SignInReply reply;
    return stub_->SignIn(&context, request, &reply).error_code();
  }

  const core::Id16 kTablet = testing::IdNumber(201);
  testing::CommittedSchool school_;
  testing::TemporaryDirectory folder_;
  const storage::AccountKeys keys_ = *storage::AccountKeys::Open(folder_.path());
  const std::shared_ptr<EVP_PKEY> key_{EVP_EC_gen("P-256"), EVP_PKEY_free};
  WriteLane lane_{school_.committer()};
  Entrance entrance_;
  testing::AwaitedCount stops_;
  int stopped_ = 0;
  std::mutex mutex_;
  grpc::CallbackServerContext* last_ = nullptr;  // Guarded by mutex_.
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::Accounts::Stub> stub_;
};

TEST_F(EntranceTest, A13_WhoeverHangsUpBeforeTheCheckHasGuessedAllTheSame) {
  const storage::GuessBuckets account =
      PassphraseBuckets(school_.tenant(), "hana.owen", kTablet, false, "192.0.2.7");
  const auto may_guess = [&] {
    return storage::MayGuess(storage::AnyFromEngine(school_.engine()), keys_, account,
                             school_.clock.NowMs());
  };
  for (size_t i = 0; i < kTriesOfAccount; ++i) {
    ASSERT_TRUE(may_guess().ok()) << i;
    std::promise<void> before = StopCommitter();
    ASSERT_TRUE(stops_.Reaches(++stopped_));
    v1::SignInRequest request = Request();
    request.mutable_passphrase()->set_sign_in_name("hana.owen");
    request.mutable_passphrase()->set_passphrase("not the passphrase");
    grpc::ClientContext context;
    v1::SignInReply reply;
    std::promise<grpc::Status> answered;
    stub_->async()->SignIn(&context, &request, &reply,
                           [&answered](const grpc::Status& status) { answered.set_value(status); });
    EXPECT_TRUE(ComesTrue([this] { return school_.committer().Stats().queued == 1; }));
    // Behind it in the same batch: the guess is counted, and neither committed nor checked.
    std::promise<void> after = StopCommitter();
    before.set_value();
    EXPECT_TRUE(stops_.Reaches(++stopped_));
    context.TryCancel();
    EXPECT_TRUE(ComesTrue([this] { return ServerKnowsThatTheLastCallerHasLeft(); }));
    after.set_value();
    EXPECT_EQ(answered.get_future().get().error_code(), grpc::StatusCode::CANCELLED);
    AwaitCommitter();
  }
  entrance_.Close();  // What was handed to the thread of the passphrases is through,
  AwaitCommitter();   // and so is what that would have given back.
  EXPECT_TRUE(RetryMs(may_guess()).has_value());
}

TEST_F(EntranceTest, StrangersWhoTypeCodesKeepNobodyOutWhoHasAQrCode) {
  for (size_t i = 0; i < kCodesOfAll; ++i) {
    const storage::GuessBuckets stranger = CodeBuckets(std::to_string(i / kCodesOfAddress));
    school_.committer().Submit(storage::MakeGuess(
        keys_, std::nullopt, stranger, [](const absl::StatusOr<storage::CountedGuess>& counted) {
          EXPECT_TRUE(counted.ok()) << counted.status();
        }));
  }
  AwaitCommitter();
  v1::SignInRequest typed = Request(), scanned = Request();
  typed.mutable_invitation()->mutable_invitation()->set_code("ABCDEFGHJK");
  scanned.mutable_invitation()->mutable_invitation()->set_secret(std::string(16, 's'));
  EXPECT_EQ(Answered(typed), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(Answered(scanned), grpc::StatusCode::NOT_FOUND) << "it was looked for";
  for (size_t i = 1; i < kCodesOfTablet; ++i) {
    v1::SignInRequest again = Request();
    *again.mutable_invitation() = scanned.invitation();
    EXPECT_EQ(Answered(again), grpc::StatusCode::NOT_FOUND) << i;
  }
  *scanned.mutable_proof() = Request().proof();
  EXPECT_EQ(Answered(scanned), grpc::StatusCode::RESOURCE_EXHAUSTED)
      << "and a tablet that makes them up is stopped";
}

}  // namespace
}  // namespace halfterm::service
