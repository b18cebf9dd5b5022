// What the gateway answers: the head, with what every answer says to the browser.
//
// Every answer carries the Content-Security-Policy and its companions, not only pages: a browser
// can be led to show any of them.

#ifndef HALFTERM_SERVICE_GATEWAY_RESPONSE_H_
#define HALFTERM_SERVICE_GATEWAY_RESPONSE_H_
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "service/gateway/request.h"

namespace halfterm::service {

using WebFields = std::vector<std::pair<std::string, std::string>>;

// An answer that is whole before its first byte leaves.
struct WebAnswer {
  int status = 200;
  WebFields fields;
  std::shared_ptr<const std::string> body;  // Null: none.
};

// After the answer.
enum class Afterwards { kStay, kClose };

// The head of an answer, with its empty line. Without a length the body is sent in chunks. Fields
// of ours: names in lower case, values checked by whoever made them.
std::string ResponseHead(int status, const WebFields& fields, std::optional<size_t> body_bytes,
                         Afterwards afterwards);

// A short page with these words.
WebAnswer WordsAnswer(int status, absl::string_view words);
WebAnswer AnswerOf(const Refusal& refusal);

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_GATEWAY_RESPONSE_H_
