// What an import changes: the difference between a roster and what the school holds.
//
// A roster says how things are today; the directory keeps how they were. So a teacher who moves
// keeps the old department with its last day, and last term's lessons stay where they were given;
// whoever is missing from a complete roster is ended and not removed; and what was made by hand in
// Halfterm is not the roster's to end.

#ifndef HALFTERM_STORAGE_IMPORT_IMPORT_PLAN_H_
#define HALFTERM_STORAGE_IMPORT_IMPORT_PLAN_H_
#include <cstdint>
#include <string>
#include <vector>

#include "halfterm/v1/directory.pb.h"
#include "sync/directory.h"

namespace halfterm::storage {

struct ImportPlan {
  std::vector<v1::Reference> references;  // To write, whole; ascending by kind and id.
  std::vector<v1::RoleGrant> grants;      // To write, with their states.
  // Audiences or contributions of stored records may depend on something that changes.
  bool rederive = false;
  // differences, changes, active_people, deactivated_people, and refusal MANY_LEAVERS.
  v1::ImportReply reply;
};

// `request` must have passed CheckImportRows. `today` is the school's day. Pure.
ImportPlan PlanImport(const v1::ImportRequest& request, const sync::Directory& held, int32_t today);

// The directory with these records and grants in the place of those with the same ids.
sync::Directory::Content Changed(const sync::Directory::Content& held,
                                 const std::vector<v1::Reference>& references,
                                 const std::vector<v1::RoleGrant>& grants);

// Where a range of days stands on a day; 0 is an open end.
v1::GrantState StateOn(int32_t day, int32_t from_day, int32_t to_day);
// The day of a moment at an organisation (zeros: at the school as a whole).
int32_t DayAt(const sync::Directory& directory, const core::Id16& org, int64_t moment_ms);

// Whether audiences, rights or contributions ask for grants of this role.
bool DecidesWhoReadsOrCounts(v1::Role role);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_IMPORT_IMPORT_PLAN_H_
