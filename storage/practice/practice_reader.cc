#include "storage/practice/practice_reader.h"

#include <map>
#include <utility>

#include "storage/practice/helping_page.h"

namespace halfterm::storage {
namespace {

using core::Id16;

constexpr int kFrozenHalfTerms = 6;

// The site of the caller's department, or of a role that they hold.
Id16 SiteOf(const sync::Directory& directory, const Id16& person) {
  const Id16 home = directory.SiteOf(directory.FirstDepartmentOf(person));
  if (!home.IsZero()) return home;
  for (const v1::RoleGrant* grant : directory.GrantsOf(person)) {
    const Id16 site = directory.SiteOf(Id16::FromBytes(grant->org()).value_or(Id16{}));
    if (!site.IsZero()) return site;
  }
  return {};
}

}  // namespace

absl::StatusOr<v1::HelpingReply> PracticeReader::Helping(const Caller& caller,
                                                         const v1::HelpingRequest& request) const {
  absl::StatusOr<v1::HelpingReply> reply = Read(caller, request, &ReadHelpingPage);
  if (!reply.ok() || !request.with_trends()) return reply;
  const std::shared_ptr<const sync::Directory> directory = directories_.Of(caller.tenant);
  const Id16 site = SiteOf(*directory, caller.person);
  std::map<std::string, v1::DepartmentTrend> by_name;
  uint16_t half_term = directory->HalfTermAt(site, clock_.NowMs());
  for (int back = 0; back < kFrozenHalfTerms && half_term != 0; ++back) {
    v1::FrozenSchoolRequest asked;
    asked.set_school(std::string(site.view()));
    asked.set_h2(half_term);
    const absl::StatusOr<v1::FrozenSchoolReply> frozen = aggregates_.FrozenSchool(caller, asked);
    // Not frozen, or not the caller's to see.
    if (!frozen.ok() && !absl::IsNotFound(frozen.status())) return frozen.status();
    if (frozen.ok()) {
      for (const v1::FrozenUnit& unit : frozen->departments()) {
        if (unit.levels().empty()) continue;
        v1::DepartmentTrend& trend = by_name[unit.name() + unit.org()];
        trend.set_department(unit.org());
        trend.set_name(unit.name());
        v1::DepartmentTrendPoint& point = *trend.add_points();
        point.set_h2(half_term);
        *point.mutable_levels() = unit.levels();
      }
    }
    half_term = HalfTermBefore(*directory, site, half_term);
  }
  for (auto& [name, trend] : by_name) {
    // Read from the last one back.
    for (int first = 0, last = trend.points_size() - 1; first < last; ++first, --last) {
      trend.mutable_points()->SwapElements(first, last);
    }
    *reply->add_trends() = std::move(trend);
  }
  return reply;
}

}  // namespace halfterm::storage
