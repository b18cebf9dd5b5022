// How far two ratings of the same lesson agree.
//
// Two observers of one visit are exchangeable: nobody is "the first rater". So a pair of levels
// counts in both orders where that matters (kappa), and intervals are drawn over visits, not over
// pairs, because the elements of one lesson are no independent witnesses.
//
// Figures are never shown alone: n, the name of the statistic and its interval go with them. Pure
// and deterministic: the same visits in the same order give the same digits, bootstrap included.
// tests/vectors/agreement.json holds values of an independent implementation.

#ifndef HALFTERM_SYNC_AGREEMENT_STATISTICS_H_
#define HALFTERM_SYNC_AGREEMENT_STATISTICS_H_
#include <cstdint>
#include <optional>
#include <vector>

namespace halfterm::sync {

// Two levels of one element of one visit, each 1 to 10.
struct LevelPair {
  uint8_t a = 0, b = 0;
};

// Two sheets of one visit: the mean level of each over the elements that both rated.
struct SheetPair {
  double a = 0, b = 0;
};

// What the sheets of one visit give. A bootstrap takes a visit whole or not at all.
struct JointVisit {
  std::vector<LevelPair> levels;
  std::vector<SheetPair> sheets;
};

struct PairCounts {
  uint32_t pairs = 0, exact = 0, within_one = 0;
};
PairCounts CountPairs(const std::vector<JointVisit>& visits);

// Cohen's kappa with quadratic weights, each pair counted in both orders; nothing where every level
// is the same, because there is then no chance agreement to compare with.
std::optional<double> QuadraticKappa(const std::vector<JointVisit>& visits);

// ICC(2,1): two-way random effects, absolute agreement, single rater, of the sheets' means. Nothing
// for fewer than two lines, or where no mean differs from another.
std::optional<double> Icc21(const std::vector<JointVisit>& visits);

struct Interval {
  double low = 0, high = 0;
};
using Statistic = std::optional<double> (*)(const std::vector<JointVisit>&);
// The 2.5 and 97.5 percent points of the statistic over resampled visits, drawn by a generator that
// begins at `seed` (1 to 2147483646). Draws that give no figure are left out; nothing where more
// than half of them do.
std::optional<Interval> BootstrapInterval(const std::vector<JointVisit>& visits,
                                          Statistic statistic, uint32_t seed, int draws);

}  // namespace halfterm::sync

#endif  // HALFTERM_SYNC_AGREEMENT_STATISTICS_H_
