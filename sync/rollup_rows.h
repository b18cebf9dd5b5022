// How roll-up rows are laid out: their keys, and the positions in their vectors.
//
// docs/rollups.md says what each row counts. ContributionOf writes by this header and the summaries
// read by it, so that a position is said once.

#ifndef HALFTERM_SYNC_ROLLUP_ROWS_H_
#define HALFTERM_SYNC_ROLLUP_ROWS_H_
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "halfterm/v1/directory.pb.h"
#include "sync/core/types.h"
#include "sync/core/varint.h"

namespace halfterm::sync {

// The numbers are on disk and are never reused.
enum class RollupKind : uint8_t {
  kTeacher = 1,
  kObserver = 2,
  kLesson = 3,
  kDeptTeacher = 4,
  kCover = 6,  // 5 was never written.
  kLoad = 7,
  kObserverLoad = 8,
  kLoop = 9,
  kConfidential = 10,
  kAgreement = 11,
  kDecisions = 12,
  kTeacherOwn = 13,
  kLessonOwn = 14,
  kRater = 15,
  kHelp = 16,
  kOfScope = 17,
  kPraise = 18,
};

// kind1 | key, part by part.
class RowKey {
 public:
  explicit RowKey(RollupKind kind) {
    bytes_.reserve(96);
    U8(static_cast<uint8_t>(kind));
  }
  RowKey& Id(const core::Id16& id) {
    bytes_.append(id.view());
    return *this;
  }
  RowKey& U8(uint8_t number) {
    bytes_.push_back(static_cast<char>(number));
    return *this;
  }
  RowKey& U16(uint16_t number) {
    core::AppendBig16(bytes_, number);
    return *this;
  }
  RowKey& U32(uint32_t number) {
    core::AppendBig32(bytes_, number);
    return *this;
  }
  RowKey& U64(uint64_t number) {
    core::AppendBig64(bytes_, number);
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// A moment (milliseconds since 1970) as a number that is smaller the later it is: engines walk
// forwards only, and "the last lesson" is asked for most. Its own inverse is MomentOf.
constexpr uint64_t kSign = uint64_t{1} << 63;
inline uint64_t LatestFirst(int64_t moment_ms) {
  return ~(static_cast<uint64_t>(moment_ms) ^ kSign);
}
inline int64_t MomentOf(uint64_t latest_first) {
  return static_cast<int64_t>(~latest_first ^ kSign);
}

// --- figures: TEACHER, DEPT_TEACHER, TEACHER_OWN ------------------------------------------------

// A level is 1 to at most this.
constexpr uint32_t kMaxLevels = 10;
constexpr size_t kFigureVisits = 0;

// Where the block of an element begins. A rubric version is immutable, and so is its layout.
struct FigureLayout {
  uint32_t levels = 0;  // The largest number of levels of any element.

  explicit FigureLayout(const v1::RubricVersion& rubric) {
    for (const v1::RubricElement& element : rubric.elements()) {
      levels = std::max(levels, static_cast<uint32_t>(element.levels_size()));
    }
    levels = std::min(levels, kMaxLevels);
  }
  size_t N(uint32_t element) const { return 1 + (element - 1) * (levels + size_t{3}); }
  size_t Sum(uint32_t element) const { return N(element) + 1; }
  size_t Hist(uint32_t element, uint32_t level) const { return N(element) + 1 + level; }
  size_t Unresolved(uint32_t element) const { return N(element) + 2 + levels; }
};

// --- LESSON, LESSON_OWN --------------------------------------------------------------------------

constexpr size_t kLessonKind = 0;
constexpr size_t kLessonOwnChanged = 1;
inline size_t LessonAt(uint32_t element) { return element; }
inline size_t LessonOwnAt(uint32_t element) { return size_t{1} + element; }
// What stands there: the level, and the two marks below.
constexpr int64_t kLessonLevel = 15;
constexpr int64_t kLessonUnresolved = 16;
constexpr int64_t kLessonQueried = 32;
// Added to the kind of a LESSON: levels were left out, because an observer held no certificate.
constexpr int64_t kLessonUncertified = 64;

// --- COVER ---------------------------------------------------------------------------------------

constexpr size_t kCoverBooked = 0;
constexpr size_t kCoverDone = 1;
constexpr size_t kCoverShared = 2;
constexpr size_t kCoverLate = 3;
// What stands there for a day: visits done, and kCoverBookedOnDay for each that is booked.
constexpr size_t kCoverDays = 4;
constexpr int32_t kCoverLastDay = 127;
constexpr int64_t kCoverBookedOnDay = int64_t{1} << 20;

// --- LOAD, OBSERVER_LOAD -------------------------------------------------------------------------

constexpr size_t kLoadVisits = 0;
constexpr size_t kLoadMinutes = 1;
constexpr size_t kLoadShortVisits = 2;
constexpr size_t kLoadShortMinutes = 3;
constexpr size_t kLoadReasons = 4;
// Of COACH and PEER: what those who lead are told of.
constexpr size_t kLoadToldVisits = 5;
constexpr size_t kLoadToldMinutes = 6;
constexpr int64_t kShortMinutes = 10;

// --- LOOP ----------------------------------------------------------------------------------------

constexpr size_t kLoopShared = 0;
constexpr size_t kLoopAcknowledged = 1;
constexpr size_t kLoopStepsDue = 2;
constexpr size_t kLoopStepsChecked = 3;
constexpr size_t kLoopLags = 4;
constexpr int kLoopLastLag = 30;  // And longer.

// --- DECISIONS -----------------------------------------------------------------------------------

constexpr size_t kDueDecisions = 0;
constexpr size_t kDueSteps = 1;
constexpr size_t kDueReferrals = 2;
constexpr size_t kDueToShare = 3;
constexpr size_t kDueToAcknowledge = 4;
constexpr size_t kDueSupportPlans = 5;
constexpr size_t kDueKinds = 6;
// The day of what has none; after every other.
constexpr int32_t kNoDay = 0x7fffffff;

// --- RATER ---------------------------------------------------------------------------------------

constexpr size_t kRaterKind = 0;
constexpr size_t kRaterOtherLeads = 1;
// What stands there: the observer's level, and kRaterOther times the other's.
inline size_t RaterAt(uint32_t element) { return size_t{1} + element; }
constexpr int64_t kRaterOther = 16;

// --- HELP ----------------------------------------------------------------------------------------

constexpr size_t kHelpParts = 0;  // The sum of the below.
constexpr int64_t kHelpHelper = 1, kHelpSubject = 2, kHelpOpener = 4, kHelpDepartment = 8;
constexpr size_t kHelpOpen = 1;  // More than 0 until an outcome is written.

}  // namespace halfterm::sync

#endif  // HALFTERM_SYNC_ROLLUP_ROWS_H_
