// The server as a WireTablet needs it: in a test's own process, or in another that may be killed.

#ifndef HALFTERM_TESTS_SUPPORT_TABLET_SERVER_H_
#define HALFTERM_TESTS_SUPPORT_TABLET_SERVER_H_
#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <memory>
#include <string>

#include "halfterm/v1/admin.pb.h"
#include "sync/core/types.h"

namespace halfterm::testing {

class TabletServer {
 public:
  virtual ~TabletServer() = default;

  // A connection of its own for each call, to where the server listens now.
  virtual std::shared_ptr<grpc::Channel> PublicChannel() = 0;
  // Fails the test where it is refused.
  virtual v1::OpenSessionReply OpenSession(const std::string& tenant, const core::Id16& person,
                                           const core::Id16& device) = 0;
  // What the tablets' clocks say.
  virtual int64_t NowMs() = 0;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_TABLET_SERVER_H_
