#include <atomic>
#include <map>
#include <memory>
#include <thread>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "sync/core/codec.h"
#include "sync/core/digest.h"
#include "tools/bench/bench.h"
#include "tools/bench/prepared_store.h"
#include "tools/replay/base.h"
#include "tools/replay/ids.h"

namespace halfterm::tools {
namespace {

// What one store received, and what the server says that adds up to.
struct Pulled {
  std::vector<v1::PullReply> chunks;
  uint64_t records = 0;  // Without reference data.
};

uint64_t RecordsIn(const v1::PullReply& chunk) {
  uint64_t records = 0;
  for (const v1::Item& item : chunk.items()) {
    const auto id = core::FacetId::Parse(item.held_size() > 0 ? item.held(0).facet() : "");
    if (id.has_value() && id->facet_class != core::kBody) ++records;
  }
  return records;
}

// Whether what came is what the digests say, computed from the bytes that came.
absl::Status Verify(const Pulled& pulled) {
  Holdings sums;
  for (const v1::PullReply& chunk : pulled.chunks) {
    for (const v1::Item& item : chunk.items()) {
      for (const v1::Held& held : item.held()) {
        const auto id = core::FacetId::Parse(held.facet());
        const core::Result<core::Facet> facet = core::Decode(held.state(), core::kFacetLimits);
        if (!id.has_value() || !facet.ok()) return absl::DataLossError("a facet cannot be read");
        const core::Digest32 digest =
            core::HoldingDigest(*id, core::FacetDigest(*id, core::EncodeContent(*facet)));
        for (const v1::ScopeId& scope : held.held_by()) {
          Holding& holding = sums[{ScopeOf(scope), item.period()}];
          ++holding.count;
          holding.digest.Add(digest);
        }
      }
    }
  }
  for (const v1::ScopeDigest& digest : pulled.chunks.back().end().digests()) {
    const Holding& holding = sums[{ScopeOf(digest.scope()), digest.period()}];
    if (holding.count != digest.count() || holding.digest.bytes().view() != digest.digest()) {
      return absl::DataLossError("what was pulled is not what the digests say");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<nlohmann::json> BenchPull(const VisitSource& source, const BenchOptions& options,
                                         MeasuredServer& server, const storage::Clock& clock) {
  if (server.is_ours()) {
    const absl::StatusOr<nlohmann::json> pushed = BenchPush(source, options, server, clock);
    if (!pushed.ok()) return pushed.status();
  }
  if (options.progress) options.progress("pulling");
  Traffic traffic;
  SyncCalls calls(OpenChannel(server.address()), traffic);
  const core::Id16 device = NamedId(absl::StrCat("fresh bench tablet ", clock.NowMs()));
  std::vector<PreparedStore> stores;
  for (const auto& [person, name] : source.school().observers) {
    absl::StatusOr<PreparedStore> store =
        PreparedStore::Open(server.admin(), calls, options.tenant, person, device);
    if (!store.ok()) return store.status();
    stores.push_back(*std::move(store));
  }
  v1::PullRequest request;
  for (const uint32_t period : HalfTermsOfTheYear()) {
    request.mutable_interest()->add_periods(period);
  }

  std::vector<Pulled> pulled(stores.size());
  std::vector<absl::Status> results(options.pull_streams);
  std::atomic<size_t> next{0};
  traffic.up = 0;
  traffic.down = 0;
  Meter meter(server.admin(), clock);
  if (absl::Status begun = meter.Begin(); !begun.ok()) return begun;
  std::vector<std::thread> threads;
  for (size_t t = 0; t < options.pull_streams; ++t) {
    threads.emplace_back([&, t] {
      for (size_t i = next++; i < stores.size() && results[t].ok(); i = next++) {
        results[t] = calls.Pull(stores[i].token(), request, [&](const v1::PullReply& chunk) {
          pulled[i].chunks.push_back(chunk);
          return absl::OkStatus();
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  if (absl::Status ended = meter.End(); !ended.ok()) return ended;
  for (const absl::Status& result : results) {
    if (!result.ok()) return result;
  }

  uint64_t records = 0, chunks = 0;
  for (Pulled& store : pulled) {
    if (store.chunks.empty() || !store.chunks.back().has_end()) {
      return absl::DataLossError("a pull stopped before its end");
    }
    if (absl::Status right = Verify(store); !right.ok()) return right;
    for (const v1::PullReply& chunk : store.chunks) records += RecordsIn(chunk);
    chunks += store.chunks.size();
  }
  if (records == 0) return absl::NotFoundError("there was nothing to pull");
  return nlohmann::json{
      {"records", records},
      {"seconds", meter.seconds()},
      {"records_per_s", static_cast<double>(records) / meter.seconds()},
      {"server_cpu_s_per_1000", meter.cpu_s() / static_cast<double>(records) * 1000},
      {"bytes_up", traffic.up.load()},
      {"bytes_down", traffic.down.load()},
      {"server_peak_rss_mb", meter.peak_rss_mb()},
      {"stores", stores.size()},
      {"streams", options.pull_streams},
      {"chunks", chunks}};
}

}  // namespace halfterm::tools
