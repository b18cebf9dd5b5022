#include "storage/accounts/forgetting.h"

#include <string>
#include <utility>

#include "storage/accounts/account_work.h"
#include "storage/accounts/invitations.h"
#include "storage/sign_in/forget_old.h"

namespace halfterm::storage {
namespace {

constexpr int64_t kDayMs = int64_t{24} * 3'600'000;

absl::Status ForgetInvitations(Batch& batch, const Snapshot& stored, Tenant tenant) {
  return ForEachInvitation(batch, stored, tenant,
                           [&batch](const std::string& key, const disk::InvitationRow& row) {
                             if (batch.now_ms() - row.expires_ms() > kDayMs)
                               batch.Delete(Family::kState, key);
                           });
}

}  // namespace

std::unique_ptr<Job> MakeForgetting(std::vector<Tenant> schools,
                                    std::function<void(absl::Status)> done) {
  struct Nothing {};
  return MakeAccountWork<Nothing>(
      [schools = std::move(schools)](Batch& batch, Nothing&) {
        const std::unique_ptr<Snapshot> stored = batch.context().engine.NewSnapshot();
        absl::Status all;
        for (const Tenant tenant : schools) {
          all.Update(ForgetInvitations(batch, *stored, tenant));
          all.Update(ForgetOldSignIns(batch, *stored, tenant));
        }
        all.Update(ForgetOldGuesses(batch, *stored));
        return all;
      },
      [done = std::move(done)](const absl::StatusOr<Nothing>& ran) { done(ran.status()); });
}

}  // namespace halfterm::storage
