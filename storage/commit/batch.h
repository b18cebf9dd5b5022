// What one commit will write, and how the store looks with it.
//
// Jobs read and change the store through a Batch; a row touched by many groups is decoded once and
// written once. The audience, feed rows, digests and roll-ups of a record follow in Settle(), once
// a batch, in the same atomic write.
//
// For the committer's thread only.

#ifndef HALFTERM_STORAGE_COMMIT_BATCH_H_
#define HALFTERM_STORAGE_COMMIT_BATCH_H_
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "halfterm/disk/ledger.pb.h"
#include "halfterm/disk/rows.pb.h"
#include "storage/clock.h"
#include "storage/commit/changes.h"
#include "storage/commit/epochs.h"
#include "storage/commit/read_ahead.h"
#include "storage/commit/record_state.h"
#include "storage/commit/rollups.h"
#include "storage/commit/secrets.h"
#include "storage/commit/sessions.h"
#include "storage/directory/directories.h"
#include "storage/engine.h"
#include "storage/keys.h"
#include "sync/core/digest.h"

namespace halfterm::storage {

class Ledger;

// Everything a batch works with. All must outlive the committer.
struct BatchContext {
  Engine& engine;
  const Clock& clock;
  Directories& directories;
  Sessions& sessions;
  Changes& changes;
  const Secrets& secrets;
  Epochs& epochs;
  std::function<std::string(size_t bytes)> random;  // Unguessable; seeded in tests.
  // What must survive a restore goes here too; null: nowhere (tests of other things).
  Ledger* ledger = nullptr;
};

class Batch {
 public:
  // `rollups` is kept from batch to batch by the committer; see Forget below. `writes` is empty and
  // lends its memory.
  Batch(BatchContext& context, RollupCache& rollups, WriteSet writes = {});

  BatchContext& context() { return context_; }
  int64_t now_ms() const { return now_ms_; }  // One moment for the whole batch.

  // What is going to be read: a row, or a record with its pages. The next ReadForeseen brings all
  // of it in a few reads.
  void Foresee(Family family, std::string key) { reads_.Want(family, std::move(key)); }
  void ForeseeRecord(Tenant tenant, const core::Id16& id);
  void ReadForeseen();

  // A row as it will be. NotFound as Engine's. For rows that the functions below do not cover.
  absl::StatusOr<std::string> Get(Family family, const std::string& key);
  void Put(Family family, std::string key, std::string value);
  void Delete(Family family, std::string key);
  // For rows that are written once in the life of the store, and never read in the same batch (log,
  // chain).
  void PutUnread(Family family, absl::string_view key, absl::string_view value);

  // The school's head; changes to it are written. Begins one for a school that has none.
  absl::StatusOr<disk::HeadRow*> Head(Tenant tenant);
  absl::StatusOr<uint64_t> NextSeq(Tenant tenant);
  // The next dot of the server's own replica.
  absl::StatusOr<core::Dot> ServerDot(Tenant tenant);

  // A store; null where the school has none of that id. Call Touch after changing it.
  absl::StatusOr<disk::ReplicaRow*> Replica(Tenant tenant, uint64_t replica);
  void TouchReplica(Tenant tenant, uint64_t replica);
  disk::ReplicaRow* AddReplica(Tenant tenant, uint64_t replica);

  // The epoch in force; the one that this batch begins, if it does.
  uint32_t epoch() const;
  // What the batch will publish, or what is in force.
  // Never null. Names every school, so it is not copied for a group or a greeting.
  std::shared_ptr<const disk::EpochsRow> EpochsNow() const;
  // Another epoch begins with this batch: its rows are written, and every school's server gets a
  // new replica id, because numbers of the old one may be in use elsewhere.
  absl::Status BeginEpoch(disk::EpochsRow epochs);
  bool BeginsEpoch() const { return epochs_ != nullptr; }

  // What one push did, named by the last number in it; and what earlier pushes did, for the groups
  // first_n to last_n, all of which are held. DataLoss: some are not.
  void AddChain(Tenant tenant, uint64_t replica, uint64_t last_n, disk::ChainRow row);
  absl::StatusOr<std::vector<disk::ChainEntry>> ChainFrom(Tenant tenant, uint64_t replica,
                                                          uint64_t first_n, uint64_t last_n);

  // A record, empty where there is none yet. Valid until the batch ends.
  absl::StatusOr<RecordState*> Record(Tenant tenant, const core::Id16& id);
  const core::VisitFacts& FactsOf(RecordState& record);

  // Joins a delta, whose siblings are attributed and stamped, into a facet of the record, for group
  // `seq`. DataLoss: the facet is stored, but the record's derived row does not know of it; run
  // `halfterm verify`.
  absl::Status Write(RecordState& record, const core::FacetId& facet, core::Facet delta,
                     uint64_t seq);

  // The digest of a facet's content as it is now.
  core::Digest32 ContentDigest(const FacetState& state) const;

  // As Write for the server's own deltas; adds it to the log row of the group that caused it.
  absl::Status ServerWrite(RecordState& record, const core::FacetId& facet, core::Facet delta,
                           uint64_t seq, disk::LogRow& log);
  // The same for what was decided before and comes back after a restore: no decision is noted anew.
  absl::Status WriteAgain(RecordState& record, const core::FacetId& facet, core::Facet delta,
                          uint64_t seq, disk::LogRow& log);

  // A stamp for what the server writes now, after every stamp that it gave in this school.
  absl::StatusOr<uint64_t> ServerStamp(Tenant tenant);

  // Everything derived from the school's records is made again, in batches of its own: audiences or
  // contributions depend on something that changed.
  absl::Status Rederive(Tenant tenant);
  // The schools for which that was asked in this batch.
  const std::set<Tenant>& Rederiving() const { return rederiving_; }
  // The next step of that: at most `max_records`. Begins it where the school's rows were made by
  // another definition than this program's. False when nothing is left to do.
  absl::StatusOr<bool> RederiveSome(Tenant tenant, size_t max_records);

  // The sequence number of the event that changed the person's scopes last; 0 for none.
  absl::StatusOr<uint64_t> ScopesVersion(Tenant tenant, const core::Id16& person);

  // The school's directory with what this batch changed.
  const sync::Directory& DirectoryOf(Tenant tenant);
  // Takes effect for the jobs that follow; published after the commit.
  void PutDirectory(Tenant tenant, std::string name,
                    std::shared_ptr<const sync::Directory> directory);
  // The name under which the school is known; empty for none.
  std::string NameOf(Tenant tenant) const;
  // The school of that name with what this batch changed.
  std::optional<Tenant> TenantNamed(absl::string_view name);
  // Published after the commit.
  void PutSession(std::string token_hash, Session session);
  std::shared_ptr<const Session> SessionOf(Tenant tenant, const core::Id16& session);

  // Groups that got a disposition, and those that were answered again without a second effect;
  // counted once the batch is durable.
  void CountTaken(size_t groups) { taken_ += groups; }
  void CountRepeats(size_t groups) { repeats_ += groups; }
  size_t taken() const { return taken_; }
  size_t repeats() const { return repeats_; }

  // The records that are to be settled, in the order of their keys.
  std::vector<RecordState*> Touched() const;
  // Carries the pages of joined visits on and derives what follows from the touched records. Once a
  // batch; then Writes() is complete.
  absl::Status Settle();
  const WriteSet& Writes();

  // What the ledger must hold before Writes() may be committed: this batch's decisions, and rows
  // that must not fall back.
  absl::StatusOr<WriteSet> ForLedger();
  // By school: how far its history reaches with this batch; those that the batch touched.
  std::map<uint32_t, uint64_t> HeadsReached() const;

  // After the commit: publishes directories and sessions, tells who waits.
  void Publish();
  // After a commit that failed: what the caches learnt from this batch is forgotten.
  void Forget();
  // At the very end: the memory that the batch was lent.
  WriteSet TakeWrites() { return std::move(writes_); }

 private:
  struct DigestSum {
    uint64_t count = 0;
    core::SumDigest sum;
    bool stored = false;
  };

  // The record as its row has it, its pages not yet read; of a record that is not there, an empty
  // one.
  absl::StatusOr<std::unique_ptr<RecordState>> RowOf(Tenant tenant, const core::Id16& id) const;
  absl::Status LoadFacets(RecordState& record);
  struct Settling;  // One record on its way.
  absl::Status Derive(Settling& settling);
  absl::Status SettleFacets(RecordState& record, const core::VisitFacts& facts, uint16_t period);
  void PlanFeed(Settling& settling);
  absl::Status SettleFeed(Settling& settling);
  absl::Status SettleRollups(Settling& settling);
  absl::StatusOr<DigestSum*> Digest(Tenant tenant, const core::Scope& scope, uint16_t period);

  struct TenantRecord {
    uint32_t tenant;
    core::Id16 id;
    bool operator==(const TenantRecord& other) const {
      return tenant == other.tenant && id == other.id;
    }
    template <typename H>
    friend H AbslHashValue(H state, const TenantRecord& name) {
      return H::combine(std::move(state), name.tenant, name.id);
    }
  };
  using ReplicaName = std::pair<uint32_t, uint64_t>;
  struct PendingReplica {
    disk::ReplicaRow row;
    bool exists = false, touched = false;
  };
  struct PendingHead {
    disk::HeadRow row;
    bool touched = false;
  };
  struct Decision {
    Tenant tenant;
    core::Id16 record;
    disk::DecisionRow row;
  };
  absl::Status AddKeptRows(WriteSet& ledger);

  BatchContext& context_;
  RollupCache& rollups_;
  ReadAhead reads_;
  int64_t now_ms_;
  WriteSet writes_;
  bool writes_complete_ = false;
  size_t taken_ = 0, repeats_ = 0;
  std::map<std::pair<Family, std::string>, std::optional<std::string>> rows_;
  std::map<uint32_t, PendingHead> heads_;
  std::map<ReplicaName, PendingReplica> replicas_;
  std::map<ReplicaName, std::vector<disk::ChainRow>> chains_;
  absl::flat_hash_map<TenantRecord, std::unique_ptr<RecordState>> records_;
  std::set<std::pair<uint32_t, core::Id16>> foreseen_;
  // Of those the ones that are there, until somebody asks for them.
  absl::flat_hash_map<TenantRecord, std::unique_ptr<RecordState>> read_ahead_;
  std::map<uint32_t, std::pair<std::string, std::shared_ptr<const sync::Directory>>> directories_;
  std::map<uint32_t, std::shared_ptr<const sync::Directory>> directories_read_;
  std::vector<std::pair<std::string, Session>> sessions_;
  std::set<Tenant> rederiving_;
  std::shared_ptr<const disk::EpochsRow> epochs_;  // Set where this batch begins one.
  std::vector<Decision> decisions_;
  std::map<std::string, DigestSum> digests_;  // By DigestKey.
  std::map<uint32_t, std::pair<uint64_t, std::set<core::Scope>>> moved_;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_BATCH_H_
