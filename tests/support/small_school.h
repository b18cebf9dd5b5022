// A school of one site with two departments, as a Directory: for tests of what is counted and who
// may see it. Members may be changed before Made().

#ifndef HALFTERM_TESTS_SUPPORT_SMALL_SCHOOL_H_
#define HALFTERM_TESTS_SUPPORT_SMALL_SCHOOL_H_
#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "sync/directory.h"

namespace halfterm::testing {

inline core::Id16 IdNumber(uint8_t number) {
  core::Id16 id;
  id.bytes[0] = 0xee;
  id.bytes[15] = number;
  return id;
}
inline std::string BytesOf(const core::Id16& id) { return std::string(id.view()); }

inline int32_t Day(int year, int month, int day) {
  return static_cast<int32_t>(absl::CivilDay(year, month, day) - absl::CivilDay(1970, 1, 1));
}
// A moment in London.
inline int64_t At(int year, int month, int day, int hour = 10, int minute = 0) {
  absl::TimeZone london;
  if (!absl::LoadTimeZone("Europe/London", &london)) std::abort();
  return absl::ToUnixMillis(
      absl::FromCivil(absl::CivilSecond(year, month, day, hour, minute, 0), london));
}

struct SmallSchool {
  core::Id16 site = IdNumber(1), maths = IdNumber(2), art = IdNumber(3);
  // Tia and Tom teach maths, Ann art; Hana heads maths and teaches it, Hugo heads art; Sara is a
  // senior leader who teaches maths, Hedy the head.
  core::Id16 tia = IdNumber(10), tom = IdNumber(11), ann = IdNumber(12), hana = IdNumber(13),
             hugo = IdNumber(14), sara = IdNumber(15), hedy = IdNumber(16), gus = IdNumber(17);
  // A has nine elements of four levels, B nine of five.
  core::Id16 rubric_a = IdNumber(30), rubric_b = IdNumber(31);

  sync::Directory::Content content;

  // Half-terms 209 (2026 / 1) to 214.
  static constexpr uint16_t kAutumn1 = 209, kAutumn2 = 210, kSpring1 = 211, kSpring2 = 212,
                            kSummer1 = 213, kSummer2 = 214;

  SmallSchool() {
    AddOrg(site, v1::ORG_KIND_SITE, {}, "Northgate");
    AddOrg(maths, v1::ORG_KIND_DEPARTMENT, site, "Mathematics");
    AddOrg(art, v1::ORG_KIND_DEPARTMENT, site, "Art");
    AddPerson(tia, "Tia Green", {maths});
    AddPerson(tom, "Tom Baker", {maths});
    AddPerson(ann, "Ann Reid", {art});
    AddPerson(hana, "Hana Owen", {maths});
    AddPerson(hugo, "Hugo Shah", {art});
    AddPerson(sara, "Sara Khan", {maths});
    AddPerson(hedy, "Hedy Clarke", {});
    AddPerson(gus, "Gus Taylor", {}).set_type(v1::PERSON_TYPE_GOVERNOR);
    AddGrant(hana, v1::ROLE_HOD, maths);
    AddGrant(hugo, v1::ROLE_HOD, art);
    AddGrant(sara, v1::ROLE_SLT, site);
    AddGrant(hedy, v1::ROLE_HEAD, site);
    AddGrant(gus, v1::ROLE_GOVERNOR, site);
    AddRubric(rubric_a, 4);
    AddRubric(rubric_b, 5);
    AddCalendar();
    content.policies.emplace_back();
    content.policies.back().set_id(BytesOf(IdNumber(40)));
    content.policies.back().set_org(BytesOf(site));
  }

  sync::Directory Made() const { return sync::Directory(content); }
  v1::Policy& policy() { return content.policies.front(); }
  v1::Person& person(const core::Id16& id) {
    for (v1::Person& person : content.people) {
      if (person.id() == id.view()) return person;
    }
    std::abort();
  }

  v1::Org& AddOrg(const core::Id16& id, v1::OrgKind kind, const core::Id16& parent,
                  const std::string& name) {
    v1::Org& org = content.orgs.emplace_back();
    org.set_id(BytesOf(id));
    org.set_kind(kind);
    if (!parent.IsZero()) org.set_parent(BytesOf(parent));
    org.set_name(name);
    return org;
  }
  v1::Person& AddPerson(const core::Id16& id, const std::string& name,
                        const std::vector<core::Id16>& departments) {
    v1::Person& person = content.people.emplace_back();
    person.set_id(BytesOf(id));
    person.set_display_name(name);
    person.set_type(v1::PERSON_TYPE_STAFF);
    for (const core::Id16& org : departments) person.add_departments()->set_org(BytesOf(org));
    return person;
  }
  v1::RoleGrant& AddGrant(const core::Id16& person, v1::Role role, const core::Id16& org) {
    v1::RoleGrant& grant = content.grants.emplace_back();
    grant.set_id(BytesOf(IdNumber(static_cast<uint8_t>(100 + content.grants.size()))));
    grant.set_person(BytesOf(person));
    grant.set_role(role);
    if (!org.IsZero()) grant.set_org(BytesOf(org));
    grant.set_state(v1::GRANT_STATE_LIVE);
    return grant;
  }
  void AddRubric(const core::Id16& id, int levels) {
    v1::RubricVersion& rubric = content.rubrics.emplace_back();
    rubric.set_id(BytesOf(id));
    for (uint32_t number = 1; number <= 9; ++number) {
      v1::RubricElement& element = *rubric.add_elements();
      element.set_number(number);
      for (int level = 0; level < levels; ++level) element.add_levels("words");
    }
  }
  v1::CoverageRule& AddRule(uint8_t number, const std::string& title,
                            const std::vector<v1::VisitKind>& kinds) {
    v1::CoverageRule& rule = content.rules.emplace_back();
    rule.set_id(BytesOf(IdNumber(number)));
    rule.set_org(BytesOf(site));
    rule.set_title(title);
    for (const v1::VisitKind kind : kinds) rule.add_kinds(kind);
    return rule;
  }

 private:
  void AddCalendar() {
    v1::Calendar& calendar = content.calendars.emplace_back();
    calendar.set_id(BytesOf(IdNumber(50)));
    calendar.set_org(BytesOf(site));
    calendar.set_zone("Europe/London");
    v1::SchoolYear& year = *calendar.add_years();
    year.set_first_year(2026);
    const int32_t days[6][2] = {
        {Day(2026, 9, 2), Day(2026, 10, 23)}, {Day(2026, 11, 2), Day(2026, 12, 18)},
        {Day(2027, 1, 4), Day(2027, 2, 12)},  {Day(2027, 2, 22), Day(2027, 3, 25)},
        {Day(2027, 4, 12), Day(2027, 5, 28)}, {Day(2027, 6, 7), Day(2027, 7, 21)}};
    for (uint32_t i = 0; i < 6; ++i) {
      v1::HalfTerm& half_term = *year.add_half_terms();
      half_term.set_number(i + 1);
      half_term.set_start_day(days[i][0]);
      half_term.set_end_day(days[i][1]);
    }
  }
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_SMALL_SCHOOL_H_
