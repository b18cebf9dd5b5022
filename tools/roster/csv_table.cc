#include "tools/roster/csv_table.h"

#include <csv.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "sync/value.h"

namespace halfterm::tools {
namespace {

constexpr absl::string_view kByteOrderMark = "\xef\xbb\xbf";

size_t LineOf(absl::string_view text, size_t offset) {
  return 1 + static_cast<size_t>(std::count(text.begin(), text.begin() + offset, '\n'));
}

// The line up to and with its end: "\n", "\r\n" or "\r".
absl::string_view FirstLine(absl::string_view text) {
  const size_t end = text.find_first_of("\r\n");
  if (end == absl::string_view::npos) return text;
  if (text[end] == '\r' && end + 1 < text.size() && text[end + 1] == '\n') {
    return text.substr(0, end + 2);
  }
  return text.substr(0, end + 1);
}

// What libcsv tells about: fields, and ends of rows.
struct Reading {
  std::vector<CsvTable::Row> rows;
  std::vector<std::string> fields;
  size_t row_line = 1;
  bool in_row = false;
};

void OnField(void* data, size_t bytes, void* reading) {
  Reading& r = *static_cast<Reading*>(reading);
  r.fields.emplace_back(static_cast<const char*>(data), bytes);
}

void OnRow(int, void* reading) {
  Reading& r = *static_cast<Reading*>(reading);
  r.rows.push_back({r.row_line, std::move(r.fields)});
  r.fields.clear();
  r.in_row = false;
}

// Frees what libcsv allocates.
class Parser {
 public:
  Parser() { csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI); }
  ~Parser() { csv_free(&parser_); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  bool Feed(absl::string_view text, Reading& reading) {
    return csv_parse(&parser_, text.data(), text.size(), OnField, OnRow, &reading) == text.size();
  }
  bool Finish(Reading& reading) { return csv_fini(&parser_, OnField, OnRow, &reading) == 0; }
  bool IsInQuotes() const { return parser_.quoted != 0; }

 private:
  csv_parser parser_;
};

bool IsBlank(absl::string_view line) { return absl::StripAsciiWhitespace(line).empty(); }

// Every row of the text with its first line; nothing, and a fault, where quotes do not match.
std::optional<std::vector<CsvTable::Row>> RowsOf(const std::string& file, absl::string_view text,
                                                 Faults& faults) {
  Parser parser;
  Reading reading;
  size_t line_number = 0;
  while (!text.empty()) {
    const absl::string_view line = FirstLine(text);
    text.remove_prefix(line.size());
    ++line_number;
    if (!reading.in_row) {
      reading.row_line = line_number;
      reading.in_row = !IsBlank(line);
    }
    if (!parser.Feed(line, reading)) {
      faults.push_back({{file, line_number}, "", "has a quote in the middle of a field"});
      return std::nullopt;
    }
  }
  const bool was_in_quotes = parser.IsInQuotes() && reading.in_row;
  if (!parser.Finish(reading)) {
    faults.push_back({{file, reading.row_line},
                      "",
                      was_in_quotes ? "opens a quote that is never closed" : "cannot be read"});
    return std::nullopt;
  }
  return std::move(reading.rows);
}

}  // namespace

std::optional<std::string> PlainText(const std::string& file, absl::string_view bytes,
                                     Faults& faults) {
  if (absl::StartsWith(bytes, "\xff\xfe") || absl::StartsWith(bytes, "\xfe\xff")) {
    faults.push_back({{file, 0}, "", "is UTF-16; save it as CSV UTF-8"});
    return std::nullopt;
  }
  if (absl::StartsWith(bytes, kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  if (!sync::IsUtf8(bytes)) {
    // The first line that is none.
    size_t begin = 0, line_number = 1;
    while (begin < bytes.size()) {
      const absl::string_view line = FirstLine(bytes.substr(begin));
      if (!sync::IsUtf8(line)) break;
      begin += line.size();
      ++line_number;
    }
    faults.push_back(
        {{file, line_number},
         "",
         "holds a letter that is not UTF-8 (Latin-1 or Windows-1252?); save it as CSV UTF-8"});
    return std::nullopt;
  }
  const auto control = std::find_if(bytes.begin(), bytes.end(), [](char c) {
    return absl::ascii_iscntrl(static_cast<unsigned char>(c)) && c != '\n' && c != '\r' &&
           c != '\t';
  });
  if (control != bytes.end()) {
    const auto offset = static_cast<size_t>(control - bytes.begin());
    faults.push_back({{file, LineOf(bytes, offset)}, "", "holds a control character"});
    return std::nullopt;
  }
  return std::string(bytes);
}

std::optional<CsvTable> CsvTable::Read(const std::string& file, absl::string_view bytes,
                                       const std::vector<std::string>& required, Faults& faults) {
  const std::optional<std::string> text = PlainText(file, bytes, faults);
  if (!text) return std::nullopt;
  std::optional<std::vector<Row>> rows = RowsOf(file, *text, faults);
  if (!rows) return std::nullopt;
  if (rows->empty()) {
    faults.push_back({{file, 0}, "", "is empty; its first line must name the columns"});
    return std::nullopt;
  }
  CsvTable table;
  table.file_ = file;
  const Row header = std::move(rows->front());
  for (size_t i = 0; i < header.fields.size(); ++i) {
    const std::string name(absl::StripAsciiWhitespace(header.fields[i]));
    if (!table.columns_.emplace(name, i).second && !name.empty()) {
      faults.push_back({{file, header.line}, name, "is the name of two columns"});
      return std::nullopt;
    }
  }
  std::vector<std::string> missing;
  for (const std::string& column : required) {
    if (!table.HasColumn(column)) missing.push_back(column);
  }
  if (!missing.empty()) {
    faults.push_back(
        {{file, header.line},
         absl::StrJoin(missing, ", "),
         missing.size() == 1 ? "is a column that is missing" : "are columns that are missing"});
    return std::nullopt;
  }
  for (size_t i = 1; i < rows->size(); ++i) {
    Row& row = (*rows)[i];
    if (row.fields.size() != header.fields.size()) {
      faults.push_back({{file, row.line},
                        "",
                        absl::StrCat("has ", row.fields.size(), " fields, but the header has ",
                                     header.fields.size())});
      continue;
    }
    table.rows_.push_back(std::move(row));
  }
  return table;
}

const std::string& CsvTable::Get(const Row& row, const std::string& column) const {
  static const std::string kNone;
  const auto found = columns_.find(column);
  return found == columns_.end() ? kNone : row.fields[found->second];
}

}  // namespace halfterm::tools
