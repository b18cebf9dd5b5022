// The account of everything that was pushed, and what of it waits for somebody.
//
// The four counts come from the log's head, the number pushed from the stores' chains; what waits
// is read from the index of kept groups, oldest first. Content goes to its author alone.

#ifndef HALFTERM_STORAGE_KEEPING_KEEPING_READER_H_
#define HALFTERM_STORAGE_KEEPING_KEEPING_READER_H_
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "halfterm/v1/disposition.pb.h"
#include "storage/caller.h"
#include "storage/directory/directories.h"
#include "storage/engine.h"

namespace halfterm::storage {

// Whether somebody may see the counts: a live ADMIN or DPO, anywhere in the school. Pure.
bool MaySeeCounts(const core::Id16& person, const sync::Directory& directory);

// The counts of one school; for the administration port, which knows no callers.
absl::StatusOr<v1::CountsReply> CountsOf(const Snapshot& snapshot, Tenant tenant);

// Safe to call from any thread. Errors of the calls are those of the proto, and the engine's.
class KeepingReader {
 public:
  // Both must outlive the reader.
  KeepingReader(const Engine& engine, const Directories& directories)
      : engine_(engine), directories_(directories) {}

  absl::StatusOr<v1::CountsReply> Counts(const Caller& caller, const v1::CountsRequest&) const;
  absl::StatusOr<v1::KeptReply> Kept(const Caller& caller, const v1::KeptRequest& request) const;
  absl::StatusOr<v1::OwnReply> Own(const Caller& caller, const v1::OwnRequest& request) const;

 private:
  const Engine& engine_;
  const Directories& directories_;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_KEEPING_KEEPING_READER_H_
