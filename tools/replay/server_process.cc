#include "tools/replay/server_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "absl/strings/str_cat.h"

extern char** environ;

namespace halfterm::tools {
namespace {

constexpr std::chrono::seconds kStartTime(30);

class File {
 public:
  explicit File(int number) : number_(number) {}
  ~File() {
    if (number_ >= 0) close(number_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int number() const { return number_; }

 private:
  const int number_;
};

// In the child, where only what a signal handler may do is allowed.
[[noreturn]] void BecomeServer(char* const* argv, const char* log, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);  // It died before we asked.
  const int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (out < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(out, STDERR_FILENO) < 0) _exit(1);
  execve(argv[0], argv, environ);
  _exit(1);
}

// Waits until `file` is there, as `changes` of its folder tells, or the process of `ended` is gone.
// False after kStartTime.
bool WaitForFile(const std::string& file, const File& changes, const File& ended) {
  const auto until = std::chrono::steady_clock::now() + kStartTime;
  pollfd waits[] = {{changes.number(), POLLIN, 0}, {ended.number(), POLLIN, 0}};
  while (access(file.c_str(), F_OK) != 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        until - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    if (poll(waits, std::size(waits), static_cast<int>(left.count())) < 0 && errno != EINTR) {
      return false;
    }
    if (waits[1].revents != 0) return true;
    char told[4096];  // What it says is of no interest; it is read so that it is not said again.
    if (waits[0].revents != 0 && read(changes.number(), told, sizeof told) < 0) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<std::string> FindServer() {
  if (const char* named = std::getenv("HALFTERMD"); named != nullptr && *named != '\0') {
    return std::string(named);
  }
  std::error_code error;
  const std::filesystem::path own = std::filesystem::read_symlink("/proc/self/exe", error);
  for (std::filesystem::path folder = own.parent_path(); !error; folder = folder.parent_path()) {
    for (const char* place : {"halftermd", "service/halftermd"}) {
      const std::filesystem::path program = folder / place;
      if (access(program.c_str(), X_OK) == 0 && std::filesystem::is_regular_file(program)) {
        return program.string();
      }
    }
    if (folder == folder.root_path()) break;
  }
  return absl::NotFoundError("no halftermd beside this program; HALFTERMD=FILE says where it is");
}

absl::StatusOr<std::unique_ptr<ServerProcess>> ServerProcess::Start(const std::string& program,
                                                                    const std::string& directory,
                                                                    const std::string& sockets) {
  const std::string ports_file = directory + ".ports", log = directory + ".log";
  std::error_code ignored;
  std::filesystem::remove(ports_file, ignored);

  const std::string any_port = "127.0.0.1:0";
  const std::string grpc = sockets.empty() ? any_port : "unix:" + sockets + "/grpc.sock";
  const std::string admin = sockets.empty() ? any_port : "unix:" + sockets + "/admin.sock";
  const std::string http = sockets.empty() ? any_port : "";
  std::string arguments[] = {program, "--data", directory,      "--grpc",  grpc, "--admin",
                             admin,   "--http", http,           "--ports-file", ports_file};
  char* argv[std::size(arguments) + 1] = {};
  for (size_t i = 0; i < std::size(arguments); ++i) argv[i] = arguments[i].data();
  if (access(program.c_str(), X_OK) != 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot start ", program, ": ", std::system_category().message(errno)));
  }
  // From before the start, so that nothing is missed.
  const File changes(inotify_init1(IN_CLOEXEC));
  const std::string folder = std::filesystem::absolute(ports_file, ignored).parent_path().string();
  const int watch = inotify_add_watch(changes.number(), folder.c_str(), IN_MOVED_TO);
  if (watch < 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot watch ", folder, ": ", std::system_category().message(errno)));
  }

  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) BecomeServer(argv, log.c_str(), parent);
  // Readable once the process has ended. glibc 2.36 declares its own wrapper for C alone.
  const File ended(pid < 0 ? -1 : static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (pid < 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot start ", program, ": ", std::system_category().message(errno)));
  }
  std::unique_ptr<ServerProcess> server(new ServerProcess(pid));

  // The file appears under its name when it is whole, and the server serves.
  if (!WaitForFile(ports_file, changes, ended)) {
    return absl::UnavailableError("halftermd does not answer");
  }
  if (waitpid(pid, nullptr, WNOHANG) == pid) {
    server->pid_ = 0;
    return absl::UnavailableError(absl::StrCat("halftermd ended at once; see ", log));
  }
  std::ifstream in(ports_file);
  const nlohmann::json ports = nlohmann::json::parse(in, nullptr, false);
  if (!ports.is_object()) return absl::UnavailableError("halftermd's ports cannot be read");
  server->address_ = ports.value("grpc", "");
  server->admin_address_ = ports.value("admin", "");
  return server;
}

ServerProcess::~ServerProcess() { Kill(); }

void ServerProcess::Kill() {
  if (pid_ == 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

absl::Status ServerProcess::Stop() {
  if (pid_ == 0) return absl::OkStatus();
  kill(pid_, SIGTERM);
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = 0;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  return absl::InternalError("halftermd ended with an error");
}

}  // namespace halfterm::tools
