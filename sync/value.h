// A cell's value as bytes: numbers, dates, moments, texts and ids, each with exactly one encoding.
//
//   unsigned, bool, enum    minimal varint
//   signed                  zigzag, minimal varint
//   date                    days since 1970-01-01, as signed
//   moment                  milliseconds since 1970-01-01T00:00:00Z, as signed
//   text                    UTF-8 (NFC is the writer's duty, and is not looked at)
//   id, digest              16 or 32 bytes
//
// An empty value always means "cleared", so no function here gives or takes one. Decoders never
// trust their input; nothing that they refuse is repeated in words. All functions are pure.

#ifndef HALFTERM_SYNC_VALUE_H_
#define HALFTERM_SYNC_VALUE_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace halfterm::sync {

// The range of dates and moments that a cell may hold: the years 1900 to 9999.
inline constexpr int64_t kFirstDay = -25567;
inline constexpr int64_t kLastDay = 2932896;
inline constexpr int64_t kMillisecondsPerDay = 86'400'000;
inline constexpr int64_t kFirstMoment = kFirstDay * kMillisecondsPerDay;
inline constexpr int64_t kLastMoment = (kLastDay + 1) * kMillisecondsPerDay - 1;

std::string EncodeUnsigned(uint64_t value);
std::string EncodeSigned(int64_t value);

// Nothing unless `value` is one minimal varint and no byte more.
absl::optional<uint64_t> DecodeUnsigned(absl::string_view value);
absl::optional<int64_t> DecodeSigned(absl::string_view value);
// Nothing also outside of the years 1900 to 9999.
absl::optional<int32_t> DecodeDate(absl::string_view value);
absl::optional<int64_t> DecodeMoment(absl::string_view value);

// Well-formed UTF-8: no surrogates, nothing overlong, nothing above U+10FFFF.
bool IsUtf8(absl::string_view text);

}  // namespace halfterm::sync

#endif  // HALFTERM_SYNC_VALUE_H_
