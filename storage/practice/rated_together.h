// Who rated what together with whom: the rows behind figures of agreement.

#ifndef HALFTERM_STORAGE_PRACTICE_RATED_TOGETHER_H_
#define HALFTERM_STORAGE_PRACTICE_RATED_TOGETHER_H_
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "halfterm/v1/agreement.pb.h"
#include "storage/summary/rated_pairs.h"
#include "sync/agreement/statistics.h"
#include "sync/core/types.h"

namespace halfterm::storage {

// The elements that at least so many different people rated in these pairs.
std::set<uint32_t> ElementsOf(const std::vector<RatedPair>& pairs, uint32_t least_observers);
// The pairs with the levels of these elements alone; those without any are left out.
std::vector<RatedPair> OnlyElements(const std::vector<RatedPair>& pairs,
                                    const std::set<uint32_t>& elements);

// Pairs, each pair of sheets once, gathered by visit for the statistics.
class GatheredPairs {
 public:
  void Add(const RatedPair& pair);

  bool IsEmpty() const { return by_visit_.empty(); }
  // The figures of all elements, or of one (1 to 255). Nothing but `withheld` where fewer than so
  // many different people observed.
  v1::AgreementFigures Figures(uint32_t element, uint32_t least_observers) const;

 private:
  std::map<core::Id16, std::vector<RatedPair>> by_visit_;
};

// From which on kappa, and the ICC, are shown.
constexpr uint32_t kLeastPairs = 20;

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_PRACTICE_RATED_TOGETHER_H_
