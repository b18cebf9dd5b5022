// Invitations: how somebody, or a tablet alone, gets in.
//
// Kept by keyed digests of the secret and of the code, for a day after they end, so that whoever
// holds one hears that it was used or has ended; whoever guesses hears only that there is none.

#ifndef HALFTERM_STORAGE_ACCOUNTS_INVITATIONS_H_
#define HALFTERM_STORAGE_ACCOUNTS_INVITATIONS_H_
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "halfterm/disk/accounts.pb.h"
#include "halfterm/v1/account.pb.h"
#include "storage/accounts/account_keys.h"
#include "storage/commit/batch.h"

namespace halfterm::storage {

inline constexpr int64_t kInvitationMs = 10 * 60 * 1000;
inline constexpr size_t kSecretBytes = 16;
inline constexpr size_t kCodeCharacters = 10;
inline constexpr size_t kCodeRandomBytes = 8;

// The code as it is digested: ten capital letters and digits of the alphabet; empty for any other
// text.
std::string NormalCode(absl::string_view typed);
// A new code of the school, from 8 random bytes. All codes of a school begin with the same two
// characters, which say nothing to whoever does not hold accounts.key: so a code that is typed
// without the school's name is looked for in one school of a thousand.
std::string NewCode(const AccountKeys& keys, Tenant tenant, absl::string_view random);
// Whether a code in the form of NormalCode() may be one of that school's.
bool BeginsAsCodesOf(const AccountKeys& keys, Tenant tenant, absl::string_view code);
// What the QR code holds. `url` may be empty.
std::string QrText(absl::string_view url, absl::string_view school, absl::string_view secret);

struct FoundInvitation {
  Tenant tenant;
  std::string key;
  disk::InvitationRow row;
};

// The invitation of that secret or code, used and ended ones too, as the batch leaves it. `tenant`
// null: in any school. NotFound: there is none. InvalidArgument: the key is malformed.
absl::StatusOr<FoundInvitation> FindInvitation(Batch& batch, const AccountKeys& keys,
                                               const Tenant* tenant, const v1::InvitationKey& key);

// OK while it may be used by that tablet: not used, or used by the same one, and not over.
// AlreadyExists, FailedPrecondition.
absl::Status MayUse(const disk::InvitationRow& row, const core::Id16& device, int64_t now_ms);

// Every invitation of the school as the batch leaves it; `visit` may change the batch. `stored`:
// what the batch found.
using VisitInvitation = std::function<void(const std::string& key, disk::InvitationRow row)>;
absl::Status ForEachInvitation(Batch& batch, Tenant tenant, const VisitInvitation& visit);
absl::Status ForEachInvitation(Batch& batch, const Snapshot& stored, Tenant tenant,
                               const VisitInvitation& visit);

// Ends the person's unused invitations.
absl::Status EndInvitationsOf(Batch& batch, Tenant tenant, const core::Id16& person);

// Makes one; errors as the proto's.
absl::Status Invite(Batch& batch, const AccountKeys& keys, Tenant tenant,
                    const v1::InviteRequest& request, v1::InviteReply& reply);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ACCOUNTS_INVITATIONS_H_
