// `halfterm restore` is killed before each of its steps, run again, killed again, and run to its
// end. Whatever happens the older store's files are all there under one name, and the new store is
// the backup.
//
// The restore is this same program, started again with --restore: it kills itself, as nobody else
// could at just that step.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "storage/backup/backup_run.h"
#include "storage/backup/history.h"
#include "storage/backup/restore.h"
#include "storage/commit/secrets.h"
#include "storage/keys.h"
#include "storage/rocks/rocks_engine.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temporary_directory.h"

namespace halfterm::storage {
namespace {

namespace fs = std::filesystem;

constexpr int kExitDone = 0, kExitFailed = 3;

// The program that is killed. `step`: before which it kills itself, counted from 1; 0: never.
[[noreturn]] void Restore(const std::string& data, const std::string& folder, int step) {
  int at = 0;
  RestoreWish wish{data, folder, 0};
  wish.before_step = [&at, step](absl::string_view) {
    if (++at == step) kill(getpid(), SIGKILL);
  };
  const testing::FakeClock clock;
  const absl::StatusOr<Restored> restored = RestoreStore(wish, clock);
  if (!restored.ok()) std::fprintf(stderr, "%s\n", restored.status().ToString().c_str());
  _exit(restored.ok() ? kExitDone : kExitFailed);
}

// Before which steps the second restore is killed too: between the exchange and its sync; with
// HALFTERM_ALL_PAIRS before each, and not at all.
std::vector<int> SecondKills() {
  if (std::getenv("HALFTERM_ALL_PAIRS") == nullptr) return {7};
  return {1, 2, 3, 4, 5, 6, 7, 8, 9};
}

enum class End { kDone, kKilled, kFailed };

End RunRestore(const std::string& data, const std::string& folder, int step) {
  std::vector<std::string> arguments = {"backup_faults_test", "--restore", data, folder,
                                        std::to_string(step)};
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    execv("/proc/self/exe", argv.data());
    _exit(127);
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return End::kKilled;
  return WIFEXITED(status) && WEXITSTATUS(status) == kExitDone ? End::kDone : End::kFailed;
}

// A file's name to its bytes; of what RocksDB writes about itself nothing.
std::map<std::string, std::string> FilesOf(const fs::path& directory) {
  std::map<std::string, std::string> files;
  for (const auto& file : fs::directory_iterator(directory)) {
    const std::string name = file.path().filename().string();
    if (absl::StartsWith(name, "LO")) continue;  // LOG, LOCK.
    std::ifstream in(file.path(), std::ios::binary);
    files[name].assign(std::istreambuf_iterator<char>(in), {});
  }
  return files;
}

class RestoreStepsTest : public ::testing::Test {
 protected:
  RestoreStepsTest() {
    fs::create_directory(data_);
    const auto secrets = Secrets::Open(data_, /*store_exists=*/false);
    const auto store = OpenedAt(StorePath(data_)), ledger_engine = OpenedAt(LedgerPath(data_));
    const auto ledger = Ledger::Open(*ledger_engine);
    const auto history = OpenHistory(*store, **ledger, *secrets, clock_,
                                     [](size_t bytes) { return std::string(bytes, 'r'); });
    EXPECT_TRUE(history.ok()) << history.status();
    const auto made = MakeBackup(*store, **ledger, history->epochs, *secrets, clock_,
                                 {data_, folder_}, [](const v1::VerifyReply&) { return true; });
    EXPECT_TRUE(made.ok()) << made.status();
    // Work that the backup lacks.
    WriteSet writes;
    writes.Put(Family::kState, "x", "written after the backup");
    EXPECT_TRUE(store->Commit(writes).ok());
    EXPECT_TRUE(store->Close().ok());
    EXPECT_TRUE(ledger_engine->Close().ok());
    old_ = FilesOf(StorePath(data_));
    fs::copy(data_, pristine_, fs::copy_options::recursive);
  }

  static std::unique_ptr<Engine> OpenedAt(const std::string& directory) {
    RocksEngineOptions options;
    options.directory = directory;
    options.low_space_bytes = 0;
    auto engine = OpenRocksEngine(options);
    EXPECT_TRUE(engine.ok()) << engine.status();
    return *std::move(engine);
  }

  void BeginAnew(bool with_store = true) {
    fs::remove_all(data_);
    fs::copy(pristine_, data_, fs::copy_options::recursive);
    if (!with_store) fs::remove_all(StorePath(data_));
  }

  // Under which name all files of the old store are; empty: nowhere.
  std::string WhereTheOldOneIs() const {
    for (const auto& entry : fs::directory_iterator(data_)) {
      if (absl::StartsWith(entry.path().filename().string(), "store") &&
          FilesOf(entry.path()) == old_) {
        return entry.path().filename().string();
      }
    }
    return "";
  }
  void ExpectTheBackupInPlace() const {
    const auto store = OpenedAt(StorePath(data_));
    EXPECT_TRUE(absl::IsNotFound(store->Get(Family::kState, "x").status()));
    const auto facts = ReadStore(*store);
    ASSERT_TRUE(facts.ok()) << facts.status();
    EXPECT_EQ(facts->epoch(), 1u);
    const auto ledger = OpenedAt(LedgerPath(data_));
    const auto known = ReadLedger(*ledger->NewSnapshot());
    ASSERT_TRUE(known.ok());
    EXPECT_TRUE(known->mark.has_value());  // A new epoch will begin.
  }

  const testing::TemporaryDirectory directory_;
  const std::string data_ = directory_.Path("data"), folder_ = directory_.Path("backups"),
                    pristine_ = directory_.Path("pristine");
  const testing::FakeClock clock_;
  std::map<std::string, std::string> old_;
};

// A5.
TEST_F(RestoreStepsTest, A5KilledBeforeAnyTwoOfItsStepsARestoreLosesNothing) {
  int kills = 0, steps = 0;
  for (int first = 1;; ++first) {
    BeginAnew();
    const End once = RunRestore(data_, folder_, first);
    ASSERT_NE(once, End::kFailed);
    ASSERT_NE(WhereTheOldOneIs(), "") << "after a kill before step " << first;
    if (once == End::kDone) break;
    steps = first;
    for (const int second : SecondKills()) {
      SCOPED_TRACE("killed before step " + std::to_string(first) + ", then before step " +
                   std::to_string(second));
      BeginAnew();
      ASSERT_EQ(RunRestore(data_, folder_, first), End::kKilled);
      const End again = RunRestore(data_, folder_, second);
      ASSERT_NE(again, End::kFailed);
      ASSERT_NE(WhereTheOldOneIs(), "");
      kills += again == End::kKilled ? 2 : 1;
      if (again == End::kKilled) {
        ASSERT_EQ(RunRestore(data_, folder_, 0), End::kDone);
      }
      EXPECT_TRUE(absl::StartsWith(WhereTheOldOneIs(), "store.before-")) << WhereTheOldOneIs();
      ExpectTheBackupInPlace();
    }
  }
  EXPECT_GE(steps, 8);
  std::printf("%d steps, %d kills, the older store was there each time\n", steps, kills);
}

TEST_F(RestoreStepsTest, KilledBeforeAnyOfItsStepsOnANewDiskItIsDoneBySayingItAgain) {
  for (int step = 1;; ++step) {
    SCOPED_TRACE(step);
    BeginAnew(/*with_store=*/false);
    const End once = RunRestore(data_, folder_, step);
    ASSERT_NE(once, End::kFailed);
    if (once == End::kKilled) {
      ASSERT_EQ(RunRestore(data_, folder_, 0), End::kDone);
    }
    ExpectTheBackupInPlace();
    if (once == End::kDone) break;
  }
}

}  // namespace
}  // namespace halfterm::storage

int main(int argc, char** argv) {
  if (argc == 5 && std::strcmp(argv[1], "--restore") == 0) {
    halfterm::storage::Restore(argv[2], argv[3], std::atoi(argv[4]));
  }
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
