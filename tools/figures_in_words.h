// Figures as people read them. All integers in, text out; what is shown is rounded half up.

#ifndef HALFTERM_TOOLS_FIGURES_IN_WORDS_H_
#define HALFTERM_TOOLS_FIGURES_IN_WORDS_H_
#include <cstdint>
#include <string>

#include "google/protobuf/message.h"
#include "halfterm/v1/summary.pb.h"
#include "sync/directory.h"

namespace halfterm::tools {

// "2.7": one decimal, from millionths.
std::string MeanInWords(int64_t millionths);
// "Autumn 1 2026-27"; "every half-term" for 0.
std::string HalfTermInWords(uint32_t half_term);
// "as of 3 Nov 2026 15:40 (group 5120); every tablet was seen lately".
std::string WatermarkInWords(const v1::Watermark& watermark);
std::string StateInWords(const v1::TeacherCoverage& teacher);
std::string TrendInWords(const v1::Trend& trend);
// "3 Questioning", from the rubric version; "element 3" where it is not known.
std::string ElementInWords(const sync::Directory::Content& directory, const std::string& rubric,
                           uint32_t element);
// proto3 JSON with the proto's own names and every field.
std::string AsJson(const google::protobuf::Message& message);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_FIGURES_IN_WORDS_H_
