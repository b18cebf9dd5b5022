// Who works at the demonstration school, and who does what there: 118 teachers in twelve
// departments, about thirty of them with a part in leading, six trainees, two governors, an
// administrator and a data protection officer.
//
// Everything follows from the seed. The roles change twice in the year, so there are three states
// of the school.

#ifndef HALFTERM_TOOLS_DEMO_SCHOOL_PEOPLE_H_
#define HALFTERM_TOOLS_DEMO_SCHOOL_PEOPLE_H_
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "halfterm/v1/directory.pb.h"
#include "sync/core/types.h"

namespace halfterm::tools {

// At which point of the year.
enum class Stage {
  kAutumn,     // September.
  kHalfWay,    // From the middle of the first half-term: one head of department is another.
  kHalfTerm3,  // From January: one person heads two departments.
};

struct DemoPerson {
  core::Id16 id;
  std::string given, family, code;
  v1::PersonType type = v1::PERSON_TYPE_STAFF;
  std::vector<size_t> departments;  // The main one first.

  std::string name() const { return given + " " + family; }
};

struct DemoPair {
  v1::Role role;  // COACH, MENTOR, PEER or AST.
  size_t observer, teacher;
};

// Indexes are places in `people` and `departments`.
struct DemoSchool {
  static constexpr size_t kTeachers = 118, kDepartments = 12, kLeaders = 8, kTrainees = 6;
  static constexpr const char* kHandle = "demonstration";

  explicit DemoSchool(uint64_t seed);

  core::Id16 school;
  struct Department {
    core::Id16 id;
    std::string name, code;
    std::vector<std::string> subjects;
    std::vector<size_t> teachers;  // Whose main department it is; the first leads it in September.
  };
  std::vector<Department> departments;
  std::vector<DemoPerson> people;  // The teachers, then the trainees, then the others.
  std::vector<size_t> leaders;     // The head, then seven senior leaders.
  std::vector<size_t> ast;
  std::vector<DemoPair> pairs;
  size_t administrator = 0, officer = 0;
  std::vector<size_t> governors;
  core::Id16 rubric_a, rubric_b;

  size_t HeadOfDepartment(size_t department, Stage stage) const;
  // The department that has another head from the middle of the first half-term.
  static constexpr size_t kChangingDepartment = 5;
  core::Id16 TemplateOf(v1::VisitKind kind, bool rubric_is_b) const;

  // The year's half-terms, as days since 1970, and the days within them without lessons.
  struct HalfTerm {
    int32_t start_day, end_day;
    std::vector<int32_t> closed_days;
    std::vector<int32_t> SchoolDays() const;
  };
  static const std::vector<HalfTerm>& HalfTerms();
  static constexpr uint32_t kFirstYear = 2026;

 private:
  void AddTeachers(uint64_t seed);
  void AddPairs();
  uint64_t seed_;
};

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_DEMO_SCHOOL_PEOPLE_H_
