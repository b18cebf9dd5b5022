#include "storage/keys.h"

#include <algorithm>
#include <array>

namespace halfterm::storage {
namespace {

// The first byte of a row in a family that holds several kinds. On disk; never reused.
enum class Tag : char {
  kFacet = 'f',
  kReplica = 'r',
  kGrant = 'g',
  kSession = 's',
  kDevice = 'v',
  kAccount = 'a',
  kInvitation = 'i',
  kCredential = 'p',
  kSignInName = 'n',
  kSubject = 'j',
  kProvider = 'y',
  kFrozen = 'z',
  kOpenDoor = 'm',
  kDirectory = 'x',
  kProof = 'h',
  kScopeHistory = 'w',
  kOplog = 'o',
  kAudit = 'a',  // In another family than kAccount.
  kRecord = 'b',
  kRollup = 'u',
  kDigest = 'd',
  kChain = 'c',
  kLate = 'l',
  kQuarantine = 'q',
  kReadEnd = 'w',  // In another family than kScopeHistory.
  kHandedBack = 'e',
  kHead = 'h',  // In another family than kProof.
  kContextVersion = 'k',
  kTenant = 't',
  kEpoch = 'e',     // In another family than kHandedBack.
  kIdentity = 'i',  // In another family than kInvitation.
};

class Builder {
 public:
  explicit Builder(Tag tag, Tenant tenant) : Builder(tag) { Add(tenant.handle()); }
  explicit Builder(Tenant tenant) : Builder() { Add(tenant.handle()); }
  explicit Builder(Tag tag) : Builder() { key_.push_back(static_cast<char>(tag)); }

  template <typename Integer>
  Builder& Add(Integer number) {
    for (int shift = 8 * (static_cast<int>(sizeof number) - 1); shift >= 0; shift -= 8) {
      key_.push_back(static_cast<char>((number >> shift) & 0xFF));
    }
    return *this;
  }
  template <size_t kBytes>
  Builder& Add(const std::array<uint8_t, kBytes>& bytes) {
    key_.append(reinterpret_cast<const char*>(bytes.data()), kBytes);
    return *this;
  }
  Builder& Add(const core::Id16& id) { return Add(id.bytes); }
  Builder& Add(const core::Scope& scope) { return Add(scope.type).Add(scope.id); }
  Builder& AddLast(absl::string_view bytes) {
    key_.append(bytes.data(), bytes.size());
    return *this;
  }

  std::string Key() { return std::move(key_); }

 private:
  Builder() { key_.reserve(kLongestFixedKey); }

  static constexpr size_t kLongestFixedKey = 45;  // A feed row's.
  std::string key_;
};

// Takes a key apart. After a step that finds too few bytes every later one fails too, and the parts
// that were read are zeros.
class Parser {
 public:
  explicit Parser(absl::string_view key) : rest_(key) {}
  Parser(Tag tag, absl::string_view key) : rest_(key) {
    ok_ = !rest_.empty() && rest_.front() == static_cast<char>(tag);
    if (ok_) rest_.remove_prefix(1);
  }

  template <typename Integer>
  Integer Number() {
    Integer number = 0;
    for (const char byte : Take(sizeof number)) {
      number = static_cast<Integer>((uint64_t{number} << 8) | static_cast<uint8_t>(byte));
    }
    return number;
  }
  Tenant School() { return Tenant(Number<uint32_t>()); }
  core::Id16 Id() {
    core::Id16 id{};
    const absl::string_view bytes = Take(id.bytes.size());
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(id.bytes.data()));
    return id;
  }
  core::Scope Scope() {
    core::Scope scope;
    scope.type = Number<uint8_t>();
    scope.id = Id();
    return scope;
  }
  std::string Last() { return std::string(Take(rest_.size())); }

  // Whether all steps succeeded, and nothing is left.
  bool Done() const { return ok_ && rest_.empty(); }

 private:
  absl::string_view Take(size_t bytes) {
    ok_ = ok_ && rest_.size() >= bytes;
    if (!ok_) return {};
    const absl::string_view taken = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
    return taken;
  }

  absl::string_view rest_;
  bool ok_ = true;
};

template <typename Parsed>
std::optional<Parsed> IfDone(const Parser& parser, Parsed parsed) {
  if (!parser.Done()) return std::nullopt;
  return parsed;
}

// Braced lists evaluate from left to right, so the parts below are read in the order of the key.
std::optional<ParsedIdKey> ParseIdKey(Tag tag, absl::string_view key) {
  Parser parser(tag, key);
  const ParsedIdKey parsed{parser.School(), parser.Id()};
  return IfDone(parser, parsed);
}

std::optional<ParsedLogKey> ParseLogKey(Tag tag, absl::string_view key) {
  Parser parser(tag, key);
  const ParsedLogKey parsed{parser.School(), parser.Number<uint64_t>()};
  return IfDone(parser, parsed);
}

}  // namespace

std::string EndOfPrefix(absl::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xFF') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<uint8_t>(end.back()) + 1);
  return end;
}

// --- state ---------------------------------------------------------------------------------------

std::string FacetKey(Tenant tenant, const core::FacetId& facet) {
  return Builder(Tag::kFacet, tenant).Add(facet.record).Add(facet.facet_class).Add(facet.sub).Key();
}
std::string FacetPrefix(Tenant tenant, const core::Id16& record) {
  return Builder(Tag::kFacet, tenant).Add(record).Key();
}
std::string FacetPrefix(Tenant tenant) { return Builder(Tag::kFacet, tenant).Key(); }
std::optional<ParsedFacetKey> ParseFacetKey(absl::string_view key) {
  Parser parser(Tag::kFacet, key);
  const Tenant tenant = parser.School();
  core::FacetId facet{};
  facet.record = parser.Id();
  facet.facet_class = parser.Number<uint8_t>();
  facet.sub = parser.Id();
  return IfDone(parser, ParsedFacetKey{tenant, facet});
}

std::string ReplicaKey(Tenant tenant, uint64_t replica) {
  return Builder(Tag::kReplica, tenant).Add(replica).Key();
}
std::string ReplicaPrefix(Tenant tenant) { return Builder(Tag::kReplica, tenant).Key(); }
std::optional<ParsedReplicaKey> ParseReplicaKey(absl::string_view key) {
  Parser parser(Tag::kReplica, key);
  const ParsedReplicaKey parsed{parser.School(), parser.Number<uint64_t>()};
  return IfDone(parser, parsed);
}

std::string GrantKey(Tenant tenant, const core::Id16& person, const core::Id16& grant) {
  return Builder(Tag::kGrant, tenant).Add(person).Add(grant).Key();
}
std::string GrantPrefix(Tenant tenant, const core::Id16& person) {
  return Builder(Tag::kGrant, tenant).Add(person).Key();
}
std::string GrantPrefix(Tenant tenant) { return Builder(Tag::kGrant, tenant).Key(); }
std::optional<ParsedGrantKey> ParseGrantKey(absl::string_view key) {
  Parser parser(Tag::kGrant, key);
  const ParsedGrantKey parsed{parser.School(), parser.Id(), parser.Id()};
  return IfDone(parser, parsed);
}

std::string SessionKey(Tenant tenant, const core::Id16& session) {
  return Builder(Tag::kSession, tenant).Add(session).Key();
}
std::string SessionPrefix(Tenant tenant) { return Builder(Tag::kSession, tenant).Key(); }
std::optional<ParsedIdKey> ParseSessionKey(absl::string_view key) {
  return ParseIdKey(Tag::kSession, key);
}

std::string DeviceKey(Tenant tenant, const core::Id16& device) {
  return Builder(Tag::kDevice, tenant).Add(device).Key();
}
std::string DevicePrefix(Tenant tenant) { return Builder(Tag::kDevice, tenant).Key(); }
std::optional<ParsedIdKey> ParseDeviceKey(absl::string_view key) {
  return ParseIdKey(Tag::kDevice, key);
}

std::string AccountKey(Tenant tenant, const core::Id16& person) {
  return Builder(Tag::kAccount, tenant).Add(person).Key();
}
std::string AccountPrefix(Tenant tenant) { return Builder(Tag::kAccount, tenant).Key(); }
std::optional<ParsedIdKey> ParseAccountKey(absl::string_view key) {
  return ParseIdKey(Tag::kAccount, key);
}

std::string InvitationKey(Tenant tenant, const core::Digest32& code_digest) {
  return Builder(Tag::kInvitation, tenant).Add(code_digest.bytes).Key();
}
std::string InvitationPrefix(Tenant tenant) { return Builder(Tag::kInvitation, tenant).Key(); }
std::optional<ParsedInvitationKey> ParseInvitationKey(absl::string_view key) {
  Parser parser(Tag::kInvitation, key);
  const Tenant tenant = parser.School();
  const auto digest = core::Digest32::FromBytes(parser.Last());
  if (!digest) return std::nullopt;
  return IfDone(parser, ParsedInvitationKey{tenant, *digest});
}

std::string CredentialKey(Tenant tenant, const core::Id16& person) {
  return Builder(Tag::kCredential, tenant).Add(person).Key();
}
std::string SignInNameKey(Tenant tenant, absl::string_view name) {
  return Builder(Tag::kSignInName, tenant).AddLast(name).Key();
}
std::string SubjectKey(Tenant tenant, const core::Digest32& digest) {
  return Builder(Tag::kSubject, tenant).Add(digest.bytes).Key();
}
std::string ProviderKey(Tenant tenant) { return Builder(Tag::kProvider, tenant).Key(); }

std::string FrozenKey(Tenant tenant, const core::Id16& site, uint16_t half_term) {
  return Builder(Tag::kFrozen, tenant).Add(site).Add(half_term).Key();
}
std::string FrozenPrefix(Tenant tenant, const core::Id16& site) {
  return Builder(Tag::kFrozen, tenant).Add(site).Key();
}
std::optional<ParsedFrozenKey> ParseFrozenKey(absl::string_view key) {
  Parser parser(Tag::kFrozen, key);
  const ParsedFrozenKey parsed{parser.School(), parser.Id(), parser.Number<uint16_t>()};
  return IfDone(parser, parsed);
}

std::string OpenDoorKey(Tenant tenant, const core::Id16& door) {
  return Builder(Tag::kOpenDoor, tenant).Add(door).Key();
}
std::string OpenDoorPrefix(Tenant tenant) { return Builder(Tag::kOpenDoor, tenant).Key(); }
std::optional<ParsedIdKey> ParseOpenDoorKey(absl::string_view key) {
  Parser parser(Tag::kOpenDoor, key);
  const ParsedIdKey parsed{parser.School(), parser.Id()};
  return IfDone(parser, parsed);
}

std::string DirectoryKey(Tenant tenant, uint8_t kind, absl::string_view name) {
  return Builder(Tag::kDirectory, tenant).Add(kind).AddLast(name).Key();
}
std::string DirectoryPrefix(Tenant tenant, uint8_t kind) { return DirectoryKey(tenant, kind, {}); }
std::optional<ParsedDirectoryKey> ParseDirectoryKey(absl::string_view key) {
  Parser parser(Tag::kDirectory, key);
  const ParsedDirectoryKey parsed{parser.School(), parser.Number<uint8_t>(), parser.Last()};
  return IfDone(parser, parsed);
}

std::string ProofKey(Tenant tenant, const core::Id16& person, const core::Id16& device) {
  return Builder(Tag::kProof, tenant).Add(person).Add(device).Key();
}
std::string ProofPrefix(Tenant tenant) { return Builder(Tag::kProof, tenant).Key(); }
std::optional<ParsedProofKey> ParseProofKey(absl::string_view key) {
  Parser parser(Tag::kProof, key);
  const ParsedProofKey parsed{parser.School(), parser.Id(), parser.Id()};
  return IfDone(parser, parsed);
}

std::string ScopeHistoryKey(Tenant tenant, const core::Id16& person) {
  return Builder(Tag::kScopeHistory, tenant).Add(person).Key();
}
std::string ScopeHistoryPrefix(Tenant tenant) { return Builder(Tag::kScopeHistory, tenant).Key(); }
std::optional<ParsedIdKey> ParseScopeHistoryKey(absl::string_view key) {
  return ParseIdKey(Tag::kScopeHistory, key);
}

// --- log -----------------------------------------------------------------------------------------

std::string OplogKey(Tenant tenant, uint64_t seq) {
  return Builder(Tag::kOplog, tenant).Add(seq).Key();
}
std::string OplogPrefix(Tenant tenant) { return Builder(Tag::kOplog, tenant).Key(); }
std::optional<ParsedLogKey> ParseOplogKey(absl::string_view key) {
  return ParseLogKey(Tag::kOplog, key);
}

std::string AuditKey(Tenant tenant, uint64_t n) {
  return Builder(Tag::kAudit, tenant).Add(n).Key();
}
std::string AuditPrefix(Tenant tenant) { return Builder(Tag::kAudit, tenant).Key(); }
std::optional<ParsedLogKey> ParseAuditKey(absl::string_view key) {
  return ParseLogKey(Tag::kAudit, key);
}

// --- feed ----------------------------------------------------------------------------------------

std::string FeedKey(Tenant tenant, const core::Scope& scope, uint64_t seq,
                    const core::Id16& record) {
  return Builder(tenant).Add(scope).Add(seq).Add(record).Key();
}
std::string FeedPrefix(Tenant tenant, const core::Scope& scope) {
  return Builder(tenant).Add(scope).Key();
}
std::string FeedPrefix(Tenant tenant) { return Builder(tenant).Key(); }
std::string FeedAfter(Tenant tenant, const core::Scope& scope, uint64_t seq) {
  return EndOfPrefix(Builder(tenant).Add(scope).Add(seq).Key());
}
std::optional<ParsedFeedKey> ParseFeedKey(absl::string_view key) {
  Parser parser(key);
  const ParsedFeedKey parsed{parser.School(), parser.Scope(), parser.Number<uint64_t>(),
                             parser.Id()};
  return IfDone(parser, parsed);
}

// --- derived -------------------------------------------------------------------------------------

std::string RecordKey(Tenant tenant, const core::Id16& record) {
  return Builder(Tag::kRecord, tenant).Add(record).Key();
}
std::string RecordPrefix(Tenant tenant) { return Builder(Tag::kRecord, tenant).Key(); }
std::optional<ParsedRecordKey> ParseRecordKey(absl::string_view key) {
  Parser parser(Tag::kRecord, key);
  const ParsedRecordKey parsed{parser.School(), parser.Id()};
  return IfDone(parser, parsed);
}

std::string RollupKey(Tenant tenant, uint8_t kind, absl::string_view key) {
  return Builder(Tag::kRollup, tenant).Add(kind).AddLast(key).Key();
}
std::string RollupKey(Tenant tenant, absl::string_view kind_and_key) {
  return Builder(Tag::kRollup, tenant).AddLast(kind_and_key).Key();
}
std::string RollupPrefix(Tenant tenant, uint8_t kind, absl::string_view key) {
  return RollupKey(tenant, kind, key);
}
std::string RollupPrefix(Tenant tenant) { return Builder(Tag::kRollup, tenant).Key(); }
std::optional<ParsedRollupKey> ParseRollupKey(absl::string_view key) {
  Parser parser(Tag::kRollup, key);
  const ParsedRollupKey parsed{parser.School(), parser.Number<uint8_t>(), parser.Last()};
  return IfDone(parser, parsed);
}

std::string DigestKey(Tenant tenant, const core::Scope& scope, uint16_t period) {
  return Builder(Tag::kDigest, tenant).Add(scope).Add(period).Key();
}
std::string DigestPrefix(Tenant tenant, const core::Scope& scope) {
  return Builder(Tag::kDigest, tenant).Add(scope).Key();
}
std::string DigestPrefix(Tenant tenant) { return Builder(Tag::kDigest, tenant).Key(); }
std::optional<ParsedDigestKey> ParseDigestKey(absl::string_view key) {
  Parser parser(Tag::kDigest, key);
  const ParsedDigestKey parsed{parser.School(), parser.Scope(), parser.Number<uint16_t>()};
  return IfDone(parser, parsed);
}

std::string ChainKey(Tenant tenant, uint64_t replica, uint64_t last_n) {
  return Builder(Tag::kChain, tenant).Add(replica).Add(last_n).Key();
}
std::string ChainPrefix(Tenant tenant, uint64_t replica) {
  return Builder(Tag::kChain, tenant).Add(replica).Key();
}
std::string ChainPrefix(Tenant tenant) { return Builder(Tag::kChain, tenant).Key(); }
std::optional<ParsedChainKey> ParseChainKey(absl::string_view key) {
  Parser parser(Tag::kChain, key);
  const ParsedChainKey parsed{parser.School(), parser.Number<uint64_t>(),
                              parser.Number<uint64_t>()};
  return IfDone(parser, parsed);
}

std::string LateKey(Tenant tenant, const core::Id16& record, uint64_t seq) {
  return Builder(Tag::kLate, tenant).Add(record).Add(seq).Key();
}
std::string LatePrefix(Tenant tenant, const core::Id16& record) {
  return Builder(Tag::kLate, tenant).Add(record).Key();
}
std::string LatePrefix(Tenant tenant) { return Builder(Tag::kLate, tenant).Key(); }
std::optional<ParsedLateKey> ParseLateKey(absl::string_view key) {
  Parser parser(Tag::kLate, key);
  const ParsedLateKey parsed{parser.School(), parser.Id(), parser.Number<uint64_t>()};
  return IfDone(parser, parsed);
}

std::string QuarantineKey(Tenant tenant, uint64_t replica, uint64_t seq) {
  return Builder(Tag::kQuarantine, tenant).Add(replica).Add(seq).Key();
}
std::string QuarantinePrefix(Tenant tenant, uint64_t replica) {
  return Builder(Tag::kQuarantine, tenant).Add(replica).Key();
}
std::string QuarantinePrefix(Tenant tenant) { return Builder(Tag::kQuarantine, tenant).Key(); }
std::optional<ParsedQuarantineKey> ParseQuarantineKey(absl::string_view key) {
  Parser parser(Tag::kQuarantine, key);
  const ParsedQuarantineKey parsed{parser.School(), parser.Number<uint64_t>(),
                                   parser.Number<uint64_t>()};
  return IfDone(parser, parsed);
}

std::string ReadEndKey(Tenant tenant, uint32_t day, const core::Id16& record,
                       const core::Id16& person) {
  return Builder(Tag::kReadEnd, tenant).Add(day).Add(record).Add(person).Key();
}
std::string ReadEndPrefix(Tenant tenant) { return Builder(Tag::kReadEnd, tenant).Key(); }
std::optional<ParsedReadEndKey> ParseReadEndKey(absl::string_view key) {
  Parser parser(Tag::kReadEnd, key);
  const ParsedReadEndKey parsed{parser.School(), parser.Number<uint32_t>(), parser.Id(),
                                parser.Id()};
  return IfDone(parser, parsed);
}

std::string HandedBackKey(Tenant tenant, uint64_t replica, uint64_t n) {
  return Builder(Tag::kHandedBack, tenant).Add(replica).Add(n).Key();
}
std::string HandedBackPrefix(Tenant tenant) { return Builder(Tag::kHandedBack, tenant).Key(); }

// --- erased --------------------------------------------------------------------------------------

std::string ErasedKey(Tenant tenant, const core::Id16& record) {
  return Builder(tenant).Add(record).Key();
}
std::string ErasedPrefix(Tenant tenant) { return Builder(tenant).Key(); }
std::optional<ParsedRecordKey> ParseErasedKey(absl::string_view key) {
  Parser parser(key);
  const ParsedRecordKey parsed{parser.School(), parser.Id()};
  return IfDone(parser, parsed);
}

// --- meta ----------------------------------------------------------------------------------------

std::string HeadKey(Tenant tenant) { return Builder(Tag::kHead, tenant).Key(); }
std::string ContextVersionKey(Tenant tenant) { return Builder(Tag::kContextVersion, tenant).Key(); }

std::string TenantKey(absl::string_view name) { return Builder(Tag::kTenant).AddLast(name).Key(); }
std::string TenantPrefix() { return Builder(Tag::kTenant).Key(); }
std::optional<std::string> ParseTenantKey(absl::string_view key) {
  Parser parser(Tag::kTenant, key);
  const std::string name = parser.Last();
  return IfDone(parser, name);
}

std::string EpochKey() { return Builder(Tag::kEpoch).Key(); }
std::string IdentityKey() { return Builder(Tag::kIdentity).Key(); }

}  // namespace halfterm::storage
