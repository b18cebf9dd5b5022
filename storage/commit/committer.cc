#include "storage/commit/committer.h"

#include <chrono>
#include <vector>

#include "storage/backup/ledger.h"
#include "storage/commit/commit_batch.h"
#include "storage/shared_engine.h"

namespace halfterm::storage {
namespace {

constexpr size_t kBatchGroups = 512;
constexpr size_t kBatchBytes = 1024 * 1024;
constexpr size_t kRederivedAtOnce = 256;
constexpr std::chrono::seconds kFilingRetry(1);

// Another server was quicker, or has the store now: tablets send again what they have.
absl::Status AsToldToJobs(const absl::Status& status) {
  return absl::IsAborted(status) ? absl::UnavailableError(status.message()) : status;
}

std::set<Tenant> KnownTo(const Directories& directories) {
  std::set<Tenant> known;
  for (const auto& [name, tenant] : directories.Tenants()) known.insert(tenant);
  return known;
}

}  // namespace

Committer::Committer(Engine& engine, const Clock& clock, BatchContext& context)
    : engine_(engine),
      clock_(clock),
      context_(context),
      rederiving_(KnownTo(context.directories)),
      thread_([this] { Run(); }) {}

Committer::~Committer() { Drain(); }

void Committer::Submit(std::unique_ptr<Job> job) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!draining_) {
      queue_.emplace_back(clock_.MonotonicMs(), std::move(job));
      wake_.notify_one();
      return;
    }
  }
  job->Done(absl::UnavailableError("the server is stopping"));
}

void Committer::Drain() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    draining_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

CommitterStats Committer::Stats() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  CommitterStats stats = stats_;
  stats.queued = queue_.size();
  if (!queue_.empty()) {
    stats.oldest_wait_ms = static_cast<uint64_t>(clock_.MonotonicMs() - queue_.front().first);
  }
  return stats;
}

std::vector<std::unique_ptr<Job>> Committer::Take(bool& draining) {
  std::unique_lock<std::mutex> lock(mutex_);
  wake_.wait(lock, [this] { return draining_ || !queue_.empty() || !rederiving_.empty(); });
  std::vector<std::unique_ptr<Job>> jobs;
  size_t groups = 0, bytes = 0;
  while (!queue_.empty()) {
    Job& next = *queue_.front().second;
    // A job is never split; one that is larger than a batch goes alone.
    if (!jobs.empty() &&
        (groups + next.Groups() > kBatchGroups || bytes + next.Bytes() > kBatchBytes)) {
      break;
    }
    groups += next.Groups();
    bytes += next.Bytes();
    jobs.push_back(std::move(queue_.front().second));
    queue_.pop_front();
  }
  draining = draining_ && queue_.empty();
  return jobs;
}

void Committer::Run() {
  for (;;) {
    bool draining = false;
    std::vector<std::unique_ptr<Job>> jobs = Take(draining);
    if (jobs.empty() && draining) break;
    const absl::Status committed = CommitOnce(jobs);
    for (const std::unique_ptr<Job>& job : jobs) job->Done(committed);
    if (committed.ok() || !jobs.empty()) continue;
    // Only records were to be filed anew, and the disk is full: it will be for a while.
    std::unique_lock<std::mutex> lock(mutex_);
    wake_.wait_for(lock, kFilingRetry, [this] { return draining_ || !queue_.empty(); });
  }
  // After a clean stop the ledger says exactly how far the store had come.
  if (context_.ledger != nullptr) context_.ledger->WriteWitness().IgnoreError();
}

absl::Status Committer::CommitOnce(const std::vector<std::unique_ptr<Job>>& jobs) {
  SharedEngine* const shared = SharedEngine::Of(engine_);
  const bool takes_turns = shared != nullptr && shared->IsFollowing();
  if (takes_turns) {
    const absl::StatusOr<bool> others_wrote = shared->BeginTurn();
    if (!others_wrote.ok()) return AsToldToJobs(others_wrote.status());
    if (*others_wrote) rollups_.Forget();
  }
  Batch batch(context_, rollups_, std::move(writes_));
  for (const std::unique_ptr<Job>& job : jobs) job->Foresee(batch);
  batch.ReadForeseen();
  for (const std::unique_ptr<Job>& job : jobs) job->Apply(batch);
  // What was made stale is derived again in steps, between the groups of tablets.
  for (const Tenant tenant : batch.Rederiving()) rederiving_.insert(tenant);
  absl::Status status = absl::OkStatus();
  if (!rederiving_.empty()) {
    const Tenant tenant = *rederiving_.begin();
    const absl::StatusOr<bool> more = batch.RederiveSome(tenant, kRederivedAtOnce);
    if (!more.ok()) status = more.status();
    if (!more.ok() || !*more) rederiving_.erase(tenant);
  }
  uint64_t engine_us = 0;
  if (status.ok()) {
    status = CommitBatch(context_, batch, &engine_us);
  } else {
    batch.Forget();
  }
  if (takes_turns) shared->EndTurn();
  status = AsToldToJobs(status);
  const bool wrote = status.ok() && !batch.Writes().Empty();
  writes_ = batch.TakeWrites();
  writes_.Clear();
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!status.ok()) return status;
  stats_.commits += wrote ? 1 : 0;
  stats_.groups += batch.taken();
  stats_.repeats += batch.repeats();
  stats_.commit_us += engine_us;
  return status;
}

}  // namespace halfterm::storage
