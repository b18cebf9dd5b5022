#include "storage/pull/pull_cursor.h"

#include <cassert>

#include "storage/scope_bytes.h"
#include "sync/core/sha256.h"
#include "sync/core/varint.h"

namespace halfterm::storage {
namespace {

constexpr uint8_t kVersion = 1;
constexpr uint8_t kBackfilling = 1;
constexpr uint8_t kDigestOnly = 0xFF;
constexpr size_t kMacBytes = 16;

static_assert(1 + 4 + 8 + 24 + 1 + 24 + 2 + 2 * kMaxInterestPeriods + 2 +
                  core::kScopeBytes * kMaxCursorScopes + kMacBytes <=
              core::kMaxCursorBytes);

void AppendByte(std::string& bytes, size_t value) {
  assert(value <= 0xFF);
  bytes.push_back(static_cast<char>(value));
}

core::Digest16 DigestOf(const std::vector<core::Scope>& scopes) {
  return core::FirstHalf(core::Sha256(ScopeBytes(scopes)));
}

template <typename T>
bool IsAscending(const std::vector<T>& items) {
  for (size_t i = 1; i < items.size(); ++i) {
    if (!(items[i - 1] < items[i])) return false;
  }
  return true;
}

bool ReadPeriods(core::Reader& reader, size_t count, std::vector<uint16_t>& periods) {
  for (size_t i = 0; i < count; ++i) {
    uint16_t period = 0;
    if (!reader.Big16("period", period)) return false;
    periods.push_back(period);
  }
  return IsAscending(periods);
}

bool ReadScopes(core::Reader& reader, size_t count, std::vector<core::Scope>& scopes) {
  std::string_view bytes;
  return reader.Bytes("scopes", count * core::kScopeBytes, bytes) &&
         ParseScopes({bytes.data(), bytes.size()}, scopes) && IsAscending(scopes);
}

bool ReadBody(core::Reader& reader, const std::vector<core::Scope>& live, DecodedCursor& decoded) {
  PullCursor& cursor = decoded.cursor;
  uint8_t version = 0, flags = 0, old_count = 0, new_count = 0;
  if (!reader.Byte("version", version) || version != kVersion ||
      !reader.Big32("epoch", cursor.epoch) || !reader.Big64("complete", cursor.complete) ||
      !reader.Fixed("at", cursor.at) || !reader.Byte("flags", flags)) {
    return false;
  }
  if (flags == kBackfilling && !reader.Fixed("backfill", cursor.backfill.emplace())) return false;
  if (!reader.Byte("periods", old_count) || !reader.Byte("new periods", new_count) ||
      !ReadPeriods(reader, old_count, cursor.periods) ||
      !ReadPeriods(reader, new_count, cursor.new_periods) || !reader.Byte("scopes", old_count) ||
      !reader.Byte("new scopes", new_count)) {
    return false;
  }
  if (old_count != kDigestOnly) {
    return ReadScopes(reader, old_count, cursor.scopes) &&
           ReadScopes(reader, new_count, cursor.new_scopes) && reader.End("cursor");
  }
  core::Digest16 digest;
  if (!reader.Fixed("scopes", digest) || !reader.End("cursor")) return false;
  if (digest == DigestOf(live)) {
    (new_count == 0 ? cursor.scopes : cursor.new_scopes) = live;
  } else {
    decoded.scopes_unknown = true;
  }
  return true;
}

}  // namespace

std::string EncodeCursor(const PullCursor& cursor, const Caller& caller, const Secrets& secrets) {
  std::string bytes;
  AppendByte(bytes, kVersion);
  core::AppendBig32(bytes, cursor.epoch);
  core::AppendBig64(bytes, cursor.complete);
  bytes.append(cursor.at.view());
  AppendByte(bytes, cursor.backfill ? kBackfilling : 0);
  if (cursor.backfill) bytes.append(cursor.backfill->view());
  AppendByte(bytes, cursor.periods.size());
  AppendByte(bytes, cursor.new_periods.size());
  for (const uint16_t period : cursor.periods) core::AppendBig16(bytes, period);
  for (const uint16_t period : cursor.new_periods) core::AppendBig16(bytes, period);
  if (cursor.ScopeCount() <= kMaxCursorScopes) {
    AppendByte(bytes, cursor.scopes.size());
    AppendByte(bytes, cursor.new_scopes.size());
    for (const core::Scope& scope : cursor.scopes) AppendScope(bytes, scope);
    for (const core::Scope& scope : cursor.new_scopes) AppendScope(bytes, scope);
  } else {
    assert(cursor.scopes.empty() || cursor.new_scopes.empty());
    AppendByte(bytes, kDigestOnly);
    AppendByte(bytes, cursor.new_scopes.empty() ? 0 : 1);
    bytes.append(DigestOf(cursor.new_scopes.empty() ? cursor.scopes : cursor.new_scopes).view());
  }
  bytes.append(secrets.CursorMac(caller.tenant, caller.person, bytes));
  return bytes;
}

absl::StatusOr<DecodedCursor> DecodeCursor(absl::string_view bytes, const Caller& caller,
                                           const Secrets& secrets,
                                           const std::vector<core::Scope>& live) {
  const auto refused = [] {
    return absl::InvalidArgumentError("the cursor is not one that this server gave to this person");
  };
  if (bytes.size() < kMacBytes || bytes.size() > core::kMaxCursorBytes) return refused();
  const absl::string_view body = bytes.substr(0, bytes.size() - kMacBytes);
  const absl::string_view mac = bytes.substr(body.size());
  const auto given = core::Digest16::FromBytes({mac.data(), mac.size()});
  const auto right =
      core::Digest16::FromBytes(secrets.CursorMac(caller.tenant, caller.person, body));
  if (!given || !right || !core::EqualInConstantTime(*given, *right)) return refused();
  DecodedCursor decoded;
  core::Reader reader({body.data(), body.size()});
  if (!ReadBody(reader, live, decoded)) return refused();
  return decoded;
}

}  // namespace halfterm::storage
