// The keys of all rows: the layout of the store, in one place.
//
// Every builder asks for a Tenant, so that no key can be built without saying whose it is; the two
// rows that belong to no school (the list of schools, the history of the store) come last below.
//
//   family   key                                       row (halfterm/disk/rows.proto)
//   state    "f" T4 record16 class1 sub16              FacetRow
//            "r" T4 replica8                           ReplicaRow
//            "g" T4 person16 grant16                   a role grant
//            "s" T4 session16                          SessionRow
//            "v" T4 device16                           DeviceRow
//            "a" T4 person16                           an account
//            "i" T4 digest32                           InvitationRow, by a digest of its secret
//            "p" T4 person16                           CredentialRow (disk/accounts.proto)
//            "n" T4 name                               person16, by the name they sign in with
//            "j" T4 digest32                           person16, by SHA-256(issuer | 0 | subject)
//            "y" T4                                    ProviderRow
//            "z" T4 site16 h2                          FrozenRow (disk/aggregate.proto)
//            "m" T4 door16                             OpenDoorRow (disk/open_doors.proto)
//            "x" T4 kind1 name                         directory index: who or what has this name
//            "h" T4 person16 device16                  ProofRow: what a copy last proved to hold
//            "w" T4 person16                           ScopeHistoryRow
//            "e" T4 kind1 ...                          people on their way in: sign_in_keys.h
//   log      "o" T4 seq8                               LogRow: one group, in the order of history
//            "a" T4 n8                                 audit: a reading, or an administrator's act
//   feed     T4 scope17 seq8 record16                  what a scope holds, newest change last
//   derived  "b" T4 record16                           RecordRow
//            "u" T4 kind1 key                          roll-up vector
//            "d" T4 scope17 period2                    digest of what a scope holds
//            "c" T4 replica8 last_n8                   ChainRow: what one push did
//            "l" T4 record16 seq8                      a group kept LATE
//            "q" T4 replica8 seq8                      a group kept QUARANTINED
//            "w" T4 day4 record16 person16             a last day of reading that is to come
//            "e" T4 replica8 n8                        ChainEntry: handed back after a restore
//   meta     "h" T4                                    HeadRow
//            "k" T4                                    context version
//            "t" name                                  TenantRow
//            "e"                                       EpochsRow
//            "i"                                       IdentityRow (disk/ledger.proto)
//            "g" digest32                              GuessRow of no school: sign_in_keys.h
//            "l"                                       LedgerStepRow (disk/ledger.proto): backup/ledger.h
//   erased   T4 record16                               a record that must not come back
//
// Integers are unsigned and big-endian: keys are in the order of numbers. Every part but a last one
// has a fixed width, so no id reaches into the next part. A parser gives nothing for other shapes.

#ifndef HALFTERM_STORAGE_KEYS_H_
#define HALFTERM_STORAGE_KEYS_H_
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "sync/core/scope.h"
#include "sync/core/types.h"

namespace halfterm::storage {

// The school (or group of schools under one agreement) that a row belongs to: its handle in this
// store, from TenantRow. Never reused. There is no school 0.
class Tenant {
 public:
  constexpr explicit Tenant(uint32_t handle) : handle_(handle) {}
  constexpr uint32_t handle() const { return handle_; }

 private:
  uint32_t handle_;
};
inline bool operator==(Tenant a, Tenant b) { return a.handle() == b.handle(); }
inline bool operator!=(Tenant a, Tenant b) { return a.handle() != b.handle(); }
inline bool operator<(Tenant a, Tenant b) { return a.handle() < b.handle(); }

// The first key after all that begin with `prefix`; empty (no bound) when there is none.
//   snapshot->NewCursor(Family::kState, prefix, EndOfPrefix(prefix))
std::string EndOfPrefix(absl::string_view prefix);

// --- state ---------------------------------------------------------------------------------------

std::string FacetKey(Tenant tenant, const core::FacetId& facet);
std::string FacetPrefix(Tenant tenant, const core::Id16& record);  // All facets of a record.
std::string FacetPrefix(Tenant tenant);                            // All facets of a school.
struct ParsedFacetKey {
  Tenant tenant;
  core::FacetId facet;
};
std::optional<ParsedFacetKey> ParseFacetKey(absl::string_view key);

std::string ReplicaKey(Tenant tenant, uint64_t replica);
std::string ReplicaPrefix(Tenant tenant);
struct ParsedReplicaKey {
  Tenant tenant;
  uint64_t replica;
};
std::optional<ParsedReplicaKey> ParseReplicaKey(absl::string_view key);

std::string GrantKey(Tenant tenant, const core::Id16& person, const core::Id16& grant);
std::string GrantPrefix(Tenant tenant, const core::Id16& person);  // All grants of a person.
std::string GrantPrefix(Tenant tenant);
struct ParsedGrantKey {
  Tenant tenant;
  core::Id16 person;
  core::Id16 grant;
};
std::optional<ParsedGrantKey> ParseGrantKey(absl::string_view key);

std::string SessionKey(Tenant tenant, const core::Id16& session);
std::string SessionPrefix(Tenant tenant);
std::string DeviceKey(Tenant tenant, const core::Id16& device);
std::string DevicePrefix(Tenant tenant);
std::string AccountKey(Tenant tenant, const core::Id16& person);
std::string AccountPrefix(Tenant tenant);
// Of the three above: the session, device or person.
struct ParsedIdKey {
  Tenant tenant;
  core::Id16 id;
};
std::optional<ParsedIdKey> ParseSessionKey(absl::string_view key);
std::optional<ParsedIdKey> ParseDeviceKey(absl::string_view key);
std::optional<ParsedIdKey> ParseAccountKey(absl::string_view key);

std::string InvitationKey(Tenant tenant, const core::Digest32& code_digest);
std::string InvitationPrefix(Tenant tenant);
struct ParsedInvitationKey {
  Tenant tenant;
  core::Digest32 digest;
};
std::optional<ParsedInvitationKey> ParseInvitationKey(absl::string_view key);
std::string CredentialKey(Tenant tenant, const core::Id16& person);
// `name` is any bytes.
std::string SignInNameKey(Tenant tenant, absl::string_view name);
std::string SubjectKey(Tenant tenant, const core::Digest32& digest);
std::string ProviderKey(Tenant tenant);

// One frozen half-term of a school or site; and all of a site's.
std::string FrozenKey(Tenant tenant, const core::Id16& site, uint16_t half_term);
std::string FrozenPrefix(Tenant tenant, const core::Id16& site);
struct ParsedFrozenKey {
  Tenant tenant;
  core::Id16 site;
  uint16_t half_term;
};
std::optional<ParsedFrozenKey> ParseFrozenKey(absl::string_view key);

std::string OpenDoorKey(Tenant tenant, const core::Id16& door);
std::string OpenDoorPrefix(Tenant tenant);
std::optional<ParsedIdKey> ParseOpenDoorKey(absl::string_view key);

// `kind` says what is looked up (a staff code, a OneRoster sourcedId, ...); the directory numbers
// them. `name` is any bytes.
std::string DirectoryKey(Tenant tenant, uint8_t kind, absl::string_view name);
std::string DirectoryPrefix(Tenant tenant, uint8_t kind);
struct ParsedDirectoryKey {
  Tenant tenant;
  uint8_t kind;
  std::string name;
};
std::optional<ParsedDirectoryKey> ParseDirectoryKey(absl::string_view key);

// What one person's copy on one tablet proved to hold (halfterm/disk/proofs.proto).
std::string ProofKey(Tenant tenant, const core::Id16& person, const core::Id16& device);
std::string ProofPrefix(Tenant tenant);
struct ParsedProofKey {
  Tenant tenant;
  core::Id16 person;
  core::Id16 device;
};
std::optional<ParsedProofKey> ParseProofKey(absl::string_view key);

// The scopes that a person lost, or waits for.
std::string ScopeHistoryKey(Tenant tenant, const core::Id16& person);
std::string ScopeHistoryPrefix(Tenant tenant);
std::optional<ParsedIdKey> ParseScopeHistoryKey(absl::string_view key);

// --- log -----------------------------------------------------------------------------------------

std::string OplogKey(Tenant tenant, uint64_t seq);
std::string OplogPrefix(Tenant tenant);
std::string AuditKey(Tenant tenant, uint64_t n);
std::string AuditPrefix(Tenant tenant);
// Of the two above: seq or n.
struct ParsedLogKey {
  Tenant tenant;
  uint64_t number;
};
std::optional<ParsedLogKey> ParseOplogKey(absl::string_view key);
std::optional<ParsedLogKey> ParseAuditKey(absl::string_view key);

// --- feed ----------------------------------------------------------------------------------------

std::string FeedKey(Tenant tenant, const core::Scope& scope, uint64_t seq,
                    const core::Id16& record);
std::string FeedPrefix(Tenant tenant, const core::Scope& scope);
std::string FeedPrefix(Tenant tenant);
// Where the rows after sequence number `seq` begin: the place to Seek for a cursor that has seen
// it.
std::string FeedAfter(Tenant tenant, const core::Scope& scope, uint64_t seq);
struct ParsedFeedKey {
  Tenant tenant;
  core::Scope scope;
  uint64_t seq;
  core::Id16 record;
};
std::optional<ParsedFeedKey> ParseFeedKey(absl::string_view key);

// --- derived -------------------------------------------------------------------------------------

// One row a record: its list of facets, where its feed rows stand, what it adds to the roll-ups.
std::string RecordKey(Tenant tenant, const core::Id16& record);
std::string RecordPrefix(Tenant tenant);
struct ParsedRecordKey {
  Tenant tenant;
  core::Id16 record;
};
std::optional<ParsedRecordKey> ParseRecordKey(absl::string_view key);

// `key` is as the kind says (contribution.h). The second form takes kind1 | key, which is how a
// ContributionRow names a roll-up; it must not be empty.
std::string RollupKey(Tenant tenant, uint8_t kind, absl::string_view key);
std::string RollupKey(Tenant tenant, absl::string_view kind_and_key);
// Rows of a kind whose key begins with `key`.
std::string RollupPrefix(Tenant tenant, uint8_t kind, absl::string_view key = {});
std::string RollupPrefix(Tenant tenant);
struct ParsedRollupKey {
  Tenant tenant;
  uint8_t kind;
  std::string key;
};
std::optional<ParsedRollupKey> ParseRollupKey(absl::string_view key);

std::string DigestKey(Tenant tenant, const core::Scope& scope, uint16_t period);
std::string DigestPrefix(Tenant tenant, const core::Scope& scope);
std::string DigestPrefix(Tenant tenant);
struct ParsedDigestKey {
  Tenant tenant;
  core::Scope scope;
  uint16_t period;
};
std::optional<ParsedDigestKey> ParseDigestKey(absl::string_view key);

// One row a push, named by the last number in it: the push that holds number n is the first row at
// or after ChainKey(tenant, replica, n).
std::string ChainKey(Tenant tenant, uint64_t replica, uint64_t last_n);
std::string ChainPrefix(Tenant tenant, uint64_t replica);
std::string ChainPrefix(Tenant tenant);
struct ParsedChainKey {
  Tenant tenant;
  uint64_t replica;
  uint64_t last_n;
};
std::optional<ParsedChainKey> ParseChainKey(absl::string_view key);

std::string LateKey(Tenant tenant, const core::Id16& record, uint64_t seq);
std::string LatePrefix(Tenant tenant, const core::Id16& record);
std::string LatePrefix(Tenant tenant);
struct ParsedLateKey {
  Tenant tenant;
  core::Id16 record;
  uint64_t seq;
};
std::optional<ParsedLateKey> ParseLateKey(absl::string_view key);

// By replica, not by record: a group that cannot be read names no record, and the daily allowance
// is a replica's.
std::string QuarantineKey(Tenant tenant, uint64_t replica, uint64_t seq);
std::string QuarantinePrefix(Tenant tenant, uint64_t replica);
std::string QuarantinePrefix(Tenant tenant);
struct ParsedQuarantineKey {
  Tenant tenant;
  uint64_t replica;
  uint64_t seq;
};
std::optional<ParsedQuarantineKey> ParseQuarantineKey(absl::string_view key);

// A teacher lets somebody read a visit until this day, from 0 = 1970-01-01.
std::string ReadEndKey(Tenant tenant, uint32_t day, const core::Id16& record,
                       const core::Id16& person);
std::string ReadEndPrefix(Tenant tenant);
struct ParsedReadEndKey {
  Tenant tenant;
  uint32_t day;
  core::Id16 record;
  core::Id16 person;
};
std::optional<ParsedReadEndKey> ParseReadEndKey(absl::string_view key);

// A group that its tablet handed back after a restore: it stands in no chain.
std::string HandedBackKey(Tenant tenant, uint64_t replica, uint64_t n);
std::string HandedBackPrefix(Tenant tenant);

// --- erased --------------------------------------------------------------------------------------

std::string ErasedKey(Tenant tenant, const core::Id16& record);
std::string ErasedPrefix(Tenant tenant);
std::optional<ParsedRecordKey> ParseErasedKey(absl::string_view key);

// --- meta ----------------------------------------------------------------------------------------

std::string HeadKey(Tenant tenant);
std::string ContextVersionKey(Tenant tenant);

// The school of this name, and all schools. `name` is any bytes.
std::string TenantKey(absl::string_view name);
std::string TenantPrefix();
// The name.
std::optional<std::string> ParseTenantKey(absl::string_view key);

// The history of the whole store, and whose it is: one row each.
std::string EpochKey();
std::string IdentityKey();

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_KEYS_H_
