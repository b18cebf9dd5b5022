// How large things may be. Each limit is said here and nowhere else.
//
// The server decides; a tablet learns the same numbers in HelloReply and only warns with them.

#ifndef HALFTERM_SYNC_CORE_LIMITS_H_
#define HALFTERM_SYNC_CORE_LIMITS_H_

#include <cstddef>

namespace halfterm::core {

inline constexpr std::size_t kKiB = 1024;
inline constexpr std::size_t kMiB = 1024 * kKiB;

inline constexpr std::size_t kMaxValueBytes = 16 * kKiB;
inline constexpr std::size_t kMaxNoteBytes = 2000;  // UTF-8, of one paragraph of text.
inline constexpr std::size_t kMaxGroupBytes = 64 * kKiB;
inline constexpr std::size_t kMaxGroupCells = 2000;
inline constexpr std::size_t kMaxFacetBytes = 256 * kKiB;
inline constexpr std::size_t kMaxFacetCells = 8000;
inline constexpr std::size_t kMaxSiblings = 64;           // Of one cell.
inline constexpr std::size_t kMaxContextReplicas = 4096;  // Of one cell.
inline constexpr std::size_t kMaxPushGroups = 200;
inline constexpr std::size_t kMaxPushBytes = 256 * kKiB;
inline constexpr std::size_t kMaxRequestBytes = kMiB;
inline constexpr std::size_t kPullChunkBytes = 256 * kKiB;  // A larger facet travels alone.
inline constexpr std::size_t kMaxCursorBytes = 512;
inline constexpr std::size_t kMaxObservers = 8;                    // Of one visit.
inline constexpr std::size_t kMaxQuarantineBytesADay = 16 * kMiB;  // Of one replica.

// What a decoder accepts.
struct Limits {
  std::size_t bytes = kMaxFacetBytes;
  std::size_t cells = kMaxFacetCells;
  std::size_t value_bytes = kMaxValueBytes;
  std::size_t siblings = kMaxSiblings;
  std::size_t context_replicas = kMaxContextReplicas;
};

inline constexpr Limits kFacetLimits{};
// The body of a DELTA. It lies inside a group, so the group's own size is the bound in practice.
inline constexpr Limits kDeltaLimits{kMaxGroupBytes, kMaxGroupCells, kMaxValueBytes, kMaxSiblings,
                                     kMaxContextReplicas};

}  // namespace halfterm::core

#endif  // HALFTERM_SYNC_CORE_LIMITS_H_
