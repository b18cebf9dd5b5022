// That each fault of an import's rows is found and named with its row and field: one case a fault,
// each a change of a roster that has none.

#include "storage/import/import_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tests/support/roster.h"

namespace halfterm::storage {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Roster;
using ::testing::SizeIs;

// What the school holds already.
sync::Directory Held() {
  sync::Directory::Content content;
  v1::Org& org = content.orgs.emplace_back();
  org.set_id(Roster::Bytes(90));
  org.set_sourced_id("old-org");
  org.set_kind(v1::ORG_KIND_DEPARTMENT);
  v1::Person& person = content.people.emplace_back();
  person.set_id(Roster::Bytes(91));
  person.set_sourced_id("old-staff");
  v1::RoleGrant& grant = content.grants.emplace_back();
  grant.set_id(Roster::Bytes(92));
  grant.set_person(Roster::Bytes(91));
  grant.set_role(v1::ROLE_HOD);
  grant.set_org(Roster::Bytes(90));
  grant.set_origin(v1::GRANT_ORIGIN_LOCAL);
  Roster roster;
  content.rubrics.push_back(roster.AddRubric());
  content.rubrics.back().set_id(Roster::Bytes(93));
  return sync::Directory(std::move(content));
}

TEST(ImportCheckTest, ARosterWithoutFaultPasses) {
  Roster roster;
  roster.AddPolicy().set_k_min(5);
  roster.AddTemplate().set_rubric_version(roster.AddRubric().id());
  roster.AddRule();
  roster.AddCycle();
  roster.AddGrant(61, 11, v1::ROLE_COACH, 0).add_people(Roster::Bytes(12));
  roster.AddGrant(62, 11, v1::ROLE_HEAD, Roster::kSchool);
  roster.person(11).add_departments()->set_org(Roster::Bytes(90));
  EXPECT_TRUE(CheckImportRequest(roster.request).ok());
  EXPECT_THAT(CheckImportRows(roster.request, Held()), IsEmpty());
}

TEST(ImportCheckTest, EachFaultIsNamedWithItsRowAndField) {
  const struct {
    const char* what;
    std::function<void(Roster&)> spoil;
    v1::RecordKind kind;
    uint32_t index;
    const char* field;
    const char* reason;
  } cases[] = {
      {"short id", [](Roster& r) { r.person(12).set_id("short"); }, v1::RECORD_KIND_PERSON, 2, "id",
       "16 bytes"},
      {"id of zeros", [](Roster& r) { r.person(12).set_id(std::string(16, '\0')); },
       v1::RECORD_KIND_PERSON, 2, "id", "16 bytes"},
      {"twice", [](Roster& r) { r.AddPerson(12, 0).set_sourced_id("other"); },
       v1::RECORD_KIND_PERSON, 10, "id", "twice"},
      {"a person with the id of an org", [](Roster& r) { r.AddPerson(90, 0); },
       v1::RECORD_KIND_PERSON, 10, "id", "another kind"},
      {"the same roster identifier twice",
       [](Roster& r) { r.person(13).set_sourced_id(r.person(12).sourced_id()); },
       v1::RECORD_KIND_PERSON, 3, "sourced_id", "another id"},
      {"the roster identifier of somebody held",
       [](Roster& r) { r.person(13).set_sourced_id("old-staff"); }, v1::RECORD_KIND_PERSON, 3,
       "sourced_id", "another id"},
      {"no name", [](Roster& r) { r.person(10).clear_display_name(); }, v1::RECORD_KIND_PERSON, 0,
       "display_name", "missing"},
      {"a long name", [](Roster& r) { r.person(10).set_display_name(std::string(129, 'a')); },
       v1::RECORD_KIND_PERSON, 0, "display_name", "128 bytes"},
      {"a line break in a name", [](Roster& r) { r.person(10).set_display_name("Ann\nReid"); },
       v1::RECORD_KIND_PERSON, 0, "display_name", "line break"},
      {"a type from the future", [](Roster& r) { r.person(10).set_type(v1::PersonType(77)); },
       v1::RECORD_KIND_PERSON, 0, "type", "unknown"},
      {"backward days",
       [](Roster& r) {
         r.person(10).set_from_day(20);
         r.person(10).set_to_day(19);
       },
       v1::RECORD_KIND_PERSON, 0, "to_day", "before it begins"},
      {"an unknown department",
       [](Roster& r) { r.person(10).add_departments()->set_org(Roster::Bytes(99)); },
       v1::RECORD_KIND_PERSON, 0, "departments", "no department"},
      {"a school for a department",
       [](Roster& r) { r.person(10).add_departments()->set_org(Roster::Bytes(Roster::kSchool)); },
       v1::RECORD_KIND_PERSON, 0, "departments", "no department"},
      {"one department twice",
       [](Roster& r) { r.person(10).add_departments()->set_org(Roster::Bytes(Roster::kMaths)); },
       v1::RECORD_KIND_PERSON, 0, "departments", "twice"},
      {"an org without kind", [](Roster& r) { r.request.mutable_orgs(1)->clear_kind(); },
       v1::RECORD_KIND_ORG, 1, "kind", "missing"},
      {"an unknown parent",
       [](Roster& r) { r.request.mutable_orgs(1)->set_parent(Roster::Bytes(99)); },
       v1::RECORD_KIND_ORG, 1, "parent", "no organisation"},
      {"an org below itself",
       [](Roster& r) { r.request.mutable_orgs(1)->set_parent(Roster::Bytes(Roster::kMaths)); },
       v1::RECORD_KIND_ORG, 1, "parent", "below itself"},
      {"a grant to nobody", [](Roster& r) { r.AddGrant(61, 99, v1::ROLE_SLT, Roster::kSchool); },
       v1::RECORD_KIND_ROLE_GRANT, 1, "person", "nobody"},
      {"a grant without role",
       [](Roster& r) { r.AddGrant(61, 11, v1::ROLE_UNSPECIFIED, Roster::kSchool); },
       v1::RECORD_KIND_ROLE_GRANT, 1, "role", "missing"},
      {"a head of a school's department",
       [](Roster& r) { r.AddGrant(61, 11, v1::ROLE_HEAD, Roster::kMaths); },
       v1::RECORD_KIND_ROLE_GRANT, 1, "org", "school or site"},
      {"a head of department of a school",
       [](Roster& r) { r.AddGrant(61, 11, v1::ROLE_HOD, Roster::kSchool); },
       v1::RECORD_KIND_ROLE_GRANT, 1, "org", "a department"},
      {"a coach of nobody", [](Roster& r) { r.AddGrant(61, 11, v1::ROLE_COACH, 0); },
       v1::RECORD_KIND_ROLE_GRANT, 1, "people", "for whom"},
      {"a coach of themself",
       [](Roster& r) { r.AddGrant(61, 11, v1::ROLE_COACH, 0).add_people(Roster::Bytes(11)); },
       v1::RECORD_KIND_ROLE_GRANT, 1, "people", "the person who holds it"},
      {"a reviewer of no review", [](Roster& r) { r.AddGrant(61, 11, v1::ROLE_REVIEWER, 0); },
       v1::RECORD_KIND_ROLE_GRANT, 1, "org", "review"},
      {"one grant twice",
       [](Roster& r) { r.AddGrant(Roster::kHeadOfMaths, 11, v1::ROLE_HOD, Roster::kArt); },
       v1::RECORD_KIND_ROLE_GRANT, 1, "id", "twice"},
      {"another's grant", [](Roster& r) { r.AddGrant(92, 11, v1::ROLE_HOD, Roster::kArt); },
       v1::RECORD_KIND_ROLE_GRANT, 1, "person", "not the one"},
      {"a grant made by hand", [](Roster& r) { r.AddGrant(92, 91, v1::ROLE_HOD, Roster::kArt); },
       v1::RECORD_KIND_ROLE_GRANT, 1, "", "made by hand"},
      {"an unknown zone",
       [](Roster& r) { r.request.mutable_calendars(0)->set_zone("Europe/Atlantis"); },
       v1::RECORD_KIND_CALENDAR, 0, "zone", "no time zone"},
      {"a zone that is a path",
       [](Roster& r) { r.request.mutable_calendars(0)->set_zone("/etc/passwd"); },
       v1::RECORD_KIND_CALENDAR, 0, "zone", "no time zone"},
      {"half-terms that overlap",
       [](Roster& r) {
         r.request.mutable_calendars(0)->mutable_years(0)->mutable_half_terms(1)->set_start_day(
             testing::Day(2026, 10, 23));
       },
       v1::RECORD_KIND_CALENDAR, 0, "half_terms 2026/2", "before the one before"},
      {"a half-term 7",
       [](Roster& r) {
         r.request.mutable_calendars(0)->mutable_years(0)->mutable_half_terms(1)->set_number(7);
       },
       v1::RECORD_KIND_CALENDAR, 0, "half_terms", "1 to 6"},
      {"a closed day outside",
       [](Roster& r) {
         r.request.mutable_calendars(0)->mutable_years(0)->mutable_half_terms(0)->add_closed_days(
             testing::Day(2026, 8, 1));
       },
       v1::RECORD_KIND_CALENDAR, 0, "half_terms 2026/1", "outside"},
      {"two calendars of one school", [](Roster& r) { r.AddCalendar().set_id(Roster::Bytes(99)); },
       v1::RECORD_KIND_CALENDAR, 1, "org", "another calendar"},
      {"a calendar of nowhere",
       [](Roster& r) { r.request.mutable_calendars(0)->set_org(Roster::Bytes(99)); },
       v1::RECORD_KIND_CALENDAR, 0, "org", "no organisation"},
      {"a small k", [](Roster& r) { r.AddPolicy().set_k_min(2); }, v1::RECORD_KIND_POLICY, 0,
       "k_min", "3 to 50"},
      {"an open kind that is none",
       [](Roster& r) { r.AddPolicy().add_open_kinds(v1::VISIT_KIND_UNSPECIFIED); },
       v1::RECORD_KIND_POLICY, 0, "open_kinds", "unknown"},
      {"a rubric without elements", [](Roster& r) { r.AddRubric().clear_elements(); },
       v1::RECORD_KIND_RUBRIC_VERSION, 0, "elements", "missing"},
      {"an element of one level",
       [](Roster& r) { r.AddRubric().mutable_elements(0)->mutable_levels()->RemoveLast(); },
       v1::RECORD_KIND_RUBRIC_VERSION, 0, "elements 1 levels", "fewer than 2"},
      {"an element 300", [](Roster& r) { r.AddRubric().mutable_elements(0)->set_number(300); },
       v1::RECORD_KIND_RUBRIC_VERSION, 0, "elements", "1 to 255"},
      {"a rubric that is held and differs",
       [](Roster& r) {
         v1::RubricVersion& rubric = r.AddRubric();
         rubric.set_id(Roster::Bytes(93));
         rubric.mutable_elements(0)->set_title("Answers");
       },
       v1::RECORD_KIND_RUBRIC_VERSION, 0, "", "differs"},
      {"a rubric larger than a record",
       [](Roster& r) {
         v1::RubricVersion& rubric = r.AddRubric();
         for (uint32_t number = 2; number < 20; ++number) {
           v1::RubricElement& element = *rubric.add_elements();
           element = rubric.elements(0);
           element.set_number(number);
           element.set_levels(0, std::string(1000, 'a'));
         }
       },
       v1::RECORD_KIND_RUBRIC_VERSION, 0, "", "16 KiB"},
      {"a template of an unknown rubric",
       [](Roster& r) { r.AddTemplate().set_rubric_version(Roster::Bytes(99)); },
       v1::RECORD_KIND_TEMPLATE, 0, "rubric_version", "no rubric"},
      {"a section that is no field", [](Roster& r) { r.AddTemplate().add_sections("grade"); },
       v1::RECORD_KIND_TEMPLATE, 0, "sections", "no field"},
      {"a requirement that is no field",
       [](Roster& r) { r.AddTemplate().add_required_at_share("notes"); }, v1::RECORD_KIND_TEMPLATE,
       0, "required_at_share", "no field"},
      {"a rule of nowhere", [](Roster& r) { r.AddRule().set_org(Roster::Bytes(99)); },
       v1::RECORD_KIND_COVERAGE_RULE, 0, "org", "no organisation"},
      {"a rule without kinds", [](Roster& r) { r.AddRule().clear_kinds(); },
       v1::RECORD_KIND_COVERAGE_RULE, 0, "kinds", "missing"},
      {"an exemption of nobody",
       [](Roster& r) { r.AddRule().add_exemptions()->set_person(Roster::Bytes(99)); },
       v1::RECORD_KIND_COVERAGE_RULE, 0, "exemptions", "nobody"},
      {"a cycle without a first day", [](Roster& r) { r.AddCycle().clear_start_day(); },
       v1::RECORD_KIND_CYCLE, 0, "start_day", "missing"},
  };
  const sync::Directory held = Held();
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    Roster roster;
    c.spoil(roster);
    const std::vector<v1::ImportRejection> rejected = CheckImportRows(roster.request, held);
    bool found = false;
    for (const v1::ImportRejection& rejection : rejected) {
      found = found || (rejection.kind() == c.kind && rejection.index() == c.index &&
                        rejection.field() == c.field &&
                        rejection.reason().find(c.reason) != std::string::npos);
    }
    EXPECT_TRUE(found) << (rejected.empty() ? "nothing was rejected"
                                            : rejected[0].ShortDebugString());
  }
}

TEST(ImportCheckTest, EveryWrongRowIsNamedNotTheFirstAlone) {
  Roster roster;
  for (const uint8_t number : std::initializer_list<uint8_t>{10, 12, 14})
    roster.person(number).clear_display_name();
  EXPECT_THAT(CheckImportRows(roster.request, Held()), SizeIs(3));
}

TEST(ImportCheckTest, TheSchoolsHandleIsAWordOfItsOwn) {
  const struct {
    const char* handle;
    bool stands;
  } cases[] = {{"riverside", true}, {"a", true},    {"st-aldhelm-2", true},
               {"", false},         {"2nd", false}, {"Riverside", false},
               {"a b", false},      {"-a", false},  {"caf\xc3\xa9", false}};
  for (const auto& c : cases) {
    Roster roster;
    roster.request.set_tenant(c.handle);
    EXPECT_EQ(CheckImportRequest(roster.request).ok(), c.stands) << c.handle;
  }
  Roster roster;
  roster.request.set_tenant(std::string(64, 'a'));
  EXPECT_FALSE(CheckImportRequest(roster.request).ok());
  roster = Roster();
  for (int i = 0; i <= kMaxImportRows; ++i) roster.request.add_people();
  EXPECT_THAT(CheckImportRequest(roster.request).message(), HasSubstr("at most 20000 rows"));
}

}  // namespace
}  // namespace halfterm::storage
