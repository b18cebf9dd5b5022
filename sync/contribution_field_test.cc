// Failures that schools had with other systems, as far as the summaries are their subject (the
// numbers are those of the list of known failures). A week of a small school is written by chance:
// visits of every kind, two tablets of one author, teams, queries, withdrawals.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "sync/contribution.h"
#include "sync/facts.h"
#include "tests/support/seed.h"
#include "tests/support/small_school.h"
#include "tests/support/visit_writer.h"

namespace halfterm::sync {
namespace {

using core::Id16;
using testing::At;
using testing::Delta;
using testing::Held;
using testing::IdNumber;
using testing::PlanOf;
using testing::SmallSchool;
using testing::Visit;
using testing::VisitWriter;

using Rollups = std::map<std::string, std::vector<int64_t>>;

void Add(Rollups& rollups, const std::vector<Contribution>& rows, int64_t sign) {
  for (const Contribution& row : rows) {
    std::vector<int64_t>& sum = rollups[row.key];
    if (sum.size() < row.vector.size()) sum.resize(row.vector.size());
    for (size_t i = 0; i < row.vector.size(); ++i) sum[i] += sign * row.vector[i];
  }
}

Rollups WithoutZeros(Rollups rollups) {
  for (auto row = rollups.begin(); row != rollups.end();) {
    while (!row->second.empty() && row->second.back() == 0) row->second.pop_back();
    row = row->second.empty() ? rollups.erase(row) : std::next(row);
  }
  return rollups;
}

// One visit by chance, as its tablets wrote it.
Visit RandomVisit(std::mt19937_64& random, const SmallSchool& school, uint8_t number) {
  const auto below = [&random](uint64_t bound) { return random() % bound; };
  Visit visit(IdNumber(number));
  VisitWriter hana(school.hana, 10u * number + 1), again(school.hana, 10u * number + 2),
      sara(school.sara, 10u * number + 3), tia(school.tia, 10u * number + 4),
      server(Id16{}, 10u * number + 9);
  PlanOf plan;
  plan.kind = static_cast<v1::VisitKind>(1 + below(12));
  plan.teacher = below(8) == 0 ? Id16{} : school.tia;
  plan.department = below(2) == 0 ? school.maths : school.art;
  plan.lead = school.hana;
  plan.observers = {school.hana};
  if (below(2) == 0) plan.observers.push_back(school.sara);
  plan.start_ms = At(2026, 9, 2) + static_cast<int64_t>(below(120)) * 86'400'000;
  plan.rubric = below(5) == 0 ? school.rubric_b : school.rubric_a;
  hana.WritePlan(visit, plan);
  again.Pull(visit);
  sara.Pull(visit);
  for (int gesture = 0; gesture < 12; ++gesture) {
    const auto element = static_cast<uint16_t>(1 + below(9));
    const auto level = static_cast<uint32_t>(below(6));
    switch (below(12)) {
      case 0:
      case 1:
      case 2:
        hana.Rate(visit, element, level);
        break;
      case 3:
        again.Rate(visit, element, level);
        break;
      case 4:
        sara.Rate(visit, element, level);
        break;
      case 5:
        again.Pull(visit);
        break;
      case 6:
        hana.Pull(visit);
        break;
      case 7:
        tia.Ask(visit, IdNumber(static_cast<uint8_t>(240 + below(4))), element);
        break;
      case 8:
        tia.CloseQuery(visit, IdNumber(static_cast<uint8_t>(240 + below(4))), below(2) == 0);
        break;
      case 9:
        hana.AddStep(visit, IdNumber(static_cast<uint8_t>(230 + below(3))),
                     testing::Day(2026, 10, 1) + static_cast<int32_t>(below(60)));
        break;
      case 10:
        hana.Agree(visit, element, level);
        hana.SayAgreed(visit);
        break;
      default:
        sara.Pull(visit);
        sara.SayAgreed(visit);
        break;
    }
  }
  if (below(10) != 0) visit.Submit(school.hana);
  if (below(4) != 0) visit.Submit(school.sara);
  if (below(5) != 0) visit.Share(static_cast<uint16_t>(1 + below(2)));
  if (below(3) == 0) tia.Acknowledge(visit, 1);
  if (below(12) == 0) visit.Withdraw();
  v1::SharedVersion version;
  version.set_round(1);
  version.set_rubric_version(testing::BytesOf(plan.rubric));
  version.add_ratings()->set_element(static_cast<uint32_t>(1 + below(9)));
  version.mutable_ratings(0)->set_level(2);
  if (below(2) == 0) server.WriteVersion(visit, version);
  return visit;
}

std::vector<Contribution> RowsOf(const Held& held, const Directory& directory) {
  const RecordView record = held.View();
  return ContributionOf(record, FactsOf(record, directory), directory);
}

// Tangerine#2484: four scenarios gave different results by who synced first, and again.
TEST(FieldC2Test, EveryOrderOfDeliveryWithRepeatsGivesIdenticalRollups) {
  std::mt19937_64 random(testing::TestSeed());
  SmallSchool school;
  school.policy().set_walk_rated(true);
  school.policy().set_mentor_counts(true);
  const Directory directory = school.Made();

  for (int week = 0; week < 20; ++week) {
    std::vector<Visit> visits;
    std::vector<std::pair<size_t, Delta>> deliveries;
    Rollups expected;
    for (uint8_t number = 60; number < 72; ++number) {
      visits.push_back(RandomVisit(random, school, number));
      Add(expected, RowsOf(visits.back().All(), directory), 1);
      for (const Delta& delta : visits.back().written) {
        deliveries.emplace_back(visits.size() - 1, delta);
      }
    }
    expected = WithoutZeros(std::move(expected));
    ASSERT_FALSE(expected.empty());

    for (int order = 0; order < 25; ++order) {
      for (int repeats = 0; repeats < 30; ++repeats) {
        deliveries.push_back(deliveries[random() % deliveries.size()]);
      }
      std::shuffle(deliveries.begin(), deliveries.end(), random);
      std::vector<Held> held;
      for (const Visit& visit : visits) held.emplace_back(visit.record);
      std::vector<std::vector<Contribution>> before(visits.size());
      Rollups rollups;
      uint64_t stamp = random() % 1000;
      for (auto [which, delta] : deliveries) {
        // The server's stamps differ from order to order; no row may show it.
        for (core::Cell& cell : delta.cells.cells) {
          for (core::Sibling& sibling : cell.siblings) sibling.stamp = ++stamp;
        }
        held[which].Join(delta);
        std::vector<Contribution> after = RowsOf(held[which], directory);
        Add(rollups, before[which], -1);
        Add(rollups, after, 1);
        before[which] = std::move(after);
      }
      ASSERT_EQ(WithoutZeros(std::move(rollups)), expected)
          << "week " << week << ", order " << order;
    }
  }
}

// Every order of a few deliveries, not some of them.
TEST(FieldC2Test, AllPermutationsOfOneVisitsDeliveriesGiveIdenticalRollups) {
  SmallSchool school;
  const Directory directory = school.Made();
  Visit visit(IdNumber(60));
  VisitWriter hana(school.hana, 1), again(school.hana, 2), tia(school.tia, 3);
  hana.WritePlan(visit, {v1::VISIT_KIND_DEPT,
                         school.tia,
                         school.maths,
                         school.hana,
                         {school.hana},
                         At(2026, 9, 14),
                         50,
                         school.rubric_a});
  again.Pull(visit);
  hana.Rate(visit, 1, 2);
  again.Rate(visit, 1, 3);
  again.Rate(visit, 2, 4);
  tia.Ask(visit, IdNumber(61), 2);
  visit.Submit(school.hana);
  visit.Share();
  const std::vector<Contribution> expected = RowsOf(visit.All(), directory);
  ASSERT_FALSE(expected.empty());

  std::vector<size_t> order(visit.written.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  size_t orders = 0;
  do {
    Held held(visit.record);
    for (const size_t i : order) held.Join(visit.written[i]);
    held.Join(visit.written[order.front()]);
    ASSERT_EQ(RowsOf(held, directory), expected);
    ++orders;
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_EQ(orders, 5040u);
}

// CHALK PR#632, openSIS#73: teachers who moved vanished from reports, or came twice.
TEST(FieldC25Test, AMovedTeachersLessonsStayInTheDepartmentWhereTheyWereGiven) {
  SmallSchool school;
  Visit earlier(IdNumber(60)), later(IdNumber(61));
  VisitWriter hana(school.hana, 1);
  const auto write = [&](Visit& visit, const Id16& department, int64_t start_ms) {
    hana.WritePlan(visit, {v1::VISIT_KIND_DEPT,
                           school.tia,
                           department,
                           school.hana,
                           {school.hana},
                           start_ms,
                           50,
                           school.rubric_a});
    hana.Rate(visit, 1, 2);
    visit.Submit(school.hana);
    visit.Share();
  };
  write(earlier, school.maths, At(2026, 9, 14));
  write(later, school.art, At(2026, 10, 14));

  const std::vector<Contribution> before = RowsOf(earlier.All(), school.Made());
  v1::Person& tia = school.person(school.tia);
  tia.clear_departments();
  tia.add_departments()->set_org(testing::BytesOf(school.art));
  const Directory moved = school.Made();
  EXPECT_EQ(RowsOf(earlier.All(), moved), before);

  Rollups rollups;
  Add(rollups, RowsOf(earlier.All(), moved), 1);
  Add(rollups, RowsOf(later.All(), moved), 1);
  const auto visits = [&](const RowKey& key) {
    const auto row = rollups.find(key.bytes());
    return row == rollups.end() ? int64_t{0} : row->second[kFigureVisits];
  };
  for (const Id16& department : {school.maths, school.art}) {
    EXPECT_EQ(visits(RowKey(RollupKind::kDeptTeacher)
                         .Id(department)
                         .U16(SmallSchool::kAutumn1)
                         .Id(school.rubric_a)
                         .Id(school.tia)),
              1);
    EXPECT_EQ(visits(RowKey(RollupKind::kTeacher)
                         .Id(school.tia)
                         .U16(SmallSchool::kAutumn1)
                         .Id(department)
                         .Id(school.rubric_a)),
              1);
  }
}

}  // namespace
}  // namespace halfterm::sync
