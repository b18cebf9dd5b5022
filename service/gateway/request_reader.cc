#include "service/gateway/request_reader.h"

#include <boost/beast/http/basic_parser.hpp>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "service/gateway/web_limits.h"

namespace halfterm::service {

namespace http = boost::beast::http;
using boost::beast::string_view;
using boost::system::error_code;

namespace {

// The longest line between two chunks, and what may wait unread because of one.
constexpr size_t kMaxChunkLineBytes = 64;

// Takes the body; the head was read already, and what a client sends after its last chunk is let
// go: a field that comes so late could be one that a proxy takes out of heads.
class BodyParser final : public http::basic_parser<true> {
 public:
  std::string body;

 private:
  void on_request_impl(http::verb, string_view, string_view, int, error_code& error) override {
    error = {};
  }
  void on_response_impl(int, string_view, int, error_code& error) override { error = {}; }
  void on_field_impl(http::field, string_view, string_view, error_code& error) override {
    error = {};
  }
  void on_header_impl(error_code& error) override { error = {}; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code& error) override {
    error = {};
  }
  std::size_t on_body_impl(string_view bytes, error_code& error) override {
    error = {};
    body.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t, string_view extensions, error_code& error) override {
    // Nobody needs them, and readers differ about where they end.
    error =
        extensions.empty() ? error_code() : http::make_error_code(http::error::bad_chunk_extension);
  }
  std::size_t on_chunk_body_impl(std::uint64_t, string_view bytes, error_code& error) override {
    return on_body_impl(bytes, error);
  }
  void on_finish_impl(error_code& error) override { error = {}; }
};

}  // namespace

struct RequestReader::Beast {
  BodyParser parser;
};

RequestReader::RequestReader() = default;
RequestReader::~RequestReader() = default;

void RequestReader::Add(absl::string_view bytes) { absl::StrAppend(&pending_, bytes); }

size_t RequestReader::body_bytes() const {
  return beast_ == nullptr ? 0 : beast_->parser.body.size();
}

RequestReader::Step RequestReader::Refuse(Refusal refusal) {
  refusal_ = refusal;
  return Step::kRefused;
}

RequestReader::Step RequestReader::Advance() {
  if (refusal_) return Step::kRefused;
  if (in_body_) return ReadBody();
  HeadScan scan = ScanHead(pending_);
  if (!scan.refusal && scan.head_bytes == 0) return Step::kNeedsMore;
  request_ = std::move(scan.request);
  if (!scan.refusal) scan.refusal = CheckFields(request_);
  if (scan.refusal) return Refuse(*scan.refusal);

  beast_ = std::make_unique<Beast>();
  beast_->parser.header_limit(kMaxHeadBytes);
  beast_->parser.body_limit(std::numeric_limits<std::uint64_t>::max());  // Until AllowBody().
  error_code error;
  const size_t read =
      beast_->parser.put(boost::asio::buffer(pending_.data(), scan.head_bytes), error);
  if (error && error != http::error::need_more) return Refuse({400, "this is no request"});
  if (!beast_->parser.is_header_done() || read != scan.head_bytes) {
    return Refuse({400, "this is no request"});
  }
  pending_.erase(0, scan.head_bytes);
  in_body_ = true;
  return Step::kHead;
}

void RequestReader::AllowBody(size_t max_bytes) {
  const auto length = beast_->parser.content_length();
  if (length && *length > max_bytes) {
    refusal_ = Refusal{413, "the body is too long"};
    return;
  }
  beast_->parser.body_limit(max_bytes);
  beast_->parser.eager(true);
}

RequestReader::Step RequestReader::ReadBody() {
  http::basic_parser<true>& parser = beast_->parser;
  while (!parser.is_done()) {
    if (pending_.empty()) return Step::kNeedsMore;
    error_code error;
    const size_t read = parser.put(boost::asio::buffer(pending_), error);
    pending_.erase(0, read);
    if (error == http::error::need_more) {
      if (pending_.size() > kMaxChunkLineBytes) return Refuse({400, "this is no chunk"});
      return Step::kNeedsMore;
    }
    if (error == http::error::body_limit) return Refuse({413, "the body is too long"});
    if (error) return Refuse({400, "the body is not as its head says"});
  }
  return Step::kWhole;
}

Request RequestReader::Take() {
  request_.body = std::move(beast_->parser.body);
  beast_.reset();
  in_body_ = false;
  return std::exchange(request_, {});
}

}  // namespace halfterm::service
