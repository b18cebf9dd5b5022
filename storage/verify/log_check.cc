#include "storage/verify/log_check.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "halfterm/v1/sync.pb.h"
#include "storage/commit/group_time.h"
#include "storage/commit/release.h"
#include "sync/core/group.h"
#include "sync/core/sha256.h"

namespace halfterm::storage {
namespace {

std::string LogPlace(uint64_t seq) { return absl::StrCat("number ", seq); }

std::string StorePlace(uint64_t replica) {
  return absl::StrCat("store ", absl::Hex(replica, absl::kZeroPad16));
}

bool IsKeptAside(const disk::LogRow& row) {
  return row.disposition() == v1::DISPOSITION_LATE ||
         row.disposition() == v1::DISPOSITION_QUARANTINED;
}

// One walk over the log.
class LogWalk {
 public:
  LogWalk(const Snapshot& snapshot, Tenant tenant, Findings& findings, LoggedGrants& grants)
      : snapshot_(snapshot), tenant_(tenant), findings_(findings), grants_(grants) {}

  absl::Status Walk() {
    const std::string prefix = OplogPrefix(tenant_);
    const auto cursor = snapshot_.NewCursor(Family::kLog, prefix, EndOfPrefix(prefix));
    for (; cursor->Valid(); cursor->Next()) {
      if (!findings_.GoOn()) return absl::CancelledError("stopped");
      const std::optional<ParsedLogKey> key = ParseOplogKey(cursor->key());
      if (!key) {
        findings_.Differs("log", Named("key", cursor->key()), "is no key of a log row");
        continue;
      }
      if (key->number != last_seq_ + 1) {
        findings_.Differs("log", LogPlace(last_seq_ + 1),
                          absl::StrCat("is missing; the next is ", key->number));
      }
      last_seq_ = key->number;
      const absl::Status checked = Check(key->number, cursor->value());
      if (!checked.ok()) return checked;
    }
    return cursor->status();
  }

  absl::Status CheckTotals(const disk::HeadRow& head) {
    if (last_seq_ != head.seq()) {
      findings_.Differs("head", "last number",
                        absl::StrCat("is ", head.seq(), ", the log ends with ", last_seq_));
    }
    for (size_t d = 0; d < dispositions_.size(); ++d) {
      const uint64_t stored = static_cast<int>(d) < head.dispositions_size()
                                  ? head.dispositions(static_cast<int>(d))
                                  : 0;
      if (stored == dispositions_[d]) continue;
      findings_.Differs("head", absl::StrCat("groups of disposition ", d),
                        absl::StrCat("are ", stored, ", the log holds ", dispositions_[d]));
    }
    for (const auto& [kept, by] : released_) {
      findings_.Differs("log", LogPlace(by), absl::StrCat("is said to have taken in ", kept));
    }
    const absl::Status late = CheckNoMoreKept("late", LatePrefix(tenant_));
    return late.ok() ? CheckNoMoreKept("quarantine", QuarantinePrefix(tenant_)) : late;
  }

  // Groups that stores pushed; the server's own, and those that were handed back, are not among them.
  uint64_t stored_groups() const { return stored_groups_; }

 private:
  absl::Status Check(uint64_t seq, absl::string_view value) {
    disk::LogRow row;
    if (!ParseLogRow(value, row)) {
      findings_.Differs("log", LogPlace(seq), "cannot be read");
      return absl::OkStatus();
    }
    findings_.reply().set_groups(findings_.reply().groups() + 1);
    for (const v1::RoleGrant& grant : row.grants()) grants_[grant.id()] = grant.SerializeAsString();
    if (row.replica() == 0) return absl::OkStatus();  // The server's own have no disposition.
    if (row.disposition() == 0 || row.disposition() >= dispositions_.size()) {
      findings_.Differs("log", LogPlace(seq), "has no disposition that there is");
      return absl::OkStatus();
    }
    ++dispositions_[row.disposition()];
    if (!row.refilled()) {
      ++stored_groups_;
    } else if (const absl::Status named = CheckHandedBack(seq, row); !named.ok()) {
      return named;
    }
    if (row.content_erased()) return absl::OkStatus();  // So is what the index said of it.
    if (row.released_seq() != 0) CheckReleased(seq, row);
    return IsKeptAside(row) ? CheckKept(seq, row) : absl::OkStatus();
  }

  // It stands in no chain; an index row names it in place of that.
  absl::Status CheckHandedBack(uint64_t seq, const disk::LogRow& row) {
    const absl::StatusOr<std::string> stored =
        snapshot_.Get(Family::kDerived, HandedBackKey(tenant_, row.replica(), row.n()));
    if (!stored.ok() && !absl::IsNotFound(stored.status())) return stored.status();
    disk::ChainEntry entry;
    if (!stored.ok() || !entry.ParseFromString(*stored) || entry.seq() != seq ||
        entry.disposition() != row.disposition() || entry.reason() != row.reason() ||
        entry.outcome() != row.outcome()) {
      findings_.Differs("log", LogPlace(seq), "was handed back; the index does not say so");
    }
    return absl::OkStatus();
  }

  absl::Status CheckKept(uint64_t seq, const disk::LogRow& row) {
    const char* const what = row.disposition() == v1::DISPOSITION_LATE ? "late" : "quarantine";
    const absl::StatusOr<std::string> kept =
        snapshot_.Get(Family::kDerived, KeptKeyOf(tenant_, row, seq));
    if (absl::IsNotFound(kept.status())) {
      findings_.Differs(what, LogPlace(seq), "is missing in the index of kept groups");
    } else if (!kept.ok()) {
      return kept.status();
    } else if (const KeptRow named = ParseKeptRow(*kept); named.reason != row.reason()) {
      findings_.Differs(what, LogPlace(seq), "has another reason in the index of kept groups");
    } else if (named.released_seq != 0) {
      released_[seq] = named.released_seq;
    }
    return absl::OkStatus();
  }

  // A group is taken in after it was kept, so the index's word was noted before this.
  void CheckReleased(uint64_t seq, const disk::LogRow& row) {
    const auto named = released_.find(row.released_seq());
    if (named == released_.end() || named->second != seq) {
      findings_.Differs("log", LogPlace(seq), "took in a kept group; the index does not say so");
    } else {
      released_.erase(named);
    }
  }

  // That every row of the index is of a group that is in the log and kept aside so.
  absl::Status CheckNoMoreKept(const char* what, const std::string& prefix) {
    const bool is_late = prefix == LatePrefix(tenant_);
    const auto cursor = snapshot_.NewCursor(Family::kDerived, prefix, EndOfPrefix(prefix));
    for (; cursor->Valid(); cursor->Next()) {
      uint64_t seq = 0;
      if (const auto late = ParseLateKey(cursor->key()); is_late && late) seq = late->seq;
      if (const auto kept = ParseQuarantineKey(cursor->key()); !is_late && kept) seq = kept->seq;
      const absl::StatusOr<std::string> log = snapshot_.Get(Family::kLog, OplogKey(tenant_, seq));
      if (!log.ok() && !absl::IsNotFound(log.status())) return log.status();
      disk::LogRow row;
      const bool is_kept = log.ok() && ParseLogRow(*log, row) && IsKeptAside(row) &&
                           (row.disposition() == v1::DISPOSITION_LATE) == is_late &&
                           cursor->key() == KeptKeyOf(tenant_, row, seq);
      if (!is_kept) {
        findings_.Differs(what, Named("key", cursor->key()), "names no group that was kept aside");
      }
    }
    return cursor->status();
  }

  const Snapshot& snapshot_;
  const Tenant tenant_;
  Findings& findings_;
  LoggedGrants& grants_;
  uint64_t last_seq_ = 0;
  uint64_t stored_groups_ = 0;
  std::map<uint64_t, uint64_t> released_;  // Kept groups, and who took them in, by the index.
  std::array<uint64_t, v1::Disposition_ARRAYSIZE> dispositions_{};
};

// One store's chain, from its rows.
class ChainWalk {
 public:
  ChainWalk(const Snapshot& snapshot, Tenant tenant, uint64_t replica, Findings& findings)
      : snapshot_(snapshot), tenant_(tenant), replica_(replica), findings_(findings) {}

  // `groups` grows by the groups that the chain names.
  absl::Status Walk(const disk::ReplicaRow& store, uint64_t& groups) {
    const std::string prefix = ChainPrefix(tenant_, replica_);
    const auto cursor = snapshot_.NewCursor(Family::kDerived, prefix, EndOfPrefix(prefix));
    for (; cursor->Valid(); cursor->Next()) {
      const std::optional<ParsedChainKey> key = ParseChainKey(cursor->key());
      disk::ChainRow row;
      if (!key ||
          !row.ParseFromArray(cursor->value().data(), static_cast<int>(cursor->value().size()))) {
        findings_.Differs("chain", Named("key", cursor->key()), "cannot be read");
        hash_.reset();
        continue;
      }
      const absl::Status checked = Check(*key, row);
      if (!checked.ok()) return checked;
    }
    if (!cursor->status().ok()) return cursor->status();
    if (last_n_ != store.last_n()) {
      findings_.Differs(
          "chain", StorePlace(replica_),
          absl::StrCat("ends with group ", last_n_, ", the store holds ", store.last_n()));
    } else if (last_n_ > 0 && hash_ && hash_->view() != store.last_hash()) {
      findings_.Differs("store", StorePlace(replica_), "has another hash than its chain ends with");
    }
    if (store.last_stamp() < last_stamp_) {
      findings_.Differs("store", StorePlace(replica_), "has a last stamp before that of a group");
    }
    groups += named_;
    return absl::OkStatus();
  }

 private:
  absl::Status Check(const ParsedChainKey& key, const disk::ChainRow& row) {
    if (row.first_n() != last_n_ + 1) {
      findings_.Differs("chain", StorePlace(replica_),
                        absl::StrCat("lacks groups ", last_n_ + 1, " to ", row.first_n() - 1));
      hash_.reset();
    }
    last_n_ = row.first_n() - 1;
    for (const disk::ChainEntry& entry : row.groups()) {
      ++last_n_;
      ++named_;
      if (!findings_.GoOn()) return absl::CancelledError("stopped");
      const absl::Status checked = Check(entry);
      if (!checked.ok()) return checked;
    }
    if (last_n_ != key.last_n) {
      findings_.Differs(
          "chain", StorePlace(replica_),
          absl::StrCat("a row ends with group ", last_n_, ", its key says ", key.last_n));
    }
    return absl::OkStatus();
  }

  absl::Status Check(const disk::ChainEntry& entry) {
    const auto differs = [&](const char* detail) {
      findings_.Differs("chain", absl::StrCat(StorePlace(replica_), " group ", last_n_), detail);
    };
    const auto kept_hash = core::Digest16::FromBytes(entry.hash());
    const absl::StatusOr<std::string> log =
        snapshot_.Get(Family::kLog, OplogKey(tenant_, entry.seq()));
    if (!log.ok() && !absl::IsNotFound(log.status())) return log.status();
    disk::LogRow row;
    if (!log.ok() || !ParseLogRow(*log, row) || row.replica() != replica_ || row.n() != last_n_) {
      differs("is not in the log under the number that the chain says");
      hash_ = kept_hash;
      return absl::OkStatus();
    }
    if (entry.disposition() != row.disposition() || entry.reason() != row.reason() ||
        entry.outcome() != row.outcome() || entry.eff_ms() != EffMs(row)) {
      differs("says another disposition, reason, outcome or time than the log");
    }
    last_stamp_ = std::max(last_stamp_, row.stamp());
    if (hash_ && row.disposition() != v1::DISPOSITION_ERASED && !row.content_erased()) {
      hash_ = core::ChainHash(*hash_, last_n_, core::Sha256(row.group()));
      if (hash_->view() != entry.hash()) differs("has another hash than the log's groups give");
    }
    hash_ = kept_hash;  // One difference, not one for each group that follows.
    return absl::OkStatus();
  }

  static int64_t EffMs(const disk::LogRow& row) {
    if (row.stamp() != 0) return MsOfStamp(row.stamp());
    return std::clamp(row.estimate_ms(), row.lower_ms(), std::max(row.lower_ms(), row.upper_ms()));
  }

  const Snapshot& snapshot_;
  const Tenant tenant_;
  const uint64_t replica_;
  Findings& findings_;
  uint64_t last_n_ = 0;
  uint64_t named_ = 0;
  uint64_t last_stamp_ = 0;
  std::optional<core::Digest16> hash_ = core::Digest16{};  // Nothing: not known.
};

// That each chain has a store.
absl::Status CheckChainsHaveStores(const Snapshot& snapshot, Tenant tenant, Findings& findings) {
  const std::string prefix = ChainPrefix(tenant);
  const auto chain = snapshot.NewCursor(Family::kDerived, prefix, EndOfPrefix(prefix));
  while (chain->Valid()) {
    const std::optional<ParsedChainKey> key = ParseChainKey(chain->key());
    if (!key) {
      findings.Differs("chain", Named("key", chain->key()), "cannot be read");
      chain->Next();
      continue;
    }
    const absl::StatusOr<std::string> store =
        snapshot.Get(Family::kState, ReplicaKey(tenant, key->replica));
    if (absl::IsNotFound(store.status())) {
      findings.Differs("store", StorePlace(key->replica), "is missing, and has a chain");
    } else if (!store.ok()) {
      return store.status();
    }
    const std::string next = EndOfPrefix(ChainPrefix(tenant, key->replica));
    chain->Seek(next);
  }
  return chain->status();
}

absl::Status CheckChains(const Snapshot& snapshot, Tenant tenant, Findings& findings,
                         uint64_t& groups) {
  const std::string prefix = ReplicaPrefix(tenant);
  const auto store = snapshot.NewCursor(Family::kState, prefix, EndOfPrefix(prefix));
  for (; store->Valid(); store->Next()) {
    const std::optional<ParsedReplicaKey> key = ParseReplicaKey(store->key());
    disk::ReplicaRow row;
    if (!key ||
        !row.ParseFromArray(store->value().data(), static_cast<int>(store->value().size()))) {
      findings.Differs("store", Named("key", store->key()), "cannot be read");
      continue;
    }
    const absl::Status walked =
        ChainWalk(snapshot, tenant, key->replica, findings).Walk(row, groups);
    if (!walked.ok()) return walked;
    findings.reply().set_chains(findings.reply().chains() + 1);
  }
  if (!store->status().ok()) return store->status();
  return CheckChainsHaveStores(snapshot, tenant, findings);
}

}  // namespace

bool ParseLogRow(absl::string_view value, disk::LogRow& row) {
  return row.ParseFromArray(value.data(), static_cast<int>(value.size()));
}

absl::Status CheckLog(const Snapshot& snapshot, Tenant tenant, const disk::HeadRow& head,
                      Findings& findings, LoggedGrants& grants) {
  LogWalk walk(snapshot, tenant, findings, grants);
  const absl::Status walked = walk.Walk();
  if (!walked.ok()) return walked;
  const absl::Status totals = walk.CheckTotals(head);
  if (!totals.ok()) return totals;

  uint64_t chained = 0;
  const absl::Status chains = CheckChains(snapshot, tenant, findings, chained);
  if (!chains.ok()) return chains;
  if (chained != walk.stored_groups()) {
    findings.Differs("chain", "all stores",
                     absl::StrCat("name ", chained, " groups, the log holds ", walk.stored_groups(),
                                  " of stores"));
  }
  return absl::OkStatus();
}

}  // namespace halfterm::storage
