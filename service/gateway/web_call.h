// One call into the services of this process, whatever its method, driven from outside gRPC.
//
// Unary calls and server streams are the same here: one message goes in, messages come out one at a
// time, then a status. There is no queue: the next message is asked for when the last one has left
// for the browser, so a slow browser holds the service back, which sees a slow reader.

#ifndef HALFTERM_SERVICE_GATEWAY_WEB_CALL_H_
#define HALFTERM_SERVICE_GATEWAY_WEB_CALL_H_
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/client_callback.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/strings/string_view.h"
#include "service/gateway/grpc_web.h"

namespace halfterm::service {

// Keeps itself alive until gRPC is done with it. Next() by one caller at a time; Cancel() from any
// thread.
class WebCall final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                      public std::enable_shared_from_this<WebCall> {
 public:
  struct Start {
    std::string method;  // "/halfterm.v1.Sync/Hello"
    std::string message;
    Trailers metadata;
    std::optional<std::chrono::nanoseconds> timeout;
  };
  // The call goes out with the first Next().
  static std::shared_ptr<WebCall> Begin(grpc::GenericStub& stub, Start start);

  // `done`, on one of gRPC's threads, gets the next message; or nothing, and then the call is over,
  // trailers() stand, and the caller holds it alone. Whoever gives up must Cancel() and ask on
  // until there is nothing; until then the call must not be let go.
  using Done = absl::AnyInvocable<void(std::optional<grpc::ByteBuffer>)>;
  void Next(Done done);

  void Cancel();

  // The status as trailers, grpc-status first.
  const Trailers& trailers() const { return trailers_; }

 private:
  explicit WebCall(Start start);

  void OnReadDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

  const Start start_;
  grpc::ClientContext context_;
  grpc::ByteBuffer request_, reply_;
  bool is_begun_ = false;
  std::shared_ptr<WebCall> self_;  // From the first Next() until OnDone.
  Done done_;
  Trailers trailers_;
};

// A call that ended with this status, as trailers.
Trailers TrailersOf(const grpc::Status& status);

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_GATEWAY_WEB_CALL_H_
