#include "storage/feed_row.h"

#include "sync/core/varint.h"

namespace halfterm::storage {

std::string EncodeFeedRow(const FeedRow& row) {
  std::string value;
  value.reserve(39);
  value.push_back(static_cast<char>(row.kind));
  core::AppendBig16(value, row.period);
  core::AppendBig32(value, row.count);
  value.append(row.digest.view());
  return value;
}

std::optional<FeedRow> ParseFeedRow(absl::string_view value) {
  core::Reader reader({value.data(), value.size()});
  FeedRow row;
  uint8_t kind = 0;
  if (!reader.Byte("kind", kind) || kind < 1 || kind > 3 || !reader.Big16("period", row.period) ||
      !reader.Big32("count", row.count) || !reader.Fixed("digest", row.digest) ||
      !reader.End("feed row")) {
    return std::nullopt;
  }
  row.kind = static_cast<FeedKind>(kind);
  return row;
}

std::string EncodeDigestRow(const DigestRow& row) {
  std::string value;
  core::AppendBig64(value, row.count);
  value.append(row.digest.view());
  return value;
}

std::optional<DigestRow> ParseDigestRow(absl::string_view value) {
  core::Reader reader({value.data(), value.size()});
  DigestRow row;
  if (!reader.Big64("count", row.count) || !reader.Fixed("digest", row.digest) ||
      !reader.End("digest row")) {
    return std::nullopt;
  }
  return row;
}

}  // namespace halfterm::storage
