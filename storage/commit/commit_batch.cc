#include "storage/commit/commit_batch.h"

#include <chrono>

#include "storage/backup/ledger.h"
#include "storage/commit/batch_news.h"
#include "storage/commit/joined_pages.h"
#include "storage/shared_engine.h"

namespace halfterm::storage {
namespace {

// Of these codes Engine::Commit says that nothing was written; of all others nobody knows.
bool IsRefusal(const absl::Status& committed) {
  return absl::IsResourceExhausted(committed) || absl::IsAborted(committed) ||
         absl::IsFailedPrecondition(committed);
}

absl::Status MakeDurable(BatchContext& context, Batch& batch, uint64_t& engine_us) {
  if (absl::Status carried = CarryJoinedPages(batch); !carried.ok()) return carried;
  if (absl::Status settled = batch.Settle(); !settled.ok()) return settled;
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
  const auto began = std::chrono::steady_clock::now();
  SharedEngine* const shared = SharedEngine::Of(context.engine);
  const absl::Status committed =
      shared == nullptr || !shared->IsFollowing()
          ? context.engine.Commit(writes)
          : shared->CommitTurn(writes, NewsOf(context, batch), [&batch] { batch.Publish(); });
  const auto took = std::chrono::steady_clock::now() - began;
  engine_us =
      static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(took).count());
  if (is_taken && IsRefusal(committed)) context.ledger->TakeBack();
  return committed;
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
