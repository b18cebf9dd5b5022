// A place in the merged feeds: a sequence number, and a record within it.
//
// One event of the server can move many records (a head of department changes), so a number alone
// would not say where a chunk ended.

#ifndef HALFTERM_STORAGE_PULL_PLACE_H_
#define HALFTERM_STORAGE_PULL_PLACE_H_
#include <algorithm>
#include <cstdint>

#include "sync/core/types.h"

namespace halfterm::storage {

// seq8 | record16, as the end of a feed row's key; ordered by its bytes. Zeros are before all.
using Place = core::FixedBytes<24, struct PlaceTag>;

inline Place PlaceOf(uint64_t seq, const core::Id16& record) {
  Place place;
  for (size_t i = 0; i < 8; ++i) place.bytes[i] = static_cast<uint8_t>(seq >> (56 - 8 * i));
  std::copy(record.bytes.begin(), record.bytes.end(), place.bytes.begin() + 8);
  return place;
}

// After every record of `seq`.
inline Place EndOf(uint64_t seq) {
  core::Id16 last;
  last.bytes.fill(0xFF);
  return PlaceOf(seq, last);
}

inline uint64_t SeqIn(const Place& place) {
  uint64_t seq = 0;
  for (size_t i = 0; i < 8; ++i) seq = seq << 8 | place.bytes[i];
  return seq;
}

inline core::Id16 RecordIn(const Place& place) {
  core::Id16 record;
  std::copy(place.bytes.begin() + 8, place.bytes.end(), record.bytes.begin());
  return record;
}

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_PULL_PLACE_H_
