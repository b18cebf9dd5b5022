// A page as its writers see it: what one of them changes, what two change at once, and what neither
// of them can see.

#include "sync/view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "halfterm/v1/directory.pb.h"
#include "halfterm/v1/observation.pb.h"
#include "halfterm/v1/referral.pb.h"
#include "sync/core/delta.h"
#include "sync/value.h"
#include "tests/support/writers.h"

namespace halfterm::sync {
namespace {

using core::Kind;
using core::Path;
using testing::Amy;
using testing::AmysDot;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Joined;
using testing::Person;
using ::testing::SizeIs;
using testing::Zoe;
using testing::ZoesDot;

const Schema& schema() { return Schema::OfThisBuild(); }

std::string Key(uint8_t number) { return std::string(Person(number).view()); }

// `held` with what `wanted` changes in it.
core::Facet Changed(v1::FacetClass facet_class, const core::Facet& held,
                    const google::protobuf::Message& wanted, const core::Dot& dot) {
  const auto delta = WriteChanges(schema(), static_cast<uint8_t>(facet_class), held, wanted, dot,
                                  testing::AuthorOf(dot));
  EXPECT_TRUE(delta.ok()) << delta.status();
  EXPECT_TRUE(core::IsDeltaOf(*delta, dot));
  return delta.ok() ? Joined(held, *delta) : held;
}

template <typename View>
View Shown(v1::FacetClass facet_class, const core::Facet& facet, ViewReport* report = nullptr) {
  View view;
  EXPECT_TRUE(ReadView(schema(), static_cast<uint8_t>(facet_class), facet, view, report).ok());
  return view;
}
v1::Sheet ShownSheet(const core::Facet& facet, ViewReport* report = nullptr) {
  return Shown<v1::Sheet>(v1::FACET_CLASS_SHEET, facet, report);
}
core::Facet ChangedSheet(const core::Facet& held, const v1::Sheet& wanted, const core::Dot& dot) {
  return Changed(v1::FACET_CLASS_SHEET, held, wanted, dot);
}

v1::Sheet SheetWithANote(const std::string& text) {
  v1::Sheet sheet;
  v1::Note& note = *sheet.add_notes();
  note.set_key(Key(1));
  note.set_text(text);
  note.set_element(3);
  return sheet;
}

TEST(ViewTest, OnlyWhatDiffersIsWritten) {
  v1::Plan plan;
  plan.set_kind(v1::VISIT_KIND_DEPT);
  plan.set_room("R1");
  plan.set_minutes(50);
  const core::Facet held = Changed(v1::FACET_CLASS_PLAN, {}, plan, ZoesDot(1));
  plan.set_room("R2");
  const auto delta = WriteChanges(schema(), 1, held, plan, ZoesDot(2));
  ASSERT_TRUE(delta.ok());
  ASSERT_THAT(delta->cells, SizeIs(1));
  EXPECT_EQ(delta->cells[0].path, Path::Field(12, Kind::kReg));
  EXPECT_THAT(delta->cells[0].seen, ElementsAre(ZoesDot(2)));
  EXPECT_EQ(delta->cells[0].siblings[0].value, "R2");

  const auto nothing =
      WriteChanges(schema(), 1, held, Shown<v1::Plan>(v1::FACET_CLASS_PLAN, held), ZoesDot(2));
  EXPECT_THAT(nothing->cells, IsEmpty());
}

TEST(ViewTest, UnsetAndClearedAreTheSame) {
  v1::Plan plan;
  plan.set_room("R1");
  plan.set_period(0);
  core::Facet held = Changed(v1::FACET_CLASS_PLAN, {}, plan, ZoesDot(1));
  EXPECT_TRUE(Shown<v1::Plan>(v1::FACET_CLASS_PLAN, held).has_period());
  plan.clear_room();
  plan.clear_period();
  held = Changed(v1::FACET_CLASS_PLAN, held, plan, ZoesDot(2));
  EXPECT_FALSE(Shown<v1::Plan>(v1::FACET_CLASS_PLAN, held).has_room());
  EXPECT_FALSE(Shown<v1::Plan>(v1::FACET_CLASS_PLAN, held).has_period());
  EXPECT_THAT(held.cells, SizeIs(2)) << "a cleared cell stays, or an older write would come back";
}

// One observer, two tablets: both levels stay until the observer chooses.
TEST(ViewTest, TwoLevelsOfOneElementWaitForTheirAuthor) {
  v1::Sheet sheet;
  v1::Rating& rating = *sheet.add_ratings();
  rating.set_element(4);
  rating.set_level(2);
  const core::Facet base = ChangedSheet({}, sheet, ZoesDot(1));
  rating.set_level(3);
  const core::Facet zoes = ChangedSheet(base, sheet, ZoesDot(2));
  rating.set_level(4);
  const core::Facet amys = ChangedSheet(base, sheet, AmysDot(1));

  ViewReport report;
  core::Facet both = Joined(zoes, amys);
  core::Stamp(both, AmysDot(1), 17);
  core::Stamp(both, ZoesDot(2), 18);
  EXPECT_EQ(ShownSheet(both, &report).ratings(0).level(), 3u) << "the one of the higher stamp";
  ASSERT_THAT(report.differing, SizeIs(1));
  const Differing& differing = report.differing[0];
  EXPECT_TRUE(differing.waits);
  EXPECT_EQ(differing.field->descriptor->full_name(), "halfterm.v1.Rating.level");
  ASSERT_THAT(differing.values, SizeIs(2));
  EXPECT_EQ(differing.values[0].author, Zoe());
  EXPECT_EQ(DecodeUnsigned(differing.values[1].value), 4u);
  EXPECT_EQ(differing.values[1].author, Amy());

  // Saving the page again settles nothing: the observer may not have looked there.
  EXPECT_THAT(WriteChanges(schema(), 2, both, ShownSheet(both), ZoesDot(3))->cells, IsEmpty());

  const auto choice = Choose(schema(), 2, both, differing.path, EncodeUnsigned(3), ZoesDot(3));
  ASSERT_TRUE(choice.ok());
  const core::Facet settled = Joined(both, *choice);
  EXPECT_EQ(ShownSheet(settled, &report).ratings(0).level(), 3u);
  EXPECT_THAT(report.differing, IsEmpty());
}

TEST(ViewTest, TwoEqualLevelsNeedNoChoice) {
  v1::Sheet sheet;
  sheet.add_ratings()->set_element(4);
  sheet.mutable_ratings(0)->set_level(3);
  ViewReport report;
  ShownSheet(Joined(ChangedSheet({}, sheet, ZoesDot(1)), ChangedSheet({}, sheet, AmysDot(1))),
             &report);
  EXPECT_THAT(report.differing, IsEmpty());
}

TEST(ViewTest, TwoRoomsAreShownWithoutAskingAnybody) {
  v1::Plan plan;
  plan.set_room("R1");
  const core::Facet zoes = Changed(v1::FACET_CLASS_PLAN, {}, plan, ZoesDot(1));
  plan.set_room("R2");
  const core::Facet amys = Changed(v1::FACET_CLASS_PLAN, {}, plan, AmysDot(1));
  ViewReport report;
  Shown<v1::Plan>(v1::FACET_CLASS_PLAN, Joined(zoes, amys), &report);
  ASSERT_THAT(report.differing, SizeIs(1));
  EXPECT_FALSE(report.differing[0].waits);
  EXPECT_THAT(report.differing[0].values, SizeIs(2));
}

TEST(ViewTest, TwoVersionsOfAParagraphStandSideBySide) {
  const core::Facet base = ChangedSheet({}, SheetWithANote("quiet"), ZoesDot(1));
  v1::Sheet sheet = ShownSheet(base);
  sheet.mutable_notes(0)->set_text("quiet start");
  const core::Facet zoes = ChangedSheet(base, sheet, ZoesDot(2));
  sheet.mutable_notes(0)->set_text("quiet end");
  const core::Facet amys = ChangedSheet(base, sheet, AmysDot(1));
  ViewReport report;
  EXPECT_THAT(ShownSheet(Joined(zoes, amys), &report).notes(), SizeIs(1));
  ASSERT_THAT(report.differing, SizeIs(1));
  EXPECT_FALSE(report.differing[0].waits);
  EXPECT_THAT(report.differing[0].values, SizeIs(2));
}

TEST(ViewTest, TwoNotesWrittenAtOnceBothStay) {
  v1::Sheet zoes, amys;
  zoes.add_notes()->set_key(Key(1));
  zoes.mutable_notes(0)->set_t_offset_s(300);
  amys.add_notes()->set_key(Key(2));
  amys.mutable_notes(0)->set_t_offset_s(60);
  ViewReport report;
  const v1::Sheet both = ShownSheet(
      Joined(ChangedSheet({}, zoes, ZoesDot(1)), ChangedSheet({}, amys, AmysDot(1))), &report);
  ASSERT_THAT(both.notes(), SizeIs(2));
  EXPECT_EQ(both.notes(0).key(), Key(2));
  EXPECT_THAT(report.differing, IsEmpty());
}

TEST(ViewTest, NotesAreShownByTheirMomentThenByKeyAndUndatedOnesLast) {
  v1::Sheet sheet;
  const std::vector<std::pair<uint8_t, int>> notes = {{5, 60}, {1, -1}, {4, 300}, {3, 60}, {2, -1}};
  for (const auto& [key, at] : notes) {
    v1::Note& note = *sheet.add_notes();
    note.set_key(Key(key));
    if (at >= 0) note.set_t_offset_s(static_cast<uint32_t>(at));
  }
  std::vector<std::string> keys;
  const v1::Sheet shown = ShownSheet(ChangedSheet({}, sheet, ZoesDot(1)));
  for (const v1::Note& note : shown.notes()) keys.push_back(note.key());
  EXPECT_THAT(keys, ElementsAre(Key(3), Key(5), Key(4), Key(1), Key(2)));
}

TEST(ViewTest, ParagraphsStandInTheirPlaces) {
  v1::Feedback feedback;
  for (const char* place : {"m", "", "c", "t"}) {
    v1::Paragraph& paragraph = *feedback.add_strengths();
    paragraph.set_key(Key(static_cast<uint8_t>(10 + feedback.strengths_size())));
    if (*place != '\0') paragraph.set_place(place);
  }
  const auto shown = Shown<v1::Feedback>(
      v1::FACET_CLASS_FEEDBACK, Changed(v1::FACET_CLASS_FEEDBACK, {}, feedback, ZoesDot(1)));
  std::vector<std::string> places;
  for (const v1::Paragraph& paragraph : shown.strengths()) places.push_back(paragraph.place());
  EXPECT_THAT(places, ElementsAre("c", "m", "t", ""));
}

TEST(ViewTest, ARemovedNoteIsGoneAndItsWordsStayInTheCells) {
  const core::Facet base = ChangedSheet({}, SheetWithANote("quiet"), ZoesDot(1));
  const core::Facet removed = ChangedSheet(base, v1::Sheet(), ZoesDot(2));
  ViewReport report;
  EXPECT_THAT(ShownSheet(removed, &report).notes(), IsEmpty());
  EXPECT_EQ(report.carried, 0u);
  const core::Cell* presence = removed.Find(Path::Entry(2, Person(1), 0, Kind::kElem));
  ASSERT_NE(presence, nullptr);
  EXPECT_THAT(presence->siblings, IsEmpty());
  EXPECT_TRUE(core::Covers(*presence, ZoesDot(2)));
}

// The sentence that somebody is still working on may be the one that the teacher needs.
TEST(ViewTest, AnEditOutlivesARemovalThatHadNotSeenIt) {
  const core::Facet base = ChangedSheet({}, SheetWithANote("quiet"), ZoesDot(1));
  v1::Sheet edited = ShownSheet(base);
  edited.mutable_notes(0)->set_text("quiet start");
  const core::Facet zoes = ChangedSheet(base, edited, ZoesDot(2));
  const core::Facet amys = ChangedSheet(base, v1::Sheet(), AmysDot(1));
  const v1::Sheet both = ShownSheet(Joined(zoes, amys));
  ASSERT_THAT(both.notes(), SizeIs(1));
  EXPECT_EQ(both.notes(0).text(), "quiet start");
  EXPECT_EQ(both.notes(0).element(), 3u) << "the parts that nobody touched come along";

  EXPECT_THAT(ShownSheet(ChangedSheet(Joined(zoes, amys), v1::Sheet(), AmysDot(2))).notes(),
              IsEmpty())
      << "a removal that has seen the edit stands";
}

TEST(ViewTest, AnEntryThatIsAddedAgainSaysWhatItsWriterWants) {
  const core::Facet base = ChangedSheet({}, SheetWithANote("quiet"), ZoesDot(1));
  const core::Facet removed = ChangedSheet(base, v1::Sheet(), ZoesDot(2));
  v1::Sheet again;
  again.add_notes()->set_key(Key(1));
  again.mutable_notes(0)->set_text("lively");
  const v1::Sheet shown = ShownSheet(ChangedSheet(removed, again, ZoesDot(3)));
  ASSERT_THAT(shown.notes(), SizeIs(1));
  EXPECT_EQ(shown.notes(0).text(), "lively");
  EXPECT_FALSE(shown.notes(0).has_element()) << "the old element was not asked for";
}

// Only the creation of a visit says who observes; a later strand must not look like one.
TEST(ViewTest, AStrandDoesNotWriteTheObserversPresence) {
  v1::Plan plan;
  plan.add_observers()->set_person(Key(1));
  const core::Facet held = Changed(v1::FACET_CLASS_PLAN, {}, plan, ZoesDot(1));
  plan.mutable_observers(0)->set_strand(v1::STRAND_LEARNING);
  const auto delta = WriteChanges(schema(), 1, held, plan, ZoesDot(2));
  ASSERT_THAT(delta->cells, SizeIs(1));
  EXPECT_EQ(delta->cells[0].path, Path::Entry(6, Person(1), 1, Kind::kReg));
}

TEST(ViewTest, APhaseRisesAndNeverFalls) {
  v1::Plan plan;
  plan.mutable_phase()->set_level(v1::LEVEL_SHARED);
  plan.mutable_phase()->set_round(1);
  core::Facet held = Changed(v1::FACET_CLASS_PLAN, {}, plan, ZoesDot(1));
  EXPECT_EQ(Shown<v1::Plan>(v1::FACET_CLASS_PLAN, held).phase().level(), v1::LEVEL_SHARED);
  plan.mutable_phase()->set_level(v1::LEVEL_SUBMITTED);
  EXPECT_EQ(WriteChanges(schema(), 1, held, plan, ZoesDot(2)).status().code(),
            absl::StatusCode::kInvalidArgument);
  plan.mutable_phase()->set_round(2);
  held = Changed(v1::FACET_CLASS_PLAN, held, plan, ZoesDot(2));
  EXPECT_EQ(Shown<v1::Plan>(v1::FACET_CLASS_PLAN, held).phase().round(), 2u);
}

TEST(ViewTest, AWholeMessageComesBackAndIsReplacedWhole) {
  v1::Reference record;
  v1::Person& person = *record.mutable_person();
  person.set_id(Key(1));
  person.set_display_name("Ms K");
  const core::Facet held = Changed(v1::FACET_CLASS_BODY, {}, record, ZoesDot(1));
  EXPECT_THAT(held.cells, SizeIs(1));
  EXPECT_EQ(Shown<v1::Reference>(v1::FACET_CLASS_BODY, held).person().display_name(), "Ms K");
  EXPECT_THAT(WriteChanges(schema(), 10, held, record, ZoesDot(2))->cells, IsEmpty());
  person.set_display_name("Ms L");
  EXPECT_THAT(WriteChanges(schema(), 10, held, record, ZoesDot(2))->cells, SizeIs(1));
}

TEST(ViewTest, WhatALaterVersionWroteIsCarriedAndNeverCleared) {
  core::Facet held = ChangedSheet({}, SheetWithANote("quiet"), ZoesDot(1));
  const Path strangers[] = {
      Path::Field(41, Kind::kReg),
      Path::Field(8, static_cast<Kind>(99)),
      Path::Entry(2, Person(1), 9, Kind::kText2),
      Path::Entry(2, Person(1), 0, Kind::kPos),
      Path::Entry(50, Person(1), 1, Kind::kReg),
  };
  for (const Path& path : strangers) {
    held = Joined(held, testing::Writes(held, path, ZoesDot(2), "a later word"));
  }
  // A number that this version takes for out of bounds.
  held = Joined(held, testing::Writes(held, Path::Field(8, Kind::kReg), ZoesDot(2),
                                      EncodeUnsigned(1u << 20)));
  ViewReport report;
  v1::Sheet sheet = ShownSheet(held, &report);
  EXPECT_EQ(report.carried, 5u);
  EXPECT_EQ(report.unread, 1u);
  EXPECT_FALSE(sheet.has_pupils_present());

  sheet.mutable_notes(0)->set_text("lively");
  const core::Facet after = ChangedSheet(held, sheet, ZoesDot(3));
  for (const Path& path : strangers) EXPECT_EQ(*after.Find(path), *held.Find(path));
  EXPECT_EQ(*after.Find(Path::Field(8, Kind::kReg)), *held.Find(Path::Field(8, Kind::kReg)));
}

TEST(ViewTest, WhatTheServerWouldRefuseIsNotWritten) {
  const auto code_of = [](const google::protobuf::Message& wanted, uint8_t facet_class) {
    return WriteChanges(schema(), facet_class, {}, wanted, ZoesDot(1)).status().code();
  };
  v1::Sheet no_key = SheetWithANote("quiet");
  no_key.mutable_notes(0)->clear_key();
  EXPECT_EQ(code_of(no_key, 2), absl::StatusCode::kInvalidArgument);
  v1::Sheet twice = SheetWithANote("quiet");
  *twice.add_notes() = twice.notes(0);
  EXPECT_EQ(code_of(twice, 2), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code_of(SheetWithANote(std::string(2001, 'n')), 2), absl::StatusCode::kInvalidArgument);
  v1::Plan plan;
  plan.set_teacher("Ms K");
  EXPECT_EQ(code_of(plan, 1), absl::StatusCode::kInvalidArgument);
  plan.Clear();
  plan.set_kind(static_cast<v1::VisitKind>(-1));
  EXPECT_EQ(code_of(plan, 1), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code_of(plan, 2), absl::StatusCode::kInvalidArgument) << "a plan is no sheet";
  EXPECT_EQ(code_of(plan, 99), absl::StatusCode::kNotFound);
}

TEST(ViewTest, OnlyAValueCanBeChosen) {
  const auto code_of = [](const Path& path, const std::string& value) {
    return Choose(schema(), 2, {}, path, value, ZoesDot(1)).status().code();
  };
  EXPECT_EQ(code_of(Path::Field(1, Kind::kPhase), ""), absl::StatusCode::kNotFound);
  EXPECT_EQ(code_of(Path::Entry(2, Person(1), 0, Kind::kElem), ""), absl::StatusCode::kNotFound);
  EXPECT_EQ(code_of(Path::Field(8, Kind::kPara), "\x01"), absl::StatusCode::kNotFound);
  EXPECT_EQ(code_of(Path::Field(40, Kind::kReg), "\x01"), absl::StatusCode::kNotFound);
  EXPECT_EQ(code_of(Path::Field(8, Kind::kReg), "\x80"), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code_of(Path::Field(8, Kind::kReg), "\x18"), absl::StatusCode::kOk);
}

}  // namespace
}  // namespace halfterm::sync
