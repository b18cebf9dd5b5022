#include "storage/verify/account_check.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "halfterm/disk/accounts.pb.h"
#include "halfterm/disk/proofs.pb.h"
#include "storage/accounts/subject_key.h"
#include "storage/scope_bytes.h"

namespace halfterm::storage {
namespace {

using core::Id16;

constexpr size_t kDigestBytes = 32;

bool IsId(absl::string_view bytes) { return bytes.size() == Id16::kSize; }
bool IsIdOrEmpty(absl::string_view bytes) { return bytes.empty() || IsId(bytes); }

class AccountCheck {
 public:
  AccountCheck(const Snapshot& snapshot, Tenant tenant, const disk::HeadRow& head,
               Findings& findings)
      : snapshot_(snapshot), tenant_(tenant), head_(head), findings_(findings) {}

  absl::Status Check() {
    for (const auto part :
         {&AccountCheck::Tablets, &AccountCheck::Sessions, &AccountCheck::Stores,
          &AccountCheck::Versions, &AccountCheck::Invitations, &AccountCheck::Credentials,
          &AccountCheck::Names, &AccountCheck::Subjects, &AccountCheck::Provider,
          &AccountCheck::Histories, &AccountCheck::Proofs}) {
      if (!findings_.GoOn()) return absl::CancelledError("stopped");
      if (const absl::Status checked = (this->*part)(); !checked.ok()) return checked;
    }
    return absl::OkStatus();
  }

 private:
  void Differs(absl::string_view kind, absl::string_view id, std::string detail) {
    findings_.Differs("account", Named(kind, id), std::move(detail));
  }

  // Calls `see` with each row below the prefix, as a message, and with its key behind the prefix.
  template <class Row>
  absl::Status ForEach(const std::string& prefix, absl::string_view kind, size_t id_bytes,
                       const std::function<void(absl::string_view id, const Row& row)>& see) {
    const auto cursor = snapshot_.NewCursor(Family::kState, prefix, EndOfPrefix(prefix));
    for (; cursor->Valid(); cursor->Next()) {
      const absl::string_view id = cursor->key().substr(prefix.size());
      Row row;
      if (id.size() != id_bytes ||
          !row.ParseFromArray(cursor->value().data(), static_cast<int>(cursor->value().size()))) {
        Differs(kind, id, "cannot be read");
        continue;
      }
      see(id, row);
    }
    return cursor->status();
  }

  absl::Status Tablets() {
    return ForEach<disk::DeviceRow>(
        DevicePrefix(tenant_), "tablet", Id16::kSize,
        [this](absl::string_view id, const disk::DeviceRow&) { tablets_.emplace(id); });
  }

  absl::Status Sessions() {
    return ForEach<disk::SessionRow>(
        SessionPrefix(tenant_), "session", Id16::kSize,
        [this](absl::string_view id, const disk::SessionRow& row) {
          if (row.tenant() != tenant_.handle()) Differs("session", id, "is of another school");
          if (!IsId(row.person())) Differs("session", id, "is of nobody");
          if (row.key().size() != kDigestBytes) Differs("session", id, "has no key of 32 bytes");
          bool hashes = row.token_hash().empty() || row.token_hash().size() == kDigestBytes;
          for (const std::string& past : row.past_token_hashes()) {
            hashes = hashes && past.size() == kDigestBytes;
          }
          if (!hashes) Differs("session", id, "keeps something else than hashes of its tokens");
          if (tablets_.count(row.device()) == 0)
            Differs("session", id, "is on no tablet that is known");
        });
  }

  absl::Status Stores() {
    return ForEach<disk::ReplicaRow>(ReplicaPrefix(tenant_), "store", sizeof(uint64_t),
                                     [this](absl::string_view id, const disk::ReplicaRow& row) {
                                       if (row.tenant() != tenant_.handle())
                                         Differs("store", id, "is of another school");
                                       if (!IsId(row.person()))
                                         Differs("store", id, "is of nobody");
                                       if (tablets_.count(row.device()) == 0)
                                         Differs("store", id, "is on no tablet that is known");
                                     });
  }

  absl::Status Versions() {
    return ForEach<disk::AccountRow>(AccountPrefix(tenant_), "scopes", Id16::kSize,
                                     [this](absl::string_view id, const disk::AccountRow& row) {
                                       if (row.scopes_version() > head_.seq()) {
                                         Differs(
                                             "scopes", id,
                                             absl::StrCat("changed at ", row.scopes_version(),
                                                          ", after the last number ", head_.seq()));
                                       }
                                     });
  }

  absl::Status Invitations() {
    return ForEach<disk::InvitationRow>(
        InvitationPrefix(tenant_), "invitation", kDigestBytes,
        [this](absl::string_view id, const disk::InvitationRow& row) {
          if (row.code_digest().size() != kDigestBytes) {
            Differs("invitation", id, "keeps something else than a digest of its code");
          }
          if (!row.ticket_hash().empty() && row.ticket_hash().size() != kDigestBytes) {
            Differs("invitation", id, "keeps something else than a hash of its ticket");
          }
          if (!IsIdOrEmpty(row.person())) Differs("invitation", id, "is for nobody");
          if (row.used_ms() != 0 && tablets_.count(row.used_by()) == 0) {
            Differs("invitation", id, "was used by no tablet that is known");
          }
        });
  }

  absl::Status Credentials() {
    const std::string prefix = PrefixOf(CredentialKey(tenant_, Id16{}), Id16::kSize);
    return ForEach<disk::CredentialRow>(
        prefix, "credential", Id16::kSize,
        [this](absl::string_view id, const disk::CredentialRow& row) {
          const std::string person(id);
          if (!row.sign_in_name().empty()) {
            Expect("name", SignInNameKey(tenant_, row.sign_in_name()), person);
          }
          for (const disk::SubjectLink& link : row.links()) {
            Expect("link", SubjectKeyOf(tenant_, link.issuer(), link.subject()), person);
            for (const std::string& session : link.sessions()) {
              if (!IsId(session))
                Differs("credential", id, "knows a session by something else than an id");
            }
          }
          if (!row.passphrase_hash().empty() &&
              !absl::StartsWith(row.passphrase_hash(), "$argon2id$")) {
            Differs("credential", id, "keeps something else than a hash by Argon2id");
          }
          for (const std::string& device : row.known_devices()) {
            if (!IsId(device))
              Differs("credential", id, "knows a tablet by something else than an id");
          }
        });
  }

  // What the credentials say where they are to be found.
  void Expect(absl::string_view kind, const std::string& key, const std::string& person) {
    const auto [expected, is_new] = found_by_.emplace(key, person);
    if (!is_new) {
      Differs(kind, person, "is that of somebody else too");
    }
  }

  // The rows by which people are found: each is expected, and nothing expected is missing.
  absl::Status FoundBy(absl::string_view kind, const std::string& prefix) {
    std::set<std::string> there;
    const auto cursor = snapshot_.NewCursor(Family::kState, prefix, EndOfPrefix(prefix));
    for (; cursor->Valid(); cursor->Next()) {
      const auto expected = found_by_.find(std::string(cursor->key()));
      there.emplace(cursor->key());
      // Nothing of the key is told: it is somebody's name.
      if (!IsId(cursor->value())) {
        Differs(kind, "", "leads to nobody");
      } else if (expected == found_by_.end() || expected->second != cursor->value()) {
        Differs(kind, cursor->value(), "leads to somebody who does not have it");
      }
    }
    if (!cursor->status().ok()) return cursor->status();
    for (const auto& [key, person] : found_by_) {
      if (absl::StartsWith(key, prefix) && there.count(key) == 0) {
        Differs(kind, person, "leads nowhere");
      }
    }
    return absl::OkStatus();
  }
  absl::Status Names() { return FoundBy("name", SignInNameKey(tenant_, "")); }
  absl::Status Subjects() {
    return FoundBy("link", PrefixOf(SubjectKey(tenant_, core::Digest32{}), kDigestBytes));
  }

  absl::Status Provider() {
    const absl::StatusOr<std::string> stored = snapshot_.Get(Family::kState, ProviderKey(tenant_));
    if (absl::IsNotFound(stored.status())) return absl::OkStatus();
    if (!stored.ok()) return stored.status();
    disk::ProviderRow row;
    if (!row.ParseFromString(*stored) || row.issuer().empty()) {
      Differs("provider", "", "cannot be read");
    }
    return absl::OkStatus();
  }

  absl::Status Histories() {
    return ForEach<disk::ScopeHistoryRow>(
        ScopeHistoryPrefix(tenant_), "history of scopes", Id16::kSize,
        [this](absl::string_view id, const disk::ScopeHistoryRow& row) {
          std::vector<core::Scope> scopes;
          bool right = ParseScopes(row.held_back(), scopes);
          for (const disk::LostScope& lost : row.lost()) {
            right = right && ParseScopes(lost.scope(), scopes) && scopes.size() == 1 &&
                    lost.seq() <= head_.seq();
          }
          if (!right) Differs("history of scopes", id, "names what is no scope, or is to come");
        });
  }

  absl::Status Proofs() {
    return ForEach<disk::ProofRow>(ProofPrefix(tenant_), "proof", 2 * Id16::kSize,
                                   [this](absl::string_view id, const disk::ProofRow& row) {
                                     std::vector<core::Scope> scopes;
                                     if (!ParseScopes(row.scopes(), scopes))
                                       Differs("proof", id, "names what is no scope");
                                     if (tablets_.count(std::string(id.substr(Id16::kSize))) == 0) {
                                       Differs("proof", id, "is of no tablet that is known");
                                     }
                                   });
  }

  static std::string PrefixOf(std::string key, size_t last_bytes) {
    key.resize(key.size() - last_bytes);
    return key;
  }

  const Snapshot& snapshot_;
  const Tenant tenant_;
  const disk::HeadRow& head_;
  Findings& findings_;
  std::set<std::string> tablets_;
  std::map<std::string, std::string> found_by_;  // By key: the person.
};

}  // namespace

absl::Status CheckAccounts(const Snapshot& snapshot, Tenant tenant, const disk::HeadRow& head,
                           Findings& findings) {
  return AccountCheck(snapshot, tenant, head, findings).Check();
}

}  // namespace halfterm::storage
