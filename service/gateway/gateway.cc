#include "service/gateway/gateway.h"

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <future>
#include <optional>
#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "service/gateway/connection.h"
#include "service/gateway/response.h"

namespace halfterm::service {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

// After a failed accept, mostly for want of files: the listener must not die of it, nor spin.
constexpr std::chrono::milliseconds kAcceptPause(100);
constexpr std::chrono::milliseconds kCutGrace(2'000);

absl::StatusOr<tcp::endpoint> EndpointOf(const std::string& address) {
  const size_t colon = address.rfind(':');
  uint32_t port = 0;
  if (colon == std::string::npos || !absl::SimpleAtoi(address.substr(colon + 1), &port) ||
      port > 65'535) {
    return absl::InvalidArgumentError(absl::StrCat("not HOST:PORT: ", address));
  }
  std::string host = address.substr(0, colon);
  if (host == "localhost") host = "127.0.0.1";
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  error_code error;
  const asio::ip::address ip = asio::ip::make_address(host, error);
  if (error) return absl::InvalidArgumentError(absl::StrCat("not HOST:PORT: ", address));
  return tcp::endpoint(ip, static_cast<uint16_t>(port));
}

}  // namespace

struct Gateway::Running {
  using Acceptor = asio::basic_socket_acceptor<tcp, IoExecutor>;

  Running(const WebLimits& limits, AppFiles app, std::shared_ptr<grpc::Channel> services)
      : shared{limits,
               std::move(app),
               grpc::GenericStub(std::move(services)),
               {},
               {},
               0,
               false,
               false,
               {}},
        acceptor(io.get_executor()),
        pause(io.get_executor()) {}

  absl::Status Listen(const tcp::endpoint& endpoint);
  Later<void> Accept();
  // On the gateway's thread, and waits for it.
  void Do(const std::function<void()>& work);

  WebShared shared;  // Connections say goodbye to it when they go with `io`.
  asio::io_context io{1};
  Acceptor acceptor;
  WebTimer pause;
  std::atomic<size_t> failed_accepts{0};
  std::string address;
  int port = 0;
  std::optional<asio::executor_work_guard<IoExecutor>> work{io.get_executor()};
  std::thread thread;
};

absl::Status Gateway::Running::Listen(const tcp::endpoint& endpoint) {
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(Acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return absl::UnavailableError(error.message());
  const tcp::endpoint local = acceptor.local_endpoint(error);
  port = local.port();
  const std::string host = local.address().to_string();
  address =
      local.address().is_v6() ? absl::StrCat("[", host, "]:", port) : absl::StrCat(host, ":", port);
  return absl::OkStatus();
}

Later<void> Gateway::Running::Accept() {
  constexpr asio::use_awaitable_t<IoExecutor> kLater;
  const std::string turned_away = ResponseHead(503, {{"retry-after", "5"}}, 0, Afterwards::kClose);
  while (acceptor.is_open()) {
    error_code error;
    WebSocket socket(io.get_executor());
    co_await acceptor.async_accept(socket, asio::redirect_error(kLater, error));
    if (error == asio::error::operation_aborted) co_return;
    if (error) {
      ++failed_accepts;
      pause.expires_after(kAcceptPause);
      co_await pause.async_wait(asio::redirect_error(kLater, error));
    } else if (shared.open.size() >= shared.limits.connections) {
      socket.non_blocking(true, error);
      socket.write_some(asio::buffer(turned_away), error);
    } else {
      WebConnection::Serve(std::move(socket), shared);
    }
  }
}

void Gateway::Running::Do(const std::function<void()>& work_of_caller) {
  std::promise<void> done;
  asio::post(io, [&] {
    work_of_caller();
    done.set_value();
  });
  done.get_future().wait();
}

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Start(Options options, AppFiles app,
                                                        std::shared_ptr<grpc::Channel> services) {
  const absl::StatusOr<tcp::endpoint> endpoint = EndpointOf(options.address);
  if (!endpoint.ok()) return endpoint.status();
  auto running = std::make_unique<Running>(options.limits, std::move(app), std::move(services));
  if (absl::Status listening = running->Listen(*endpoint); !listening.ok()) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", options.address, ": ", listening.message()));
  }
  Running& r = *running;
  asio::co_spawn(
      r.io.get_executor(), [&r]() -> Later<void> { co_await r.Accept(); }, asio::detached);
  r.thread = std::thread([&r] { r.io.run(); });
  return std::unique_ptr<Gateway>(new Gateway(std::move(running)));
}

Gateway::Gateway(std::unique_ptr<Running> running) : running_(std::move(running)) {}

Gateway::~Gateway() { Drain(std::chrono::milliseconds(0)); }

const std::string& Gateway::address() const { return running_->address; }
int Gateway::port() const { return running_->port; }
size_t Gateway::open_connections() const { return running_->shared.open_count.count(); }
size_t Gateway::failed_accepts() const { return running_->failed_accepts; }

void Gateway::StopAccepting() {
  if (!running_->thread.joinable()) return;
  running_->Do([this] {
    error_code ignored;
    running_->acceptor.close(ignored);
    running_->shared.is_stopping = true;
  });
}

void Gateway::Drain(std::chrono::milliseconds grace) {
  Running& r = *running_;
  if (!r.thread.joinable()) return;
  StopAccepting();
  r.Do([&r] {
    r.shared.is_closing = true;
    for (WebConnection* connection : r.shared.open) connection->CloseIfIdle();
  });
  if (!r.shared.open_count.WaitUntilNone(grace)) {
    r.Do([&r] {
      for (WebConnection* connection : r.shared.open) connection->Cut();
    });
    r.shared.open_count.WaitUntilNone(kCutGrace);
  }
  r.Do([&r] { r.pause.cancel(); });
  r.work.reset();
  r.io.stop();
  r.thread.join();
}

}  // namespace halfterm::service
