// What is wrong with a roster's files, and where.

#ifndef HALFTERM_TOOLS_ROSTER_FAULT_H_
#define HALFTERM_TOOLS_ROSTER_FAULT_H_
#include <cstddef>
#include <string>
#include <vector>

namespace halfterm::tools {

// Where a row stands. Lines count from 1, the header is line 1; a row with line breaks inside
// quotes stands on its first line. 0: the file as a whole.
struct Place {
  std::string file;
  size_t line = 0;
};

struct Fault {
  Place place;
  std::string where;   // The column, or the place within a JSON file. Empty: the row as a whole.
  std::string reason;  // In words for whoever keeps the roster.
};

using Faults = std::vector<Fault>;

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_ROSTER_FAULT_H_
