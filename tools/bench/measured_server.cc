#include "tools/bench/measured_server.h"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

namespace halfterm::tools {

absl::StatusOr<std::unique_ptr<MeasuredServer>> MeasuredServer::Open(
    const std::string& target, const std::string& admin_target) {
  std::unique_ptr<MeasuredServer> server(new MeasuredServer);
  std::string admin = admin_target;
  server->address_ = target;
  if (target.empty()) {
    const absl::StatusOr<std::string> program = FindServer();
    if (!program.ok()) return program.status();
    std::error_code error;
    std::string folder =
        (std::filesystem::temp_directory_path(error) / "halfterm-bench-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) {
      return absl::UnavailableError("no folder for the server's data");
    }
    server->folder_ = folder;
    absl::StatusOr<std::unique_ptr<ServerProcess>> process =
        ServerProcess::Start(*program, folder + "/data");
    if (!process.ok()) return process.status();
    server->process_ = *std::move(process);
    server->address_ = server->process_->address();
    admin = server->process_->admin_address();
  }
  server->admin_ = std::make_unique<AdminCalls>(admin);
  if (absl::Status serves = server->admin_->WaitUntilServing(10'000); !serves.ok()) return serves;
  return server;
}

MeasuredServer::~MeasuredServer() {
  if (process_ == nullptr) return;
  process_->Stop().IgnoreError();
  std::error_code error;
  std::filesystem::remove_all(folder_, error);
}

namespace {

// utime, stime, cutime and cstime of proc(5), in ticks.
uint64_t TicksOf(const std::filesystem::path& stat) {
  std::ifstream file(stat);
  std::string line;
  std::getline(file, line);
  const size_t name_end = line.rfind(')');  // A program's name may have blanks and brackets.
  if (name_end == std::string::npos) return 0;
  std::istringstream fields(line.substr(name_end + 1));
  constexpr int kFirst = 11, kCount = 4;  // After the name, from 0.
  std::string skipped;
  for (int i = 0; i < kFirst; ++i) fields >> skipped;
  uint64_t sum = 0, ticks = 0;
  for (int i = 0; i < kCount && fields >> ticks; ++i) sum += ticks;
  return sum;
}

}  // namespace

double ProcessorSeconds(int64_t process) {
  const std::filesystem::path proc("/proc"), own = proc / std::to_string(process);
  uint64_t ticks = TicksOf(own / "stat");
  std::ifstream children(own / "task" / std::to_string(process) / "children");
  for (std::string child; children >> child;) ticks += TicksOf(proc / child / "stat");
  return static_cast<double>(ticks) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

absl::Status Meter::Begin() {
  const absl::StatusOr<v1::StatsReply> stats = admin_.Stats();
  if (!stats.ok()) return stats.status();
  begin_cpu_us_ = stats->cpu_us();
  groups_ = stats->groups();
  commits_ = stats->commits();
  commit_us_ = stats->commit_us();
  begin_ms_ = clock_.MonotonicMs();
  return absl::OkStatus();
}

absl::Status Meter::End() {
  end_ms_ = clock_.MonotonicMs();
  absl::StatusOr<v1::StatsReply> stats = admin_.Stats();
  if (!stats.ok()) return stats.status();
  stats_ = *std::move(stats);
  end_cpu_us_ = stats_.cpu_us();
  settled_cpu_us_ = end_cpu_us_;
  groups_ = stats_.groups() - groups_;
  commits_ = stats_.commits() - commits_;
  commit_us_ = stats_.commit_us() - commit_us_;
  return absl::OkStatus();
}

absl::Status Meter::Settle(int longest_s) {
  constexpr uint64_t kIdleUs = 20'000;  // Asking for the figures costs something too.
  for (int s = 0; s < longest_s; ++s) {
    std::this_thread::sleep_for(std::chrono::seconds(1));
    const absl::StatusOr<v1::StatsReply> stats = admin_.Stats();
    if (!stats.ok()) return stats.status();
    const uint64_t before = settled_cpu_us_;
    settled_cpu_us_ = stats->cpu_us();
    if (settled_cpu_us_ - before < kIdleUs) break;
  }
  return absl::OkStatus();
}

}  // namespace halfterm::tools
