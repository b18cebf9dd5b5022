// An HTTP/1.1 request as it came, and the rules that its head must keep.
//
// A proxy stands in front of the gateway. Whatever two readers of the same bytes could take
// differently (two lengths, a length and chunks, a line that ends in a lone LF, a folded line) lets
// somebody hide a second request in the first. So the head is read more strictly than the standard
// asks, before any parser sees it: what is unusual is refused.

#ifndef HALFTERM_SERVICE_GATEWAY_REQUEST_H_
#define HALFTERM_SERVICE_GATEWAY_REQUEST_H_
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace halfterm::service {

struct Request {
  struct Field {
    std::string name;  // In lower case.
    std::string value;
  };

  // The first field of this name (in lower case); empty where there is none.
  absl::string_view Value(absl::string_view name) const;
  size_t Count(absl::string_view name) const;

  std::string method;
  std::string target;  // Begins with '/'.
  std::vector<Field> fields;
  std::string body;
};

// Why a request is not answered: an HTTP status, and words for whoever debugs a client.
struct Refusal {
  int status;
  const char* why;
};

// How much of `bytes` is the head of a request.
struct HeadScan {
  // 0: more bytes are needed.
  size_t head_bytes = 0;
  Request request;  // Where the head is whole; without its body.
  std::optional<Refusal> refusal;
};

// Says as early as can be seen that bytes are no head. 400, 414, 431, 505.
HeadScan ScanHead(absl::string_view bytes);

// The rules that are about fields: one Host, one way to say where the body ends, no other protocol
// asked for. 400, 417, 501.
std::optional<Refusal> CheckFields(const Request& request);

// The request says that it has a body.
bool HasBody(const Request& request);

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_GATEWAY_REQUEST_H_
