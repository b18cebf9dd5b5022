#include "storage/practice/rated_together.h"

#include <cmath>
#include <iterator>
#include <optional>
#include <utility>

namespace halfterm::storage {
namespace {

using core::Id16;

// The same for every reader, so that two who ask read the same interval.
constexpr uint32_t kSeed = 20'260'901;
constexpr int kDraws = 500;

int64_t Millionths(double figure) { return std::llround(figure * 1e6); }

// The figure with its interval; nothing where either cannot be had.
void Fill(const std::vector<sync::JointVisit>& visits, sync::Statistic statistic,
          v1::Estimate* (v1::AgreementFigures::*place)(), v1::AgreementFigures& figures) {
  const std::optional<double> value = statistic(visits);
  if (!value) return;
  const auto interval = sync::BootstrapInterval(visits, statistic, kSeed, kDraws);
  if (!interval) return;
  v1::Estimate& estimate = *(figures.*place)();
  estimate.set_millionths(Millionths(*value));
  estimate.set_low_millionths(Millionths(interval->low));
  estimate.set_high_millionths(Millionths(interval->high));
}

}  // namespace

std::set<uint32_t> ElementsOf(const std::vector<RatedPair>& pairs, uint32_t least_observers) {
  std::map<uint32_t, std::set<Id16>> observers;
  for (const RatedPair& pair : pairs) {
    for (const auto& [element, levels] : pair.levels) {
      observers[element].insert({pair.observer, pair.other});
    }
  }
  std::set<uint32_t> elements;
  for (const auto& [element, people] : observers) {
    if (people.size() >= least_observers) elements.insert(element);
  }
  return elements;
}

std::vector<RatedPair> OnlyElements(const std::vector<RatedPair>& pairs,
                                    const std::set<uint32_t>& elements) {
  std::vector<RatedPair> left;
  for (RatedPair pair : pairs) {
    for (auto level = pair.levels.begin(); level != pair.levels.end();) {
      level = elements.count(level->first) > 0 ? std::next(level) : pair.levels.erase(level);
    }
    if (!pair.levels.empty()) left.push_back(std::move(pair));
  }
  return left;
}

void GatheredPairs::Add(const RatedPair& pair) { by_visit_[pair.visit].push_back(pair); }

v1::AgreementFigures GatheredPairs::Figures(uint32_t element, uint32_t least_observers) const {
  std::vector<sync::JointVisit> visits;
  std::set<Id16> observers;
  uint32_t lines = 0;
  for (const auto& [visit, pairs] : by_visit_) {
    sync::JointVisit joint;
    for (const RatedPair& pair : pairs) {
      sync::SheetPair sheets;
      double n = 0;
      for (const auto& [number, levels] : pair.levels) {
        if (element != 0 && number != element) continue;
        joint.levels.push_back(levels);
        sheets.a += levels.a;
        sheets.b += levels.b;
        n += 1;
      }
      if (n == 0) continue;
      joint.sheets.push_back({sheets.a / n, sheets.b / n});
      observers.insert(pair.observer);
      observers.insert(pair.other);
    }
    if (joint.levels.empty()) continue;
    lines += static_cast<uint32_t>(joint.sheets.size());
    visits.push_back(std::move(joint));
  }
  v1::AgreementFigures figures;
  if (observers.size() < least_observers) {
    figures.set_withheld(true);
    return figures;
  }
  const sync::PairCounts counts = sync::CountPairs(visits);
  figures.set_pairs(counts.pairs);
  figures.set_visits(static_cast<uint32_t>(visits.size()));
  figures.set_observers(static_cast<uint32_t>(observers.size()));
  figures.set_exact(counts.exact);
  figures.set_within_one(counts.within_one);
  figures.set_icc_lines(lines);
  if (counts.pairs >= kLeastPairs) {
    Fill(visits, &sync::QuadraticKappa, &v1::AgreementFigures::mutable_kappa, figures);
  }
  if (lines >= kLeastPairs) {
    Fill(visits, &sync::Icc21, &v1::AgreementFigures::mutable_icc, figures);
  }
  return figures;
}

}  // namespace halfterm::storage
