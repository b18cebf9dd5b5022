// What becomes of pushed groups: pushes through the real committer on a real engine, by tablets
// that repeat, skip, forge and disagree.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "halfterm/v1/observation.pb.h"
#include "storage/commit/rollups.h"
#include "sync/contribution.h"
#include "sync/core/codec.h"
#include "sync/facts.h"
#include "tests/support/committed_school.h"
#include "tests/support/hex.h"
#include "tests/support/visit_writer.h"

namespace halfterm::testing {
namespace {

using core::FacetId;
using core::GroupKind;
using core::Kind;
using core::Path;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;
using Values = std::vector<std::pair<Path, std::string>>;

Values PlanValues(v1::VisitKind kind, const core::Id16& teacher, const core::Id16& department,
                  const core::Id16& rubric) {
  return {{Path::Field(2, Kind::kReg), Number(kind)},
          {Path::Field(3, Kind::kReg), BytesOf(teacher)},
          {Path::Field(4, Kind::kReg), BytesOf(department)},
          {Path::Field(8, Kind::kReg), Signed(At(2026, 9, 14))},
          {Path::Field(9, Kind::kReg), Number(50)},
          {Path::Field(16, Kind::kReg), BytesOf(rubric)}};
}

Values RatingValues(uint16_t element, uint32_t level) {
  const core::Id16 key = core::NumberKey(element);
  return {{Path::Entry(3, key, 0, Kind::kElem), ""},
          {Path::Entry(3, key, 1, Kind::kReg), Number(level)}};
}

Values StrengthValues(const core::Id16& key, const std::string& words) {
  return {{Path::Entry(1, key, 0, Kind::kElem), ""},
          {Path::Entry(1, key, 0, Kind::kPos), "m"},
          {Path::Entry(1, key, 1, Kind::kPara), words}};
}

std::vector<std::string> ValuesAt(const core::Facet& facet, const Path& path) {
  std::vector<std::string> values;
  const core::Cell* cell = facet.Find(path);
  if (cell == nullptr) return values;
  for (const core::Sibling& sibling : cell->siblings) values.push_back(sibling.value);
  return values;
}

class PushTest : public ::testing::Test {
 protected:
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

TEST_F(PushTest, WhatWasAcknowledgedIsThereAfterReopening) {
  PushingTablet hana = school.Tablet(people.hana, 1);
  WriteVisit(hana);
  const auto before = school.StoredRow(Facet(core::kSheet, people.hana)).SerializeAsString();
  const disk::HeadRow head = school.Head();
  ASSERT_FALSE(before.empty());

  school.Reopen();

  EXPECT_EQ(school.StoredRow(Facet(core::kSheet, people.hana)).SerializeAsString(), before);
  EXPECT_EQ(school.Head().seq(), head.seq());
  const auto again = hana.PushAgain();
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->applied_n(), 3u);
}

// The half-term of the lesson closes on 23 October.
class LateTest : public PushTest {
 protected:
  int64_t RecordedLate() {
    const std::string prefix = ToHex(storage::RollupPrefix(school.tenant(), 6));
    int64_t late = 0;
    for (const auto& [key, value] : school.Rollups()) {
      if (key.compare(0, prefix.size(), prefix) != 0) continue;
      const auto row = storage::DecodeVector(FromHex(value));
      EXPECT_TRUE(row.ok());
      if (row->size() > sync::kCoverLate) late += (*row)[sync::kCoverLate];
    }
    return late;
  }
};

TEST_F(LateTest, AVisitIsLateByTheDayOnWhichItsLastPageComesWhicheverThatIs) {
  const int64_t in_time = At(2026, 10, 23, 23, 59), late = At(2026, 10, 24, 0, 0);
  const struct {
    const char* what;
    int64_t plan_ms, sheet_ms;
    int64_t late;
  } cases[] = {{"all on the last day", in_time, in_time, 0},
               {"the plan after the sheet", late, in_time, 1},
               {"the sheet after the plan", in_time, late, 1},
               {"all a day late", late, late, 1}};
  int64_t expected = 0;
  uint8_t device = 1;
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    visit = school.NewId();
    PushingTablet office = school.Tablet(people.hana, device++);
    PushingTablet classroom = school.Tablet(people.hana, device++);
    const auto plan = [&] {
      school.clock.SetWall(c.plan_ms);
      office.Write(Facet(core::kPlan), {},
                   PlanValues(v1::VISIT_KIND_DEPT, people.tia, people.maths, people.rubric_a));
      EXPECT_EQ(Only(office).disposition(), v1::DISPOSITION_COMMITTED);
    };
    const auto sheet = [&] {
      school.clock.SetWall(c.sheet_ms);
      classroom.Write(Facet(core::kSheet, people.hana), {}, RatingValues(4, 3));
      EXPECT_EQ(Only(classroom).disposition(), v1::DISPOSITION_COMMITTED);
      EXPECT_EQ(Submit(classroom).outcome(), v1::OUTCOME_DONE);
    };
    if (c.plan_ms > c.sheet_ms) {
      sheet();
      plan();
    } else {
      plan();
      sheet();
    }
    EXPECT_EQ(PlanPhase().level, core::kSubmitted);
    expected += c.late;
    EXPECT_EQ(RecordedLate(), expected);
    // What comes afterwards makes nothing late.
    school.clock.SetWall(At(2026, 12, 1));
    classroom.Write(Facet(core::kSheet, people.hana),
                    school.Stored(Facet(core::kSheet, people.hana)), RatingValues(5, 2));
    EXPECT_EQ(Only(classroom).disposition(), v1::DISPOSITION_COMMITTED);
    EXPECT_EQ(RecordedLate(), expected);
  }
}

TEST_F(LateTest, AVersionCarriesTheDayInTheSchoolsZoneAndThatOfTheFirst) {
  PushingTablet hana = school.Tablet(people.hana, 1);
  WriteVisit(hana);
  school.clock.SetWall(At(2026, 9, 16, 0, 30));  // In UTC it is the day before.
  ASSERT_EQ(Share(hana, 1).outcome(), v1::OUTCOME_DONE);
  school.clock.SetWall(At(2026, 9, 30));
  ASSERT_EQ(Share(hana, 2).outcome(), v1::OUTCOME_DONE);
  const auto version = [this](uint8_t round) {
    core::Id16 sub;
    sub.bytes[15] = round;
    const core::Facet facet = school.Stored(Facet(core::kVersion, sub));
    v1::SharedVersion shared;
    EXPECT_TRUE(shared.ParseFromString(ValuesAt(facet, Path::Field(1, Kind::kBlob)).at(0)));
    return shared;
  };
  EXPECT_EQ(version(1).shared_day(), Day(2026, 9, 16));
  EXPECT_EQ(version(1).first_shared_day(), Day(2026, 9, 16));
  EXPECT_EQ(version(2).shared_day(), Day(2026, 9, 30));
  EXPECT_EQ(version(2).first_shared_day(), Day(2026, 9, 16));
}

// A store whose figures were made by an older program.
TEST_F(PushTest, RowsOfAnotherDefinitionAreMadeAgainWhenTheStoreIsOpened) {
  PushingTablet hana = school.Tablet(people.hana, 1);
  WriteVisit(hana);
  const auto before = school.Rollups();
  ASSERT_FALSE(before.empty());
  storage::WriteSet writes;
  disk::HeadRow head = school.Head();
  head.set_contribution_definition(1);
  writes.Put(storage::Family::kMeta, storage::HeadKey(school.tenant()), head.SerializeAsString());
  disk::RecordRow record;
  const std::string key = storage::RecordKey(school.tenant(), visit);
  ASSERT_TRUE(record.ParseFromString(*school.engine().Get(storage::Family::kDerived, key)));
  for (disk::ContributionRow& row : *record.mutable_contributions()) {
    writes.Delete(storage::Family::kDerived, storage::RollupKey(school.tenant(), row.key()));
  }
  record.clear_contributions();
  writes.Put(storage::Family::kDerived, key, record.SerializeAsString());
  school.committer().Drain();
  ASSERT_TRUE(school.engine().Commit(writes).ok());
  school.Reopen();
  // The first greeting after the opening waits behind the first step.
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(hana.Hello().ok());
  EXPECT_EQ(school.Rollups(), before);
  EXPECT_EQ(school.Head().contribution_definition(), sync::kContributionDefinition);
}

TEST_F(PushTest, C9ARepeatedPushIsAnsweredAlikeAndHasNoSecondEffect) {
  PushingTablet hana = school.Tablet(people.hana, 1);
  hana.Write(Facet(core::kPlan), {},
             PlanValues(v1::VISIT_KIND_DEPT, people.tia, people.maths, people.rubric_a));
  hana.SealBytes("not a group");
  const auto first = hana.Push();
  ASSERT_TRUE(first.ok()) << first.status();
  const size_t log = school.LogRows();
  const auto rollups = school.Rollups();

  for (int i = 0; i < 10; ++i) {
    const auto again = hana.PushAgain();
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  }
  EXPECT_EQ(school.LogRows(), log);
  EXPECT_EQ(school.Rollups(), rollups);
  EXPECT_EQ(school.Head().dispositions(v1::DISPOSITION_COMMITTED), 1u);
  EXPECT_EQ(school.Head().dispositions(v1::DISPOSITION_QUARANTINED), 1u);
}

TEST_F(PushTest, AGroupIsCountedOnceAndOnlyWhenItIsDurable) {
  PushingTablet hana = school.Tablet(people.hana, 1);  // Greets, which is a job without a group.
  WriteVisit(hana);
  const storage::CommitterStats first = school.committer().Stats();
  EXPECT_EQ(first.groups, 3u);
  EXPECT_EQ(first.repeats, 0u);

  ASSERT_TRUE(hana.PushAgain().ok());
  const storage::CommitterStats again = school.committer().Stats();
  EXPECT_EQ(again.groups, 3u);
  EXPECT_EQ(again.repeats, 3u);
  EXPECT_EQ(again.commits, first.commits);

  school.SetDiskFull(true);
  hana.Write(Facet(core::kSheet, people.hana), {}, RatingValues(5, 2));
  EXPECT_FALSE(hana.Push().ok());
  EXPECT_EQ(school.committer().Stats().groups, 3u);
  EXPECT_EQ(school.committer().Stats().commits, again.commits);
}

TEST_F(PushTest, ARepeatThatOverlapsWhatIsHeldTakesOnlyTheRest) {
  PushingTablet hana = school.Tablet(people.hana, 1);
  hana.Write(Facet(core::kPlan), {},
             PlanValues(v1::VISIT_KIND_DEPT, people.tia, people.maths, people.rubric_a));
  ASSERT_TRUE(hana.Push().ok());
  const v1::PushRequest first = hana.last_request();
  hana.Write(Facet(core::kSheet, people.hana), {}, RatingValues(1, 2));
  ASSERT_TRUE(hana.Push().ok());
  hana.Write(Facet(core::kSheet, people.hana), school.Stored(Facet(core::kSheet, people.hana)),
             RatingValues(2, 2));
  hana.Seal(GroupKind::kDelta, Facet(core::kSteps), "");
  // The third and fourth, sent after the first two once more.
  v1::PushRequest all = first;
  const v1::PushRequest second = hana.last_request();
  all.add_groups(second.groups(0));
  ASSERT_TRUE(hana.Push().ok());
  for (const std::string& group : hana.last_request().groups()) all.add_groups(group);
  const uint64_t seq = school.Head().seq();
  const auto reply = hana.Send(all);
  ASSERT_TRUE(reply.ok()) << reply.status();
  EXPECT_EQ(reply->results_size(), 4);
  EXPECT_EQ(school.Head().seq(), seq);
}

TEST_F(PushTest, C5AGapOrAnotherChainIsRefusedAndNothingIsTaken) {
  PushingTablet hana = school.Tablet(people.hana, 1);
  WriteVisit(hana);
  const uint64_t seq = school.Head().seq();
  const v1::PushRequest good = hana.last_request();

  v1::PushRequest gap = good;
  gap.set_first_n(5);
  v1::PushRequest other_past = good;
  other_past.set_first_n(4);
  other_past.set_hash_before(std::string(16, 'x'));
  v1::PushRequest other_words = good;
  other_words.set_groups(1, other_words.groups(2));
  v1::PushRequest other_epoch = good;
  other_epoch.set_epoch(2);
  for (const v1::PushRequest& request : {gap, other_past, other_words, other_epoch}) {
    const auto reply = hana.Send(request);
    EXPECT_EQ(reply.status().code(), absl::StatusCode::kFailedPrecondition) << reply.status();
    EXPECT_THAT(reply.status().message(), HasSubstr("call Hello"));
  }
  v1::PushRequest zero = good;
  zero.set_first_n(0);
  EXPECT_EQ(hana.Send(zero).status().code(), absl::StatusCode::kInvalidArgument);
  v1::PushRequest others = good;
  others.set_replica(school.Tablet(people.hugo, 2).replica());
  EXPECT_EQ(hana.Send(others).status().code(), absl::StatusCode::kPermissionDenied);
  others.set_replica(12345);
  EXPECT_EQ(hana.Send(others).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(school.Head().seq(), seq);
}

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

TEST_F(PushTest, NobodyCreatesWhatNoRoleAllows) {
  const struct {
    const char* what;
    core::Id16 author;
    v1::VisitKind kind;
    core::Id16 teacher, department;
    v1::Disposition disposition;
  } cases[] = {
      {"head of the department", people.hana, v1::VISIT_KIND_DEPT, people.tia, people.maths,
       v1::DISPOSITION_COMMITTED},
      {"head of another one", people.hugo, v1::VISIT_KIND_DEPT, people.tia, people.maths,
       v1::DISPOSITION_QUARANTINED},
      {"under their own department's name", people.hugo, v1::VISIT_KIND_DEPT, people.tia,
       people.art, v1::DISPOSITION_QUARANTINED},
      {"a teacher", people.tom, v1::VISIT_KIND_DEPT, people.tia, people.maths,
       v1::DISPOSITION_QUARANTINED},
      {"a note between colleagues", people.tom, v1::VISIT_KIND_INFORMAL, people.tia, people.maths,
       v1::DISPOSITION_COMMITTED},
      {"of oneself", people.hana, v1::VISIT_KIND_DEPT, people.hana, people.maths,
       v1::DISPOSITION_QUARANTINED},
      {"of oneself as SELF", people.hana, v1::VISIT_KIND_SELF, people.hana, people.maths,
       v1::DISPOSITION_COMMITTED},
      {"SELF of a colleague", people.hana, v1::VISIT_KIND_SELF, people.tia, people.maths,
       v1::DISPOSITION_QUARANTINED},
      {"a senior leader, anybody", people.sara, v1::VISIT_KIND_WALK, people.ann, people.art,
       v1::DISPOSITION_COMMITTED},
      {"a coach without a pairing", people.tom, v1::VISIT_KIND_COACH, people.tia, people.maths,
       v1::DISPOSITION_QUARANTINED},
      {"of nobody that is known", people.sara, v1::VISIT_KIND_DEPT, IdNumber(99), people.maths,
       v1::DISPOSITION_QUARANTINED},
  };
  uint8_t device = 1;
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    visit = school.NewId();
    PushingTablet tablet = school.Tablet(c.author, device++);
    tablet.Write(Facet(core::kPlan), {},
                 PlanValues(c.kind, c.teacher, c.department, people.rubric_a));
    const v1::PushResult result = Only(tablet);
    EXPECT_EQ(result.disposition(), c.disposition) << result.detail();
    EXPECT_EQ(school.Stored(Facet(core::kPlan)).cells.empty(),
              c.disposition != v1::DISPOSITION_COMMITTED);
  }
}

TEST_F(PushTest, AVisitGoesFromPlanToClosedAndSaysWhatIsMissing) {
  PushingTablet hana = school.Tablet(people.hana, 1), tom = school.Tablet(people.tom, 2);
  hana.Write(Facet(core::kPlan), {},
             PlanValues(v1::VISIT_KIND_DEPT, people.tia, people.maths, people.rubric_a));
  ASSERT_TRUE(hana.Push().ok());
  EXPECT_EQ(PlanPhase(), (core::Phase{false, 0, core::kPlanned}));
  EXPECT_EQ(Share(hana, 1).outcome(), v1::OUTCOME_NOT_ALL_SUBMITTED);
  EXPECT_EQ(Submit(hana).outcome(), v1::OUTCOME_MISSING);

  hana.Write(Facet(core::kSheet, people.hana), {}, RatingValues(4, 3));
  ASSERT_TRUE(hana.Push().ok());
  EXPECT_EQ(PlanPhase(), (core::Phase{false, 0, core::kDraft}));
  EXPECT_EQ(Share(hana, 1).outcome(), v1::OUTCOME_MISSING);
  EXPECT_EQ(PlanPhase(), (core::Phase{false, 0, core::kDraft})) << "a refused intent changed it";
  EXPECT_EQ(Submit(hana).outcome(), v1::OUTCOME_DONE);
  EXPECT_EQ(Submit(hana).outcome(), v1::OUTCOME_ALREADY);
  EXPECT_EQ(PlanPhase(), (core::Phase{false, 0, core::kSubmitted}));

  hana.Write(Facet(core::kFeedback), {}, StrengthValues(school.NewId(), "calm start"));
  ASSERT_TRUE(hana.Push().ok());
  // Tom cannot see the visit, and is told what he would be told if it were not there.
  EXPECT_EQ(Share(tom, 1).outcome(), v1::OUTCOME_MISSING);
  EXPECT_EQ(Share(hana, 2).outcome(), v1::OUTCOME_STALE);
  EXPECT_EQ(Share(hana, 1).outcome(), v1::OUTCOME_DONE);
  EXPECT_EQ(Share(hana, 1).outcome(), v1::OUTCOME_ALREADY);
  EXPECT_EQ(PlanPhase(), (core::Phase{false, 1, core::kShared}));

  const core::Facet held = school.Stored(Facet(core::kVersion, core::NumberKey(1)));
  ASSERT_EQ(held.cells.size(), 1u);
  v1::SharedVersion shared;
  ASSERT_TRUE(shared.ParseFromString(held.cells[0].siblings[0].value));
  EXPECT_THAT(shared.strengths(), ElementsAre("calm start"));
  ASSERT_EQ(shared.ratings_size(), 1);
  EXPECT_EQ(shared.ratings(0).level(), 3u);
  EXPECT_FALSE(school.Rollups().empty());

  v1::Intent close;
  close.mutable_close()->set_round(1);
  EXPECT_EQ(Intend(tom, core::kPlan, close).outcome(), v1::OUTCOME_MISSING);
  EXPECT_EQ(Intend(hana, core::kPlan, close).outcome(), v1::OUTCOME_DONE);
  EXPECT_EQ(Share(hana, 2).outcome(), v1::OUTCOME_CLOSED);

  // Written before its tablet heard of the close: committed. Written knowing of it: kept aside.
  const FacetId sheet = Facet(core::kSheet, people.hana);
  hana.Write(sheet, school.Stored(sheet), RatingValues(5, 1));
  EXPECT_EQ(Only(hana).disposition(), v1::DISPOSITION_COMMITTED);
  hana.known = {0, 1, core::kClosed};
  hana.Write(sheet, school.Stored(sheet), RatingValues(5, 2));
  EXPECT_EQ(Only(hana).reason(), v1::REASON_CLOSED);
}

TEST_F(PushTest, WithdrawingTakesTheVisitOutOfEveryFigure) {
  PushingTablet hana = school.Tablet(people.hana, 1);
  WriteVisit(hana);
  ASSERT_EQ(Submit(hana).outcome(), v1::OUTCOME_DONE);
  ASSERT_EQ(Share(hana, 1).outcome(), v1::OUTCOME_DONE);
  ASSERT_FALSE(school.Rollups().empty());
  v1::Intent withdraw;
  EXPECT_EQ((withdraw.mutable_withdraw(), Intend(hana, core::kPlan, withdraw).outcome()),
            v1::OUTCOME_MISSING);
  withdraw.mutable_withdraw()->set_reason("the wrong class");
  EXPECT_EQ(Intend(hana, core::kPlan, withdraw).outcome(), v1::OUTCOME_DONE);
  EXPECT_TRUE(school.Rollups().empty()) << school.Rollups().size();
  EXPECT_FALSE(school.StoredRow(Facet(core::kPlan)).scopes().empty());
  EXPECT_TRUE(school.StoredRow(Facet(core::kSheet, people.hana)).scopes().empty());
}

TEST_F(PushTest, ADiskThatIsNearlyFullTakesNothingAndForgetsNothing) {
  PushingTablet hana = school.Tablet(people.hana, 1);
  WriteVisit(hana);
  ASSERT_EQ(Submit(hana).outcome(), v1::OUTCOME_DONE);
  const uint64_t seq = school.Head().seq();
  school.SetDiskFull(true);
  hana.Intend(Facet(core::kPlan), [] {
    v1::Intent share;
    share.mutable_share()->set_round(1);
    return share;
  }());
  const auto refused = hana.Push();
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted) << refused.status();
  EXPECT_EQ(school.Head().seq(), seq);

  school.SetDiskFull(false);
  const auto taken = hana.PushAgain();
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_EQ(taken->results(0).outcome(), v1::OUTCOME_DONE);
  const auto rollups = school.Rollups();
  school.Reopen();
  EXPECT_EQ(school.Rollups(), rollups);
}

TEST_F(PushTest, ACopiedTabletGoesOnUnderAnotherNameAndLosesNothing) {
  PushingTablet hana = school.Tablet(people.hana, 1);
  WriteVisit(hana);
  PushingTablet copy = hana;
  const FacetId sheet = Facet(core::kSheet, people.hana);
  const core::Facet seen = school.Stored(sheet);
  hana.Write(sheet, seen, RatingValues(1, 1));
  ASSERT_EQ(Only(hana).disposition(), v1::DISPOSITION_COMMITTED);
  copy.Write(sheet, seen, RatingValues(1, 4));
  const auto parted = copy.Push();
  ASSERT_EQ(parted.status().code(), absl::StatusCode::kFailedPrecondition) << parted.status();
  const auto hello = copy.Hello();
  ASSERT_TRUE(hello.ok());
  ASSERT_EQ(hello->stores(0).action(), v1::STORE_ACTION_REHOME);

  v1::PushRequest moved = copy.last_request();
  moved.set_replica(hello->stores(0).new_replica());
  moved.set_first_n(1);
  moved.clear_hash_before();
  v1::Rehome& move = *moved.add_rehomes();
  move.set_old_replica(hana.replica());
  move.set_acked(3);
  move.set_new_replica(moved.replica());
  const auto taken = copy.Send(moved);
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_EQ(taken->results(0).disposition(), v1::DISPOSITION_COMMITTED)
      << taken->results(0).detail();
  EXPECT_THAT(ValuesAt(school.Stored(sheet), Path::Entry(3, core::NumberKey(1), 1, Kind::kReg)),
              UnorderedElementsAre(Number(1), Number(4)));
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
