// Two servers on one store: each with a memory and keys of its own, over one engine on a disk that
// is a value. Their batches follow each other, which is what a database that they share sees to;
// jobs are done on the test's own thread.

#ifndef HALFTERM_STORAGE_SIGN_IN_TWO_SERVERS_SCHOOL_H_
#define HALFTERM_STORAGE_SIGN_IN_TWO_SERVERS_SCHOOL_H_
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "storage/accounts/account_jobs.h"
#include "storage/accounts/account_rows.h"
#include "storage/accounts/forgetting.h"
#include "storage/commit/commit_batch.h"
#include "storage/sign_in/guess_jobs.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_engine.h"
#include "tests/support/seed.h"
#include "tests/support/small_school.h"
#include "tests/support/temporary_directory.h"

namespace halfterm::storage {

// What a server keeps in memory, and its way to commit.
class MemoryOfServer {
 public:
  MemoryOfServer(Engine& engine, const Clock& clock, const testing::SmallSchool& people,
                 Tenant tenant, std::function<std::string(size_t)> random,
                 const std::string& folder)
      : keys(*AccountKeys::Open(folder)),
        epochs_(*Epochs::Open(engine, clock)),
        context_{engine,   clock,    directories_, sessions_,
                 changes_, secrets_, epochs_,      std::move(random)} {
    directories_.Put(tenant, "Northgate", std::make_shared<sync::Directory>(people.Made()));
    EXPECT_TRUE(sessions_.Load(engine).ok());
  }

  // As the committer does jobs that wait together.
  void Do(const std::vector<std::unique_ptr<Job>>& jobs) {
    RollupCache rollups;
    Batch batch(context_, rollups);
    for (const std::unique_ptr<Job>& job : jobs) job->Apply(batch);
    const absl::Status committed = CommitBatch(context_, batch, nullptr);
    for (const std::unique_ptr<Job>& job : jobs) job->Done(committed);
  }

  const AccountKeys keys;

 private:
  Directories directories_;
  Sessions sessions_;
  Changes changes_;
  const Secrets secrets_{std::string(32, 'k')};
  Epochs epochs_;
  BatchContext context_;
};

class TwoServersTest : public ::testing::Test {
 protected:
  static constexpr int64_t kMinute = 60'000;

  TwoServersTest() {
    Start();
    disk::TenantRow name;
    name.set_handle(kSchool.handle());
    disk::DeviceRow tablet;
    tablet.set_public_key(std::string(65, 'p'));
    Put(Family::kMeta, TenantKey("Northgate"), name.SerializeAsString());
    for (const core::Id16& device : {kTablet, kOther}) {
      Put(Family::kState, DeviceKey(kSchool, device), tablet.SerializeAsString());
    }
  }

  // Both servers begin anew, with what is on the disk and in the key files.
  void Restart() {
    servers_.clear();
    engine_.reset();
    Start();
  }

  // What `make` makes is done at that server, 0 or 1, and answered.
  template <class Reply, class Make>
  Reply At(size_t server, Make make) {
    std::optional<Reply> answered;
    std::vector<std::unique_ptr<Job>> jobs;
    jobs.push_back(make([&answered](Reply reply) { answered = std::move(reply); }));
    servers_[server]->Do(jobs);
    EXPECT_TRUE(answered.has_value());
    return *std::move(answered);
  }
  MemoryOfServer& ServerAt(size_t server) { return *servers_[server]; }
  const AccountKeys& KeysOf(size_t server) { return servers_[server]->keys; }

  ShownTablet Shown(size_t server, const core::Id16& device) {
    return {kSchool, device, true,
            MakeNonce(KeysOf(server), 1, Random(kNonceRandomBytes), clock_.NowMs())};
  }
  absl::Status Use(size_t server, const ShownTablet& tablet) {
    return At<absl::Status>(server,
                            [&](auto done) { return MakeUseNonce(tablet, std::move(done)); });
  }
  void RunClock() {
    const auto ran = At<absl::Status>(
        1, [this](auto done) { return MakeForgetting({kSchool}, std::move(done)); });
    EXPECT_TRUE(ran.ok()) << ran;
  }

  std::string Random(size_t bytes) {
    std::string random(bytes, '\0');
    for (char& byte : random) byte = static_cast<char>(random_());
    return random;
  }
  void Put(Family family, const std::string& key, const std::string& value) {
    WriteSet writes;
    writes.Put(family, key, value);
    EXPECT_TRUE(engine_->Commit(writes).ok());
  }
  void Delete(Family family, const std::string& key) {
    WriteSet writes;
    writes.Delete(family, key);
    EXPECT_TRUE(engine_->Commit(writes).ok());
  }
  size_t Rows(Family family, const std::string& prefix) {
    size_t rows = 0;
    const auto snapshot = engine_->NewSnapshot();
    for (auto row = snapshot->NewCursor(family, prefix, EndOfPrefix(prefix)); row->Valid();
         row->Next()) {
      ++rows;
    }
    return rows;
  }

  const Tenant kSchool{1};
  const core::Id16 kTablet = testing::IdNumber(201), kOther = testing::IdNumber(202);
  testing::SmallSchool people_;
  testing::FakeClock clock_{testing::At(2026, 9, 14, 16)};
  testing::TemporaryDirectory folder_;
  testing::MemoryDisk disk_;
  std::unique_ptr<Engine> engine_;

 private:
  void Start() {
    engine_ = testing::OpenMemoryEngine(disk_);
    for (int i = 0; i < 2; ++i) {
      servers_.push_back(std::make_unique<MemoryOfServer>(
          *engine_, clock_, people_, kSchool, [this](size_t bytes) { return Random(bytes); },
          folder_.path()));
    }
  }

  std::mt19937_64 random_{testing::TestSeed()};
  std::vector<std::unique_ptr<MemoryOfServer>> servers_;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_SIGN_IN_TWO_SERVERS_SCHOOL_H_
