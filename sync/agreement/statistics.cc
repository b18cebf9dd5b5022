#include "sync/agreement/statistics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <random>

namespace halfterm::sync {
namespace {

constexpr size_t kLevels = 10;

// The p point of sorted values, between neighbours by straight line.
double Quantile(const std::vector<double>& sorted, double p) {
  const double at = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(std::floor(at));
  const size_t above = std::min(below + 1, sorted.size() - 1);
  const double part = at - static_cast<double>(below);
  return sorted[below] + part * (sorted[above] - sorted[below]);
}

}  // namespace

PairCounts CountPairs(const std::vector<JointVisit>& visits) {
  PairCounts counts;
  for (const JointVisit& visit : visits) {
    for (const LevelPair& pair : visit.levels) {
      const int apart = std::abs(int{pair.a} - int{pair.b});
      ++counts.pairs;
      if (apart == 0) ++counts.exact;
      if (apart <= 1) ++counts.within_one;
    }
  }
  return counts;
}

std::optional<double> QuadraticKappa(const std::vector<JointVisit>& visits) {
  std::array<double, kLevels + 1> margin{};
  double observed = 0, pairs = 0;
  for (const JointVisit& visit : visits) {
    for (const LevelPair& pair : visit.levels) {
      const double apart = double{static_cast<double>(pair.a)} - static_cast<double>(pair.b);
      observed += apart * apart;
      margin[std::min<size_t>(pair.a, kLevels)] += 0.5;
      margin[std::min<size_t>(pair.b, kLevels)] += 0.5;
      pairs += 1;
    }
  }
  if (pairs == 0) return std::nullopt;
  double expected = 0;
  for (size_t i = 1; i <= kLevels; ++i) {
    for (size_t j = 1; j <= kLevels; ++j) {
      const double apart = static_cast<double>(i) - static_cast<double>(j);
      expected += apart * apart * margin[i] * margin[j] / pairs;
    }
  }
  // The weights' common divisor, the square of the levels less one, cancels.
  if (expected == 0) return std::nullopt;
  return 1 - observed / expected;
}

std::optional<double> Icc21(const std::vector<JointVisit>& visits) {
  double n = 0, sum_a = 0, sum_b = 0;
  for (const JointVisit& visit : visits) {
    for (const SheetPair& sheets : visit.sheets) {
      n += 1;
      sum_a += sheets.a;
      sum_b += sheets.b;
    }
  }
  if (n < 2) return std::nullopt;
  const double mean = (sum_a + sum_b) / (2 * n);
  double total = 0, rows = 0;
  for (const JointVisit& visit : visits) {
    for (const SheetPair& sheets : visit.sheets) {
      const double row = (sheets.a + sheets.b) / 2 - mean;
      rows += 2 * row * row;
      total += (sheets.a - mean) * (sheets.a - mean) + (sheets.b - mean) * (sheets.b - mean);
    }
  }
  const double of_a = sum_a / n - mean, of_b = sum_b / n - mean;
  const double raters = n * (of_a * of_a + of_b * of_b);
  const double ms_rows = rows / (n - 1);
  const double ms_raters = raters;
  const double ms_error = (total - rows - raters) / (n - 1);
  const double spread = ms_rows + ms_error + 2 * (ms_raters - ms_error) / n;
  constexpr double kNothing = 1e-12;  // Rounding leaves such rests where no mean differs.
  if (total < kNothing || std::abs(spread) < kNothing) return std::nullopt;
  return (ms_rows - ms_error) / spread;
}

std::optional<Interval> BootstrapInterval(const std::vector<JointVisit>& visits,
                                          Statistic statistic, uint32_t seed, int draws) {
  if (visits.empty() || draws < 1) return std::nullopt;
  // Small enough to be repeated in any language that counts in doubles.
  std::minstd_rand0 random(seed);
  std::vector<double> values;
  values.reserve(static_cast<size_t>(draws));
  std::vector<JointVisit> drawn(visits.size());
  for (int draw = 0; draw < draws; ++draw) {
    for (JointVisit& visit : drawn) visit = visits[random() % visits.size()];
    if (const std::optional<double> value = statistic(drawn)) values.push_back(*value);
  }
  if (values.size() * 2 < static_cast<size_t>(draws)) return std::nullopt;
  std::sort(values.begin(), values.end());
  return Interval{Quantile(values, 0.025), Quantile(values, 0.975)};
}

}  // namespace halfterm::sync
