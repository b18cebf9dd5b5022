#include "storage/summary/summary_reader.h"

#include <memory>

#include "storage/summary/coverage_page.h"
#include "storage/summary/group_page.h"
#include "storage/summary/teacher_page.h"

namespace halfterm::storage {

SummaryReader::SummaryReader(const Engine& engine, const Directories& directories,
                             const Clock& clock)
    : engine_(engine), directories_(directories), clock_(clock) {}

template <typename Reply, typename Request>
absl::StatusOr<Reply> SummaryReader::Read(const Caller& caller, const Request& request,
                                          absl::StatusOr<Reply> (*read)(const Question&,
                                                                        const Request&)) const {
  const std::shared_ptr<const sync::Directory> directory = directories_.Of(caller.tenant);
  if (directory == nullptr) return NotThereOrNotYours();
  const SummaryAccess access(*directory, caller.person);
  const std::unique_ptr<Snapshot> snapshot = engine_.NewSnapshot();
  return read({*snapshot, caller.tenant, *directory, access, caller.person, clock_.NowMs()},
              request);
}

absl::StatusOr<v1::TeacherReply> SummaryReader::Teacher(const Caller& caller,
                                                        const v1::TeacherRequest& request) const {
  return Read(caller, request, &ReadTeacherPage);
}

absl::StatusOr<v1::DepartmentReply> SummaryReader::Department(
    const Caller& caller, const v1::DepartmentRequest& request) const {
  return Read(caller, request, &ReadDepartmentPage);
}

absl::StatusOr<v1::SchoolReply> SummaryReader::School(const Caller& caller,
                                                      const v1::SchoolRequest& request) const {
  return Read(caller, request, &ReadSchoolPage);
}

absl::StatusOr<v1::CoverageReply> SummaryReader::Coverage(
    const Caller& caller, const v1::CoverageRequest& request) const {
  return Read(caller, request, &ReadCoveragePage);
}

}  // namespace halfterm::storage
