// A server of our own is there when Start returns, says at once that it cannot serve, and does not
// outlive whoever started it.

#include "tools/replay/server_process.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "tests/support/temporary_directory.h"

namespace halfterm::tools {
namespace {

TEST(ServerProcessTest, AServerThatWasStartedHasPortsAndStopsWhenAsked) {
  const testing::TemporaryDirectory directory;
  auto server = ServerProcess::Start(*FindServer(), directory.Path("data"));
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_FALSE((*server)->address().empty());
  EXPECT_FALSE((*server)->admin_address().empty());
  EXPECT_TRUE((*server)->Stop().ok());
}

TEST(ServerProcessTest, AServerThatCannotServeIsReportedWithItsLog) {
  const testing::TemporaryDirectory directory;
  std::ofstream(directory.Path("data")) << "no folder";
  const auto server = ServerProcess::Start(*FindServer(), directory.Path("data"));
  ASSERT_EQ(server.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(server.status().message().find(directory.Path("data.log")), absl::string_view::npos)
      << server.status();
}

TEST(ServerProcessTest, AProgramThatIsNotThereIsNamed) {
  const testing::TemporaryDirectory directory;
  const std::string program = directory.Path("nowhere");
  const auto server = ServerProcess::Start(program, directory.Path("data"));
  ASSERT_EQ(server.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(server.status().message().find(program), absl::string_view::npos) << server.status();
}

// The test itself may be killed, by a time limit for one; its server must go too.
TEST(ServerProcessTest, AServerEndsWithTheProcessThatStartedIt) {
  const testing::TemporaryDirectory directory;
  int told[2];
  ASSERT_EQ(pipe(told), 0);
  const pid_t starter = fork();
  if (starter == 0) {
    auto server = ServerProcess::Start(*FindServer(), directory.Path("data"));
    const pid_t pid = server.ok() ? (*server)->pid() : 0;
    [[maybe_unused]] const ssize_t written = write(told[1], &pid, sizeof pid);
    pause();
    _exit(0);
  }
  pid_t pid = 0;
  ASSERT_EQ(read(told[0], &pid, sizeof pid), static_cast<ssize_t>(sizeof pid));
  ASSERT_GT(pid, 0);
  const int server = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  ASSERT_GE(server, 0);

  kill(starter, SIGKILL);
  waitpid(starter, nullptr, 0);
  pollfd ended{server, POLLIN, 0};
  EXPECT_EQ(poll(&ended, 1, /*milliseconds=*/30'000), 1) << "it still runs";
  kill(pid, SIGKILL);
  close(server);
  close(told[0]);
  close(told[1]);
}

}  // namespace
}  // namespace halfterm::tools
