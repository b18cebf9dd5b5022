#include "tools/demo_school/people.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "tools/demo_school/chance.h"
#include "tools/replay/ids.h"

namespace halfterm::tools {
namespace {

constexpr const char* kGiven[] = {
    "Amina",  "Ben",    "Carys",  "Dmitri", "Esther", "Farah",  "George", "Hana",   "Ivo",
    "Jasmin", "Kwame",  "Lena",   "Marcus", "Nadia",  "Owen",   "Petra",  "Rohan",  "Sian",
    "Tariq",  "Una",    "Victor", "Wendy",  "Xanthe", "Yusuf",  "Zoe",    "Alan",   "Bronwen",
    "Chidi",  "Dorota", "Emeka",  "Fiona",  "Gareth", "Helena", "Ines",   "Joseph", "Karim"};
constexpr const char* kFamily[] = {
    "Abbott",  "Bello",   "Cartwright", "Desai",  "Ellis",  "Farrow",  "Grant",  "Hussain",
    "Ivanova", "Jenkins", "Kowalska",   "Lloyd",  "Mensah", "Norris",  "Okafor", "Pryce",
    "Quigley", "Rahman",  "Sutton",     "Tanner", "Usman",  "Vaughan", "Whelan", "Yates",
    "Zaman",   "Archer",  "Bishop",     "Chen",   "Doyle",  "Eze",     "Fisher", "Gill",
    "Harker",  "Imran",   "Jarvis",     "Kaur"};

struct DepartmentPlan {
  const char* name;
  const char* code;
  size_t teachers;
  std::vector<std::string> subjects;
};
const std::vector<DepartmentPlan>& Plans() {
  static const std::vector<DepartmentPlan> kPlans = {
      {"English", "EN", 13, {"English language", "English literature"}},
      {"Mathematics", "MA", 13, {"Mathematics", "Statistics"}},
      {"Science", "SC", 13, {"Biology", "Chemistry", "Physics"}},
      {"Humanities", "HU", 12, {"History", "Geography", "Religious studies"}},
      {"Modern languages", "ML", 11, {"French", "Spanish", "German"}},
      {"Design and technology", "DT", 10, {"Product design", "Textiles", "Food and nutrition"}},
      {"Physical education", "PE", 9, {"Physical education", "Sport science"}},
      {"Art and design", "AR", 8, {"Art", "Photography"}},
      {"Computing and business", "CB", 8, {"Computing", "Business"}},
      {"Social sciences", "SS", 7, {"Sociology", "Psychology", "Citizenship"}},
      {"Drama and dance", "DD", 7, {"Drama", "Dance"}},
      {"Music", "MU", 7, {"Music"}},
  };
  return kPlans;
}

int32_t Day(int year, int month, int day) {
  return static_cast<int32_t>(absl::CivilDay(year, month, day) - absl::CivilDay(1970, 1, 1));
}

}  // namespace

DemoSchool::DemoSchool(uint64_t seed) : seed_(seed) {
  Chance chance(seed * 1'000'003);
  school = chance.Uuid();
  rubric_a = chance.Uuid();
  rubric_b = chance.Uuid();
  for (const DepartmentPlan& plan : Plans()) {
    departments.push_back({chance.Uuid(), plan.name, plan.code, plan.subjects, {}});
  }
  AddTeachers(seed);
  AddPairs();
}

void DemoSchool::AddTeachers(uint64_t seed) {
  Chance chance(seed * 1'000'003 + 1);
  std::vector<std::pair<std::string, std::string>> names;
  for (const char* given : kGiven) {
    for (const char* family : kFamily) names.emplace_back(given, family);
  }
  chance.Shuffle(names);
  std::set<std::string> codes;
  const auto add = [&](v1::PersonType type, std::vector<size_t> where) {
    const auto& [given, family] = names[people.size()];
    const std::string stem = given.substr(0, 1) + family.substr(0, 2);
    std::string code = stem;
    for (int number = 2; !codes.insert(code).second; ++number) code = absl::StrCat(stem, number);
    people.push_back({chance.Uuid(), given, family, code, type, std::move(where)});
    return people.size() - 1;
  };
  for (size_t d = 0; d < departments.size(); ++d) {
    for (size_t i = 0; i < Plans()[d].teachers; ++i) {
      departments[d].teachers.push_back(add(v1::PERSON_TYPE_STAFF, {d}));
    }
  }
  // Eight leaders teach a little, each in another department; two heads of department teach in a
  // second one.
  for (size_t d = 0; d < kLeaders; ++d) leaders.push_back(departments[d].teachers.back());
  people[departments[3].teachers[0]].departments.push_back(9);
  people[departments[6].teachers[0]].departments.push_back(10);
  for (size_t d = 0; d < kTrainees; ++d) add(v1::PERSON_TYPE_TRAINEE, {d});
  governors = {add(v1::PERSON_TYPE_GOVERNOR, {}), add(v1::PERSON_TYPE_GOVERNOR, {})};
  administrator = add(v1::PERSON_TYPE_STAFF, {});
  officer = add(v1::PERSON_TYPE_STAFF, {});
}

void DemoSchool::AddPairs() {
  const auto in = [this](size_t department, size_t place) {
    return departments[department % kDepartments].teachers[place];
  };
  for (size_t d = 0; d < 4; ++d) {  // An AST helps two colleagues who were referred.
    ast.push_back(in(d, 1));
    pairs.push_back({v1::ROLE_AST, in(d, 1), in(d + 4, 4)});
    pairs.push_back({v1::ROLE_AST, in(d, 1), in(d + 8, 4)});
  }
  for (size_t d = 0; d < 6; ++d) pairs.push_back({v1::ROLE_MENTOR, in(d, 2), kTeachers + d});
  for (size_t d = 0; d < 8; ++d) pairs.push_back({v1::ROLE_COACH, in(d, 3), in(d + 1, 5)});
  for (size_t d = 0; d < 10; ++d) {  // Peers visit each other.
    pairs.push_back({v1::ROLE_PEER, in(d + 2, 2), in(d + 3, 3)});
    pairs.push_back({v1::ROLE_PEER, in(d + 3, 3), in(d + 2, 2)});
  }
}

size_t DemoSchool::HeadOfDepartment(size_t department, Stage stage) const {
  if (department == kChangingDepartment && stage != Stage::kAutumn) {
    return departments[department].teachers[6];
  }
  if (department == 11 && stage == Stage::kHalfTerm3) return departments[10].teachers[0];
  return departments[department].teachers[0];
}

core::Id16 DemoSchool::TemplateOf(v1::VisitKind kind, bool rubric_is_b) const {
  return NamedId(absl::StrCat("demonstration template ", seed_, " ", static_cast<int>(kind),
                              rubric_is_b ? " B" : " A"));
}

const std::vector<DemoSchool::HalfTerm>& DemoSchool::HalfTerms() {
  static const std::vector<HalfTerm> kHalfTerms = {
      {Day(2026, 9, 2), Day(2026, 10, 23), {Day(2026, 9, 2)}},
      {Day(2026, 11, 2), Day(2026, 12, 18), {Day(2026, 11, 2)}},
      {Day(2027, 1, 4), Day(2027, 2, 12), {Day(2027, 1, 4)}},
      {Day(2027, 2, 22), Day(2027, 3, 25), {}},
      {Day(2027, 4, 12), Day(2027, 5, 28), {Day(2027, 5, 3)}},
      {Day(2027, 6, 7), Day(2027, 7, 21), {Day(2027, 6, 28)}},
  };
  return kHalfTerms;
}

std::vector<int32_t> DemoSchool::HalfTerm::SchoolDays() const {
  std::vector<int32_t> days;
  for (int32_t day = start_day; day <= end_day; ++day) {
    const absl::Weekday weekday = absl::GetWeekday(absl::CivilDay(1970, 1, 1) + day);
    if (weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday) continue;
    if (std::find(closed_days.begin(), closed_days.end(), day) == closed_days.end()) {
      days.push_back(day);
    }
  }
  return days;
}

}  // namespace halfterm::tools
