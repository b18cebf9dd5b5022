#include "storage/summary/question.h"

#include "absl/strings/str_cat.h"

namespace halfterm::storage {

using core::Id16;

absl::StatusOr<Id16> RequiredId(const std::string& bytes, absl::string_view what) {
  const auto id = Id16::FromBytes(bytes);
  if (!id) return absl::InvalidArgumentError(absl::StrCat(what, " is not 16 bytes"));
  return *id;
}

absl::StatusOr<Id16> OptionalId(const std::string& bytes, absl::string_view what) {
  if (bytes.empty()) return Id16{};
  return RequiredId(bytes, what);
}

absl::StatusOr<uint16_t> HalfTermAsked(const Question& question, const Id16& org, uint32_t asked) {
  if (asked == 0) return question.directory.HalfTermAt(org, question.now_ms);
  const auto half_term = static_cast<uint16_t>(asked);
  if (half_term != asked || question.directory.HalfTerm(org, half_term) == nullptr) {
    return absl::InvalidArgumentError("the calendar has no such half-term");
  }
  return half_term;
}

uint16_t HalfTermBefore(const sync::Directory& directory, const Id16& org, uint16_t half_term) {
  // A year has six half-terms, and a calendar may leave some out.
  for (int number = half_term - 1; number > half_term - 12 && number > 0; --number) {
    const auto before = static_cast<uint16_t>(number);
    if (directory.HalfTerm(org, before) != nullptr) return before;
  }
  return 0;
}

absl::StatusOr<v1::Watermark> WatermarkFor(const Question& question, const Id16& rubric,
                                           uint64_t last_view_seq, IsBehind is_behind) {
  absl::StatusOr<v1::Watermark> watermark =
      WatermarkOf(question.snapshot, question.tenant, question.now_ms);
  if (!watermark.ok()) return watermark;
  if (!rubric.IsZero()) watermark->set_rubric_version(std::string(rubric.view()));
  const absl::StatusOr<uint32_t> late = LateSince(
      question.snapshot, question.tenant, question.access.FeedScopes(), last_view_seq, is_behind);
  if (!late.ok()) return late.status();
  watermark->set_late_since_last_view(*late);
  return watermark;
}

}  // namespace halfterm::storage
