#include "storage/backup/restore.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/backup/backup_run.h"
#include "storage/backup/history.h"
#include "storage/backup/ledger.h"
#include "storage/commit/secrets.h"
#include "storage/rocks/rocks_backup.h"
#include "storage/rocks/rocks_engine.h"
#include "storage/rocks/store_directory.h"

namespace halfterm::storage {
namespace {

namespace fs = std::filesystem;

// What a restored store needs to begin working, beside its own bytes.
constexpr uint64_t kRoomToWork = uint64_t{64} << 20;

absl::Status System(absl::string_view doing, const std::string& path) {
  return absl::UnavailableError(
      absl::StrCat("cannot ", doing, " ", path, ": ", std::strerror(errno)));
}

absl::Status SyncDirectory(const std::string& directory) {
  const int opened = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = opened >= 0 && fsync(opened) == 0;
  const absl::Status status = synced ? absl::OkStatus() : System("sync", directory);
  if (opened >= 0) close(opened);
  return status;
}

absl::StatusOr<disk::BackupRow> Choose(const RestoreWish& wish) {
  const absl::StatusOr<std::vector<disk::BackupRow>> counted = CountedBackups(wish.folder);
  if (!counted.ok()) return counted.status();
  if (counted->empty()) {
    return absl::NotFoundError(
        absl::StrCat("no backup in ", wish.folder, " was ever verified to its end"));
  }
  if (wish.generation == 0) return counted->back();
  for (const disk::BackupRow& backup : *counted) {
    if (backup.generation() == wish.generation) return backup;
  }
  const absl::StatusOr<std::vector<BackupInfo>> all = ListBackups(wish.folder);
  if (!all.ok()) return all.status();
  for (const BackupInfo& info : *all) {
    if (info.generation != wish.generation) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "generation ", wish.generation, " was never verified to its end; choose another one"));
  }
  return absl::NotFoundError(absl::StrCat("there is no generation ", wish.generation, " in ",
                                          wish.folder, "; it has ", counted->front().generation(),
                                          " to ", counted->back().generation()));
}

absl::Status CheckBelongs(const disk::BackupRow& backup, const std::string& key_id,
                          const LedgerFacts& ledger) {
  if (backup.format() > kStoreFormat) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the backup is of format ", backup.format(), ", this program knows formats up to ",
        kStoreFormat, "; use the newer halfterm that made it"));
  }
  if (backup.key_id() != key_id) {
    return absl::FailedPreconditionError(
        "keys/receipt.key is not the key of this backup; put back the keys that were kept for it. "
        "With another key nothing that tablets hold could come back");
  }
  if (ledger.identity && ledger.identity->store() != backup.store()) {
    return absl::FailedPreconditionError(
        "the backup is of another store than the one that was here; name its own folder, or an "
        "empty "
        "data directory that holds nothing but its keys");
  }
  return absl::OkStatus();
}

absl::Status CheckRoom(const std::string& data, uint64_t bytes) {
  const absl::StatusOr<uint64_t> free_bytes = FreeBytesUnder(data);
  if (!free_bytes.ok()) return free_bytes.status();
  if (*free_bytes >= bytes + kRoomToWork) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("the backup needs ", (bytes + kRoomToWork) >> 20,
                   " MiB beside what is there, and the disk under ", data, " has ",
                   *free_bytes >> 20, "; make room, or move the data directory to a larger disk"));
}

// The copy opens, and is what it was said to be.
absl::Status CheckCopy(const std::string& directory, const disk::BackupRow& backup) {
  RocksEngineOptions options;
  options.directory = directory;
  options.may_create = false;
  absl::StatusOr<std::unique_ptr<Engine>> copy = OpenRocksEngine(options);
  if (!copy.ok()) return copy.status();
  const absl::StatusOr<StoreFacts> facts = ReadStore(**copy);
  if (!facts.ok()) return facts.status();
  const absl::Status closed = (*copy)->Close();
  if (!closed.ok()) return closed;
  bool same = facts->epoch() == backup.epoch() && facts->identity &&
              facts->identity->store() == backup.store();
  for (const disk::TenantSeq& head : backup.heads()) {
    const auto found = facts->heads.find(head.tenant());
    same = same && found != facts->heads.end() && found->second == head.seq();
  }
  if (same) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("generation ", backup.generation(),
                                          " is not what it was when it was verified; use another"));
}

// A name for the old store that nothing has yet.
std::string NameForOld(const std::string& store, int64_t now_ms) {
  std::error_code error;
  const std::string first = absl::StrCat(store, ".before-", now_ms / 1000);
  std::string name = first;
  for (int n = 2; fs::exists(fs::symlink_status(name, error)); ++n) {
    name = absl::StrCat(first, "-", n);
  }
  return name;
}

absl::Status CannotExchange(const std::string& store) {
  if (errno != EINVAL && errno != ENOSYS) return System("exchange", store);
  return absl::UnavailableError(absl::StrCat(
      "the file system of ", store, " cannot exchange two directories in one step; move ", store,
      " aside yourself, and run the same command again"));
}

// `fresh` takes the place of `store`, and what was there is then in the returned directory.
absl::StatusOr<std::string> Exchange(const RestoreWish& wish, const std::string& fresh,
                                     const std::string& store, int64_t now_ms) {
  const auto before = [&](absl::string_view step) {
    if (wish.before_step) wish.before_step(step);
  };
  std::error_code error;
  if (!fs::exists(store, error)) {
    before("put in place");
    if (std::rename(fresh.c_str(), store.c_str()) != 0) return System("rename", fresh);
    before("sync the place");
    if (const absl::Status synced = SyncDirectory(wish.data); !synced.ok()) return synced;
    return std::string();
  }
  // The copy has this name for a moment; from the exchange on the old store has it.
  const std::string old = NameForOld(store, now_ms);
  before("name the copy");
  if (std::rename(fresh.c_str(), old.c_str()) != 0) return System("rename", fresh);
  before("sync the name");
  if (const absl::Status synced = SyncDirectory(wish.data); !synced.ok()) return synced;
  before("exchange");
  if (renameat2(AT_FDCWD, old.c_str(), AT_FDCWD, store.c_str(), RENAME_EXCHANGE) != 0) {
    const absl::Status failed = CannotExchange(store);
    std::rename(old.c_str(), fresh.c_str());  // It is a copy: the next restore clears it away.
    return failed;
  }
  before("sync the exchange");
  if (const absl::Status synced = SyncDirectory(wish.data); !synced.ok()) return synced;
  return old;
}

}  // namespace

std::string StorePath(const std::string& data) { return data + "/store"; }
std::string LedgerPath(const std::string& data) { return data + "/ledger"; }

absl::StatusOr<Restored> RestoreStore(const RestoreWish& wish, const Clock& clock) {
  std::error_code error;
  if (!fs::is_directory(wish.data, error)) {
    return absl::NotFoundError(
        absl::StrCat(wish.data, " is not there; on a new machine make it, and put the keys into ",
                     wish.data, "/keys"));
  }
  const absl::StatusOr<Secrets> secrets = Secrets::Open(wish.data, /*store_exists=*/true);
  if (!secrets.ok()) return secrets.status();
  const absl::StatusOr<disk::BackupRow> from = Choose(wish);
  if (!from.ok()) return from.status();

  // Opening the ledger is also what says whether the server runs: it holds the ledger while it
  // does.
  RocksEngineOptions options;
  options.directory = LedgerPath(wish.data);
  options.low_space_bytes = 0;
  absl::StatusOr<std::unique_ptr<Engine>> engine = OpenRocksEngine(options);
  if (absl::IsFailedPrecondition(engine.status())) {
    return absl::FailedPreconditionError(
        absl::StrCat("halftermd runs on ", wish.data, "; stop it first"));
  }
  if (!engine.ok()) return engine.status();
  const absl::StatusOr<std::unique_ptr<Ledger>> ledger = Ledger::Open(**engine);
  if (!ledger.ok()) return ledger.status();
  const absl::Status belongs = CheckBelongs(*from, secrets->KeyId(), (*ledger)->facts());
  if (!belongs.ok()) return belongs;

  const std::string store = StorePath(wish.data);
  const std::string fresh = store + ".restoring";
  const auto before = [&](absl::string_view step) {
    if (wish.before_step) wish.before_step(step);
  };
  before("clear away");
  fs::remove_all(fresh,
                 error);  // Of a restore that was interrupted: a copy, and never anything else.
  if (const absl::Status room = CheckRoom(wish.data, from->bytes()); !room.ok()) return room;
  before("copy");
  absl::Status copied = CheckBackupFiles(wish.folder, from->generation());
  if (copied.ok()) copied = CopyBackupTo(wish.folder, from->generation(), fresh);
  if (copied.ok()) copied = CheckCopy(fresh, *from);
  if (copied.ok()) {
    before("note");
    disk::RestoreMarkRow mark;
    mark.set_folder(wish.folder);
    mark.set_generation(from->generation());
    mark.set_restored_ms(clock.NowMs());
    copied = (*ledger)->NoteRestore(mark, /*store_was_there=*/fs::exists(store, error));
  }
  if (!copied.ok()) {
    fs::remove_all(fresh, error);
    return copied;
  }
  absl::StatusOr<std::string> old = Exchange(wish, fresh, store, clock.NowMs());
  if (!old.ok()) return old.status();
  before("end");
  const absl::Status closed = (*engine)->Close();
  if (!closed.ok()) return closed;
  return Restored{*from, *std::move(old)};
}

}  // namespace halfterm::storage
