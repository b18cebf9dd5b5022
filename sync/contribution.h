// What one record adds to the summaries.
//
// The committer adds contribution(after) - contribution(before) to the roll-up rows in the write that
// changes the record, so a summary is right at every moment and its cost does not grow. Everything is
// integers that add and subtract: order of arrival cannot show. `halfterm verify` recomputes all of it.
//
// Kinds and keys (docs/rollups.md says what each counts):
//   1 TEACHER         teacher16 h2 rubric16            per element: n, sum, hist[1..L], unresolved
//   2 OBSERVER        teacher16 h2 observer16          visits
//   3 LESSON          teacher16 h2 start8 record16     level per element, 0 none
//   4 DEPT_TEACHER    dept16 h2 rubric16 teacher16     as TEACHER
//   5 SCHOOL_TEACHER  site16 h2 rubric16 teacher16     as TEACHER
//   6 COVER           dept16 h2 teacher16 kind1 role1  booked, done, shared, recorded late
//   7 LOAD            person16 year2 kind1             visits, minutes
//   8 OBSERVER_LOAD   person16 year2 kind1             visits, minutes
//   9 LOOP            dept16 h2                        shared, acknowledged, lag in school days 0..30, steps due, steps checked
//  10 CONFIDENTIAL    dept16 h2 kind1 | teacher16 h2 kind1   visits
//  11 AGREEMENT       rubric16 element2 a1 b1          pairs
//  12 DECISIONS       site16 due4 record16             open decisions, steps, referrals due
//  13 TEACHER_OWN     teacher16 h2 rubric16            as TEACHER, from the newest shared versions: what the teacher may see

#ifndef HALFTERM_SYNC_CONTRIBUTION_H_
#define HALFTERM_SYNC_CONTRIBUTION_H_
#include <cstdint>
#include <string>
#include <vector>

#include "sync/core/audience.h"
#include "sync/directory.h"
#include "sync/record.h"

namespace halfterm::sync {

enum class RollupKind : uint8_t {
  kTeacher = 1,
  kObserver = 2,
  kLesson = 3,
  kDeptTeacher = 4,
  kSchoolTeacher = 5,
  kCover = 6,
  kLoad = 7,
  kObserverLoad = 8,
  kLoop = 9,
  kConfidential = 10,
  kAgreement = 11,
  kDecisions = 12,
  kTeacherOwn = 13,
};

struct Contribution {
  std::string key;              // kind1 | key; integers in it are big-endian.
  std::vector<int64_t> vector;  // Trailing zeros left out.
};

// Ascending by key, each key once, no empty vector. Pure: the same record and directory give the same.
// `facts` must be FactsOf(record, directory).
std::vector<Contribution> ContributionOf(const RecordView& record, const core::VisitFacts& facts,
                                         const Directory& directory);

}  // namespace halfterm::sync

#endif  // HALFTERM_SYNC_CONTRIBUTION_H_
