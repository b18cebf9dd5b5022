// Shows that what was acknowledged is there after the process dies, whole and once: killed from
// outside at any moment, gone of its own accord between two commits, and killed by RocksDB's own
// kill points in the midst of its writes, flushes, compactions and recoveries.
//
// The writer is this same program, started again with --writer: a fork would have none of RocksDB's
// threads. It acknowledges on a pipe, as the server does on the wire; the parent believes the pipe.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "storage/rocks/rocks_engine.h"
#include "tests/support/engine_rows.h"
#include "tests/support/seed.h"
#include "tests/support/temporary_directory.h"

namespace rocksdb {

// In Debian's library, and in none of its headers. Absent from a library built without it.
struct KillPoint {
  int rocksdb_kill_odds;  // One in so many visits to a kill point ends the process; 0: none.
  __attribute__((weak)) static KillPoint* GetInstance();
};

}  // namespace rocksdb

namespace halfterm::storage {
namespace {

using testing::Rows;
using testing::RowsOf;
using testing::ValueOf;

RocksEngineOptions Options(const std::string& directory) {
  RocksEngineOptions options;
  options.directory = directory;
  options.memtable_bytes = 64 << 10;  // A flush every hundred commits or so, and compactions.
  options.low_space_bytes = 0;
  return options;
}

constexpr uint64_t kPlaces = 7;

std::string KeyOf(uint64_t number) { return std::to_string(1'000'000 + number); }
std::string WordsOf(uint64_t number) {
  return std::string(300 + number % 200, static_cast<char>('a' + number % 26));
}

// Commit `number`: a line of the log, the newest number, and a feed row that moves.
WriteSet WritesOf(uint64_t number) {
  WriteSet writes;
  writes.Put(Family::kLog, KeyOf(number), WordsOf(number));
  writes.Put(Family::kMeta, "newest", std::to_string(number));
  writes.Put(Family::kState, std::to_string(number % kPlaces), WordsOf(number));
  writes.Put(Family::kFeed, KeyOf(number), "");
  if (number > kPlaces) writes.Delete(Family::kFeed, KeyOf(number - kPlaces));
  return writes;
}

uint64_t NewestIn(const Engine& engine) {
  const auto newest = engine.Get(Family::kMeta, "newest");
  return newest.ok() ? std::strtoull(newest->c_str(), nullptr, 10) : 0;
}

// --- The writer ----------------------------------------------------------------------------------

struct Writer {
  std::string directory;
  int acknowledgements = -1;  // A file descriptor.
  int commits = 0;            // Then it leaves, closing nothing.
  int kill_odds = 0;

  [[noreturn]] void Run() const {
    if (kill_odds > 0) rocksdb::KillPoint::GetInstance()->rocksdb_kill_odds = kill_odds;
    auto engine = OpenRocksEngine(Options(directory));
    if (!engine.ok()) {
      std::fprintf(stderr, "%s\n", engine.status().ToString().c_str());
      _exit(3);
    }
    uint64_t number = NewestIn(**engine);
    for (int i = 0; i < commits; ++i) {
      ++number;
      if (!(*engine)->Commit(WritesOf(number)).ok()) _exit(4);
      if (write(acknowledgements, &number, sizeof number) != sizeof number) _exit(5);
    }
    _exit(0);
  }
};

// --- Its parent ----------------------------------------------------------------------------------

struct Death {
  uint64_t acknowledged = 0;  // The newest number that the pipe brought; 0 if none.
  int status = 0;             // As waitpid gives it.
  std::string said;           // What it wrote to its standard output.
};

// Starts the writer, and kills it once it has acknowledged `kill_after` commits; never if 0.
Death LetDie(const Writer& writer, int kill_after) {
  int acknowledgements[2], output[2];
  EXPECT_EQ(pipe2(acknowledgements, O_CLOEXEC), 0);
  EXPECT_EQ(pipe2(output, O_CLOEXEC), 0);
  const std::vector<std::string> arguments = {"rocks_crash_test",
                                              "--writer",
                                              writer.directory,
                                              std::to_string(acknowledgements[1]),
                                              std::to_string(writer.commits),
                                              std::to_string(writer.kill_odds)};
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);

  const pid_t child = fork();
  if (child == 0) {
    fcntl(acknowledgements[1], F_SETFD, 0);
    dup2(output[1], STDOUT_FILENO);
    execv("/proc/self/exe", argv.data());
    _exit(127);
  }
  close(acknowledgements[1]);
  close(output[1]);

  Death death;
  uint64_t number = 0;
  for (int count = 1; read(acknowledgements[0], &number, sizeof number) == sizeof number; ++count) {
    death.acknowledged = number;
    if (count == kill_after) kill(child, SIGKILL);
  }
  char text[256];
  for (ssize_t bytes; (bytes = read(output[0], text, sizeof text)) > 0;) {
    death.said.append(text, static_cast<size_t>(bytes));
  }
  waitpid(child, &death.status, 0);
  close(acknowledgements[0]);
  close(output[0]);
  return death;
}

class RocksCrashTest : public ::testing::Test {
 protected:
  // Everything acknowledged is there, and at most the one commit after it.
  void ExpectWhole(uint64_t acknowledged) {
    auto engine = OpenRocksEngine(Options(directory()));
    ASSERT_TRUE(engine.ok()) << engine.status();
    const uint64_t newest = NewestIn(**engine);
    ASSERT_GE(newest, acknowledged) << "an acknowledged commit is gone";
    ASSERT_LE(newest, acknowledged + 1);

    Rows log, feed;
    std::map<std::string, std::string> state;
    for (uint64_t number = 1; number <= newest; ++number) {
      log.emplace_back(KeyOf(number), WordsOf(number));
      state[std::to_string(number % kPlaces)] = WordsOf(number);
      if (number + kPlaces > newest) feed.emplace_back(KeyOf(number), "");
    }
    ASSERT_EQ(RowsOf(**engine, Family::kLog), log);
    ASSERT_EQ(RowsOf(**engine, Family::kState), Rows(state.begin(), state.end()));
    ASSERT_EQ(RowsOf(**engine, Family::kFeed), feed);
    newest_ = newest;
  }

  std::string directory() const { return directory_.Path("store"); }

  uint64_t newest_ = 0;  // What the store held when it was last looked at.

 private:
  const testing::TemporaryDirectory directory_;
};

TEST_F(RocksCrashTest, NothingAcknowledgedIsGoneAfterAKillFromOutside) {
  std::mt19937_64 random(testing::TestSeed());
  int killed = 0;
  for (int cycle = 0; cycle < 25; ++cycle) {
    SCOPED_TRACE(cycle);
    Writer writer;
    writer.directory = directory();
    writer.commits = 100'000;
    const Death death = LetDie(writer, 1 + static_cast<int>(random() % 150));
    ASSERT_TRUE(WIFSIGNALED(death.status)) << "exit " << WEXITSTATUS(death.status);
    ++killed;
    ASSERT_NO_FATAL_FAILURE(ExpectWhole(std::max(death.acknowledged, newest_)));
  }
  std::printf("%d kills, %llu commits, none lost\n", killed,
              static_cast<unsigned long long>(newest_));
}

TEST_F(RocksCrashTest, NothingAcknowledgedIsGoneAfterLeavingWithoutClosing) {
  std::mt19937_64 random(testing::TestSeed());
  for (int cycle = 0; cycle < 5; ++cycle) {
    SCOPED_TRACE(cycle);
    Writer writer;
    writer.directory = directory();
    writer.commits = 1 + static_cast<int>(random() % 60);
    const Death death = LetDie(writer, 0);
    ASSERT_TRUE(WIFEXITED(death.status) && WEXITSTATUS(death.status) == 0);
    ASSERT_EQ(death.acknowledged, newest_ + static_cast<uint64_t>(writer.commits));
    ASSERT_NO_FATAL_FAILURE(ExpectWhole(death.acknowledged));
    ASSERT_EQ(newest_, death.acknowledged);
  }
}

TEST_F(RocksCrashTest, NothingAcknowledgedIsGoneAfterAKillInsideOfRocksDB) {
  if (rocksdb::KillPoint::GetInstance == nullptr) {
    GTEST_SKIP() << "this RocksDB was built without kill points";
  }
  std::mt19937_64 random(testing::TestSeed());
  std::map<std::string, int> hits;  // By source line of RocksDB.
  int kills = 0;
  for (int cycle = 0; kills < 30; ++cycle) {
    SCOPED_TRACE(cycle);
    ASSERT_LT(cycle, 90) << "kill points are too rarely hit";
    Writer writer;
    writer.directory = directory();
    writer.commits = 400;
    // Low odds die while opening, high ones in a flush or a compaction.
    writer.kill_odds = 20 << (random() % 8);
    const Death death = LetDie(writer, 0);
    if (WIFSIGNALED(death.status)) {
      ++kills;
      const size_t at = death.said.find("Crashing at ");
      ++hits[at == std::string::npos
                 ? "?"
                 : death.said.substr(at + 12, death.said.find('\n', at) - at - 12)];
    } else {
      ASSERT_EQ(WEXITSTATUS(death.status), 0);
    }
    ASSERT_NO_FATAL_FAILURE(ExpectWhole(std::max(death.acknowledged, newest_)));
  }
  std::printf("%d kills, %llu commits, none lost; killed at\n", kills,
              static_cast<unsigned long long>(newest_));
  for (const auto& [line, count] : hits) std::printf("  %3d  %s\n", count, line.c_str());
}

}  // namespace
}  // namespace halfterm::storage

int main(int argc, char** argv) {
  if (argc == 6 && std::strcmp(argv[1], "--writer") == 0) {
    halfterm::storage::Writer writer;
    writer.directory = argv[2];
    writer.acknowledgements = std::atoi(argv[3]);
    writer.commits = std::atoi(argv[4]);
    writer.kill_odds = std::atoi(argv[5]);
    writer.Run();
  }
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
