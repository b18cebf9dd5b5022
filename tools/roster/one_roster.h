// OneRoster CSV, versions 1.1 and 1.2: organisations, staff, where they teach, and the year.
//
// Students are never read: a row of somebody who is no member of staff is counted and let go before
// any of it but its identifier and role is looked at. Nothing here grants a right to read or write:
// a OneRoster role says who works where, and who leads is the school's own word (grants.csv).

#ifndef HALFTERM_TOOLS_ROSTER_ONE_ROSTER_H_
#define HALFTERM_TOOLS_ROSTER_ONE_ROSTER_H_
#include <cstdint>
#include <string>
#include <vector>

#include "tools/roster/builder.h"
#include "tools/roster/files.h"

namespace halfterm::tools {

// A half-term as the roster's academic sessions say it.
struct Session {
  uint32_t first_year = 0;
  uint32_t number = 0;
  int32_t start_day = 0;
  int32_t end_day = 0;
  Place place;
};

struct OneRosterResult {
  std::vector<Session> half_terms;  // Ascending.
  std::vector<std::string> notes;   // What was left out, and how much of it.
};

// Reads manifest.csv, orgs.csv, users.csv, roles.csv (1.2) and academicSessions.csv into `builder`.
// `today` is the day before which whoever a delta file deletes has left.
OneRosterResult ReadOneRoster(const RosterFiles& files, int32_t today, RosterBuilder& builder);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_ROSTER_ONE_ROSTER_H_
