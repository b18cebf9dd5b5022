// Takes the sealed groups of people who are not signed in, from the tablet that keeps them.
//
// The tablet proves itself and can read nothing of what it brings; what becomes of each group is
// decided as in any push, by the session that wrote it. So it is not said here: the author's own
// push of the same groups is answered with it.

#ifndef HALFTERM_SERVICE_SIGN_IN_COURIER_H_
#define HALFTERM_SERVICE_SIGN_IN_COURIER_H_
#include <cstdint>
#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "halfterm/v1/account.pb.h"
#include "service/answer.h"
#include "service/sign_in/entrance.h"

namespace halfterm::service {

// Safe to call from any thread.
class Courier {
 public:
  // Both must outlive it.
  Courier(const EntranceParts& parts, Entrance& entrance) : parts_(parts), entrance_(entrance) {}

  // On a thread of the entrance. Answers once.
  void Bring(const Answer& answer, v1::CourierRequest request);

 private:
  struct Round;
  // One store after another, each as one push.
  void Next(const std::shared_ptr<Round>& round);
  // False: nothing can be taken of this store, and the result says why.
  bool Prepare(Round& round, const v1::SealedStore& store, storage::Caller& caller,
               v1::PushRequest& push, v1::CourierResult& result) const;
  // Greets for the store's person where the chains have parted: the tablet must renumber.
  void Greet(const std::shared_ptr<Round>& round, const storage::Caller& caller,
             const v1::SealedStore& store);

  const EntranceParts parts_;
  Entrance& entrance_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_SIGN_IN_COURIER_H_
