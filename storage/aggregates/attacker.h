// A governor, or a head of department, who tries to work out what one teacher was given.

#ifndef HALFTERM_STORAGE_AGGREGATES_ATTACKER_H_
#define HALFTERM_STORAGE_AGGREGATES_ATTACKER_H_
#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include "storage/aggregates/disclosure.h"

namespace halfterm::storage {

// Every page of one table that was ever shown, read by somebody who takes figures from each other
// in every way that there is.
class Attacker {
 public:
  // `insider`: a department that the reader knows all about; empty: none.
  explicit Attacker(uint32_t enough, std::string insider = "")
      : enough_(enough), insider_(std::move(insider)) {}

  void Read(const disk::FrozenAttribute& table);

  // Whether the sums of some figures, each times some number, are about a few teachers only.
  bool Wins() const;

 private:
  // What is added up in a figure: whether a teacher is there, the weight, the value.
  enum Part { kPresence, kWeight, kValue, kParts };

  // One unknown: a teacher's number of one part, as it stood at some time.
  struct Unknown {
    std::string teacher;
    int64_t number;
    bool operator<(const Unknown& other) const {
      return std::pair(teacher, number) < std::pair(other.teacher, other.number);
    }
  };

  void Add(const Shares& shares);
  bool WinsBy(Part part) const;

  const uint32_t enough_;
  const std::string insider_;
  std::set<std::set<Unknown>> figures_[kParts];
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_AGGREGATES_ATTACKER_H_
