// One connection of a browser, or of nginx for it: requests one after the other, each answered
// before the next is read.
//
// For the two sources that serve HTTP only: this header knows Asio.

#ifndef HALFTERM_SERVICE_GATEWAY_CONNECTION_H_
#define HALFTERM_SERVICE_GATEWAY_CONNECTION_H_
#include <grpcpp/generic/generic_stub.h>

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "service/gateway/app_files.h"
#include "service/gateway/grpc_web.h"
#include "service/gateway/request_reader.h"
#include "service/gateway/web_call.h"
#include "service/gateway/web_limits.h"

namespace halfterm::service {

using IoExecutor = boost::asio::io_context::executor_type;
using WebSocket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, IoExecutor>;
using WebTimer = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, IoExecutor>;
template <class T>
using Later = boost::asio::awaitable<T, IoExecutor>;

class WebConnection;

// How many connections are open. Safe from any thread.
class OpenConnections {
 public:
  void Set(size_t count);
  size_t count() const;
  // True: there were none before this time was over.
  bool WaitUntilNone(std::chrono::milliseconds time) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable is_none_;
  size_t count_ = 0;
};

// What the connections share. On the gateway's one thread, except for the count.
struct WebShared {
  const WebLimits limits;
  const AppFiles app;
  grpc::GenericStub services;
  std::set<WebConnection*> open;
  OpenConnections open_count;
  size_t body_bytes = 0;                // Of all requests that are being read.
  bool is_stopping = false;             // The next answer of a connection is its last.
  bool is_closing = false;              // And whoever asks for nothing is closed.
  std::array<char, 64 << 10> incoming;  // Bytes between the kernel and a reader.
};

// Lives until its connection is closed and its call is over. On the gateway's one thread.
class WebConnection final : public std::enable_shared_from_this<WebConnection> {
 public:
  static void Serve(WebSocket socket, WebShared& shared);
  ~WebConnection();

  // Closes it where it waits for a request.
  void CloseIfIdle();
  // Closes it, and cancels its call.
  void Cut();

 private:
  WebConnection(WebSocket socket, WebShared& shared);

  Later<void> Run();
  // False: the connection is at its end.
  Later<bool> ServeOne();
  // Reads to the end of a head, or of a body. False: it did not come; what is to be said was said.
  Later<bool> ReadHead();
  Later<bool> ReadBody();
  Later<void> AnswerRefusal(Refusal refusal);
  Later<bool> Answer(const WebAnswer& answer, bool with_body);
  Later<bool> Call(Request request);
  Later<bool> EndCall(const Trailers& trailers);
  Later<std::optional<grpc::ByteBuffer>> Next();
  void WatchForLeaving();

  // False: nothing came, because the other side closed or the time is over.
  Later<bool> ReadSome();
  Later<bool> Write(std::vector<boost::asio::const_buffer> bytes);
  Later<void> Linger();

  // From now; a later one replaces it.
  void SetDeadline(std::chrono::milliseconds from_now);
  void ClearDeadline();

  WebSocket socket_;
  WebShared& shared_;
  const std::string peer_;  // Its address; empty where that is of this machine.
  WebTimer timer_;
  uint64_t deadline_no_ = 0;
  bool timed_out_ = false;
  RequestReader reader_;
  size_t counted_body_bytes_ = 0;
  bool is_idle_ = false;
  bool wants_close_ = false;         // After this answer.
  bool lingers_ = false;             // The client may still be sending.
  std::optional<WebFormat> format_;  // Of the request, where it is a call.
  std::shared_ptr<WebCall> call_;
  bool head_sent_ = false;  // Of the answer to the call.
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_GATEWAY_CONNECTION_H_
