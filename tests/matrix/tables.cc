#include "tests/matrix/tables.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace halfterm::testing {
namespace {

std::string Trimmed(const std::string& text) {
  const size_t first = text.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

// "| a | b |" as its cells; nothing where the line is no row.
std::vector<std::string> CellsOf(const std::string& line) {
  std::vector<std::string> cells;
  if (line.empty() || line.front() != '|') return cells;
  std::istringstream in(line.substr(1));
  for (std::string cell; std::getline(in, cell, '|');) cells.push_back(Trimmed(cell));
  return cells;
}

std::string NameOf(const std::vector<std::string>& cells) {
  std::string name;
  for (const std::string& cell : cells) name += cell + " | ";
  return name;
}

[[noreturn]] void Stop(const std::string& file, const std::string& what) {
  std::fprintf(stderr, "%s: %s\n", file.c_str(), what.c_str());
  std::abort();
}

}  // namespace

std::string FileText(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) Stop(path, "cannot be read");
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Table::Table(const std::string& file, const std::vector<std::string>& first_heads) : file_(file) {
  std::istringstream in(FileText(std::string(HALFTERM_ROOT) + "/tests/matrix/" + file));
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    const std::vector<std::string> cells = CellsOf(line);
    if (inside && cells.empty()) break;
    if (cells.empty()) continue;
    if (!inside) {
      inside = cells.size() >= first_heads.size() &&
               std::equal(first_heads.begin(), first_heads.end(), cells.begin());
      if (inside) heads_ = cells;
      continue;
    }
    if (cells.front().rfind("---", 0) == 0) continue;
    if (cells.size() != heads_.size()) Stop(file, "a row has too few or too many cells: " + line);
    const std::vector<std::string> name(
        cells.begin(), cells.begin() + static_cast<std::ptrdiff_t>(first_heads.size()));
    if (!by_name_.emplace(NameOf(name), rows_.size()).second) Stop(file, "twice: " + line);
    rows_.push_back(cells);
  }
  if (rows_.empty()) Stop(file, "there is no table " + NameOf(first_heads));
  for (size_t i = first_heads.size(); i < heads_.size(); ++i) {
    for (const std::string& word : WordsOf(heads_[i])) column_of_[word] = i;
  }
}

const std::vector<std::string>& Table::Row(const std::vector<std::string>& first_cells) const {
  const auto found = by_name_.find(NameOf(first_cells));
  if (found == by_name_.end()) Stop(file_, "names no " + NameOf(first_cells));
  used_.insert(found->second);
  return rows_[found->second];
}

const std::string& Table::Cell(const std::vector<std::string>& first_cells,
                               const std::string& word) const {
  const auto column = column_of_.find(word);
  if (column == column_of_.end()) Stop(file_, "has no column " + word);
  return Row(first_cells)[column->second];
}

std::vector<std::string> Table::Unused() const {
  std::vector<std::string> unused;
  for (const auto& [name, row] : by_name_) {
    if (used_.count(row) == 0) unused.push_back(name);
  }
  return unused;
}

const MatrixTables& Tables() {
  static const MatrixTables tables;
  return tables;
}

std::vector<std::string> PartsOf(const std::string& cell) {
  std::vector<std::string> parts;
  std::istringstream in(cell);
  for (std::string part; std::getline(in, part, ',');) parts.push_back(Trimmed(part));
  return parts;
}

std::vector<std::string> WordsOf(const std::string& text) {
  std::vector<std::string> words;
  std::istringstream in(text);
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

}  // namespace halfterm::testing
