#include "sync/contribution.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "halfterm/v1/observation.pb.h"
#include "sync/core/path.h"
#include "sync/core/varint.h"
#include "sync/due.h"
#include "sync/facts.h"
#include "sync/levels.h"

namespace halfterm::sync {
namespace {

using core::Cell;
using core::Facet;
using core::Id16;
using core::Kind;
using core::Path;
using core::VisitKind;
using Vector = std::vector<int64_t>;

void PutAt(Vector& vector, size_t position, int64_t value) {
  if (vector.size() <= position) vector.resize(position + 1);
  vector[position] += value;
}

// What is known of a visit before its rows are made.
struct Visit {
  const RecordView& record;
  const core::VisitFacts& facts;
  const Directory& directory;
  std::vector<Id16> observers;  // Expected ones.
  int64_t start_ms = 0;
  uint16_t half_term = 0;
  bool is_shared = false;
  Id16 rubric_id{};
  const v1::RubricVersion* rubric = nullptr;

  const Facet& plan() const { return *record.Find(core::kPlan); }
  uint8_t kind() const { return static_cast<uint8_t>(facts.kind); }
  uint16_t year() const {
    return half_term == 0 ? uint16_t{0} : static_cast<uint16_t>(2000 + half_term / 8);
  }
};

bool IsFormal(VisitKind kind) {
  return kind == VisitKind::kDept || kind == VisitKind::kTeam || kind == VisitKind::kWalk ||
         kind == VisitKind::kMentor || kind == VisitKind::kAst;
}

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

Visit VisitOf(const RecordView& record, const core::VisitFacts& facts, const Directory& directory) {
  Visit visit{record, facts, directory, ExpectedObservers(record, facts)};
  visit.start_ms = LessonStartMs(record);
  visit.half_term = directory.HalfTermAt(facts.school, visit.start_ms);
  visit.is_shared = facts.phase.round >= 1 && facts.phase.level >= core::kShared;
  visit.rubric_id =
      ShownId(visit.plan(), Path::Field(v1::Plan::kRubricVersionFieldNumber, Kind::kReg));
  if (!visit.rubric_id.IsZero()) visit.rubric = directory.Rubric(visit.rubric_id);
  return visit;
}

// Calls use(rating) for each rating whose element the rubric has; a level that it has not is 0.
template <typename Use>
void ForEachInRubric(const std::vector<Rating>& ratings, const v1::RubricVersion& rubric,
                     const Use& use) {
  int at = 0;
  for (Rating rating : ratings) {
    while (at < rubric.elements_size() && rubric.elements(at).number() < rating.element) ++at;
    if (at == rubric.elements_size()) return;
    const v1::RubricElement& element = rubric.elements(at);
    if (element.number() != rating.element) continue;
    if (rating.level > element.levels_size() || rating.level > kMaxLevels) rating.level = 0;
    use(rating);
  }
}

Vector FiguresOf(const std::vector<Rating>& ratings, const v1::RubricVersion& rubric,
                 const OpenQueries& queries) {
  const FigureLayout layout(rubric);
  Vector vector;
  if (!ratings.empty()) vector.reserve(layout.N(ratings.back().element + 1u));
  PutAt(vector, kFigureVisits, 1);
  ForEachInRubric(ratings, rubric, [&](const Rating& rating) {
    if (rating.level != 0 && !queries.Covers(rating.element)) {
      PutAt(vector, layout.N(rating.element), 1);
      PutAt(vector, layout.Sum(rating.element), rating.level);
      PutAt(vector, layout.Hist(rating.element, rating.level), 1);
    }
    if (rating.disputed) PutAt(vector, layout.Unresolved(rating.element), 1);
  });
  return vector;
}

int64_t LessonEntry(const Rating& rating, const OpenQueries& queries) {
  const bool queried = queries.Covers(rating.element);
  return (queried ? kLessonQueried : rating.level) + (rating.disputed ? kLessonUnresolved : 0);
}

class Rows {
 public:
  void Add(const RowKey& key, Vector vector) { rows_.push_back({key.bytes(), std::move(vector)}); }

  std::vector<Contribution> Take() {
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

 private:
  std::vector<Contribution> rows_;
};

// A visit with a rubric that nobody here knows has no levels.
const v1::RubricVersion& RubricOrNone(const v1::RubricVersion* rubric) {
  return rubric != nullptr ? *rubric : v1::RubricVersion::default_instance();
}

void AddFigures(const Visit& visit, const OpenQueries& queries, Rows& rows) {
  const core::VisitFacts& facts = visit.facts;
  const v1::RubricVersion& rubric = RubricOrNone(visit.rubric);
  const std::vector<Rating> levels = LevelsOf(visit.record, visit.observers);
  Vector figures = FiguresOf(levels, rubric, queries);
  if (!facts.department.IsZero()) {
    rows.Add(RowKey(RollupKind::kDeptTeacher)
                 .Id(facts.department)
                 .U16(visit.half_term)
                 .Id(visit.rubric_id)
                 .Id(facts.teacher),
             figures);
  }
  rows.Add(RowKey(RollupKind::kTeacher)
               .Id(facts.teacher)
               .U16(visit.half_term)
               .Id(facts.department)
               .Id(visit.rubric_id),
           std::move(figures));
  for (const Id16& observer : visit.observers) {
    rows.Add(RowKey(RollupKind::kObserver)
                 .Id(facts.teacher)
                 .U16(visit.half_term)
                 .Id(facts.department)
                 .Id(observer),
             {1});
  }
  Vector lesson;
  PutAt(lesson, kLessonKind, visit.kind());
  ForEachInRubric(levels, rubric, [&](const Rating& rating) {
    PutAt(lesson, LessonAt(rating.element), LessonEntry(rating, queries));
  });
  rows.Add(RowKey(RollupKind::kLesson)
               .Id(facts.teacher)
               .U16(visit.half_term)
               .Id(facts.department)
               .Id(visit.rubric_id)
               .U64(LatestFirst(visit.start_ms))
               .Id(visit.record.id),
           std::move(lesson));
}

void AddOwnFigures(const Visit& visit, const OpenQueries& queries, Rows& rows) {
  const VersionLevels version = NewestVersion(visit.record);
  if (!version.exists) return;
  const v1::RubricVersion& rubric =
      RubricOrNone(version.rubric.IsZero() ? nullptr : visit.directory.Rubric(version.rubric));
  rows.Add(RowKey(RollupKind::kTeacherOwn)
               .Id(visit.facts.teacher)
               .U16(visit.half_term)
               .Id(version.rubric),
           FiguresOf(version.ratings, rubric, queries));

  std::vector<Rating> now = ShareableLevels(visit.record, visit.observers);
  now.erase(std::remove_if(now.begin(), now.end(),
                           [](const Rating& r) { return r.level == 0 && !r.disputed; }),
            now.end());
  Vector lesson;
  PutAt(lesson, kLessonKind, visit.kind());
  PutAt(lesson, kLessonOwnChanged,
        now != version.ratings || visit.rubric_id != version.rubric ? 1 : 0);
  ForEachInRubric(version.ratings, rubric, [&](const Rating& rating) {
    PutAt(lesson, LessonOwnAt(rating.element), LessonEntry(rating, queries));
  });
  rows.Add(RowKey(RollupKind::kLessonOwn)
               .Id(visit.facts.teacher)
               .U16(visit.half_term)
               .Id(version.rubric)
               .U64(LatestFirst(visit.start_ms))
               .Id(visit.record.id),
           std::move(lesson));
}

// The roles that the lead held for this teacher on that day, whatever the grants' state is today: a
// head of department who stepped down made those visits as head of department.
uint16_t RolesOfLead(const Visit& visit, int32_t day) {
  const core::VisitFacts& facts = visit.facts;
  uint16_t roles = 0;
  for (const v1::RoleGrant* grant : visit.directory.AllGrantsOf(facts.lead)) {
    if (grant->role() < 1 || grant->role() > 15) continue;
    if (grant->from_day() != 0 && day < grant->from_day()) continue;
    if (grant->to_day() != 0 && day > grant->to_day()) continue;
    bool covers = false;
    for (const std::string& person : grant->people()) covers |= person == facts.teacher.view();
    Id16 org = facts.department;
    for (int up = 0; !covers && !org.IsZero() && up < 8 && !grant->org().empty(); ++up) {
      covers = grant->org() == org.view();
      const v1::Org* here = visit.directory.Org(org);
      org = here == nullptr ? Id16{} : Id16::FromBytes(here->parent()).value_or(Id16{});
    }
    if (covers) roles = static_cast<uint16_t>(roles | 1u << grant->role());
  }
  return roles;
}

void AddCover(const Visit& visit, Rows& rows) {
  const core::VisitFacts& facts = visit.facts;
  const bool is_done = facts.phase.round >= 1 || facts.phase.level >= core::kSubmitted;
  const int32_t day = DayOf(visit.start_ms, visit.directory.ZoneOf(facts.school));
  Vector vector;
  PutAt(vector, is_done ? kCoverDone : kCoverBooked, 1);
  if (visit.is_shared) PutAt(vector, kCoverShared, 1);
  const v1::HalfTerm* half_term = visit.directory.HalfTerm(facts.school, visit.half_term);
  const bool may_be_told = facts.kind == VisitKind::kCoach ? visit.is_shared : is_done;
  if (may_be_told && half_term != nullptr) {
    const int32_t since = std::clamp(day - half_term->start_day(), 0, kCoverLastDay);
    PutAt(vector, kCoverDays + static_cast<size_t>(since), 1);
  }
  rows.Add(RowKey(RollupKind::kCover)
               .U16(visit.half_term)
               .Id(facts.teacher)
               .Id(facts.department)
               .U8(visit.kind())
               .U16(RolesOfLead(visit, day)),
           std::move(vector));
}

// The largest of the values that the plan holds: which of two is shown depends on when they came.
int64_t MinutesOf(const Facet& plan) {
  const Cell* cell = plan.Find(Path::Field(v1::Plan::kMinutesFieldNumber, Kind::kReg));
  uint64_t most = 0;
  if (cell == nullptr) return 0;
  for (const core::Sibling& sibling : cell->siblings) {
    core::Reader reader(sibling.value);
    uint64_t minutes = 0;
    if (reader.Varint("minutes", minutes)) most = std::max(most, minutes);
  }
  return static_cast<int64_t>(std::min<uint64_t>(most, 600));
}

void AddLoad(const Visit& visit, Rows& rows) {
  const core::VisitFacts& facts = visit.facts;
  if (facts.kind == VisitKind::kSelf) return;
  const int64_t minutes = MinutesOf(visit.plan());
  Vector vector = {1, minutes};
  if (minutes <= kShortMinutes) {
    PutAt(vector, kLoadShortVisits, 1);
    PutAt(vector, kLoadShortMinutes, minutes);
  }
  if (!facts.teacher.IsZero()) {
    rows.Add(RowKey(RollupKind::kLoad).Id(facts.teacher).U16(visit.year()).U8(visit.kind()),
             vector);
  }
  for (const Id16& observer : visit.observers) {
    rows.Add(RowKey(RollupKind::kObserverLoad).Id(observer).U16(visit.year()).U8(visit.kind()),
             vector);
  }
}

bool IsAcknowledged(const Visit& visit) {
  const Facet* response = visit.record.Find(core::kResponse, visit.facts.teacher);
  if (response == nullptr) return false;
  const Cell* ack = response->Find(Path::Entry(
      v1::Response::kAcksFieldNumber, core::NumberKey(visit.facts.phase.round), 0, Kind::kElem));
  return ack != nullptr && !ack->siblings.empty();
}

void AddLoop(const Visit& visit, Rows& rows) {
  const core::VisitFacts& facts = visit.facts;
  Vector loop;
  PutAt(loop, kLoopShared, 1);
  PutAt(loop, kLoopAcknowledged, IsAcknowledged(visit) ? 1 : 0);
  if (!facts.department.IsZero()) {
    rows.Add(RowKey(RollupKind::kLoop).Id(facts.department).U16(visit.half_term), std::move(loop));
  }
  for (const DueItem& step : StepsDue(visit.record)) {
    const uint16_t half_term = visit.directory.HalfTermAt(facts.school, NoonMs(step.day));
    Vector due;
    PutAt(due, kLoopStepsDue, 1);
    PutAt(due, kLoopStepsChecked, step.is_checked ? 1 : 0);
    if (!facts.department.IsZero()) {
      rows.Add(RowKey(RollupKind::kLoop).Id(facts.department).U16(half_term), std::move(due));
    }
    if (step.is_done || facts.school.IsZero()) continue;
    Vector open;
    PutAt(open, kDueSteps, 1);
    rows.Add(DecisionsKey(facts.school, step.day, visit.record.id), std::move(open));
  }
}

void AddConfidential(const Visit& visit, Rows& rows) {
  const core::VisitFacts& facts = visit.facts;
  const bool is_done = facts.phase.round >= 1 || facts.phase.level >= core::kSubmitted;
  const bool counts = facts.kind == VisitKind::kCoach  ? visit.is_shared
                      : facts.kind == VisitKind::kPeer ? is_done
                                                       : false;
  if (!counts) return;
  for (const Id16& whose : {facts.department, facts.teacher}) {
    if (whose.IsZero()) continue;
    rows.Add(RowKey(RollupKind::kConfidential).Id(whose).U16(visit.half_term).U8(visit.kind()),
             {1});
  }
}

void AddAgreement(const Visit& visit, Rows& rows) {
  if (visit.observers.size() < 2 || visit.rubric == nullptr || !visit.facts.revealed) return;
  std::vector<std::vector<Rating>> sheets = SheetsOf(visit.record, visit.observers);
  for (std::vector<Rating>& sheet : sheets) {
    std::vector<Rating> known;
    ForEachInRubric(sheet, *visit.rubric, [&](const Rating& rating) {
      if (rating.level != 0) known.push_back(rating);
    });
    sheet = std::move(known);
  }
  for (size_t i = 0; i < sheets.size(); ++i) {
    for (size_t j = i + 1; j < sheets.size(); ++j) {
      for (const Rating& a : sheets[i]) {
        const auto b = std::find_if(sheets[j].begin(), sheets[j].end(),
                                    [&a](const Rating& r) { return r.element == a.element; });
        if (b == sheets[j].end()) continue;
        rows.Add(RowKey(RollupKind::kAgreement)
                     .Id(visit.rubric_id)
                     .U16(a.element)
                     .U8(std::min(a.level, b->level))
                     .U8(std::max(a.level, b->level)),
                 {1});
      }
    }
  }
}

}  // namespace

std::vector<Contribution> ContributionOf(const RecordView& record, const core::VisitFacts& facts,
                                         const Directory& directory) {
  Rows rows;
  if (!facts.has_plan) {
    for (const auto& [key, position] : OtherWorkDue(record, directory)) {
      Vector due;
      PutAt(due, position, 1);
      rows.Add(key, std::move(due));
    }
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
