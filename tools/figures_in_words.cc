#include "tools/figures_in_words.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "google/protobuf/util/json_util.h"

namespace halfterm::tools {
namespace {

constexpr const char* kHalfTerms[] = {"",         "Autumn 1", "Autumn 2", "Spring 1",
                                      "Spring 2", "Summer 1", "Summer 2"};

}  // namespace

std::string MeanInWords(int64_t millionths) {
  const int64_t tenths = (millionths + 50'000) / 100'000;
  return absl::StrCat(tenths / 10, ".", tenths % 10);
}

std::string HalfTermInWords(uint32_t half_term) {
  const uint32_t number = half_term % 8;
  if (half_term == 0 || number == 0 || number > 6) return "outside every half-term";
  const uint32_t year = 2000 + half_term / 8;
  return absl::StrFormat("%s %d-%02d", kHalfTerms[number], year, (year + 1) % 100);
}

std::string WatermarkInWords(const v1::Watermark& watermark) {
  std::string words =
      absl::StrCat("as of ",
                   absl::FormatTime("%E4Y-%m-%d %H:%M", absl::FromUnixMillis(watermark.as_of_ms()),
                                    absl::LocalTimeZone()),
                   " (group ", watermark.as_of_seq(), "); ");
  if (watermark.recomputing_since_ms() != 0) absl::StrAppend(&words, "still recomputing; ");
  if (watermark.tablets_not_seen() == 0) {
    absl::StrAppend(&words, "every tablet was seen lately");
  } else {
    absl::StrAppend(&words, watermark.tablets_not_seen(), " tablets not seen lately may hold more");
  }
  if (watermark.late_since_last_view() != 0) {
    absl::StrAppend(&words, "; ", watermark.late_since_last_view(), " came late since last time");
  }
  return words;
}

std::string StateInWords(const v1::TeacherCoverage& teacher) {
  switch (teacher.state()) {
    case v1::COVERAGE_STATE_EXEMPT:
      return "exempt";
    case v1::COVERAGE_STATE_DONE:
      return teacher.shared() == 0 ? "done, not shared yet" : "done";
    case v1::COVERAGE_STATE_BOOKED:
      return "booked";
    case v1::COVERAGE_STATE_DUE:
      return teacher.at_risk() ? "due, at risk" : "due";
    case v1::COVERAGE_STATE_OVERDUE:
      return "overdue";
    default:
      return "";
  }
}

std::string TrendInWords(const v1::Trend& trend) {
  switch (trend.state()) {
    case v1::TREND_STATE_RISING:
      return absl::StrCat("rising by ", MeanInWords(trend.difference_millionths()));
    case v1::TREND_STATE_FALLING:
      return absl::StrCat("falling by ", MeanInWords(-trend.difference_millionths()));
    case v1::TREND_STATE_STEADY:
      return "steady";
    default:
      return "not enough yet";
  }
}

std::string ElementInWords(const sync::Directory::Content& directory, const std::string& rubric,
                           uint32_t element) {
  for (const v1::RubricVersion& version : directory.rubrics) {
    if (version.id() != rubric) continue;
    for (const v1::RubricElement& known : version.elements()) {
      if (known.number() == element) return absl::StrCat(element, " ", known.title());
    }
  }
  return absl::StrCat("element ", element);
}

std::string AsJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = true;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(message, &text, options).ok()) return "{}";
  return text;
}

}  // namespace halfterm::tools
