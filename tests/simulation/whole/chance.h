// The chance that one step of a history has in itself.

#ifndef HALFTERM_TESTS_SIMULATION_WHOLE_CHANCE_H_
#define HALFTERM_TESTS_SIMULATION_WHOLE_CHANCE_H_
#include <cstdint>
#include <random>
#include <vector>

namespace halfterm::testing {

class Chance {
 public:
  explicit Chance(uint64_t number) : random_(number) {}
  int Number(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random_); }
  bool Percent(int percent) { return Number(1, 100) <= percent; }
  uint64_t Seed() { return random_(); }
  template <typename T>
  T& AnyOf(std::vector<T>& list) {
    return list[static_cast<size_t>(Number(0, static_cast<int>(list.size()) - 1))];
  }
  template <typename T>
  const T& AnyOf(const std::vector<T>& list) {
    return list[static_cast<size_t>(Number(0, static_cast<int>(list.size()) - 1))];
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SIMULATION_WHOLE_CHANCE_H_
