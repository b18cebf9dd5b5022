#include "storage/summary/group_page.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "storage/summary/figures.h"
#include "storage/summary/group_rows.h"
#include "storage/summary/rows.h"

namespace halfterm::storage {
namespace {

using core::Id16;
using sync::RollupKind;
using sync::RowKey;

const v1::RubricVersion& RubricOrNone(const sync::Directory& directory, const Id16& rubric) {
  const v1::RubricVersion* known = directory.Rubric(rubric);
  return known != nullptr ? *known : v1::RubricVersion::default_instance();
}

template <typename Reply>
void FillGroup(const GroupRows& rows, const Id16& rubric, const Question& question, Reply& reply) {
  for (const auto& [other, unused] : rows.by_rubric) {
    if (other != rubric) reply.add_other_rubric_versions(std::string(other.view()));
  }
  const GroupSums group = SumOf(rows.TeachersOf(rubric));
  *reply.mutable_elements() = group.FiguresFor(RubricOrNone(question.directory, rubric));
  reply.set_visits(static_cast<uint32_t>(group.visits()));
  reply.set_observers(rows.Observers());
}

// By name, never by level.
void FillTeachers(const Question& question, const GroupRows& rows, const Id16& department,
                  const Id16& rubric, v1::DepartmentReply& reply) {
  for (const auto& [teacher, sums] : rows.TeachersOf(rubric)) {
    v1::TeacherRow& row = *reply.add_teachers();
    row.set_observers(static_cast<uint32_t>(rows.observers.at(department).at(teacher).size()));
    row.set_teacher(std::string(teacher.view()));
    const v1::Person* person = question.directory.Person(teacher);
    if (person != nullptr) row.set_display_name(person->display_name());
    for (const v1::RubricElement& element : RubricOrNone(question.directory, rubric).elements()) {
      if (sums.Of(element.number()).IsEmpty()) continue;
      *row.add_elements() = FiguresOf(element.number(), sums.Of(element.number()),
                                      static_cast<uint32_t>(element.levels_size()));
    }
  }
  std::stable_sort(reply.mutable_teachers()->begin(), reply.mutable_teachers()->end(),
                   [](const v1::TeacherRow& a, const v1::TeacherRow& b) {
                     return a.display_name() < b.display_name();
                   });
}

// Whether the row is a teacher's figures in one of these departments in that half-term.
bool IsOfDepartments(absl::string_view kind_and_key, const std::vector<Id16>& departments,
                     uint16_t half_term) {
  return std::any_of(departments.begin(), departments.end(), [&](const Id16& department) {
    const RowKey key = RowKey(RollupKind::kDeptTeacher).Id(department).U16(half_term);
    return absl::StartsWith(kind_and_key, key.bytes());
  });
}

}  // namespace

std::vector<const v1::Org*> DepartmentsBelow(const sync::Directory& directory, const Id16& org) {
  std::vector<const v1::Org*> departments;
  for (const v1::Org& here : directory.content().orgs) {
    if (here.kind() != v1::ORG_KIND_DEPARTMENT) continue;
    if (IsAtOrBelow(directory, *Id16::FromBytes(here.id()), org)) departments.push_back(&here);
  }
  std::sort(departments.begin(), departments.end(), [](const v1::Org* a, const v1::Org* b) {
    return a->name() != b->name() ? a->name() < b->name() : a->id() < b->id();
  });
  return departments;
}

absl::StatusOr<v1::DepartmentReply> ReadDepartmentPage(const Question& question,
                                                       const v1::DepartmentRequest& request) {
  const absl::StatusOr<Id16> department = RequiredId(request.department(), "department");
  if (!department.ok()) return department.status();
  absl::StatusOr<Id16> rubric = OptionalId(request.rubric_version(), "rubric_version");
  if (!rubric.ok()) return rubric.status();
  if (!question.access.Department(*department)) return NotThereOrNotYours();
  const absl::StatusOr<uint16_t> half_term = HalfTermAsked(question, *department, request.h2());
  if (!half_term.ok()) return half_term.status();

  RollupRows rollups(question.snapshot, question.tenant);
  GroupRows rows;
  const absl::Status read = rows.Read(rollups, question, *department, *half_term);
  if (!read.ok()) return read;
  if (rubric->IsZero()) *rubric = rows.MostUsedRubric();

  v1::DepartmentReply reply;
  const absl::StatusOr<v1::Watermark> watermark = WatermarkFor(
      question, *rubric, request.last_view_seq(),
      [&](absl::string_view row) { return IsOfDepartments(row, {*department}, *half_term); });
  if (!watermark.ok()) return watermark.status();
  *reply.mutable_watermark() = *watermark;
  reply.set_department(request.department());
  reply.set_h2(*half_term);
  reply.set_name(question.directory.Org(*department)->name());
  FillGroup(rows, *rubric, question, reply);
  if (request.with_teachers()) FillTeachers(question, rows, *department, *rubric, reply);
  return reply;
}

absl::StatusOr<v1::SchoolReply> ReadSchoolPage(const Question& question,
                                               const v1::SchoolRequest& request) {
  const absl::StatusOr<Id16> school = RequiredId(request.school(), "school");
  if (!school.ok()) return school.status();
  absl::StatusOr<Id16> rubric = OptionalId(request.rubric_version(), "rubric_version");
  if (!rubric.ok()) return rubric.status();
  if (!question.access.School(*school)) return NotThereOrNotYours();
  const absl::StatusOr<uint16_t> half_term = HalfTermAsked(question, *school, request.h2());
  if (!half_term.ok()) return half_term.status();

  RollupRows rollups(question.snapshot, question.tenant);
  GroupRows rows;
  std::vector<Id16> departments;
  for (const v1::Org* org : DepartmentsBelow(question.directory, *school)) {
    departments.push_back(*Id16::FromBytes(org->id()));
    const absl::Status read = rows.Read(rollups, question, departments.back(), *half_term);
    if (!read.ok()) return read;
  }
  if (rubric->IsZero()) *rubric = rows.MostUsedRubric();

  v1::SchoolReply reply;
  const absl::StatusOr<v1::Watermark> watermark = WatermarkFor(
      question, *rubric, request.last_view_seq(),
      [&](absl::string_view row) { return IsOfDepartments(row, departments, *half_term); });
  if (!watermark.ok()) return watermark.status();
  *reply.mutable_watermark() = *watermark;
  reply.set_school(request.school());
  reply.set_h2(*half_term);
  reply.set_name(question.directory.Org(*school)->name());
  FillGroup(rows, *rubric, question, reply);
  if (!request.with_departments()) return reply;
  const std::map<Id16, ByTeacher>& by_department = rows.by_rubric[*rubric];
  for (const Id16& department : departments) {
    const auto teachers = by_department.find(department);
    if (teachers == by_department.end()) continue;
    v1::DepartmentRow& row = *reply.add_departments();
    row.set_department(std::string(department.view()));
    row.set_name(question.directory.Org(department)->name());
    row.set_observers(rows.ObserversIn(department));
    *row.mutable_elements() =
        SumOf(teachers->second).FiguresFor(RubricOrNone(question.directory, *rubric));
  }
  return reply;
}

}  // namespace halfterm::storage
