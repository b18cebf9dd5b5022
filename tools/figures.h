// Figures as a head of department reads them: a mean never without what it is made of, and "not
// enough yet" where there is nothing to say.

#ifndef HALFTERM_TOOLS_FIGURES_H_
#define HALFTERM_TOOLS_FIGURES_H_
#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "halfterm/v1/directory.pb.h"
#include "halfterm/v1/summary.pb.h"
#include "sync/directory.h"

namespace halfterm::tools {

inline constexpr char kNotEnoughYet[] = "not enough yet";

// "2.7": one decimal, half up.
std::string MeanText(int64_t millionths);
// "0 2 7 1" of a histogram, with as many places as the rubric has levels.
template <typename Histogram>
std::string HistogramText(const Histogram& hist, int levels) {
  std::string text;
  for (int i = 0; i < levels; ++i) {
    text += (i == 0 ? "" : " ") + (i < hist.size() && hist[i] != 0 ? std::to_string(hist[i]) : ".");
  }
  return text;
}
// "Tue 21 Nov 2026 15:04"
std::string MomentInWords(int64_t moment_ms, const absl::TimeZone& zone);
// "21 Nov"
std::string DayInWords(int64_t moment_ms, const absl::TimeZone& zone);

// "As of Tue 21 Nov 2026 15:04 (group 6326); nothing waits." and, on lines of their own, what makes
// the figures incomplete.
std::string WatermarkText(const v1::Watermark& watermark, const absl::TimeZone& zone);

// The title of an element, with its number; the number alone where the rubric is not known.
std::string ElementTitle(const v1::RubricVersion* rubric, uint32_t element);
// "ROU"; the number where it has no code.
std::string ElementCode(const v1::RubricVersion* rubric, uint32_t element);
// Levels of the rubric's first element.
int LevelsOf(const v1::RubricVersion* rubric);
// "Nine elements of a lesson, A (four levels)"
std::string RubricTitle(const v1::RubricVersion* rubric);
const v1::RubricVersion* RubricOf(const sync::Directory& directory, const std::string& id);

std::string TrendText(const v1::Trend& trend);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_FIGURES_H_
