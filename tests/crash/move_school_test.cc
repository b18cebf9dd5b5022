// A school is moved from one engine to the other and back, while its tablets keep what they write;
// and whoever moves it is killed on the way. At each moment one store at most is served, and
// whatever was answered by either is there in the end, once, as it was answered.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/crash/outside_server.h"
#include "tests/crash/steady_writer.h"
#include "tests/support/own_postgres.h"
#include "tests/support/running_server.h"
#include "tests/support/seed.h"

extern char** environ;

namespace halfterm::testing {
namespace {

constexpr char kTenant[] = "northgate";
constexpr int kPushes = 12, kKills = 4, kLatestKillMs = 60;

// A halftermd on the database where the file beside its data says so.
std::string ScriptOf(const std::string& server, const std::string& where) {
  return "#!/bin/sh\n[ -f '" + where + "' ] || exec '" + server + "' \"$@\"\n" + "exec '" + server +
         "' --engine=postgres --postgres=\"$(cat '" + where + "')\" \"$@\"\n";
}

std::string TextOf(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

class MoveSchoolTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const absl::StatusOr<std::string> program = tools::FindServer();
    ASSERT_TRUE(program.ok()) << program.status();
    std::ofstream(script_) << ScriptOf(*program, where_);
    chmod(script_.c_str(), 0755);
    setenv("HALFTERMD", script_.c_str(), 1);
    const char* const halfterm = std::getenv("HALFTERM");
    ASSERT_NE(halfterm, nullptr) << "HALFTERM names the command";
    halfterm_ = halfterm;
  }

  void ServeFrom(bool database) {
    if (database) {
      std::ofstream(where_) << conninfo_;
    } else {
      std::remove(where_.c_str());
    }
    const absl::Status started = server_.Start();
    ASSERT_TRUE(started.ok()) << started << TextOf(server_.data() + ".log");
  }
  void ExpectThatItDoesNotStartFrom(bool database, const std::string& because) {
    if (database) {
      std::ofstream(where_) << conninfo_;
    } else {
      std::remove(where_.c_str());
    }
    EXPECT_FALSE(server_.Start().ok());
    EXPECT_NE(TextOf(server_.data() + ".log").find(because), std::string::npos);
  }

  pid_t BeginMove(bool to_database) {
    const std::string rocks = "rocks:" + server_.data(), postgres = "postgres:" + conninfo_;
    std::vector<std::string> words = {halfterm_, "move",
                                      "--from",  to_database ? rocks : postgres,
                                      "--to",    to_database ? postgres : rocks};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 1, said_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_adddup2(&files, 1, 2);
    pid_t process = 0;
    EXPECT_EQ(posix_spawn(&process, halfterm_.c_str(), &files, nullptr, arguments.data(), environ),
              0);
    posix_spawn_file_actions_destroy(&files);
    return process;
  }

  // Killed some times, then not.
  void Move(bool to_database, std::mt19937_64& random) {
    for (int kill_no = 0; kill_no < kKills; ++kill_no) {
      const pid_t process = BeginMove(to_database);
      // Wherever it is by then: every moment is as good.
      std::this_thread::sleep_for(std::chrono::milliseconds(random() % kLatestKillMs));
      kill(process, SIGKILL);
      waitpid(process, nullptr, 0);
    }
    int status = -1;
    waitpid(BeginMove(to_database), &status, 0);
    ASSERT_EQ(status, 0) << TextOf(said_);
    std::printf("%s", TextOf(said_).c_str());
  }

  void Check(SteadyWriter& writer) {
    writer.Greet();
    if (writer.waits()) {
      EXPECT_TRUE(writer.Push(0).ok());
    }
    const grpc::Status repeated = writer.RepeatAll();
    EXPECT_TRUE(repeated.ok()) << repeated.error_message();
    EXPECT_GT(writer.FindEverything(), 0u);
    EXPECT_EQ(server_.Verify().difference_count(), 0u);
  }

  TemporaryDirectory directory_;
  const std::string script_ = directory_.Path("halftermd"), where_ = directory_.Path("conninfo"),
                    said_ = directory_.Path("said");
  const std::string conninfo_ = OwnPostgres::Shared().NewDatabase();
  std::string halfterm_;
  OutsideServer server_;
};

TEST_F(MoveSchoolTest, ThereAndBackWithItsTabletsAndKilledOnTheWay) {
  const uint64_t seed = TestSeed();
  std::mt19937_64 random(seed);
  SmallSchool school;
  ServeFrom(/*database=*/false);
  ASSERT_FALSE(HasFailure());
  server_.Import(ImportOf(school, kTenant));
  SteadyWriter writer(server_, kTenant, {school.hana, school.tia, school.maths}, 1, seed);
  const auto write = [&] {
    for (int push = 0; push < kPushes; ++push) ASSERT_TRUE(writer.Push(1 + random() % 40).ok());
  };
  for (const bool to_database : {true, false}) {
    SCOPED_TRACE(to_database ? "to PostgreSQL" : "and back");
    write();
    server_.Kill();
    // The tablet goes on, and keeps it.
    EXPECT_FALSE(writer.Push(20).ok());
    Move(to_database, random);
    if (HasFailure()) return;
    ExpectThatItDoesNotStartFrom(!to_database, "which serves in its place");
    ServeFrom(to_database);
    if (HasFailure()) return;
    Check(writer);
  }
  write();
  EXPECT_EQ(writer.broken().lost, 0u);
  EXPECT_EQ(writer.broken().doubled, 0u);
}

}  // namespace
}  // namespace halfterm::testing
