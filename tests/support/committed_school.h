// A school behind the real committer on a real engine in a temporary directory, and tablets that
// push to it: for tests of what becomes of groups.

#ifndef HALFTERM_TESTS_SUPPORT_COMMITTED_SCHOOL_H_
#define HALFTERM_TESTS_SUPPORT_COMMITTED_SCHOOL_H_
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "halfterm/disk/rows.pb.h"
#include "halfterm/v1/sync.pb.h"
#include "storage/commit/committer.h"
#include "storage/commit/sync_jobs.h"
#include "sync/core/group.h"
#include "tests/support/fake_clock.h"
#include "tests/support/small_school.h"
#include "tests/support/temporary_directory.h"

namespace halfterm::testing {

class CommittedSchool;

// One person's store on one tablet: seals groups and chains them.
class PushingTablet {
 public:
  PushingTablet(CommittedSchool& school, const core::Id16& person, uint8_t device);

  const core::Id16& person() const { return caller_.person; }
  uint64_t replica() const { return replica_; }
  core::Dot next_dot() const { return {replica_, last_n_ + 1}; }

  // What the next groups say that the tablet held. 0: nothing.
  uint64_t base_seq = 0;
  core::Known known;

  // Seals a group as the next of the chain, and keeps it until it is pushed.
  const std::string& Seal(core::GroupKind kind, const core::FacetId& facet,
                          const std::string& body);
  // Any bytes as the next of the chain.
  const std::string& SealBytes(std::string bytes);
  // Cells by path and value, as the next group; their contexts are over `held`.
  void Write(const core::FacetId& facet, const core::Facet& held,
             const std::vector<std::pair<core::Path, std::string>>& values);
  void Intend(const core::FacetId& facet, const v1::Intent& intent);

  // Pushes everything that is sealed and not yet answered.
  absl::StatusOr<v1::PushReply> Push();
  // The same request again.
  absl::StatusOr<v1::PushReply> PushAgain();
  absl::StatusOr<v1::PushReply> Send(v1::PushRequest request);
  // Submits a request without waiting for what becomes of it, which `done` hears.
  void SendLater(const v1::PushRequest& request,
                 std::function<void(absl::StatusOr<v1::PushReply>)> done);
  // A request for everything that is sealed and not yet sent, as Push() would send it.
  v1::PushRequest TakeSealed();
  const v1::PushRequest& last_request() const { return last_; }
  absl::StatusOr<v1::HelloReply> Hello();
  // Goes on under another name, with a chain of its own.
  void GoOnAs(uint64_t replica);

 private:
  CommittedSchool& school_;
  storage::Caller caller_;
  std::string key_;
  uint64_t replica_ = 0;
  uint64_t last_n_ = 0;
  uint32_t hello_no_ = 0;
  core::Digest16 hash_, hash_before_;
  std::vector<std::string> sealed_;
  v1::PushRequest last_;
};

class CommittedSchool {
 public:
  static constexpr uint32_t kTenant = 1;

  CommittedSchool();
  ~CommittedSchool();

  SmallSchool people;
  FakeClock clock{At(2026, 9, 14, 16)};

  storage::Tenant tenant() const { return storage::Tenant(kTenant); }
  storage::Engine& engine() { return *engine_; }
  storage::Committer& committer() { return *committer_; }
  storage::BatchContext& context() { return *context_; }

  // Puts `people` in place, as an import would.
  void PutDirectory();
  // Stops the committer, closes the engine and opens both again.
  void Reopen();
  // Commits refuse for want of space while set.
  void SetDiskFull(bool full) { free_bytes_ = full ? 0 : uint64_t{1} << 40; }

  core::Id16 NewId();
  PushingTablet Tablet(const core::Id16& person, uint8_t device) {
    return PushingTablet(*this, person, device);
  }

  // As stored; an empty facet where there is none.
  core::Facet Stored(const core::FacetId& facet);
  disk::FacetRow StoredRow(const core::FacetId& facet);
  disk::HeadRow Head();
  size_t LogRows();
  // Every roll-up row of the school, in hexadecimal, by key.
  std::vector<std::pair<std::string, std::string>> Rollups();

 private:
  void Open();

  TemporaryDirectory directory_;
  std::atomic<uint64_t> free_bytes_{uint64_t{1} << 40};
  std::mt19937_64 random_{20261121};
  std::unique_ptr<storage::Engine> engine_;
  std::unique_ptr<storage::Secrets> secrets_;
  std::unique_ptr<storage::Epochs> epochs_;
  std::unique_ptr<storage::Directories> directories_;
  std::unique_ptr<storage::Sessions> sessions_;
  std::unique_ptr<storage::Changes> changes_;
  std::unique_ptr<storage::BatchContext> context_;
  std::unique_ptr<storage::Committer> committer_;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_COMMITTED_SCHOOL_H_
