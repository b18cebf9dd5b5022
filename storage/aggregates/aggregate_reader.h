// Frozen figures, as people may read them who may not read about single teachers.

#ifndef HALFTERM_STORAGE_AGGREGATES_AGGREGATE_READER_H_
#define HALFTERM_STORAGE_AGGREGATES_AGGREGATE_READER_H_
#include "absl/status/statusor.h"
#include "halfterm/v1/aggregate.pb.h"
#include "storage/caller.h"
#include "storage/directory/directories.h"
#include "storage/engine.h"
#include "sync/directory.h"

namespace halfterm::storage {

// Whether the person may read a site's frozen figures: a live grant of GOVERNOR, EXEC, EXTERNAL,
// SLT or HEAD at the site or above it; or of HOD or AST in it.
bool MayReadFrozen(const sync::Directory& directory, const core::Id16& person,
                   const core::Id16& site);

// Safe to call from any thread. Blocks on the disk. Only what was frozen is read, never a roll-up
// row: the answer is the same for everybody who gets one. Errors as the proto's calls; DataLoss,
// Unavailable: as Engine's.
class AggregateReader {
 public:
  // Both must outlive the reader.
  AggregateReader(const Engine& engine, const Directories& directories)
      : engine_(engine), directories_(directories) {}

  absl::StatusOr<v1::FrozenSchoolReply> FrozenSchool(const Caller& caller,
                                                     const v1::FrozenSchoolRequest& request) const;
  absl::StatusOr<v1::FrozenFederationReply> FrozenFederation(
      const Caller& caller, const v1::FrozenFederationRequest& request) const;

 private:
  const Engine& engine_;
  const Directories& directories_;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_AGGREGATES_AGGREGATE_READER_H_
