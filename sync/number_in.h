// The number in a cell's value, for rules that read cells which were checked when they were taken
// in. sync/value.h reads what was not.

#ifndef HALFTERM_SYNC_NUMBER_IN_H_
#define HALFTERM_SYNC_NUMBER_IN_H_
#include <cstdint>
#include <string>

#include "sync/core/varint.h"

namespace halfterm::sync {

// 0 where there is none.
inline uint64_t NumberIn(const std::string& value) {
  core::Reader reader(value);
  uint64_t number = 0;
  return reader.Varint("number", number) ? number : 0;
}

}  // namespace halfterm::sync

#endif  // HALFTERM_SYNC_NUMBER_IN_H_
