// Whose figures somebody may read. This is the only place that decides it.
//
// A page of figures is read by the same people as the visits behind it, so the rule is Audience's
// own (core::LeadScopes): a head of department reads their department, a senior leader the site,
// nobody reads as a leader about themself. A teacher's own page is another one, made of what was
// shared.

#ifndef HALFTERM_STORAGE_SUMMARY_ACCESS_H_
#define HALFTERM_STORAGE_SUMMARY_ACCESS_H_
#include <vector>

#include "absl/status/status.h"
#include "sync/core/scope.h"
#include "sync/core/types.h"
#include "sync/directory.h"

namespace halfterm::storage {

// NotFound, in the same words for what is not there and what is not the caller's to see.
absl::Status NotThereOrNotYours();

// Whether `org` is `above` or lies below it.
bool IsAtOrBelow(const sync::Directory& directory, const core::Id16& org, const core::Id16& above);

// What one person may read; pure. `directory` must outlive it.
class SummaryAccess {
 public:
  SummaryAccess(const sync::Directory& directory, const core::Id16& caller);

  // The caller's own page, made of shared versions only.
  bool OwnPage(const core::Id16& teacher) const;
  // The lessons that the teacher gave in that department (zeros: in none), as those who lead see
  // them.
  bool LeadsPage(const core::Id16& teacher, const core::Id16& department) const;
  bool Department(const core::Id16& department) const;
  bool School(const core::Id16& school) const;

  // The caller's scopes that records are filed under one by one: all but `staff`.
  std::vector<core::Scope> FeedScopes() const;
  // Whether the caller holds `staff`, and with it the school's people, rules and rubrics.
  bool ReadsStaff() const;

 private:
  bool Holds(const core::Scope& scope) const;

  const sync::Directory& directory_;
  core::Id16 caller_;
  std::vector<core::Scope> scopes_;  // Ascending.
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_SUMMARY_ACCESS_H_
