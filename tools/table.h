// Text in aligned columns, as somebody reads it who has no spreadsheet open.

#ifndef HALFTERM_TOOLS_TABLE_H_
#define HALFTERM_TOOLS_TABLE_H_
#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace halfterm::tools {

class Table {
 public:
  enum class Align { kLeft, kRight };

  // A column is as wide as its widest cell, but no wider than `max_width`; longer text goes on
  // below.
  void AddColumn(std::string title, Align align = Align::kLeft, size_t max_width = 48);
  // One cell for each column.
  void AddRow(std::vector<std::string> cells);

  // Nothing but the titles where there is no row. Every line begins with `indent` spaces.
  void Print(std::ostream& out, size_t indent = 0) const;

 private:
  struct Column {
    std::string title;
    Align align;
    size_t max_width;
  };
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// How many letters wide a text is on a screen: its code points. Names in scripts of double width
// stand a little out of line.
size_t WidthOf(absl::string_view text);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_TABLE_H_
