// Ordered bytes to bytes, in six families, with all-or-nothing durable commits.
//
// An engine knows nothing of schools, records or people. What it holds changes by one call only,
// Commit(), and that call returns after the bytes are on disk: an edit that we acknowledge is
// deleted from its tablet. There is no unsynced commit, and no read-modify-write inside the engine:
// one committer thread decides, and hands over the rows as they shall be.
//
// Implementations: rocks/rocks_engine.h (inside the server's process). engine_conformance.h is what
// each must do.

#ifndef HALFTERM_STORAGE_ENGINE_H_
#define HALFTERM_STORAGE_ENGINE_H_
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace halfterm::storage {

// Key spaces of their own; a commit is atomic across all of them. keys.h says what lies where. The
// numbers are not on disk, the names (FamilyName) are.
enum class Family : uint8_t { kState, kLog, kFeed, kDerived, kMeta, kErased };

constexpr std::array<Family, 6> kFamilies = {Family::kState,   Family::kLog,  Family::kFeed,
                                             Family::kDerived, Family::kMeta, Family::kErased};

// "state", "log", "feed", "derived", "meta", "erased".
absl::string_view FamilyName(Family family);

// The writes of one commit, in order: a later write to the same key replaces an earlier one.
//
// All bytes lie in one arena, so that filling a set of 2,000 rows allocates a few times, not 4,000.
// Not safe for use by two threads at once.
class WriteSet {
 public:
  // A view into the set, valid until the set is changed.
  struct Write {
    Family family;
    bool is_delete;
    absl::string_view key;
    absl::string_view value;  // Empty for a delete.
    bool is_new;              // PutNew wrote it.
  };

  // Any bytes, also none, are a key or a value. In all less than 4 GiB.
  void Put(Family family, absl::string_view key, absl::string_view value);

  // The same, of a row that whoever writes knows not to be there. An engine may be quicker by that;
  // where the row is there after all, it is replaced as by Put.
  void PutNew(Family family, absl::string_view key, absl::string_view value);

  // Deleting what is not there is no error.
  void Delete(Family family, absl::string_view key);

  // Number of writes.
  size_t Count() const { return entries_.size(); }
  bool Empty() const { return entries_.empty(); }
  // Bytes of all keys and values.
  size_t ByteSize() const { return bytes_.size(); }
  // In the order of their making; index < Count().
  Write At(size_t index) const;

  // Empties the set and keeps its memory for the next commit.
  void Clear();

 private:
  struct Entry {
    Family family;
    bool is_delete, is_new;
    uint32_t key_at, key_bytes, value_bytes;  // The value follows its key in bytes_.
  };
  std::string bytes_;
  std::vector<Entry> entries_;
};

// Walks the rows of one family in the order of their keys (bytewise, unsigned, a prefix first),
// within the bounds it was made with. Stands at the first row when made.
//
//   for (auto cursor = snapshot->NewCursor(family, begin, end); cursor->Valid(); cursor->Next())
//   ... if (!cursor->status().ok()) ...   // Else a read error looks like the end.
//
// For one thread at a time. Must not outlive its snapshot.
class Cursor {
 public:
  virtual ~Cursor() = default;

  // To the first row whose key is `key` or after it; a key before the bounds means their begin.
  virtual void Seek(absl::string_view key) = 0;

  // False at the end, and after an error.
  virtual bool Valid() const = 0;

  // The three below ask for Valid(). The views last until the next Seek or Next.
  virtual void Next() = 0;
  virtual absl::string_view key() const = 0;
  virtual absl::string_view value() const = 0;

  // OK at the end. DataLoss: bytes on disk are damaged. Unavailable: the engine cannot read.
  virtual absl::Status status() const = 0;
};

// Everything as it was at one moment, between two commits; later commits do not show in it.
//
// Pins old versions of rows on disk: release it within 30 seconds, and page longer work. For one
// thread at a time. Must not outlive its engine.
class Snapshot {
 public:
  virtual ~Snapshot() = default;

  // NotFound (without a message: a miss is common, and must be cheap): no such key.
  // DataLoss, Unavailable: as Cursor::status().
  virtual absl::StatusOr<std::string> Get(Family family, absl::string_view key) const = 0;

  // One answer a key, in the order of `keys`, each as Get would give it. Cheaper than as many Gets,
  // most of all when the keys are ascending.
  virtual std::vector<absl::StatusOr<std::string>> MultiGet(
      Family family, absl::Span<const std::string> keys) const = 0;

  // Rows with begin <= key < end; an empty `end` is no bound. Never null.
  virtual std::unique_ptr<Cursor> NewCursor(Family family, absl::string_view begin,
                                            absl::string_view end) const = 0;
};

// What an engine uses and how it fares. What an engine cannot know stays 0.
struct EngineStats {
  uint64_t block_cache_bytes = 0;  // Blocks, indexes and filters held in memory.
  uint64_t memtable_bytes = 0;     // Rows not yet in a table file.
  uint64_t table_bytes = 0;        // On disk, live.
  uint64_t table_files = 0;
  uint64_t free_bytes = 0;         // On the disk: what the low-space gate compares with its mark.
  uint64_t stall_micros = 0;       // Since opening: time that commits waited for compaction.
  uint64_t commits = 0;            // Since opening; OK only.
  uint64_t committed_bytes = 0;    // Keys and values of those.
  uint64_t refused_for_space = 0;  // Commits that the low-space gate turned away.
  bool failed = false;             // No commit will succeed in this process any more.
};

// Safe to call from any thread, except that Commit is called by one thread, and Close by that one
// after the last reader has gone.
class Engine {
 public:
  virtual ~Engine() = default;

  // The newest committed value. Errors as Snapshot's.
  virtual absl::StatusOr<std::string> Get(Family family, absl::string_view key) const = 0;
  // Not a consistent view: a commit may fall between two of the keys. Take a snapshot for that.
  virtual std::vector<absl::StatusOr<std::string>> MultiGet(
      Family family, absl::Span<const std::string> keys) const = 0;

  // Never null; where no view can be had, its reads say why.
  virtual std::unique_ptr<Snapshot> NewSnapshot() const = 0;

  // Makes all the writes durable and then visible, or none. An empty set is OK and costs nothing.
  //
  // ResourceExhausted: the disk is below the low-space mark. Nothing was written; reads go on, and
  // a
  //   later try may succeed.
  // Unavailable: the engine failed, now or earlier. Whether this set is durable shows only after
  //   reopening, so nothing may be acknowledged; every later commit answers the same. Leave the
  //   process.
  // Aborted: another server has taken this one's place as the writer (engines that several servers
  //   share). Nothing was written, and nothing ever will be from here.
  // FailedPrecondition: the engine is closed.
  virtual absl::Status Commit(const WriteSet& writes) = 0;

  // About what the rows with begin <= key < end take on disk; an empty `end` is no bound. Rows that
  // were committed lately may be missing from it.
  virtual uint64_t ApproximateBytes(Family family, absl::string_view begin,
                                    absl::string_view end) const = 0;

  virtual EngineStats Stats() const = 0;

  // Rewrites the rows of a range, so that what was deleted there is gone from the disk and not
  // merely hidden (erasure asks for this). May take minutes; commits and reads go on meanwhile.
  virtual absl::Status CompactRange(Family family, absl::string_view begin,
                                    absl::string_view end) = 0;

  // Adds a copy of everything that is committed to a folder of backups, sharing with earlier ones
  // what did not change, and gives its number there. Commits go on meanwhile; those that end during
  // the call may be in it or not. For one caller at a time, who holds the folder's lock
  // (rocks/rocks_backup.h).
  //
  // ResourceExhausted: the folder's disk is full. Unavailable: the folder cannot be written.
  // Nothing of this copy then stays. Unimplemented: the engine's data are backed up by other means.
  virtual absl::StatusOr<uint32_t> BackUpTo(const std::string& folder);

  // Releases the files and the lock on them. Snapshots must be gone. A second call is OK. The
  // destructor closes too; only this call says what went wrong.
  virtual absl::Status Close() = 0;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ENGINE_H_
