#include "service/write_lane.h"

#include <limits>

#include "service/grpc_status.h"
#include "service/limits.h"

namespace halfterm::service {
namespace {

// A job that is not applied when its caller has left.
class WhileWanted final : public storage::Job {
 public:
  WhileWanted(const Answer& answer, std::unique_ptr<storage::Job> job)
      : answer_(answer), job_(std::move(job)) {}

  void Foresee(storage::Batch& batch) override { job_->Foresee(batch); }
  void Apply(storage::Batch& batch) override {
    wanted_ = answer_.Wanted();
    if (wanted_.ok()) job_->Apply(batch);
  }
  void Done(const absl::Status& committed) override {
    job_->Done(wanted_.ok() ? committed : wanted_);
  }
  size_t Groups() const override { return job_->Groups(); }
  size_t Bytes() const override { return job_->Bytes(); }

 private:
  const Answer answer_;
  const std::unique_ptr<storage::Job> job_;
  absl::Status wanted_;
};

}  // namespace

// The answers that wait are bounded by the calls that entered.
WriteLane::WriteLane(storage::Committer& committer)
    : committer_(committer), answers_(1, std::numeric_limits<size_t>::max()) {}

absl::Status WriteLane::Enter(size_t bytes) {
  const size_t calls = ++waiting_;
  const size_t all_bytes = waiting_bytes_ += bytes;
  if (calls > kMaxWaitingWrites || all_bytes > kMaxWaitingWriteBytes) {
    Leave(bytes);
    return Later("the server is busy; keep the groups and try again", kOverloadPushbackMs);
  }
  return absl::OkStatus();
}

void WriteLane::Leave(size_t bytes) {
  --waiting_;
  waiting_bytes_ -= bytes;
}

uint32_t WriteLane::RetryAfterMs() const {
  const bool is_half_full =
      waiting_ * 2 > kMaxWaitingWrites || waiting_bytes_ * 2 > kMaxWaitingWriteBytes;
  return is_half_full ? static_cast<uint32_t>(kOverloadPushbackMs) : 0;
}

void WriteLane::SubmitWhileWanted(const Answer& answer, std::unique_ptr<storage::Job> job) {
  committer_.Submit(std::make_unique<WhileWanted>(answer, std::move(job)));
}

void WriteLane::Send(WorkerPool::Work answering) {
  // Closed only after the committer was drained; its last answers are given where they are.
  if (!answers_.Submit(Urgency::kInteractive, std::move(answering))) answering();
}

void WriteLane::Drain() {
  committer_.Drain();
  answers_.Close();
}

}  // namespace halfterm::service
