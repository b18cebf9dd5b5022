// Checks who wants to come in: the tablet's proof, the number of tries, the passphrase or
// invitation.
//
// Every function runs on the entrance's own threads, answers once, and never on gRPC's or the
// committer's: a passphrase costs a tenth of a second of one thread, which is all that guesses can
// take from anybody. Order matters: the proof comes first, so that only an enrolled tablet can
// guess; then the count of tries; the passphrase last.
//
// Nothing that another server or a later process needs is kept here. What rows say is looked at
// first, so that most of what will be refused costs no commit; what decides is the batch.

#ifndef HALFTERM_SERVICE_SIGN_IN_ENTRANCE_H_
#define HALFTERM_SERVICE_SIGN_IN_ENTRANCE_H_
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "halfterm/v1/account.pb.h"
#include "service/answer.h"
#include "service/sign_in/throttle.h"
#include "service/worker_pool.h"
#include "service/write_lane.h"
#include "storage/accounts/account_jobs.h"
#include "storage/accounts/account_keys.h"
#include "storage/accounts/passphrase.h"
#include "storage/clock.h"
#include "storage/commit/committer.h"
#include "storage/commit/epochs.h"
#include "storage/commit/sessions.h"
#include "storage/directory/directories.h"
#include "storage/engine.h"

namespace halfterm::service {

// What the entrance works with; must outlive it.
struct EntranceParts {
  const storage::Engine& engine;
  const storage::Directories& directories;
  storage::Sessions& sessions;
  const storage::AccountKeys& keys;
  const storage::Epochs& epochs;
  const storage::Clock& clock;
  std::function<std::string(size_t bytes)> random;
  storage::Committer& committer;
  WriteLane& writes;
};

// Safe to call from any thread.
class Entrance {
 public:
  Entrance(EntranceParts parts, storage::PassphraseCost cost);

  // Runs `work` soon on a thread of the entrance; refuses the call where too much waits.
  void Queue(const Answer& answer, WorkerPool::Work work);

  std::string NewNonce();

  void Enrol(const Answer& answer, const std::string& address, v1::EnrolRequest request);
  void SignIn(const Answer& answer, const std::string& address, v1::SignInRequest request);
  void Renew(const Answer& answer, const std::string& token,
             const v1::RenewSessionRequest& request);
  void SetPassphrase(const Answer& answer, const storage::Caller& caller,
                     v1::SetPassphraseRequest request);

  // The nonce was not used so far; the batch that does what the tablet asks for uses it.
  // PermissionDenied: the tablet is not enrolled in that school, or the proof is wrong, or (unless
  // `also_ended`) the tablet was taken out of use.
  absl::StatusOr<storage::ShownTablet> Show(const std::string& school, const v1::DeviceProof& proof,
                                            bool also_ended = false);

  // Opens the session. An invitation in `entry` is counted as a guess where it is wrong.
  void Enter(const Answer& answer, storage::Entry entry);

  // Finishes what waits; later work is refused.
  void Close();

 private:
  class Guess;

  void SignInByPassphrase(const Answer& answer, const std::string& address,
                          storage::ShownTablet tablet, v1::PassphraseSignIn request);
  void SignInByInvitation(const Answer& answer, storage::ShownTablet tablet,
                          v1::InvitationSignIn request);
  void SignInByTicket(const Answer& answer, storage::ShownTablet tablet, v1::TicketSignIn request);
  // Hashes the new passphrase, if there is one, and enters with it.
  void EnterWith(const Answer& answer, storage::Entry entry, std::string new_passphrase);

  // Counts a guess, and then runs `check` on the thread of the passphrases, unless nobody waits for
  // the answer any more. `check` answers with `done`. A guess that the server was too busy to check
  // is given back; one whose caller has left is not.
  template <class Reply, class Check>
  std::unique_ptr<storage::Job> GuessAndCheck(const Answer& answer,
                                              std::optional<storage::ShownTablet> tablet,
                                              storage::GuessBuckets buckets,
                                              storage::ReplyTo<Reply> done, Check check);
  absl::Status MayGuess(const storage::GuessBuckets& buckets) const;

  const EntranceParts parts_;
  const storage::Passphrases passphrases_;
  Throttle secrets_;
  WorkerPool checks_, hashing_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_SIGN_IN_ENTRANCE_H_
