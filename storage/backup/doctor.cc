#include "storage/backup/doctor.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "storage/backup/backup_run.h"
#include "storage/backup/history.h"
#include "storage/backup/ledger.h"
#include "storage/backup/restore.h"
#include "storage/commit/secrets.h"
#include "storage/rocks/rocks_backup.h"
#include "storage/rocks/rocks_engine_files.h"

namespace halfterm::storage {
namespace {

namespace fs = std::filesystem;

constexpr size_t kSchoolsNamed = 8;  // Of more, their sum.
constexpr int64_t kOldMs = int64_t{2} * 86'400'000;

std::string Moment(int64_t ms) {
  return absl::FormatTime("%Y-%m-%d %H:%M", absl::FromUnixMillis(ms), absl::LocalTimeZone());
}

std::string Groups(uint64_t count) {
  return absl::StrCat(count, count == 1 ? " group" : " groups");
}

class Examination {
 public:
  explicit Examination(const DoctorWish& wish) : wish_(wish) {}

  std::vector<Finding> Run() {
    LookAtKeys();
    LookAtLedger();
    LookAtStore();
    if (store_ && ledger_) CompareThem();
    for (const std::string& folder : Folders()) LookAtBackups(folder);
    SayWhatIsDurable();
    return std::move(findings_);
  }

 private:
  void Well(std::string what) { findings_.push_back({Finding::Kind::kWell, std::move(what), ""}); }
  void Note(std::string what, std::string what_to_do = "") {
    findings_.push_back({Finding::Kind::kNote, std::move(what), std::move(what_to_do)});
  }
  void Wrong(std::string what, std::string what_to_do) {
    findings_.push_back({Finding::Kind::kWrong, std::move(what), std::move(what_to_do)});
  }

  void LookAtKeys();
  void LookAtLedger();
  void LookAtStore();
  void CompareThem();
  std::vector<std::string> Folders() const;
  void LookAtBackups(const std::string& folder);
  void LookAtGeneration(const std::string& folder, const disk::BackupRow& backup);
  void SayWhatIsDurable();

  const DoctorWish wish_;
  std::vector<Finding> findings_;
  std::string key_id_;
  std::optional<LedgerFacts> ledger_;
  std::optional<StoreFacts> store_;
};

void Examination::LookAtKeys() {
  const absl::StatusOr<Secrets> secrets = Secrets::Open(wish_.data, /*store_exists=*/true);
  if (!secrets.ok()) {
    Wrong(std::string(secrets.status().message()),
          "Without the keys nothing that tablets hold can come back after a restore.");
    return;
  }
  key_id_ = secrets->KeyId();
  Well("The keys are there.");
}

void Examination::LookAtLedger() {
  std::error_code error;
  if (!fs::exists(LedgerPath(wish_.data), error)) {
    Wrong("There is no ledger beside the store.",
          "Put its newest copy back before the server starts. Without it erasures, ended sessions "
          "and "
          "ended roles since the last backup would be undone by a restore.");
    return;
  }
  const absl::StatusOr<std::unique_ptr<Engine>> engine =
      OpenRocksReadOnly(LedgerPath(wish_.data), nullptr);
  absl::StatusOr<LedgerFacts> facts = engine.ok() ? ReadLedger(*(*engine)->NewSnapshot())
                                                  : absl::StatusOr<LedgerFacts>(engine.status());
  if (absl::IsUnavailable(facts.status())) {
    Note(std::string(facts.status().message()));
    return;
  }
  if (!facts.ok()) {
    Wrong(absl::StrCat("The ledger cannot be read: ", facts.status().message()),
          "Put its newest copy back before the server starts.");
    return;
  }
  ledger_ = *std::move(facts);
  uint64_t erased = 0, decisions = 0;
  const auto ledger = Ledger::Open(**engine);
  if (ledger.ok()) {
    (*ledger)
        ->ForEachErased([&](Tenant, const core::Id16&) {
          ++erased;
          return absl::OkStatus();
        })
        .IgnoreError();
    (*ledger)
        ->ForEachDecision([&](Tenant, const disk::DecisionRow&) {
          ++decisions;
          return absl::OkStatus();
        })
        .IgnoreError();
  }
  Well(absl::StrCat("The ledger keeps ", erased, " erasures and ", decisions,
                    " decisions that no restore can undo."));
  if (ledger_->mark) {
    Note(absl::StrCat("Generation ", ledger_->mark->generation(), " was restored on ",
                      Moment(ledger_->mark->restored_ms()),
                      ", and the server has not started since."),
         "Start halftermd; its tablets bring back what the generation lacks.");
  }
}

// How far the schools have come.
std::string Reach(const std::map<uint32_t, uint64_t>& heads) {
  std::vector<std::string> reach;
  uint64_t groups = 0;
  for (const auto& [tenant, seq] : heads) {
    reach.push_back(absl::StrCat("school ", tenant, " to group ", seq));
    groups += seq;
  }
  if (heads.size() > kSchoolsNamed) {
    return absl::StrCat(", and holds ", Groups(groups), " of ", heads.size(), " schools");
  }
  return reach.empty() ? "" : absl::StrCat(", and reaches ", absl::StrJoin(reach, ", "));
}

void Examination::LookAtStore() {
  std::error_code error;
  const std::string path = StorePath(wish_.data);
  if (!fs::exists(path, error)) {
    if (ledger_ && !ledger_->epochs.epochs().empty()) {
      Wrong("The store is missing, and the ledger tells of one.",
            "Run `halfterm restore`; the server will not start without it.");
    } else {
      Note("There is no store yet.");
    }
    return;
  }
  const absl::StatusOr<std::unique_ptr<Engine>> engine = OpenRocksReadOnly(path, nullptr);
  absl::StatusOr<StoreFacts> facts =
      engine.ok() ? ReadStore(**engine) : absl::StatusOr<StoreFacts>(engine.status());
  if (absl::IsUnavailable(facts.status())) {
    Note(std::string(facts.status().message()));
    return;
  }
  if (!facts.ok()) {
    Wrong(absl::StrCat("The store cannot be read: ", facts.status().message()),
          "Keep it as it is and run `halfterm restore`: tablets bring back what is newer than the "
          "backup, and the damaged store stays beside it.");
    return;
  }
  store_ = *std::move(facts);
  Well(absl::StrCat("The store opens, in epoch ", store_->epoch(), Reach(store_->heads), "."));
}

void Examination::CompareThem() {
  const absl::Status belong =
      CheckTheyBelong(*store_, *ledger_,
                      key_id_.empty() && store_->identity ? store_->identity->key_id() : key_id_);
  if (!belong.ok()) {
    Wrong(std::string(belong.message()), "The server will not start until that is so.");
    return;
  }
  const std::string restored = WhyRestored(*store_, *ledger_);
  if (restored.empty()) {
    Well("The store is the one that the ledger knows.");
    return;
  }
  uint64_t lacking = 0;
  if (ledger_->witness && ledger_->witness->epoch() == store_->epoch()) {
    for (const disk::TenantSeq& seen : ledger_->witness->heads()) {
      const auto head = store_->heads.find(seen.tenant());
      const uint64_t has = head == store_->heads.end() ? 0 : head->second;
      if (seen.seq() > has) lacking += seen.seq() - has;
    }
  }
  Note(absl::StrCat("The store is a restored one: ", restored, ".",
                    lacking == 0 ? "" : absl::StrCat(" It lacks at least ", Groups(lacking), ".")),
       "Start halftermd: it begins a new epoch and tablets bring back what they keep.");
}

std::vector<std::string> Examination::Folders() const {
  if (!wish_.folder.empty()) return {wish_.folder};
  std::set<std::string> folders;
  if (ledger_) {
    for (const disk::BackupRow& backup : ledger_->backups) folders.insert(backup.folder());
  }
  return {folders.begin(), folders.end()};
}

void Examination::LookAtBackups(const std::string& folder) {
  const absl::StatusOr<std::vector<disk::BackupRow>> counted = CountedBackups(folder);
  if (!counted.ok() || counted->empty()) {
    Wrong(counted.ok() ? absl::StrCat("No backup in ", folder, " was ever verified to its end.")
                       : std::string(counted.status().message()),
          "Run `halfterm backup`, each night from a timer.");
    return;
  }
  struct stat data {
  }, backups{};
  if (stat(wish_.data.c_str(), &data) == 0 && stat(folder.c_str(), &backups) == 0 &&
      data.st_dev == backups.st_dev) {
    Note(absl::StrCat(folder, " is on the same disk as the store."),
         "A backup belongs on another disk, best in another building.");
  }
  if (const int64_t age_ms = wish_.now_ms - counted->back().verified_ms(); age_ms > kOldMs) {
    Wrong(absl::StrCat("The newest backup in ", folder, " is ", age_ms / 86'400'000, " days old."),
          "Run `halfterm backup` now, and look why the timer did not.");
  }
  for (const disk::BackupRow& backup : *counted) LookAtGeneration(folder, backup);
}

void Examination::LookAtGeneration(const std::string& folder, const disk::BackupRow& backup) {
  const std::string name = absl::StrCat("Generation ", backup.generation(), " in ", folder,
                                        ", verified ", Moment(backup.verified_ms()));
  if (store_ && store_->identity && backup.store() != store_->identity->store()) {
    Wrong(absl::StrCat(name, ", is of another store."), "Name the folder of this store's backups.");
    return;
  }
  if (!key_id_.empty() && backup.key_id() != key_id_) {
    Wrong(absl::StrCat(name, ", was made with other keys than these."),
          "Before it is restored, put back the keys that were kept for it.");
  }
  if (!store_ || !ledger_) {
    Note(absl::StrCat(name, ": can be restored."));
    return;
  }
  // What it lacks is kept by tablets, but for what they have let go of as durable.
  disk::EpochsRow epochs = store_->epochs;
  uint64_t behind = 0, let_go = 0;
  for (const auto& [tenant, seq] : store_->heads) {
    uint64_t has = 0;
    for (const disk::TenantSeq& head : backup.heads()) {
      if (head.tenant() == tenant) has = head.seq();
    }
    has = std::min(has, SharedSeq(epochs, backup.epoch(), Tenant(tenant)));
    const uint64_t durable = DurableSeq(ledger_->backups, epochs, Tenant(tenant));
    if (seq > has) behind += seq - has;
    if (durable > has) let_go += durable - has;
  }
  if (let_go > 0) {
    Note(absl::StrCat(
             name, ": restoring it would lack ", Groups(behind), "; of these ", let_go,
             " are old enough that tablets may have let go of them as own work, and would come "
             "back only as far as somebody's tablet holds their pages."),
         "Prefer a newer generation.");
  } else if (behind == 0) {
    Well(absl::StrCat(name, ": restoring it would lack nothing."));
  } else {
    Well(absl::StrCat(name, ": restoring it would lack ", Groups(behind),
                      ", all of which tablets still keep."));
  }
}

void Examination::SayWhatIsDurable() {
  if (!store_ || !ledger_) return;
  const size_t missing = ledger_->missing.size(), there = ledger_->backups.size();
  if (missing > 0) {
    Note(absl::StrCat(missing, missing == 1 ? " verified backup was" : " verified backups were",
                      " not found when the newest one was made."),
         "They count again when a backup is made while their folder is there.");
  }
  if (there < 2) {
    Wrong(there == 0 ? "There is no verified backup." : "There is only one verified backup.",
          "Run `halfterm backup`: only what is in two of them counts as durable, and tablets keep "
          "all "
          "else.");
    return;
  }
  uint64_t all = 0, durable = 0;
  for (const auto& [tenant, seq] : store_->heads) {
    all += seq;
    durable += std::min(seq, DurableSeq(ledger_->backups, store_->epochs, Tenant(tenant)));
  }
  Well(absl::StrCat(Groups(durable), " of ", all,
                    " are in two verified backups; tablets keep the others."));
}

}  // namespace

absl::StatusOr<std::vector<Finding>> Examine(const DoctorWish& wish) {
  std::error_code error;
  if (!fs::is_directory(wish.data, error)) {
    return absl::NotFoundError(absl::StrCat("there is no directory ", wish.data));
  }
  return Examination(wish).Run();
}

}  // namespace halfterm::storage
