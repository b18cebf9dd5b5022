// People who write what they may not, and intents that cannot be carried out.
#include <gtest/gtest.h>

#include <string>

#include "halfterm/v1/observation.pb.h"
#include "sync/core/audience.h"
#include "sync/core/codec.h"
#include "sync/core/varint.h"
#include "tests/end_to_end/bad_input/bad_input.h"

namespace halfterm::testing {
namespace {

using core::Kind;
using core::Path;

constexpr char kServerOnly[] = "QUARANTINED SERVER_ONLY";
constexpr char kNeverAllowed[] = "QUARANTINED NEVER_ALLOWED";
constexpr char kMalformed[] = "QUARANTINED MALFORMED";

std::string Varint(uint64_t value) {
  std::string bytes;
  core::AppendVarint(bytes, value);
  return bytes;
}

WireTablet::Values OneField(uint16_t field, std::string value, Kind kind = Kind::kReg) {
  return {{Path::Field(field, kind), std::move(value)}};
}

std::string ByWhom(World& world, const core::Id16& person, const core::FacetId& facet,
                   const WireTablet::Values& values) {
  WireTablet tablet = world.Tablet(person);
  return PushDelta(tablet, facet, values);
}

// A new visit by `lead` of `teacher`, with one value of its plan changed.
std::string NewPlan(World& world, const core::Id16& lead, const core::Id16& teacher,
                    uint16_t field = 0, const std::string& value = "") {
  WireTablet::Values values = PlanValues(world.school, lead, teacher);
  for (auto& [path, old] : values) {
    if (!path.is_entry() && path.field() == field) old = value;
  }
  return ByWhom(world, lead, {world.NewVisit(), core::kPlan, {}}, values);
}

core::FacetId Of(World& world, core::FacetClass facet_class, const core::Id16& sub = {}) {
  return {world.treasure, facet_class, sub};
}

const BadInput kWriters[] = {
    {"PhaseOfThePlan", kServerOnly,
     [](World& w) {
       WireTablet hana = w.Tablet(w.school.hana);
       core::Facet delta;
       core::Cell cell;
       cell.path = Path::Field(v1::Plan::kPhaseFieldNumber, Kind::kPhase);
       cell.phase = {false, 9, core::kClosed};
       delta.cells.push_back(cell);
       return PushBytes(hana, hana.Sealed(hana.Header(w.Plan()), core::Encode(delta)));
     }},
    {"SharedVersion", kServerOnly,
     [](World& w) {
       core::Id16 round;
       round.bytes[15] = 1;
       return ByWhom(w, w.school.hana, Of(w, core::kVersion, round), OneField(500, "x"));
     }},
    {"AColleaguesEntryInTheDirectory", kServerOnly,
     [](World& w) {
       return ByWhom(w, w.school.sara, {w.school.tom, core::kBody, {}}, OneField(500, "x"));
     }},
    {"EvidenceOfAReferral", kServerOnly,
     [](World& w) { return ByWhom(w, w.school.sara, Of(w, core::kEvidence), OneField(500, "x")); }},
    {"FacetOfClassZero", kServerOnly,
     [](World& w) {
       return ByWhom(w, w.school.hana, {w.treasure, 0, {}}, OneField(1, "x"));
     }},
    {"SheetOfAColleague", kNeverAllowed,
     [](World& w) { return ByWhom(w, w.school.sara, w.Sheet(), RatingValues(3, 4)); }},
    {"SheetAboutOneself", kNeverAllowed,
     [](World& w) {
       return ByWhom(w, w.school.tia, Of(w, core::kSheet, w.school.tia), RatingValues(3, 4));
     }},
    {"PlanOfAColleaguesVisit", kNeverAllowed,
     [](World& w) {
       return ByWhom(w, w.school.sara, w.Plan(),
                     OneField(v1::Plan::kMinutesFieldNumber, Varint(1)));
     }},
    {"TeacherOfAVisitThatIsThere", kNeverAllowed,
     [](World& w) {
       return ByWhom(w, w.school.hana, w.Plan(),
                     OneField(v1::Plan::kTeacherFieldNumber, BytesOf(w.school.tom)));
     }},
    {"FeedbackOfSomebodyElse", kNeverAllowed,
     [](World& w) {
       return ByWhom(w, w.school.sara, Of(w, core::kFeedback),
                     OneField(v1::Feedback::kPriorityFieldNumber, "x", Kind::kPara));
     }},
    {"FeedbackWithoutAVisit", kNeverAllowed,
     [](World& w) {
       return ByWhom(w, w.school.hana, {w.NewVisit(), core::kFeedback, {}},
                     OneField(v1::Feedback::kPriorityFieldNumber, "x", Kind::kPara));
     }},
    {"ConsensusBeforeAllHaveSubmitted", kNeverAllowed,
     [](World& w) {
       return ByWhom(w, w.school.hana, Of(w, core::kConsensus),
                     {{Path::Entry(1, core::NumberKey(1), 0, Kind::kElem), ""}});
     }},
    {"ResponseBeforeAnythingIsShared", kNeverAllowed,
     [](World& w) {
       return ByWhom(w, w.school.tia, Of(w, core::kResponse, w.school.tia),
                     {{Path::Entry(3, IdNumber(1), 0, Kind::kElem), ""}});
     }},
    {"AcknowledgementForAnotherTeacher", kNeverAllowed,
     [](World& w) {
       return ByWhom(w, w.school.tom, Of(w, core::kResponse, w.school.tia),
                     {{Path::Entry(1, core::NumberKey(1), 0, Kind::kElem), ""}});
     }},
    {"VisitByATeacherWithoutARole", kNeverAllowed,
     [](World& w) { return NewPlan(w, w.school.tom, w.school.tia); }},
    {"VisitInAnotherDepartment", kNeverAllowed,
     [](World& w) {
       return NewPlan(w, w.school.hana, w.school.ann, v1::Plan::kDepartmentAtLessonFieldNumber,
                      BytesOf(w.school.art));
     }},
    {"TeacherOfAnotherDepartmentUnderOnesOwn", kNeverAllowed,
     [](World& w) { return NewPlan(w, w.school.hana, w.school.ann); }},
    {"VisitToOneself", kNeverAllowed,
     [](World& w) { return NewPlan(w, w.school.hana, w.school.hana); }},
    {"VisitToNobody", kNeverAllowed,
     [](World& w) { return NewPlan(w, w.school.hana, IdNumber(88)); }},
    {"VisitInNoDepartment", kNeverAllowed,
     [](World& w) {
       return NewPlan(w, w.school.hana, w.school.tia, v1::Plan::kDepartmentAtLessonFieldNumber,
                      BytesOf(IdNumber(88)));
     }},
    {"VisitOfAnUnknownKind", "QUARANTINED NEVER_ALLOWED",
     [](World& w) {
       return NewPlan(w, w.school.hana, w.school.tia, v1::Plan::kKindFieldNumber, Varint(99));
     }},
    {"VisitOfAKindOf32Bits", "QUARANTINED MALFORMED",
     [](World& w) {
       return NewPlan(w, w.school.hana, w.school.tia, v1::Plan::kKindFieldNumber,
                      Varint(0xffffffff));
     }},
    {"VisitLedBySomebodyWithoutARole", kNeverAllowed,
     [](World& w) {
       return NewPlan(w, w.school.hana, w.school.tia, v1::Plan::kLeadFieldNumber,
                      BytesOf(w.school.tom));
     }},
    {"NineObservers", "QUARANTINED TOO_LARGE",
     [](World& w) {
       WireTablet::Values values = PlanValues(w.school, w.school.hana, w.school.tia);
       for (uint8_t i = 0; i < 9; ++i) {
         values.emplace_back(
             Path::Entry(v1::Plan::kObserversFieldNumber, IdNumber(10 + i), 0, Kind::kElem), "");
       }
       return ByWhom(w, w.school.hana, {w.NewVisit(), core::kPlan, {}}, values);
     }},
    {"VisitOfAnotherSchool", kNeverAllowed,
     [](World& w) {
       return ByWhom(w, w.school.hana, {w.there_only, core::kFeedback, {}},
                     OneField(v1::Feedback::kPriorityFieldNumber, "x", Kind::kPara));
     }},
    {"WrittenWithoutLooking", "COMMITTED, then QUARANTINED BLIND",
     [](World& w) {
       WireTablet hana = w.Tablet(w.school.hana), other = w.Tablet(w.school.hana);
       const core::FacetId plan{w.NewVisit(), core::kPlan, {}};
       const std::string first =
           PushDelta(hana, plan, PlanValues(w.school, w.school.hana, w.school.tia));
       // Her other tablet says that it held everything, and yet its write replaces nothing of it.
       core::GroupHeader header = other.Header(plan);
       header.base_epoch = other.epoch();
       header.base_seq = 1'000'000;
       const core::Facet blind =
           other.DeltaOf(plan, OneField(v1::Plan::kMinutesFieldNumber, Varint(10)));
       return first + ", then " + PushBytes(other, other.Sealed(header, core::Encode(blind)));
     }},
};
INSTANTIATE_TEST_SUITE_P(Writer, BadInputTest, ::testing::ValuesIn(kWriters), NameOf);

v1::Intent Share(uint32_t round) {
  v1::Intent intent;
  intent.mutable_share()->set_round(round);
  return intent;
}

std::string Intend(World& world, const core::Id16& person, const core::FacetId& facet,
                   const v1::Intent& intent) {
  WireTablet tablet = world.Tablet(person);
  return PushIntent(tablet, facet, intent);
}

std::string IntendBytes(World& world, const std::string& body) {
  WireTablet hana = world.Tablet(world.school.hana);
  return PushBytes(hana, hana.Sealed(hana.Header(world.Plan(), core::GroupKind::kIntent), body));
}

const BadInput kIntents[] = {
    {"NoIntent", kMalformed, [](World& w) { return IntendBytes(w, ""); }},
    {"IntentOfNoise", kMalformed, [](World& w) { return IntendBytes(w, "\xff\xff\xff\xff"); }},
    {"IntentOfANewerApp", kMalformed,
     [](World& w) { return IntendBytes(w, std::string("\xfa\x06\x00", 3)); }},
    {"SubmitOfAColleaguesSheet", "COMMITTED NOT_ALLOWED",
     [](World& w) {
       v1::Intent intent;
       intent.mutable_submit();
       return Intend(w, w.school.sara, w.Sheet(), intent);
     }},
    {"SubmitOnThePlan", "COMMITTED NOT_ALLOWED",
     [](World& w) {
       v1::Intent intent;
       intent.mutable_submit();
       return Intend(w, w.school.hana, w.Plan(), intent);
     }},
    {"SubmitOfAnEmptySheet", "COMMITTED MISSING",
     [](World& w) {
       v1::Intent intent;
       intent.mutable_submit();
       return Intend(w, w.school.hana, {w.NewVisit(), core::kSheet, w.school.hana}, intent);
     }},
    {"ShareBySomebodyElse", "COMMITTED NOT_ALLOWED",
     [](World& w) { return Intend(w, w.school.sara, w.Plan(), Share(1)); }},
    {"ShareByTheTeacher", "COMMITTED NOT_ALLOWED",
     [](World& w) { return Intend(w, w.school.tia, w.Plan(), Share(1)); }},
    {"ShareWithoutAWordOfPraise", "COMMITTED MISSING",
     [](World& w) { return Intend(w, w.school.hana, w.Plan(), Share(1)); }},
    {"ShareOfAVisitThatIsNotThere", "COMMITTED MISSING",
     [](World& w) {
       return Intend(w, w.school.hana, {w.NewVisit(), core::kPlan, {}}, Share(1));
     }},
    {"ShareOfAnotherSchoolsVisit", "COMMITTED MISSING",
     [](World& w) {
       return Intend(w, w.school.hana, {w.there_only, core::kPlan, {}}, Share(1));
     }},
    {"WithdrawalBySomebodyElse", "COMMITTED MISSING",
     [](World& w) {
       v1::Intent intent;
       intent.mutable_withdraw()->set_reason("x");
       return Intend(w, w.school.tom, w.Plan(), intent);
     }},
    {"CloseBySomebodyElse", "COMMITTED MISSING",
     [](World& w) {
       v1::Intent intent;
       intent.mutable_close()->set_round(1);
       return Intend(w, w.school.tom, w.Plan(), intent);
     }},
    {"ExcuseOfSomebodyWhoDoesNotObserve", "COMMITTED MISSING",
     [](World& w) {
       v1::Intent intent;
       intent.mutable_excuse()->set_observer(BytesOf(w.school.tom));
       return Intend(w, w.school.hana, w.Plan(), intent);
     }},
    {"JoinWithAGuessedCode", "COMMITTED NOT_ALLOWED",
     [](World& w) {
       v1::Intent intent;
       intent.mutable_join()->set_code("AAAAAAAAAA");
       return Intend(w, w.school.sara, w.Plan(), intent);
     }},
    {"JoinWithoutACode", "COMMITTED NOT_ALLOWED",
     [](World& w) {
       v1::Intent intent;
       intent.mutable_join();
       return Intend(w, w.school.sara, w.Plan(), intent);
     }},
    {"ReadGrantByTheObserver", "COMMITTED NOT_ALLOWED",
     [](World& w) {
       v1::Intent intent;
       intent.mutable_grant_read()->set_person(BytesOf(w.school.tom));
       return Intend(w, w.school.hana, w.Plan(), intent);
     }},
    {"CorrectionOfAFieldThatDoesNotExist", "COMMITTED MISSING",
     [](World& w) {
       v1::Intent intent;
       intent.mutable_correct_plan()->set_field(4'000'000'000);
       intent.mutable_correct_plan()->set_value("x");
       return Intend(w, w.school.hana, w.Plan(), intent);
     }},
    {"CorrectionBySomebodyElse", "COMMITTED NOT_ALLOWED",
     [](World& w) {
       v1::Intent intent;
       intent.mutable_correct_plan()->set_field(v1::Plan::kTeacherFieldNumber);
       intent.mutable_correct_plan()->set_value(BytesOf(w.school.tom));
       return Intend(w, w.school.sara, w.Plan(), intent);
     }},
};
INSTANTIATE_TEST_SUITE_P(Intent, BadInputTest, ::testing::ValuesIn(kIntents), NameOf);

}  // namespace
}  // namespace halfterm::testing
