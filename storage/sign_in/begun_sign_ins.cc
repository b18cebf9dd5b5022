#include "storage/sign_in/begun_sign_ins.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/later.h"
#include "storage/sign_in/sign_in_keys.h"
#include "sync/core/sha256.h"

namespace halfterm::storage {
namespace {

constexpr size_t kGcmNonceBytes = 12;

struct Nothing {};

std::string KeyOf(const ShownTablet& tablet, const std::string& state) {
  return BegunSignInKey(tablet.tenant, tablet.device, core::Sha256(state));
}

GuessBuckets BucketsOf(const ShownTablet& tablet) {
  const std::string_view device = tablet.device.view();
  return {{tablet.tenant, absl::StrCat("begun", absl::string_view(device.data(), device.size())),
           kMaxBegunOfTablet}};
}

absl::Status ApplyBegin(Batch& batch, const AccountKeys& keys, const ShownTablet& tablet,
                        const std::string& state, const disk::BegunSignIn& begun) {
  const GuessBuckets buckets = BucketsOf(tablet);
  const absl::Status may = MayGuess(AnyFromBatch(batch), keys, buckets, batch.now_ms());
  if (const std::optional<int64_t> wait_ms = LaterMs(may)) {
    return Later("too many sign-ins have begun; wait and try again", *wait_ms);
  }
  if (!may.ok()) return may;
  const absl::Status used = UseNonce(batch, tablet.tenant, tablet.device, tablet.nonce);
  if (!used.ok()) return used;
  disk::BegunSignInRow row;
  row.set_until_ms(batch.now_ms() + kBegunMs);
  row.set_sealed(keys.Seal(batch.context().random(kGcmNonceBytes), begun.SerializeAsString()));
  batch.Put(Family::kState, KeyOf(tablet, state), row.SerializeAsString());
  return CountGuess(batch, keys, buckets);
}

absl::Status JudgeTake(Batch& batch, const AccountKeys& keys, const ShownTablet& tablet,
                       const std::string& state, Judged<TakenSignIn>& judged) {
  const std::string key = KeyOf(tablet, state);
  const absl::StatusOr<std::string> bytes = batch.Get(Family::kState, key);
  if (!bytes.ok() && !absl::IsNotFound(bytes.status())) return bytes.status();
  disk::BegunSignInRow row;
  if (bytes.ok() && !row.ParseFromString(*bytes)) {
    return absl::DataLossError("a sign-in that has begun cannot be read");
  }
  const absl::Status used = UseNonce(batch, tablet.tenant, tablet.device, tablet.nonce);
  if (!used.ok()) return used;
  judged.refused = absl::UnauthenticatedError("this sign-in has ended; begin again");
  if (!bytes.ok()) return absl::OkStatus();
  batch.Delete(Family::kState, key);
  if (row.until_ms() <= batch.now_ms()) return absl::OkStatus();
  const absl::StatusOr<std::string> text = keys.Unseal(row.sealed());
  judged.refused = text.status();
  judged.reply.counted = {BucketsOf(tablet), row.until_ms() - kBegunMs};
  if (text.ok() && !judged.reply.begun.ParseFromString(*text)) {
    judged.refused = absl::DataLossError("a sign-in that has begun cannot be read");
  }
  return absl::OkStatus();
}

}  // namespace

std::unique_ptr<Job> MakeBegin(const AccountKeys& keys, ShownTablet tablet, std::string state,
                               disk::BegunSignIn begun, std::function<void(absl::Status)> done) {
  return MakeAccountWork<Nothing>(
      [&keys, tablet = std::move(tablet), state = std::move(state), begun = std::move(begun)](
          Batch& batch, Nothing&) { return ApplyBegin(batch, keys, tablet, state, begun); },
      [done = std::move(done)](const absl::StatusOr<Nothing>& began) { done(began.status()); });
}

bool HasBegun(const ReadRow& read, const ShownTablet& tablet, const std::string& state) {
  return !absl::IsNotFound(read(KeyOf(tablet, state)).status());
}

std::unique_ptr<Job> MakeTake(const AccountKeys& keys, ShownTablet tablet, std::string state,
                              ReplyTo<TakenSignIn> done) {
  return MakeJudgement<TakenSignIn>(
      [&keys, tablet = std::move(tablet), state = std::move(state)](Batch& batch,
                                                                    Judged<TakenSignIn>& judged) {
        return JudgeTake(batch, keys, tablet, state, judged);
      },
      std::move(done));
}

}  // namespace halfterm::storage
