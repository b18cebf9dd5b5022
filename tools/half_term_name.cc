#include "tools/half_term_name.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace halfterm::tools {
namespace {

constexpr const char* kTerms[] = {"Autumn", "Spring", "Summer"};

bool IsNumber(uint32_t h2) { return h2 % 8 >= 1 && h2 % 8 <= 6 && h2 / 8 <= 100; }

std::optional<uint32_t> NumberOf(uint32_t first_year, uint32_t number) {
  if (first_year < 2000 || first_year > 2100 || number < 1 || number > 6) return std::nullopt;
  return (first_year - 2000) * 8 + number;
}

}  // namespace

std::string HalfTermName(uint32_t h2) {
  if (!IsNumber(h2)) return "no half-term";
  const uint32_t year = 2000 + h2 / 8;
  const uint32_t place = h2 % 8 - 1;
  const uint32_t ends = (year + 1) % 100;
  return absl::StrCat(kTerms[place / 2], " ", place % 2 + 1, " ", year, "-", ends < 10 ? "0" : "",
                      ends);
}

std::optional<uint32_t> ParseHalfTerm(absl::string_view text) {
  if (text.empty() || text.front() == '-') return std::nullopt;
  const std::string lower = absl::AsciiStrToLower(text);
  const std::vector<std::string> words =
      absl::StrSplit(lower, absl::ByAnyChar(" -/"), absl::SkipEmpty());
  std::vector<uint32_t> numbers;
  std::optional<uint32_t> term;
  for (const std::string& word : words) {
    uint32_t number = 0;
    if (absl::SimpleAtoi(word, &number)) {
      numbers.push_back(number);
      continue;
    }
    for (uint32_t i = 0; i < 3 && !term; ++i) {
      if (word == absl::AsciiStrToLower(kTerms[i])) term = i;
    }
    if (!term || numbers.size() > 0) return std::nullopt;
  }
  if (term) {  // "autumn 1 2026", and perhaps "-27".
    if (numbers.size() < 2 || numbers.size() > 3 || numbers[0] < 1 || numbers[0] > 2) {
      return std::nullopt;
    }
    if (numbers.size() == 3 && numbers[2] != (numbers[1] + 1) % 100) return std::nullopt;
    return NumberOf(numbers[1], *term * 2 + numbers[0]);
  }
  if (numbers.size() == 2) return NumberOf(numbers[0], numbers[1]);
  if (numbers.size() == 1 && IsNumber(numbers[0])) return numbers[0];
  return std::nullopt;
}

}  // namespace halfterm::tools
