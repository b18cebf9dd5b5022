#include "tools/bench/allocations.h"

#include <cstddef>
#include <cstdlib>
#include <new>

namespace halfterm::tools {
namespace {

thread_local uint64_t allocations = 0;

}  // namespace

uint64_t AllocationsOfThisThread() { return allocations; }

}  // namespace halfterm::tools

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

// The program's allocator, counted. Without memory it stops: nothing here could go on.
void* operator new(std::size_t bytes) {
  ++halfterm::tools::allocations;
  void* memory = std::malloc(bytes == 0 ? 1 : bytes);
  if (memory == nullptr) std::abort();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

#endif
