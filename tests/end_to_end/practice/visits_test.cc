// Each practice of visiting, as a school does it: tablets write, the server merges and counts,
// people read their pages.

#include "service/limits.h"
#include "tests/end_to_end/practice/school.h"

namespace halfterm::testing {
namespace {

using State = v1::CoverageState;

class VisitPracticeTest : public PracticeTest {
 protected:
  VisitPracticeTest() {
    school.AddRule(60, "Half-termly visit", {v1::VISIT_KIND_DEPT});
    v1::CoverageRule& mentors = school.AddRule(61, "Mentor visit", {v1::VISIT_KIND_MENTOR});
    mentors.add_person_types(v1::PERSON_TYPE_TRAINEE);
    Import();
  }
};

TEST_F(VisitPracticeTest, HalfTermlyObservationASyncedVisitFlipsTheHeadsPageThroughWatch) {
  WireTablet& hana = Tablet(school.hana);
  ASSERT_TRUE(hana.Pull().ok());
  EXPECT_EQ(StateOf(Coverage(school.hana, school.maths), school.tia, "Half-termly visit"),
            State::COVERAGE_STATE_DUE);
  v1::WatchRequest request;
  request.set_cursor(hana.held.cursor);
  grpc::ClientContext context;
  hana.Prepare(context);
  const auto watch = hana.sync().Watch(&context, request);

  // Another tablet of the head's comes in from a day without signal.
  WireTablet other(server, "northgate", school.hana, 99);
  const Id16 visit = NewId();
  other.Write({visit, core::kPlan, {}}, PlanValues(school, school.hana, school.tia));
  other.Write({visit, core::kSheet, school.hana}, RatingValues(1, 3));
  v1::Intent submit;
  submit.mutable_submit();
  other.Intend({visit, core::kSheet, school.hana}, submit);
  ASSERT_TRUE(other.Push().ok());
  server.clock.Advance(service::kPokeGapMs);
  v1::WatchReply told;
  do {
    ASSERT_TRUE(watch->Read(&told));
  } while (!told.has_poke());
  context.TryCancel();
  EXPECT_EQ(StateOf(Coverage(school.hana, school.maths), school.tia, "Half-termly visit"),
            State::COVERAGE_STATE_DONE);
  EXPECT_EQ(Coverage(school.hana, school.maths).rules(0).done_not_shared(), 1u);
}

TEST_F(VisitPracticeTest, MentorVisitsHaveARuleOfTheirOwnAndCountInTheLoad) {
  const Id16 trainee = IdNumber(80);
  school.AddPerson(trainee, "Ned Moss", {school.maths}).set_type(v1::PERSON_TYPE_TRAINEE);
  school.AddGrant(school.tom, v1::ROLE_MENTOR, {}).add_people(BytesOf(trainee));
  Import();
  EXPECT_EQ(StateOf(Coverage(school.hana, school.maths), trainee, "Mentor visit"),
            State::COVERAGE_STATE_DUE);
  Observed(school.tom, {v1::VISIT_KIND_MENTOR, trainee});
  const v1::CoverageReply after = Coverage(school.hana, school.maths);
  EXPECT_EQ(StateOf(after, trainee, "Mentor visit"), State::COVERAGE_STATE_DONE);
  EXPECT_EQ(StateOf(after, trainee, "Half-termly visit"), State::COVERAGE_STATE_DUE);
  EXPECT_EQ(Load(school.hana, trainee).visits(), 1u);
  EXPECT_EQ(Load(school.hana, trainee).minutes(), 50u);
}

TEST_F(VisitPracticeTest, WalkRoundTenRoomsInOneSyncPraiseReachesTheTeacherAndNothingIsRated) {
  std::vector<Id16> visits;
  for (int room = 0; room < 10; ++room) {
    const Id16 visit = Plan(school.sara, {v1::VISIT_KIND_WALK,
                                          room % 2 ? school.tia : school.tom,
                                          {},
                                          At(2026, 9, 14, 10, room),
                                          5});
    Praise(school.sara, visit, "Calm start in room " + std::to_string(room));
    Submit(school.sara, visit);
    Share(school.sara, visit);
    visits.push_back(visit);
  }
  Push(school.sara);
  const v1::SharedVersion version = Version(school.tia, visits[1], 1);
  ASSERT_EQ(version.strengths_size(), 1);
  EXPECT_EQ(version.strengths(0), "Calm start in room 1");
  EXPECT_EQ(Figures(school.hana, school.tia).visits(), 0u);
  const v1::WeeklyPackReply pack = Pack(school.hedy, school.site);
  EXPECT_EQ(pack.praise().visits(), 10u);
  EXPECT_EQ(pack.praise().teachers(), 2u);
}

TEST_F(VisitPracticeTest, TeamOfThreeHasStrandsBlindSheetsOneConsensusAndCountsOnce) {
  const Id16 visit = Plan(school.sara, {v1::VISIT_KIND_TEAM,
                                        school.tia,
                                        {},
                                        At(2026, 9, 14),
                                        50,
                                        {{school.sara, v1::STRAND_TEACHING},
                                         {school.hana, v1::STRAND_LEARNING},
                                         {school.hugo, v1::STRAND_BEHAVIOUR}}});
  Rate(school.sara, visit, 1, 2);
  Submit(school.sara, visit);
  Push(school.sara);
  Rate(school.hana, visit, 1, 3);
  Push(school.hana);
  EXPECT_EQ(Held(school.hana, visit), (std::set<int>{core::kPlan, core::kSheet}));
  EXPECT_EQ(Tablet(school.hana).Held({visit, core::kSheet, school.sara}), "") << "blind";
  Submit(school.hana, visit);
  Push(school.hana);
  Rate(school.hugo, visit, 1, 4);
  Submit(school.hugo, visit);
  Push(school.hugo);
  EXPECT_EQ(Held(school.hana, visit).count(core::kSheet), 1u);
  EXPECT_NE(Tablet(school.hana).Held({visit, core::kSheet, school.sara}), "") << "all are in";

  // They agree on a 3: each for themself, over the same ratings.
  Tablet(school.sara)
      .Write({visit, core::kConsensus, {}},
             {{Path::Entry(1, core::NumberKey(1), 0, Kind::kElem), ""},
              {Path::Entry(1, core::NumberKey(1), 1, Kind::kReg), Number(3)}});
  Push(school.sara);
  for (const Id16& observer : {school.sara, school.hana, school.hugo}) {
    ASSERT_TRUE(Tablet(observer).Pull().ok());
    const auto consensus =
        core::Decode(Tablet(observer).Held({visit, core::kConsensus, {}}), core::kFacetLimits);
    ASSERT_TRUE(consensus.ok());
    const core::Digest32 digest = sync::RatingsDigest(*consensus);
    Tablet(observer).Write({visit, core::kConsensus, {}},
                           {{Path::Entry(3, observer, 0, Kind::kElem), ""},
                            {Path::Entry(3, observer, 1, Kind::kReg), std::string(digest.view())}});
    Push(observer);
  }
  Strength(school.sara, visit, "Three of us saw the same calm.");
  Share(school.sara, visit);
  Push(school.sara);
  const v1::TeacherReply figures = Figures(school.hedy, school.tia);
  EXPECT_EQ(figures.visits(), 1u);
  EXPECT_EQ(figures.observers(), 3u);
  ASSERT_EQ(figures.elements_size(), 1);
  EXPECT_EQ(figures.elements(0).n(), 1u);
  EXPECT_EQ(figures.elements(0).sum(), 3u);
  EXPECT_EQ(Version(school.tia, visit, 1).ratings(0).level(), 3u);
}

TEST_F(VisitPracticeTest, OpenDoorAnInformalVisitIsANoteToTheTeacherOnly) {
  const Id16 visit = Plan(
      school.ann, {v1::VISIT_KIND_INFORMAL, school.tia, {}, At(2026, 9, 14), 15, {}, "", false});
  Praise(school.ann, visit, "I am stealing that starter.");
  Submit(school.ann, visit);
  Share(school.ann, visit);
  Push(school.ann);
  EXPECT_TRUE(Held(school.tia, visit).count(core::kSheet));
  for (const Id16& leader : {school.hana, school.sara, school.hedy}) {
    EXPECT_TRUE(Held(leader, visit).empty());
    EXPECT_EQ(Load(leader, school.tia).visits(), 0u) << "not even as a number";
  }
  EXPECT_EQ(Load(school.tia, school.tia).visits(), 1u);
}

TEST_F(VisitPracticeTest, C22PeersAndCoachesThePairAloneUntilTheTeacherLetsSomebodyRead) {
  school.AddGrant(school.ann, v1::ROLE_COACH, {}).add_people(BytesOf(school.tia));
  Import();
  const Id16 visit = Observed(school.ann, {v1::VISIT_KIND_COACH, school.tia});
  EXPECT_TRUE(Held(school.hana, visit).empty());
  EXPECT_TRUE(Held(school.tom, visit).empty());
  EXPECT_TRUE(Held(school.tia, visit).count(core::kVersion));
  v1::Intent grant;
  grant.mutable_grant_read()->set_person(BytesOf(school.tom));
  Tablet(school.tia).Intend({visit, core::kPlan, {}}, grant);
  EXPECT_EQ(Pushed(school.tia), "COMMITTED DONE");
  EXPECT_TRUE(Held(school.tom, visit).count(core::kVersion));
  EXPECT_TRUE(Held(school.hana, visit).empty());
}

TEST_F(VisitPracticeTest, LeadersAreObservedTooAndNobodyWritesAboutThemselfButAReflection) {
  EXPECT_EQ(StateOf(Coverage(school.hedy, school.site), school.hana, "Half-termly visit"),
            State::COVERAGE_STATE_DUE);
  const Id16 own = Plan(school.hana, {v1::VISIT_KIND_DEPT, school.hana});
  EXPECT_EQ(Pushed(school.hana), "QUARANTINED NEVER_ALLOWED");
  Plan(school.hana, {v1::VISIT_KIND_SELF, school.hana});
  EXPECT_EQ(Pushed(school.hana), "COMMITTED");
  Observed(school.sara, {v1::VISIT_KIND_DEPT, school.hana});
  EXPECT_EQ(StateOf(Coverage(school.hedy, school.site), school.hana, "Half-termly visit"),
            State::COVERAGE_STATE_DONE);
  EXPECT_TRUE(Held(school.hana, own).empty() || Held(school.sara, own).empty());
}

// A teacher who asks every day must not find out that somebody will come.
TEST_F(VisitPracticeTest, NobodysOwnLoadTellsThemOfAVisitThatIsNotAnnounced) {
  school.AddGrant(school.ann, v1::ROLE_COACH, {}).add_people(BytesOf(school.tia));
  Import();
  v1::PersonLoad before = Load(school.tia, school.tia);
  const Id16 unannounced = Plan(school.hana, {v1::VISIT_KIND_DEPT, school.tia});
  const Id16 coaching = Plan(school.ann, {v1::VISIT_KIND_COACH, school.tia});
  Push(school.hana);
  Push(school.ann);
  EXPECT_EQ(Load(school.tia, school.tia).ShortDebugString(), before.ShortDebugString());
  EXPECT_EQ(Load(school.hana, school.tia).visits(), 1u) << "whoever plans the next counts it";
  Rate(school.hana, unannounced, 1, 3);
  Push(school.hana);
  EXPECT_EQ(Load(school.tia, school.tia).visits(), 1u) << "it has begun, and is no secret any more";
  Rate(school.ann, coaching, 1, 3);
  Push(school.ann);
  EXPECT_EQ(Load(school.tia, school.tia).visits(), 1u);
  Submit(school.ann, coaching);
  Push(school.ann);
  const v1::PersonLoad after = Load(school.tia, school.tia);
  EXPECT_EQ(after.visits(), 2u);
  EXPECT_EQ(after.minutes(), 100u);
  EXPECT_EQ(after.by_kind_size(), 2);
}

TEST_F(VisitPracticeTest, TheLoadMeterSaysHowMuchOfWhatWasAgreedAndAFourthWantsAReason) {
  school.policy().set_load_cap_visits(3);
  school.policy().set_load_cap_minutes(180);
  Import();
  for (int visit = 0; visit < 2; ++visit) {
    Plan(school.hana, {v1::VISIT_KIND_DEPT, school.tia, {}, At(2026, 9, 14 + visit), 45});
  }
  Push(school.hana);
  EXPECT_EQ(Load(school.tia, school.tia).visits(), 0u) << "planned, and not announced to her";
  v1::PersonLoad load = Load(school.hana, school.tia);
  EXPECT_EQ(load.visits(), 2u);
  EXPECT_EQ(load.agreed_visits(), 3u);
  EXPECT_EQ(load.minutes(), 90u);
  EXPECT_EQ(load.agreed_minutes(), 180u);
  EXPECT_FALSE(load.next_needs_reason());
  Plan(school.sara, {v1::VISIT_KIND_WALK, school.tia, {}, At(2026, 9, 16), 5});
  Push(school.sara);
  EXPECT_TRUE(Load(school.hana, school.tia).next_needs_reason());
  EXPECT_FALSE(Load(school.hana, school.tia).reason_wanted());

  // Offline nobody asked for a reason: the visit stands, and the meter says so.
  Plan(school.hana, {v1::VISIT_KIND_DEPT, school.tia, {}, At(2026, 9, 17), 45});
  Push(school.hana);
  load = Load(school.hana, school.tia);
  EXPECT_EQ(load.visits_above(), 1u);
  EXPECT_TRUE(load.reason_wanted());
  Planned fifth{v1::VISIT_KIND_DEPT, school.tia, {}, At(2026, 9, 18), 45};
  fifth.load_reason = "She asked for a second look.";
  Plan(school.hana, fifth);
  Push(school.hana);
  load = Load(school.hana, school.tia);
  EXPECT_EQ(load.visits_above(), 2u);
  EXPECT_EQ(load.visits_with_reason(), 1u);
  EXPECT_TRUE(load.reason_wanted()) << "one of the two still lacks one";
  v1::LoadRequest request;
  request.set_person(BytesOf(school.tia));
  EXPECT_TRUE(IsRefused(school.hugo, &v1::Practice::Stub::Load, request));
  EXPECT_TRUE(IsRefused(school.tom, &v1::Practice::Stub::Load, request));
}

TEST_F(VisitPracticeTest, TrendsNameTheirReasonAndChangesNameTheVisitThatMovedAFigure) {
  const Id16 first = Observed(school.hana, {v1::VISIT_KIND_DEPT, school.tia}, 2);
  v1::TrendsRequest trends;
  trends.set_teacher(BytesOf(school.tia));
  const v1::TrendsReply lines = Page(school.hana, &v1::Practice::Stub::Trends, trends);
  ASSERT_EQ(lines.lines_size(), 9);
  ASSERT_EQ(lines.lines(0).points_size(), 1);
  EXPECT_EQ(lines.lines(0).points(0).lower_median(), 2u);
  EXPECT_EQ(lines.lines(0).points(0).observers(), 1u);
  EXPECT_EQ(lines.lines(0).reason(), v1::TREND_REASON_TOO_FEW_LESSONS);
  EXPECT_EQ(lines.lines(1).reason(), v1::TREND_REASON_NOT_SEEN);
  EXPECT_TRUE(IsRefused(school.hugo, &v1::Practice::Stub::Trends, trends));

  v1::ChangesRequest changes;
  changes.set_org(BytesOf(school.maths));
  changes.set_since_seq(lines.watermark().as_of_seq());
  EXPECT_EQ(Page(school.hana, &v1::Practice::Stub::Changes, changes).changes_size(), 0);
  const Id16 second =
      Observed(school.hana, {v1::VISIT_KIND_DEPT, school.tom, {}, At(2026, 9, 15)}, 3);
  v1::Intent withdraw;
  withdraw.mutable_withdraw()->set_reason("The wrong class.");
  Tablet(school.hana).Intend({first, core::kPlan, {}}, withdraw);
  Push(school.hana);
  const v1::ChangesReply moved = Page(school.hana, &v1::Practice::Stub::Changes, changes);
  ASSERT_EQ(moved.changes_size(), 2);
  EXPECT_EQ(moved.changes(0).visit(), first.view());
  EXPECT_EQ(moved.changes(0).reason(), v1::CHANGE_REASON_WITHDRAWN);
  EXPECT_EQ(moved.changes(1).visit(), second.view());
  EXPECT_EQ(moved.changes(1).display_name(), "Tom Baker");
}

// A tablet that lies can only lie about what its person may write.
TEST_F(VisitPracticeTest, ALyingTabletNeitherBooksNorCompletesCoverageForSomebodyElse) {
  // Tom says that Hana leads and observes a visit to Tia, and writes her sheet for her.
  const Id16 forged = Plan(school.tom, {v1::VISIT_KIND_DEPT,
                                        school.tia,
                                        {},
                                        At(2026, 9, 14),
                                        50,
                                        {{school.hana, v1::STRAND_UNSPECIFIED}}});
  Tablet(school.tom).Write({forged, core::kSheet, school.hana}, RatingValues(1, 4));
  Submit(school.tom, forged);
  const std::string said = Pushed(school.tom);
  EXPECT_EQ(said.find("DONE"), std::string::npos) << said;
  const v1::CoverageReply after = Coverage(school.hana, school.maths);
  EXPECT_EQ(StateOf(after, school.tia, "Half-termly visit"), State::COVERAGE_STATE_DUE);
  EXPECT_EQ(Load(school.hana, school.tia).visits(), 0u);

  // Hugo heads another department: his visit to Tia in maths is none.
  Plan(school.hugo, {v1::VISIT_KIND_DEPT, school.tia});
  EXPECT_EQ(Pushed(school.hugo), "QUARANTINED NEVER_ALLOWED");
  // Claiming that the lesson was in art makes it no visit of his either.
  Plan(school.hugo, {v1::VISIT_KIND_DEPT, school.tia, school.art});
  EXPECT_EQ(Pushed(school.hugo).substr(0, 11), "QUARANTINED");
  EXPECT_EQ(StateOf(Coverage(school.hana, school.maths), school.tia, "Half-termly visit"),
            State::COVERAGE_STATE_DUE);
}

}  // namespace
}  // namespace halfterm::testing
