#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tools/bench/bench.h"
#include "tools/bench/prepared_store.h"
#include "tools/replay/ids.h"

namespace halfterm::tools {
namespace {

// The stores of one school's only tablet, and what they push.
struct BenchSchool {
  std::string tenant;
  std::map<core::Id16, PreparedStore> stores;
  std::vector<std::pair<const PreparedStore*, v1::PushRequest>> requests;
};

class SchoolsBench {
 public:
  SchoolsBench(const VisitSource& source, const BenchOptions& options, MeasuredServer& server,
               const storage::Clock& clock)
      : source_(source), options_(options), server_(server), clock_(clock) {}

  absl::StatusOr<nlohmann::json> Run() {
    for (size_t i = 0; i < kClients; ++i) {
      clients_.push_back(std::make_unique<SyncCalls>(OpenChannel(server_.address()), traffic_));
    }
    for (uint64_t i = 0; i < options_.schools; ++i) {
      schools_.emplace_back().tenant = absl::StrCat(options_.tenant, options_.first_school + i);
    }
    nlohmann::json report = {{"schools", options_.schools}, {"records_a_school", source_.size()}};
    Meter meter(server_.admin(), clock_);
    const auto measure = [&](const char* what, const auto& act) -> absl::Status {
      const double database_s = ProcessorSeconds(options_.database);
      if (absl::Status begun = meter.Begin(); !begun.ok()) return begun;
      if (absl::Status done = OfEach(what, act); !done.ok()) return done;
      if (absl::Status ended = meter.End(); !ended.ok()) return ended;
      const auto schools = static_cast<double>(schools_.size());
      report[absl::StrCat(what, "_ms_a_school")] = meter.seconds() * 1000 / schools;
      report[absl::StrCat(what, "_server_cpu_ms_a_school")] = meter.cpu_s() * 1000 / schools;
      if (options_.database != 0) {
        report[absl::StrCat(what, "_database_cpu_ms_a_school")] =
            (ProcessorSeconds(options_.database) - database_s) * 1000 / schools;
      }
      return absl::OkStatus();
    };
    absl::Status done = measure(
        "begin", [this](SyncCalls& calls, BenchSchool& school) { return Begin(calls, school); });
    if (!done.ok()) return done;
    done = measure("push", [](SyncCalls& calls, BenchSchool& school) {
      for (const auto& [store, request] : school.requests) {
        const absl::StatusOr<v1::PushReply> reply = calls.Push(store->token(), request);
        if (!reply.ok()) return reply.status();
        if (absl::Status all = AllCommitted(request, *reply); !all.ok()) return all;
      }
      return absl::OkStatus();
    });
    if (!done.ok()) return done;
    report["server_peak_rss_mb"] = meter.peak_rss_mb();
    return report;
  }

 private:
  static constexpr size_t kClients = 8;

  // Each school once, several at a time. The first error ends it.
  absl::Status OfEach(const char* what,
                      const std::function<absl::Status(SyncCalls&, BenchSchool&)>& act) {
    std::atomic<size_t> next{0};
    std::mutex mutex;
    absl::Status first_error;
    std::vector<std::thread> threads;
    for (const std::unique_ptr<SyncCalls>& client : clients_) {
      threads.emplace_back([&, &calls = *client] {
        for (size_t i = next++; i < schools_.size(); i = next++) {
          const absl::Status done = act(calls, schools_[i]);
          const std::lock_guard<std::mutex> lock(mutex);
          if (!first_error.ok()) return;
          if (!done.ok()) {
            first_error = done;
            return;
          }
          if (i % 100 == 0 && options_.progress) {
            options_.progress(absl::StrCat(what, ": school ", i, " of ", schools_.size()));
          }
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    return first_error;
  }

  // The school, sessions of whoever observes in it, and what they will push, sealed.
  absl::Status Begin(SyncCalls& calls, BenchSchool& school) {
    const absl::StatusOr<v1::ImportReply> imported =
        server_.admin().Import(MakeSchool(source_.school(), school.tenant));
    if (!imported.ok()) return imported.status();
    const core::Id16 device = NamedId("bench tablet of a school");
    for (uint64_t i = 0; i < source_.size(); ++i) {
      const Visit visit = source_.At(i);
      auto store = school.stores.find(visit.observer);
      if (store == school.stores.end()) {
        absl::StatusOr<PreparedStore> opened =
            PreparedStore::Open(server_.admin(), calls, school.tenant, visit.observer, device);
        if (!opened.ok()) return opened.status();
        store = school.stores.emplace(visit.observer, *std::move(opened)).first;
      }
      for (const Gesture& gesture : GesturesOf(visit)) {
        const absl::StatusOr<core::Dot> dot = store->second.Seal(gesture);
        if (!dot.ok()) return dot.status();
      }
    }
    for (auto& [person, store] : school.stores) {
      for (v1::PushRequest& request : store.TakeRequests(options_.push_groups)) {
        school.requests.emplace_back(&store, std::move(request));
      }
    }
    return absl::OkStatus();
  }

  const VisitSource& source_;
  const BenchOptions& options_;
  MeasuredServer& server_;
  const storage::Clock& clock_;
  Traffic traffic_;
  std::vector<std::unique_ptr<SyncCalls>> clients_;
  std::vector<BenchSchool> schools_;
};

}  // namespace

absl::StatusOr<nlohmann::json> BenchSchools(const VisitSource& source, const BenchOptions& options,
                                            MeasuredServer& server, const storage::Clock& clock) {
  return SchoolsBench(source, options, server, clock).Run();
}

}  // namespace halfterm::tools
