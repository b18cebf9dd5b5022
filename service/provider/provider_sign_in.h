// Signing in through the school's OpenID Connect provider: code flow with PKCE.
//
// A sign-in that has begun belongs to one tablet; state, nonce and verifier are a row of the store
// (storage/sign_in/begun_sign_ins.h), for ten minutes and for once, so that any server finishes
// what another began. Who somebody is follows from (issuer, subject) alone.

#ifndef HALFTERM_SERVICE_PROVIDER_PROVIDER_SIGN_IN_H_
#define HALFTERM_SERVICE_PROVIDER_PROVIDER_SIGN_IN_H_
#include <functional>
#include <string>

#include "halfterm/disk/sign_in.pb.h"
#include "halfterm/v1/account.pb.h"
#include "service/provider/provider_client.h"
#include "service/sign_in/entrance.h"
#include "service/worker_pool.h"
#include "storage/sign_in/begun_sign_ins.h"

namespace halfterm::service {

// Safe to call from any thread.
class ProviderSignIn {
 public:
  // Both must outlive it.
  ProviderSignIn(const EntranceParts& parts, Entrance& entrance);

  // Answer once, soon, from threads of their own: a provider that is slow keeps nobody else
  // waiting.
  void Begin(const Answer& answer, v1::BeginProviderSignInRequest request);
  void Finish(const Answer& answer, v1::FinishProviderSignInRequest request);

  // Finishes what waits; later work is refused.
  void Close() { calls_.Close(); }

 private:
  void Queue(const Answer& answer, WorkerPool::Work work);
  void BeginNow(const Answer& answer, const v1::BeginProviderSignInRequest& request);
  void TakeBegun(const Answer& answer, const v1::FinishProviderSignInRequest& request);
  // With what was begun, which is gone from the store.
  void FinishNow(const Answer& answer, storage::ShownTablet tablet, const std::string& code,
                 const storage::TakenSignIn& taken);
  // Whose account it is, by its link or by what came with Begin.
  absl::StatusOr<storage::Entry> EntryOf(storage::ShownTablet tablet,
                                         const disk::BegunSignIn& begun,
                                         const std::string& subject) const;

  const EntranceParts parts_;
  Entrance& entrance_;
  ProviderClient client_;
  WorkerPool calls_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_PROVIDER_PROVIDER_SIGN_IN_H_
