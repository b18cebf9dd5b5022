#include "sync/contribution.h"

#include <algorithm>
#include <utility>

#include "halfterm/v1/observation.pb.h"
#include "sync/acknowledged.h"
#include "sync/contribution/visit.h"
#include "sync/core/path.h"
#include "sync/facts.h"
#include "sync/levels.h"

namespace halfterm::sync {
namespace {

using core::VisitKind;

bool IsCountedKind(const Visit& visit) {
  switch (visit.facts.kind) {
    case VisitKind::kDept:
    case VisitKind::kTeam:
    case VisitKind::kAst:
      return true;
    case VisitKind::kWalk:
      return visit.directory.PolicyOf(visit.facts.school).walk_rated();
    case VisitKind::kMentor:
      return visit.directory.PolicyOf(visit.facts.school).mentor_counts();
    default:
      return false;
  }
}

}  // namespace

bool IsFormal(VisitKind kind) {
  return kind == VisitKind::kDept || kind == VisitKind::kTeam || kind == VisitKind::kWalk ||
         kind == VisitKind::kMentor || kind == VisitKind::kAst;
}

void Rows::Add(const RowKey& key, RollupVector vector) {
  rows_.push_back({key.bytes(), std::move(vector)});
}

std::vector<Contribution> Rows::Take() {
  std::sort(rows_.begin(), rows_.end(),
            [](const Contribution& a, const Contribution& b) { return a.key < b.key; });
  std::vector<Contribution> taken;
  taken.reserve(rows_.size());
  for (Contribution& row : rows_) {
    if (!taken.empty() && taken.back().key == row.key) {
      for (size_t i = 0; i < row.vector.size(); ++i) PutAt(taken.back().vector, i, row.vector[i]);
    } else {
      taken.push_back(std::move(row));
    }
  }
  for (Contribution& row : taken) {
    while (!row.vector.empty() && row.vector.back() == 0) row.vector.pop_back();
  }
  taken.erase(std::remove_if(taken.begin(), taken.end(),
                             [](const Contribution& row) { return row.vector.empty(); }),
              taken.end());
  return taken;
}

Visit VisitOf(const RecordView& record, const core::VisitFacts& facts, const Directory& directory) {
  Visit visit{record, facts, directory, ExpectedObservers(record, facts)};
  visit.start_ms = LessonStartMs(record);
  visit.half_term = directory.HalfTermAt(facts.school, visit.start_ms);
  visit.is_shared = facts.phase.round >= 1 && facts.phase.level >= core::kShared;
  visit.rubric_id = ShownId(
      visit.plan(), core::Path::Field(v1::Plan::kRubricVersionFieldNumber, core::Kind::kReg));
  if (!visit.rubric_id.IsZero()) visit.rubric = directory.Rubric(visit.rubric_id);
  if (visit.is_shared && IsFormal(facts.kind)) {
    visit.version = NewestVersion(record);
    visit.is_acknowledged = IsAcknowledged(record, facts.teacher, facts.phase.round);
  }
  return visit;
}

std::vector<Contribution> ContributionOf(const RecordView& record, const core::VisitFacts& facts,
                                         const Directory& directory) {
  Rows rows;
  if (!facts.has_plan) {
    AddOtherRecord(record, directory, rows);
    return rows.Take();
  }
  if (facts.phase.withdrawn) return {};

  const Visit visit = VisitOf(record, facts, directory);
  AddLoad(visit, rows);
  const bool is_formal = IsFormal(facts.kind);
  const bool is_counted = IsCountedKind(visit);
  if (!facts.teacher.IsZero()) {
    AddCover(visit, rows);
    AddConfidential(visit, rows);
    if (visit.is_shared && is_formal) AddLoop(visit, rows);
    if (is_formal) AddWaiting(visit, rows);
    if (visit.is_shared && is_counted) {
      const OpenQueries queries = OpenQueriesOf(record, facts.teacher);
      AddFigures(visit, queries, rows);
      AddOwnFigures(visit, queries, rows);
    }
  }
  const bool is_rated = facts.kind == VisitKind::kWalk ? is_counted : is_formal;
  if (is_rated || facts.kind == VisitKind::kCalib) AddAgreement(visit, rows);
  return rows.Take();
}

}  // namespace halfterm::sync
