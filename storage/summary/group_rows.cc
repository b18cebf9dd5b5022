#include "storage/summary/group_rows.h"

namespace halfterm::storage {
namespace {

using core::Id16;
using sync::RollupKind;
using sync::RowKey;

void AddObservers(const std::map<Id16, std::set<Id16>>& teachers, std::set<Id16>& all) {
  for (const auto& [teacher, people] : teachers) all.insert(people.begin(), people.end());
}

}  // namespace

absl::Status GroupRows::Read(RollupRows& rows, const Question& question, const Id16& department,
                             uint16_t half_term) {
  const absl::Status figures = rows.ForEach(
      RowKey(RollupKind::kDeptTeacher).Id(department).U16(half_term),
      [&](KeyRest rest, const std::vector<int64_t>& row) {
        const Id16 rubric = rest.Id(), teacher = rest.Id();
        const auto [known, is_new] = may_read_.try_emplace({department, teacher});
        if (is_new) known->second = question.access.LeadsPage(teacher, department);
        if (!known->second) return true;
        observers[department][teacher];
        by_rubric[rubric][department][teacher].AddRow(row, question.directory.Rubric(rubric));
        return true;
      });
  if (!figures.ok()) return figures;
  for (auto& [teacher, people] : observers[department]) {
    const absl::Status read =
        rows.ForEach(RowKey(RollupKind::kObserver).Id(teacher).U16(half_term).Id(department),
                     [&people = people](KeyRest rest, const std::vector<int64_t>&) {
                       people.insert(rest.Id());
                       return true;
                     });
    if (!read.ok()) return read;
  }
  return absl::OkStatus();
}

uint32_t GroupRows::Observers() const {
  std::set<Id16> all;
  for (const auto& [department, teachers] : observers) AddObservers(teachers, all);
  return static_cast<uint32_t>(all.size());
}

uint32_t GroupRows::ObserversIn(const Id16& department) const {
  std::set<Id16> all;
  const auto found = observers.find(department);
  if (found != observers.end()) AddObservers(found->second, all);
  return static_cast<uint32_t>(all.size());
}

Id16 GroupRows::MostUsedRubric() const {
  Id16 most;
  uint64_t most_visits = 0;
  for (const auto& [rubric, departments] : by_rubric) {
    uint64_t visits = 0;
    for (const auto& [department, teachers] : departments) {
      for (const auto& [teacher, sums] : teachers) visits += sums.visits();
    }
    if (visits <= most_visits) continue;
    most_visits = visits;
    most = rubric;
  }
  return most;
}

ByTeacher GroupRows::TeachersOf(const Id16& rubric) const {
  ByTeacher all;
  const auto departments = by_rubric.find(rubric);
  if (departments == by_rubric.end()) return all;
  for (const auto& [department, teachers] : departments->second) {
    for (const auto& [teacher, sums] : teachers) all[teacher].Add(sums);
  }
  return all;
}

GroupSums SumOf(const ByTeacher& teachers) {
  GroupSums group;
  for (const auto& [teacher, sums] : teachers) group.AddTeacher(sums);
  return group;
}

}  // namespace halfterm::storage
