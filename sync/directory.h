// A school's people, organisations, grants, calendar, policies and rubrics, as one value.
//
// The rules (Judge, Audience's facts, contributions) ask it and nothing else about who is who. It
// is immutable: a change of any of it makes another Directory, which the committer puts in place
// between two groups. Whether a grant is live is written in the grant (its state, set by an event
// of the server when its day comes), and so is whether a person is there; no function here looks at
// a clock. A grant of somebody whose days are over is not live, whatever its own state says.

#ifndef HALFTERM_SYNC_DIRECTORY_H_
#define HALFTERM_SYNC_DIRECTORY_H_
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "halfterm/v1/directory.pb.h"
#include "sync/core/scope.h"
#include "sync/core/types.h"
#include "sync/school_calendar.h"

namespace halfterm::sync {

struct Id16Hash {
  size_t operator()(const core::Id16& id) const;
};

class Directory {
 public:
  // Takes everything that is current. Ids that are not 16 bytes are left out.
  struct Content {
    std::vector<v1::Person> people;
    std::vector<v1::Org> orgs;
    std::vector<v1::RoleGrant> grants;
    std::vector<v1::Calendar> calendars;
    std::vector<v1::Policy> policies;
    std::vector<v1::RubricVersion> rubrics;
    std::vector<v1::Template> templates;
    std::vector<v1::CoverageRule> rules;
    std::vector<v1::Cycle> cycles;
    // Scopes that a grant opens and that stay shut for now, because records are still filed as they
    // were before that grant.
    std::vector<std::pair<core::Id16, core::Scope>> held_back;
    // Sequence number of the last event of the school that this value knows of.
    uint64_t as_of = 0;
  };
  explicit Directory(Content content);

  const Content& content() const { return content_; }

  // Null where there is none of that id.
  const v1::Person* Person(const core::Id16& id) const;
  const v1::Org* Org(const core::Id16& id) const;
  const v1::RubricVersion* Rubric(const core::Id16& id) const;
  const v1::Template* Template(const core::Id16& id) const;

  // The nearest organisation of kind SITE or SCHOOL at or above `org`; zeros where there is none.
  core::Id16 SiteOf(const core::Id16& org) const;
  // The teacher's first department; zeros where there is none.
  core::Id16 FirstDepartmentOf(const core::Id16& person) const;
  // The first in which the teacher taught on the day of that moment, so that a lesson stays where it
  // was given when its teacher moves; without such a day, the first.
  core::Id16 DepartmentAt(const core::Id16& person, int64_t moment_ms) const;

  // Whether the person holds the role now, in `org` or an organisation above it; zeros for `org`:
  // anywhere.
  bool Holds(const core::Id16& person, v1::Role role, const core::Id16& org = {}) const;
  // Whether a live grant of `role` lets `observer` observe `teacher`: the grant names the teacher,
  // or an organisation that the teacher belongs to.
  bool IsPaired(const core::Id16& observer, v1::Role role, const core::Id16& teacher) const;
  // People who hold HEAD at `site`, ascending.
  std::vector<core::Id16> HeadsOf(const core::Id16& site) const;

  // Every grant of a person, whatever its state.
  std::vector<const v1::RoleGrant*> AllGrantsOf(const core::Id16& person) const;
  // The live grants of a person; and the scopes that are open to them, ascending, each once:
  // `staff` for staff and trainees; their own person, but for governors; a HOD's departments; an
  // SLT's and a HEAD's org with every school and site below it; the reviews of a REVIEWER, CHAMPION
  // or EXTERNAL. ScopesOf leaves out those that are held back, GrantedScopesOf does not.
  std::vector<const v1::RoleGrant*> GrantsOf(const core::Id16& person) const;
  std::vector<core::Scope> ScopesOf(const core::Id16& person) const;
  std::vector<core::Scope> GrantedScopesOf(const core::Id16& person) const;
  // What one grant opens, or would, whatever its state; ascending.
  std::vector<core::Scope> ScopesOfGrant(const v1::RoleGrant& grant) const;

  // The policy in force at the site: its own, else that of the nearest organisation above, else the
  // defaults. Every field that has a default is set in it.
  const v1::Policy& PolicyOf(const core::Id16& site) const;
  // Of the site's calendar; UTC where it has none.
  absl::TimeZone ZoneOf(const core::Id16& site) const;

  // Number of the half-term of a moment: (first calendar year of the school year - 2000) * 8
  // + 1..6, by the calendar of the nearest organisation at or above `site`; in a holiday the one
  // before; 0 before the first, or without a calendar.
  uint16_t HalfTermAt(const core::Id16& site, int64_t moment_ms) const;
  // Null where the calendar has no such half-term.
  const v1::HalfTerm* HalfTerm(const core::Id16& site, uint16_t half_term) const;
  // School days (Monday to Friday, not closed, inside a half-term) from the day of one moment to
  // the day of another; 0 when the second is not later.
  int SchoolDaysBetween(const core::Id16& site, int64_t from_ms, int64_t to_ms) const;

 private:
  using Index = absl::flat_hash_map<core::Id16, size_t, Id16Hash>;

  // The organisation and those above it, nearest first.
  std::vector<core::Id16> UpFrom(const core::Id16& org) const;
  bool IsAtOrAbove(const core::Id16& above, const core::Id16& org) const;
  bool IsLive(const v1::RoleGrant& grant) const;
  // Null where there is none.
  const SchoolCalendar* CalendarOf(const core::Id16& site) const;
  v1::Policy WithDefaults(v1::Policy policy) const;
  // The entry of the nearest organisation at or above `org`; for one that is not known, of a top
  // one.
  const size_t* Nearest(const Index& by_org, const core::Id16& org) const;

  Content content_;
  Index people_, orgs_, rubrics_, templates_;
  absl::flat_hash_map<core::Id16, std::vector<size_t>, Id16Hash> grants_of_;
  absl::flat_hash_map<core::Id16, std::vector<core::Scope>, Id16Hash> held_back_from_;
  std::vector<size_t> head_grants_;
  Index calendar_of_, policy_of_;  // By org: indexes into the two lists below.
  std::vector<SchoolCalendar> calendars_;
  std::vector<v1::Policy> policies_;  // With defaults filled in.
  v1::Policy default_policy_;
};

}  // namespace halfterm::sync

#endif  // HALFTERM_SYNC_DIRECTORY_H_
