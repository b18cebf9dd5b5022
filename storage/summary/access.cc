#include "storage/summary/access.h"

#include <algorithm>

#include "sync/core/audience.h"
#include "sync/facts.h"

namespace halfterm::storage {

using core::Id16;

absl::Status NotThereOrNotYours() {
  return absl::NotFoundError("there is no such person or organisation, or you may not see it");
}

bool IsAtOrBelow(const sync::Directory& directory, const Id16& org, const Id16& above) {
  constexpr int kMaxDepth = 16;
  Id16 here = org;
  for (int depth = 0; depth < kMaxDepth && !here.IsZero(); ++depth) {
    if (here == above) return true;
    const v1::Org* known = directory.Org(here);
    if (known == nullptr) return false;
    here = Id16::FromBytes(known->parent()).value_or(Id16{});
  }
  return false;
}

SummaryAccess::SummaryAccess(const sync::Directory& directory, const Id16& caller)
    : directory_(directory), caller_(caller), scopes_(directory.ScopesOf(caller)) {}

bool SummaryAccess::Holds(const core::Scope& scope) const {
  return std::binary_search(scopes_.begin(), scopes_.end(), scope);
}

bool SummaryAccess::OwnPage(const Id16& teacher) const {
  return caller_ == teacher && Holds(core::PersonScope(teacher));
}

bool SummaryAccess::LeadsPage(const Id16& teacher, const Id16& department) const {
  if (teacher == caller_ || teacher.IsZero()) return false;
  core::VisitFacts facts;
  facts.teacher = teacher;
  facts.department = department;
  facts.school = directory_.SiteOf(department);
  facts.lead_rule = sync::LeadRuleOf(teacher, department, directory_);
  if (facts.lead_rule == core::LeadRule::kHeads) facts.heads = directory_.HeadsOf(facts.school);
  const std::vector<core::Scope> leads = core::LeadScopes(facts);
  return std::any_of(leads.begin(), leads.end(),
                     [this](const core::Scope& scope) { return Holds(scope); });
}

bool SummaryAccess::Department(const Id16& department) const {
  const v1::Org* org = directory_.Org(department);
  if (org == nullptr || org->kind() != v1::ORG_KIND_DEPARTMENT) return false;
  return Holds(core::DepartmentScope(department)) ||
         Holds(core::SchoolScope(directory_.SiteOf(department)));
}

bool SummaryAccess::School(const Id16& school) const {
  const v1::Org* org = directory_.Org(school);
  if (org == nullptr) return false;
  if (org->kind() != v1::ORG_KIND_SITE && org->kind() != v1::ORG_KIND_SCHOOL) return false;
  return Holds(core::SchoolScope(school));
}

std::vector<core::Scope> SummaryAccess::FeedScopes() const {
  std::vector<core::Scope> scopes = scopes_;
  scopes.erase(std::remove(scopes.begin(), scopes.end(), core::StaffScope()), scopes.end());
  return scopes;
}

bool SummaryAccess::ReadsStaff() const { return Holds(core::StaffScope()); }

}  // namespace halfterm::storage
