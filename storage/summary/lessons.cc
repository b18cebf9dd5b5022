#include "storage/summary/lessons.h"

#include <algorithm>
#include <string>

#include "storage/commit/rollups.h"
#include "storage/row_view.h"

namespace halfterm::storage {
namespace {

using core::Id16;
using sync::RollupKind;
using sync::RowKey;

RowKey OwnKey(const LessonsOf& which) {
  return RowKey(RollupKind::kLessonOwn).Id(which.teacher).U16(which.half_term).Id(which.rubric);
}

RowKey KeyOf(const LessonsOf& which) {
  if (which.own) return OwnKey(which);
  return RowKey(RollupKind::kLesson)
      .Id(which.teacher)
      .U16(which.half_term)
      .Id(which.department)
      .Id(which.rubric);
}

// Sequence number of the record's last change that the caller's scopes have seen.
absl::StatusOr<uint64_t> ChangedSeq(const absl::StatusOr<std::string>& stored,
                                    const std::vector<core::Scope>& scopes) {
  if (absl::IsNotFound(stored.status())) return 0;
  if (!stored.ok()) return stored.status();
  RecordRowView view;
  if (!ReadRecordRow(*stored, view)) return absl::DataLossError("a record's row cannot be read");
  uint64_t seq = 0;
  for (const PlaceView& place : view.places) {
    const auto id = Id16::FromBytes({place.scope.data() + 1, Id16::kSize});
    const core::Scope scope{static_cast<uint8_t>(place.scope[0]), id.value_or(Id16{})};
    if (std::binary_search(scopes.begin(), scopes.end(), scope)) seq = std::max(seq, place.seq);
  }
  return seq;
}

v1::Lesson LessonOf(const LessonRow& row, const LessonsOf& which) {
  v1::Lesson lesson;
  lesson.set_visit(std::string(row.record.view()));
  lesson.set_lesson_start_ms(row.start_ms);
  lesson.set_h2(which.half_term);
  if (!row.entries.empty()) {
    const int64_t kind = row.entries[sync::kLessonKind];
    lesson.set_kind(static_cast<v1::VisitKind>(kind % sync::kLessonUncertified));
    lesson.set_uncertified(kind >= sync::kLessonUncertified);
  }
  for (uint32_t element = 1; element <= row.entries.size(); ++element) {
    const int64_t entry = row.At(element);
    if ((entry & sync::kLessonLevel) != 0) {
      v1::LessonLevel& level = *lesson.add_levels();
      level.set_element(element);
      level.set_level(static_cast<uint32_t>(entry & sync::kLessonLevel));
    }
    if ((entry & sync::kLessonUnresolved) != 0) lesson.add_unresolved(element);
    if ((entry & sync::kLessonQueried) != 0) lesson.add_queried(element);
  }
  return lesson;
}

}  // namespace

int64_t LessonRow::At(uint32_t element) const {
  const size_t at = own ? sync::LessonOwnAt(element) : sync::LessonAt(element);
  return at < entries.size() ? entries[at] : 0;
}

absl::StatusOr<std::vector<LessonRow>> LatestLessons(RollupRows& rows, const LessonsOf& which,
                                                     std::set<uint32_t> wanted, size_t at_least) {
  std::vector<LessonRow> lessons;
  if (wanted.empty() && at_least == 0) return lessons;
  const absl::Status walked =
      rows.ForEach(KeyOf(which), [&](KeyRest rest, std::vector<int64_t>& entries) {
        LessonRow lesson;
        lesson.start_ms = sync::MomentOf(rest.Number(8));
        lesson.record = rest.Id();
        lesson.entries = std::move(entries);
        lesson.own = which.own;
        for (auto element = wanted.begin(); element != wanted.end();) {
          const bool met = (lesson.At(*element) & sync::kLessonLevel) != 0;
          element = met ? wanted.erase(element) : std::next(element);
        }
        lessons.push_back(std::move(lesson));
        return !wanted.empty() || lessons.size() < at_least;
      });
  if (!walked.ok()) return walked;
  return lessons;
}

absl::Status FillLessons(const Question& question, const LessonsOf& which,
                         const std::vector<LessonRow>& lessons,
                         google::protobuf::RepeatedPtrField<v1::Lesson>* list) {
  const size_t count = std::min(lessons.size(), kMaxLessons);
  std::vector<std::string> records, own_rows;
  for (size_t i = 0; i < count; ++i) {
    records.push_back(RecordKey(question.tenant, lessons[i].record));
    own_rows.push_back(RollupKey(
        question.tenant,
        OwnKey(which).U64(sync::LatestFirst(lessons[i].start_ms)).Id(lessons[i].record).bytes()));
  }
  const std::vector<core::Scope> scopes = question.access.FeedScopes();
  const auto stored = question.snapshot.MultiGet(Family::kDerived, records);
  const auto shared = which.own ? std::vector<absl::StatusOr<std::string>>()
                                : question.snapshot.MultiGet(Family::kDerived, own_rows);
  for (size_t i = 0; i < count; ++i) {
    v1::Lesson lesson = LessonOf(lessons[i], which);
    const absl::StatusOr<uint64_t> seq = ChangedSeq(stored[i], scopes);
    if (!seq.ok()) return seq.status();
    lesson.set_changed_seq(*seq);
    if (!which.own && shared[i].ok()) {
      const absl::StatusOr<std::vector<int64_t>> row = DecodeVector(*shared[i]);
      if (!row.ok()) return row.status();
      lesson.set_changed_since_shared(row->size() > sync::kLessonOwnChanged &&
                                      (*row)[sync::kLessonOwnChanged] != 0);
    } else if (!which.own && !absl::IsNotFound(shared[i].status())) {
      return shared[i].status();
    }
    *list->Add() = std::move(lesson);
  }
  return absl::OkStatus();
}

}  // namespace halfterm::storage
