// Half-terms from OneRoster's academicSessions.csv.
//
// OneRoster knows years, terms and grading periods, no half-terms. Of each school year the grading
// periods are taken if there are any, else the terms. There must be six, numbered by their first
// day: of three terms nobody could tell where the halves are.

#ifndef HALFTERM_TOOLS_ROSTER_ACADEMIC_SESSIONS_H_
#define HALFTERM_TOOLS_ROSTER_ACADEMIC_SESSIONS_H_
#include <vector>

#include "tools/roster/csv_table.h"
#include "tools/roster/one_roster.h"

namespace halfterm::tools {

// Ascending by first day. Adds faults to `builder`.
std::vector<Session> ReadAcademicSessions(const CsvTable& table, RosterBuilder& builder);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_ROSTER_ACADEMIC_SESSIONS_H_
