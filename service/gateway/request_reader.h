// Requests, one after the other, from the bytes of a connection.
//
// The head is judged by request.h; Boost.Beast reads it after that, and takes the body out of its
// length or chunks. Beast is seen by request_reader.cc alone: it is the heaviest header in the
// project.

#ifndef HALFTERM_SERVICE_GATEWAY_REQUEST_READER_H_
#define HALFTERM_SERVICE_GATEWAY_REQUEST_READER_H_
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "service/gateway/request.h"

namespace halfterm::service {

class RequestReader {
 public:
  enum class Step {
    kNeedsMore,
    kHead,     // Once a request: head() stands, and AllowBody() must be called before going on.
    kWhole,    // Take() it.
    kRefused,  // refusal() says why. Nothing more can be read from this connection.
  };

  RequestReader();
  ~RequestReader();

  void Add(absl::string_view bytes);
  Step Advance();

  const Request& head() const { return request_; }
  const Refusal& refusal() const { return *refusal_; }
  // A longer body is refused with 413.
  void AllowBody(size_t max_bytes);
  // The request; the next one begins.
  Request Take();

  // Nothing of a next request has come.
  bool IsIdle() const { return !in_body_ && pending_.empty(); }
  // What is held of the body.
  size_t body_bytes() const;

 private:
  struct Beast;

  Step Refuse(Refusal refusal);
  Step ReadBody();

  std::string pending_;  // Came, and is not read yet.
  Request request_;
  std::optional<Refusal> refusal_;
  bool in_body_ = false;
  std::unique_ptr<Beast> beast_;  // Of the request whose body is being read.
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_GATEWAY_REQUEST_READER_H_
