// The WebAssembly half of the comparison: the same functions, exported.

#include <memory>

#include "tablet/core/cases.h"

namespace {
std::string found;
std::unique_ptr<halfterm::testing::CaseSource> source;
}  // namespace

extern "C" __attribute__((export_name("outcome"))) std::uint64_t Outcome(std::uint64_t seed,
                                                                         std::uint64_t block,
                                                                         std::uint32_t count) {
  return halfterm::testing::OutcomeOfBlock(seed, block, count);
}

// The address of the case's bytes, as CaseSource::Next() gives them.
extern "C" __attribute__((export_name("one_case"))) const char* OneCase(std::uint64_t seed,
                                                                        std::uint64_t block,
                                                                        std::uint32_t index) {
  found = halfterm::testing::CaseOfBlock(seed, block, index);
  return found.data();
}

// The same, for cases that are asked for in their order: index 0 begins a block.
extern "C" __attribute__((export_name("next_case"))) const char* NextCase(std::uint64_t seed,
                                                                          std::uint64_t block,
                                                                          std::uint32_t index) {
  if (index == 0) source = std::make_unique<halfterm::testing::CaseSource>(seed, block);
  found = source->Next();
  return found.data();
}
