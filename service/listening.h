// The two gRPC servers: what is registered where, and on which address.

#ifndef HALFTERM_SERVICE_LISTENING_H_
#define HALFTERM_SERVICE_LISTENING_H_
#include <grpcpp/server.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "service/limits.h"

namespace halfterm::service {

struct Listening {
  std::unique_ptr<grpc::Server> server;
  std::string address;  // With the port in use.
  int port = 0;         // 0 for a socket file.
};

// Serves `services` (which must outlive the server) on `address`. Health and reflection are on the
// admin port only: linking gRPC's reflection registers it on every server of the process, so the
// public one takes it out again. Unavailable: the address cannot be listened on.
absl::StatusOr<Listening> Listen(Port port, const std::string& address,
                                 const std::vector<grpc::Service*>& services);

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_LISTENING_H_
