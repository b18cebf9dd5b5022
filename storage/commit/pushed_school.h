// A school, and the visit of Hana's to Tia that tablets push to it: through the real committer on a
// real engine.

#ifndef HALFTERM_STORAGE_COMMIT_PUSHED_SCHOOL_H_
#define HALFTERM_STORAGE_COMMIT_PUSHED_SCHOOL_H_
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "halfterm/v1/observation.pb.h"
#include "sync/facts.h"
#include "tests/support/committed_school.h"
#include "tests/support/visit_writer.h"

namespace halfterm::testing {

class PushTest : public ::testing::Test {
 protected:
  using FacetId = core::FacetId;
  using Kind = core::Kind;
  using Path = core::Path;
  using Values = std::vector<std::pair<Path, std::string>>;

  static Values PlanValues(v1::VisitKind kind, const core::Id16& teacher,
                           const core::Id16& department, const core::Id16& rubric) {
    return {{Path::Field(2, Kind::kReg), Number(kind)},
            {Path::Field(3, Kind::kReg), BytesOf(teacher)},
            {Path::Field(4, Kind::kReg), BytesOf(department)},
            {Path::Field(8, Kind::kReg), Signed(At(2026, 9, 14))},
            {Path::Field(9, Kind::kReg), Number(50)},
            {Path::Field(16, Kind::kReg), BytesOf(rubric)}};
  }

  static Values RatingValues(uint16_t element, uint32_t level) {
    const core::Id16 key = core::NumberKey(element);
    return {{Path::Entry(3, key, 0, Kind::kElem), ""},
            {Path::Entry(3, key, 1, Kind::kReg), Number(level)}};
  }

  static Values StrengthValues(const core::Id16& key, const std::string& words) {
    return {{Path::Entry(1, key, 0, Kind::kElem), ""},
            {Path::Entry(1, key, 0, Kind::kPos), "m"},
            {Path::Entry(1, key, 1, Kind::kPara), words}};
  }

  static std::vector<std::string> ValuesAt(const core::Facet& facet, const Path& path) {
    std::vector<std::string> values;
    const core::Cell* cell = facet.Find(path);
    if (cell == nullptr) return values;
    for (const core::Sibling& sibling : cell->siblings) values.push_back(sibling.value);
    return values;
  }

  CommittedSchool school;
  const SmallSchool& people = school.people;
  core::Id16 visit = school.NewId();

  FacetId Facet(core::FacetClass facet_class, const core::Id16& sub = {}) const {
    return {visit, facet_class, sub};
  }
  // Hana observes Tia: a plan and a rated sheet, pushed.
  void WriteVisit(PushingTablet& hana) {
    hana.Write(Facet(core::kPlan), {},
               PlanValues(v1::VISIT_KIND_DEPT, people.tia, people.maths, people.rubric_a));
    hana.Write(Facet(core::kSheet, people.hana), {}, RatingValues(4, 3));
    hana.Write(Facet(core::kFeedback), {}, StrengthValues(school.NewId(), "calm start"));
    const auto reply = hana.Push();
    ASSERT_TRUE(reply.ok()) << reply.status();
    for (const v1::PushResult& result : reply->results()) {
      ASSERT_EQ(result.disposition(), v1::DISPOSITION_COMMITTED) << result.detail();
    }
  }
  v1::PushResult Only(PushingTablet& tablet) {
    const auto reply = tablet.Push();
    EXPECT_TRUE(reply.ok()) << reply.status();
    if (!reply.ok() || reply->results_size() != 1) return {};
    return reply->results(0);
  }
  v1::PushResult Intend(PushingTablet& tablet, core::FacetClass facet_class,
                        const v1::Intent& intent, const core::Id16& sub = {}) {
    tablet.Intend(Facet(facet_class, sub), intent);
    return Only(tablet);
  }
  v1::PushResult Share(PushingTablet& tablet, uint32_t round) {
    v1::Intent intent;
    intent.mutable_share()->set_round(round);
    return Intend(tablet, core::kPlan, intent);
  }
  v1::PushResult Submit(PushingTablet& tablet) {
    v1::Intent intent;
    intent.mutable_submit();
    return Intend(tablet, core::kSheet, intent, tablet.person());
  }
  core::Phase PlanPhase() {
    const core::Facet plan = school.Stored(Facet(core::kPlan));
    return sync::PhaseOf(&plan, 1);
  }
};

}  // namespace halfterm::testing

#endif  // HALFTERM_STORAGE_COMMIT_PUSHED_SCHOOL_H_
