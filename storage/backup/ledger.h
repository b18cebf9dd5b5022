// What lies beside the store and outside of every backup, so that a restore cannot take it back.
//
// Four things. The witness: how far the store had come, so that a store that is behind it is known
// to be another one. Every epoch that ever began, so that none begins twice. Which backups count,
// so that it is known what is durable. And the decisions that must not fall back however old a
// backup is: erasures, ended sessions and grants, phases, released groups, versions that were
// shared. A decision is on the ledger's disk before it is in the store: after a crash between the
// two it takes effect at the next start although nobody was told, and never the other way round.
// One that the store refused is taken back.
//
// The two count their common batches, which are called steps, so that an old copy of the one is
// known beside the other (decisions/0070).
//
// The ledger is an engine of its own in a directory of its own; or, where several servers share a
// store, in a database of its own, which they share too. Then a step is taken in a turn of the
// store, and only on top of the step that the store knows: one that a server took and did not live
// to commit lets nobody take another until it has been replayed.
//
// Keys of its rows:
//
//   meta    "e"                                  EpochsRow: every epoch that ever began
//           "i"                                  IdentityRow
//           "w"                                  WitnessRow
//           "m"                                  RestoreMarkRow, until the next start
//           "o"                                  empty: the mark was left where no store was
//           "n"                                  LedgerStepRow
//           "b" verified8 generation4            BackupRow
//           "d" verified8 generation4            BackupRow of one that cannot be found
//   state   "s" or "m", key                      KeptStateRow: the newest value of the store's row
//   of
//                                                that key in its family state or meta
//   derived as in state                          LedgerStepRow of the row of that key in state
//   log     T4 record16 epoch4 seq8 place4       DecisionRow
//   erased  T4 record16                          ErasedRow

#ifndef HALFTERM_STORAGE_BACKUP_LEDGER_H_
#define HALFTERM_STORAGE_BACKUP_LEDGER_H_
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "halfterm/disk/ledger.pb.h"
#include "halfterm/disk/ledger_steps.pb.h"
#include "halfterm/disk/rows.pb.h"
#include "storage/backup/ledger_facts.h"
#include "storage/engine.h"
#include "storage/keys.h"
#include "storage/shared_engine.h"

namespace halfterm::storage {

// Where the store keeps its LedgerStepRow: in the family meta.
std::string LedgerStepKey();

// Safe to call from any thread. What only reads what is in memory waits for no disk.
class Ledger {
 public:
  // Commits of the store between two notes of how far it has come.
  static constexpr uint64_t kWitnessCommits = 256;

  // The engine must outlive the ledger. One that several servers share is followed from here on,
  // and closed with the ledger. Errors as ReadLedger and SharedEngine::Follow.
  static absl::StatusOr<std::unique_ptr<Ledger>> Open(Engine& engine);
  ~Ledger();

  const Engine& engine() const { return engine_; }
  bool is_shared() const { return shared_ != nullptr; }
  LedgerFacts facts() const;
  uint64_t DurableSeqOf(const disk::EpochsRow& epochs, Tenant tenant) const;

  uint64_t step() const;
  // Makes a batch durable. Errors as Engine::Commit. Not of a ledger that is shared, where servers
  // run.
  absl::Status Take(const WriteSet& batch);
  // The same of a ledger that is shared, for a batch that makes `step` of it, in a turn of the
  // store. `has_turn` asks whether that is this server's still, once nobody else can write here. Of
  // an empty batch only whether `step` would be the next. Nothing that was taken so is ever taken
  // back.
  //
  // FailedPrecondition: the ledger's next step is another one. Nothing may be committed to the
  //   store; it is to be opened anew. Unavailable, Aborted, ResourceExhausted: nothing was written,
  //   and it may be tried again.
  absl::Status TakeStep(const WriteSet& batch, uint64_t step,
                        const std::function<bool()>& has_turn);
  // The store refused the batch that was taken last: it never was. What cannot be written now is
  // written before whatever comes next.
  void TakeBack();

  // The store now reaches to `heads`; what is not named stays. Written with every
  // kWitnessCommits-th call only. Errors are kept for the next call that writes.
  absl::Status Witness(uint32_t epoch, const Heads& heads);
  // Writes what Witness was told last.
  absl::Status WriteWitness();

  // The epochs and the identity are on record; a mark that a restore left is taken away.
  absl::Status NoteHistory(const disk::EpochsRow& epochs, const disk::IdentityRow& identity);
  absl::Status NoteRestore(const disk::RestoreMarkRow& mark, bool store_was_there);
  // A backup counts from here on. Shared text that is durable with it leaves the ledger.
  absl::Status NoteBackup(const disk::BackupRow& backup, const disk::EpochsRow& epochs);
  // Generations of the folder that are not among `kept` are gone.
  absl::Status ForgetBackups(const std::string& folder, const std::vector<uint32_t>& kept);
  // Asks of each backup whether it can be found now; one that cannot counts for nothing until it
  // can.
  absl::Status NoteWhichAreThere(const std::function<bool(const disk::BackupRow&)>& is_there);

  // Calls `see` for each, in the order of keys; stops with its error.
  absl::Status ForEachDecision(
      const std::function<absl::Status(Tenant, const disk::DecisionRow&)>& see) const;
  absl::Status ForEachKept(
      const std::function<absl::Status(Family, const std::string& key, const disk::KeptStateRow&,
                                       uint64_t step)>& see) const;
  absl::Status ForEachErased(
      const std::function<absl::Status(Tenant, const core::Id16& record)>& see) const;

  // Adds to `writes`, for Commit. Rows are kept of the families state and meta.
  static void PutDecision(Tenant tenant, const core::Id16& record, uint32_t place,
                          const disk::DecisionRow& decision, WriteSet& writes);
  static void PutKept(Family family, absl::string_view key, const disk::KeptStateRow& row,
                      uint64_t step, WriteSet& writes);
  static void PutStep(const disk::LedgerStepRow& step, WriteSet& writes);
  static void PutEpochs(const disk::EpochsRow& epochs, WriteSet& writes);
  // Also takes the record's decisions away.
  absl::Status PutErased(Tenant tenant, const core::Id16& record, absl::string_view row,
                         WriteSet& writes) const;

 private:
  explicit Ledger(Engine& engine) : engine_(engine), shared_(SharedEngine::Of(engine)) {}

  class Turn;  // Holds writing_, and a turn of an engine that is shared.
  // In a turn, which ends. `publish` makes what is in memory say the same, if it was written.
  absl::Status Write(const WriteSet& writes, const std::function<void()>& publish);
  absl::Status Heed(const News& news, const Snapshot& view);
  // Adds that shared text leaves which is durable with these backups.
  absl::Status DropDurableText(const std::vector<disk::BackupRow>& backups,
                               const disk::EpochsRow& epochs, WriteSet& writes) const;
  absl::StatusOr<WriteSet> UndoOf(const WriteSet& writes) const;

  // What a batch says of what is in memory, or what was there before it: the rest of the ledger is
  // as large as there are schools and decisions, and is not read for a step.
  struct Taken {
    std::optional<disk::LedgerStepRow> step;
    std::optional<disk::EpochsRow> epochs;
  };
  static absl::StatusOr<Taken> TakenBy(const WriteSet& batch);
  // From now on that is in memory; returns what it replaced.
  Taken Know(Taken taken);
  // What is to be on record, of what this server and what others have seen; nothing where theirs
  // says more. With mutex_ held.
  std::optional<disk::WitnessRow> WitnessNow() const;

  Engine& engine_;
  SharedEngine* const shared_;  // The engine, if others write to it too.
  // Held while something is written; taken before mutex_.
  std::mutex writing_;
  // What the last batch replaced: on the disk, and of facts_.
  WriteSet undo_;
  Taken before_;
  WriteSet owed_;  // Of a batch that was taken back and is still on the disk.
  // Held for moments only.
  mutable std::mutex mutex_;
  LedgerFacts facts_;
  uint32_t seen_epoch_ = 0;
  Heads seen_;
  uint64_t commits_since_note_ = 0;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_BACKUP_LEDGER_H_
