#include "tests/support/raw_http.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace halfterm::testing {
namespace {

constexpr int kPatienceSeconds = 20;
constexpr size_t kFrameHead = 5;

std::map<std::string, std::string> LinesOf(absl::string_view text) {
  std::map<std::string, std::string> fields;
  for (const absl::string_view line : absl::StrSplit(text, "\r\n", absl::SkipEmpty())) {
    const std::pair<std::string, std::string> field = absl::StrSplit(line, absl::MaxSplits(':', 1));
    fields[absl::AsciiStrToLower(field.first)] =
        std::string(absl::StripAsciiWhitespace(field.second));
  }
  return fields;
}

}  // namespace

std::string Framed(absl::string_view message, char flags) {
  const auto size = static_cast<uint32_t>(message.size());
  std::string frame = {flags, static_cast<char>(size >> 24), static_cast<char>(size >> 16),
                       static_cast<char>(size >> 8), static_cast<char>(size)};
  return frame.append(message.data(), message.size());
}

RawFrames FramesOf(const RawAnswer& answer) {
  RawFrames frames;
  if (answer.fields.count("grpc-status") > 0) frames.trailers = answer.fields;
  absl::string_view rest = answer.body;
  while (!rest.empty()) {
    if (rest.size() < kFrameHead) {
      ADD_FAILURE() << "half a frame";
      break;
    }
    uint32_t size = 0;
    for (size_t i = 1; i < kFrameHead; ++i) size = size << 8 | static_cast<uint8_t>(rest[i]);
    const bool is_trailers = rest[0] != 0;
    rest.remove_prefix(kFrameHead);
    if (size > rest.size()) {
      ADD_FAILURE() << "a frame that is not whole";
      break;
    }
    if (is_trailers) {
      EXPECT_TRUE(frames.trailers.empty()) << "one frame of trailers";
      frames.trailers = LinesOf(rest.substr(0, size));
    } else {
      EXPECT_TRUE(frames.trailers.empty()) << "nothing after the trailers";
      frames.messages.emplace_back(rest.substr(0, size));
    }
    rest.remove_prefix(size);
  }
  return frames;
}

RawHttp::RawHttp() : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
  const timeval patience = {kPatienceSeconds, 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const int one = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

RawHttp::RawHttp(int port, int receive_bytes) : RawHttp() {
  if (receive_bytes > 0) {
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
  }
  Connect(port);
}

void RawHttp::Connect(int port) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
    ADD_FAILURE() << "nobody listens on " << port;
  }
}

RawHttp::~RawHttp() { Close(); }

void RawHttp::Close() {
  if (socket_ >= 0) close(std::exchange(socket_, -1));
}

bool RawHttp::Send(absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

bool RawHttp::Fill() {
  char bytes[64 << 10];
  const ssize_t got = recv(socket_, bytes, sizeof bytes, 0);
  if (got <= 0) return false;
  held_.append(bytes, static_cast<size_t>(got));
  return true;
}

bool RawHttp::Hears(std::chrono::milliseconds time) {
  if (!held_.empty()) return true;
  pollfd wait{socket_, POLLIN, 0};
  return poll(&wait, 1, static_cast<int>(time.count())) > 0;
}

std::string RawHttp::ReadSome() {
  if (held_.empty()) Fill();
  return std::exchange(held_, "");
}

std::string RawHttp::ReadToEnd() {
  while (Fill()) {
  }
  return std::exchange(held_, "");
}

RawAnswer RawHttp::Read(bool to_head) {
  RawAnswer answer;
  size_t end;
  while ((end = held_.find("\r\n\r\n")) == std::string::npos) {
    if (!Fill()) return answer;
  }
  const std::string head = held_.substr(0, end + 2);
  held_.erase(0, end + 4);
  const size_t line = head.find("\r\n");
  if (!absl::StartsWith(head, "HTTP/1.1 ") ||
      !absl::SimpleAtoi(head.substr(9, 3), &answer.status)) {
    ADD_FAILURE() << "this is no answer: " << head;
    return answer;
  }
  answer.fields = LinesOf(absl::string_view(head).substr(line));
  size_t size = 0;
  if (to_head || answer.status < 200 || answer.status == 304) {
    answer.is_whole = true;
  } else if (answer.fields.count("transfer-encoding") > 0) {
    do {
      size_t eol;
      while ((eol = held_.find("\r\n")) == std::string::npos) {
        if (!Fill()) return answer;
      }
      size = std::stoul(held_.substr(0, eol), nullptr, 16);
      while (held_.size() < eol + 2 + size + 2) {
        if (!Fill()) return answer;
      }
      answer.body.append(held_, eol + 2, size);
      held_.erase(0, eol + 2 + size + 2);
    } while (size > 0);
    answer.is_whole = true;
  } else if (answer.fields.count("content-length") > 0 &&
             absl::SimpleAtoi(answer.fields.at("content-length"), &size)) {
    while (held_.size() < size && Fill()) {
    }
    answer.is_whole = held_.size() >= size;
    answer.body = held_.substr(0, size);
    held_.erase(0, answer.body.size());
  }
  return answer;
}

}  // namespace halfterm::testing
