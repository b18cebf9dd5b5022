// A reference record: a person, an organisation, a rubric, a calendar, a policy, a rule.
//
// It is a record like any other, with one facet `body` whose only cell holds the whole message, so
// it travels to tablets, into the log and into the backup by the same ways. The record's id is the
// message's. A row in the directory index names each of them, so that a school's directory is read
// without walking through its observations.

#ifndef HALFTERM_STORAGE_DIRECTORY_REFERENCE_H_
#define HALFTERM_STORAGE_DIRECTORY_REFERENCE_H_
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "halfterm/v1/directory.pb.h"
#include "storage/keys.h"
#include "sync/core/facet.h"
#include "sync/core/types.h"
#include "sync/directory.h"

namespace halfterm::storage {

// Kinds that are records: every RecordKind but UNSPECIFIED and ROLE_GRANT.
inline constexpr int kFirstReferenceKind = v1::RECORD_KIND_PERSON;
inline constexpr int kLastReferenceKind = v1::RECORD_KIND_COVERAGE_RULE;

v1::RecordKind KindOf(const v1::Reference& reference);
// The message within; null for an empty Reference.
const google::protobuf::Message* MessageIn(const v1::Reference& reference);
// Id, roster's identifier, and name or title; zeros or empty where the kind has none.
core::Id16 IdOf(const v1::Reference& reference);
std::string SourcedIdOf(const v1::Reference& reference);
std::string NameOf(const v1::Reference& reference);

core::FacetId ReferenceFacet(const core::Id16& record);
// The row of the directory index: its value is empty.
std::string ReferenceIndexKey(Tenant tenant, v1::RecordKind kind, const core::Id16& record);

// DataLoss: no such message is in it.
absl::StatusOr<v1::Reference> ReferenceIn(const core::Facet& facet);
// The cells that turn what `held` shows into `wanted`, stamped.
absl::StatusOr<core::Facet> ReferenceDelta(const core::Facet& held, const v1::Reference& wanted,
                                           const core::Dot& dot, uint64_t stamp);

// All of a directory's reference records, by kind.
std::vector<v1::Reference> ReferencesOf(const sync::Directory::Content& content);
// Adds a reference record to the end of its list.
void Append(v1::Reference reference, sync::Directory::Content& content);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_DIRECTORY_REFERENCE_H_
