// From sums to figures: means, medians, trends. Whole numbers only, so that a recomputation in
// another language gives the same digits. Pure.

#ifndef HALFTERM_STORAGE_SUMMARY_FIGURES_H_
#define HALFTERM_STORAGE_SUMMARY_FIGURES_H_
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "google/protobuf/repeated_field.h"
#include "halfterm/v1/directory.pb.h"
#include "halfterm/v1/summary.pb.h"
#include "sync/rollup_rows.h"

namespace halfterm::storage {

// floor((sum * 10^6 + n / 2) / n) millionths; 0 without lessons. For a mean of means: of the sum of
// them, each in millionths, by MeanOfMeans.
int64_t MeanMillionths(uint64_t sum, uint64_t n);
int64_t MeanOfMeansMillionths(int64_t sum_of_means, uint64_t teachers);

// Millionths as people read them: one decimal, half up. "2.5"
std::string OneDecimal(int64_t millionths);

// How many lessons, or teachers, at each level, from level 1.
using Histogram = std::array<uint64_t, sync::kMaxLevels>;
// The least level that at least half of them do not exceed; 0 where there are none.
uint32_t LowerMedian(const Histogram& histogram);

struct ElementSums {
  uint64_t n = 0, sum = 0, unresolved = 0;
  Histogram histogram{};

  bool IsEmpty() const { return n == 0 && unresolved == 0; }
};

// The sum of rows of one rubric version.
class Sums {
 public:
  // Adds a row of figures; without a rubric its visits only. Negative numbers in a row are damage
  // and count as 0.
  void AddRow(const std::vector<int64_t>& row, const v1::RubricVersion* rubric);
  void Add(const Sums& other);

  uint64_t visits() const { return visits_; }
  // The highest element number that a row has reached.
  uint32_t last_element() const { return static_cast<uint32_t>(by_element_.size()); }
  // By element number; all zeros where nothing was added.
  const ElementSums& Of(uint32_t element) const;

 private:
  uint64_t visits_ = 0;
  std::vector<ElementSums> by_element_;  // Of element number i at i - 1.
};

// Of one element with that many levels.
v1::ElementFigures FiguresOf(uint32_t element, const ElementSums& sums, uint32_t levels);

// What a department's or a school's teachers come to.
class GroupSums {
 public:
  void AddTeacher(const Sums& teacher);

  uint64_t visits() const { return visits_; }
  // Elements with a lesson or an unresolved one, ascending.
  google::protobuf::RepeatedPtrField<v1::GroupElementFigures> FiguresFor(
      const v1::RubricVersion& rubric) const;

 private:
  struct Element {
    uint64_t teachers = 0, n = 0, unresolved = 0;
    int64_t sum_of_means = 0;
    Histogram medians{};
  };
  uint64_t visits_ = 0;
  std::vector<Element> by_element_;  // By element number.
};

// `now` is of this half-term and the one before it, `before` of the two before those. Both zeros
// and NOT_ENOUGH_YET where the policy asks for more lessons or observers.
v1::Trend TrendOf(const ElementSums& now, const ElementSums& before, uint32_t observers,
                  const v1::Policy& policy);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_SUMMARY_FIGURES_H_
