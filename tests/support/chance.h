// Throws of the dice, which follow from one number: for whatever happens by chance in a simulation.

#ifndef HALFTERM_TESTS_SUPPORT_CHANCE_H_
#define HALFTERM_TESTS_SUPPORT_CHANCE_H_
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace halfterm::testing {

// The same number gives the same throws, in the order of asking.
class Chance {
 public:
  explicit Chance(uint64_t number) : random_(number) {}

  // Each from `from` to `to`, both among them.
  int Number(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random_); }
  bool Percent(int percent) { return Number(1, 100) <= percent; }
  uint64_t Seed() { return random_(); }
  // One of the places of a list that is not empty.
  size_t Index(size_t count) { return static_cast<size_t>(Number(0, static_cast<int>(count) - 1)); }
  template <typename T>
  T& AnyOf(std::vector<T>& list) {
    return list[Index(list.size())];
  }
  template <typename T>
  const T& AnyOf(const std::vector<T>& list) {
    return list[Index(list.size())];
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_CHANCE_H_
