// The disk of the backups fills up: the backup fails with a sentence, the store and the earlier
// backups are unharmed, and the next one counts.
//
// The limit is the process's own on the size of a file, which is not so low that the store's own
// small files would reach it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <memory>
#include <random>
#include <string>

#include "storage/backup/backup_run.h"
#include "storage/backup/history.h"
#include "storage/commit/secrets.h"
#include "storage/keys.h"
#include "storage/rocks/rocks_engine.h"
#include "tests/support/fake_clock.h"
#include "tests/support/seed.h"
#include "tests/support/temporary_directory.h"

namespace halfterm::storage {
namespace {

constexpr size_t kMebibyte = size_t{1} << 20;

// Larger files cannot be written while it lives.
class FileLimit {
 public:
  explicit FileLimit(size_t bytes) : on_signal_(signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit now = before_;
    now.rlim_cur = bytes;
    EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &now), 0);
  }
  ~FileLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    signal(SIGXFSZ, on_signal_);
  }
  FileLimit(const FileLimit&) = delete;
  FileLimit& operator=(const FileLimit&) = delete;

 private:
  rlimit before_{};
  void (*on_signal_)(int);
};

TEST(FullDiskTest, ABackupThatDoesNotFitIsSaidAndHarmsNothing) {
  const testing::TemporaryDirectory directory;
  const std::string data = directory.Path("data"), folder = directory.Path("backups");
  std::filesystem::create_directory(data);
  const testing::FakeClock clock;
  std::mt19937_64 random(testing::TestSeed());
  const auto bytes = [&random](size_t count) {
    std::string text(count, '\0');
    for (char& byte : text) byte = static_cast<char>(random());
    return text;
  };
  const auto secrets = Secrets::Open(data, /*store_exists=*/false);
  RocksEngineOptions options;
  options.low_space_bytes = 0;
  options.directory = data + "/store";
  const auto store = OpenRocksEngine(options);
  options.directory = data + "/ledger";
  const auto ledger_engine = OpenRocksEngine(options);
  ASSERT_TRUE(secrets.ok() && store.ok() && ledger_engine.ok());
  const auto ledger = Ledger::Open(**ledger_engine);
  const auto history = OpenHistory(**store, **ledger, *secrets, clock, bytes);
  ASSERT_TRUE(history.ok()) << history.status();
  const auto back_up = [&] {
    return MakeBackup(**store, **ledger, history->epochs, *secrets, clock, {data, folder},
                      [](const v1::VerifyReply&) { return true; });
  };
  const auto put = [&](const std::string& key, const std::string& value) {
    WriteSet writes;
    writes.Put(Family::kState, key, value);
    EXPECT_TRUE((*store)->Commit(writes).ok());
  };
  ASSERT_TRUE(back_up().ok());
  const std::string large = bytes(4 * kMebibyte);
  put("x", large);
  ASSERT_TRUE((*store)->CompactRange(Family::kState, "", "").ok());  // A table, to be copied.
  {
    const FileLimit limit(kMebibyte);
    const absl::Status refused = back_up().status();
    EXPECT_FALSE(refused.ok());
    EXPECT_THAT(std::string(refused.message()), ::testing::HasSubstr(folder));
    EXPECT_EQ(CountedBackups(folder)->size(), 1u);
    put("xx", "work goes on");
  }
  EXPECT_EQ(*(*store)->Get(Family::kState, "x"), large);
  const absl::StatusOr<disk::BackupRow> made = back_up();
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(CountedBackups(folder)->size(), 2u);
  EXPECT_TRUE(VerifyBackup(folder, made->generation(), &*secrets, [](const v1::VerifyReply&) {
                return true;
              }).ok());
}

}  // namespace
}  // namespace halfterm::storage
