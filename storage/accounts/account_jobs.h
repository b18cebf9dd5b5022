// The jobs behind Accounts and AccountsAdmin.
//
// Each takes what the service has checked for its outer limits and proofs, and calls `done` exactly
// once, on the committer's thread, after what it answers is durable. Errors are those of the
// proto's calls, and Committer's. `keys` must outlive the job.

#ifndef HALFTERM_STORAGE_ACCOUNTS_ACCOUNT_JOBS_H_
#define HALFTERM_STORAGE_ACCOUNTS_ACCOUNT_JOBS_H_
#include <memory>
#include <optional>
#include <string>

#include "halfterm/v1/account.pb.h"
#include "storage/accounts/account_keys.h"
#include "storage/accounts/account_work.h"
#include "storage/caller.h"
#include "storage/sign_in/guess_counts.h"
#include "storage/sign_in/used_nonces.h"

namespace halfterm::storage {

// `point` is the tablet's key, 65 bytes, and `device` has proved that it holds it, by the request's
// nonce, which an enrolment uses. `guesses`: what a wrong code counts in; none for a secret, which
// nobody guesses. The reply has a ticket where the invitation names a person.
struct Enrolment {
  v1::EnrolRequest request;
  core::Id16 device;
  std::string point;
  GuessBuckets guesses;
};
std::unique_ptr<Job> MakeEnrol(const AccountKeys& keys, Enrolment enrolment,
                               ReplyTo<v1::EnrolReply> done);

// Somebody who has shown who they are, on a tablet that has shown which it is.
struct Entry {
  // Its nonce is used whatever becomes of the rest; empty where another batch has used it.
  ShownTablet tablet;

  // Exactly one of the three: who it is, or the invitation or ticket that says so (and is used up).
  std::optional<core::Id16> person;
  std::optional<v1::InvitationKey> invitation;
  std::string ticket;

  // Set for a passphrase: the hash against which it was right. It must still be the person's.
  std::string checked_hash;
  // Replaces the passphrase and ends the person's other sessions; empty: leaves it.
  std::string new_hash;
  // Set where a provider's word is enough: its account, which must be linked to the person, unless
  // `may_link` says that this entry links it.
  std::string issuer, subject;
  bool may_link = false;

  // What an invitation that is wrong counts in; and the guess that was counted before the
  // passphrase was found right or the provider was asked, which is given back to whoever gets in.
  GuessBuckets guesses;
  CountedGuess counted;
};
std::unique_ptr<Job> MakeEntry(const AccountKeys& keys, Entry entry, ReplyTo<v1::SignInReply> done);

// Another token for the session whose current token, or the last one before it, has that SHA-256.
// The caller's tablet has signed `nonce`, which is used whatever becomes of the rest.
std::unique_ptr<Job> MakeRenewal(const Caller& caller, std::string token_hash, std::string nonce,
                                 ReplyTo<v1::RenewSessionReply> done);

std::unique_ptr<Job> MakeEndSession(const Caller& caller, const core::Id16& session,
                                    v1::SessionEnd why, ReplyTo<v1::EndSessionReply> done);
// As an administrator of the school.
std::unique_ptr<Job> MakeEndSession(std::string school, const core::Id16& session,
                                    ReplyTo<v1::AccountsAdminEndReply> done);

// `counted`: the guess that was counted before the old passphrase was found right.
std::unique_ptr<Job> MakeSetPassphrase(const AccountKeys& keys, const Caller& caller,
                                       CountedGuess counted, std::string checked_hash,
                                       std::string new_hash, ReplyTo<v1::SetPassphraseReply> done);

std::unique_ptr<Job> MakeEndTablet(const Caller& admin, const core::Id16& device,
                                   ReplyTo<v1::EndTabletReply> done);
std::unique_ptr<Job> MakeEndTablet(std::string school, const core::Id16& device,
                                   ReplyTo<v1::AccountsAdminEndReply> done);

std::unique_ptr<Job> MakeInvitation(const AccountKeys& keys, const Caller& admin,
                                    v1::InviteRequest request, ReplyTo<v1::InviteReply> done);
std::unique_ptr<Job> MakeInvitation(const AccountKeys& keys, v1::AccountsAdminInviteRequest request,
                                    ReplyTo<v1::InviteReply> done);

std::unique_ptr<Job> MakeSetAccount(v1::SetAccountRequest request,
                                    ReplyTo<v1::SetAccountReply> done);
std::unique_ptr<Job> MakeSetProvider(const AccountKeys& keys, v1::SetProviderRequest request,
                                     ReplyTo<v1::SetProviderReply> done);
std::unique_ptr<Job> MakeLinkSubject(v1::LinkSubjectRequest request,
                                     ReplyTo<v1::LinkSubjectReply> done);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ACCOUNTS_ACCOUNT_JOBS_H_
