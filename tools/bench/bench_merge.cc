#include <chrono>
#include <string>
#include <utility>

#include "sync/core/codec.h"
#include "sync/core/delta.h"
#include "sync/view.h"
#include "tools/bench/allocations.h"
#include "tools/bench/bench.h"

namespace halfterm::tools {
namespace {

constexpr uint64_t kRounds = 200'000;

struct Measured {
  double per_s = 0;
  double allocations = 0;
};

template <typename Act>
Measured Measure(const Act& act) {
  for (uint64_t i = 0; i < kRounds / 20; ++i) act();  // Warm.
  const uint64_t before = AllocationsOfThisThread();
  const auto began = std::chrono::steady_clock::now();
  for (uint64_t i = 0; i < kRounds; ++i) act();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - began;
  const auto rounds = static_cast<double>(kRounds);
  return {rounds / seconds.count(),
          static_cast<double>(AllocationsOfThisThread() - before) / rounds};
}

}  // namespace

absl::StatusOr<nlohmann::json> BenchMerge(const VisitSource& source, const storage::Clock&) {
  if (source.size() == 0) return absl::InvalidArgumentError("there is nothing to merge");
  const sync::Schema& schema = sync::Schema::OfThisBuild();
  const Visit visit = source.At(0);
  const core::Dot dot{1, 1}, later{2, 1};
  absl::StatusOr<core::Facet> sheet =
      sync::WriteChanges(schema, core::kSheet, {}, visit.sheet, dot, visit.observer);
  if (!sheet.ok()) return sheet.status();
  v1::Sheet edited = visit.sheet;
  v1::Rating& rating = *edited.mutable_ratings(0);
  rating.set_level(rating.level() % 4 + 1);
  absl::StatusOr<core::Facet> delta =
      sync::WriteChanges(schema, core::kSheet, *sheet, edited, later, visit.observer);
  if (!delta.ok()) return delta.status();
  core::Facet other = *sheet;
  core::JoinInto(other, core::Facet(*delta), nullptr);

  // What a committer does with a group on a sheet that it does not have in memory.
  const std::string sheet_bytes = core::Encode(*sheet), delta_bytes = core::Encode(*delta);
  bool all_decoded = true;
  const Measured from_bytes = Measure([&] {
    core::Result<core::Facet> held = core::Decode(sheet_bytes, core::kFacetLimits);
    core::Result<core::Facet> written = core::Decode(delta_bytes, core::kDeltaLimits);
    all_decoded = all_decoded && held.ok() && written.ok();
    core::JoinInto(*held, *std::move(written), nullptr);
    all_decoded = all_decoded && !core::Encode(*held).empty();
  });
  if (!all_decoded) return absl::InternalError("a sheet cannot be read again");
  size_t cells = 0;
  const Measured whole = Measure([&] { cells += core::Join(*sheet, other, nullptr).cells.size(); });
  core::Facet held = *sheet;
  const Measured of_delta = Measure([&] { core::JoinInto(held, core::Facet(*delta), nullptr); });
  if (cells == 0 || held != other) return absl::InternalError("two joins of the same differ");
  return nlohmann::json{{"joins", kRounds},
                        {"cells", sheet->cells.size()},
                        {"sheet_bytes", sheet_bytes.size()},
                        {"delta_cells", delta->cells.size()},
                        {"decode_join_encode_per_s", from_bytes.per_s},
                        {"decode_join_encode_allocations", from_bytes.allocations},
                        {"joins_of_sheets_per_s", whole.per_s},
                        {"joins_of_sheets_allocations", whole.allocations},
                        {"joins_of_deltas_per_s", of_delta.per_s},
                        {"joins_of_deltas_allocations", of_delta.allocations}};
}

}  // namespace halfterm::tools
