// A plain list of staff, for schools whose system speaks no OneRoster: one row a person, columns
// named as the school names them.

#ifndef HALFTERM_TOOLS_ROSTER_STAFF_LIST_H_
#define HALFTERM_TOOLS_ROSTER_STAFF_LIST_H_
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/roster/builder.h"

namespace halfterm::tools {

// Which column holds what: of "id", "name", "departments", "code" and "type". What is not mapped is
// the column of that name; only id and name have to be there.
using ColumnMap = std::map<std::string, std::string>;

// "id=Staff ID,name=Full name". InvalidArgument: another word than those five, or one twice.
absl::StatusOr<ColumnMap> ParseColumnMap(absl::string_view text);

// Reads the people, and the departments that they name (several between semicolons, the main one
// first), as departments of one school. Adds faults to `builder`.
void ReadStaffList(const std::string& file, absl::string_view bytes, const ColumnMap& columns,
                   const std::string& school_name, RosterBuilder& builder);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_ROSTER_STAFF_LIST_H_
