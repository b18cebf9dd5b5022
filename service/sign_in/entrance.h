// Checks who wants to come in: the tablet's proof, the number of tries, the passphrase or
// invitation.
//
// Every function runs on the entrance's own threads, answers once, and never on gRPC's or the
// committer's: a passphrase costs a tenth of a second of one thread, which is all that guesses can
// take from anybody. Order matters: the proof comes first, so that only an enrolled tablet can
// guess; then the count of tries; the passphrase last.

#ifndef HALFTERM_SERVICE_SIGN_IN_ENTRANCE_H_
#define HALFTERM_SERVICE_SIGN_IN_ENTRANCE_H_
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "halfterm/v1/account.pb.h"
#include "service/answer.h"
#include "service/sign_in/nonces.h"
#include "service/sign_in/throttle.h"
#include "service/sign_in/tickets.h"
#include "service/worker_pool.h"
#include "service/write_lane.h"
#include "storage/accounts/account_jobs.h"
#include "storage/accounts/account_keys.h"
#include "storage/accounts/passphrase.h"
#include "storage/clock.h"
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
  const storage::Clock& clock;
  std::function<std::string(size_t bytes)> random;
  WriteLane& writes;
};

// A tablet that has shown that it is the one it says.
struct ShownTablet {
  storage::Tenant tenant;
  core::Id16 device;
  bool in_use;
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

  // PermissionDenied: the tablet is not enrolled in that school, or the proof is wrong, or (unless
  // `also_ended`) the tablet was taken out of use.
  absl::StatusOr<ShownTablet> Show(const std::string& school, const v1::DeviceProof& proof,
                                   bool also_ended = false);

  Tickets& tickets() { return tickets_; }
  // Of whoever tries an invitation, or a ticket, on that tablet.
  absl::StatusOr<std::shared_ptr<Throttle::Try>> TryInvitation(const ShownTablet& tablet);
  // Opens the session, and tells `tried` where the invitation was wrong. `failed` runs where no
  // session was opened.
  void Enter(const Answer& answer, storage::Entry entry, std::shared_ptr<Throttle::Try> tried,
             std::function<void(const absl::Status&)> failed = nullptr);

  // Finishes what waits; later work is refused.
  void Close();

 private:
  void SignInByPassphrase(const Answer& answer, const std::string& address,
                          const ShownTablet& tablet, v1::PassphraseSignIn request);
  void SignInByInvitation(const Answer& answer, const ShownTablet& tablet,
                          v1::InvitationSignIn request);
  void SignInByTicket(const Answer& answer, const ShownTablet& tablet, v1::TicketSignIn request);
  // On the thread of the passphrases, which must not wait for anything.
  void QueueHashing(const Answer& answer, WorkerPool::Work work);

  const EntranceParts parts_;
  const storage::Passphrases passphrases_;
  Nonces nonces_;
  Throttle throttle_;
  Tickets tickets_;
  WorkerPool checks_, hashing_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_SIGN_IN_ENTRANCE_H_
