#include "storage/summary/teacher_page.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "storage/summary/figures.h"
#include "storage/summary/lessons.h"
#include "storage/summary/rows.h"

namespace halfterm::storage {
namespace {

using core::Id16;
using sync::RollupKind;
using sync::RowKey;

// This half-term, the one before, and the two before those.
constexpr size_t kTrendHalfTerms = 4;

// The rows of one half-term that the caller may read, of one department and rubric version each.
struct Block {
  Id16 department, rubric;
  std::vector<int64_t> row;
};

class TeacherPage {
 public:
  TeacherPage(const Question& question, const Id16& teacher)
      : question_(question),
        teacher_(teacher),
        own_(question.access.OwnPage(teacher)),
        rows_(question.snapshot, question.tenant) {}

  absl::StatusOr<v1::TeacherReply> Read(const v1::TeacherRequest& request, const Id16& rubric) {
    const Id16 home = question_.directory.FirstDepartmentOf(teacher_);
    const absl::StatusOr<uint16_t> half_term = HalfTermAsked(question_, home, request.h2());
    // Nobody learns from a wrong half-term that there is such a person.
    if (!half_term.ok()) return IsReader() ? half_term.status() : NotThereOrNotYours();
    half_term_ = *half_term;
    const absl::StatusOr<std::vector<Block>> blocks = BlocksOf(half_term_);
    if (!blocks.ok()) return blocks.status();
    if (blocks->empty() && !IsReader()) return NotThereOrNotYours();

    const absl::StatusOr<Id16> chosen = rubric.IsZero() ? LatestRubric(*blocks) : rubric;
    if (!chosen.ok()) return chosen.status();
    rubric_ = *chosen;
    known_ = question_.directory.Rubric(rubric_);

    v1::TeacherReply reply;
    const absl::StatusOr<v1::Watermark> watermark =
        WatermarkFor(question_, rubric_, request.last_view_seq(), [this](absl::string_view row) {
          return absl::StartsWith(row, FiguresKey(half_term_).bytes());
        });
    if (!watermark.ok()) return watermark.status();
    *reply.mutable_watermark() = *watermark;
    reply.set_teacher(request.teacher());
    reply.set_h2(half_term_);
    reply.set_as_shared(own_);
    reply.set_display_name(question_.directory.Person(teacher_)->display_name());
    for (const absl::Status& status :
         {FillFigures(*blocks, reply), FillLessonsAndLast(*blocks, request.with_lessons(), reply),
          FillTrends(*blocks, reply)}) {
      if (!status.ok()) return status;
    }
    return reply;
  }

 private:
  bool MayRead(const Id16& department) {
    if (own_) return true;
    const auto [known, is_new] = may_read_.try_emplace(department, false);
    if (is_new) known->second = question_.access.LeadsPage(teacher_, department);
    return known->second;
  }

  // Whether the caller reads this teacher though there may be nothing to read.
  bool IsReader() {
    const auto& departments = question_.directory.Person(teacher_)->departments();
    return own_ || std::any_of(departments.begin(), departments.end(), [this](const auto& d) {
             return MayRead(Id16::FromBytes(d.org()).value_or(Id16{}));
           });
  }

  RowKey FiguresKey(uint16_t half_term) const {
    return RowKey(own_ ? RollupKind::kTeacherOwn : RollupKind::kTeacher)
        .Id(teacher_)
        .U16(half_term);
  }

  absl::StatusOr<std::vector<Block>> BlocksOf(uint16_t half_term) {
    std::vector<Block> blocks;
    const absl::Status walked =
        rows_.ForEach(FiguresKey(half_term), [&](KeyRest rest, std::vector<int64_t>& row) {
          Block block;
          if (!own_) block.department = rest.Id();
          block.rubric = rest.Id();
          block.row = std::move(row);
          if (MayRead(block.department)) blocks.push_back(std::move(block));
          return true;
        });
    if (!walked.ok()) return walked;
    return blocks;
  }

  LessonsOf Behind(const Block& block) const {
    return {teacher_, half_term_, block.department, block.rubric, own_};
  }

  absl::StatusOr<Id16> LatestRubric(const std::vector<Block>& blocks) {
    Id16 rubric;
    int64_t latest_ms = std::numeric_limits<int64_t>::min();
    for (const Block& block : blocks) {
      const auto first = LatestLessons(rows_, Behind(block), {}, 1);
      if (!first.ok()) return first.status();
      if (first->empty() || first->front().start_ms <= latest_ms) continue;
      latest_ms = first->front().start_ms;
      rubric = block.rubric;
    }
    return rubric;
  }

  absl::Status FillFigures(const std::vector<Block>& blocks, v1::TeacherReply& reply) {
    std::set<Id16> others;
    for (const Block& block : blocks) {
      if (block.rubric == rubric_) {
        now_.AddRow(block.row, known_);
      } else {
        others.insert(block.rubric);
      }
    }
    for (const Id16& other : others) reply.add_other_rubric_versions(std::string(other.view()));
    reply.set_visits(static_cast<uint32_t>(now_.visits()));
    if (known_ == nullptr) return absl::OkStatus();
    for (const v1::RubricElement& element : known_->elements()) {
      const ElementSums& sums = now_.Of(element.number());
      if (sums.IsEmpty()) continue;
      *reply.add_elements() =
          FiguresOf(element.number(), sums, static_cast<uint32_t>(element.levels_size()));
    }
    return absl::OkStatus();
  }

  absl::Status FillLessonsAndLast(const std::vector<Block>& blocks, bool with_lessons,
                                  v1::TeacherReply& reply) {
    std::vector<LessonRow> lessons;
    for (const Block& block : blocks) {
      if (block.rubric != rubric_) continue;
      Sums sums;
      sums.AddRow(block.row, known_);
      std::set<uint32_t> wanted;
      for (uint32_t element = 1; element <= sums.last_element(); ++element) {
        if (sums.Of(element).n > 0) wanted.insert(element);
      }
      auto latest = LatestLessons(rows_, Behind(block), wanted, with_lessons ? kMaxLessons : 0);
      if (!latest.ok()) return latest.status();
      std::move(latest->begin(), latest->end(), std::back_inserter(lessons));
    }
    std::stable_sort(lessons.begin(), lessons.end(), [](const LessonRow& a, const LessonRow& b) {
      return a.start_ms != b.start_ms ? a.start_ms > b.start_ms : a.record < b.record;
    });
    for (v1::ElementFigures& figures : *reply.mutable_elements()) {
      for (const LessonRow& lesson : lessons) {
        const int64_t level = lesson.At(figures.element()) & sync::kLessonLevel;
        if (level == 0) continue;
        figures.set_last_level(static_cast<uint32_t>(level));
        figures.set_last_lesson_ms(lesson.start_ms);
        figures.set_last_visit(std::string(lesson.record.view()));
        break;
      }
    }
    if (!with_lessons) return absl::OkStatus();
    return FillLessons(question_, Behind({{}, rubric_, {}}), lessons, reply.mutable_lessons());
  }

  absl::Status AddObservers(uint16_t half_term, std::set<Id16>& observers) {
    return rows_.ForEach(RowKey(RollupKind::kObserver).Id(teacher_).U16(half_term),
                         [&](KeyRest rest, const std::vector<int64_t>&) {
                           const Id16 department = rest.Id();
                           if (MayRead(department)) observers.insert(rest.Id());
                           return true;
                         });
  }

  absl::Status FillTrends(const std::vector<Block>& blocks, v1::TeacherReply& reply) {
    const Id16 home = question_.directory.FirstDepartmentOf(teacher_);
    std::array<Sums, 2> sides;  // Now, and before.
    std::set<Id16> observers;
    uint16_t half_term = half_term_;
    for (size_t back = 0; back < kTrendHalfTerms; ++back) {
      if (back > 0) half_term = HalfTermBefore(question_.directory, home, half_term);
      if (back > 0 && half_term == 0) break;
      std::vector<Block> earlier;
      if (back > 0) {
        absl::StatusOr<std::vector<Block>> read = BlocksOf(half_term);
        if (!read.ok()) return read.status();
        earlier = *std::move(read);
      }
      for (const Block& block : back == 0 ? blocks : earlier) {
        if (block.rubric == rubric_) sides[back / 2].AddRow(block.row, known_);
      }
      const absl::Status added = AddObservers(half_term, observers);
      if (!added.ok()) return added;
      if (back == 0) reply.set_observers(static_cast<uint32_t>(observers.size()));
    }
    const v1::Policy& policy = question_.directory.PolicyOf(question_.directory.SiteOf(home));
    for (v1::ElementFigures& figures : *reply.mutable_elements()) {
      *figures.mutable_trend() =
          TrendOf(sides[0].Of(figures.element()), sides[1].Of(figures.element()),
                  static_cast<uint32_t>(observers.size()), policy);
    }
    return absl::OkStatus();
  }

  const Question& question_;
  Id16 teacher_;
  bool own_;
  RollupRows rows_;
  uint16_t half_term_ = 0;
  Id16 rubric_;
  const v1::RubricVersion* known_ = nullptr;
  Sums now_;
  std::map<Id16, bool> may_read_;
};

}  // namespace

absl::StatusOr<v1::TeacherReply> ReadTeacherPage(const Question& question,
                                                 const v1::TeacherRequest& request) {
  const absl::StatusOr<Id16> teacher = RequiredId(request.teacher(), "teacher");
  if (!teacher.ok()) return teacher.status();
  const absl::StatusOr<Id16> rubric = OptionalId(request.rubric_version(), "rubric_version");
  if (!rubric.ok()) return rubric.status();
  if (question.directory.Person(*teacher) == nullptr) return NotThereOrNotYours();
  return TeacherPage(question, *teacher).Read(request, *rubric);
}

}  // namespace halfterm::storage
