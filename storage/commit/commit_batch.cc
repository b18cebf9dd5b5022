#include "storage/commit/commit_batch.h"

#include <chrono>
#include <utility>

#include "storage/backup/ledger.h"
#include "storage/commit/batch_news.h"
#include "storage/commit/ledger_step.h"
#include "storage/shared_engine.h"

namespace halfterm::storage {
namespace {

// Of these codes Engine::Commit says that nothing was written; of all others nobody knows.
bool IsRefusal(const absl::Status& committed) {
  return absl::IsResourceExhausted(committed) || absl::IsAborted(committed) ||
         absl::IsFailedPrecondition(committed);
}

template <typename Commit>
absl::Status Timed(uint64_t& us, const Commit& commit) {
  const auto began = std::chrono::steady_clock::now();
  absl::Status committed = commit();
  const auto took = std::chrono::steady_clock::now() - began;
  us = static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(took).count());
  return committed;
}

absl::Status CommitAlone(BatchContext& context, Batch& batch, uint64_t& engine_us) {
  bool is_taken = false;
  if (context.ledger != nullptr) {
    const absl::StatusOr<WriteSet> ledger = batch.ForLedger();
    if (!ledger.ok()) return ledger.status();
    is_taken = !ledger->Empty();
    if (is_taken) {
      const absl::Status taken = context.ledger->Take(*ledger);
      if (!taken.ok()) return taken;
    }
  }
  const WriteSet& writes = batch.Writes();
  const absl::Status committed = Timed(engine_us, [&] { return context.engine.Commit(writes); });
  if (is_taken && IsRefusal(committed)) context.ledger->TakeBack();
  return committed;
}

// The store's rows are written, though not committed, before the ledger takes its step: so a full
// disk refuses the batch while nothing has to be taken back.
absl::Status CommitInTurn(SharedEngine& shared, BatchContext& context, Batch& batch,
                          uint64_t& engine_us) {
  WriteSet ledger;
  uint64_t step = 0;
  bool gives_dots = false;
  SharedEngine::Agree agree;
  if (context.ledger != nullptr) {
    const absl::StatusOr<uint64_t> next = NextLedgerStep(batch);
    if (!next.ok()) return next.status();
    absl::StatusOr<WriteSet> its = batch.ForLedger();
    if (!its.ok()) return its.status();
    const absl::StatusOr<bool> dots = GivesOutDots(batch);
    if (!dots.ok()) return dots.status();
    step = *next;
    ledger = *std::move(its);
    gives_dots = *dots;
  }
  absl::Status disagreed;
  // Dots as well: those of a step that a server took and did not live to commit would be given out
  // twice.
  if (!ledger.Empty() || gives_dots) {
    agree = [&]() -> absl::StatusOr<bool> {
      disagreed = context.ledger->TakeStep(ledger, step, [&shared] { return shared.HasTurn(); });
      if (!disagreed.ok()) return disagreed;
      return !ledger.Empty();
    };
  }
  const WriteSet& writes = batch.Writes();
  const std::string news = NewsOf(context, batch);
  const absl::Status committed = Timed(engine_us, [&] {
    return shared.CommitTurn(
        writes, news, [&batch] { batch.Publish(); }, agree);
  });
  return absl::IsFailedPrecondition(disagreed)
             ? shared.GiveUp(absl::AbortedError(disagreed.message()))
             : committed;
}

absl::Status MakeDurable(BatchContext& context, Batch& batch, uint64_t& engine_us) {
  if (absl::Status settled = batch.Settle(); !settled.ok()) return settled;
  SharedEngine* const shared = SharedEngine::Of(context.engine);
  return shared != nullptr && shared->IsFollowing()
             ? CommitInTurn(*shared, context, batch, engine_us)
             : CommitAlone(context, batch, engine_us);
}

}  // namespace

absl::Status CommitBatch(BatchContext& context, Batch& batch, uint64_t* engine_us) {
  uint64_t unused = 0;
  uint64_t& us = engine_us == nullptr ? unused : *engine_us;
  us = 0;
  const absl::Status committed = MakeDurable(context, batch, us);
  if (!committed.ok()) {
    batch.Forget();
    return committed;
  }
  // On a shared engine it was, before anybody could read what was committed.
  const SharedEngine* const shared = SharedEngine::Of(context.engine);
  if (shared == nullptr || !shared->IsFollowing()) batch.Publish();
  if (context.ledger == nullptr || batch.Writes().Empty()) return committed;
  // The store has it: a witness that cannot be written now is written later, and only says less.
  context.ledger->Witness(context.epochs.current(), batch.HeadsReached()).IgnoreError();
  return committed;
}

}  // namespace halfterm::storage
