#include "tools/workload/school.h"

#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "tools/replay/ids.h"

namespace halfterm::tools {
namespace {

constexpr char kTop[] = "halfterm common workload: the organisation";

int32_t Day(int year, int month, int day) {
  return static_cast<int32_t>(absl::CivilDay(year, month, day) - absl::CivilDay(1970, 1, 1));
}

std::string IdOf(absl::string_view words) { return Bytes(NamedId(words)); }

void AddOrg(v1::ImportRequest& school, const std::string& id, v1::OrgKind kind,
            const std::string& parent, const std::string& name) {
  v1::Org& org = *school.add_orgs();
  org.set_id(id);
  org.set_kind(kind);
  org.set_parent(parent);
  org.set_name(name);
}

v1::Person& AddPerson(v1::ImportRequest& school, const core::Id16& id, const std::string& name) {
  v1::Person& person = *school.add_people();
  person.set_id(Bytes(id));
  person.set_display_name(name);
  person.set_type(v1::PERSON_TYPE_STAFF);
  return person;
}

void AddGrant(v1::ImportRequest& school, const core::Id16& person, v1::Role role,
              const core::Id16& org) {
  v1::RoleGrant& grant = *school.add_grants();
  grant.set_id(IdOf(absl::StrCat("grant ", FormatUuid(person), " ", static_cast<int>(role), " ",
                                 FormatUuid(org))));
  grant.set_person(Bytes(person));
  grant.set_role(role);
  grant.set_org(Bytes(org));
}

void AddRubric(v1::ImportRequest& school, uint32_t levels) {
  v1::RubricVersion& rubric = *school.add_rubrics();
  rubric.set_id(Bytes(RubricOf(levels)));
  rubric.set_title(absl::StrCat("Nine elements on ", levels, " levels"));
  rubric.set_version("1");
  for (size_t i = 0; i < ElementTitles().size(); ++i) {
    v1::RubricElement& element = *rubric.add_elements();
    element.set_number(static_cast<uint32_t>(i + 1));
    element.set_code(absl::StrCat(i + 1));
    element.set_title(ElementTitles()[i]);
    for (uint32_t level = 1; level <= levels; ++level) {
      element.add_levels(absl::StrCat("level ", level));
    }
  }
}

void AddCalendar(v1::ImportRequest& school) {
  const int32_t terms[6][2] = {
      {Day(2026, 9, 1), Day(2026, 10, 23)}, {Day(2026, 11, 2), Day(2026, 12, 18)},
      {Day(2027, 1, 4), Day(2027, 2, 12)},  {Day(2027, 2, 22), Day(2027, 3, 25)},
      {Day(2027, 4, 12), Day(2027, 5, 28)}, {Day(2027, 6, 7), Day(2027, 7, 21)}};
  v1::Calendar& calendar = *school.add_calendars();
  calendar.set_id(IdOf("halfterm common workload: the calendar"));
  calendar.set_org(IdOf(kTop));
  calendar.set_zone("Europe/London");
  v1::SchoolYear& year = *calendar.add_years();
  year.set_first_year(2026);
  for (uint32_t number = 1; number <= 6; ++number) {
    v1::HalfTerm& half_term = *year.add_half_terms();
    half_term.set_number(number);
    half_term.set_start_day(terms[number - 1][0]);
    half_term.set_end_day(terms[number - 1][1]);
  }
}

void AddPolicy(v1::ImportRequest& school) {
  v1::Policy& policy = *school.add_policies();
  policy.set_id(IdOf("halfterm common workload: the policy"));
  policy.set_org(IdOf(kTop));
  policy.set_walk_rated(true);
  policy.add_open_kinds(v1::VISIT_KIND_DEPT);
  policy.add_open_kinds(v1::VISIT_KIND_WALK);
}

void AddRule(v1::ImportRequest& school, const std::string& title, v1::VisitKind kind) {
  v1::CoverageRule& rule = *school.add_rules();
  rule.set_id(IdOf(absl::StrCat("halfterm common workload: rule: ", title)));
  rule.set_org(IdOf(kTop));
  rule.set_title(title);
  rule.add_kinds(kind);
}

}  // namespace

const std::vector<std::string>& ElementTitles() {
  static const auto* const titles = new std::vector<std::string>{
      "Planning",  "Subject knowledge", "Pace",       "Questioning", "Differentiation",
      "Behaviour", "Assessment",        "Engagement", "Progress"};
  return *titles;
}

std::vector<uint32_t> HalfTermsOfTheYear() {
  std::vector<uint32_t> numbers;
  for (uint32_t i = 0; i < 6; ++i) numbers.push_back(kFirstHalfTerm + i);
  return numbers;
}

core::Id16 RubricOf(uint32_t levels) {
  return NamedId(absl::StrCat("halfterm common workload: rubric on ", levels, " levels"));
}

core::Id16 HeadOfSite(const core::Id16& site) {
  return NamedId(absl::StrCat("head of site ", FormatUuid(site)));
}

core::Id16 HeadOfDepartment(const core::Id16& department) {
  return NamedId(absl::StrCat("head of department ", FormatUuid(department)));
}

v1::ImportRequest MakeSchool(const SchoolShape& shape, const std::string& tenant) {
  v1::ImportRequest school;
  school.set_tenant(tenant);
  school.set_tenant_name("The common workload's schools");
  AddOrg(school, IdOf(kTop), v1::ORG_KIND_FEDERATION, "", "The common workload's schools");
  for (const auto& [id, site] : shape.sites) {
    AddOrg(school, Bytes(id), v1::ORG_KIND_SITE, IdOf(kTop), site.name);
    AddPerson(school, HeadOfSite(id), absl::StrCat("Head of ", site.name));
    AddGrant(school, HeadOfSite(id), v1::ROLE_HEAD, id);
  }
  for (const auto& [id, department] : shape.departments) {
    AddOrg(school, Bytes(id), v1::ORG_KIND_DEPARTMENT, Bytes(department.site), department.name);
    AddPerson(school, HeadOfDepartment(id), absl::StrCat("Head of ", department.name))
        .add_departments()
        ->set_org(Bytes(id));
    AddGrant(school, HeadOfDepartment(id), v1::ROLE_HOD, id);
  }
  for (const auto& [id, teacher] : shape.teachers) {
    AddPerson(school, id, teacher.name).add_departments()->set_org(Bytes(teacher.department));
  }
  for (const auto& [id, name] : shape.observers) {
    AddPerson(school, id, name);
    for (const auto& [site, unused] : shape.sites) {
      for (const v1::Role role : {v1::ROLE_MENTOR, v1::ROLE_COACH, v1::ROLE_AST}) {
        AddGrant(school, id, role, site);
      }
    }
  }
  AddRubric(school, 4);
  AddRubric(school, 5);
  AddCalendar(school);
  AddPolicy(school);
  AddRule(school, "Half-termly observation", v1::VISIT_KIND_DEPT);
  AddRule(school, "Walk-round", v1::VISIT_KIND_WALK);
  AddRule(school, "Peer coaching", v1::VISIT_KIND_COACH);
  return school;
}

}  // namespace halfterm::tools
