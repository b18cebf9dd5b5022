// The server that a measurement is of, and what it spent.

#ifndef HALFTERM_TOOLS_BENCH_MEASURED_SERVER_H_
#define HALFTERM_TOOLS_BENCH_MEASURED_SERVER_H_
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "storage/clock.h"
#include "tools/replay/connection.h"
#include "tools/replay/server_process.h"

namespace halfterm::tools {

// For one thread at a time.
class MeasuredServer {
 public:
  // A server that runs at the two addresses; or, if `target` is empty, one of our own on a fresh
  // directory, both of which go with the object.
  static absl::StatusOr<std::unique_ptr<MeasuredServer>> Open(const std::string& target,
                                                              const std::string& admin_target);
  ~MeasuredServer();

  const std::string& address() const { return address_; }
  AdminCalls& admin() { return *admin_; }
  bool is_ours() const { return process_ != nullptr; }

 private:
  MeasuredServer() = default;

  std::string folder_;  // Empty: the server is not ours.
  std::unique_ptr<ServerProcess> process_;
  std::string address_;
  std::unique_ptr<AdminCalls> admin_;
};

// Processor seconds of a process, of what it started that has ended, and of its children that still
// run: of a database, whatever works for it. 0 where there is no such process.
double ProcessorSeconds(int64_t process);

// What the server spent from Begin to End, in wall time and processor time.
class Meter {
 public:
  Meter(AdminCalls& admin, const storage::Clock& clock) : admin_(admin), clock_(clock) {}

  absl::Status Begin();
  absl::Status End();
  // After End: waits until the server has done what it put off (flushes, compactions), at most
  // `longest_s`; what that takes is in settled_cpu_s().
  absl::Status Settle(int longest_s);

  double seconds() const { return static_cast<double>(end_ms_ - begin_ms_) / 1000; }
  double cpu_s() const { return static_cast<double>(end_cpu_us_ - begin_cpu_us_) / 1e6; }
  double settled_cpu_s() const {
    return static_cast<double>(settled_cpu_us_ - begin_cpu_us_) / 1e6;
  }
  double peak_rss_mb() const { return static_cast<double>(stats_.peak_rss_bytes()) / 1e6; }
  // As of the end.
  const v1::StatsReply& stats() const { return stats_; }
  // Of the time between.
  uint64_t groups() const { return groups_; }
  uint64_t commits() const { return commits_; }
  double commit_s() const { return static_cast<double>(commit_us_) / 1e6; }

 private:
  AdminCalls& admin_;
  const storage::Clock& clock_;
  int64_t begin_ms_ = 0, end_ms_ = 0;
  uint64_t begin_cpu_us_ = 0, end_cpu_us_ = 0, settled_cpu_us_ = 0;
  uint64_t groups_ = 0, commits_ = 0, commit_us_ = 0;
  v1::StatsReply stats_;
};

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_BENCH_MEASURED_SERVER_H_
