#include "storage/summary/figures.h"

#include <algorithm>
#include <cstdlib>

namespace halfterm::storage {
namespace {

constexpr uint32_t kElements = 256;
constexpr int64_t kHalfALevel = 500'000;

uint64_t At(const std::vector<int64_t>& row, size_t position) {
  return position < row.size() && row[position] > 0 ? static_cast<uint64_t>(row[position]) : 0;
}

template <typename List>
void FillHistogram(const Histogram& histogram, uint32_t levels, List* list) {
  for (uint32_t level = 0; level < std::min(levels, sync::kMaxLevels); ++level) {
    list->Add(histogram[level]);
  }
}

}  // namespace

int64_t MeanMillionths(uint64_t sum, uint64_t n) {
  return n == 0 ? 0 : static_cast<int64_t>((sum * 1'000'000 + n / 2) / n);
}

int64_t MeanOfMeansMillionths(int64_t sum_of_means, uint64_t teachers) {
  if (teachers == 0) return 0;
  const auto count = static_cast<int64_t>(teachers);
  return (sum_of_means + count / 2) / count;
}

std::string OneDecimal(int64_t millionths) {
  const int64_t tenths = (std::abs(millionths) + (millionths < 0 ? 49'999 : 50'000)) / 100'000;
  const std::string sign = millionths < 0 && tenths != 0 ? "-" : "";
  return sign + std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

uint32_t LowerMedian(const Histogram& histogram) {
  uint64_t n = 0;
  for (const uint64_t count : histogram) n += count;
  uint64_t below = 0;
  for (uint32_t level = 0; level < histogram.size(); ++level) {
    below += histogram[level];
    if (n > 0 && below >= (n + 1) / 2) return level + 1;
  }
  return 0;
}

void Sums::AddRow(const std::vector<int64_t>& row, const v1::RubricVersion* rubric) {
  visits_ += At(row, sync::kFigureVisits);
  if (rubric == nullptr) return;
  const sync::FigureLayout layout(*rubric);
  for (const v1::RubricElement& element : rubric->elements()) {
    const uint32_t number = element.number();
    if (number < 1 || number >= kElements || layout.N(number) >= row.size()) continue;
    if (by_element_.size() < number) by_element_.resize(number);
    ElementSums& sums = by_element_[number - 1];
    sums.n += At(row, layout.N(number));
    sums.sum += At(row, layout.Sum(number));
    sums.unresolved += At(row, layout.Unresolved(number));
    for (uint32_t level = 1; level <= layout.levels; ++level) {
      sums.histogram[level - 1] += At(row, layout.Hist(number, level));
    }
  }
}

void Sums::Add(const Sums& other) {
  visits_ += other.visits_;
  if (by_element_.size() < other.by_element_.size()) by_element_.resize(other.by_element_.size());
  for (size_t i = 0; i < other.by_element_.size(); ++i) {
    ElementSums& mine = by_element_[i];
    const ElementSums& theirs = other.by_element_[i];
    mine.n += theirs.n;
    mine.sum += theirs.sum;
    mine.unresolved += theirs.unresolved;
    for (size_t level = 0; level < mine.histogram.size(); ++level) {
      mine.histogram[level] += theirs.histogram[level];
    }
  }
}

const ElementSums& Sums::Of(uint32_t element) const {
  static const ElementSums kNone;
  return element >= 1 && element <= by_element_.size() ? by_element_[element - 1] : kNone;
}

v1::ElementFigures FiguresOf(uint32_t element, const ElementSums& sums, uint32_t levels) {
  v1::ElementFigures figures;
  figures.set_element(element);
  figures.set_n(sums.n);
  figures.set_sum(sums.sum);
  FillHistogram(sums.histogram, levels, figures.mutable_hist());
  figures.set_lower_median(LowerMedian(sums.histogram));
  figures.set_mean_millionths(MeanMillionths(sums.sum, sums.n));
  figures.set_unresolved(sums.unresolved);
  return figures;
}

void GroupSums::AddTeacher(const Sums& teacher) {
  visits_ += teacher.visits();
  if (by_element_.size() <= teacher.last_element()) by_element_.resize(teacher.last_element() + 1u);
  for (uint32_t number = 1; number <= teacher.last_element(); ++number) {
    const ElementSums& sums = teacher.Of(number);
    if (sums.IsEmpty()) continue;
    Element& element = by_element_[number];
    element.unresolved += sums.unresolved;
    if (sums.n == 0) continue;
    element.teachers += 1;
    element.n += sums.n;
    element.sum_of_means += MeanMillionths(sums.sum, sums.n);
    const uint32_t median = LowerMedian(sums.histogram);
    if (median > 0) element.medians[median - 1] += 1;
  }
}

google::protobuf::RepeatedPtrField<v1::GroupElementFigures> GroupSums::FiguresFor(
    const v1::RubricVersion& rubric) const {
  google::protobuf::RepeatedPtrField<v1::GroupElementFigures> all;
  for (const v1::RubricElement& named : rubric.elements()) {
    if (named.number() >= by_element_.size()) continue;
    const Element& element = by_element_[named.number()];
    if (element.n == 0 && element.unresolved == 0) continue;
    v1::GroupElementFigures& figures = *all.Add();
    figures.set_element(named.number());
    figures.set_teachers(element.teachers);
    figures.set_n(element.n);
    figures.set_mean_of_means_millionths(
        MeanOfMeansMillionths(element.sum_of_means, element.teachers));
    FillHistogram(element.medians, static_cast<uint32_t>(named.levels_size()),
                  figures.mutable_median_hist());
    figures.set_unresolved(element.unresolved);
  }
  return all;
}

v1::Trend TrendOf(const ElementSums& now, const ElementSums& before, uint32_t observers,
                  const v1::Policy& policy) {
  v1::Trend trend;
  trend.set_n_now(now.n);
  trend.set_n_before(before.n);
  trend.set_observers(observers);
  trend.set_state(v1::TREND_STATE_NOT_ENOUGH_YET);
  const uint64_t each_side = std::max(policy.trend_min_each_side(), 1u);
  if (now.n < each_side || before.n < each_side || observers < policy.trend_min_observers()) {
    return trend;
  }
  const int64_t difference = MeanMillionths(now.sum, now.n) - MeanMillionths(before.sum, before.n);
  trend.set_difference_millionths(difference);
  trend.set_state(difference <= -kHalfALevel  ? v1::TREND_STATE_FALLING
                  : difference >= kHalfALevel ? v1::TREND_STATE_RISING
                                              : v1::TREND_STATE_STEADY);
  return trend;
}

}  // namespace halfterm::storage
