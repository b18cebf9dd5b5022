#include "tools/demo_school/roster_files.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/demo_school/words.h"
#include "tools/replay/ids.h"
#include "tools/roster/builder.h"

namespace halfterm::tools {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kPupilsInTheExport = 12;

std::string Line(const std::vector<std::string>& fields) {
  std::vector<std::string> quoted;
  for (const std::string& field : fields) {
    const bool plain = field.find_first_of(",\"\n") == std::string::npos;
    quoted.push_back(plain ? field : absl::StrCat("\"", field, "\""));
  }
  return absl::StrCat(absl::StrJoin(quoted, ","), "\r\n");
}

std::string Manifest() {
  std::string text = Line({"propertyName", "value"});
  text += Line({"manifest.version", "1.0"});
  text += Line({"oneroster.version", "1.2"});
  for (const char* file : {"academicSessions", "orgs", "users", "roles"}) {
    text += Line({absl::StrCat("file.", file), "bulk"});
  }
  for (const char* file : {"classes", "courses", "demographics", "enrollments"}) {
    text += Line({absl::StrCat("file.", file), "absent"});
  }
  text += Line({"source.systemName", "Halfterm demonstration"});
  return text;
}

std::string Orgs(const DemoSchool& school) {
  std::string text = Line(
      {"sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId"});
  text += Line({FormatUuid(school.school), "", "", "Northgate School", "school", "", ""});
  for (const DemoSchool::Department& department : school.departments) {
    text += Line({FormatUuid(department.id), "", "", department.name, "department", department.code,
                  FormatUuid(school.school)});
  }
  return text;
}

std::string Users(const DemoSchool& school) {
  std::string text = Line({"sourcedId",
                           "status",
                           "dateLastModified",
                           "enabledUser",
                           "username",
                           "userIds",
                           "givenName",
                           "familyName",
                           "middleName",
                           "identifier",
                           "email",
                           "sms",
                           "phone",
                           "agentSourcedIds",
                           "grades",
                           "password",
                           "userMasterIdentifier",
                           "preferredGivenName",
                           "preferredFamilyName",
                           "primaryOrgSourcedId",
                           "pronouns"});
  const auto add = [&](const std::string& id, const std::string& given, const std::string& family,
                       const std::string& code) {
    text += Line({id, "", "", "true", code, "", given, family, "", code,
                  "", "", "", "",     "",   "", "",    "",     "", FormatUuid(school.school),
                  ""});
  };
  for (const DemoPerson& person : school.people) {
    add(FormatUuid(person.id), person.given, person.family, person.code);
  }
  // Exports hold pupils too; an import lets them go.
  for (int i = 1; i <= kPupilsInTheExport; ++i) {
    add(absl::StrCat("pupil-", i), "Pupil", absl::StrCat("Number ", i), "");
  }
  return text;
}

std::string Roles(const DemoSchool& school) {
  std::string text = Line({"sourcedId", "status", "dateLastModified", "userSourcedId", "roleType",
                           "role", "beginDate", "endDate", "orgSourcedId", "userProfileSourcedId"});
  int number = 0;
  const auto add = [&](const std::string& user, const char* type, const char* role,
                       const core::Id16& org) {
    text += Line(
        {absl::StrCat("role-", ++number), "", "", user, type, role, "", "", FormatUuid(org), ""});
  };
  for (size_t i = 0; i < school.people.size(); ++i) {
    const DemoPerson& person = school.people[i];
    const std::string id = FormatUuid(person.id);
    const char* role = i == school.leaders[0]       ? "principal"
                       : i == school.administrator  ? "systemAdministrator"
                       : person.departments.empty() ? "siteAdministrator"
                                                    : "teacher";
    add(id, "primary", role, school.school);
    const char* type = "primary";
    for (const size_t department : person.departments) {
      add(id, type, "teacher", school.departments[department].id);
      type = "secondary";
    }
  }
  for (int i = 1; i <= kPupilsInTheExport; ++i) {
    add(absl::StrCat("pupil-", i), "primary", "student", school.school);
  }
  return text;
}

std::string Sessions() {
  static const char* const kNames[] = {"Autumn 1", "Autumn 2", "Spring 1",
                                       "Spring 2", "Summer 1", "Summer 2"};
  std::string text = Line({"sourcedId", "status", "dateLastModified", "title", "type", "startDate",
                           "endDate", "parentSourcedId", "schoolYear"});
  const auto& terms = DemoSchool::HalfTerms();
  const std::string year = absl::StrCat(DemoSchool::kFirstYear + 1);
  text += Line({"year-2026", "", "", "2026-27", "schoolYear", DayText(terms.front().start_day),
                DayText(terms.back().end_day), "", year});
  for (size_t i = 0; i < terms.size(); ++i) {
    text += Line({absl::StrCat("half-term-", i + 1), "", "", kNames[i], "term",
                  DayText(terms[i].start_day), DayText(terms[i].end_day), "year-2026", year});
  }
  return text;
}

std::string ClosedDays() {
  std::string text = Line({"from", "to", "org", "reason"});
  for (const DemoSchool::HalfTerm& term : DemoSchool::HalfTerms()) {
    for (const int32_t day : term.closed_days) text += Line({DayText(day), "", "", "no lessons"});
  }
  return text;
}

std::string People(const DemoSchool& school) {
  std::string text = Line({"person", "staff_code", "type"});
  for (const DemoPerson& person : school.people) {
    text += Line(
        {FormatUuid(person.id), person.code, ChoiceText(v1::PersonType_descriptor(), person.type)});
  }
  return text;
}

std::string Grants(const DemoSchool& school, Stage stage) {
  std::string text = Line({"person", "role", "org", "people", "from", "to"});
  const auto add = [&](size_t person, const char* role, const core::Id16& org) {
    text += Line({FormatUuid(school.people[person].id), role, FormatUuid(org), "", "", ""});
  };
  for (size_t i = 0; i < school.leaders.size(); ++i) {
    add(school.leaders[i], i == 0 ? "head" : "slt", school.school);
  }
  for (size_t d = 0; d < school.departments.size(); ++d) {
    add(school.HeadOfDepartment(d, stage), "hod", school.departments[d].id);
  }
  for (const size_t governor : school.governors) add(governor, "governor", school.school);
  add(school.administrator, "admin", school.school);
  add(school.officer, "dpo", school.school);
  return text;
}

std::string Pairings(const DemoSchool& school) {
  std::string text = Line({"role", "observer", "teacher", "from", "to"});
  for (const DemoPair& pair : school.pairs) {
    text += Line({ChoiceText(v1::Role_descriptor(), pair.role),
                  FormatUuid(school.people[pair.observer].id),
                  FormatUuid(school.people[pair.teacher].id), "", ""});
  }
  return text;
}

std::string Pretty(const Json& json) { return json.dump(1) + "\n"; }

std::string Rubrics(const DemoSchool& school) {
  Json list = Json::array();
  for (const bool is_b : {false, true}) {
    Json rubric = {{"id", FormatUuid(is_b ? school.rubric_b : school.rubric_a)},
                   {"rubric", "nine elements"},
                   {"title", "Nine elements of a lesson"},
                   {"version", is_b ? "B (five levels)" : "A (four levels)"},
                   {"licence", "Apache-2.0"},
                   {"elements", Json::array()}};
    for (uint32_t number = 1; number <= kElements; ++number) {
      const ElementWords& words = WordsOfElement(number);
      Json element = {{"number", number},
                      {"code", words.code},
                      {"title", words.title},
                      {"levels", Json::array()},
                      {"tags", {words.standard}}};
      for (size_t level = 0; level < (is_b ? 5u : 4u); ++level) {
        element["levels"].push_back(words.levels[level]);
      }
      rubric["elements"].push_back(std::move(element));
    }
    list.push_back(std::move(rubric));
  }
  return Pretty(list);
}

std::string Templates(const DemoSchool& school) {
  struct Form {
    v1::VisitKind kind;
    const char* title;
    bool rated;
    std::vector<std::string> sections, required;
  };
  const std::vector<std::string> whole = {"praise",           "notes",     "ratings",  "tallies",
                                          "on_task",          "strengths", "priority", "steps",
                                          "conversation_day", "message"};
  const Form forms[] = {
      {v1::VISIT_KIND_DEPT,
       "Department visit",
       true,
       whole,
       {"strengths", "priority", "conversation_day"}},
      {v1::VISIT_KIND_WALK,
       "Walk-round",
       false,
       {"praise", "offer_help", "strengths"},
       {"strengths"}},
      {v1::VISIT_KIND_TEAM, "Visit of three", true, whole, {"strengths", "priority"}},
      {v1::VISIT_KIND_MENTOR,
       "Mentor visit",
       false,
       {"praise", "notes", "strengths", "steps"},
       {"strengths"}},
      {v1::VISIT_KIND_COACH,
       "Coaching visit",
       false,
       {"notes", "strengths", "message", "steps"},
       {"strengths"}},
      {v1::VISIT_KIND_PEER, "Peer visit", false, {"notes", "strengths"}, {"strengths"}},
      {v1::VISIT_KIND_AST, "Visit with an AST", true, whole, {"strengths"}},
      {v1::VISIT_KIND_INFORMAL, "Open-door visit", false, {"strengths"}, {"strengths"}},
  };
  Json list = Json::array();
  for (const Form& form : forms) {
    for (const bool is_b : {false, true}) {
      if (is_b && !form.rated) continue;
      Json object = {{"id", FormatUuid(school.TemplateOf(form.kind, is_b))},
                     {"kind", ChoiceText(v1::VisitKind_descriptor(), form.kind)},
                     {"title", form.title},
                     {"sections", form.sections},
                     {"required_at_share", form.required}};
      if (form.rated) {
        object["rubric_version"] = FormatUuid(is_b ? school.rubric_b : school.rubric_a);
        object["tally_codes"] = {"asked by name", "asked a volunteer", "pupil explains",
                                 "whole-class check"};
      }
      list.push_back(std::move(object));
    }
  }
  return Pretty(list);
}

std::string Coverage(const DemoSchool& school) {
  const std::string org = FormatUuid(school.school);
  return Pretty(Json::array({
      {{"id", "every-half-term"},
       {"org", org},
       {"title", "Department visit, once a half-term"},
       {"kinds", {"dept"}},
       {"min_count", 1},
       {"per", "half_term"},
       {"by_roles", {"hod", "slt", "head"}},
       {"person_types", {"staff"}}},
      {{"id", "walks"},
       {"org", org},
       {"title", "Seen on a walk-round, four times a half-term"},
       {"kinds", {"walk"}},
       {"min_count", 4},
       {"per", "half_term"},
       {"person_types", {"staff"}}},
      {{"id", "mentors"},
       {"org", org},
       {"title", "Mentor visit for trainees, three a half-term"},
       {"kinds", {"mentor"}},
       {"min_count", 3},
       {"per", "half_term"},
       {"by_roles", {"mentor"}},
       {"person_types", {"trainee"}}},
  }));
}

std::string Policies(const DemoSchool& school) {
  return Pretty(Json::array({{{"org", FormatUuid(school.school)},
                              {"load_cap_visits", 30},
                              {"load_cap_minutes", 600},
                              {"share_within_school_days", 5},
                              {"k_min", 5},
                              {"grace_days", 2}}}));
}

std::string Cycles(const DemoSchool& school) {
  static const int32_t kWeek = 7;
  Json list = Json::array();
  int32_t start = DemoSchool::HalfTerms().front().start_day + 5;  // A Monday.
  for (int number = 1; number <= 6; ++number, start += 6 * kWeek) {
    list.push_back({{"id", absl::StrCat("cycle-", number)},
                    {"org", FormatUuid(school.school)},
                    {"title", absl::StrCat("Cycle ", number)},
                    {"start_day", DayText(start)},
                    {"weeks", 6}});
  }
  return Pretty(list);
}

}  // namespace

RosterFiles DemoRoster(const DemoSchool& school, Stage stage) {
  return {
      {"manifest.csv", Manifest()},
      {"orgs.csv", Orgs(school)},
      {"users.csv", Users(school)},
      {"roles.csv", Roles(school)},
      {"academicSessions.csv", Sessions()},
      {"halfterm.json", Pretty({{"school", DemoSchool::kHandle},
                                {"name", "Northgate School"},
                                {"zone", "Europe/London"}})},
      {"closed_days.csv", ClosedDays()},
      {"people.csv", People(school)},
      {"grants.csv", Grants(school, stage)},
      {"pairings.csv", Pairings(school)},
      {"rubrics.json", Rubrics(school)},
      {"templates.json", Templates(school)},
      {"coverage.json", Coverage(school)},
      {"policies.json", Policies(school)},
      {"cycles.json", Cycles(school)},
  };
}

}  // namespace halfterm::tools
