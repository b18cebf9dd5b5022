// A CSV file as rows with names and line numbers.
//
// Strict where leniency would move a name into the wrong column: a quote that is never closed, a
// row of another width than the header, a file that is no UTF-8 are faults with their line.

#ifndef HALFTERM_TOOLS_ROSTER_CSV_TABLE_H_
#define HALFTERM_TOOLS_ROSTER_CSV_TABLE_H_
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tools/roster/fault.h"

namespace halfterm::tools {

// Takes a byte order mark off. Adds a fault, and gives nothing, where the text is not UTF-8 or
// holds control characters.
std::optional<std::string> PlainText(const std::string& file, absl::string_view bytes,
                                     Faults& faults);

class CsvTable {
 public:
  struct Row {
    size_t line = 0;
    std::vector<std::string> fields;  // As many as the header has.
  };

  // Nothing when the file cannot be used at all: no text, no header, or a `required` column
  // missing. A row that is wrong by itself is a fault and left out. Column names are compared
  // exactly, after spaces round them are taken off; columns that nobody asks for are ignored.
  static std::optional<CsvTable> Read(const std::string& file, absl::string_view bytes,
                                      const std::vector<std::string>& required, Faults& faults);

  const std::string& file() const { return file_; }
  const std::vector<Row>& rows() const { return rows_; }
  bool HasColumn(const std::string& column) const { return columns_.count(column) != 0; }
  // Empty where the file has no such column.
  const std::string& Get(const Row& row, const std::string& column) const;
  Place PlaceOf(const Row& row) const { return {file_, row.line}; }

 private:
  std::string file_;
  std::map<std::string, size_t> columns_;
  std::vector<Row> rows_;
};

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_ROSTER_CSV_TABLE_H_
