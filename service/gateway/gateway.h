// HTTP/1.1 for the tablets: the files of their app, and gRPC-Web to the services of this process.
//
// Nothing here knows a method: a call goes to the public services as it is, and what is not
// registered there (Admin, Directory, health, reflection) does not exist for a browser either.
// There is no CORS: the app and its calls have one origin. TLS is nginx's (docs/operating.md).

#ifndef HALFTERM_SERVICE_GATEWAY_GATEWAY_H_
#define HALFTERM_SERVICE_GATEWAY_GATEWAY_H_
#include <grpcpp/channel.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "service/gateway/app_files.h"
#include "service/gateway/web_limits.h"

namespace halfterm::service {

// One thread serves all connections: it frames and copies, and never waits. Start, StopAccepting
// and Drain from one thread; the others are safe from any.
class Gateway {
 public:
  struct Options {
    std::string address;  // HOST:PORT; port 0 takes a free one. HOST is a number or localhost.
    WebLimits limits;
  };

  // Serves when it returns. InvalidArgument: the address is none; Unavailable: it cannot be
  // listened on.
  static absl::StatusOr<std::unique_ptr<Gateway>> Start(Options options, AppFiles app,
                                                        std::shared_ptr<grpc::Channel> services);
  ~Gateway();  // Drains, without grace.

  const std::string& address() const;  // HOST:PORT with the port in use.
  int port() const;
  size_t open_connections() const;
  // How often a connection could not be taken since the start, mostly for want of files.
  size_t failed_accepts() const;

  // Takes no new connection; those that are open get answers, and are closed after the next one.
  void StopAccepting();

  // Closes what is idle, waits so long for answers on their way, and cuts the rest. When it
  // returns, nothing of the gateway runs, and no call of it is open. A second call is no error.
  void Drain(std::chrono::milliseconds grace);

 private:
  struct Running;
  explicit Gateway(std::unique_ptr<Running> running);

  std::unique_ptr<Running> running_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_GATEWAY_GATEWAY_H_
