#include <algorithm>
#include <map>
#include <memory>
#include <thread>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "sync/core/delta.h"
#include "sync/view.h"
#include "tools/bench/bench.h"
#include "tools/bench/prepared_store.h"
#include "tools/replay/ids.h"

namespace halfterm::tools {
namespace {

// The stores of one tablet, and what they are to push.
struct BenchTablet {
  BenchTablet(const std::string& address, Traffic& traffic)
      : calls(OpenChannel(address), traffic) {}

  SyncCalls calls;
  std::map<core::Id16, PreparedStore> stores;
  std::vector<std::pair<const PreparedStore*, v1::PushRequest>> requests;
};

// Where a visit's sheet was written, for edits that replace what it says.
using Sheets = absl::flat_hash_map<core::Id16, std::pair<core::Dot, uint64_t>>;

class PushBench {
 public:
  PushBench(const VisitSource& source, const BenchOptions& options, MeasuredServer& server,
            const storage::Clock& clock)
      : source_(source), options_(options), server_(server), clock_(clock) {}

  absl::StatusOr<nlohmann::json> Run() {
    if (absl::Status opened = OpenStores(); !opened.ok()) return opened;
    for (const Edit& edit : source_.edits()) sheets_.try_emplace(edit.visit);
    Meter whole(server_.admin(), clock_), wave(server_.admin(), clock_);
    double seconds = 0, commit_s = 0;
    uint64_t groups = 0, commits = 0;
    // The first thing that is measured is the first push, not the school that it needs.
    if (absl::Status begun = whole.Begin(); !begun.ok()) return begun;
    for (uint64_t from = 0; from < source_.size(); from += options_.wave) {
      const uint64_t to = std::min(source_.size(), from + options_.wave);
      Say(absl::StrCat("sealing ", from, " to ", to, " of ", source_.size(), " records"));
      if (absl::Status sealed = SealVisits(from, to); !sealed.ok()) return sealed;
      Say(absl::StrCat("pushing ", from, " to ", to, " of ", source_.size(), " records"));
      if (absl::Status pushed = PushAll(wave); !pushed.ok()) return pushed;
      seconds += wave.seconds();
      commit_s += wave.commit_s();
      groups += wave.groups();
      commits += wave.commits();
    }
    if (absl::Status ended = whole.End(); !ended.ok()) return ended;
    Say("waiting for what the server puts off");
    if (absl::Status settled = whole.Settle(options_.settle_s); !settled.ok()) return settled;

    const auto records = static_cast<double>(source_.size());
    nlohmann::json report = {
        {"records", source_.size()},
        {"seconds", seconds},
        {"records_per_s", records / seconds},
        {"server_cpu_s_per_1000", whole.cpu_s() / records * 1000},
        {"server_cpu_s_per_1000_settled", whole.settled_cpu_s() / records * 1000},
        {"bytes_up", bytes_up_},
        {"bytes_down", bytes_down_},
        {"server_peak_rss_mb", whole.peak_rss_mb()},
        {"tablets", tablets_.size()},
        {"pushes", pushes_},
        {"groups", groups},
        {"commits", commits},
        {"commit_seconds", commit_s}};
    if (!source_.edits().empty()) {
      if (absl::Status sealed = SealEdits(); !sealed.ok()) return sealed;
      Say("pushing the edits");
      if (absl::Status pushed = PushAll(wave); !pushed.ok()) return pushed;
      const auto edits = static_cast<double>(source_.edits().size());
      report["edits"] = source_.edits().size();
      report["edit_seconds"] = wave.seconds();
      report["edit_groups"] = wave.groups();
      report["server_cpu_s_per_1000_edits"] = wave.cpu_s() / edits * 1000;
    }
    return report;
  }

 private:
  void Say(const std::string& doing) {
    if (options_.progress) options_.progress(doing);
  }

  absl::Status OnThreads(size_t threads, const std::function<absl::Status(size_t)>& act) {
    std::vector<absl::Status> results(threads);
    std::vector<std::thread> running;
    for (size_t i = 0; i < threads; ++i) running.emplace_back([&, i] { results[i] = act(i); });
    for (std::thread& thread : running) thread.join();
    for (absl::Status& result : results) {
      if (!result.ok()) return result;
    }
    return absl::OkStatus();
  }

  absl::Status OpenStores() {
    Say("importing the school and opening its stores");
    const absl::StatusOr<v1::ImportReply> imported =
        server_.admin().Import(MakeSchool(source_.school(), options_.tenant));
    if (!imported.ok()) return imported.status();
    for (size_t i = 0; i < source_.tablets(); ++i) {
      tablets_.push_back(std::make_unique<BenchTablet>(server_.address(), traffic_));
    }
    return OnThreads(tablets_.size(), [this](size_t i) {
      const core::Id16 device = NamedId(absl::StrCat("bench tablet ", i));
      for (const auto& [person, name] : source_.school().observers) {
        absl::StatusOr<PreparedStore> store = PreparedStore::Open(
            server_.admin(), tablets_[i]->calls, options_.tenant, person, device);
        if (!store.ok()) return store.status();
        tablets_[i]->stores.emplace(person, *std::move(store));
      }
      return absl::OkStatus();
    });
  }

  absl::Status SealVisits(uint64_t from, uint64_t to) {
    std::vector<std::vector<uint64_t>> of_tablet(tablets_.size());
    for (uint64_t i = from; i < to; ++i) of_tablet[source_.TabletOf(i)].push_back(i);
    const size_t threads = std::max(1u, std::thread::hardware_concurrency());
    return OnThreads(threads, [&](size_t thread) {
      for (size_t t = thread; t < tablets_.size(); t += threads) {
        for (const uint64_t i : of_tablet[t]) {
          if (absl::Status sealed = SealVisit(*tablets_[t], i); !sealed.ok()) return sealed;
        }
        TakeRequests(*tablets_[t]);
      }
      return absl::OkStatus();
    });
  }

  absl::Status SealVisit(BenchTablet& tablet, uint64_t index) {
    const Visit visit = source_.At(index);
    PreparedStore& store = tablet.stores.at(visit.observer);
    for (const Gesture& gesture : GesturesOf(visit)) {
      const absl::StatusOr<core::Dot> dot = store.Seal(gesture);
      if (!dot.ok()) return dot.status();
      if (gesture.facet.facet_class != core::kSheet || gesture.change == nullptr) continue;
      // Written by one thread for each visit, and only where the entry is there already.
      const auto sheet = sheets_.find(visit.id);
      if (sheet != sheets_.end()) sheet->second = {*dot, index};
    }
    return absl::OkStatus();
  }

  // Each edit is written over the sheet as its own tablet wrote it, and knows the phase of then.
  absl::Status SealEdits() {
    const sync::Schema& schema = sync::Schema::OfThisBuild();
    for (const Edit& edit : source_.edits()) {
      const auto& [dot, index] = sheets_.at(edit.visit);
      const Visit visit = source_.At(index);
      absl::StatusOr<core::Facet> held =
          sync::WriteChanges(schema, core::kSheet, {}, visit.sheet, dot);
      if (!held.ok()) return held.status();
      core::Attribute(*held, dot, visit.observer);
      core::Known known;
      known.level = static_cast<uint8_t>(visit.level);
      known.round = visit.level >= v1::LEVEL_SHARED ? 1 : 0;
      BenchTablet& tablet = *tablets_[edit.tablet];
      for (const Gesture& gesture : GesturesOf(edit)) {
        const absl::StatusOr<core::Dot> sealed =
            tablet.stores.at(edit.observer).Seal(gesture, *held, known);
        if (!sealed.ok()) return sealed.status();
      }
    }
    for (const auto& tablet : tablets_) TakeRequests(*tablet);
    return absl::OkStatus();
  }

  void TakeRequests(BenchTablet& tablet) {
    for (auto& [person, store] : tablet.stores) {
      for (v1::PushRequest& request : store.TakeRequests(options_.push_groups)) {
        tablet.requests.emplace_back(&store, std::move(request));
      }
    }
  }

  absl::Status PushAll(Meter& meter) {
    const uint64_t up = traffic_.up, down = traffic_.down;
    if (absl::Status begun = meter.Begin(); !begun.ok()) return begun;
    const absl::Status pushed = OnThreads(tablets_.size(), [this](size_t i) {
      for (const auto& [store, request] : tablets_[i]->requests) {
        const absl::StatusOr<v1::PushReply> reply = PushUntilTaken(*tablets_[i], *store, request);
        if (!reply.ok()) return reply.status();
        if (absl::Status all = AllCommitted(request, *reply); !all.ok()) return all;
      }
      return absl::OkStatus();
    });
    if (!pushed.ok()) return pushed;
    if (absl::Status ended = meter.End(); !ended.ok()) return ended;
    for (const auto& tablet : tablets_) {
      pushes_ += tablet->requests.size();
      tablet->requests.clear();
    }
    bytes_up_ += traffic_.up - up;
    bytes_down_ += traffic_.down - down;
    return absl::OkStatus();
  }

  // A server that is too busy says so, and takes the same push later; a machine may be too busy for
  // the server. As a tablet does, for ten minutes: a push that is repeated has no second effect.
  absl::StatusOr<v1::PushReply> PushUntilTaken(BenchTablet& tablet, const PreparedStore& store,
                                               const v1::PushRequest& request) {
    const int64_t until_ms = clock_.MonotonicMs() + 600'000;
    while (true) {
      absl::StatusOr<v1::PushReply> reply = tablet.calls.Push(store.token(), request);
      const absl::Status& why = reply.status();
      const bool may_pass = absl::IsResourceExhausted(why) || absl::IsDeadlineExceeded(why);
      if (!may_pass || clock_.MonotonicMs() >= until_ms) return reply;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }

  const VisitSource& source_;
  const BenchOptions& options_;
  MeasuredServer& server_;
  const storage::Clock& clock_;
  Traffic traffic_;
  std::vector<std::unique_ptr<BenchTablet>> tablets_;
  Sheets sheets_;
  uint64_t bytes_up_ = 0, bytes_down_ = 0, pushes_ = 0;
};

}  // namespace

absl::StatusOr<nlohmann::json> BenchPush(const VisitSource& source, const BenchOptions& options,
                                         MeasuredServer& server, const storage::Clock& clock) {
  return PushBench(source, options, server, clock).Run();
}

}  // namespace halfterm::tools
