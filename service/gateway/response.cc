#include "service/gateway/response.h"

#include "absl/strings/str_cat.h"

namespace halfterm::service {
namespace {

constexpr char kEveryAnswer[] =
    "content-security-policy: default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; "
    "worker-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'\r\n"
    "x-content-type-options: nosniff\r\n"
    "referrer-policy: no-referrer\r\n"
    "cross-origin-opener-policy: same-origin\r\n"
    "cross-origin-resource-policy: same-origin\r\n";

const char* ReasonOf(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 431:
      return "Request Header Fields Too Large";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "";
  }
}

}  // namespace

std::string ResponseHead(int status, const WebFields& fields, std::optional<size_t> body_bytes,
                         Afterwards afterwards) {
  std::string head = absl::StrCat("HTTP/1.1 ", status, " ", ReasonOf(status), "\r\n");
  for (const auto& [name, value] : fields) absl::StrAppend(&head, name, ": ", value, "\r\n");
  head.append(kEveryAnswer);
  if (body_bytes) {
    absl::StrAppend(&head, "content-length: ", *body_bytes, "\r\n");
  } else {
    head.append("transfer-encoding: chunked\r\n");
  }
  if (afterwards == Afterwards::kClose) head.append("connection: close\r\n");
  head.append("\r\n");
  return head;
}

WebAnswer WordsAnswer(int status, absl::string_view words) {
  WebAnswer answer;
  answer.status = status;
  answer.fields = {{"content-type", "text/plain; charset=utf-8"}, {"cache-control", "no-store"}};
  if (status == 405) answer.fields.emplace_back("allow", "GET, HEAD, POST");
  if (status == 503) answer.fields.emplace_back("retry-after", "1");
  answer.body = std::make_shared<const std::string>(absl::StrCat(words, "\n"));
  return answer;
}

WebAnswer AnswerOf(const Refusal& refusal) { return WordsAnswer(refusal.status, refusal.why); }

}  // namespace halfterm::service
