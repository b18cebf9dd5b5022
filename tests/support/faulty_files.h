// A disk that loses power, fails to sync, and fills up: RocksDB's files on a real folder, with what
// a machine may do to them.
//
// Only what was synced outlives a power cut, and a file only if the folder was synced after it was
// made. Of the rest the disk keeps what it likes: of a file so many bytes, or with `tears` some
// pages and not others; of a folder so many changes, in their order, as journaling file systems do.
// A test that finds its rows after thousands of such cuts has shown that something was synced
// before it was acknowledged, and in the right order.

#ifndef HALFTERM_TESTS_SUPPORT_FAULTY_FILES_H_
#define HALFTERM_TESTS_SUPPORT_FAULTY_FILES_H_
#include <cstdint>
#include <memory>
#include <random>

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace halfterm::testing {

// Safe to use from any thread.
class FaultyFiles {
 public:
  // Which writes, syncs, new names and deletions are counted.
  enum class Counted { kAll, kWriteAheadLog };

  FaultyFiles();
  ~FaultyFiles();
  FaultyFiles(const FaultyFiles&) = delete;
  FaultyFiles& operator=(const FaultyFiles&) = delete;

  // For RocksEngineOptions.
  rocksdb::Env* env();

  // The power goes before the change that comes after so many; from then on nothing changes any
  // more, and everything that tries is told of an I/O error.
  void CutPowerAfter(uint64_t changes, Counted counted);
  void CutPowerNow();
  void LeavePowerOn();  // Takes CutPowerAfter back.
  bool is_off() const;

  // What the cut did to the files.
  struct Damage {
    uint64_t lost_bytes = 0;  // Written, and never synced.
    uint64_t torn_pages = 0;  // Of unsynced bytes: zeros or noise where something was written.
    uint64_t lost_names = 0;  // Files made or renamed, in a folder that was not synced since.
    uint64_t back_again = 0;  // Files that were deleted, and are there again.
  };
  // Once everything that used the files is closed. `tears`: of what was on its way to the disk some
  // pages are there and others are not, instead of the first so many bytes.
  Damage PowerOn(std::mt19937_64& random, bool tears = false);
  // Cuts the files that were torn back to what was synced of them, as an administrator would whom
  // the store told that the end of its log is damaged.
  void CutBackTornFiles();

  // The sync after so many fails, once, and what it should have synced is not on the disk: a kernel
  // forgets the pages, and the next sync of the same file says that all is well.
  void FailSyncAfter(uint64_t syncs);
  bool has_failed_a_sync() const;

  // So many bytes can still be written; then the disk is full. Deleting gives nothing back.
  void SetSpace(uint64_t bytes);
  void SetSpaceUnbounded();
  uint64_t refused_for_space() const;

  uint64_t changes() const;  // So far, of all files.
  uint64_t syncs() const;

 private:
  class Files;
  std::shared_ptr<Files> files_;
  std::unique_ptr<rocksdb::Env> env_;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_FAULTY_FILES_H_
