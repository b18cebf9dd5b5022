#include "tests/simulation/whole/step.h"

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"

namespace halfterm::testing {
namespace {

const char* const kNames[] = {"meet",      "write",     "stray-write", "intend",        "begin",
                              "hours",     "days",      "grant",       "move",          "erase",
                              "late-push", "clock",     "switch-off",  "copy",          "put-back",
                              "clone",     "power-cut", "restart",     "servers-clock", "recompute",
                              "back-up",   "restore"};

// How often in a usual history.
constexpr Weights kUsual = {34, 40, 3, 16, 6, 14, 3, 4, 1, 1, 4, 1, 4, 3, 2, 1, 4, 1, 1, 2};

}  // namespace

std::string Named(const Step& step) {
  return absl::StrCat("{\"", kNames[static_cast<size_t>(step.does)], "\", ", step.chance, "}");
}

Weights SwarmWeights(uint64_t seed) {
  std::mt19937_64 random(seed ^ 0x5a4a4);
  Weights weights = kUsual;
  for (size_t i = 0; i < kDoes; ++i) {
    const uint64_t how = random() % 8;
    if (how == 0) weights[i] = 0;
    if (how == 1) weights[i] *= 4;
  }
  // Without these nothing happens at all.
  for (const Does does : {Does::kMeet, Does::kWrite, Does::kBegin, Does::kIntend, Does::kHours}) {
    const auto i = static_cast<size_t>(does);
    weights[i] = std::max(weights[i], kUsual[i]);
  }
  return weights;
}

std::vector<Step> HistoryOf(uint64_t seed, size_t steps) {
  const Weights weights = SwarmWeights(seed);
  std::mt19937_64 random(seed);
  std::discrete_distribution<int> what(weights.begin(), weights.end());
  std::vector<Step> history;
  for (size_t i = 0; i < steps; ++i) {
    const auto does = static_cast<Does>(what(random));
    history.push_back({does, random()});
  }
  return history;
}

std::vector<Step> HistoryWithRestores(uint64_t seed, size_t steps) {
  std::mt19937_64 random(seed ^ 0x6357012e);
  std::vector<Step> history;
  size_t backups = 0;
  for (const Step& step : HistoryOf(seed, steps)) {
    const uint64_t what = random() % 100;
    if (what < 4) {
      history.push_back({Does::kBackUp, random()});
      ++backups;
    } else if (what < 6 && backups >= 2) {
      history.push_back({Does::kRestore, random()});
    }
    history.push_back(step);
  }
  return history;
}

}  // namespace halfterm::testing
