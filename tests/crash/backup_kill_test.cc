// Real servers, real backups and real restores, killed at moments that nobody chose: the server or
// the command while a backup runs and an observer writes, and the command while it restores.
//
// No backup that counts may be other than whole, no acknowledged group may be gone, every backup
// and every restore that is said again is done, and no older store may be gone.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "storage/backup/backup_run.h"
#include "tests/crash/outside_server.h"
#include "tests/crash/steady_writer.h"
#include "tests/support/running_server.h"
#include "tests/support/seed.h"

namespace halfterm::testing {
namespace {

namespace fs = std::filesystem;

constexpr char kSchool[] = "northgate";
constexpr int kLatestMs = 500;  // An undisturbed backup here takes about 300 ms, a restore 100 ms.

int WantedCycles() {
  const char* const wanted = std::getenv("HALFTERM_BACKUP_KILLS");
  return wanted != nullptr ? std::atoi(wanted) : 4;
}

// A run of the `halfterm` command. For one thread, but for Kill.
class Command {
 public:
  explicit Command(std::vector<std::string> arguments) {
    const char* const program = std::getenv("HALFTERM");
    arguments.insert(arguments.begin(), program == nullptr ? "halfterm" : program);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    pid_ = fork();
    if (pid_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      const int nowhere = open("/dev/null", O_WRONLY);
      dup2(nowhere, STDOUT_FILENO);
      dup2(nowhere, STDERR_FILENO);
      execvp(argv[0], argv.data());
      _exit(127);
    }
  }
  void Kill() const { kill(pid_, SIGKILL); }
  // Its exit code; -1: it was killed.
  int Wait() const {
    int status = 0;
    EXPECT_EQ(waitpid(pid_, &status, 0), pid_);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t pid_;
};

class BackupKillTest : public ::testing::Test {
 protected:
  std::string Folder() const { return elsewhere_.Path("backups"); }
  std::vector<std::string> BackUp() const {
    return {"--admin", server_.admin_address(), "backup", "--to", Folder(), "--keep", "4"};
  }
  std::vector<std::string> Restore(uint32_t generation) const {
    return {"restore",
            "--data",
            server_.data(),
            "--from",
            Folder(),
            "--to-generation",
            std::to_string(generation)};
  }
  void Start() {
    const absl::Status started = server_.Start();
    ASSERT_TRUE(started.ok()) << started;
  }
  std::chrono::milliseconds AMoment() {
    return std::chrono::milliseconds(std::uniform_int_distribution<int>(0, kLatestMs)(random_));
  }
  // What counts is whole, and can be restored.
  void ExpectWholeBackups() {
    const auto counted = storage::CountedBackups(Folder());
    if (absl::IsNotFound(counted.status())) return;  // Killed before there was any.
    ASSERT_TRUE(counted.ok()) << counted.status();
    for (const disk::BackupRow& backup : *counted) {
      const absl::Status whole = storage::VerifyBackup(Folder(), backup.generation(), nullptr,
                                                       [](const v1::VerifyReply&) { return true; });
      EXPECT_TRUE(whole.ok()) << whole;
      ++verified_;
    }
  }
  size_t StoresThatWere() const {
    size_t count = 0;
    for (const auto& entry : fs::directory_iterator(server_.data())) {
      const std::string name = entry.path().filename().string();
      count += absl::StartsWith(name, "store.before-") ? 1 : 0;
    }
    return count;
  }

  OutsideServer server_;
  TemporaryDirectory elsewhere_;
  std::mt19937_64 random_{TestSeed()};
  int verified_ = 0;
};

TEST_F(BackupKillTest, NothingIsLostWhereverABackupOrARestoreIsKilled) {
  SmallSchool school;
  const Post post{IdNumber(70), IdNumber(80), IdNumber(90)};
  school.AddOrg(post.department, v1::ORG_KIND_DEPARTMENT, school.site, "Department");
  school.AddPerson(post.observer, "Head", {post.department});
  school.AddPerson(post.teacher, "Teacher", {post.department});
  school.AddGrant(post.observer, v1::ROLE_HOD, post.department);

  int servers_killed = 0, backups_cut = 0, backups_done = 0;
  std::unique_ptr<SteadyWriter> writer;
  for (int cycle = 0; cycle < WantedCycles() && !HasFailure(); ++cycle) {
    SCOPED_TRACE("backup " + std::to_string(cycle));
    Start();
    if (HasFailure()) return;
    if (writer == nullptr) {
      server_.Import(ImportOf(school, kSchool));
      writer = std::make_unique<SteadyWriter>(server_, kSchool, post, 0, TestSeed());
    }
    writer->Greet();
    // Every other time the server is killed, else the command, on which the server lets go of the
    // copy.
    const bool kills_server = cycle % 2 == 0;
    std::atomic<bool> is_ending{false};
    std::thread writing([&] {
      while (!is_ending) {
        const grpc::Status pushed = writer->Push(5);
        EXPECT_TRUE(pushed.ok() || is_ending) << pushed.error_message();
        if (!pushed.ok()) return;
      }
    });
    const Command backup(BackUp());
    std::this_thread::sleep_for(AMoment());
    if (kills_server) {
      is_ending = true;
      server_.Kill();
      ++servers_killed;
    } else {
      backup.Kill();
      is_ending = true;
    }
    const int ended = backup.Wait();
    writing.join();
    (ended == 0 ? backups_done : backups_cut) += 1;
    if (kills_server) Start();
    if (HasFailure()) return;
    writer->Greet();
    // A server whose command went is still at work on the folder, and may be letting go of the oldest
    // copy: what it left is looked at behind the next one.
    if (kills_server) ExpectWholeBackups();
    // The server notices within moments that nobody waits for the copy any more.
    int again = 1;
    for (int tries = 0; tries < 100 && again != 0; ++tries) {
      again = Command(BackUp()).Wait();
      if (again != 0) std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    EXPECT_EQ(again, 0) << "the next backup was not made";
    ExpectWholeBackups();
    server_.Kill();
  }
  ASSERT_FALSE(HasFailure());
  Start();
  writer->Greet();
  EXPECT_EQ(writer->broken().lost, 0u);
  EXPECT_EQ(writer->broken().doubled, 0u);
  EXPECT_EQ(server_.Verify().difference_count(), 0u);

  int restores_cut = 0, restores_done = 0;
  for (int cycle = 0; cycle < WantedCycles() && !HasFailure(); ++cycle) {
    SCOPED_TRACE("restore " + std::to_string(cycle));
    server_.Kill();
    const auto counted = storage::CountedBackups(Folder());
    ASSERT_TRUE(counted.ok() && !counted->empty()) << counted.status();
    const disk::BackupRow& from = (*counted)[random_() % counted->size()];
    const size_t before = StoresThatWere();
    const Command restore(Restore(from.generation()));
    std::this_thread::sleep_for(AMoment() / 4);
    restore.Kill();
    (restore.Wait() == 0 ? restores_done : restores_cut) += 1;
    // As it was left the server starts, on the one store or the other.
    Start();
    if (HasFailure()) return;
    EXPECT_EQ(server_.Verify().difference_count(), 0u);
    server_.Kill();
    EXPECT_EQ(Command(Restore(from.generation())).Wait(), 0);
    EXPECT_GT(StoresThatWere(), before);
    Start();
    if (HasFailure()) return;
    EXPECT_EQ(server_.Verify().difference_count(), 0u);
  }
  std::printf(
      "seed %llu: %d backups cut short (%d of them by killing the server), %d done; %llu groups "
      "acknowledged, "
      "%llu lost, %llu doubled; counted copies verified %d times; %d restores cut short, %d done "
      "before "
      "the kill; each done when said again\n",
      static_cast<unsigned long long>(TestSeed()), backups_cut, servers_killed, backups_done,
      static_cast<unsigned long long>(writer->acked_n()),
      static_cast<unsigned long long>(writer->broken().lost),
      static_cast<unsigned long long>(writer->broken().doubled), verified_, restores_cut,
      restores_done);
}

}  // namespace
}  // namespace halfterm::testing
