// Cases of merging and decoding, made by chance and the same for one seed wherever they are
// compiled: what the native and the WebAssembly build of the core are compared on.

#ifndef HALFTERM_TABLET_CORE_CASES_H_
#define HALFTERM_TABLET_CORE_CASES_H_
#include <cstdint>
#include <string>

#include "tests/support/random_history.h"

namespace halfterm::testing {

// The cases of one block. Each block starts from its own number of the seed, so that a difference
// is found again without the blocks before it.
class CaseSource {
 public:
  CaseSource(std::uint64_t seed, std::uint64_t block);

  // Two facets that somebody could be asked to join, and their join: u32 length (little-endian) and
  // bytes of each.
  std::string Next();

 private:
  Random random_;
  History history_;
  std::uint32_t left_ = 0;  // Cases that are still made of `history_`.
};

// What the core made of the first `count` cases of a block: one number (FNV-1a) over all bytes.
std::uint64_t OutcomeOfBlock(std::uint64_t seed, std::uint64_t block, std::uint32_t count);

// The `index`th case of the block, as CaseSource::Next() gives it.
std::string CaseOfBlock(std::uint64_t seed, std::uint64_t block, std::uint32_t index);

}  // namespace halfterm::testing

#endif  // HALFTERM_TABLET_CORE_CASES_H_
