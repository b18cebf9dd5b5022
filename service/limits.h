// How much one caller may ask of the server, and for how long. Each limit is said here once; the
// sizes that tablets must know are in sync/core/limits.h.
//
// gRPC 1.51 has known weaknesses against a hostile network (docs/operating.md): these limits are
// for honest clients that misbehave, and nginx stands in front of everybody else.

#ifndef HALFTERM_SERVICE_LIMITS_H_
#define HALFTERM_SERVICE_LIMITS_H_
#include <grpcpp/server_builder.h>

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace halfterm::service {

// How long an answer is worth giving. A shorter deadline of the caller holds; what is longer, or
// missing, is cut to these. Work whose time is over is dropped when its turn comes.
inline constexpr int64_t kUnaryMs = 10'000;
inline constexpr int64_t kPullMs = 60'000;
inline constexpr int64_t kAdminMs = 60'000;

// A reader that takes nothing for this long is sent away, and goes on from its last cursor.
inline constexpr int64_t kParkedReaderMs = 30'000;
// A stream that is to end, and whose reader takes nothing, is cut after this.
inline constexpr int64_t kLastWordsMs = 2'000;

// A watch says at least this often that it is alive (proxies close what is silent for a minute),
// looks after its session this often, and is poked at most this often.
inline constexpr int64_t kBeatMs = 20'000;
inline constexpr int64_t kSessionCheckMs = 4'000;
inline constexpr int64_t kPokeGapMs = 200;
inline constexpr int64_t kTickMs = 500;

// What waits at once. Beyond it the server answers "later" at once instead of letting everybody
// wait.
inline constexpr size_t kMaxWaitingReads = 256;
inline constexpr size_t kMaxWaitingReports = 8;
inline constexpr size_t kMaxWaitingWrites = 1024;
inline constexpr size_t kMaxWaitingWriteBytes = size_t{32} << 20;
inline constexpr size_t kMaxPulls = 512;  // One chunk of memory each.
inline constexpr size_t kMaxWatches = 20'000;

// When to come again, for a caller that was turned away for load, and for one that was turned away
// because the disk is nearly full.
inline constexpr int64_t kOverloadPushbackMs = 500;
inline constexpr int64_t kNoSpacePushbackMs = 30'000;

// Fields of a request that this version does not know: a newer app may send some, but not
// megabytes.
inline constexpr size_t kMaxUnknownBytes = 1024;
inline constexpr size_t kMaxHelloStores = 64;
inline constexpr size_t kMaxAppBytes = 64;
inline constexpr size_t kMaxRehomes = 16;
inline constexpr size_t kMaxFetchRecords = 256;
inline constexpr size_t kMaxInterestPeriods = 32;
inline constexpr size_t kMaxConfirmDigests = 4096;
inline constexpr size_t kMaxPlacePrefix = 4;
inline constexpr int kMaxAdminMessageBytes = 16 << 20;  // A whole school's roster.

inline constexpr int kMaxMetadataBytes = 8 << 10;
inline constexpr size_t kResourceQuotaBytes = size_t{256} << 20;

enum class Port {
  kPublic,  // Tablets, through nginx.
  kAdmin,   // The tools, on this machine.
};

// Message and metadata sizes, no compression (a limit on size is applied after decompression), how
// many streams a connection may hold, and when a silent, idle or old connection is closed.
void SetLimits(grpc::ServerBuilder& builder, Port port, absl::string_view address);

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_LIMITS_H_
