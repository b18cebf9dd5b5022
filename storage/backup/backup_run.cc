#include "storage/backup/backup_run.h"

#include <fcntl.h>
#include <google/protobuf/util/json_util.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/backup/history.h"
#include "storage/rocks/rocks_backup.h"
#include "storage/verify/verifier.h"

namespace halfterm::storage {
namespace {

namespace fs = std::filesystem;

std::string CountedFile(const std::string& folder, uint32_t generation) {
  return absl::StrCat(folder, "/counted/", generation, ".json");
}

bool SyncFolder(const fs::path& folder) {
  const int opened = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool is_synced = opened >= 0 && fsync(opened) == 0;
  const int why = errno;
  if (opened >= 0) close(opened);
  errno = why;
  return is_synced;
}

// Under its name only when it is whole and durable. ResourceExhausted: the disk is full.
absl::Status WriteWhole(const std::string& path, const std::string& text) {
  const std::string part = path + ".part";
  const int file = open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  bool done =
      file >= 0 && write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  done = done && fsync(file) == 0;
  if (file >= 0) done = close(file) == 0 && done;
  done = done && std::rename(part.c_str(), path.c_str()) == 0;
  // The folder's own name too: it is new with the first of them.
  for (const fs::path& folder :
       {fs::path(path).parent_path(), fs::path(path).parent_path().parent_path()}) {
    done = done && SyncFolder(folder);
  }
  const int why = errno;
  if (done) return absl::OkStatus();
  std::remove(part.c_str());
  const std::string text_of_it = absl::StrCat("cannot write ", path, ": ", std::strerror(why));
  return why == ENOSPC || why == EFBIG ? absl::ResourceExhaustedError(text_of_it)
                                       : absl::UnavailableError(text_of_it);
}

absl::Status CheckFolder(const BackupWish& wish) {
  const fs::path folder(wish.folder);
  if (!folder.is_absolute()) {
    return absl::InvalidArgumentError("the folder's path must begin with /");
  }
  std::error_code error;
  const fs::path data = fs::weakly_canonical(wish.data, error);
  const fs::path there = fs::weakly_canonical(folder, error);
  const auto [end, rest] = std::mismatch(data.begin(), data.end(), there.begin(), there.end());
  if (end == data.end()) {
    return absl::FailedPreconditionError(absl::StrCat(
        wish.folder, " is within the data directory; a backup belongs on another disk"));
  }
  return absl::OkStatus();
}

absl::Status CheckIsOurs(const std::string& folder, const std::string& store) {
  const absl::StatusOr<std::vector<disk::BackupRow>> counted = CountedBackups(folder);
  if (absl::IsNotFound(counted.status())) return absl::OkStatus();
  if (!counted.ok()) return counted.status();
  for (const disk::BackupRow& backup : *counted) {
    if (backup.store() != store) {
      return absl::FailedPreconditionError(
          absl::StrCat(folder, " holds the backups of another store; name a folder of its own"));
    }
  }
  return absl::OkStatus();
}

// What a copy says of itself.
absl::StatusOr<disk::BackupRow> Describe(const std::string& folder, uint32_t generation,
                                         const Engine& copy) {
  const absl::StatusOr<StoreFacts> facts = ReadStore(copy);
  if (!facts.ok()) return facts.status();
  if (!facts->identity || facts->is_empty()) {
    return absl::DataLossError(absl::StrCat("generation ", generation, " in ", folder,
                                            " does not say which store it is of"));
  }
  disk::BackupRow row;
  row.set_generation(generation);
  row.set_folder(folder);
  row.set_epoch(facts->epoch());
  row.set_store(facts->identity->store());
  row.set_key_id(facts->identity->key_id());
  row.set_format(facts->identity->format());
  for (const auto& [tenant, seq] : facts->heads) {
    disk::TenantSeq& head = *row.add_heads();
    head.set_tenant(tenant);
    head.set_seq(seq);
  }
  return row;
}

// Looks for every backup that is on the ledger, in whichever folder.
absl::Status LookForThem(Ledger& ledger) {
  std::map<std::string, std::set<uint32_t>> found;
  return ledger.NoteWhichAreThere([&found](const disk::BackupRow& backup) {
    const auto [folder, is_new] = found.try_emplace(backup.folder());
    const absl::StatusOr<std::vector<disk::BackupRow>> counted =
        is_new ? CountedBackups(backup.folder()) : std::vector<disk::BackupRow>();
    // In a folder that cannot be read there are none.
    for (size_t i = 0; counted.ok() && i < counted->size(); ++i) {
      folder->second.insert((*counted)[i].generation());
    }
    return folder->second.count(backup.generation()) > 0;
  });
}

// All but the newest `keep`, those that do not count among them.
absl::Status RemoveOld(const std::string& folder, uint32_t keep, Ledger& ledger) {
  const absl::StatusOr<std::vector<BackupInfo>> all = ListBackups(folder);
  const absl::StatusOr<std::vector<disk::BackupRow>> counted = CountedBackups(folder);
  if (!all.ok()) return all.status();
  if (!counted.ok()) return counted.status();
  std::vector<uint32_t> kept;
  for (auto backup = counted->rbegin(); backup != counted->rend() && kept.size() < keep; ++backup) {
    kept.push_back(backup->generation());
  }
  // First it is known that they go; then they do.
  if (const absl::Status forgot = ledger.ForgetBackups(folder, kept); !forgot.ok()) return forgot;
  for (const BackupInfo& backup : *all) {
    const bool is_older = kept.size() == keep && backup.generation < kept.back();
    if (!is_older) continue;
    std::error_code error;
    fs::remove(CountedFile(folder, backup.generation), error);
    const absl::Status deleted = DeleteBackup(folder, backup.generation);
    if (!deleted.ok()) return deleted;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status VerifyBackup(const std::string& folder, uint32_t generation, const Secrets* secrets,
                          const BackupProgress& progress) {
  if (const absl::Status files = CheckBackupFiles(folder, generation); !files.ok()) return files;
  const absl::StatusOr<std::unique_ptr<Engine>> copy = OpenBackup(folder, generation);
  if (!copy.ok()) return copy.status();
  v1::VerifyReply last;
  const absl::Status verified = Verify(
      **copy, v1::VerifyRequest(),
      [&](const v1::VerifyReply& reply) {
        last = reply;
        return progress(reply);
      },
      secrets);
  if (!verified.ok()) return verified;
  if (last.difference_count() == 0) return absl::OkStatus();
  const v1::Difference& first = last.differences(0);
  return absl::DataLossError(
      absl::StrCat("generation ", generation, " in ", folder, " differs from its recomputation in ",
                   last.difference_count(), " places; the first is the ", first.what(), " ",
                   first.where(), ". It does not count; run `halfterm verify` on the server"));
}

absl::StatusOr<disk::BackupRow> MakeBackup(Engine& store, Ledger& ledger, const Epochs& epochs,
                                           const Secrets& secrets, const Clock& clock,
                                           const BackupWish& wish, const BackupProgress& progress) {
  if (const absl::Status checked = CheckFolder(wish); !checked.ok()) return checked;
  const auto lock = BackupLock::Take(wish.folder);
  if (!lock.ok()) return lock.status();
  const LedgerFacts known = ledger.facts();
  const std::string ours = known.identity ? known.identity->store() : "";
  if (const absl::Status own = CheckIsOurs(wish.folder, ours); !own.ok()) return own;

  const absl::StatusOr<uint32_t> generation = store.BackUpTo(wish.folder);
  if (!generation.ok()) return generation.status();
  const absl::Status verified = VerifyBackup(wish.folder, *generation, &secrets, progress);
  if (absl::IsCancelled(verified)) DeleteBackup(wish.folder, *generation).IgnoreError();
  if (!verified.ok()) return verified;

  absl::StatusOr<disk::BackupRow> made = absl::InternalError("");
  {
    const absl::StatusOr<std::unique_ptr<Engine>> copy = OpenBackup(wish.folder, *generation);
    if (!copy.ok()) return copy.status();
    made = Describe(wish.folder, *generation, **copy);
    if (!made.ok()) return made.status();
  }
  made->set_verified_ms(clock.NowMs());
  const absl::StatusOr<std::vector<BackupInfo>> all = ListBackups(wish.folder);
  if (!all.ok()) return all.status();
  for (const BackupInfo& info : *all) {
    if (info.generation == *generation) made->set_bytes(info.bytes);
  }
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(*made, &text).ok()) {
    return absl::InternalError("a backup could not be described");
  }
  std::error_code error;
  fs::create_directory(wish.folder + "/counted", error);
  const absl::Status counted = WriteWhole(CountedFile(wish.folder, *generation), text + "\n");
  if (!counted.ok()) return counted;
  if (const absl::Status noted = ledger.NoteBackup(*made, epochs.row()); !noted.ok()) return noted;
  const uint32_t keep = wish.keep == 0 ? kBackupsKept : std::max<uint32_t>(wish.keep, 2);
  if (const absl::Status removed = RemoveOld(wish.folder, keep, ledger); !removed.ok()) {
    return removed;
  }
  if (const absl::Status looked = LookForThem(ledger); !looked.ok()) return looked;
  return made;
}

absl::StatusOr<std::vector<disk::BackupRow>> CountedBackups(const std::string& folder) {
  const absl::StatusOr<std::vector<BackupInfo>> all = ListBackups(folder);
  if (!all.ok()) return all.status();
  std::vector<disk::BackupRow> counted;
  for (const BackupInfo& info : *all) {
    std::ifstream file(CountedFile(folder, info.generation), std::ios::binary);
    if (!file) continue;
    const std::string text((std::istreambuf_iterator<char>(file)),
                           std::istreambuf_iterator<char>());
    disk::BackupRow row;
    // A newer program may say more; that its backup is of a newer format must still be read.
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = true;
    if (!google::protobuf::util::JsonStringToMessage(text, &row, options).ok() ||
        row.generation() != info.generation) {
      continue;  // As good as not there: such a backup does not count.
    }
    row.set_folder(folder);  // The disk may be mounted elsewhere by now.
    counted.push_back(std::move(row));
  }
  return counted;
}

}  // namespace halfterm::storage
