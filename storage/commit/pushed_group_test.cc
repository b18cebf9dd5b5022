// What becomes of one pushed group, by tablets that forge, disagree, claim to have seen the future
// and have wrong clocks.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "storage/commit/pushed_school.h"
#include "sync/core/codec.h"

namespace halfterm::testing {
namespace {

using core::GroupKind;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

TEST_F(PushTest, C11APoisonGroupIsKeptAsideAndTheOnesBehindItGoOn) {
  PushingTablet hana = school.Tablet(people.hana, 1);
  hana.Write(Facet(core::kPlan), {},
             PlanValues(v1::VISIT_KIND_DEPT, people.tia, people.maths, people.rubric_a));
  hana.SealBytes(std::string(100, '\xff'));
  hana.Seal(GroupKind::kDelta, Facet(core::kSheet, people.hana), "no facet");
  hana.Seal(GroupKind::kIntent, Facet(core::kPlan), "\xff\xff");
  hana.Write(Facet(core::kVersion, core::NumberKey(1)), {},
             {{Path::Field(1, Kind::kBlob), v1::SharedVersion().SerializeAsString()}});
  hana.Write(Facet(core::kSheet, people.hugo), {}, RatingValues(1, 1));
  hana.Write(Facet(core::kSheet, people.hana), {}, RatingValues(1, 3));

  const auto reply = hana.Push();
  ASSERT_TRUE(reply.ok()) << reply.status();
  std::vector<std::pair<int, int>> became;
  for (const v1::PushResult& r : reply->results()) became.emplace_back(r.disposition(), r.reason());
  EXPECT_THAT(became,
              ElementsAre(std::pair(1, 0), std::pair(3, v1::REASON_MALFORMED),
                          std::pair(3, v1::REASON_MALFORMED), std::pair(3, v1::REASON_MALFORMED),
                          std::pair(3, v1::REASON_SERVER_ONLY),
                          std::pair(3, v1::REASON_NEVER_ALLOWED), std::pair(1, 0)));
  EXPECT_EQ(school.Head().seq(), 7u);
  EXPECT_EQ(school.LogRows(), 7u);
}

TEST_F(PushTest, C1TwoTabletsOfOneAuthorKeepBothValues) {
  PushingTablet office = school.Tablet(people.hana, 1), classroom = school.Tablet(people.hana, 2);
  WriteVisit(office);
  const FacetId sheet = Facet(core::kSheet, people.hana);
  const core::Facet seen = school.Stored(sheet);
  office.Write(sheet, seen, RatingValues(4, 1));
  classroom.Write(sheet, seen, RatingValues(4, 4));
  EXPECT_EQ(Only(classroom).disposition(), v1::DISPOSITION_COMMITTED);
  EXPECT_EQ(Only(office).disposition(), v1::DISPOSITION_COMMITTED);

  const Path level = Path::Entry(3, core::NumberKey(4), 1, Kind::kReg);
  EXPECT_THAT(ValuesAt(school.Stored(sheet), level), UnorderedElementsAre(Number(1), Number(4)));

  // The author chooses, having seen both.
  office.Write(sheet, school.Stored(sheet), RatingValues(4, 2));
  EXPECT_EQ(Only(office).disposition(), v1::DISPOSITION_COMMITTED);
  EXPECT_THAT(ValuesAt(school.Stored(sheet), level), ElementsAre(Number(2)));
}

TEST_F(PushTest, ATabletThatClaimsToHaveSeenTheFutureIsKeptAside) {
  PushingTablet office = school.Tablet(people.hana, 1), liar = school.Tablet(people.hana, 2);
  WriteVisit(office);
  const FacetId sheet = Facet(core::kSheet, people.hana);
  core::Facet seen = school.Stored(sheet);
  for (core::Cell& cell : seen.cells) {
    for (core::Dot& dot : cell.seen) dot.count = 1000;
  }
  liar.Write(sheet, seen, RatingValues(4, 1));
  const v1::PushResult result = Only(liar);
  EXPECT_EQ(result.disposition(), v1::DISPOSITION_QUARANTINED);
  EXPECT_EQ(result.reason(), v1::REASON_MALFORMED);

  // What the honest tablet writes next is not swallowed.
  office.Write(sheet, school.Stored(sheet), RatingValues(4, 2));
  EXPECT_EQ(Only(office).disposition(), v1::DISPOSITION_COMMITTED);
  EXPECT_THAT(ValuesAt(school.Stored(sheet), Path::Entry(3, core::NumberKey(4), 1, Kind::kReg)),
              ElementsAre(Number(2)));
}

TEST_F(PushTest, AWriteThatLeavesOutWhatItsTabletHeldIsBlind) {
  PushingTablet office = school.Tablet(people.hana, 1), classroom = school.Tablet(people.hana, 2);
  WriteVisit(office);
  const FacetId sheet = Facet(core::kSheet, people.hana);
  classroom.base_seq = school.Head().seq();
  classroom.Write(sheet, {}, RatingValues(4, 1));
  EXPECT_EQ(Only(classroom).reason(), v1::REASON_BLIND);
  classroom.Write(sheet, school.Stored(sheet), RatingValues(4, 1));
  EXPECT_EQ(Only(classroom).disposition(), v1::DISPOSITION_COMMITTED);
}

TEST_F(PushTest, Z13TheAuthorIsTheSessionsPersonWhateverTheBytesSay) {
  PushingTablet hana = school.Tablet(people.hana, 1);
  core::Facet delta;
  for (const auto& [path, value] :
       PlanValues(v1::VISIT_KIND_DEPT, people.tia, people.maths, people.rubric_a)) {
    core::Put(delta, core::Written({}, path, hana.next_dot(), people.hugo, value));
  }
  hana.Seal(GroupKind::kDelta, Facet(core::kPlan), core::Encode(delta));
  ASSERT_EQ(Only(hana).disposition(), v1::DISPOSITION_COMMITTED);
  for (const core::Cell& cell : school.Stored(Facet(core::kPlan)).cells) {
    for (const core::Sibling& sibling : cell.siblings) EXPECT_EQ(sibling.author, people.hana);
  }
}

TEST_F(PushTest, C30AClockThatIsYearsWrongChangesNoContent) {
  PushingTablet hana = school.Tablet(people.hana, 1);
  WriteVisit(hana);
  const FacetId sheet = Facet(core::kSheet, people.hana);
  const int64_t now = school.clock.NowMs();
  for (const int64_t wall : {int64_t{0}, now - 40'000'000'000, now + 400'000'000'000}) {
    school.clock.SetWall(wall);
    hana.Write(sheet, school.Stored(sheet), RatingValues(1, wall == 0 ? 1 : 2));
    school.clock.SetWall(now);
    const v1::PushResult result = Only(hana);
    EXPECT_EQ(result.disposition(), v1::DISPOSITION_COMMITTED);
    EXPECT_LE(result.eff_ms(), now);
  }
  EXPECT_THAT(ValuesAt(school.Stored(sheet), Path::Entry(3, core::NumberKey(1), 1, Kind::kReg)),
              ElementsAre(Number(2)));
}

}  // namespace
}  // namespace halfterm::testing
