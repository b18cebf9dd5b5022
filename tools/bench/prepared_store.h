// A store in memory whose groups are sealed before the clock starts, so that a measurement on
// shared processors is of the server and not of the tablets.

#ifndef HALFTERM_TOOLS_BENCH_PREPARED_STORE_H_
#define HALFTERM_TOOLS_BENCH_PREPARED_STORE_H_
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "halfterm/v1/sync.pb.h"
#include "sync/core/facet.h"
#include "sync/core/group.h"
#include "tools/replay/connection.h"
#include "tools/replay/gesture.h"

namespace halfterm::tools {

// For one thread at a time.
class PreparedStore {
 public:
  // Opens a session and a store for somebody on a tablet. Errors as the calls'.
  static absl::StatusOr<PreparedStore> Open(AdminCalls& admin, SyncCalls& calls,
                                            const std::string& tenant, const core::Id16& person,
                                            const core::Id16& device);

  const std::string& token() const { return session_.token(); }
  const core::Id16& person() const { return person_; }
  uint64_t replica() const { return replica_; }
  uint64_t sealed_n() const { return n_; }

  // Seals the gesture over what its writer held: nothing, unless said. Returns its dot; 0 where the
  // gesture changes nothing.
  absl::StatusOr<core::Dot> Seal(const Gesture& gesture, const core::Facet& held = {},
                                 const core::Known& known = {});

  // What was sealed since the last call, as requests of at most so many groups.
  std::vector<v1::PushRequest> TakeRequests(size_t max_groups);

 private:
  core::Id16 person_;
  v1::OpenSessionReply session_;
  uint64_t replica_ = 0;
  uint32_t epoch_ = 0;
  uint32_t hello_no_ = 0;
  uint64_t n_ = 0;
  core::Digest16 hash_;
  std::vector<std::string> groups_;     // Not taken yet.
  std::vector<core::Digest16> hashes_;  // The chain before each of them.
};

// OK if every group of the request was committed. DataLoss: the answer is of other groups.
// FailedPrecondition: one was set aside; why.
absl::Status AllCommitted(const v1::PushRequest& request, const v1::PushReply& reply);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_BENCH_PREPARED_STORE_H_
