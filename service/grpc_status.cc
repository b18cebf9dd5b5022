#include "service/grpc_status.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "service/limits.h"
#include "storage/later.h"

namespace halfterm::service {
namespace {

constexpr size_t kMaxWordBytes = 512;

// Cuts between two characters of UTF-8.
std::string Shortened(absl::string_view words) {
  if (words.size() <= kMaxWordBytes) return std::string(words);
  size_t end = kMaxWordBytes;
  while (end > 0 && (static_cast<unsigned char>(words[end]) & 0xC0) == 0x80) --end;
  return std::string(words.substr(0, end));
}

bool KeepsWordsToItself(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kDataLoss ||
         code == absl::StatusCode::kUnknown;
}

}  // namespace

absl::Status Later(absl::string_view why, int64_t retry_ms) {
  return storage::Later(why, retry_ms);
}

std::optional<int64_t> RetryMs(const absl::Status& status) {
  if (status.code() != absl::StatusCode::kResourceExhausted) return std::nullopt;
  return storage::LaterMs(status).value_or(kNoSpacePushbackMs);
}

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  if (KeepsWordsToItself(status.code())) {
    return grpc::Status(grpc::StatusCode::INTERNAL, "the server could not read its store");
  }
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), Shortened(status.message()));
}

grpc::Status ToGrpc(const absl::Status& status, grpc::CallbackServerContext& context) {
  if (const std::optional<int64_t> retry_ms = RetryMs(status)) {
    context.AddTrailingMetadata("grpc-retry-pushback-ms", absl::StrCat(*retry_ms));
  }
  return ToGrpc(status);
}

}  // namespace halfterm::service
