#include "storage/practice/teacher_terms.h"

#include <algorithm>

namespace halfterm::storage {

using core::Id16;
using sync::RollupKind;
using sync::RowKey;

TeacherTerms::TeacherTerms(const Question& question, const Id16& teacher)
    : question_(question),
      teacher_(teacher),
      is_own_(question.access.OwnPage(teacher)),
      rows_(question.snapshot, question.tenant) {}

bool TeacherTerms::MayReadIn(const Id16& department) {
  if (is_own_) return true;
  const auto [known, is_new] = may_read_.try_emplace(department, false);
  if (is_new) known->second = question_.access.LeadsPage(teacher_, department);
  return known->second;
}

bool TeacherTerms::MayRead() {
  if (is_own_) return true;
  const v1::Person* person = question_.directory.Person(teacher_);
  if (person == nullptr) return false;
  const auto& departments = person->departments();
  return std::any_of(departments.begin(), departments.end(), [this](const auto& membership) {
    return MayReadIn(Id16::FromBytes(membership.org()).value_or(Id16{}));
  });
}

absl::Status TeacherTerms::Read(uint16_t half_term) {
  const auto [place, is_new] = read_.try_emplace(half_term);
  if (!is_new) return absl::OkStatus();
  HalfTerm& term = place->second;
  const absl::Status figures = rows_.ForEach(
      RowKey(is_own_ ? RollupKind::kTeacherOwn : RollupKind::kTeacher).Id(teacher_).U16(half_term),
      [&](KeyRest rest, const std::vector<int64_t>& row) {
        const Id16 department = is_own_ ? Id16{} : rest.Id();
        const Id16 rubric = rest.Id();
        if (MayReadIn(department)) {
          term.by_rubric[rubric].AddRow(row, question_.directory.Rubric(rubric));
        }
        return true;
      });
  if (!figures.ok()) return figures;
  return rows_.ForEach(RowKey(RollupKind::kObserver).Id(teacher_).U16(half_term),
                       [&](KeyRest rest, const std::vector<int64_t>&) {
                         const Id16 department = rest.Id();
                         if (MayReadIn(department)) term.observers.insert(rest.Id());
                         return true;
                       });
}

const TeacherTerms::HalfTerm& TeacherTerms::At(uint16_t half_term) const {
  static const HalfTerm kNone;
  const auto found = read_.find(half_term);
  return found == read_.end() ? kNone : found->second;
}

bool TeacherTerms::HasLessons() const {
  return std::any_of(read_.begin(), read_.end(),
                     [](const auto& read) { return !read.second.by_rubric.empty(); });
}

}  // namespace halfterm::storage
