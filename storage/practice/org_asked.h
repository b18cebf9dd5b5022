// The organisation that a page is about: a department for its head, a site or school for its senior
// leaders.

#ifndef HALFTERM_STORAGE_PRACTICE_ORG_ASKED_H_
#define HALFTERM_STORAGE_PRACTICE_ORG_ASKED_H_
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "halfterm/v1/directory.pb.h"
#include "storage/summary/question.h"
#include "sync/core/types.h"

namespace halfterm::storage {

struct OrgAsked {
  core::Id16 id;
  core::Id16 site;
  bool is_department = false;
  const v1::Org* org = nullptr;             // Never null.
  std::vector<const v1::Org*> departments;  // The department, or those of the school by name.

  // Whether that department is one of them.
  bool Holds(const core::Id16& department) const;
};

// NotFound where there is none or the caller does not lead it; InvalidArgument where the bytes are
// no id.
absl::StatusOr<OrgAsked> OrgAskedFor(const Question& question, const std::string& bytes);
// The same for a site or school alone.
absl::StatusOr<OrgAsked> SchoolAskedFor(const Question& question, const std::string& bytes);

// As colleagues write the name; empty where nobody of that id is known.
std::string NameOf(const Question& question, const core::Id16& person);
std::string OrgNameOf(const Question& question, const core::Id16& org);
// Today's day where the organisation is, in days since 1970.
int32_t TodayAt(const Question& question, const core::Id16& org);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_PRACTICE_ORG_ASKED_H_
