// Whether the store in the directory is the one that was here, and what begins when it is not.
//
// A restore of an older backup looks, from inside the store, like nothing at all. So it is looked
// for from outside: a mark that `halfterm restore` leaves, a witness that had seen the store
// further on, steps of the ledger that the store has not taken in, an epoch on record that it has
// not heard of, an identity without a ledger; and while the server runs, a tablet that shows a
// number, in the server's own hand, that the store has not come to. Whenever one of these is so a
// new epoch begins, also when nothing seems lost.
//
// One step that the store lacks, made where the store now ends, is no restore but a crash between
// the two.
//
// Functions of values and engines only: no thread, no clock but the one handed in.

#ifndef HALFTERM_STORAGE_BACKUP_HISTORY_H_
#define HALFTERM_STORAGE_BACKUP_HISTORY_H_
#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "halfterm/disk/ledger.pb.h"
#include "halfterm/disk/rows.pb.h"
#include "halfterm/v1/sync.pb.h"
#include "storage/backup/ledger.h"
#include "storage/clock.h"
#include "storage/commit/batch.h"
#include "storage/commit/epochs.h"
#include "storage/commit/secrets.h"
#include "storage/engine.h"

namespace halfterm::storage {

// The format that this program writes; it reads all below.
inline constexpr uint32_t kStoreFormat = 1;

// Everything of a store that says which one it is and how far it has come.
struct StoreFacts {
  disk::EpochsRow epochs;  // Empty for a store in which nothing was ever written.
  std::optional<disk::IdentityRow> identity;
  Heads heads;
  uint64_t step = 0;  // Of the ledger's, the last that the store took in.
  bool is_empty() const { return epochs.epochs().empty(); }
  uint32_t epoch() const { return is_empty() ? 0 : epochs.epochs(epochs.epochs_size() - 1).id(); }
};
// DataLoss: a row cannot be read.
absl::StatusOr<StoreFacts> ReadStore(const Engine& store);

// Why the store is not the one that was here; empty: it is. A sentence for an administrator.
std::string WhyRestored(const StoreFacts& store, const LedgerFacts& ledger);

// That the store, its ledger and the key belong together and this program can read them.
// FailedPrecondition: they do not; nothing must be written.
absl::Status CheckTheyBelong(const StoreFacts& store, const LedgerFacts& ledger,
                             const std::string& key_id);

// That the ledger may be a copy from some earlier day: epochs may have begun that it does not know.
bool MayBeOld(const LedgerFacts& ledger, const StoreFacts& store);

// The store's epochs and those on record, with a new one at the end that goes on from the store's.
// `all_known`: no epoch can have begun that neither of them knows; else the number leaves a gap
// that nobody else will hit.
disk::EpochsRow WithNewEpoch(const StoreFacts& store, const disk::EpochsRow& on_record,
                             bool all_known, int64_t now_ms,
                             const std::function<std::string(size_t)>& random);

// What a server's start found.
struct OpenedHistory {
  Epochs epochs;
  std::string restored;  // Why a new epoch began; empty: none did.
  // The ledger knows more than the store, or may (replay.h); the store knows more (fill_ledger.h).
  bool needs_replay = false, needs_filling = false;
};
// Begins the first epoch of an empty store, or a new one of a restored store, in store and ledger;
// and gives both their identity. To be called before anything else reads the store. If it is
// interrupted, the next call does the rest.
//
// FailedPrecondition: they do not belong together; or the store is empty and the ledger tells of
// one that was not, or of a restore that did not come to its end (`halfterm restore` puts it back).
// DataLoss as above; errors of Engine::Commit.
absl::StatusOr<OpenedHistory> OpenHistory(Engine& store, Ledger& ledger, const Secrets& secrets,
                                          const Clock& clock,
                                          const std::function<std::string(size_t)>& random);

// A tablet showed, with a right proof, what the server said in `epoch` at `seq`. Begins a new epoch
// in the batch if the store has never come there. A restore that nobody announced may have happened
// at any time in the present epoch, so the new one branches off where that began, and everything of
// it is asked for again.
absl::Status HeedProof(Batch& batch, Tenant tenant, uint32_t epoch, uint64_t seq);

// The same for a group of the caller's own, whose answer says more than a number: where other
// groups have meanwhile taken its place, the store was put back all the same.
absl::Status HeedAnswer(Batch& batch, Tenant tenant, uint64_t replica,
                        const v1::PushResult& answer);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_BACKUP_HISTORY_H_
