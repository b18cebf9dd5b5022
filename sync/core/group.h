// A group: one gesture of one person on one facet, sealed for sending. Its bytes never change.
//
//   group = 0x01 | kind1 | replica8 | n8 | session16 | base_epoch4 | base_seq8 | known4 | facet
//   id33
//         | time28 | u(len) body | mac16
//
// All numbers are big-endian. The mac is HMAC-SHA256(session key, all bytes before it), cut to 16
// bytes. Groups of a replica are chained by their hashes, so a server that lost some, or a tablet
// that was copied, is noticed at the next contact.

#ifndef HALFTERM_SYNC_CORE_GROUP_H_
#define HALFTERM_SYNC_CORE_GROUP_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sync/core/types.h"

namespace halfterm::core {

enum class GroupKind : std::uint8_t {
  kDelta = 1,   // The body is a facet whose siblings are all of the group's dot.
  kIntent = 2,  // The body is an encoded message Intent.
  kRefill = 3,  // Something acknowledged earlier, given back to a server that lost it.
};

// The phase of the visit's plan that the writer's tablet held; zeros: it held none.
struct Known {
  std::uint8_t flags = 0;  // Bit 0: withdrawn. No other bit is accepted.
  std::uint16_t round = 0;
  std::uint8_t level = 0;

  bool withdrawn() const { return (flags & 1) != 0; }
};

// The tablet's clock was restarted since its last Hello, so the time since then is not known.
inline constexpr std::uint64_t kClockRestarted = ~std::uint64_t{0};

// What the tablet knew of the time. Milliseconds; the tablet's clock may be wrong by years.
struct GroupTime {
  std::uint64_t wall_ms = 0;         // The tablet's clock, since 1970-01-01 UTC.
  std::uint64_t since_hello_ms = 0;  // By a clock that only runs forward; or kClockRestarted.
  std::uint32_t hello_no = 0;        // Which Hello that was.
  std::int64_t offset_ms = 0;        // Server's clock minus tablet's, measured at that Hello.
};

struct GroupHeader {
  GroupKind kind = GroupKind::kDelta;
  std::uint64_t replica = 0;
  std::uint64_t n = 0;  // From 1, without a gap.
  Id16 session;
  std::uint32_t base_epoch = 0;  // With base_seq: the cursor of what the writer's tablet held.
  std::uint64_t base_seq = 0;
  Known known;
  FacetId facet;
  GroupTime time;

  Dot dot() const { return {replica, n}; }
};

inline constexpr std::size_t kGroupHeaderBytes = 111;

// The views are into the bytes that were decoded.
struct Group : GroupHeader {
  std::string_view body;
  Digest16 mac;
  std::string_view signed_bytes;  // All bytes before the mac.
};

std::string EncodeGroup(const GroupHeader& header, std::string_view body,
                        std::string_view session_key);

// Looks at the layout only: neither the mac nor the body is checked. Refuses a wrong version, an
// unknown kind, n = 0, unknown flags, a cut, bytes after the mac and more than kMaxGroupBytes.
Result<Group> DecodeGroup(std::string_view bytes);

// In a time that does not depend on where the macs differ.
bool MacIsRight(const Group& group, std::string_view session_key);

// The chain after group n, from the chain before it (zeros before the first) and the SHA-256 of the
// group's bytes.
Digest16 ChainHash(const Digest16& before, std::uint64_t n, const Digest32& group_hash);

}  // namespace halfterm::core

#endif  // HALFTERM_SYNC_CORE_GROUP_H_
