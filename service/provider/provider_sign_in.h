// Signing in through the school's OpenID Connect provider: code flow with PKCE.
//
// A sign-in that has begun belongs to one tablet; state, nonce and verifier are in memory, for ten
// minutes, and used once. Who somebody is follows from (issuer, subject) alone.

#ifndef HALFTERM_SERVICE_PROVIDER_PROVIDER_SIGN_IN_H_
#define HALFTERM_SERVICE_PROVIDER_PROVIDER_SIGN_IN_H_
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "halfterm/v1/account.pb.h"
#include "service/provider/provider_client.h"
#include "service/sign_in/entrance.h"
#include "service/worker_pool.h"

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
  struct Begun {
    storage::Tenant tenant;
    core::Id16 device;
    std::string issuer, nonce, verifier, ticket;
    std::optional<v1::InvitationKey> invitation;
    int64_t until_ms;
  };
  void Queue(const Answer& answer, WorkerPool::Work work);
  absl::StatusOr<v1::BeginProviderSignInReply> BeginNow(
      const v1::BeginProviderSignInRequest& request);
  void FinishNow(const Answer& answer, const v1::FinishProviderSignInRequest& request);
  std::optional<Begun> Take(const std::string& state, const ShownTablet& tablet);
  // Whose account it is, by its link or by what came with Begin.
  absl::StatusOr<storage::Entry> EntryOf(const Begun& begun, const std::string& subject);

  const EntranceParts parts_;
  Entrance& entrance_;
  ProviderClient client_;
  std::mutex mutex_;
  std::map<std::string, Begun> begun_;  // By state.
  WorkerPool calls_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_PROVIDER_PROVIDER_SIGN_IN_H_
