// half_terms.csv and closed_days.csv, and the calendars that they make with the roster's
// half-terms.

#ifndef HALFTERM_TOOLS_ROSTER_CALENDAR_FILES_H_
#define HALFTERM_TOOLS_ROSTER_CALENDAR_FILES_H_
#include <string>
#include <vector>

#include "tools/roster/builder.h"
#include "tools/roster/files.h"
#include "tools/roster/one_roster.h"

namespace halfterm::tools {

// One calendar for each organisation at the top, and one for each that the files name. `half_terms`
// are the roster's; those of half_terms.csv replace them.
void ReadCalendars(const RosterFiles& files, const std::string& zone,
                   std::vector<Session> half_terms, RosterBuilder& builder);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_ROSTER_CALENDAR_FILES_H_
