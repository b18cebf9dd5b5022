// What leaders and teachers read as levels: figures, lessons, observers, and how far two sheets
// agree.

#include <algorithm>
#include <utility>

#include "sync/contribution/visit.h"

namespace halfterm::sync {
namespace {

using core::Id16;
using Vector = RollupVector;

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

struct OneSheet {
  Id16 observer;
  std::vector<Rating> levels;  // Of elements that the rubric has.
};

// The sheets that count, without what is no level.
std::vector<OneSheet> RatedSheets(const Visit& visit) {
  std::vector<OneSheet> rated;
  for (const Id16& observer : visit.observers) {
    for (const std::vector<Rating>& sheet : SheetsOf(visit.record, {observer})) {
      OneSheet one{observer, {}};
      ForEachInRubric(sheet, *visit.rubric, [&](const Rating& rating) {
        if (rating.level != 0) one.levels.push_back(rating);
      });
      rated.push_back(std::move(one));
    }
  }
  return rated;
}

// A visit with a rubric that nobody here knows has no levels.
const v1::RubricVersion& RubricOrNone(const v1::RubricVersion* rubric) {
  return rubric != nullptr ? *rubric : v1::RubricVersion::default_instance();
}

}  // namespace

void AddFigures(const Visit& visit, const OpenQueries& queries, Rows& rows) {
  const core::VisitFacts& facts = visit.facts;
  const v1::RubricVersion& rubric = RubricOrNone(visit.rubric);
  const std::vector<Rating> all = LevelsOf(visit.record, visit.observers);
  const bool certified_only = visit.directory.PolicyOf(facts.school).certified_only();
  const std::vector<Rating> levels =
      certified_only
          ? LevelsOf(visit.record, visit.observers, CertifiedOf(visit.record, visit.observers))
          : all;
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
  PutAt(lesson, kLessonKind, visit.kind() + (levels == all ? 0 : kLessonUncertified));
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
  const VersionLevels& version = visit.version;
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

void AddAgreement(const Visit& visit, Rows& rows) {
  if (visit.observers.size() < 2 || visit.rubric == nullptr || !visit.facts.revealed) return;
  const std::vector<OneSheet> sheets = RatedSheets(visit);
  for (size_t i = 0; i < sheets.size(); ++i) {
    for (size_t j = 0; j < sheets.size(); ++j) {
      if (i == j) continue;
      Vector together;
      for (const Rating& a : sheets[i].levels) {
        const auto b = std::find_if(sheets[j].levels.begin(), sheets[j].levels.end(),
                                    [&a](const Rating& r) { return r.element == a.element; });
        if (b == sheets[j].levels.end()) continue;
        PutAt(together, RaterAt(a.element), a.level + kRaterOther * b->level);
        if (i > j) continue;
        rows.Add(RowKey(RollupKind::kAgreement)
                     .Id(visit.rubric_id)
                     .U16(a.element)
                     .U8(std::min(a.level, b->level))
                     .U8(std::max(a.level, b->level)),
                 {1});
      }
      if (together.empty()) continue;
      PutAt(together, kRaterKind, visit.kind());
      PutAt(together, kRaterOtherLeads, sheets[j].observer == visit.facts.lead ? 1 : 0);
      rows.Add(RowKey(RollupKind::kRater)
                   .Id(visit.rubric_id)
                   .Id(sheets[i].observer)
                   .U64(LatestFirst(visit.start_ms))
                   .Id(visit.record.id)
                   .Id(sheets[j].observer),
               std::move(together));
    }
  }
}

}  // namespace halfterm::sync
