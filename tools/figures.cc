#include "tools/figures.h"

#include "absl/strings/str_cat.h"

namespace halfterm::tools {

std::string MeanText(int64_t millionths) {
  const int64_t tenths = (millionths + 50'000) / 100'000;
  return absl::StrCat(tenths / 10, ".", tenths % 10);
}

std::string MomentInWords(int64_t moment_ms, const absl::TimeZone& zone) {
  return absl::FormatTime("%a %e %b %Y %H:%M", absl::FromUnixMillis(moment_ms), zone);
}

std::string DayInWords(int64_t moment_ms, const absl::TimeZone& zone) {
  return absl::FormatTime("%e %b", absl::FromUnixMillis(moment_ms), zone);
}

std::string WatermarkText(const v1::Watermark& watermark, const absl::TimeZone& zone) {
  std::string text = absl::StrCat("As of ", MomentInWords(watermark.as_of_ms(), zone), " (group ",
                                  watermark.as_of_seq(), ")");
  if (watermark.tablets_not_seen() == 0 && watermark.recomputing_since_ms() == 0 &&
      watermark.recovering_since_ms() == 0) {
    absl::StrAppend(&text, "; nothing waits.\n");
  } else {
    absl::StrAppend(&text, ".\n");
  }
  if (watermark.recovering_since_ms() != 0) {
    absl::StrAppend(&text, "The server was restored from a backup ",
                    MomentInWords(watermark.recovering_since_ms(), zone), " and is recovering, ",
                    watermark.tablets_recovered(), " of ", watermark.tablets_to_recover(),
                    " tablets seen; figures grow as they bring back what they keep.\n");
  }
  if (watermark.tablets_not_seen() > 0) {
    absl::StrAppend(&text, watermark.tablets_not_seen(),
                    watermark.tablets_not_seen() == 1 ? " tablet has" : " tablets have",
                    " not been heard of for a week and may hold work");
    if (watermark.oldest_unsent_ms() != 0) {
      absl::StrAppend(&text, "; one of them since ",
                      MomentInWords(watermark.oldest_unsent_ms(), zone));
    }
    absl::StrAppend(&text, ".\n");
  }
  if (watermark.recomputing_since_ms() != 0) {
    absl::StrAppend(&text, "Being worked out again since ",
                    MomentInWords(watermark.recomputing_since_ms(), zone),
                    "; some figures are still the old ones.\n");
  }
  if (watermark.late_since_last_view() > 0) {
    absl::StrAppend(&text, watermark.late_since_last_view(),
                    " came in late since the last look.\n");
  }
  return text;
}

namespace {

const v1::RubricElement* ElementOf(const v1::RubricVersion* rubric, uint32_t number) {
  if (rubric == nullptr) return nullptr;
  for (const v1::RubricElement& element : rubric->elements()) {
    if (element.number() == number) return &element;
  }
  return nullptr;
}

}  // namespace

std::string ElementTitle(const v1::RubricVersion* rubric, uint32_t element) {
  const v1::RubricElement* found = ElementOf(rubric, element);
  return found == nullptr ? absl::StrCat(element) : absl::StrCat(element, " ", found->title());
}

std::string ElementCode(const v1::RubricVersion* rubric, uint32_t element) {
  const v1::RubricElement* found = ElementOf(rubric, element);
  return found == nullptr || found->code().empty() ? absl::StrCat(element) : found->code();
}

int LevelsOf(const v1::RubricVersion* rubric) {
  return rubric == nullptr || rubric->elements().empty() ? 4 : rubric->elements(0).levels_size();
}

std::string RubricTitle(const v1::RubricVersion* rubric) {
  if (rubric == nullptr) return "no rubric";
  return absl::StrCat(rubric->title(), ", version ", rubric->version());
}

const v1::RubricVersion* RubricOf(const sync::Directory& directory, const std::string& id) {
  const auto parsed = core::Id16::FromBytes(id);
  return parsed ? directory.Rubric(*parsed) : nullptr;
}

std::string TrendText(const v1::Trend& trend) {
  const auto by = [&trend](const char* word) {
    const int64_t size = std::abs(trend.difference_millionths());
    return absl::StrCat(word, " by ", MeanText(size), " (", trend.n_before(), " then ",
                        trend.n_now(), ")");
  };
  switch (trend.state()) {
    case v1::TREND_STATE_FALLING:
      return by("falling");
    case v1::TREND_STATE_RISING:
      return by("rising");
    case v1::TREND_STATE_STEADY:
      return absl::StrCat("steady (", trend.n_before(), " then ", trend.n_now(), ")");
    default:
      return kNotEnoughYet;
  }
}

}  // namespace halfterm::tools
