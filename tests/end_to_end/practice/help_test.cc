// Help as work done: referrals to an Advanced Skills Teacher, support plans, and who reads of them.

#include "halfterm/v1/referral.pb.h"
#include "tests/end_to_end/practice/school.h"

namespace halfterm::testing {
namespace {

class HelpPracticeTest : public PracticeTest {
 protected:
  HelpPracticeTest() {
    school.AddGrant(school.ann, v1::ROLE_AST, school.site);
    Import();
  }

  Id16 Refer(const Id16& opener, const Id16& source, bool is_plan = false) {
    const Id16 referral = NewId(), aim = NewId();
    Values values = {{Path::Field(2, Kind::kReg), BytesOf(school.tia)},
                     {Path::Field(3, Kind::kReg), BytesOf(school.maths)},
                     {Path::Field(4, Kind::kReg), BytesOf(school.ann)},
                     {Path::Entry(5, core::NumberKey(1), 0, Kind::kElem), ""},
                     {Path::Entry(6, source, 0, Kind::kElem), ""},
                     {Path::Entry(7, aim, 0, Kind::kElem), ""},
                     {Path::Entry(7, aim, 1, Kind::kPara), "Starts that settle a class."},
                     {Path::Field(10, Kind::kReg), Signed(Day(2026, 10, 16))}};
    if (is_plan) values.emplace_back(Path::Field(12, Kind::kReg), Number(1));
    Tablet(opener).Write({referral, core::kReferral, {}}, values);
    return referral;
  }
  v1::HelpingReply Helping(const Id16& person, v1::HelpView view, bool with_closed = false) {
    v1::HelpingRequest request;
    request.set_view(view);
    request.set_with_closed(with_closed);
    return Page(person, &v1::Practice::Stub::Helping, request);
  }
  void Consent(const Id16& referral, bool given) {
    Tablet(school.tia)
        .Write({referral, core::kConsent, school.tia},
               {{Path::Field(1, Kind::kReg), Number(given ? 1 : 0)}});
    Push(school.tia);
  }
};

TEST_F(HelpPracticeTest, AstInterventionGoesFromAReasonThroughConsentAndRevisitToAnOutcome) {
  const Id16 source = Observed(school.hana, {v1::VISIT_KIND_DEPT, school.tia}, 2);
  const Id16 referral = Refer(school.hana, source);
  Push(school.hana);
  EXPECT_EQ(Helping(school.tia, v1::HELP_VIEW_SUBJECT).threads_size(), 0) << "a draft";
  Share(school.hana, referral, 1, core::kReferral);
  EXPECT_EQ(Pushed(school.hana), "COMMITTED DONE");
  EXPECT_EQ(Helping(school.tia, v1::HELP_VIEW_SUBJECT).threads_size(), 1);
  EXPECT_EQ(Helping(school.ann, v1::HELP_VIEW_HELPER).threads_size(), 0)
      << "not open to her before the teacher agrees";
  ASSERT_EQ(Pack(school.sara, school.site).referrals_size(), 1);

  Consent(referral, true);
  v1::HelpingReply page = Helping(school.ann, v1::HELP_VIEW_HELPER);
  ASSERT_EQ(page.threads_size(), 1);
  const v1::HelpThread& thread = page.threads(0);
  EXPECT_EQ(thread.subject_name(), "Tia Green");
  EXPECT_EQ(thread.body().phase().level(), v1::REFERRAL_LEVEL_CONSENTED);
  ASSERT_EQ(thread.evidence().levels_size(), 1);
  EXPECT_EQ(thread.evidence().levels(0).level(), 2u);
  EXPECT_EQ(thread.sources(0).kind(), v1::VISIT_KIND_UNSPECIFIED) << "the visit itself is not hers";
  EXPECT_TRUE(Held(school.ann, source).empty());

  // She visits, links the visit as a re-visit, and agrees a step.
  const Id16 revisit = Plan(school.ann, {v1::VISIT_KIND_AST, school.tia, {}, At(2026, 9, 14, 14)});
  Rate(school.ann, revisit, 1, 3);
  Strength(school.ann, revisit, "The class settled in a minute.");
  Step(school.ann, revisit, "Greet at the door.", Day(2026, 9, 21));
  Submit(school.ann, revisit);
  Share(school.ann, revisit);
  Tablet(school.ann)
      .Write({referral, core::kReferral, {}}, {{Path::Entry(8, revisit, 0, Kind::kElem), ""}});
  Push(school.ann);
  page = Helping(school.ann, v1::HELP_VIEW_HELPER);
  EXPECT_EQ(page.threads(0).body().phase().level(), v1::REFERRAL_LEVEL_ACTIVE);
  ASSERT_EQ(page.threads(0).revisits_size(), 1);
  EXPECT_EQ(page.threads(0).revisits(0).kind(), v1::VISIT_KIND_AST);
  ASSERT_EQ(page.threads(0).steps_size(), 1);
  EXPECT_EQ(page.threads(0).next_day(), Day(2026, 9, 21));

  Tablet(school.ann)
      .Write({referral, core::kReferral, {}},
             {{Path::Field(11, Kind::kReg), Number(v1::REFERRAL_OUTCOME_EMBEDDED)}});
  Push(school.ann);
  EXPECT_EQ(Pack(school.sara, school.site).referrals_size(), 0) << "it has its outcome";
  v1::Intent close;
  close.mutable_close();
  Tablet(school.ann).Intend({referral, core::kReferral, {}}, close);
  EXPECT_EQ(Pushed(school.ann), "COMMITTED DONE");
  page = Helping(school.hana, v1::HELP_VIEW_LEADER, /*with_closed=*/true);
  ASSERT_EQ(page.threads_size(), 1);
  EXPECT_EQ(page.threads(0).body().phase().level(), v1::REFERRAL_LEVEL_CLOSED);
  EXPECT_EQ(Helping(school.hana, v1::HELP_VIEW_LEADER).threads_size(), 0);
}

TEST_F(HelpPracticeTest, AHelperReadsNothingAfterTheTeacherSaysNo) {
  const Id16 source = Observed(school.hana, {v1::VISIT_KIND_DEPT, school.tia});
  const Id16 referral = Refer(school.hana, source);
  Share(school.hana, referral, 1, core::kReferral);
  Push(school.hana);
  Consent(referral, true);
  EXPECT_EQ(Helping(school.ann, v1::HELP_VIEW_HELPER).threads_size(), 1);
  Consent(referral, false);
  EXPECT_EQ(Helping(school.ann, v1::HELP_VIEW_HELPER).threads_size(), 0);
  EXPECT_TRUE(Held(school.ann, referral).empty());
}

TEST_F(HelpPracticeTest, SpecialHelpASupportPlanIsVisibleToItsPersonAndHasAnEnd) {
  const Id16 source = Observed(school.hana, {v1::VISIT_KIND_DEPT, school.tia});
  const Id16 plan = Refer(school.sara, source, /*is_plan=*/true);
  Share(school.sara, plan, 1, core::kReferral);
  Push(school.sara);
  const v1::HelpingReply page = Helping(school.tia, v1::HELP_VIEW_SUBJECT);
  ASSERT_EQ(page.threads_size(), 1);
  EXPECT_TRUE(page.threads(0).is_support_plan());
  EXPECT_EQ(page.threads(0).next_day(), Day(2026, 10, 16));
  const v1::WeeklyPackReply pack = Pack(school.hana, school.maths);
  ASSERT_EQ(pack.referrals_size(), 1);
  EXPECT_EQ(pack.referrals(0).kind(), v1::PACK_ITEM_KIND_SUPPORT_PLAN);
  EXPECT_EQ(Helping(school.tom, v1::HELP_VIEW_SUBJECT).threads_size(), 0);
}

// A link names a record; it does not open it.
TEST_F(HelpPracticeTest, AReferralThatNamesAConfidentialVisitAsItsReasonGetsNoEvidenceOfIt) {
  school.AddGrant(school.tom, v1::ROLE_COACH, {}).add_people(BytesOf(school.tia));
  Import();
  const Id16 secret = Observed(school.tom, {v1::VISIT_KIND_COACH, school.tia}, 1);
  const Id16 referral = Refer(school.hana, secret);
  Share(school.hana, referral, 1, core::kReferral);
  Push(school.hana);
  Consent(referral, true);
  for (const Id16& reader : {school.hana, school.ann}) {
    const auto view = reader == school.ann ? v1::HELP_VIEW_HELPER : v1::HELP_VIEW_LEADER;
    const v1::HelpingReply page = Helping(reader, view);
    ASSERT_EQ(page.threads_size(), 1);
    EXPECT_EQ(page.threads(0).evidence().levels_size(), 0);
    EXPECT_EQ(page.threads(0).sources(0).lesson_start_ms(), 0);
    EXPECT_EQ(page.threads(0).sources(0).kind(), v1::VISIT_KIND_UNSPECIFIED);
  }
}

TEST_F(HelpPracticeTest, NobodyButItsOpenerOpensAReferralAndNobodyHearsOfOneThatIsNotTheirs) {
  const Id16 source = Observed(school.hana, {v1::VISIT_KIND_DEPT, school.tia});
  const Id16 referral = Refer(school.hana, source);
  Push(school.hana);
  Share(school.ann, referral, 1, core::kReferral);
  EXPECT_EQ(Pushed(school.ann), "COMMITTED MISSING");
  Share(school.tia, referral, 1, core::kReferral);
  EXPECT_EQ(Pushed(school.tia), "COMMITTED MISSING");
  Refer(school.hugo, source);
  EXPECT_EQ(Pushed(school.hugo).substr(0, 11), "QUARANTINED");
  EXPECT_EQ(Helping(school.hugo, v1::HELP_VIEW_LEADER).threads_size(), 0);
}

}  // namespace
}  // namespace halfterm::testing
