// One school in the scope simulation: the real batches, jobs and pulls on a real engine, stepped by
// one thread, so that a number gives the same history every time.
//
// What the server would do wrong if a rule were missing is bent in here: rows on their way to the
// engine, and answers on their way to a tablet. The code under test has no switches.

#ifndef HALFTERM_TESTS_SIMULATION_SCOPES_SCHOOL_H_
#define HALFTERM_TESTS_SIMULATION_SCOPES_SCHOOL_H_
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "halfterm/v1/sync.pb.h"
#include "storage/commit/batch.h"
#include "storage/commit/committer.h"
#include "storage/pull/puller.h"
#include "tests/simulation/scopes_oracle.h"
#include "tests/support/fake_clock.h"
#include "tests/support/small_school.h"

namespace halfterm::testing {

// The rule that is missing; one at a time.
enum class Missing {
  kNothing,
  kLeft,              // A record that leaves a scope leaves no row.
  kScopeDrop,         // Nobody is told that a scope is gone.
  kAudienceSeq,       // A facet that somebody may read from now on looks as old as its content.
  kDigestOfAudience,  // What a scope adds up to follows its content only.
  kUnreadPage,        // A chunk is skipped and its cursor kept.
  kRegainedBackfill,  // A scope that comes back counts as never lost.
  kHeldBack,          // A scope opens before the records are filed anew.
};

class ScopesSchool final : public FiledBy {
 public:
  // `tenant` must be new in the engine.
  ScopesSchool(storage::Engine& engine, uint32_t tenant, uint64_t seed, Missing missing);

  storage::Tenant tenant() const override { return tenant_; }
  storage::Engine& engine() override { return engine_; }
  FakeClock& clock() { return clock_; }
  const storage::Puller& puller() const { return puller_; }
  const storage::Secrets& secrets() const { return secrets_; }
  Missing missing() const { return missing_; }
  const SmallSchool& people() const { return people_; }
  const std::string& name() const { return name_; }

  // One commit. `apply` sees the batch before it is settled.
  void Commit(const std::function<void(storage::Batch&)>& apply);
  void Run(storage::Job& job);
  // Commits until every record is filed by the directory as it is.
  void FinishFiling();
  bool is_filing() const { return filing_; }

  const std::vector<std::shared_ptr<const sync::Directory>>& filed_by() const override {
    return filed_by_;
  }

  // A change of people or grants, as an import or a form would bring it.
  void Change(const std::vector<v1::Reference>& references,
              const std::vector<v1::RoleGrant>& grants);
  void TickGrantClock();
  // Files a record as erased. The command that erases is not part of this; what tablets must hear
  // of it is.
  void Erase(const core::Id16& record);

  uint64_t commits() const override { return commits_; }
  // The first commit that failed, if any.
  const absl::Status& status() const { return status_; }

 private:
  storage::WriteSet Bent(const storage::WriteSet& writes);

  storage::Engine& engine_;
  const storage::Tenant tenant_;
  const std::string name_;
  const Missing missing_;
  std::mt19937_64 random_;
  SmallSchool people_;
  FakeClock clock_{At(2026, 9, 14, 8)};
  storage::Secrets secrets_{std::string(32, 'k')};
  storage::Epochs epochs_;
  storage::Directories directories_;
  storage::Sessions sessions_;
  storage::Changes changes_;
  storage::BatchContext context_;
  storage::RollupCache rollups_;
  storage::Puller puller_;
  bool filing_ = false;
  std::vector<std::shared_ptr<const sync::Directory>> filed_by_;
  uint64_t commits_ = 0;
  absl::Status status_;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SIMULATION_SCOPES_SCHOOL_H_
