#include "storage/backup/fill_ledger.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "storage/backup/history.h"
#include "storage/backup/kept_rows.h"

namespace halfterm::storage {
namespace {

constexpr size_t kAtOnce = 1000;

using RowName = std::pair<Family, std::string>;

class Filling {
 public:
  Filling(const Engine& store, Ledger& ledger) : snapshot_(store.NewSnapshot()), ledger_(ledger) {}

  absl::StatusOr<uint64_t> Run(uint64_t step) {
    step_ = step;
    for (const auto part : {&Filling::ReadLedgersRows, &Filling::KeepRows, &Filling::MarkDeleted,
                            &Filling::KeepErasures}) {
      if (const absl::Status done = (this->*part)(); !done.ok()) return done;
    }
    disk::LedgerStepRow last;
    last.set_step(step_);
    Ledger::PutStep(last, writes_);
    if (const absl::Status done = Flush(); !done.ok()) return done;
    return filled_;
  }

 private:
  absl::Status ReadLedgersRows() {
    const absl::Status read = ledger_.ForEachKept(
        [this](Family family, const std::string& key, const disk::KeptStateRow& row, uint64_t) {
          if (!row.deleted()) known_[{family, key}] = row.value();
          return absl::OkStatus();
        });
    if (!read.ok()) return read;
    return ledger_.ForEachErased([this](Tenant tenant, const core::Id16& record) {
      erased_.emplace(tenant.handle(), record);
      return absl::OkStatus();
    });
  }

  absl::Status KeepRows() {
    for (const auto& [family, prefix] : KeptPrefixes()) {
      const auto cursor = snapshot_->NewCursor(family, prefix, EndOfPrefix(prefix));
      for (; cursor->Valid(); cursor->Next()) {
        const std::string key(cursor->key()), value(cursor->value());
        const auto known = known_.find({family, key});
        const bool is_same =
            known != known_.end() && LastingPart(key, known->second) == LastingPart(key, value);
        if (known != known_.end()) known_.erase(known);
        if (is_same) continue;
        disk::KeptStateRow row;
        row.set_value(value);
        if (const absl::Status kept = Keep(family, key, row); !kept.ok()) return kept;
      }
      if (!cursor->status().ok()) return cursor->status();
    }
    return absl::OkStatus();
  }

  // Those of the ledger's rows that the store no longer has.
  absl::Status MarkDeleted() {
    for (const auto& [name, value] : known_) {
      if (name.first != Family::kState) continue;  // A school never goes.
      disk::KeptStateRow row;
      row.set_deleted(true);
      const absl::Status kept = Keep(name.first, name.second, row);
      if (!kept.ok()) return kept;
    }
    return absl::OkStatus();
  }

  absl::Status KeepErasures() {
    const auto cursor = snapshot_->NewCursor(Family::kErased, "", "");
    for (; cursor->Valid(); cursor->Next()) {
      const auto key = ParseErasedKey(cursor->key());
      if (!key) return absl::DataLossError("an erasure cannot be read; run `halfterm verify`");
      if (erased_.count({key->tenant.handle(), key->record}) > 0) continue;
      const absl::Status put =
          ledger_.PutErased(key->tenant, key->record, cursor->value(), writes_);
      if (!put.ok()) return put;
      if (const absl::Status noted = Count(); !noted.ok()) return noted;
    }
    return cursor->status();
  }

  absl::Status Keep(Family family, const std::string& key, const disk::KeptStateRow& row) {
    Ledger::PutKept(family, key, row, step_, writes_);
    return Count();
  }

  absl::Status Count() {
    ++filled_;
    return writes_.Count() < kAtOnce ? absl::OkStatus() : Flush();
  }

  absl::Status Flush() {
    const WriteSet batch = std::exchange(writes_, WriteSet());
    return ledger_.Take(batch);
  }

  const std::unique_ptr<Snapshot> snapshot_;
  Ledger& ledger_;
  uint64_t step_ = 0, filled_ = 0;
  std::map<RowName, std::string> known_;
  std::set<std::pair<uint32_t, core::Id16>> erased_;
  WriteSet writes_;
};

}  // namespace

absl::StatusOr<uint64_t> FillLedger(const Engine& store, Ledger& ledger) {
  const absl::StatusOr<StoreFacts> facts = ReadStore(store);
  if (!facts.ok()) return facts.status();
  return Filling(store, ledger).Run(facts->step);
}

}  // namespace halfterm::storage
