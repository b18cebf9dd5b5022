// The measurements of `halfterm bench`. Each returns one JSON object, whose members architecture.md
// names and docs/benchmarks.md explains.

#ifndef HALFTERM_TOOLS_BENCH_BENCH_H_
#define HALFTERM_TOOLS_BENCH_BENCH_H_
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "storage/clock.h"
#include "tools/bench/measured_server.h"
#include "tools/bench/visit_source.h"

namespace halfterm::tools {

struct BenchOptions {
  std::string tenant = "bench";
  uint64_t seed = 1;
  uint64_t wave = 50'000;     // Records that are sealed at a time, and then pushed.
  size_t push_groups = 200;   // Of one request.
  size_t pull_streams = 4;    // Stores that a tablet pulls at once.
  uint64_t reads = 20'000;    // Of `summary`.
  int settle_s = 60;          // How long to wait for what the server puts off.
  uint64_t schools = 10;      // Of `schools`: so many, named `tenant` and a number ...
  uint64_t first_school = 0;  // ... that begins here.
  int64_t database = 0;       // The process of the server's database; 0: it has none.
  std::function<void(const std::string&)> progress;
};

// All records by all tablets, one push under way for each; every group acknowledged after its
// fsync.
absl::StatusOr<nlohmann::json> BenchPush(const VisitSource& source, const BenchOptions& options,
                                         MeasuredServer& server, const storage::Clock& clock);

// So many schools begin, and each has all records pushed from one tablet, a store for each
// observer; several schools at a time. What one of them costs on average.
absl::StatusOr<nlohmann::json> BenchSchools(const VisitSource& source, const BenchOptions& options,
                                            MeasuredServer& server, const storage::Clock& clock);

// A fresh tablet with a store of every observer pulls everything; the copies are checked against
// the digests after the clock has stopped. The records must have been pushed (or it pushes them
// first).
absl::StatusOr<nlohmann::json> BenchPull(const VisitSource& source, const BenchOptions& options,
                                         MeasuredServer& server, const storage::Clock& clock);

// Teachers' summaries, one after the other, asked by the heads of their sites.
absl::StatusOr<nlohmann::json> BenchSummary(const VisitSource& source, const BenchOptions& options,
                                            MeasuredServer& server, const storage::Clock& clock);

// Joins in this process, on one thread: no server.
absl::StatusOr<nlohmann::json> BenchMerge(const VisitSource& source, const storage::Clock& clock);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_BENCH_BENCH_H_
