// What a Directory answers about people, grants, scopes, policies and calendars, on a federation of
// two schools, one of them with two sites.

#include "sync/directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"

namespace halfterm::sync {
namespace {

using core::Id16;
using core::Scope;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Id16 Id(uint8_t number) {
  Id16 id;
  id.bytes[15] = number;
  return id;
}
std::string Bytes(const Id16& id) { return std::string(id.view()); }

const Id16 kTrust = Id(1), kNorth = Id(2), kSouth = Id(3), kNorthHill = Id(4), kNorthPark = Id(5);
const Id16 kMaths = Id(11), kArt = Id(12), kDrama = Id(13);
const Id16 kAmy = Id(21), kBen = Id(22), kZoe = Id(23), kGov = Id(24), kTrainee = Id(25),
           kPartner = Id(26);
const Id16 kReview = Id(31);

v1::Org MakeOrg(const Id16& id, v1::OrgKind kind, const Id16& parent) {
  v1::Org org;
  org.set_id(Bytes(id));
  org.set_kind(kind);
  if (!parent.IsZero()) org.set_parent(Bytes(parent));
  org.set_name("an org");
  return org;
}

v1::Person MakePerson(const Id16& id, const std::vector<Id16>& departments,
                      v1::PersonType type = v1::PERSON_TYPE_STAFF) {
  v1::Person person;
  person.set_id(Bytes(id));
  person.set_display_name("somebody");
  person.set_type(type);
  for (const Id16& department : departments) person.add_departments()->set_org(Bytes(department));
  return person;
}

v1::RoleGrant Grant(uint8_t id, const Id16& person, v1::Role role, const Id16& org,
                    const std::vector<Id16>& people = {},
                    v1::GrantState state = v1::GRANT_STATE_LIVE) {
  v1::RoleGrant grant;
  grant.set_id(Bytes(Id(id)));
  grant.set_person(Bytes(person));
  grant.set_role(role);
  if (!org.IsZero()) grant.set_org(Bytes(org));
  for (const Id16& named : people) grant.add_people(Bytes(named));
  grant.set_state(state);
  return grant;
}

int32_t Day(int year, int month, int day) {
  return static_cast<int32_t>(absl::CivilDay(year, month, day) - absl::CivilDay(1970, 1, 1));
}

int64_t MomentIn(const std::string& zone, int year, int month, int day, int hour = 12,
                 int minute = 0) {
  return absl::ToUnixMillis(
      absl::FromCivil(absl::CivilMinute(year, month, day, hour, minute), ZoneNamed(zone)));
}

void AddHalfTerm(v1::SchoolYear& year, uint32_t number, int32_t start, int32_t end,
                 const std::vector<int32_t>& closed = {}) {
  v1::HalfTerm* term = year.add_half_terms();
  term->set_number(number);
  term->set_start_day(start);
  term->set_end_day(end);
  for (const int32_t day : closed) term->add_closed_days(day);
}

// 2026-27: Autumn 1 from 3 September, a week of holiday, Autumn 2 from 2 November.
v1::Calendar MakeCalendar(uint8_t id, const Id16& org, const std::string& zone) {
  v1::Calendar calendar;
  calendar.set_id(Bytes(Id(id)));
  calendar.set_org(Bytes(org));
  calendar.set_zone(zone);
  v1::SchoolYear* year = calendar.add_years();
  year->set_first_year(2026);
  AddHalfTerm(*year, 1, Day(2026, 9, 3), Day(2026, 10, 23), {Day(2026, 9, 25)});
  AddHalfTerm(*year, 2, Day(2026, 11, 2), Day(2026, 12, 18));
  AddHalfTerm(*year, 6, Day(2027, 6, 7), Day(2027, 7, 21));
  return calendar;
}

Directory::Content Orgs() {
  Directory::Content content;
  content.orgs = {MakeOrg(kTrust, v1::ORG_KIND_FEDERATION, {}),
                  MakeOrg(kNorth, v1::ORG_KIND_SCHOOL, kTrust),
                  MakeOrg(kSouth, v1::ORG_KIND_SCHOOL, kTrust),
                  MakeOrg(kNorthHill, v1::ORG_KIND_SITE, kNorth),
                  MakeOrg(kNorthPark, v1::ORG_KIND_SITE, kNorth),
                  MakeOrg(kMaths, v1::ORG_KIND_DEPARTMENT, kNorthHill),
                  MakeOrg(kArt, v1::ORG_KIND_DEPARTMENT, kNorthPark),
                  MakeOrg(kDrama, v1::ORG_KIND_DEPARTMENT, kSouth)};
  content.people = {MakePerson(kAmy, {kMaths, kArt}),
                    MakePerson(kBen, {kMaths}),
                    MakePerson(kZoe, {kDrama}),
                    MakePerson(kGov, {}, v1::PERSON_TYPE_GOVERNOR),
                    MakePerson(kTrainee, {kArt}, v1::PERSON_TYPE_TRAINEE),
                    MakePerson(kPartner, {}, v1::PERSON_TYPE_EXTERNAL)};
  return content;
}

Directory WithGrants(std::vector<v1::RoleGrant> grants) {
  Directory::Content content = Orgs();
  content.grants = std::move(grants);
  return Directory(std::move(content));
}

Directory WithCalendars(std::vector<v1::Calendar> calendars) {
  Directory::Content content = Orgs();
  content.calendars = std::move(calendars);
  return Directory(std::move(content));
}

uint16_t Number(int year, int half_term) {
  return static_cast<uint16_t>((year - 2000) * 8 + half_term);
}

TEST(DirectoryTest, WhatHasNoProperIdIsLeftOut) {
  Directory::Content content = Orgs();
  content.people.emplace_back().set_id("short");
  content.grants.push_back(Grant(1, kAmy, v1::ROLE_HOD, kMaths));
  content.grants.back().set_id("");
  const Directory directory(std::move(content));
  EXPECT_EQ(directory.content().people.size(), 6u);
  EXPECT_THAT(directory.content().grants, IsEmpty());
  EXPECT_NE(directory.Person(kAmy), nullptr);
  EXPECT_EQ(directory.Person(Id(99)), nullptr);
  EXPECT_EQ(directory.Person(Id16{}), nullptr);
}

TEST(DirectoryTest, ASiteIsTheNearestSchoolOrSiteAbove) {
  const Directory directory = WithGrants({});
  EXPECT_EQ(directory.SiteOf(kMaths), kNorthHill);
  EXPECT_EQ(directory.SiteOf(kNorthPark), kNorthPark);
  EXPECT_EQ(directory.SiteOf(kDrama), kSouth) << "a school without sites is its own";
  EXPECT_TRUE(directory.SiteOf(kTrust).IsZero());
  EXPECT_TRUE(directory.SiteOf(Id(99)).IsZero());
}

TEST(DirectoryTest, ParentsInACircleEnd) {
  Directory::Content content;
  content.orgs = {MakeOrg(kMaths, v1::ORG_KIND_DEPARTMENT, kArt),
                  MakeOrg(kArt, v1::ORG_KIND_DEPARTMENT, kMaths)};
  content.grants = {Grant(1, kAmy, v1::ROLE_HOD, kNorth)};
  const Directory directory(std::move(content));
  EXPECT_TRUE(directory.SiteOf(kMaths).IsZero());
  EXPECT_FALSE(directory.Holds(kAmy, v1::ROLE_HOD, kMaths));
}

TEST(DirectoryTest, TheFirstDepartmentIsTheMainOne) {
  const Directory directory = WithGrants({});
  EXPECT_EQ(directory.FirstDepartmentOf(kAmy), kMaths);
  EXPECT_TRUE(directory.FirstDepartmentOf(kGov).IsZero());
  EXPECT_TRUE(directory.FirstDepartmentOf(Id(99)).IsZero());
}

TEST(DirectoryTest, ALessonStaysInTheDepartmentWhereItWasGiven) {
  Directory::Content content = Orgs();
  content.calendars = {MakeCalendar(51, kTrust, "Europe/London")};
  v1::Person& ben = content.people[1];
  ben.mutable_departments(0)->set_org(Bytes(kArt));
  ben.mutable_departments(0)->set_from_day(Day(2026, 11, 2));
  v1::DepartmentMembership* before = ben.add_departments();
  before->set_org(Bytes(kMaths));
  before->set_to_day(Day(2026, 11, 1));
  const Directory directory(std::move(content));
  EXPECT_EQ(directory.FirstDepartmentOf(kBen), kArt);
  EXPECT_EQ(directory.DepartmentAt(kBen, MomentIn("Europe/London", 2026, 11, 1, 23)), kMaths);
  EXPECT_EQ(directory.DepartmentAt(kBen, MomentIn("Europe/London", 2026, 11, 2, 0)), kArt);
  EXPECT_EQ(directory.DepartmentAt(kAmy, 0), kMaths);
  EXPECT_TRUE(directory.DepartmentAt(Id(99), 0).IsZero());
}

TEST(DirectoryTest, ARoleHoldsWhereItWasGrantedAndBelow) {
  const Directory directory =
      WithGrants({Grant(1, kAmy, v1::ROLE_HOD, kMaths), Grant(2, kBen, v1::ROLE_SLT, kNorth),
                  Grant(3, kZoe, v1::ROLE_EXEC, kTrust)});
  const struct {
    const char* what;
    Id16 person;
    v1::Role role;
    Id16 org;
    bool holds;
  } cases[] = {
      {"there", kAmy, v1::ROLE_HOD, kMaths, true},
      {"beside it", kAmy, v1::ROLE_HOD, kArt, false},
      {"above it", kAmy, v1::ROLE_HOD, kNorthHill, false},
      {"another role", kAmy, v1::ROLE_SLT, kMaths, false},
      {"anywhere", kAmy, v1::ROLE_HOD, {}, true},
      {"two below", kBen, v1::ROLE_SLT, kArt, true},
      {"another school", kBen, v1::ROLE_SLT, kDrama, false},
      {"three below", kZoe, v1::ROLE_EXEC, kMaths, true},
      {"an org that nobody knows", kZoe, v1::ROLE_EXEC, Id(99), false},
      {"nobody", Id(99), v1::ROLE_HOD, {}, false},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(directory.Holds(c.person, c.role, c.org), c.holds) << c.what;
  }
}

TEST(DirectoryTest, OnlyALiveGrantOfSomebodyWhoIsThereCounts) {
  for (const v1::GrantState state :
       {v1::GRANT_STATE_UNSPECIFIED, v1::GRANT_STATE_COMING, v1::GRANT_STATE_ENDED}) {
    const Directory directory = WithGrants({Grant(1, kAmy, v1::ROLE_HOD, kMaths, {}, state),
                                            Grant(2, kAmy, v1::ROLE_HEAD, kNorth, {}, state)});
    EXPECT_FALSE(directory.Holds(kAmy, v1::ROLE_HOD)) << state;
    EXPECT_THAT(directory.GrantsOf(kAmy), IsEmpty());
    EXPECT_THAT(directory.HeadsOf(kNorth), IsEmpty());
    EXPECT_THAT(directory.ScopesOf(kAmy), ElementsAre(core::StaffScope(), core::PersonScope(kAmy)));
  }
  Directory::Content content = Orgs();
  content.people[0].set_state(v1::GRANT_STATE_ENDED);
  content.grants = {Grant(1, kAmy, v1::ROLE_HOD, kMaths)};
  const Directory left(std::move(content));
  EXPECT_FALSE(left.Holds(kAmy, v1::ROLE_HOD));
  EXPECT_THAT(left.ScopesOf(kAmy), IsEmpty());
}

TEST(DirectoryTest, APairingNamesTheTeacherOrAnOrgOfTheirs) {
  const Directory directory =
      WithGrants({Grant(1, kAmy, v1::ROLE_COACH, {}, {kBen, kZoe}),
                  Grant(2, kZoe, v1::ROLE_MENTOR, kNorth), Grant(3, kBen, v1::ROLE_PEER, kArt)});
  EXPECT_TRUE(directory.IsPaired(kAmy, v1::ROLE_COACH, kZoe));
  EXPECT_FALSE(directory.IsPaired(kZoe, v1::ROLE_COACH, kAmy)) << "a pairing has a direction";
  EXPECT_FALSE(directory.IsPaired(kAmy, v1::ROLE_PEER, kZoe)) << "and a role";
  EXPECT_TRUE(directory.IsPaired(kZoe, v1::ROLE_MENTOR, kTrainee)) << "by the school above";
  EXPECT_TRUE(directory.IsPaired(kBen, v1::ROLE_PEER, kAmy)) << "by a second department";
  EXPECT_FALSE(directory.IsPaired(kBen, v1::ROLE_PEER, kZoe));
  EXPECT_FALSE(directory.IsPaired(kZoe, v1::ROLE_MENTOR, Id(99)));
}

TEST(DirectoryTest, HeadsAreThoseOfTheSiteAndAboveIt) {
  const Directory directory =
      WithGrants({Grant(1, kBen, v1::ROLE_HEAD, kNorth), Grant(2, kAmy, v1::ROLE_HEAD, kNorthHill),
                  Grant(3, kAmy, v1::ROLE_HEAD, kNorth)});
  EXPECT_THAT(directory.HeadsOf(kNorthHill), ElementsAre(kAmy, kBen));
  EXPECT_THAT(directory.HeadsOf(kSouth), IsEmpty());
}

TEST(DirectoryTest, ScopesFollowFromWhoSomebodyIsAndWhatTheyHold) {
  const Scope staff = core::StaffScope();
  const struct {
    const char* what;
    Id16 person;
    std::vector<v1::RoleGrant> grants;
    std::vector<Scope> scopes;
  } cases[] = {
      {"a teacher", kBen, {}, {staff, core::PersonScope(kBen)}},
      {"a trainee", kTrainee, {}, {staff, core::PersonScope(kTrainee)}},
      {"a governor", kGov, {Grant(1, kGov, v1::ROLE_GOVERNOR, kNorth)}, {}},
      {"a head of two departments",
       kAmy,
       {Grant(1, kAmy, v1::ROLE_HOD, kMaths), Grant(2, kAmy, v1::ROLE_HOD, kArt)},
       {staff, core::PersonScope(kAmy), core::DepartmentScope(kMaths),
        core::DepartmentScope(kArt)}},
      {"a senior leader of a school of two sites",
       kBen,
       {Grant(1, kBen, v1::ROLE_SLT, kNorth)},
       {staff, core::PersonScope(kBen), core::SchoolScope(kNorth), core::SchoolScope(kNorthHill),
        core::SchoolScope(kNorthPark)}},
      {"a head of one site",
       kBen,
       {Grant(1, kBen, v1::ROLE_HEAD, kNorthPark)},
       {staff, core::PersonScope(kBen), core::SchoolScope(kNorthPark)}},
      {"a partner in a review",
       kPartner,
       {Grant(1, kPartner, v1::ROLE_EXTERNAL, kReview)},
       {core::PersonScope(kPartner), core::ReviewScope(kReview)}},
      {"a coach",
       kBen,
       {Grant(1, kBen, v1::ROLE_COACH, {}, {kAmy})},
       {staff, core::PersonScope(kBen)}},
      {"an executive, an administrator and a DPO",
       kZoe,
       {Grant(1, kZoe, v1::ROLE_EXEC, kTrust), Grant(2, kZoe, v1::ROLE_ADMIN, kNorth),
        Grant(3, kZoe, v1::ROLE_DPO, kNorth)},
       {staff, core::PersonScope(kZoe)}},
      {"nobody", Id(99), {}, {}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    const std::vector<Scope> scopes = WithGrants(c.grants).ScopesOf(c.person);
    EXPECT_TRUE(std::is_sorted(scopes.begin(), scopes.end()));
    EXPECT_EQ(scopes.size(), c.scopes.size());
    for (const Scope& scope : c.scopes) {
      EXPECT_NE(std::find(scopes.begin(), scopes.end(), scope), scopes.end());
    }
  }
}

TEST(DirectoryTest, APolicyWithoutAWordHasTheDefaults) {
  const Directory directory = WithGrants({});
  const v1::Policy& policy = directory.PolicyOf(kNorthHill);
  EXPECT_EQ(policy.load_cap_visits(), 2u);
  EXPECT_EQ(policy.load_cap_minutes(), 120u);
  EXPECT_FALSE(policy.walk_rated());
  EXPECT_FALSE(policy.mentor_counts());
  EXPECT_TRUE(policy.walk_counts_to_cap());
  EXPECT_EQ(policy.share_within_school_days(), 5u);
  EXPECT_EQ(policy.k_min(), 5u);
  EXPECT_EQ(policy.trend_min_each_side(), 2u);
  EXPECT_EQ(policy.trend_min_observers(), 2u);
  EXPECT_EQ(policy.at_risk_school_days(), 10u);
  EXPECT_EQ(policy.eligible_percent(), 50u);
  EXPECT_EQ(policy.grace_days(), 0u);
  EXPECT_THAT(policy.open_kinds(),
              ElementsAre(v1::VISIT_KIND_INFORMAL, v1::VISIT_KIND_SELF, v1::VISIT_KIND_CALIB));
}

TEST(DirectoryTest, TheNearestPolicyHoldsAndKeepsWhatItSays) {
  Directory::Content content = Orgs();
  v1::Policy& trust = content.policies.emplace_back();
  trust.set_id(Bytes(Id(41)));
  trust.set_org(Bytes(kTrust));
  trust.set_k_min(7);
  v1::Policy& hill = content.policies.emplace_back();
  hill.set_id(Bytes(Id(42)));
  hill.set_org(Bytes(kNorthHill));
  hill.set_walk_rated(true);
  hill.set_walk_counts_to_cap(false);
  v1::CoverageRule& rule = content.rules.emplace_back();
  rule.set_id(Bytes(Id(43)));
  rule.set_per(v1::COVERAGE_PERIOD_HALF_TERM);
  const Directory directory(std::move(content));

  EXPECT_EQ(directory.PolicyOf(kNorthPark).k_min(), 7u) << "two above";
  EXPECT_EQ(directory.PolicyOf(Id16{}).k_min(), 7u) << "no site: the tenant's";
  EXPECT_EQ(directory.PolicyOf(kNorthHill).k_min(), 5u) << "policies do not mix";
  EXPECT_TRUE(directory.PolicyOf(kNorthHill).walk_rated());
  EXPECT_FALSE(directory.PolicyOf(kNorthHill).walk_counts_to_cap());
  EXPECT_EQ(directory.PolicyOf(kNorthHill).load_cap_visits(), 8u) << "six asked for, and two";
  EXPECT_EQ(directory.PolicyOf(kNorthHill).load_cap_minutes(), 480u);
}

TEST(DirectoryTest, ALessonCountsInItsHalfTermAndAHolidayInTheOneBefore) {
  const Directory directory = WithCalendars({MakeCalendar(51, kTrust, "Europe/London")});
  const struct {
    const char* what;
    int year, month, day, hour, minute;
    uint16_t half_term;
  } cases[] = {
      {"long before", 1970, 1, 1, 0, 0, 0},
      {"the evening before the first day", 2026, 9, 2, 23, 59, 0},
      {"the first minute", 2026, 9, 3, 0, 0, Number(2026, 1)},
      {"a closed day", 2026, 9, 25, 9, 0, Number(2026, 1)},
      {"the last day", 2026, 10, 23, 23, 59, Number(2026, 1)},
      {"the holiday", 2026, 10, 28, 9, 0, Number(2026, 1)},
      {"the day before the second", 2026, 11, 1, 23, 59, Number(2026, 1)},
      {"the second", 2026, 11, 2, 0, 0, Number(2026, 2)},
      {"a half-term that the calendar leaves out", 2027, 3, 1, 9, 0, Number(2026, 2)},
      {"the summer holiday", 2027, 8, 15, 9, 0, Number(2026, 6)},
      {"long after", 2040, 1, 1, 9, 0, Number(2026, 6)},
  };
  for (const auto& c : cases) {
    const int64_t moment = MomentIn("Europe/London", c.year, c.month, c.day, c.hour, c.minute);
    EXPECT_EQ(directory.HalfTermAt(kMaths, moment), c.half_term) << c.what;
  }
  EXPECT_EQ(directory.HalfTermAt(kMaths, INT64_MIN), 0);
  EXPECT_EQ(directory.HalfTermAt(kMaths, INT64_MAX), Number(2026, 6));
}

TEST(DirectoryTest, ADayIsTheDayInTheSchoolsZone) {
  const Directory directory = WithCalendars({MakeCalendar(51, kTrust, "Europe/London"),
                                             MakeCalendar(52, kSouth, "Asia/Tokyo"),
                                             MakeCalendar(53, kNorthPark, "America/New_York")});
  // The last second of 2 September in UTC is 3 September 00:59:59 in London's summer time.
  const int64_t before_midnight_utc = MomentIn("UTC", 2026, 9, 2, 23, 59) + 59'000;
  EXPECT_EQ(directory.HalfTermAt(kMaths, before_midnight_utc), Number(2026, 1));
  EXPECT_EQ(directory.HalfTermAt(kDrama, MomentIn("UTC", 2026, 9, 2, 15, 0)), Number(2026, 1));
  EXPECT_EQ(directory.HalfTermAt(kDrama, MomentIn("UTC", 2026, 9, 2, 14, 59)), 0);
  EXPECT_EQ(directory.HalfTermAt(kArt, MomentIn("UTC", 2026, 9, 3, 3, 59)), 0);
  EXPECT_EQ(directory.HalfTermAt(kArt, MomentIn("UTC", 2026, 9, 3, 4, 0)), Number(2026, 1));
  // Clocks go back on 25 October 2026; on 2 November London is on UTC again.
  EXPECT_EQ(directory.HalfTermAt(kMaths, MomentIn("UTC", 2026, 11, 1, 23, 59)), Number(2026, 1));
  EXPECT_EQ(directory.HalfTermAt(kMaths, MomentIn("UTC", 2026, 11, 2, 0, 0)), Number(2026, 2));
  EXPECT_EQ(directory.ZoneOf(kArt).name(), "America/New_York");
  EXPECT_EQ(directory.ZoneOf(kNorthHill).name(), "Europe/London");
}

TEST(DirectoryTest, WithoutACalendarThereIsNoHalfTerm) {
  const Directory none = WithCalendars({});
  EXPECT_EQ(none.HalfTermAt(kMaths, MomentIn("UTC", 2026, 9, 3)), 0);
  EXPECT_EQ(none.HalfTerm(kMaths, Number(2026, 1)), nullptr);
  EXPECT_EQ(none.SchoolDaysBetween(kMaths, 0, INT64_MAX), 0);
  EXPECT_EQ(none.ZoneOf(kMaths).name(), "UTC");

  const Directory one = WithCalendars({MakeCalendar(51, kSouth, "Europe/London")});
  EXPECT_EQ(one.HalfTermAt(kMaths, MomentIn("UTC", 2026, 9, 3)), 0) << "another school's";
  EXPECT_EQ(one.HalfTermAt(Id16{}, MomentIn("UTC", 2026, 9, 3)), Number(2026, 1)) << "no org";
  const Directory unknown_zone = WithCalendars({MakeCalendar(51, kTrust, "Europe/Atlantis")});
  EXPECT_EQ(unknown_zone.ZoneOf(kMaths).name(), "UTC");
}

TEST(DirectoryTest, AHalfTermIsFoundByItsNumber) {
  const Directory directory = WithCalendars({MakeCalendar(51, kTrust, "Europe/London")});
  ASSERT_NE(directory.HalfTerm(kMaths, Number(2026, 2)), nullptr);
  EXPECT_EQ(directory.HalfTerm(kMaths, Number(2026, 2))->start_day(), Day(2026, 11, 2));
  EXPECT_EQ(directory.HalfTerm(kMaths, Number(2026, 3)), nullptr);
  EXPECT_EQ(directory.HalfTerm(kMaths, 0), nullptr);
}

TEST(DirectoryTest, SchoolDaysLeaveOutWeekendsClosedDaysAndHolidays) {
  const Directory directory = WithCalendars({MakeCalendar(51, kTrust, "Europe/London")});
  const struct {
    const char* what;
    int from_month, from_day, to_month, to_day, days;
  } cases[] = {
      {"the same day", 9, 7, 9, 7, 0},           {"backwards", 9, 8, 9, 7, 0},
      {"the next day", 9, 7, 9, 8, 1},           {"Friday to Monday", 9, 11, 9, 14, 1},
      {"Friday to Sunday", 9, 11, 9, 13, 0},     {"a week", 9, 7, 9, 14, 5},
      {"over a closed Friday", 9, 24, 9, 28, 1}, {"to a closed day", 9, 24, 9, 25, 0},
      {"over the holiday", 10, 23, 11, 2, 1},    {"from before the year", 8, 1, 9, 4, 2},
      {"the whole half-term", 8, 1, 10, 31, 36},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(directory.SchoolDaysBetween(
                  kMaths, MomentIn("Europe/London", 2026, c.from_month, c.from_day, 16),
                  MomentIn("Europe/London", 2026, c.to_month, c.to_day, 8)),
              c.days)
        << c.what;
  }
  EXPECT_EQ(directory.SchoolDaysBetween(kMaths, INT64_MIN, INT64_MAX), 36 + 35 + 33)
      << "a wrong clock costs no time";
}

// The fast count of weekdays against counting day by day.
TEST(SchoolCalendarTest, EveryRangeCountsLikeCountingDayByDay) {
  const SchoolCalendar calendar(MakeCalendar(51, kTrust, "Europe/London"));
  const auto is_school_day = [](int32_t day) {
    const absl::Weekday weekday = absl::GetWeekday(absl::CivilDay(1970, 1, 1) + day);
    if (weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday) return false;
    if (day == Day(2026, 9, 25)) return false;
    return (day >= Day(2026, 9, 3) && day <= Day(2026, 10, 23)) ||
           (day >= Day(2026, 11, 2) && day <= Day(2026, 12, 18));
  };
  for (int32_t from = Day(2026, 8, 25); from < Day(2026, 12, 24); ++from) {
    int counted = 0;
    for (int32_t to = from + 1; to < Day(2026, 12, 28); ++to) {
      counted += is_school_day(to);
      ASSERT_EQ(calendar.SchoolDaysAfter(from, to), counted) << from << " " << to;
    }
  }
}

TEST(SchoolCalendarTest, HalfTermsThatMakeNoSenseAreLeftOut) {
  v1::Calendar odd;
  odd.set_zone("Europe/London");
  v1::SchoolYear* year = odd.add_years();
  year->set_first_year(2026);
  AddHalfTerm(*year, 0, 10, 20);
  AddHalfTerm(*year, 7, 10, 20);
  AddHalfTerm(*year, 1, 20, 10);
  v1::SchoolYear* ancient = odd.add_years();
  ancient->set_first_year(1999);
  AddHalfTerm(*ancient, 1, 10, 20);
  EXPECT_EQ(SchoolCalendar(odd).HalfTermOfDay(15), 0);
}

}  // namespace
}  // namespace halfterm::sync
