// Requests, one after the other, from the bytes of a connection.
//
// The head is judged by request.h. The body is as long as the head says, or comes in chunks: plain
// ones, without extensions and without fields after the last, because nobody who calls this server
// sends them and readers differ about where they end. Why this is not Boost.Beast's parser:
// docs/decisions/0023-http-requests-are-read-here.md.

#ifndef HALFTERM_SERVICE_GATEWAY_REQUEST_READER_H_
#define HALFTERM_SERVICE_GATEWAY_REQUEST_READER_H_
#include <cstddef>
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

  void Add(absl::string_view bytes);
  Step Advance();

  const Request& head() const { return request_; }
  const Refusal& refusal() const { return *refusal_; }
  // A longer body is refused with 413, as soon as its length is known.
  void AllowBody(size_t max_bytes);
  // The request; the next one begins.
  Request Take();

  // Nothing of a next request has come.
  bool IsIdle() const { return part_ == Part::kHead && pending_.empty(); }
  // What is held of the body.
  size_t body_bytes() const { return request_.body.size(); }

 private:
  enum class Part {
    kHead,
    kLength,     // `left_` bytes of a body whose head said how many.
    kChunkSize,  // The line before a chunk.
    kChunk,      // `left_` bytes of it.
    kChunkEnd,   // The end of its line.
    kLastEnd,    // The empty line after the last one.
    kWhole,
  };

  Step Refuse(Refusal refusal);
  Step ReadHead();
  // Each takes what it uses off `bytes`. False: more is needed, or refusal_ is set.
  bool ReadPart(absl::string_view& bytes);
  bool ReadChunkSize(absl::string_view& bytes);
  bool ReadLineEnd(absl::string_view& bytes);

  std::string pending_;  // Came, and is not read yet.
  Part part_ = Part::kHead;
  Request request_;
  std::optional<Refusal> refusal_;
  size_t left_ = 0;
  size_t max_body_bytes_ = 0;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_GATEWAY_REQUEST_READER_H_
