// Prints joins made by chance for a second implementation to repeat: random_joins <count>.
//
// The first line is the seed; each other line is a facet, another one, their join, and the join's
// content, in hexadecimal. Some of the pairs hold one dot for two values.

#include <cstdio>
#include <cstdlib>

#include "sync/core/codec.h"
#include "tests/support/hex.h"
#include "tests/support/random_history.h"
#include "tests/support/seed.h"

namespace halfterm::testing {
namespace {

void UseADotTwice(Random& random, core::Facet& facet) {
  for (core::Cell& cell : facet.cells) {
    for (core::Sibling& sibling : cell.siblings) {
      if (Below(random, 3) == 0) sibling.value = RandomValue(random);
    }
  }
}

void Print(int count) {
  Random random(TestSeed());
  while (count > 0) {
    const History history = RandomHistory(random);
    for (int i = 0; i < 10 && count > 0; ++i, --count) {
      const core::Facet a = RandomCopy(random, history);
      core::Facet b = RandomCopy(random, history);
      if (Below(random, 10) == 0) UseADotTwice(random, b);
      const core::Facet joined = core::Join(a, b, nullptr);
      std::printf("%s %s %s %s\n", ToHex(core::Encode(a)).c_str(), ToHex(core::Encode(b)).c_str(),
                  ToHex(core::Encode(joined)).c_str(), ToHex(core::EncodeContent(joined)).c_str());
    }
  }
}

}  // namespace
}  // namespace halfterm::testing

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  halfterm::testing::Print(std::atoi(argv[1]));
  return 0;
}
