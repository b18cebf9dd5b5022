// What scopes add up to, and what lies behind it: how a tablet and the server find out that they
// hold the same, or where they do not.

#ifndef HALFTERM_STORAGE_PULL_HOLDINGS_H_
#define HALFTERM_STORAGE_PULL_HOLDINGS_H_
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "halfterm/v1/sync.pb.h"
#include "storage/engine.h"
#include "storage/keys.h"
#include "storage/pull/place.h"
#include "sync/core/scope.h"

namespace halfterm::storage {

void SetScope(const core::Scope& scope, v1::ScopeId& id);
// Nothing unless the id is 16 bytes and the type is a byte.
std::optional<core::Scope> ScopeOf(const v1::ScopeId& id);

using Digests = google::protobuf::RepeatedPtrField<v1::ScopeDigest>;

// The digest of each scope in period 0 and each of `periods`, by scope and then as `periods` stand;
// 0 and zeros where the scope holds nothing. DataLoss: a digest row cannot be read.
absl::Status AddDigests(const Snapshot& snapshot, Tenant tenant,
                        const std::vector<core::Scope>& scopes,
                        const std::vector<uint16_t>& periods, Digests& digests);

// At most so many bytes narrow a descent: two of them part a million records into sixteens.
constexpr size_t kMaxPlacePrefix = 4;

// What the scope holds in the period of records whose place (SHA-256 of the id) begins with
// `place_prefix`, a page at a time, in the order of record ids. Reads the scope's whole feed for
// each page, because a feed is ordered by number.
absl::StatusOr<v1::DescendReply> Descend(const Snapshot& snapshot, Tenant tenant,
                                         const core::Scope& scope, uint16_t period,
                                         absl::string_view place_prefix,
                                         const core::Id16& after_record);
// The same records as at most 256 sums, by the next byte of their places.
absl::StatusOr<v1::DescendReply> SumParts(const Snapshot& snapshot, Tenant tenant,
                                          const core::Scope& scope, uint16_t period,
                                          absl::string_view place_prefix);

// Compares what a tablet holds with `right`; neither need be in order. A pair that is missing
// counts as nothing held. A difference in a scope that changed since `at` says nothing, because the
// digest of back then is not kept: then the reply is not right and names nothing for it.
absl::StatusOr<v1::ConfirmReply> Compare(const Snapshot& snapshot, Tenant tenant,
                                         const Digests& held, const Digests& right,
                                         const Place& at);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_PULL_HOLDINGS_H_
