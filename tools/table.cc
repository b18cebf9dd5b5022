#include "tools/table.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace halfterm::tools {
namespace {

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// Bytes of the first `letters` code points.
size_t BytesOf(absl::string_view text, size_t letters) {
  size_t bytes = 0;
  while (bytes < text.size()) {
    if (!IsContinuation(text[bytes]) && letters-- == 0) break;
    ++bytes;
  }
  return bytes;
}

// The text in lines of at most `width`, broken between words where that is possible.
std::vector<std::string> Wrapped(absl::string_view text, size_t width) {
  std::vector<std::string> lines;
  while (WidthOf(text) > width) {
    const size_t fits = BytesOf(text, width);
    size_t end = text.rfind(' ', fits);
    if (end == absl::string_view::npos || end == 0) end = fits;
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  }
  lines.emplace_back(text);
  return lines;
}

}  // namespace

size_t WidthOf(absl::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !IsContinuation(c); }));
}

void Table::AddColumn(std::string title, Align align, size_t max_width) {
  columns_.push_back({std::move(title), align, max_width});
}

void Table::AddRow(std::vector<std::string> cells) {
  assert(cells.size() == columns_.size());
  rows_.push_back(std::move(cells));
}

void Table::Print(std::ostream& out, size_t indent) const {
  std::vector<size_t> widths;
  for (size_t i = 0; i < columns_.size(); ++i) {
    size_t widest = WidthOf(columns_[i].title);
    for (const auto& row : rows_) {
      widest = std::max(widest, std::min(WidthOf(row[i]), columns_[i].max_width));
    }
    widths.push_back(widest);
  }
  const auto print_row = [&](const std::vector<std::string>& cells) {
    std::vector<std::vector<std::string>> wrapped;
    size_t height = 1;
    for (size_t i = 0; i < cells.size(); ++i) {
      wrapped.push_back(Wrapped(cells[i], widths[i]));
      height = std::max(height, wrapped.back().size());
    }
    for (size_t line = 0; line < height; ++line) {
      std::string text(indent, ' ');
      for (size_t i = 0; i < cells.size(); ++i) {
        const std::string cell = line < wrapped[i].size() ? wrapped[i][line] : "";
        const std::string space(widths[i] - WidthOf(cell), ' ');
        if (i > 0) text += "  ";
        text += columns_[i].align == Align::kLeft ? cell + space : space + cell;
      }
      text.erase(text.find_last_not_of(' ') + 1);
      out << text << "\n";
    }
  };
  std::vector<std::string> titles, rules;
  for (size_t i = 0; i < columns_.size(); ++i) {
    titles.push_back(columns_[i].title);
    rules.emplace_back(widths[i], '-');
  }
  print_row(titles);
  print_row(rules);
  for (const auto& row : rows_) print_row(row);
}

}  // namespace halfterm::tools
