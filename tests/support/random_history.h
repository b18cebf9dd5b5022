// Histories that a school could have written, made by chance: tablets and a server write, remove,
// commit and exchange what they hold of one facet.
//
// They are contended on purpose: few paths, few values, long stretches without exchange, and now
// and then a tablet that writes without looking. Every kind is among the paths, also ones that no
// build knows, and so are cleared values and equal values of two writers.

#ifndef HALFTERM_TESTS_SUPPORT_RANDOM_HISTORY_H_
#define HALFTERM_TESTS_SUPPORT_RANDOM_HISTORY_H_
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "sync/core/delta.h"

namespace halfterm::testing {

using Random = std::mt19937_64;

// From 0 to below - 1.
inline std::size_t Below(Random& random, std::size_t below) { return random() % below; }

struct History {
  std::vector<core::Path> paths;
  // What was written, one facet a gesture; also the server's phases and numbers. No stamps.
  std::vector<core::Facet> deltas;
  // What tablets and server held at some moments. The server's writes are stamped.
  std::vector<core::Facet> states;
};

History RandomHistory(Random& random);

// A gesture of the group `dot` on one to three of `paths`, over what `held` shows. Without PHASE
// and MAXI, which carry no dot.
core::Facet RandomGesture(Random& random, const std::vector<core::Path>& paths,
                          const core::Facet& held, const core::Dot& dot);

// Something that a tablet or a server could be asked to join: a state, a delta, or some deltas
// without the ones before them.
core::Facet RandomCopy(Random& random, const History& history);

std::string RandomValue(Random& random);

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_RANDOM_HISTORY_H_
