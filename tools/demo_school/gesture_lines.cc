#include "tools/demo_school/gesture_lines.h"

#include <algorithm>
#include <utility>

#include "absl/time/time.h"
#include "tools/replay/ids.h"

namespace halfterm::tools {

std::string MomentText(int64_t moment_ms) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixMillis(moment_ms),
                          absl::UTCTimeZone());
}

void GestureLines::Add(int phase, size_t tablet, const core::Id16& person, int64_t at_ms,
                       const core::Id16& visit, const char* what, const OrderedJson& members) {
  OrderedJson line = {
      {"phase", phase},          {"tablet", tablet},           {"person", FormatUuid(person)},
      {"at", MomentText(at_ms)}, {"visit", FormatUuid(visit)}, {"do", what}};
  for (const auto& [name, value] : members.items()) line[name] = value;
  lines_.push_back({phase, false, at_ms, line.dump()});
}

void GestureLines::AddImport(int phase, int64_t at_ms, const std::string& roster) {
  const OrderedJson line = {
      {"phase", phase}, {"at", MomentText(at_ms)}, {"do", "import"}, {"roster", roster}};
  lines_.push_back({phase, true, at_ms, line.dump()});
}

std::string GestureLines::Text() {
  std::stable_sort(lines_.begin(), lines_.end(), [](const Line& a, const Line& b) {
    if (a.phase != b.phase) return a.phase < b.phase;
    if (a.is_import != b.is_import) return a.is_import;
    return a.at_ms < b.at_ms;
  });
  std::string text;
  for (const Line& line : lines_) {
    text += line.text;
    text += '\n';
  }
  return text;
}

}  // namespace halfterm::tools
