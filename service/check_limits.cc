#include "service/check_limits.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "service/limits.h"
#include "sync/core/digest.h"
#include "sync/core/limits.h"
#include "sync/core/types.h"

namespace halfterm::service {
namespace {

constexpr size_t kIdBytes = core::Id16::kSize;
constexpr size_t kHashBytes = core::Digest16::kSize;
constexpr size_t kDigestBytes = core::Digest32::kSize;
constexpr size_t kMaxTenantBytes = 63;

absl::Status Wrong(absl::string_view field, absl::string_view rule) {
  return absl::InvalidArgumentError(absl::StrCat(field, " ", rule));
}

absl::Status CheckBytes(absl::string_view field, absl::string_view value, size_t bytes) {
  if (value.size() == bytes) return absl::OkStatus();
  return Wrong(field, absl::StrCat("must have ", bytes, " bytes"));
}

absl::Status CheckBytesOrNone(absl::string_view field, absl::string_view value, size_t bytes) {
  return value.empty() ? absl::OkStatus() : CheckBytes(field, value, bytes);
}

absl::Status CheckAtMost(absl::string_view field, size_t size, size_t most) {
  if (size <= most) return absl::OkStatus();
  return Wrong(field, absl::StrCat("is longer than ", most));
}

absl::Status CheckScope(absl::string_view field, const v1::ScopeId& scope) {
  if (scope.type() == 0 || scope.type() > std::numeric_limits<uint8_t>::max()) {
    return Wrong(field, "has no such type");
  }
  return CheckBytes(absl::StrCat(field, ".id"), scope.id(), kIdBytes);
}

absl::Status CheckPeriod(absl::string_view field, uint32_t period) {
  if (period <= std::numeric_limits<uint16_t>::max()) return absl::OkStatus();
  return Wrong(field, "is no half-term");
}

// The first that is not OK.
template <class... More>
absl::Status First(absl::Status first, More... more) {
  if constexpr (sizeof...(More) == 0) {
    return first;
  } else {
    return first.ok() ? First(std::move(more)...) : first;
  }
}

}  // namespace

absl::Status CheckLimits(const v1::HelloRequest& request) {
  absl::Status checked =
      First(CheckBytes("device", request.device(), kIdBytes),
            CheckAtMost("cursor", request.cursor().size(), core::kMaxCursorBytes),
            CheckAtMost("app", request.app().size(), kMaxAppBytes),
            CheckAtMost("stores", static_cast<size_t>(request.stores_size()), kMaxHelloStores));
  for (const v1::Store& store : request.stores()) {
    if (!checked.ok()) return checked;
    checked = CheckBytesOrNone("stores.last_hash", store.last_hash(), kHashBytes);
  }
  return checked;
}

absl::Status CheckLimits(const v1::PushRequest& request) {
  if (request.groups().empty()) return Wrong("groups", "is empty");
  if (request.replica() == 0) return Wrong("replica", "is missing");
  if (request.first_n() == 0) return Wrong("first_n", "is missing");
  // A tablet counts from 1; no chain gets so long that the next number would not fit.
  if (request.first_n() > std::numeric_limits<uint64_t>::max() - core::kMaxPushGroups) {
    return Wrong("first_n", "is too large");
  }
  size_t bytes = 0;
  for (const std::string& group : request.groups()) bytes += group.size();
  return First(
      CheckAtMost("groups", static_cast<size_t>(request.groups_size()), core::kMaxPushGroups),
      CheckAtMost("bytes of groups", bytes, core::kMaxPushBytes),
      CheckAtMost("rehomes", static_cast<size_t>(request.rehomes_size()), kMaxRehomes),
      CheckBytesOrNone("hash_before", request.hash_before(), kHashBytes));
}

absl::Status CheckLimits(const v1::RefillRequest& request) {
  const int items = request.facets_size() + request.groups_size();
  if (items == 0) return Wrong("facets and groups", "are empty");
  size_t bytes = 0;
  for (const v1::RefilledFacet& facet : request.facets()) bytes += facet.state().size();
  for (const v1::RefilledGroup& group : request.groups()) bytes += group.group().size();
  return First(
      CheckAtMost("facets and groups", static_cast<size_t>(items), core::kMaxPushGroups),
      items == 1 ? absl::OkStatus() : CheckAtMost("bytes of them", bytes, core::kMaxPushBytes),
      CheckAtMost("rehomes", static_cast<size_t>(request.rehomes_size()), kMaxRehomes));
}

absl::Status CheckLimits(const v1::PullRequest& request) {
  const v1::Interest& interest = request.interest();
  absl::Status checked = First(
      CheckAtMost("cursor", request.cursor().size(), core::kMaxCursorBytes),
      CheckAtMost("interest", static_cast<size_t>(interest.periods_size()), kMaxInterestPeriods));
  for (const uint32_t period : interest.periods()) {
    if (!checked.ok()) return checked;
    checked = CheckPeriod("interest", period);
  }
  return checked;
}

absl::Status CheckLimits(const v1::WatchRequest& request) {
  return CheckAtMost("cursor", request.cursor().size(), core::kMaxCursorBytes);
}

absl::Status CheckLimits(const v1::FetchRequest& request) {
  if (request.records().empty()) return Wrong("records", "is empty");
  absl::Status checked =
      CheckAtMost("records", static_cast<size_t>(request.records_size()), kMaxFetchRecords);
  for (const std::string& record : request.records()) {
    if (!checked.ok()) return checked;
    checked = CheckBytes("records", record, kIdBytes);
  }
  return checked;
}

absl::Status CheckLimits(const v1::DescendRequest& request) {
  return First(CheckScope("scope", request.scope()), CheckPeriod("period", request.period()),
               CheckBytesOrNone("after_record", request.after_record(), kIdBytes),
               CheckAtMost("place_prefix", request.place_prefix().size(), kMaxPlacePrefix));
}

absl::Status CheckLimits(const v1::ConfirmRequest& request) {
  absl::Status checked =
      First(CheckAtMost("cursor", request.cursor().size(), core::kMaxCursorBytes),
            CheckAtMost("held", static_cast<size_t>(request.held_size()), kMaxConfirmDigests));
  for (const v1::ScopeDigest& held : request.held()) {
    if (!checked.ok()) return checked;
    checked =
        First(CheckScope("held.scope", held.scope()), CheckPeriod("held.period", held.period()),
              CheckBytes("held.digest", held.digest(), kDigestBytes));
  }
  return checked;
}

absl::Status CheckLimits(const v1::OpenSessionRequest& request) {
  return First(CheckAtMost("tenant", request.tenant().size(), kMaxTenantBytes),
               CheckBytes("person", request.person(), kIdBytes),
               CheckBytes("device", request.device(), kIdBytes),
               CheckAtMost("device_label", request.device_label().size(), kMaxAppBytes));
}

}  // namespace halfterm::service
