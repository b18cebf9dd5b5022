// The open doors that somebody may come to, and their own.

#ifndef HALFTERM_STORAGE_DOORS_DOOR_LIST_H_
#define HALFTERM_STORAGE_DOORS_DOOR_LIST_H_
#include "absl/status/statusor.h"
#include "halfterm/v1/open_doors.pb.h"
#include "storage/caller.h"
#include "storage/clock.h"
#include "storage/directory/directories.h"
#include "storage/engine.h"

namespace halfterm::storage {

// Safe to call from any thread. Blocks on the disk.
class DoorList {
 public:
  // All must outlive the list.
  DoorList(const Engine& engine, const Directories& directories, const Clock& clock)
      : engine_(engine), directories_(directories), clock_(clock) {}

  // NotFound: the caller is no member of staff of a site.
  absl::StatusOr<v1::ListDoorsReply> List(const Caller& caller,
                                          const v1::ListDoorsRequest& request) const;

 private:
  const Engine& engine_;
  const Directories& directories_;
  const Clock& clock_;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_DOORS_DOOR_LIST_H_
