// Gestures in the order in which they are put down, and as the lines of a file.

#ifndef HALFTERM_TOOLS_DEMO_SCHOOL_GESTURE_LINES_H_
#define HALFTERM_TOOLS_DEMO_SCHOOL_GESTURE_LINES_H_
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sync/core/types.h"

namespace halfterm::tools {

using OrderedJson = nlohmann::ordered_json;

class GestureLines {
 public:
  // A gesture of `person` on `tablet`; `members` are those after "do".
  void Add(int phase, size_t tablet, const core::Id16& person, int64_t at_ms,
           const core::Id16& visit, const char* what, const OrderedJson& members = {});
  // The office imports a roster as the phase begins.
  void AddImport(int phase, int64_t at_ms, const std::string& roster);

  // By phase, then by time.
  std::string Text();

 private:
  struct Line {
    int phase;
    bool is_import;
    int64_t at_ms;
    std::string text;
  };
  std::vector<Line> lines_;
};

// "2026-09-14T09:05:00Z"
std::string MomentText(int64_t moment_ms);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_DEMO_SCHOOL_GESTURE_LINES_H_
