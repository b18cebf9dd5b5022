#include "tools/replay/server_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>
#include <thread>

#include "absl/strings/str_cat.h"

extern char** environ;

namespace halfterm::tools {
namespace {

constexpr std::chrono::seconds kStartTime(30);

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
                                                                    const std::string& directory) {
  const std::string ports_file = directory + ".ports", log = directory + ".log";
  std::error_code ignored;
  std::filesystem::remove(ports_file, ignored);

  std::string arguments[] = {program,       "--data",       directory,     "--grpc",
                             "127.0.0.1:0", "--admin",      "127.0.0.1:0", "--http",
                             "127.0.0.1:0", "--ports-file", ports_file};
  char* argv[std::size(arguments) + 1] = {};
  for (size_t i = 0; i < std::size(arguments); ++i) argv[i] = arguments[i].data();
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, log.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
  pid_t pid = 0;
  const int error = posix_spawn(&pid, program.c_str(), &files, nullptr, argv, environ);
  posix_spawn_file_actions_destroy(&files);
  if (error != 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot start ", program, ": ", std::system_category().message(error)));
  }
  std::unique_ptr<ServerProcess> server(new ServerProcess(pid));

  // The file appears under its name when it is whole, and the server serves.
  const auto until = std::chrono::steady_clock::now() + kStartTime;
  while (!std::filesystem::exists(ports_file, ignored)) {
    int status = 0;
    if (waitpid(pid, &status, WNOHANG) == pid) {
      server->pid_ = 0;
      return absl::UnavailableError(absl::StrCat("halftermd ended at once; see ", log));
    }
    if (std::chrono::steady_clock::now() > until) {
      return absl::UnavailableError("halftermd does not answer");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
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
