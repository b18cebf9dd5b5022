// Half-terms as people say them: "Autumn 1 2026-27".

#ifndef HALFTERM_TOOLS_HALF_TERM_NAME_H_
#define HALFTERM_TOOLS_HALF_TERM_NAME_H_
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace halfterm::tools {

// "no half-term" for 0 and for a number that is none.
std::string HalfTermName(uint32_t h2);

// The number of "209", "2026-1", "autumn 1 2026" or "Autumn 1 2026-27", whatever the case and with
// hyphens or spaces between. Nothing for other text.
std::optional<uint32_t> ParseHalfTerm(absl::string_view text);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_HALF_TERM_NAME_H_
