#include "storage/backup/copy_ledger.h"

#include <memory>

#include "absl/status/status.h"

namespace halfterm::storage {
namespace {

constexpr size_t kCommitBytes = size_t{1} << 20;
constexpr char kIdentity[] = "i";  // As ledger.h lists it.

}  // namespace

absl::StatusOr<uint64_t> CopyLedger(const Engine& from, Engine& to) {
  const absl::Status used = to.Get(Family::kMeta, kIdentity).status();
  if (used.ok()) return 0;
  if (!absl::IsNotFound(used)) return used;
  const std::unique_ptr<Snapshot> rows = from.NewSnapshot();
  uint64_t copied = 0;
  WriteSet writes, last;
  const auto flush = [&] {
    const absl::Status written = to.Commit(writes);
    writes.Clear();
    return written;
  };
  for (const Family family : kFamilies) {
    const auto row = rows->NewCursor(family, "", "");
    for (; row->Valid(); row->Next(), ++copied) {
      const bool is_identity = family == Family::kMeta && row->key() == kIdentity;
      (is_identity ? last : writes).Put(family, row->key(), row->value());
      if (writes.ByteSize() < kCommitBytes) continue;
      if (absl::Status written = flush(); !written.ok()) return written;
    }
    if (!row->status().ok()) return row->status();
  }
  if (absl::Status written = flush(); !written.ok()) return written;
  if (absl::Status written = to.Commit(last); !written.ok()) return written;
  return copied;
}

}  // namespace halfterm::storage
