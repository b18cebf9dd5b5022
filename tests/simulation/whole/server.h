// The server of the whole simulation: the real batches, jobs, rules and pulls on a real engine, on
// a disk that loses power when the number says so. One thread, a clock that stands still.
//
// What it would do wrong if a rule were left out is bent in here: rows on their way to the engine,
// calls and answers on their way to a tablet. The code under test has no switches.

#ifndef HALFTERM_TESTS_SIMULATION_WHOLE_SERVER_H_
#define HALFTERM_TESTS_SIMULATION_WHOLE_SERVER_H_
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "halfterm/disk/rows.pb.h"
#include "halfterm/v1/admin.pb.h"
#include "halfterm/v1/recovery.pb.h"
#include "halfterm/v1/sync.pb.h"
#include "storage/commit/batch.h"
#include "storage/commit/committer.h"
#include "storage/pull/puller.h"
#include "tests/simulation/scopes_oracle.h"
#include "tests/simulation/whole/disk.h"
#include "tests/simulation/whole/left_out.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_engine.h"
#include "tests/support/small_school.h"

namespace halfterm::testing {

class SimulatedServer final : public FiledBy {
 public:
  // `disk` holds nothing yet.
  SimulatedServer(std::unique_ptr<SimulatedDisk> disk, uint64_t seed, LeftOut left_out);
  ~SimulatedServer() override;

  // Opens the store as the last process left it, or makes one with the school's people in it.
  absl::Status Start();
  void Stop();  // As SIGTERM does.

  // A backup of the store as it is now, which counts. Stops and starts the server.
  absl::Status BackUp();
  size_t backups() const { return backups_.size(); }
  // Puts a backup in the place of the store, which is gone. `is_announced`: by `halfterm restore`,
  // which leaves a mark; else the server has to find out. The ledger stays as it is. Starts the
  // server.
  absl::Status Restore(size_t backup, bool is_announced);
  // Everything up to here is in two backups.
  uint64_t DurableSeq() const;
  bool is_up() const { return running_ != nullptr; }
  // Of a server that is up: the epoch in force.
  uint32_t epoch() const;

  // The power goes in one of the next commits, as SimulatedDisk says; what was not durable is gone.
  // A call that was on its way is answered Unavailable.
  void CutPowerAfter(uint64_t changes);
  void LeavePowerOn();  // If it has not gone yet.

  FakeClock& clock() { return clock_; }
  const FakeClock& clock() const { return clock_; }
  const SmallSchool& people() const { return people_; }
  const std::string& name() const { return name_; }
  LeftOut left_out() const { return left_out_; }
  const storage::Secrets& secrets() const { return secrets_; }

  // FiledBy.
  storage::Tenant tenant() const override { return storage::Tenant(1); }
  storage::Engine& engine() override;
  uint64_t commits() const override { return commits_; }
  const std::vector<std::shared_ptr<const sync::Directory>>& filed_by() const override {
    return filed_by_;
  }
  bool is_filing() const { return filing_; }
  void FinishFiling();

  // One commit of some jobs. Unavailable: the server is down now.
  absl::Status Run(const std::vector<storage::Job*>& jobs);
  absl::Status Commit(const std::function<void(storage::Batch&)>& apply);
  // A change of people or grants, as an import or a form would bring it.
  absl::Status Change(const std::vector<v1::Reference>& references,
                      const std::vector<v1::RoleGrant>& grants);
  // What the server does by itself as time passes.
  void Tick();

  // Whose token it is. Unauthenticated: nobody's. Unavailable: the server is down.
  absl::StatusOr<storage::Caller> CallerOf(const std::string& token);

  // The calls of tablets; as those of sync.proto and recovery.proto. Unavailable: the server is
  // down.
  absl::StatusOr<v1::OpenSessionReply> OpenSession(const core::Id16& person,
                                                   const core::Id16& device);
  absl::StatusOr<v1::HelloReply> Hello(const storage::Caller& caller, v1::HelloRequest request);
  absl::StatusOr<v1::PushReply> Push(const storage::Caller& caller, v1::PushRequest request);
  absl::StatusOr<v1::PullReply> Pull(const storage::Caller& caller, const v1::PullRequest& request);
  absl::StatusOr<v1::FetchReply> Fetch(const storage::Caller& caller,
                                       const v1::FetchRequest& request);
  absl::StatusOr<v1::DescendReply> Descend(const storage::Caller& caller,
                                           const v1::DescendRequest& request);
  absl::StatusOr<v1::ConfirmReply> Confirm(const storage::Caller& caller,
                                           const v1::ConfirmRequest& request);
  absl::StatusOr<v1::OfferReply> Offer(const storage::Caller& caller,
                                       const v1::OfferRequest& request);
  absl::StatusOr<v1::RefillReply> Refill(const storage::Caller& caller, v1::RefillRequest request);

  // What recomputing everything finds; nothing if all is well.
  std::string Verify();

  uint64_t power_cuts() const { return power_cuts_; }
  // The first thing that should not have happened, if any.
  const std::string& broken() const { return broken_; }

 private:
  struct Running;
  template <typename Call>
  auto Read(const Call& call);
  absl::Status TryToStart();
  absl::Status ReplayLedger();
  std::string RandomBytes(std::mt19937_64& random, size_t size) const;
  absl::Status AddPeople();
  void Crash();
  void NoteDirectory();
  storage::WriteSet Bent(const storage::WriteSet& writes);
  std::string WithoutOldTombstones(const std::string& key, const std::string& bytes);
  absl::Status BendPush(v1::PushRequest& request, std::vector<v1::PushResult>& answered);

  const std::unique_ptr<SimulatedDisk> disk_;
  const std::string name_ = "northgate";
  const LeftOut left_out_;
  // When a cell was first without a value, by its facet's key.
  std::map<std::pair<std::string, core::Path>, int64_t> removed_since_;
  std::mt19937_64 random_;
  SmallSchool people_;
  FakeClock clock_{At(2026, 9, 14, 8)};
  const storage::Secrets secrets_{std::string(32, 'k')};
  MemoryDisk ledger_disk_;  // Outlives the store.
  std::mt19937_64 histories_;
  std::vector<disk::BackupRow> backups_;
  uint32_t generations_ = 0;
  std::unique_ptr<Running> running_;
  bool filing_ = false;
  std::vector<std::shared_ptr<const sync::Directory>> filed_by_;
  uint64_t commits_ = 0, power_cuts_ = 0;
  std::string broken_;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SIMULATION_WHOLE_SERVER_H_
