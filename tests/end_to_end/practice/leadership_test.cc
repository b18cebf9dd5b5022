// What leaders meet about: cycles, the weekly pack, the management matrix; and how alike observers
// rate.

#include "halfterm/v1/audit.grpc.pb.h"
#include "halfterm/v1/management.pb.h"
#include "halfterm/v1/referral.pb.h"
#include "tests/end_to_end/practice/school.h"
#include "tests/support/await.h"

namespace halfterm::testing {
namespace {

class LeadershipPracticeTest : public PracticeTest {
 protected:
  LeadershipPracticeTest() {
    school.AddRule(60, "Half-termly visit", {v1::VISIT_KIND_DEPT});
    v1::Cycle& running = school.content.cycles.emplace_back();
    running.set_id(BytesOf(cycle));
    running.set_org(BytesOf(school.site));
    running.set_title("Cycle 1");
    running.set_start_day(Day(2026, 9, 7));
    Import();
  }
  const Id16 cycle = IdNumber(70);

  Id16 Review(const Id16& leader, const Id16& scope) {
    const Id16 review = NewId();
    Tablet(leader).Write({review, core::kCycleReview, {}},
                         {{Path::Field(1, Kind::kReg), BytesOf(cycle)},
                          {Path::Field(2, Kind::kReg), BytesOf(scope)}});
    return review;
  }
  void Decide(const Id16& leader, const Id16& review, const std::string& words, const Id16& owner,
              int32_t due_day) {
    const Id16 key = NewId();
    Tablet(leader).Write({review, core::kCycleReview, {}},
                         {{Path::Entry(4, key, 0, Kind::kElem), ""},
                          {Path::Entry(4, key, 1, Kind::kPara), words},
                          {Path::Entry(4, key, 2, Kind::kReg), BytesOf(owner)},
                          {Path::Entry(4, key, 3, Kind::kReg), Signed(due_day)}});
  }
};

TEST_F(LeadershipPracticeTest, SixWeekCycleHasTargetsCheckPointsAndDecisionsWithOwnerAndDate) {
  const Id16 review = Review(school.hana, school.maths);
  const Id16 target = NewId();
  Tablet(school.hana)
      .Write({review, core::kCycleReview, {}},
             {{Path::Entry(5, target, 0, Kind::kElem), ""},
              {Path::Entry(5, target, 1, Kind::kPara), "Homework handed in"},
              {Path::Entry(5, target, 2, Kind::kReg), Number(1)},
              {Path::Entry(5, target, 3, Kind::kReg), Signed(80)},
              {Path::Entry(3, core::NumberKey(1), 0, Kind::kElem), ""},
              {Path::Entry(3, core::NumberKey(1), 1, Kind::kReg), Signed(83)},
              {Path::Entry(6, core::NumberKey(2), 0, Kind::kElem), ""},
              {Path::Entry(6, core::NumberKey(2), 1, Kind::kReg),
               Number(v1::CHECK_POINT_STATE_ON_TRACK)}});
  Decide(school.hana, review, "Share the marking code.", school.tom, Day(2026, 9, 11));
  Push(school.hana);

  v1::CycleRequest request;
  request.set_org(BytesOf(school.maths));
  const v1::CycleReply page = Page(school.hana, &v1::Practice::Stub::Cycle, request);
  EXPECT_EQ(page.cycle().title(), "Cycle 1");
  EXPECT_EQ(page.cycle().week(), 2u);
  ASSERT_EQ(page.cycle().weeks_size(), 6);
  EXPECT_EQ(page.cycle().to_day(), Day(2026, 10, 18));
  EXPECT_EQ(page.cycle().next_checkpoint_day(), Day(2026, 9, 18));
  ASSERT_EQ(page.reviews_size(), 1);
  EXPECT_EQ(page.reviews(0).targets_met(), 1u);
  EXPECT_EQ(page.reviews(0).targets_measured(), 1u);
  EXPECT_EQ(page.reviews(0).decisions_overdue(), 1u);
  EXPECT_EQ(page.reviews(0).review().check_points(0).week(), 2u);

  request.set_org(BytesOf(school.site));
  const v1::CycleReply all = Page(school.sara, &v1::Practice::Stub::Cycle, request);
  EXPECT_EQ(all.reviews_size(), 3) << "the school, and its two departments";
  request.set_org(BytesOf(school.maths));
  EXPECT_TRUE(IsRefused(school.hugo, &v1::Practice::Stub::Cycle, request));
  EXPECT_TRUE(IsRefused(school.tia, &v1::Practice::Stub::Cycle, request));
}

TEST_F(LeadershipPracticeTest, ATeacherIsToldWhoHasReadTheirLoadAndThePackThatNamesThem) {
  const Id16 visit = Plan(school.hana, {v1::VISIT_KIND_DEPT, school.tia, {}, At(2026, 9, 3)});
  Rate(school.hana, visit, 1, 3);
  Push(school.hana);
  const auto about_tia = [this] {
    v1::AboutMeReply reply;
    grpc::ClientContext context;
    Tablet(school.tia).Prepare(context);
    const auto audit = v1::Audit::NewStub(Tablet(school.tia).channel());
    EXPECT_TRUE(audit->AboutMe(&context, {}, &reply).ok());
    return reply;
  };
  EXPECT_EQ(Load(school.tia, school.tia).visits(), 1u);
  EXPECT_EQ(about_tia().readings_size(), 0) << "one's own page";
  EXPECT_EQ(Load(school.hedy, school.tia).visits(), 1u);
  EXPECT_EQ(Pack(school.sara, school.site).to_share_size(), 1);
  v1::AboutMeReply told;
  EXPECT_TRUE(ComesTrue([&] {
    server.clock.Advance(1000);  // Written once a second of the server's time.
    told = about_tia();
    return told.readings_size() == 2;
  }));
  std::set<std::string> readers;
  for (const v1::Reading& reading : told.readings()) {
    EXPECT_EQ(reading.act(), v1::AUDIT_ACT_READ_LIST);
    readers.insert(reading.display_name());
  }
  EXPECT_EQ(readers, (std::set<std::string>{"Hedy Clarke", "Sara Khan"}));
}

TEST_F(LeadershipPracticeTest, WeeklyLeadershipMeetingThePackIsMadeOfWhatIsDue) {
  const Id16 review = Review(school.sara, school.site);
  Decide(school.sara, review, "A quiet room for Year 9.", school.hugo, Day(2026, 9, 18));
  Decide(school.sara, review, "Not this month.", school.hugo, Day(2026, 11, 2));
  Push(school.sara);
  const Id16 visit = Plan(school.hana, {v1::VISIT_KIND_DEPT, school.tia, {}, At(2026, 9, 3)});
  Rate(school.hana, visit, 1, 3);
  Push(school.hana);
  const Id16 shared = Observed(school.hana, {v1::VISIT_KIND_DEPT, school.tom, {}, At(2026, 9, 11)});
  Step(school.hana, shared, "Wait three seconds.", Day(2026, 9, 17));
  Push(school.hana);

  const v1::WeeklyPackReply pack = Pack(school.sara, school.site);
  ASSERT_EQ(pack.decisions_size(), 1);
  EXPECT_EQ(pack.decisions(0).text(), "A quiet room for Year 9.");
  EXPECT_EQ(pack.decisions(0).owner_name(), "Hugo Shah");
  EXPECT_FALSE(pack.decisions(0).overdue());
  ASSERT_EQ(pack.to_share_size(), 1) << "seven school days after the lesson";
  EXPECT_EQ(pack.to_share(0).owner_name(), "Hana Owen");
  EXPECT_EQ(pack.to_share(0).day(), Day(2026, 9, 10));
  ASSERT_EQ(pack.steps_size(), 1);
  EXPECT_EQ(pack.steps(0).teacher_name(), "Tom Baker");
  ASSERT_EQ(pack.coverage_size(), 2);
  EXPECT_EQ(pack.coverage(1).department_name(), "Mathematics");
  EXPECT_EQ(pack.coverage(1).done(), 1u);
  EXPECT_EQ(pack.praise().visits(), 1u);
  EXPECT_EQ(pack.cycle().week(), 2u);
  EXPECT_EQ(pack.not_acknowledged_size(), 0);
  EXPECT_EQ(Pack(school.hana, school.maths).decisions_size(), 0) << "the school's are not hers";
  v1::WeeklyPackRequest request;
  request.set_org(BytesOf(school.site));
  EXPECT_TRUE(IsRefused(school.hana, &v1::Practice::Stub::WeeklyPack, request));
  EXPECT_TRUE(IsRefused(school.gus, &v1::Practice::Stub::WeeklyPack, request));

  // Two weeks on nobody has acknowledged: it is told of, and nothing is overdue by it.
  server.clock.Advance(int64_t{15} * 24 * 3'600'000);
  WireTablet later(server, "northgate", school.sara, 120);
  grpc::ClientContext context;
  later.Prepare(context);
  v1::WeeklyPackReply second;
  ASSERT_TRUE(v1::Practice::NewStub(later.channel())->WeeklyPack(&context, request, &second).ok());
  ASSERT_EQ(second.not_acknowledged_size(), 1);
  EXPECT_FALSE(second.not_acknowledged(0).overdue());
}

TEST_F(LeadershipPracticeTest, ManagementMatrixNamesOwnersAndGaps) {
  const auto cell = [&](v1::Role role, const std::string& function, const Id16& owner) {
    const Id16 record = NewId();
    Values values = {{Path::Field(1, Kind::kReg), BytesOf(school.site)},
                     {Path::Field(2, Kind::kReg), Number(role)},
                     {Path::Field(3, Kind::kReg), function}};
    if (!owner.IsZero()) values.emplace_back(Path::Field(5, Kind::kReg), BytesOf(owner));
    values.emplace_back(Path::Field(6, Kind::kPara), "Every class has a plan.");
    values.emplace_back(Path::Field(7, Kind::kReg), Number(v1::MANAGEMENT_STATUS_IN_PLACE));
    Tablet(school.sara).Write({record, core::kManagementCell, {}}, values);
  };
  cell(v1::ROLE_SLT, "curriculum", school.sara);
  cell(v1::ROLE_HOD, "behaviour", {});
  Push(school.sara);
  v1::ManagementRequest request;
  request.set_org(BytesOf(school.site));
  const v1::ManagementReply page = Page(school.hedy, &v1::Practice::Stub::Management, request);
  ASSERT_EQ(page.cells_size(), 2);
  EXPECT_EQ(page.roles_size(), 2);
  EXPECT_EQ(page.functions_size(), 2);
  std::multiset<v1::ManagementGapReason> reasons;
  for (const v1::ManagementGap& gap : page.gaps()) reasons.insert(gap.reason());
  EXPECT_EQ(reasons.count(v1::MANAGEMENT_GAP_REASON_NO_CELL), 2u);
  EXPECT_EQ(reasons.count(v1::MANAGEMENT_GAP_REASON_NO_OWNER), 1u);
  EXPECT_EQ(reasons.count(v1::MANAGEMENT_GAP_REASON_NO_EVIDENCE), 2u);
  EXPECT_EQ(reasons.count(v1::MANAGEMENT_GAP_REASON_OWNER_GONE), 0u);
  EXPECT_TRUE(IsRefused(school.hana, &v1::Practice::Stub::Management, request));
}

TEST_F(LeadershipPracticeTest, TheHeatMapIsWithoutNamesAndSaysWhereThereIsNotEnough) {
  for (const Id16& teacher : {school.tia, school.tom}) {
    Observed(school.sara, {v1::VISIT_KIND_DEPT, teacher}, 3);
    Observed(school.sara, {v1::VISIT_KIND_DEPT, teacher, {}, At(2026, 9, 11)}, 4);
  }
  Observed(school.sara, {v1::VISIT_KIND_DEPT, school.ann, school.art}, 2);
  v1::HeatMapRequest request;
  request.set_school(BytesOf(school.site));
  const v1::HeatMapReply map = Page(school.hedy, &v1::Practice::Stub::HeatMap, request);
  ASSERT_EQ(map.columns_size(), 9);
  ASSERT_EQ(map.rows_size(), 2);
  EXPECT_EQ(map.rows(0).name(), "Art");
  EXPECT_EQ(map.rows(0).cells(0).state(), v1::HEAT_STATE_NOT_ENOUGH);
  EXPECT_EQ(map.rows(0).cells(0).mean_of_means_millionths(), 0);
  EXPECT_EQ(map.rows(1).cells(0).state(), v1::HEAT_STATE_SHOWN);
  EXPECT_EQ(map.rows(1).cells(0).mean_of_means_millionths(), 3'500'000);
  EXPECT_EQ(map.rows(1).cells(1).state(), v1::HEAT_STATE_NONE);
  EXPECT_TRUE(IsRefused(school.hana, &v1::Practice::Stub::HeatMap, request));
}

class AgreementPracticeTest : public LeadershipPracticeTest {
 protected:
  void RateTogether(v1::VisitKind kind, const Id16& lead, const Id16& other, uint32_t apart,
                    const Id16& teacher, int day) {
    const Id16 visit =
        Plan(lead, {kind,
                    teacher,
                    {},
                    At(2026, 9, day),
                    30,
                    {{lead, v1::STRAND_UNSPECIFIED}, {other, v1::STRAND_UNSPECIFIED}}});
    for (uint16_t element = 1; element <= 9; ++element) {
      Rate(lead, visit, element, 1 + element % 3u);
      Tablet(other).Write({visit, core::kSheet, other},
                          RatingValues(element, std::min(4u, 1 + element % 3u + apart)));
    }
    Submit(lead, visit);
    Push(lead);
    Submit(other, visit);
    Push(other);
  }
  v1::AgreementReply Agreement(const Id16& person, bool of_school) {
    v1::AgreementRequest request;
    if (of_school) request.set_school(BytesOf(school.site));
    return Page(person, &v1::Practice::Stub::Agreement, request);
  }
};

TEST_F(AgreementPracticeTest, ObserverTrainingACalibrationEarnsACertificateForAYear) {
  RateTogether(v1::VISIT_KIND_CALIB, school.sara, school.hana, 1, {}, 10);
  const v1::AgreementReply own = Agreement(school.hana, false);
  EXPECT_EQ(own.own().pairs(), 9u);
  EXPECT_EQ(own.own().exact(), 0u);
  EXPECT_EQ(own.own().within_one(), 9u);
  EXPECT_FALSE(own.own().has_kappa()) << "fewer than 20 pairs";
  EXPECT_EQ(own.own_certificate().state(), v1::CERTIFICATE_STATE_VALID);
  EXPECT_EQ(own.own_certificate().to_day(), Day(2027, 9, 10));
  EXPECT_EQ(Agreement(school.sara, false).own_certificate().state(), v1::CERTIFICATE_STATE_NONE)
      << "the lead's levels are what the others are compared with";
  RateTogether(v1::VISIT_KIND_CALIB, school.sara, school.hugo, 2, {}, 11);
  EXPECT_EQ(Agreement(school.hugo, false).own_certificate().state(), v1::CERTIFICATE_STATE_NONE);
}

TEST_F(AgreementPracticeTest, JointVisitsGiveKappaWithItsIntervalOnceThereAreTwentyPairs) {
  for (int day = 7; day < 10; ++day) {
    RateTogether(v1::VISIT_KIND_DEPT, school.hana, school.sara, day == 8 ? 1 : 0, school.tia, day);
  }
  const v1::AgreementReply own = Agreement(school.hana, false);
  EXPECT_EQ(own.own().pairs(), 27u);
  EXPECT_EQ(own.own().visits(), 3u);
  EXPECT_EQ(own.own().exact(), 18u);
  ASSERT_TRUE(own.own().has_kappa());
  EXPECT_LE(own.own().kappa().low_millionths(), own.own().kappa().millionths());
  EXPECT_GE(own.own().kappa().high_millionths(), own.own().kappa().millionths());
  EXPECT_FALSE(own.own().has_icc()) << "three lines are too few";
  const v1::AgreementReply whole = Agreement(school.hedy, true);
  EXPECT_EQ(whole.double_coded(), 3u);
  EXPECT_EQ(whole.double_codable(), 3u);
}

// Five people calibrate in pairs, one pair a day; the head asks every day, with every first day,
// and subtracts. Of two answers nothing may differ that is about fewer people than one answer
// needs.
TEST_F(AgreementPracticeTest, Z10NobodySubtractsTheirWayToOnePairOfCalibratingColleagues) {
  const Id16 amy = IdNumber(151), bob = IdNumber(152);
  school.AddPerson(amy, "Amy Pole", {school.maths});
  school.AddPerson(bob, "Bob Reed", {school.art});
  Import();
  const std::vector<std::pair<Id16, Id16>> pairs = {{school.hana, school.hugo},
                                                    {school.sara, amy},
                                                    {school.hana, bob},
                                                    {school.hugo, school.sara},
                                                    {amy, bob}};
  const auto ask = [this](int32_t from_day) {
    v1::AgreementRequest request;
    request.set_school(BytesOf(school.site));
    request.set_from_day(from_day);
    return Page(school.hedy, &v1::Practice::Stub::Agreement, request);
  };
  std::set<std::pair<uint32_t, uint32_t>> answers;  // Pairs, and those that agree.
  const auto ask_all = [&] {
    for (int day = 1; day < 30; ++day) {
      const v1::AgreementReply reply = ask(Day(2026, 9, day));
      uint32_t of_elements = 0;
      for (const v1::ElementAgreement& element : reply.school_elements()) {
        of_elements += element.figures().pairs();
      }
      EXPECT_EQ(reply.school().pairs(), of_elements) << "nothing is left of a withheld element";
      answers.emplace(reply.school().pairs(), reply.school().exact());
    }
  };
  for (size_t i = 0; i < pairs.size(); ++i) {
    RateTogether(v1::VISIT_KIND_CALIB, pairs[i].first, pairs[i].second,
                 static_cast<uint32_t>(i % 3), {}, 7 + static_cast<int>(i));
    ask_all();
  }
  using Answers = std::set<std::pair<uint32_t, uint32_t>>;
  EXPECT_EQ(answers, (Answers{{0, 0}})) << "nothing before the half-term is over";
  server.clock.Advance(int64_t{60} * 24 * 3'600'000);
  ask_all();
  EXPECT_EQ(answers, (Answers{{0, 0}, {45, 18}})) << "then all five people at once";
}

TEST_F(AgreementPracticeTest, AFigureOfOnePairOfPeopleIsToldToNobodyButTheTwo) {
  RateTogether(v1::VISIT_KIND_CALIB, school.hana, school.hugo, 2, {}, 10);
  for (const Id16& leader : {school.sara, school.hedy}) {
    const v1::AgreementReply whole = Agreement(leader, true);
    EXPECT_TRUE(whole.school().withheld());
    EXPECT_EQ(whole.school().pairs(), 0u);
    EXPECT_FALSE(whole.has_own());
    for (const v1::ElementAgreement& element : whole.school_elements()) {
      EXPECT_TRUE(element.figures().withheld());
      EXPECT_EQ(element.figures().pairs(), 0u);
      EXPECT_EQ(element.figures().exact() + element.figures().within_one(), 0u);
    }
    for (const v1::Certificate& certificate : whole.certificates()) {
      EXPECT_EQ(certificate.rated() + certificate.exact() + certificate.within_one(), 0u);
      EXPECT_TRUE(certificate.visit().empty());
    }
  }
  v1::AgreementRequest request;
  request.set_school(BytesOf(school.site));
  for (const Id16& person : {school.hana, school.tia, school.gus}) {
    EXPECT_TRUE(IsRefused(person, &v1::Practice::Stub::Agreement, request));
  }
  EXPECT_EQ(Agreement(school.hana, false).own().pairs(), 9u);
  EXPECT_FALSE(Agreement(school.tia, false).has_own());
}

}  // namespace
}  // namespace halfterm::testing
