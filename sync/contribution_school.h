// A visit of Hana's to Tia in maths, written as tablets would, and the rows that it adds to the
// summaries.

#ifndef HALFTERM_SYNC_CONTRIBUTION_SCHOOL_H_
#define HALFTERM_SYNC_CONTRIBUTION_SCHOOL_H_
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sync/contribution.h"
#include "sync/facts.h"
#include "tests/support/small_school.h"
#include "tests/support/visit_writer.h"

namespace halfterm::sync {

class ContributionTest : public ::testing::Test {
 protected:
  using Id16 = core::Id16;
  using SmallSchool = testing::SmallSchool;
  using PlanOf = testing::PlanOf;
  using VisitWriter = testing::VisitWriter;
  using Row = std::vector<int64_t>;

  // A visit of Hana's to Tia in maths, with the plan that `change` makes.
  template <typename Change>
  void Plan(const Change& change) {
    plan_ = {v1::VISIT_KIND_DEPT, school_.tia,     school_.maths,
             school_.hana,        {school_.hana},  testing::At(2026, 9, 14),
             /*minutes=*/50,      school_.rubric_a};
    change(plan_);
    hana_.WritePlan(visit_, plan_);
  }
  void Plan() {
    Plan([](PlanOf&) {});
  }
  void PlanTeam() {
    Plan([this](PlanOf& plan) {
      plan.kind = v1::VISIT_KIND_TEAM;
      plan.observers = {school_.hana, school_.sara, school_.hugo};
    });
  }
  void SubmitAll() {
    for (const Id16& observer : plan_.observers) visit_.Submit(observer);
  }
  void ShareAll() {
    SubmitAll();
    visit_.Share();
  }

  std::vector<Contribution> Rows(const testing::Held& held) const {
    const Directory directory = school_.Made();
    const RecordView record = held.View();
    return ContributionOf(record, FactsOf(record, directory), directory);
  }
  std::vector<Contribution> Rows() const { return Rows(visit_.All()); }

  Row At_(const RowKey& key) const {
    for (const Contribution& row : Rows()) {
      if (row.key == key.bytes()) return row.vector;
    }
    return {};
  }
  size_t CountOf(RollupKind kind) const {
    size_t count = 0;
    for (const Contribution& row : Rows()) count += row.key[0] == static_cast<char>(kind);
    return count;
  }

  Row Teacher(uint16_t half_term = SmallSchool::kAutumn1) const {
    return At_(RowKey(RollupKind::kTeacher)
                   .Id(school_.tia)
                   .U16(half_term)
                   .Id(school_.maths)
                   .Id(plan_.rubric));
  }
  // {n, sum, hist[1..L], unresolved} of an element in the teacher's row.
  Row Element(uint32_t element) const {
    const FigureLayout layout(*school_.Made().Rubric(plan_.rubric));
    Row row = Teacher();
    row.resize(layout.N(10));
    return {row.begin() + static_cast<std::ptrdiff_t>(layout.N(element)),
            row.begin() + static_cast<std::ptrdiff_t>(layout.N(element + 1))};
  }
  Row Loop(uint16_t half_term = SmallSchool::kAutumn1) const {
    return At_(RowKey(RollupKind::kLoop).Id(school_.maths).U16(half_term).Id(school_.tia));
  }
  // As the server shares it.
  void WriteVersion(uint32_t round, const std::string& words) {
    v1::SharedVersion version;
    version.set_round(round);
    version.add_strengths(words);
    server_.WriteVersion(visit_, version);
  }
  Row Lesson() const {
    return At_(RowKey(RollupKind::kLesson)
                   .Id(school_.tia)
                   .U16(SmallSchool::kAutumn1)
                   .Id(school_.maths)
                   .Id(plan_.rubric)
                   .U64(LatestFirst(plan_.start_ms))
                   .Id(visit_.record));
  }
  Row Cover(uint16_t roles = 1u << v1::ROLE_HOD, uint16_t half_term = SmallSchool::kAutumn1) const {
    return At_(RowKey(RollupKind::kCover)
                   .U16(half_term)
                   .Id(school_.tia)
                   .Id(school_.maths)
                   .U8(static_cast<uint8_t>(plan_.kind))
                   .U16(roles));
  }

  SmallSchool school_;
  testing::Visit visit_{testing::IdNumber(200)};
  PlanOf plan_;
  VisitWriter hana_{school_.hana, 1};
  VisitWriter hanas_other_tablet_{school_.hana, 2};
  VisitWriter sara_{school_.sara, 3};
  VisitWriter hugo_{school_.hugo, 4};
  VisitWriter tia_{school_.tia, 5};
  VisitWriter server_{testing::IdNumber(0), 9};
};

}  // namespace halfterm::sync

#endif  // HALFTERM_SYNC_CONTRIBUTION_SCHOOL_H_
