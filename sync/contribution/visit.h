// What is known of a visit before its rows are made, and the rows while they are.
//
// For ContributionOf() alone: figure_rows.cc makes the rows that leaders and teachers read as
// levels, practice_rows.cc those that say what was done (coverage, load, the feedback loop).

#ifndef HALFTERM_SYNC_CONTRIBUTION_VISIT_H_
#define HALFTERM_SYNC_CONTRIBUTION_VISIT_H_
#include <cstddef>
#include <cstdint>
#include <vector>

#include "halfterm/v1/directory.pb.h"
#include "sync/contribution.h"
#include "sync/core/audience.h"
#include "sync/directory.h"
#include "sync/levels.h"
#include "sync/record.h"
#include "sync/rollup_rows.h"

namespace halfterm::sync {

using RollupVector = std::vector<int64_t>;

// Adds to a position of a vector, which grows as far as is needed.
inline void PutAt(RollupVector& vector, size_t position, int64_t value) {
  if (vector.size() <= position) vector.resize(position + 1);
  vector[position] += value;
}

// Views into what VisitOf was given.
struct Visit {
  const RecordView& record;
  const core::VisitFacts& facts;
  const Directory& directory;
  std::vector<core::Id16> observers;  // Expected ones.
  int64_t start_ms = 0;
  uint16_t half_term = 0;
  bool is_shared = false;
  core::Id16 rubric_id{};
  const v1::RubricVersion* rubric = nullptr;
  VersionLevels version = {};    // Of a formal visit that is shared.
  bool is_acknowledged = false;  // The same, and that version was read.

  const core::Facet& plan() const { return *record.Find(core::kPlan); }
  uint8_t kind() const { return static_cast<uint8_t>(facts.kind); }
  uint16_t year() const {
    return half_term == 0 ? uint16_t{0} : static_cast<uint16_t>(2000 + half_term / 8);
  }
};

// DEPT, TEAM, WALK, MENTOR and AST: what a school asks for, and leaders read.
bool IsFormal(core::VisitKind kind);

// Of a record with a plan.
Visit VisitOf(const RecordView& record, const core::VisitFacts& facts, const Directory& directory);

// The rows of one record.
class Rows {
 public:
  void Add(const RowKey& key, RollupVector vector);

  // Ascending by key, each key once, without what is all zeros. Once.
  std::vector<Contribution> Take();

 private:
  std::vector<Contribution> rows_;
};

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

// Kinds 1 to 4, of a counted visit: as the sheets stand now.
void AddFigures(const Visit& visit, const OpenQueries& queries, Rows& rows);
// Kinds 13 and 14, of a counted visit: as the newest version says.
void AddOwnFigures(const Visit& visit, const OpenQueries& queries, Rows& rows);
// Kinds 11 and 15, where there are two sheets or more.
void AddAgreement(const Visit& visit, Rows& rows);

// Kind 6, of a visit with a teacher.
void AddCover(const Visit& visit, Rows& rows);
// Kinds 7 and 8.
void AddLoad(const Visit& visit, Rows& rows);
// Kinds 9, 12 and 18, of a formal visit that is shared.
void AddLoop(const Visit& visit, Rows& rows);
// Kind 12, of a formal visit: what waits to be shared, or to be acknowledged.
void AddWaiting(const Visit& visit, Rows& rows);
// Kind 10, of a visit with a teacher.
void AddConfidential(const Visit& visit, Rows& rows);

// Kinds 12, 16 and 17, of a record that is no visit.
void AddOtherRecord(const RecordView& record, const Directory& directory, Rows& rows);

}  // namespace halfterm::sync

#endif  // HALFTERM_SYNC_CONTRIBUTION_VISIT_H_
