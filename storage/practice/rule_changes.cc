#include "storage/practice/rule_changes.h"

#include <algorithm>
#include <string>

#include "halfterm/v1/directory.pb.h"

namespace halfterm::storage {
namespace {

using core::Id16;

v1::Change Rules(v1::RecordKind kind, const std::string& title = "") {
  v1::Change change;
  change.set_reason(v1::CHANGE_REASON_RULES);
  change.set_reference(kind);
  change.set_title(title);
  return change;
}

// The record of that id in one list of the directory, where there is one.
template <typename Records>
auto Find(const Records& records, const Id16& id) -> decltype(&*records.begin()) {
  const auto found = std::find_if(records.begin(), records.end(),
                                  [&id](const auto& one) { return one.id() == id.view(); });
  return found == records.end() ? nullptr : &*found;
}

// Whether what holds for `org` holds for a part of the page.
bool Concerns(const Question& question, const PageAsked& page, const std::string& org) {
  const Id16 id = Id16::FromBytes(org).value_or(Id16{});
  return IsAtOrBelow(question.directory, page.home, id) ||
         IsAtOrBelow(question.directory, id, page.home);
}

bool TeachesThere(const PageAsked& page, const v1::Person& person) {
  if (page.org == nullptr) return person.id() == page.teacher.view();
  return std::any_of(person.departments().begin(), person.departments().end(),
                     [&page](const v1::DepartmentMembership& membership) {
                       return page.org->Holds(Id16::FromBytes(membership.org()).value_or(Id16{}));
                     });
}

// A rule for some departments alone moves no other's figures.
bool AsksThere(const PageAsked& page, const v1::CoverageRule& rule) {
  if (rule.departments().empty()) return true;
  return std::any_of(rule.departments().begin(), rule.departments().end(),
                     [&page](const std::string& department) {
                       const Id16 id = Id16::FromBytes(department).value_or(Id16{});
                       return page.org == nullptr ? id == page.home : page.org->Holds(id);
                     });
}

}  // namespace

std::optional<v1::Change> RuleChange(const Question& question, const PageAsked& page,
                                     const Id16& record) {
  const sync::Directory::Content& content = question.directory.content();
  if (const v1::Policy* policy = Find(content.policies, record)) {
    if (Concerns(question, page, policy->org())) return Rules(v1::RECORD_KIND_POLICY);
  } else if (const v1::CoverageRule* rule = Find(content.rules, record)) {
    if (Concerns(question, page, rule->org()) && AsksThere(page, *rule)) {
      return Rules(v1::RECORD_KIND_COVERAGE_RULE, rule->title());
    }
  } else if (const v1::Calendar* calendar = Find(content.calendars, record)) {
    if (Concerns(question, page, calendar->org())) return Rules(v1::RECORD_KIND_CALENDAR);
  } else if (const v1::Cycle* cycle = Find(content.cycles, record)) {
    if (Concerns(question, page, cycle->org())) {
      return Rules(v1::RECORD_KIND_CYCLE, cycle->title());
    }
  } else if (const v1::RubricVersion* rubric = Find(content.rubrics, record)) {
    return Rules(v1::RECORD_KIND_RUBRIC_VERSION, rubric->title());
  } else if (const v1::Person* person = question.directory.Person(record)) {
    if (!TeachesThere(page, *person)) return std::nullopt;
    v1::Change change = Rules(v1::RECORD_KIND_PERSON);
    change.set_teacher(person->id());
    change.set_display_name(person->display_name());
    return change;
  }
  return std::nullopt;
}

}  // namespace halfterm::storage
