// What a fuzz target says when a promise is broken: it ends the program, in every build.

#ifndef HALFTERM_TESTS_FUZZ_MUST_H_
#define HALFTERM_TESTS_FUZZ_MUST_H_
#include <cstdio>
#include <cstdlib>

namespace halfterm::fuzz {

inline void Must(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", promise);
  std::abort();
}

}  // namespace halfterm::fuzz

#endif  // HALFTERM_TESTS_FUZZ_MUST_H_
