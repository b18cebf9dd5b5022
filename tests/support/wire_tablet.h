// One person's store on one tablet, as the server sees it over gRPC: seals groups, chains them,
// pushes and pulls. Everything that goes out can be bent on the way.

#ifndef HALFTERM_TESTS_SUPPORT_WIRE_TABLET_H_
#define HALFTERM_TESTS_SUPPORT_WIRE_TABLET_H_
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "halfterm/v1/sync.grpc.pb.h"
#include "sync/core/facet.h"
#include "sync/core/group.h"
#include "tests/support/pulling_reader.h"
#include "tests/support/small_school.h"
#include "tests/support/tablet_server.h"

namespace halfterm::testing {

class WireTablet {
 public:
  // Opens a session and a store. Fails the test where that is refused.
  WireTablet(TabletServer& server, const std::string& tenant, const core::Id16& person,
             uint8_t device);

  const core::Id16& person() const { return person_; }
  const core::Id16& device() const { return device_; }
  const v1::OpenSessionReply& session() const { return session_; }
  uint64_t replica() const { return replica_; }
  uint64_t last_n() const { return last_n_; }
  uint32_t epoch() const { return epoch_; }
  core::Dot next_dot() const { return {replica_, last_n_ + 1}; }
  v1::Sync::Stub& sync() { return *sync_; }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

  // Calls go to where the server listens now.
  void Reconnect();

  // What a context for this tablet's calls holds: its token, and a deadline of 20 seconds, so that
  // a server that does not answer fails a test instead of stopping it.
  void Prepare(grpc::ClientContext& context) const;

  grpc::Status Hello(v1::HelloReply* reply = nullptr);

  // The header of the next group, for tests that change it before EncodeGroup.
  core::GroupHeader Header(const core::FacetId& facet,
                           core::GroupKind kind = core::GroupKind::kDelta) const;
  std::string Sealed(const core::GroupHeader& header, const std::string& body) const {
    return core::EncodeGroup(header, body, session_.key());
  }
  // A delta that writes these values as the next group, over everything this tablet wrote.
  using Values = std::vector<std::pair<core::Path, std::string>>;
  core::Facet DeltaOf(const core::FacetId& facet, const Values& values) const;

  // Takes the bytes as the next group of the chain.
  void Keep(std::string bytes);
  void Write(const core::FacetId& facet, const Values& values);
  void Intend(const core::FacetId& facet, const v1::Intent& intent);

  // A push of everything that is kept and not yet answered.
  v1::PushRequest Request() const;
  // Pushes it, and forgets what was answered. The chain goes on from what the server says.
  grpc::Status Push(v1::PushReply* reply = nullptr);
  grpc::Status Send(const v1::PushRequest& request, v1::PushReply* reply);
  // Goes on under another name in `epoch`, with a chain of its own.
  void GoOnAs(uint64_t replica, uint32_t epoch);
  // Forgets what is kept and not answered.
  void DropUnsent();

  // Pulls to the end and applies each chunk. `chunks` counts them.
  grpc::Status Pull(uint32_t max_bytes = 0, int* chunks = nullptr);
  PullingReader held;

  // The encoded facet as it was pulled; empty where it was not.
  std::string Held(const core::FacetId& facet) const;

 private:
  TabletServer& server_;
  const core::Id16 person_, device_;
  v1::OpenSessionReply session_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::Sync::Stub> sync_;
  uint64_t replica_ = 0, last_n_ = 0, acked_n_ = 0;
  uint32_t epoch_ = 0, hello_no_ = 0;
  core::Digest16 hash_, acked_hash_;
  std::vector<std::string> kept_;
  std::map<core::FacetId, core::Facet> written_;
};

// The values of a plan of kind DEPT by `lead` of `teacher`, and of a rating.
WireTablet::Values PlanValues(const SmallSchool& school, const core::Id16& lead,
                              const core::Id16& teacher);
WireTablet::Values RatingValues(uint16_t element, uint32_t level);

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_WIRE_TABLET_H_
