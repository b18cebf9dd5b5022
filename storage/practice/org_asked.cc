#include "storage/practice/org_asked.h"

#include <algorithm>

#include "storage/summary/group_page.h"
#include "sync/school_calendar.h"

namespace halfterm::storage {

using core::Id16;

bool OrgAsked::Holds(const Id16& department) const {
  return std::any_of(departments.begin(), departments.end(),
                     [&](const v1::Org* here) { return here->id() == department.view(); });
}

absl::StatusOr<OrgAsked> OrgAskedFor(const Question& question, const std::string& bytes) {
  const absl::StatusOr<Id16> id = RequiredId(bytes, "org");
  if (!id.ok()) return id.status();
  if (!question.access.Department(*id)) return SchoolAskedFor(question, bytes);
  const v1::Org* org = question.directory.Org(*id);
  return OrgAsked{*id, question.directory.SiteOf(*id), true, org, {org}};
}

absl::StatusOr<OrgAsked> SchoolAskedFor(const Question& question, const std::string& bytes) {
  const absl::StatusOr<Id16> id = RequiredId(bytes, "org");
  if (!id.ok()) return id.status();
  if (!question.access.School(*id)) return NotThereOrNotYours();
  return OrgAsked{*id, question.directory.SiteOf(*id), false, question.directory.Org(*id),
                  DepartmentsBelow(question.directory, *id)};
}

std::string NameOf(const Question& question, const Id16& person) {
  const v1::Person* known = person.IsZero() ? nullptr : question.directory.Person(person);
  return known == nullptr ? "" : known->display_name();
}

std::string OrgNameOf(const Question& question, const Id16& org) {
  const v1::Org* known = org.IsZero() ? nullptr : question.directory.Org(org);
  return known == nullptr ? "" : known->name();
}

int32_t TodayAt(const Question& question, const Id16& org) {
  return sync::DayOf(question.now_ms, question.directory.ZoneOf(org));
}

}  // namespace halfterm::storage
