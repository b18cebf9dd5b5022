// What a school says to Halfterm beside its roster: who leads and who is paired with whom,
// half-terms and closed days, policies, rubrics, templates, coverage rules. docs/operating.md shows
// each file.

#ifndef HALFTERM_TOOLS_ROSTER_EXTRAS_H_
#define HALFTERM_TOOLS_ROSTER_EXTRAS_H_
#include <string>
#include <vector>

#include "tools/roster/builder.h"
#include "tools/roster/files.h"
#include "tools/roster/one_roster.h"

namespace halfterm::tools {

// halfterm.json, read before anything else: it names the school.
struct SchoolNames {
  std::string school;  // The handle.
  std::string name;
  std::string zone;
};
SchoolNames ReadSchoolNames(const RosterFiles& files, Faults& faults);

// Reads people.csv, grants.csv, pairings.csv, half_terms.csv, closed_days.csv, policies.json,
// rubrics.json, templates.json, coverage.json and cycles.json, as far as they are there, after the
// roster itself. `half_terms` are those of the roster; half_terms.csv replaces them.
void ReadExtras(const RosterFiles& files, const std::string& zone, std::vector<Session> half_terms,
                RosterBuilder& builder);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_ROSTER_EXTRAS_H_
