#include "sync/agreement/certificate.h"

#include <cstdlib>

namespace halfterm::sync {
namespace {

PairCounts CountsOf(const std::vector<LevelPair>& levels) { return CountPairs({{levels, {}}}); }

bool HasDrifted(const std::vector<RatedTogether>& latest_first) {
  PairCounts last;
  for (const RatedTogether& together : latest_first) {
    for (const LevelPair& pair : together.levels) {
      ++last.pairs;
      if (std::abs(int{pair.a} - int{pair.b}) <= 1) ++last.within_one;
      if (last.pairs == kDriftPairs) return last.within_one * 100 < kDriftPercent * last.pairs;
    }
  }
  return false;
}

}  // namespace

CertificateFacts CertificateOf(const std::vector<RatedTogether>& latest_first, int32_t today) {
  CertificateFacts facts;
  facts.drift = HasDrifted(latest_first);
  for (const RatedTogether& together : latest_first) {
    if (!together.is_calibration || !together.other_leads || together.day > today) continue;
    const PairCounts counts = CountsOf(together.levels);
    if (counts.pairs < kCertificateElements) continue;
    if (counts.within_one * 100 < kCertificatePercent * counts.pairs) continue;
    facts.visit = together.visit;
    facts.from_day = together.day;
    facts.to_day = together.day + kCertificateDays;
    facts.counts = counts;
    facts.state = today > facts.to_day                   ? CertificateFacts::State::kExpired
                  : today > facts.to_day - kEndsSoonDays ? CertificateFacts::State::kEndsSoon
                                                         : CertificateFacts::State::kValid;
    break;
  }
  return facts;
}

}  // namespace halfterm::sync
