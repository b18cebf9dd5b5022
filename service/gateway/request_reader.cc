#include "service/gateway/request_reader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace halfterm::service {
namespace {

constexpr absl::string_view kLineEnd = "\r\n";
// More than any body here needs, and far from where a reader's numbers end.
constexpr size_t kMaxSizeDigits = 8;
constexpr Refusal kNoChunk = {400, "this is no chunk"};
constexpr Refusal kTooLong = {413, "the body is too long"};

}  // namespace

void RequestReader::Add(absl::string_view bytes) { absl::StrAppend(&pending_, bytes); }

RequestReader::Step RequestReader::Refuse(Refusal refusal) {
  refusal_ = refusal;
  return Step::kRefused;
}

RequestReader::Step RequestReader::Advance() {
  if (refusal_) return Step::kRefused;
  if (part_ == Part::kHead) return ReadHead();
  absl::string_view bytes = pending_;
  bool goes_on = true;
  while (part_ != Part::kWhole && goes_on) goes_on = ReadPart(bytes);
  pending_.erase(0, pending_.size() - bytes.size());
  if (refusal_) return Step::kRefused;
  return part_ == Part::kWhole ? Step::kWhole : Step::kNeedsMore;
}

RequestReader::Step RequestReader::ReadHead() {
  HeadScan scan = ScanHead(pending_);
  if (!scan.refusal && scan.head_bytes == 0) return Step::kNeedsMore;
  request_ = std::move(scan.request);
  if (!scan.refusal) scan.refusal = CheckFields(request_);
  if (scan.refusal) return Refuse(*scan.refusal);
  pending_.erase(0, scan.head_bytes);
  left_ = 0;
  if (request_.Count("transfer-encoding") > 0) {
    part_ = Part::kChunkSize;
  } else {
    part_ = Part::kLength;
    if (HasBody(request_) && !absl::SimpleAtoi(request_.Value("content-length"), &left_)) {
      return Refuse(kTooLong);
    }
  }
  return Step::kHead;
}

void RequestReader::AllowBody(size_t max_bytes) {
  max_body_bytes_ = max_bytes;
  if (left_ > max_bytes) refusal_ = kTooLong;
}

bool RequestReader::ReadPart(absl::string_view& bytes) {
  switch (part_) {
    case Part::kLength:
    case Part::kChunk: {
      const absl::string_view some = bytes.substr(0, left_);
      absl::StrAppend(&request_.body, some);
      bytes.remove_prefix(some.size());
      left_ -= some.size();
      if (left_ > 0) return false;
      part_ = part_ == Part::kLength ? Part::kWhole : Part::kChunkEnd;
      return true;
    }
    case Part::kChunkSize:
      return ReadChunkSize(bytes);
    case Part::kChunkEnd:
      if (!ReadLineEnd(bytes)) return false;
      part_ = Part::kChunkSize;
      return true;
    case Part::kLastEnd:
      if (!ReadLineEnd(bytes)) return false;
      part_ = Part::kWhole;
      return true;
    default:
      return false;
  }
}

bool RequestReader::ReadChunkSize(absl::string_view& bytes) {
  const size_t end = bytes.find('\n');
  absl::string_view digits = bytes.substr(0, end);
  if (digits.size() > kMaxSizeDigits + 1) {
    refusal_ = kNoChunk;
    return false;
  }
  if (end == absl::string_view::npos) return false;
  uint32_t size = 0;
  if (!absl::ConsumeSuffix(&digits, "\r") || digits.empty() ||
      !std::all_of(digits.begin(), digits.end(), absl::ascii_isxdigit) ||
      !absl::SimpleHexAtoi(digits, &size)) {
    refusal_ = kNoChunk;
    return false;
  }
  bytes.remove_prefix(end + 1);
  left_ = size;
  part_ = size == 0 ? Part::kLastEnd : Part::kChunk;
  if (left_ > max_body_bytes_ - request_.body.size()) refusal_ = kTooLong;
  return !refusal_;
}

bool RequestReader::ReadLineEnd(absl::string_view& bytes) {
  if (bytes.size() < kLineEnd.size()) return false;
  if (!absl::ConsumePrefix(&bytes, kLineEnd)) refusal_ = kNoChunk;
  return !refusal_;
}

Request RequestReader::Take() {
  part_ = Part::kHead;
  return std::exchange(request_, {});
}

}  // namespace halfterm::service
