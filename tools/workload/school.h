// The school of the common workload: one organisation with three sites, where observers see lessons
// of every department.
//
// At these schools any member of staff may hold the half-termly observation and the walk-round
// (policy), and every observer is mentor, coach and Advanced Skills Teacher of every site. So no
// observer holds the scope of a department or a site, and each store holds its own observer's
// records and nothing else. Besides them each site has a head and each department a head of
// department, who read the summaries and write nothing.

#ifndef HALFTERM_TOOLS_WORKLOAD_SCHOOL_H_
#define HALFTERM_TOOLS_WORKLOAD_SCHOOL_H_
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "halfterm/v1/directory.pb.h"
#include "sync/core/types.h"

namespace halfterm::tools {

struct SchoolShape {
  struct Site {
    std::string name;
    uint32_t levels = 4;  // Of its rubric: 4 or 5.
  };
  struct Department {
    std::string name;
    core::Id16 site;
  };
  struct Teacher {
    std::string name;
    core::Id16 department;
  };
  std::map<core::Id16, Site> sites;
  std::map<core::Id16, Department> departments;
  std::map<core::Id16, Teacher> teachers;
  std::map<core::Id16, std::string> observers;
};

// The nine elements' titles, by number from 1.
const std::vector<std::string>& ElementTitles();

// The school year 2026-27; the numbers of its half-terms are 209 to 214.
inline constexpr uint32_t kFirstHalfTerm = 26 * 8 + 1;
std::vector<uint32_t> HalfTermsOfTheYear();

core::Id16 RubricOf(uint32_t levels);
core::Id16 HeadOfSite(const core::Id16& site);
core::Id16 HeadOfDepartment(const core::Id16& department);

v1::ImportRequest MakeSchool(const SchoolShape& shape, const std::string& tenant);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_WORKLOAD_SCHOOL_H_
