// A small roster as an import brings it: a school with two departments, ten teachers, a calendar.

#ifndef HALFTERM_TESTS_SUPPORT_ROSTER_H_
#define HALFTERM_TESTS_SUPPORT_ROSTER_H_
#include <cstdint>
#include <string>

#include "halfterm/v1/directory.pb.h"
#include "tests/support/small_school.h"

namespace halfterm::testing {

// Numbers are those of IdNumber. Changed by tests as they need; `request` is what is sent.
struct Roster {
  static constexpr uint8_t kSchool = 1, kMaths = 2, kArt = 3, kCalendar = 50, kPolicy = 51,
                           kRubric = 52, kTemplate = 53, kRule = 54, kCycle = 55;
  // Teachers 10 to 19; the first five teach maths. 10 heads maths.
  static constexpr uint8_t kFirstTeacher = 10, kTeachers = 10, kHeadOfMaths = 60;

  v1::ImportRequest request;

  Roster() {
    request.set_tenant("riverside");
    request.set_tenant_name("Riverside Trust");
    request.set_complete(true);
    AddOrg(kSchool, v1::ORG_KIND_SCHOOL, 0, "Riverside School");
    AddOrg(kMaths, v1::ORG_KIND_DEPARTMENT, kSchool, "Mathematics");
    AddOrg(kArt, v1::ORG_KIND_DEPARTMENT, kSchool, "Art");
    for (uint8_t i = 0; i < kTeachers; ++i) {
      AddPerson(static_cast<uint8_t>(kFirstTeacher + i), i < 5 ? kMaths : kArt);
    }
    AddGrant(kHeadOfMaths, kFirstTeacher, v1::ROLE_HOD, kMaths);
    AddCalendar();
  }

  static std::string Bytes(uint8_t number) { return BytesOf(IdNumber(number)); }

  v1::Org& AddOrg(uint8_t number, v1::OrgKind kind, uint8_t parent, const std::string& name) {
    v1::Org& org = *request.add_orgs();
    org.set_id(Bytes(number));
    org.set_sourced_id("org-" + std::to_string(number));
    org.set_kind(kind);
    if (parent != 0) org.set_parent(Bytes(parent));
    org.set_name(name);
    return org;
  }
  v1::Person& AddPerson(uint8_t number, uint8_t department) {
    v1::Person& person = *request.add_people();
    person.set_id(Bytes(number));
    person.set_sourced_id("staff-" + std::to_string(number));
    person.set_display_name("Teacher " + std::to_string(number));
    person.set_type(v1::PERSON_TYPE_STAFF);
    if (department != 0) person.add_departments()->set_org(Bytes(department));
    return person;
  }
  v1::RoleGrant& AddGrant(uint8_t number, uint8_t person, v1::Role role, uint8_t org) {
    v1::RoleGrant& grant = *request.add_grants();
    grant.set_id(Bytes(number));
    grant.set_person(Bytes(person));
    grant.set_role(role);
    if (org != 0) grant.set_org(Bytes(org));
    return grant;
  }
  v1::Person& person(uint8_t number) {
    for (v1::Person& person : *request.mutable_people()) {
      if (person.id() == Bytes(number)) return person;
    }
    std::abort();
  }
  // As if the roster had never named that person.
  void Remove(uint8_t number) {
    auto& people = *request.mutable_people();
    for (int i = 0; i < people.size(); ++i) {
      if (people[i].id() == Bytes(number)) return people.DeleteSubrange(i, 1);
    }
    std::abort();
  }

  v1::Calendar& AddCalendar() {
    v1::Calendar& calendar = *request.add_calendars();
    calendar.set_id(Bytes(kCalendar));
    calendar.set_org(Bytes(kSchool));
    calendar.set_zone("Europe/London");
    v1::SchoolYear& year = *calendar.add_years();
    year.set_first_year(2026);
    for (const auto& [number, start, end] : {std::tuple(1u, Day(2026, 9, 2), Day(2026, 10, 23)),
                                             std::tuple(2u, Day(2026, 11, 2), Day(2026, 12, 18))}) {
      v1::HalfTerm& half_term = *year.add_half_terms();
      half_term.set_number(number);
      half_term.set_start_day(start);
      half_term.set_end_day(end);
    }
    return calendar;
  }
  v1::Policy& AddPolicy() {
    v1::Policy& policy = *request.add_policies();
    policy.set_id(Bytes(kPolicy));
    policy.set_org(Bytes(kSchool));
    return policy;
  }
  v1::RubricVersion& AddRubric() {
    v1::RubricVersion& rubric = *request.add_rubrics();
    rubric.set_id(Bytes(kRubric));
    rubric.set_title("Ours");
    rubric.set_version("1");
    v1::RubricElement& element = *rubric.add_elements();
    element.set_number(1);
    element.set_title("Questions");
    for (const char* level : {"few", "many"}) element.add_levels(level);
    return rubric;
  }
  v1::Template& AddTemplate() {
    v1::Template& form = *request.add_templates();
    form.set_id(Bytes(kTemplate));
    form.set_kind(v1::VISIT_KIND_DEPT);
    form.set_title("Department visit");
    return form;
  }
  v1::CoverageRule& AddRule() {
    v1::CoverageRule& rule = *request.add_rules();
    rule.set_id(Bytes(kRule));
    rule.set_org(Bytes(kSchool));
    rule.set_title("Once each half-term");
    rule.add_kinds(v1::VISIT_KIND_DEPT);
    return rule;
  }
  v1::Cycle& AddCycle() {
    v1::Cycle& cycle = *request.add_cycles();
    cycle.set_id(Bytes(kCycle));
    cycle.set_org(Bytes(kSchool));
    cycle.set_title("First six weeks");
    cycle.set_start_day(Day(2026, 9, 7));
    return cycle;
  }
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_ROSTER_H_
