// The native half of the comparison.
//
//   core_cases SEED BLOCKS CASES        one line a block: what came out, in hexadecimal
//   core_cases SEED BLOCK INDEX case    one case: a, b and their join, in hexadecimal

#include <cinttypes>
#include <cstdio>
#include <cstdlib>

#include "tablet/core/cases.h"

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const std::uint64_t seed = std::strtoull(argv[1], nullptr, 10);
  const std::uint64_t blocks = std::strtoull(argv[2], nullptr, 10);
  const auto count = static_cast<std::uint32_t>(std::strtoul(argv[3], nullptr, 10));
  if (argc == 5) {
    for (const char byte : halfterm::testing::CaseOfBlock(seed, blocks, count)) {
      std::printf("%02x", static_cast<unsigned char>(byte));
    }
    std::printf("\n");
    return 0;
  }
  for (std::uint64_t block = 0; block < blocks; ++block) {
    std::printf("%016" PRIx64 "\n", halfterm::testing::OutcomeOfBlock(seed, block, count));
  }
  return 0;
}
