#include "storage/backup/replay.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "storage/backup/history.h"
#include "storage/backup/kept_rows.h"
#include "storage/commit/commit_batch.h"
#include "storage/commit/erasure.h"
#include "storage/directory/directory_writer.h"
#include "storage/directory/reference.h"
#include "storage/directory/scope_changes.h"
#include "storage/import/import_plan.h"
#include "sync/core/codec.h"

namespace halfterm::storage {
namespace {

constexpr size_t kAtOnce = 256;

absl::Status Damaged() {
  return absl::DataLossError("a decision in the ledger cannot be read; run `halfterm doctor`");
}

class Replaying {
 public:
  Replaying(const BatchContext& context, const Ledger& ledger)
      : context_(context), ledger_(ledger) {
    context_.ledger = nullptr;  // It has all of this.
  }

  absl::StatusOr<Replayed> Run() {
    const absl::StatusOr<StoreFacts> store = ReadStore(context_.engine);
    if (!store.ok()) return store.status();
    step_ = store->step;
    ledgers_step_ = ledger_.step();
    for (const auto step :
         {&Replaying::Schools, &Replaying::Rename, &Replaying::Erasures, &Replaying::Decisions,
          &Replaying::Rows, &Replaying::Roles, &Replaying::Finish}) {
      if (const absl::Status done = (this->*step)(); !done.ok()) return done;
    }
    return replayed_;
  }

 private:
  // One batch with what `fill` does.
  absl::Status Commit(const std::function<absl::Status(Batch&)>& fill) {
    Batch batch(context_, rollups_);
    if (const absl::Status filled = fill(batch); !filled.ok()) {
      batch.Forget();
      return filled;
    }
    return CommitBatch(context_, batch);
  }

  // Those that began after the backup, under their handles: receipts name these.
  absl::Status Schools();
  // The server gets another replica id in each school: what was decided under the present one, and
  // is not in the store, has dots that would be given out again.
  absl::Status Rename();
  absl::Status Erasures();
  absl::Status Decisions();
  using References = std::map<core::Id16, v1::Reference>;
  // Notes the reference record that it makes, where `references` is not null.
  absl::Status Apply(Batch& batch, Tenant tenant, const disk::DecisionRow& decision,
                     References* references = nullptr);
  absl::Status Rows();
  // The directory as the reference records and grants now are, and what follows for whom.
  absl::Status Roles();
  absl::Status Finish();

  BatchContext context_;
  const Ledger& ledger_;
  uint64_t step_ = 0;          // Of the ledger's, the last that the store knows.
  uint64_t ledgers_step_ = 0;  // And the last that the ledger had when this began.
  RollupCache rollups_;
  Replayed replayed_;
  // By school: what its directory has to be told, all in one batch.
  std::map<uint32_t, std::vector<disk::DecisionRow>> of_bodies_;
  std::map<uint32_t, std::vector<v1::RoleGrant>> grants_;
};

absl::Status Replaying::Schools() {
  WriteSet writes;
  std::map<std::string, disk::TenantRow> added;
  const absl::Status read = ledger_.ForEachKept(
      [&](Family family, const std::string& key, const disk::KeptStateRow& row, uint64_t) {
        if (family != Family::kMeta) return absl::OkStatus();
        const auto name = ParseTenantKey(key);
        disk::TenantRow school;
        if (!name || !school.ParseFromString(row.value())) return Damaged();
        if (context_.engine.Get(family, key).ok()) return absl::OkStatus();
        writes.Put(family, key, row.value());
        added.emplace(*name, std::move(school));
        return absl::OkStatus();
      });
  if (!read.ok()) return read;
  if (const absl::Status put = context_.engine.Commit(writes); !put.ok()) return put;
  for (const auto& [name, school] : added) {
    context_.directories.Put(Tenant(school.handle()), name,
                             std::make_shared<sync::Directory>(sync::Directory::Content{}));
  }
  return absl::OkStatus();
}

absl::Status Replaying::Rename() {
  return Commit([&](Batch& batch) -> absl::Status {
    for (const auto& [name, tenant] : context_.directories.Tenants()) {
      const absl::StatusOr<disk::HeadRow*> head = batch.Head(tenant);
      if (!head.ok()) return head.status();
      uint64_t replica = 0;
      for (const char byte : context_.random(8))
        replica = replica << 8 | static_cast<uint8_t>(byte);
      (*head)->set_replica(replica);
      (*head)->set_replica_n(0);
    }
    return absl::OkStatus();
  });
}

absl::Status Replaying::Erasures() {
  std::vector<std::pair<Tenant, core::Id16>> erased;
  const absl::Status read = ledger_.ForEachErased([&](Tenant tenant, const core::Id16& record) {
    erased.emplace_back(tenant, record);
    return absl::OkStatus();
  });
  if (!read.ok()) return read;
  for (size_t begin = 0; begin < erased.size(); begin += kAtOnce) {
    const absl::Status done = Commit([&](Batch& batch) -> absl::Status {
      for (size_t i = begin; i < std::min(erased.size(), begin + kAtOnce); ++i) {
        const auto& [tenant, id] = erased[i];
        const absl::StatusOr<bool> known = IsErased(batch, tenant, id);
        if (!known.ok()) return known.status();
        if (*known) continue;
        const absl::StatusOr<RecordState*> record = batch.Record(tenant, id);
        if (!record.ok()) return record.status();
        const absl::StatusOr<disk::LogRow> log = BeginServerGroup(batch, tenant);
        if (!log.ok()) return log.status();
        const absl::StatusOr<uint64_t> seq = batch.NextSeq(tenant);
        if (!seq.ok()) return seq.status();
        const absl::Status gone = EraseRecord(batch, **record, *seq);
        if (!gone.ok()) return gone;
        batch.PutUnread(Family::kLog, OplogKey(tenant, *seq), log->SerializeAsString());
        ++replayed_.erased;
      }
      return absl::OkStatus();
    });
    if (!done.ok()) return done;
  }
  return absl::OkStatus();
}

absl::Status Replaying::Decisions() {
  std::vector<std::pair<Tenant, disk::DecisionRow>> decisions;
  const auto flush = [&] {
    const absl::Status done = Commit([&](Batch& batch) -> absl::Status {
      for (const auto& [tenant, decision] : decisions) {
        const absl::Status applied = Apply(batch, tenant, decision);
        if (!applied.ok()) return applied;
      }
      return absl::OkStatus();
    });
    decisions.clear();
    return done;
  };
  const absl::Status read =
      ledger_.ForEachDecision([&](Tenant tenant, const disk::DecisionRow& decision) {
        const std::optional<core::FacetId> id = core::FacetId::Parse(decision.facet());
        if (id && id->facet_class == core::kBody) {
          of_bodies_[tenant.handle()].push_back(decision);
          return absl::OkStatus();
        }
        decisions.emplace_back(tenant, decision);
        return decisions.size() < kAtOnce ? absl::OkStatus() : flush();
      });
  if (!read.ok()) return read;
  return flush();
}

absl::Status Replaying::Apply(Batch& batch, Tenant tenant, const disk::DecisionRow& decision,
                              References* references) {
  const std::optional<core::FacetId> id = core::FacetId::Parse(decision.facet());
  core::Result<core::Facet> delta = core::Decode(decision.delta(), core::kFacetLimits);
  if (!id || !delta.ok()) return Damaged();
  const absl::StatusOr<bool> erased = IsErased(batch, tenant, id->record);
  if (!erased.ok()) return erased.status();
  if (*erased) return absl::OkStatus();
  const absl::StatusOr<RecordState*> record = batch.Record(tenant, id->record);
  if (!record.ok()) return record.status();
  const FacetState* held = (*record)->Find(*id);
  core::Facet joined = held == nullptr ? core::Facet{} : held->facet;
  core::JoinReport report;
  core::JoinInto(joined, core::Facet(*delta), &report);
  if (!report.changed) return absl::OkStatus();
  if (references != nullptr && id->facet_class == core::kBody) {
    absl::StatusOr<v1::Reference> reference = ReferenceIn(joined);
    if (reference.ok()) {  // Else it is the page of another kind of record.
      batch.Put(Family::kState, ReferenceIndexKey(tenant, KindOf(*reference), id->record), "");
      (*references)[id->record] = *std::move(reference);
    }
  }

  absl::StatusOr<disk::LogRow> log = BeginServerGroup(batch, tenant);
  if (!log.ok()) return log.status();
  const absl::StatusOr<uint64_t> seq = batch.NextSeq(tenant);
  if (!seq.ok()) return seq.status();
  const absl::Status written =
      batch.WriteAgain(**record, *id, std::move(delta).value(), *seq, *log);
  if (!written.ok()) return written;
  batch.PutUnread(Family::kLog, OplogKey(tenant, *seq), log->SerializeAsString());
  ++replayed_.decisions;
  return absl::OkStatus();
}

absl::Status Replaying::Rows() {
  return Commit([&](Batch& batch) {
    return ledger_.ForEachKept([&](Family family, const std::string& key,
                                   const disk::KeptStateRow& row, uint64_t step) -> absl::Status {
      if (family != Family::kState || step <= step_) return absl::OkStatus();
      const absl::StatusOr<std::string> held = batch.Get(family, key);
      if (!held.ok() && !absl::IsNotFound(held.status())) return held.status();
      if (row.deleted() ? !held.ok()
                        : held.ok() && LastingPart(key, *held) == LastingPart(key, row.value())) {
        return absl::OkStatus();
      }
      ++replayed_.rows;
      if (const auto grant_key = ParseGrantKey(key)) {
        v1::RoleGrant grant;
        if (!grant.ParseFromString(row.value())) return Damaged();
        grants_[grant_key->tenant.handle()].push_back(std::move(grant));
        return absl::OkStatus();
      }
      if (row.deleted()) {
        batch.Delete(family, key);
      } else {
        batch.Put(family, key, row.value());
      }
      return absl::OkStatus();
    });
  });
}

absl::Status Replaying::Roles() {
  for (const auto& [name, tenant] : context_.directories.Tenants()) {
    const std::vector<disk::DecisionRow>& bodies = of_bodies_[tenant.handle()];
    const std::vector<v1::RoleGrant>& grants = grants_[tenant.handle()];
    if (bodies.empty() && grants.empty()) continue;
    const std::string school = name;
    const Tenant of = tenant;
    const absl::Status done = Commit([&, of](Batch& batch) -> absl::Status {
      References made;
      for (const disk::DecisionRow& decision : bodies) {
        const absl::Status applied = Apply(batch, of, decision, &made);
        if (!applied.ok()) return applied;
      }
      if (made.empty() && grants.empty()) return absl::OkStatus();
      std::vector<v1::Reference> references;
      for (auto& [id, reference] : made) references.push_back(std::move(reference));
      sync::Directory::Content after = Changed(batch.DirectoryOf(of).content(), references, grants);
      absl::StatusOr<disk::LogRow> log = BeginServerGroup(batch, of);
      if (!log.ok()) return log.status();
      const absl::StatusOr<uint64_t> seq = batch.NextSeq(of);
      if (!seq.ok()) return seq.status();
      for (const v1::RoleGrant& grant : grants) {
        const auto person = core::Id16::FromBytes(grant.person());
        const auto id = core::Id16::FromBytes(grant.id());
        if (!person || !id) return Damaged();
        *log->add_grants() = grant;
        batch.Put(Family::kState, GrantKey(of, *person, *id), grant.SerializeAsString());
      }
      batch.PutUnread(Family::kLog, OplogKey(of, *seq), log->SerializeAsString());
      const absl::Status noted = NoteScopeChanges(batch, of, batch.DirectoryOf(of), after,
                                                  /*refiles=*/true, *seq);
      if (!noted.ok()) return noted;
      batch.PutDirectory(of, school, std::make_shared<const sync::Directory>(std::move(after)));
      return batch.Rederive(of);
    });
    if (!done.ok()) return done;
  }
  return absl::OkStatus();
}

absl::Status Replaying::Finish() {
  disk::EpochsRow epochs = context_.epochs.row();
  epochs.set_replayed_epoch(context_.epochs.current());
  disk::LedgerStepRow step;
  step.set_step(std::max(step_, ledgers_step_));
  WriteSet writes;
  writes.Put(Family::kMeta, EpochKey(), epochs.SerializeAsString());
  writes.Put(Family::kMeta, LedgerStepKey(), step.SerializeAsString());
  const absl::Status written = context_.engine.Commit(writes);
  if (written.ok()) context_.epochs.Publish(std::move(epochs));
  return written;
}

}  // namespace

absl::StatusOr<Replayed> Replay(BatchContext& context, const Ledger& ledger) {
  return Replaying(context, ledger).Run();
}

}  // namespace halfterm::storage
