// How often this thread asked for memory since it started.

#ifndef HALFTERM_TOOLS_BENCH_ALLOCATIONS_H_
#define HALFTERM_TOOLS_BENCH_ALLOCATIONS_H_
#include <cstdint>

namespace halfterm::tools {

// Always 0 in a build with a sanitizer, which has an allocator of its own.
uint64_t AllocationsOfThisThread();

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_BENCH_ALLOCATIONS_H_
