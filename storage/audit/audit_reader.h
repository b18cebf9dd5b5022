// Reading the audit: about oneself, about somebody for the administrator, and all of it.

#ifndef HALFTERM_STORAGE_AUDIT_AUDIT_READER_H_
#define HALFTERM_STORAGE_AUDIT_AUDIT_READER_H_
#include "absl/status/statusor.h"
#include "halfterm/v1/audit.pb.h"
#include "storage/caller.h"
#include "storage/clock.h"
#include "storage/directory/directories.h"
#include "storage/engine.h"

namespace halfterm::storage {

// Safe to call from any thread. Blocks on the disk: a walk over the school's rows. Errors as the
// proto's calls; DataLoss: a row cannot be read; Unavailable: as Engine's.
class AuditReader {
 public:
  // All must outlive the reader.
  AuditReader(const Engine& engine, const Directories& directories, const Clock& clock)
      : engine_(engine), directories_(directories), clock_(clock) {}

  absl::StatusOr<v1::AboutMeReply> AboutMe(const Caller& caller,
                                           const v1::AboutMeRequest& request) const;
  absl::StatusOr<v1::WhoSawReply> WhoSaw(const v1::WhoSawRequest& request) const;
  absl::StatusOr<v1::ListAuditReply> List(const v1::ListAuditRequest& request) const;

 private:
  const Engine& engine_;
  const Directories& directories_;
  const Clock& clock_;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_AUDIT_AUDIT_READER_H_
