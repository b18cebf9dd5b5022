#include "storage/pull/interest.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "storage/pull/pull_cursor.h"

namespace halfterm::storage {
namespace {

// The sites whose calendars matter to the person. Where no scope leads to one, the zero id: the
// directory then takes the calendar of a top organisation.
std::set<core::Id16> SitesOf(const core::Id16& person, const std::vector<core::Scope>& scopes,
                             const sync::Directory& directory) {
  std::set<core::Id16> sites;
  for (const core::Scope& scope : scopes) {
    if (scope == core::DepartmentScope(scope.id) || scope == core::SchoolScope(scope.id)) {
      sites.insert(directory.SiteOf(scope.id));
    }
  }
  sites.insert(directory.SiteOf(directory.FirstDepartmentOf(person)));
  if (sites.size() > 1) sites.erase(core::Id16{});
  return sites;
}

constexpr int kHalfTermsAYear = 6;
constexpr int kNumbersAYear = 8;

// The last half-term of the calendar before `half_term`; 0 where there is none within a year.
uint16_t Before(const sync::Directory& directory, const core::Id16& site, uint16_t half_term) {
  for (int number = half_term - 1; number > half_term - 2 * kNumbersAYear && number > 0; --number) {
    const auto candidate = static_cast<uint16_t>(number);
    const int within = number % kNumbersAYear;
    if (within < 1 || within > kHalfTermsAYear) continue;
    if (directory.HalfTerm(site, candidate) != nullptr) return candidate;
  }
  return 0;
}

}  // namespace

absl::StatusOr<std::vector<uint16_t>> PeriodsOf(const v1::Interest& interest,
                                                const core::Id16& person,
                                                const std::vector<core::Scope>& scopes,
                                                const sync::Directory& directory, int64_t now_ms) {
  std::set<uint16_t> periods;
  for (const uint32_t period : interest.periods()) {
    if (period > 0xFFFF) {
      return absl::InvalidArgumentError(absl::StrCat("there is no half-term ", period));
    }
    periods.insert(static_cast<uint16_t>(period));
  }
  if (periods.empty()) {
    for (const core::Id16& site : SitesOf(person, scopes, directory)) {
      const uint16_t now = directory.HalfTermAt(site, now_ms);
      periods.insert({now, Before(directory, site, now)});
      if (periods.size() + 1 >= kMaxInterestPeriods) break;
    }
  }
  periods.erase(0);  // Always held.
  if (periods.size() > kMaxInterestPeriods) {
    return absl::InvalidArgumentError(
        absl::StrCat("an interest names at most ", kMaxInterestPeriods, " half-terms"));
  }
  return std::vector<uint16_t>(periods.begin(), periods.end());
}

}  // namespace halfterm::storage
