#include "service/gateway/connection.h"

#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "service/gateway/call_request.h"

namespace halfterm::service {

namespace asio = boost::asio;
using boost::system::error_code;

// What a coroutine awaits stands in a statement of its own, and what it passes by reference has a
// name: GCC 12 does not compile, or compiles wrongly, temporaries of larger expressions with an
// await in them (lists of initial values, both sides of a condition).

namespace {

constexpr asio::use_awaitable_t<IoExecutor> kLater;
// So much leaves within one deadline.
constexpr size_t kPieceBytes = 64 << 10;
constexpr size_t kMaxLingerBytes = 4 << 20;
constexpr absl::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr Refusal kSlowHead = {408, "the head did not come in time"};
constexpr Refusal kSlowBody = {408, "the body did not come in time"};
constexpr Refusal kTooMuchInAll = {503, "too much is being sent at once"};
constexpr absl::string_view kLastChunk = "0\r\n\r\n";

asio::const_buffer BufferOf(absl::string_view bytes) { return {bytes.data(), bytes.size()}; }

std::vector<asio::const_buffer> OnePiece(absl::string_view bytes) { return {BufferOf(bytes)}; }

std::string PeerOf(const WebSocket& socket) {
  error_code error;
  asio::ip::address address = socket.remote_endpoint(error).address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  }
  return error || address.is_loopback() ? "" : address.to_string();
}

}  // namespace

void OpenConnections::Set(size_t count) {
  const std::lock_guard<std::mutex> lock(mutex_);
  count_ = count;
  if (count == 0) is_none_.notify_all();
}

size_t OpenConnections::count() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return count_;
}

bool OpenConnections::WaitUntilNone(std::chrono::milliseconds time) const {
  std::unique_lock<std::mutex> lock(mutex_);
  return is_none_.wait_for(lock, time, [this] { return count_ == 0; });
}

void WebConnection::Serve(WebSocket socket, WebShared& shared) {
  std::shared_ptr<WebConnection> connection(new WebConnection(std::move(socket), shared));
  asio::co_spawn(
      connection->socket_.get_executor(),
      [connection]() -> Later<void> { co_await connection->Run(); }, asio::detached);
}

WebConnection::WebConnection(WebSocket socket, WebShared& shared)
    : socket_(std::move(socket)),
      shared_(shared),
      peer_(PeerOf(socket_)),
      timer_(socket_.get_executor()) {
  shared_.open.insert(this);
  shared_.open_count.Set(shared_.open.size());
}

WebConnection::~WebConnection() {
  shared_.body_bytes -= counted_body_bytes_;
  shared_.open.erase(this);
  shared_.open_count.Set(shared_.open.size());
}

void WebConnection::CloseIfIdle() {
  error_code ignored;
  if (is_idle_) socket_.close(ignored);
}

void WebConnection::Cut() {
  if (call_ != nullptr) call_->Cancel();
  error_code ignored;
  socket_.close(ignored);
}

Later<void> WebConnection::Run() {
  error_code error;
  socket_.non_blocking(true, error);
  socket_.set_option(asio::ip::tcp::no_delay(true), error);
  SetDeadline(shared_.limits.head);
  while (true) {
    const bool goes_on = co_await ServeOne();
    if (!goes_on) break;
    SetDeadline(reader_.IsIdle() ? shared_.limits.idle : shared_.limits.head);
  }
  if (lingers_) co_await Linger();
  timer_.cancel();
  socket_.close(error);
}

Later<bool> WebConnection::ServeOne() {
  wants_close_ = false;
  format_.reset();
  const bool has_head = co_await ReadHead();
  if (!has_head) co_return false;
  const bool has_body_to_answer = reader_.head().method != "HEAD";
  const bool has_body = co_await ReadBody();
  if (!has_body) co_return false;
  ClearDeadline();
  Request request = reader_.Take();
  shared_.body_bytes -= std::exchange(counted_body_bytes_, 0);
  if (shared_.is_stopping) wants_close_ = true;
  bool answered = false;
  if (format_) {
    answered = co_await Call(std::move(request));
  } else {
    const WebAnswer answer = shared_.app.Get(request);
    answered = co_await Answer(answer, has_body_to_answer);
  }
  co_return answered && !wants_close_;
}

Later<bool> WebConnection::ReadHead() {
  RequestReader::Step step;
  while ((step = reader_.Advance()) == RequestReader::Step::kNeedsMore) {
    is_idle_ = reader_.IsIdle();
    if (is_idle_ && shared_.is_closing) co_return false;
    const bool came = co_await ReadSome();
    const bool was_idle = std::exchange(is_idle_, false);
    if (!came) {
      if (!was_idle && timed_out_) co_await AnswerRefusal(kSlowHead);
      co_return false;
    }
    if (was_idle) SetDeadline(shared_.limits.head);
  }
  if (step == RequestReader::Step::kRefused) {
    co_await AnswerRefusal(reader_.refusal());
    co_return false;
  }
  const Request& head = reader_.head();
  for (const absl::string_view option : absl::StrSplit(head.Value("connection"), ',')) {
    if (absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(option), "close")) wants_close_ = true;
  }
  if (const std::optional<Refusal> refusal = CheckRequest(head); refusal) {
    co_await AnswerRefusal(*refusal);
    co_return false;
  }
  if (head.method == "POST") format_ = FormatOf(head.Value("content-type"));
  co_return true;
}

Later<bool> WebConnection::ReadBody() {
  reader_.AllowBody(!format_                       ? 0
                    : *format_ == WebFormat::kText ? kMaxTextBodyBytes
                                                   : kMaxBodyBytes);
  SetDeadline(shared_.limits.body);
  bool says_go_on = reader_.head().Count("expect") > 0;
  RequestReader::Step step;
  while ((step = reader_.Advance()) == RequestReader::Step::kNeedsMore) {
    shared_.body_bytes -= std::exchange(counted_body_bytes_, reader_.body_bytes());
    shared_.body_bytes += counted_body_bytes_;
    if (shared_.body_bytes > shared_.limits.body_bytes) {
      co_await AnswerRefusal(kTooMuchInAll);
      co_return false;
    }
    if (std::exchange(says_go_on, false)) {
      const bool written = co_await Write(OnePiece(kContinue));
      if (!written) co_return false;
      SetDeadline(shared_.limits.body);
    }
    const bool came = co_await ReadSome();
    if (!came) {
      if (timed_out_) co_await AnswerRefusal(kSlowBody);
      co_return false;
    }
  }
  if (step == RequestReader::Step::kRefused) {
    co_await AnswerRefusal(reader_.refusal());
    co_return false;
  }
  co_return true;
}

Later<void> WebConnection::AnswerRefusal(Refusal refusal) {
  timed_out_ = false;
  wants_close_ = lingers_ = true;
  if (format_ && refusal.status == 413) {
    const Trailers trailers = TrailersOfRefusal(absl::ResourceExhaustedError(refusal.why));
    co_await EndCall(trailers);
  } else {
    const WebAnswer answer = AnswerOf(refusal);
    co_await Answer(answer, /*with_body=*/true);
  }
}

Later<bool> WebConnection::Answer(const WebAnswer& answer, bool with_body) {
  const size_t size = answer.body == nullptr ? 0 : answer.body->size();
  const std::string head = ResponseHead(answer.status, answer.fields, size,
                                        wants_close_ ? Afterwards::kClose : Afterwards::kStay);
  absl::string_view rest;
  if (answer.body != nullptr && with_body) rest = *answer.body;
  std::vector<asio::const_buffer> piece = {BufferOf(head)};
  do {
    piece.push_back(BufferOf(rest.substr(0, kPieceBytes)));
    rest.remove_prefix(std::min(rest.size(), kPieceBytes));
    const bool written = co_await Write(std::move(piece));
    if (!written) co_return false;
    piece.clear();
  } while (!rest.empty());
  co_return true;
}

Later<bool> WebConnection::Call(Request request) {
  head_sent_ = false;
  absl::StatusOr<WebCall::Start> start = StartOf(std::move(request), *format_, peer_);
  if (!start.ok()) {
    const Trailers refusal = TrailersOfRefusal(start.status());
    const bool ended = co_await EndCall(refusal);
    co_return ended;
  }

  call_ = WebCall::Begin(shared_.services, *std::move(start));
  WatchForLeaving();
  bool is_wanted = true;
  while (true) {
    const std::optional<grpc::ByteBuffer> message = co_await Next();
    if (!message) break;
    if (!is_wanted) continue;
    std::vector<grpc::Slice> slices;
    message->Dump(&slices);
    std::string frame = FrameHead(message->Length());
    if (*format_ == WebFormat::kText) {
      for (const grpc::Slice& slice : slices) {
        frame.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
      }
      slices.clear();
      frame = absl::Base64Escape(frame);
    }
    size_t size = frame.size();
    for (const grpc::Slice& slice : slices) size += slice.size();
    std::string head;
    if (!std::exchange(head_sent_, true)) {
      head = ResponseHead(
          200,
          {{"content-type", std::string(ContentTypeOf(*format_))}, {"cache-control", "no-store"}},
          std::nullopt, wants_close_ ? Afterwards::kClose : Afterwards::kStay);
    }
    absl::StrAppend(&head, absl::Hex(size), "\r\n", frame);
    std::vector<asio::const_buffer> chunk = {BufferOf(head)};
    for (const grpc::Slice& slice : slices) chunk.emplace_back(slice.begin(), slice.size());
    chunk.push_back(BufferOf("\r\n"));
    is_wanted = co_await Write(std::move(chunk));
    if (!is_wanted) call_->Cancel();
  }
  const Trailers trailers = std::exchange(call_, nullptr)->trailers();
  error_code ignored;
  socket_.cancel(ignored);  // The watch for leaving.
  if (!is_wanted) co_return false;
  const bool ended = co_await EndCall(trailers);
  co_return ended;
}

Later<bool> WebConnection::EndCall(const Trailers& trailers) {
  const std::string type(ContentTypeOf(*format_));
  const Afterwards afterwards = wants_close_ ? Afterwards::kClose : Afterwards::kStay;
  std::string end;
  if (head_sent_) {
    std::string frame = TrailersFrame(trailers);
    if (*format_ == WebFormat::kText) frame = absl::Base64Escape(frame);
    end = absl::StrCat(absl::Hex(frame.size()), "\r\n", frame, "\r\n", kLastChunk);
  } else {
    // No message was sent: the trailers are the head.
    WebFields fields = {{"content-type", type}, {"cache-control", "no-store"}};
    fields.insert(fields.end(), trailers.begin(), trailers.end());
    end = ResponseHead(200, fields, 0, afterwards);
  }
  head_sent_ = false;
  const bool written = co_await Write(OnePiece(end));
  co_return written;
}

Later<std::optional<grpc::ByteBuffer>> WebConnection::Next() {
  // The answer comes on one of gRPC's threads; the coroutine goes on on its own.
  auto wait = [this](auto handler) {
    call_->Next([handler = std::move(handler), executor = socket_.get_executor()](
                    std::optional<grpc::ByteBuffer> message) mutable {
      asio::post(executor, [handler = std::move(handler), message = std::move(message)]() mutable {
        std::move(handler)(std::move(message));
      });
    });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<IoExecutor>&,
                                          void(std::optional<grpc::ByteBuffer>)>(std::move(wait),
                                                                                 kLater);
}

void WebConnection::WatchForLeaving() {
  // While a call runs nothing is read: a browser that leaves shows itself by the end of its bytes.
  // One that has sent its next request already is only noticed when it takes no more.
  socket_.async_wait(WebSocket::wait_read, [self = shared_from_this(),
                                            call = call_](const error_code& error) {
    if (error || self->call_ != call) return;
    char byte;
    const ssize_t waiting = recv(self->socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (waiting > 0) return;
    // Asio may tell of bytes that were read already.
    if (waiting < 0 && (errno == EAGAIN || errno == EINTR)) return self->WatchForLeaving();
    call->Cancel();
  });
}

Later<bool> WebConnection::ReadSome() {
  while (!timed_out_) {
    error_code error;
    const size_t size = socket_.read_some(asio::buffer(shared_.incoming), error);
    if (!error) {
      reader_.Add(absl::string_view(shared_.incoming.data(), size));
      co_return true;
    }
    if (error != asio::error::would_block) co_return false;
    co_await socket_.async_wait(WebSocket::wait_read, asio::redirect_error(kLater, error));
    if (error) co_return false;
  }
  co_return false;
}

Later<bool> WebConnection::Write(std::vector<asio::const_buffer> bytes) {
  SetDeadline(shared_.limits.write);
  error_code error;
  co_await asio::async_write(socket_, bytes, asio::redirect_error(kLater, error));
  ClearDeadline();  // A call may be silent for longer, and is watched meanwhile.
  co_return !error;
}

Later<void> WebConnection::Linger() {
  error_code error;
  socket_.shutdown(WebSocket::shutdown_send, error);
  SetDeadline(shared_.limits.linger);
  for (size_t taken = 0; !error && !timed_out_ && taken < kMaxLingerBytes;) {
    taken += socket_.read_some(asio::buffer(shared_.incoming), error);
    if (error != asio::error::would_block) continue;
    co_await socket_.async_wait(WebSocket::wait_read, asio::redirect_error(kLater, error));
  }
}

void WebConnection::SetDeadline(std::chrono::milliseconds from_now) {
  timed_out_ = false;
  timer_.expires_after(from_now);
  timer_.async_wait([weak = weak_from_this(), no = ++deadline_no_](const error_code& error) {
    const std::shared_ptr<WebConnection> self = weak.lock();
    if (error || self == nullptr || self->deadline_no_ != no) return;
    self->timed_out_ = true;
    error_code ignored;
    self->socket_.cancel(ignored);
  });
}

void WebConnection::ClearDeadline() {
  ++deadline_no_;
  timed_out_ = false;
  timer_.cancel();
}

}  // namespace halfterm::service
