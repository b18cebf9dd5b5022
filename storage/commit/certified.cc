#include "storage/commit/certified.h"

#include <memory>

#include "halfterm/v1/observation.pb.h"
#include "storage/summary/rated_pairs.h"
#include "storage/summary/rows.h"
#include "sync/rollup_rows.h"
#include "sync/school_calendar.h"

namespace halfterm::storage {
namespace {

using core::Id16;
using State = sync::CertificateFacts::State;

constexpr int64_t kDayMs = 86'400'000;

absl::StatusOr<bool> HasCalibrated(Batch& batch, const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    const absl::Status row = batch.Get(Family::kDerived, key).status();
    if (row.ok()) return true;
    if (!absl::IsNotFound(row)) return row;
  }
  return false;
}

}  // namespace

std::vector<std::string> CalibrationKeys(Tenant tenant, const sync::Directory& directory,
                                         const Id16& observer, const Id16& school,
                                         int64_t moment_ms) {
  const uint16_t half_term = directory.HalfTermAt(school, moment_ms);
  const auto year = static_cast<uint16_t>(half_term == 0 ? 0 : 2000 + half_term / 8);
  std::vector<std::string> keys;
  for (const int back : {0, 1, 2}) {
    if (back > 0 && year == 0) break;
    const auto of_year = static_cast<uint16_t>(back == 2 ? 0 : year - back);
    keys.push_back(RollupKey(tenant, sync::RowKey(sync::RollupKind::kObserverLoad)
                                         .Id(observer)
                                         .U16(of_year)
                                         .U8(static_cast<uint8_t>(v1::VISIT_KIND_CALIB))
                                         .bytes()));
  }
  return keys;
}

absl::StatusOr<Id16> CertificateAt(Batch& batch, Tenant tenant, const Id16& observer,
                                   const Id16& rubric, int64_t lesson_start_ms,
                                   const Id16& school) {
  if (rubric.IsZero() || lesson_start_ms == 0) return Id16{};
  const sync::Directory& directory = batch.DirectoryOf(tenant);
  const absl::StatusOr<bool> has_calibrated =
      HasCalibrated(batch, CalibrationKeys(tenant, directory, observer, school, lesson_start_ms));
  if (!has_calibrated.ok()) return has_calibrated.status();
  if (!*has_calibrated) return Id16{};

  const std::unique_ptr<Snapshot> snapshot = batch.context().engine.NewSnapshot();
  RollupRows rows(*snapshot, tenant);
  // Two days more than it holds: a day is the school's, and not this many hours.
  const int64_t from_ms = lesson_start_ms - (sync::kCertificateDays + 2) * kDayMs;
  const auto pairs = PairsOf(rows, rubric, observer, from_ms);
  if (!pairs.ok()) return pairs.status();
  const absl::TimeZone zone = directory.ZoneOf(school);
  const sync::CertificateFacts facts =
      sync::CertificateOf(RatedByDay(*pairs, zone), sync::DayOf(lesson_start_ms, zone));
  const bool held = facts.state == State::kValid || facts.state == State::kEndsSoon;
  return held ? facts.visit : Id16{};
}

}  // namespace halfterm::storage
