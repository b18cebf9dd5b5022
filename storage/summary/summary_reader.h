// Summaries and coverage, read from the roll-up rows: what they cost does not grow with the number
// of observations.

#ifndef HALFTERM_STORAGE_SUMMARY_SUMMARY_READER_H_
#define HALFTERM_STORAGE_SUMMARY_SUMMARY_READER_H_
#include "absl/status/statusor.h"
#include "halfterm/v1/summary.pb.h"
#include "storage/caller.h"
#include "storage/clock.h"
#include "storage/directory/directories.h"
#include "storage/engine.h"

namespace halfterm::storage {

struct Question;

// Safe to call from any thread. Blocks on the disk. Each call reads one snapshot, so that the
// figures of one answer agree with each other.
//
// Who may read what is said in summary/access.h: a teacher their own page (from what was shared
// with them), a head of department their department and its teachers, a senior leader the school;
// anybody else gets NotFound, with the same words as for an id that is not there. InvalidArgument:
// an id is not 16 bytes, or a half-term does not exist. DataLoss, Unavailable: as Engine's.
class SummaryReader {
 public:
  SummaryReader(const Engine& engine, const Directories& directories, const Clock& clock);

  absl::StatusOr<v1::TeacherReply> Teacher(const Caller& caller,
                                           const v1::TeacherRequest& request) const;
  absl::StatusOr<v1::DepartmentReply> Department(const Caller& caller,
                                                 const v1::DepartmentRequest& request) const;
  absl::StatusOr<v1::SchoolReply> School(const Caller& caller,
                                         const v1::SchoolRequest& request) const;
  absl::StatusOr<v1::CoverageReply> Coverage(const Caller& caller,
                                             const v1::CoverageRequest& request) const;

 private:
  template <typename Reply, typename Request>
  absl::StatusOr<Reply> Read(const Caller& caller, const Request& request,
                             absl::StatusOr<Reply> (*read)(const Question&, const Request&)) const;

  const Engine& engine_;
  const Directories& directories_;
  const Clock& clock_;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_SUMMARY_SUMMARY_READER_H_
