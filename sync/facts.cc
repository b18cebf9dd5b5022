#include "sync/facts.h"

#include <algorithm>

#include "halfterm/v1/observation.pb.h"
#include "sync/core/varint.h"
#include "sync/levels.h"
#include "sync/number_in.h"
#include "sync/referral.h"

namespace halfterm::sync {
namespace {

using core::Facet;
using core::Id16;
using core::Kind;
using core::Path;

const core::Sibling* ShownAt(const Facet& facet, const Path& path) {
  const core::Cell* cell = facet.Find(path);
  return cell == nullptr ? nullptr : core::ShownFirst(*cell);
}

bool HasOpenStep(const RecordView& record) {
  const Facet* steps = record.Find(core::kSteps);
  if (steps == nullptr) return false;
  for (const Id16& key : PresentEntries(*steps, v1::Steps::kStepsFieldNumber)) {
    const uint64_t status = ShownNumber(
        *steps,
        Path::Entry(v1::Steps::kStepsFieldNumber, key, v1::Step::kStatusFieldNumber, Kind::kReg));
    if (status == v1::STEP_STATUS_UNSPECIFIED || status == v1::STEP_STATUS_OPEN) return true;
  }
  return false;
}

bool HasOpenQuery(const RecordView& record, const Id16& teacher) {
  const OpenQueries open = OpenQueriesOf(record, teacher);
  return open.all || !open.elements.empty();
}

bool IsExcused(const Facet& plan, const Id16& observer) {
  return ShownNumber(plan, Path::Entry(v1::Plan::kObserversFieldNumber, observer,
                                       v1::Observer::kExcusedFieldNumber, Kind::kReg)) != 0;
}

std::vector<Id16> ObserversOf(const Facet& plan, const Id16& lead) {
  std::vector<Id16> observers = PresentEntries(plan, v1::Plan::kObserversFieldNumber);
  if (observers.empty() && !lead.IsZero()) observers.push_back(lead);
  return observers;
}

Id16 LeadOf(const Facet& plan) {
  const Id16 named = ShownId(plan, Path::Field(v1::Plan::kLeadFieldNumber, Kind::kReg));
  if (!named.IsZero()) return named;
  const core::Sibling* kind = ShownAt(plan, Path::Field(v1::Plan::kKindFieldNumber, Kind::kReg));
  return kind == nullptr ? Id16{} : kind->author;
}

}  // namespace

core::LeadRule LeadRuleOf(const Id16& teacher, const Id16& department, const Directory& directory) {
  if (teacher.IsZero()) return core::LeadRule::kDepartmentAndSchool;
  if (directory.Holds(teacher, v1::ROLE_SLT) || directory.Holds(teacher, v1::ROLE_HEAD)) {
    return core::LeadRule::kHeads;
  }
  if (directory.Holds(teacher, v1::ROLE_HOD, department)) return core::LeadRule::kSchool;
  return core::LeadRule::kDepartmentAndSchool;
}

void SetLeadRule(core::VisitFacts& facts, const Directory& directory) {
  facts.lead_rule = LeadRuleOf(facts.teacher, facts.department, directory);
  if (facts.lead_rule == core::LeadRule::kHeads) facts.heads = directory.HeadsOf(facts.school);
}

Id16 ShownId(const Facet& facet, const Path& path) {
  const core::Sibling* shown = ShownAt(facet, path);
  if (shown == nullptr) return Id16{};
  return Id16::FromBytes(shown->value).value_or(Id16{});
}

uint64_t ShownNumber(const Facet& facet, const Path& path) {
  const core::Sibling* shown = ShownAt(facet, path);
  return shown == nullptr ? 0 : NumberIn(shown->value);
}

core::Phase PhaseOf(const Facet* facet, uint16_t field) {
  if (facet == nullptr) return {};
  const core::Cell* cell = facet->Find(Path::Field(field, Kind::kPhase));
  return cell == nullptr ? core::Phase{} : cell->phase;
}

std::vector<Id16> PresentEntries(const Facet& facet, uint16_t field) {
  std::vector<Id16> keys;
  const Path first = Path::Entry(field, Id16{}, 0, Kind{0});
  auto cell = std::lower_bound(facet.cells.begin(), facet.cells.end(), first,
                               [](const core::Cell& c, const Path& p) { return c.path < p; });
  for (; cell != facet.cells.end() && cell->path.field() == field; ++cell) {
    const Path& path = cell->path;
    if (path.is_entry() && path.sub() == 0 && path.kind() == Kind::kElem &&
        !cell->siblings.empty()) {
      keys.push_back(path.key());
    }
  }
  return keys;
}

bool IsDisputed(const core::Cell& cell) {
  for (const core::Sibling& sibling : cell.siblings) {
    if (sibling.value != cell.siblings.front().value) return true;
  }
  return false;
}

core::VisitFacts FactsOf(const RecordView& record, const Directory& directory) {
  core::VisitFacts facts;
  const Facet* plan = record.Find(core::kPlan);
  if (plan == nullptr) return OtherFactsOf(record, directory);
  facts.kind = static_cast<core::VisitKind>(
      ShownNumber(*plan, Path::Field(v1::Plan::kKindFieldNumber, Kind::kReg)));
  if (facts.kind == core::VisitKind::kUnknown) return facts;
  facts.has_plan = true;
  facts.phase = PhaseOf(plan, v1::Plan::kPhaseFieldNumber);
  facts.announced =
      ShownNumber(*plan, Path::Field(v1::Plan::kAnnouncedFieldNumber, Kind::kReg)) != 0;
  facts.feedback_asked =
      ShownNumber(*plan, Path::Field(v1::Plan::kFeedbackAskedFieldNumber, Kind::kReg)) != 0;
  facts.lead = LeadOf(*plan);
  facts.observers = ObserversOf(*plan, facts.lead);
  facts.teacher = ShownId(*plan, Path::Field(v1::Plan::kTeacherFieldNumber, Kind::kReg));
  facts.department =
      ShownId(*plan, Path::Field(v1::Plan::kDepartmentAtLessonFieldNumber, Kind::kReg));
  if (facts.department.IsZero() && !facts.teacher.IsZero()) {
    facts.department = DepartmentOfLesson(*plan, facts.teacher, directory);
  }
  facts.review = ShownId(*plan, Path::Field(v1::Plan::kReviewFieldNumber, Kind::kReg));
  facts.school = directory.SiteOf(facts.department);
  SetLeadRule(facts, directory);
  facts.readers = PresentEntries(*plan, v1::Plan::kReadGrantsFieldNumber);
  facts.revealed = ObserversMissing(record).empty();
  return facts;
}

std::vector<core::Scope> FiledUnder(const core::VisitFacts& facts, const core::FacetId& id,
                                    const Facet& facet) {
  if (id.facet_class == core::kBody) return {core::StaffScope()};
  return core::Audience(facts, id, facts.has_plan ? Id16{} : AuthorOf(id, facet));
}

std::vector<Id16> ObserversMissing(const RecordView& record) {
  std::vector<Id16> missing;
  const Facet* plan = record.Find(core::kPlan);
  if (plan == nullptr) return missing;
  for (const Id16& observer : ObserversOf(*plan, LeadOf(*plan))) {
    const core::Phase phase =
        PhaseOf(record.Find(core::kSheet, observer), v1::Sheet::kPhaseFieldNumber);
    if (phase.level < core::kSubmitted && !IsExcused(*plan, observer)) missing.push_back(observer);
  }
  return missing;
}

Id16 DepartmentOfLesson(const Facet& plan, const Id16& teacher, const Directory& directory) {
  if (teacher.IsZero()) return {};
  const int64_t start_ms = LessonStartIn(plan);
  return start_ms == 0 ? directory.FirstDepartmentOf(teacher)
                       : directory.DepartmentAt(teacher, start_ms);
}

int64_t LessonStartMs(const RecordView& record) {
  const Facet* plan = record.Find(core::kPlan);
  return plan == nullptr ? 0 : LessonStartIn(*plan);
}

int64_t LessonStartIn(const Facet& plan) {
  const core::Cell* cell = plan.Find(Path::Field(v1::Plan::kLessonStartMsFieldNumber, Kind::kReg));
  if (cell == nullptr) return 0;
  int64_t earliest = 0;
  bool found = false;
  for (const core::Sibling& sibling : cell->siblings) {
    if (sibling.value.empty()) continue;
    const int64_t start = core::UnZigZag(NumberIn(sibling.value));
    if (!found || start < earliest) earliest = start;
    found = true;
  }
  return earliest;
}

uint16_t PeriodOf(const RecordView& record, const core::VisitFacts& facts,
                  const Directory& directory) {
  if (!facts.has_plan) return 0;
  if (facts.phase.withdrawn) return directory.HalfTermAt(facts.school, LessonStartMs(record));
  if (facts.phase.level < core::kSubmitted) return 0;
  if (HasOpenQuery(record, facts.teacher) || HasOpenStep(record)) return 0;
  return directory.HalfTermAt(facts.school, LessonStartMs(record));
}

Id16 AuthorOf(const core::FacetId& id, const Facet& facet) {
  if (id.facet_class != core::kVersion && !id.sub.IsZero()) return id.sub;
  const core::Sibling* first = nullptr;
  for (const core::Cell& cell : facet.cells) {
    for (const core::Sibling& sibling : cell.siblings) {
      if (first == nullptr || sibling.dot < first->dot) first = &sibling;
    }
  }
  return first == nullptr ? Id16{} : first->author;
}

}  // namespace halfterm::sync
