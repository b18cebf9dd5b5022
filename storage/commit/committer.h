// The one thread that writes.
//
// Jobs queue up; the thread applies up to 512 groups or 1 MiB of them to one Batch, commits that
// with one fsync, and only then tells each job that it is done. Nothing is acknowledged before.
// Jobs of one school therefore see each other's effects in one order, and no row needs a lock.

#ifndef HALFTERM_STORAGE_COMMIT_COMMITTER_H_
#define HALFTERM_STORAGE_COMMIT_COMMITTER_H_
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "storage/commit/batch.h"

namespace halfterm::storage {

// A piece of work for the committer.
class Job {
 public:
  virtual ~Job() = default;

  // Called once on the committer's thread, before any job of the batch is applied: says which rows
  // Apply is going to read (Batch::Foresee), so that they come together. Changes nothing.
  virtual void Foresee(Batch& batch) { static_cast<void>(batch); }

  // Called once on the committer's thread. Changes the store through `batch` only, and must not
  // block. A job that refuses leaves the batch as it found it and remembers its own error.
  virtual void Apply(Batch& batch) = 0;

  // Called once, on the committer's thread, after the batch became durable (OK) or was not
  // (ResourceExhausted: the disk is nearly full; Unavailable: the engine failed or the server
  // stops). Must not block: hand the answer on.
  virtual void Done(const absl::Status& committed) = 0;

  // How much of a batch the job takes.
  virtual size_t Groups() const { return 1; }
  virtual size_t Bytes() const { return 256; }
};

struct CommitterStats {
  uint64_t commits = 0;    // Batches made durable.
  uint64_t groups = 0;     // Groups given a disposition in them.
  uint64_t repeats = 0;    // Groups answered again without a second effect.
  uint64_t commit_us = 0;  // Wall time inside Engine::Commit.
  uint64_t queued = 0;     // Jobs waiting now.
  uint64_t oldest_wait_ms = 0;
};

// Submit, Stats and Drain are safe to call from any thread.
class Committer {
 public:
  // All must outlive the committer. Starts the thread, which goes on with what was being derived
  // again of the schools that are known now.
  Committer(Engine& engine, const Clock& clock, BatchContext& context);
  ~Committer();  // Drains.

  // Takes the job. After Drain() its Done gets Unavailable without Apply.
  void Submit(std::unique_ptr<Job> job);

  // Commits everything that was submitted, then stops the thread. A second call is no error.
  void Drain();

  CommitterStats Stats() const;

 private:
  void Run();
  // Waits for work; what fits into one batch. `draining`: nothing will follow.
  std::vector<std::unique_ptr<Job>> Take(bool& draining);
  absl::Status CommitOnce(const std::vector<std::unique_ptr<Job>>& jobs);

  Engine& engine_;
  const Clock& clock_;
  BatchContext& context_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::pair<int64_t, std::unique_ptr<Job>>> queue_;  // Since when it waits; the job.
  bool draining_ = false;
  CommitterStats stats_;
  // The committer thread's own.
  RollupCache rollups_;
  WriteSet writes_;  // Empty; its memory goes from batch to batch.
  std::set<Tenant> rederiving_;
  std::thread thread_;  // Last: it uses all of the above.
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_COMMITTER_H_
