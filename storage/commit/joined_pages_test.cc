// Two visits that are one lesson: the page of one goes on in the other, with everything that was
// written on it before anybody heard of it. Two tablets of one author write, the move comes at any
// time.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "storage/commit/accounted_school.h"
#include "storage/commit/committer.h"
#include "storage/directory/directory_writer.h"
#include "storage/scope_bytes.h"
#include "sync/core/delta.h"
#include "sync/joined_page.h"
#include "tests/support/seed.h"

namespace halfterm::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class JoinedPagesTest : public DispositionTest {
 protected:
  // Sara's visit and Hana's, of one lesson of Tia's.
  const Id16 saras = school.NewId(), hanas = school.NewId();

  FacetId Of(const Id16& record, core::FacetClass facet_class, const Id16& sub = {}) const {
    return {record, facet_class, sub};
  }
  FacetId PageOf(const Id16& record, const Id16& observer) const {
    return Of(record, core::kSheet, observer);
  }

  static Values NoteValues(uint8_t number, const std::string& words) {
    const Id16 key = IdNumber(number);
    return {{Path::Entry(2, key, 0, Kind::kElem), ""},
            {Path::Entry(2, key, 1, Kind::kReg), Number(60u * number)},
            {Path::Entry(2, key, 2, Kind::kPara), words}};
  }
  static Path LevelAt(uint16_t element) {
    return Path::Entry(3, core::NumberKey(element), 1, Kind::kReg);
  }
  static Path WordsAt(uint8_t number) { return Path::Entry(2, IdNumber(number), 2, Kind::kPara); }

  void Plan(PushingTablet& tablet, const Id16& record, v1::VisitKind kind = v1::VISIT_KIND_DEPT) {
    tablet.Write(Of(record, core::kPlan), {}, PlanValues(kind, people.tia));
    ASSERT_EQ(InWords(Only(tablet)), "COMMITTED");
  }
  // As a tablet that holds what is stored now.
  void Write(PushingTablet& tablet, const FacetId& page, const Values& values) {
    tablet.Write(page, school.Stored(page), values);
  }
  static v1::Intent Move(const Id16& target) {
    v1::Intent intent;
    intent.mutable_move_sheet()->set_target(BytesOf(target));
    return intent;
  }
  std::string Moved(PushingTablet& tablet, const Id16& from, const Id16& to) {
    tablet.Intend(PageOf(from, tablet.person()), Move(to));
    return InWords(Only(tablet));
  }

  std::vector<std::string> ValuesOn(const FacetId& page, const Path& path) {
    std::vector<std::string> values;
    const core::Facet stored = school.Stored(page);
    const core::Cell* cell = stored.Find(path);
    if (cell == nullptr) return values;
    for (const core::Sibling& sibling : cell->siblings) values.push_back(sibling.value);
    return values;
  }
  // What the page shows, whatever the names of its writes.
  using Shown = std::multiset<std::tuple<Path, std::string, Id16, uint64_t>>;
  Shown ShownOn(const FacetId& page) {
    Shown shown;
    for (const core::Cell& cell : school.Stored(page).cells) {
      if (cell.path == Path::Field(v1::Sheet::kCertificateFieldNumber, Kind::kReg)) continue;
      for (const core::Sibling& sibling : cell.siblings) {
        shown.emplace(cell.path, sibling.value, sibling.author, sibling.stamp);
      }
    }
    return shown;
  }
  core::Phase PhaseOf(const Id16& record) {
    const core::Facet plan = school.Stored(Of(record, core::kPlan));
    return sync::PhaseOf(&plan, v1::Plan::kPhaseFieldNumber);
  }
  std::vector<Id16> Observers(const Id16& record) {
    return sync::PresentEntries(school.Stored(Of(record, core::kPlan)),
                                v1::Plan::kObserversFieldNumber);
  }
  std::vector<core::Scope> Readers(const FacetId& page) {
    std::vector<core::Scope> scopes;
    EXPECT_TRUE(storage::ParseScopes(school.StoredRow(page).scopes(), scopes));
    return scopes;
  }
};

TEST_F(JoinedPagesTest, TheMovedPageKeepsEveryValueTimeAndAuthor) {
  PushingTablet sara = Tablet(people.sara), office = Tablet(people.sara),
                hana = Tablet(people.hana);
  Plan(hana, hanas);
  Plan(sara, saras);
  // One rating differs between her two tablets.
  office.Write(PageOf(saras, people.sara), {}, RatingValues(4, 1));
  sara.Write(PageOf(saras, people.sara), {}, RatingValues(4, 3));
  sara.Write(PageOf(saras, people.sara), {}, NoteValues(1, "books open by the bell"));
  PushAll(sara);
  PushAll(office);
  const Shown before = ShownOn(PageOf(saras, people.sara));
  ASSERT_FALSE(before.empty());

  ASSERT_EQ(Moved(sara, saras, hanas), "COMMITTED DONE");
  EXPECT_EQ(ShownOn(PageOf(hanas, people.sara)), before);
  EXPECT_THAT(ValuesOn(PageOf(hanas, people.sara), LevelAt(4)),
              UnorderedElementsAre(Number(1), Number(3)));
  EXPECT_THAT(Observers(hanas), ElementsAre(people.hana, people.sara));
  EXPECT_EQ(PhaseOf(hanas), (core::Phase{false, 0, core::kDraft}));
  EXPECT_TRUE(PhaseOf(saras).withdrawn);
  EXPECT_THAT(ValuesOn(Of(saras, core::kPlan), Path::Field(19, Kind::kReg)), ElementsAre("joined"));
  EXPECT_THAT(ValuesOn(Of(saras, core::kPlan), Path::Field(26, Kind::kReg)),
              ElementsAre(BytesOf(hanas)));
  EXPECT_EQ(Moved(sara, saras, hanas), "COMMITTED ALREADY");
  EXPECT_EQ(ShownOn(PageOf(hanas, people.sara)), before);
  ExpectVerified();
  school.Reopen();
  EXPECT_EQ(ShownOn(PageOf(hanas, people.sara)), before);
}

TEST_F(JoinedPagesTest, WhatAnotherTabletHadNotSentFollowsThePage) {
  PushingTablet sara = Tablet(people.sara), office = Tablet(people.sara),
                hana = Tablet(people.hana);
  const FacetId page = PageOf(saras, people.sara), there = PageOf(hanas, people.sara);
  Plan(hana, hanas);
  Plan(sara, saras);
  Write(sara, page, RatingValues(4, 1));
  Write(sara, page, NoteValues(1, "a slow start"));
  PushAll(sara);
  // In a cupboard: replaces a rating, goes on with the note, and writes another one.
  Write(office, page, RatingValues(4, 2));
  Write(office, page, NoteValues(1, "a slow start, then quick"));
  Write(office, page, NoteValues(2, "two hands up"));
  // Meanwhile the page is moved, and written on where it now is.
  ASSERT_EQ(Moved(sara, saras, hanas), "COMMITTED DONE");
  Write(sara, there, RatingValues(4, 4));
  Write(sara, there, RatingValues(5, 3));
  EXPECT_THAT(PushAll(sara), ElementsAre("COMMITTED", "COMMITTED"));

  EXPECT_THAT(PushAll(office), ElementsAre("COMMITTED", "COMMITTED", "COMMITTED"));
  // Both replaced the 1, neither had seen the other: both stay, and their author is asked.
  EXPECT_THAT(ValuesOn(there, LevelAt(4)), UnorderedElementsAre(Number(2), Number(4)));
  EXPECT_THAT(ValuesOn(there, LevelAt(5)), ElementsAre(Number(3)));
  EXPECT_THAT(ValuesOn(there, WordsAt(1)), ElementsAre("a slow start, then quick"));
  EXPECT_THAT(ValuesOn(there, WordsAt(2)), ElementsAre("two hands up"));
  // What she chose stands whatever comes for the old page after it.
  Write(sara, there, RatingValues(4, 4));
  PushAll(sara);
  Write(office, page, NoteValues(3, "calm"));
  EXPECT_THAT(PushAll(office), ElementsAre("COMMITTED"));
  EXPECT_THAT(ValuesOn(there, LevelAt(4)), ElementsAre(Number(4)));
  EXPECT_THAT(ValuesOn(there, WordsAt(3)), ElementsAre("calm"));
  ExpectVerified();
}

TEST_F(JoinedPagesTest, WhatWasWrittenHavingHeardOfTheMoveFollowsTooUnlessTheOtherVisitIsOver) {
  PushingTablet sara = Tablet(people.sara), hana = Tablet(people.hana);
  Plan(hana, hanas);
  Plan(sara, saras);
  ASSERT_EQ(Moved(sara, saras, hanas), "COMMITTED DONE");
  sara.known.flags = 1;
  sara.known.level = core::kDraft;
  sara.Write(PageOf(saras, people.sara), {}, NoteValues(1, "still typing"));
  EXPECT_THAT(PushAll(sara), ElementsAre("COMMITTED"));
  EXPECT_THAT(ValuesOn(PageOf(hanas, people.sara), WordsAt(1)), ElementsAre("still typing"));
  visit = hanas;
  v1::Intent withdraw;
  withdraw.mutable_withdraw()->set_reason("a fire drill");
  ASSERT_EQ(Intend(hana, withdraw).outcome(), v1::OUTCOME_DONE);
  sara.Write(PageOf(saras, people.sara), {}, NoteValues(2, "too late"));
  EXPECT_THAT(PushAll(sara), ElementsAre("QUARANTINED CLOSED"));
  ExpectVerified();
}

TEST_F(JoinedPagesTest, TwoVisitsOfOneObserverBecomeOneWithFeedbackAndSteps) {
  PushingTablet hana = Tablet(people.hana), office = Tablet(people.hana);
  const Id16 second = school.NewId();
  Plan(hana, hanas);
  Plan(office, second);
  Write(hana, PageOf(hanas, people.hana), RatingValues(4, 2));
  Write(office, PageOf(second, people.hana), RatingValues(4, 3));
  Write(office, Of(second, core::kFeedback), StrengthValues("a calm start"));
  PushAll(hana);
  PushAll(office);
  ASSERT_EQ(Moved(office, second, hanas), "COMMITTED DONE");
  EXPECT_THAT(ValuesOn(PageOf(hanas, people.hana), LevelAt(4)),
              UnorderedElementsAre(Number(2), Number(3)));
  const Path words = Path::Entry(1, IdNumber(77), 1, Kind::kPara);
  EXPECT_THAT(ValuesOn(Of(hanas, core::kFeedback), words), ElementsAre("a calm start"));
  Write(office, Of(second, core::kFeedback), StrengthValues("a calm and quick start"));
  EXPECT_THAT(PushAll(office), ElementsAre("COMMITTED"));
  EXPECT_THAT(ValuesOn(Of(hanas, core::kFeedback), words), ElementsAre("a calm and quick start"));
  // A write of the target's under a number that the other page has seen is not taken for one of
  // its.
  Write(hana, PageOf(hanas, people.hana), NoteValues(1, "mine"));
  PushAll(hana);
  EXPECT_THAT(ValuesOn(PageOf(hanas, people.hana), WordsAt(1)), ElementsAre("mine"));
  EXPECT_EQ(Submit((visit = hanas, hana)).outcome(), v1::OUTCOME_DONE);
  ExpectVerified();
}

TEST_F(JoinedPagesTest, FeedbackThatComesForAVisitThatWentToAColleagueIsKeptAsideWithWords) {
  PushingTablet sara = Tablet(people.sara), office = Tablet(people.sara),
                hana = Tablet(people.hana);
  Plan(hana, hanas);
  Plan(sara, saras);
  Write(sara, PageOf(saras, people.sara), RatingValues(4, 1));
  PushAll(sara);
  office.Write(Of(saras, core::kFeedback), {}, StrengthValues("a calm start"));
  ASSERT_EQ(Moved(sara, saras, hanas), "COMMITTED DONE");
  const v1::PushResult late = Only(office);
  EXPECT_EQ(InWords(late), "QUARANTINED CLOSED");
  EXPECT_THAT(late.detail(), ::testing::HasSubstr("joined into another one"));
  EXPECT_EQ(Own(people.sara).groups_size(), 1) << "its author has the words";
  // Had it come first, she would have been told to keep them before anything moved.
  const Id16 third = school.NewId();
  Plan(sara, third);
  Write(sara, Of(third, core::kFeedback), StrengthValues("a calm start"));
  PushAll(sara);
  EXPECT_EQ(Moved(sara, third, hanas), "COMMITTED NOT_ALLOWED");
  EXPECT_FALSE(PhaseOf(third).withdrawn);
  ExpectVerified();
}

TEST_F(JoinedPagesTest, AMoveThatCannotBeChangesNothing) {
  PushingTablet hana = Tablet(people.hana), sara = Tablet(people.sara), hugo = Tablet(people.hugo),
                tia = Tablet(people.tia);
  Plan(hana, hanas);
  const auto fresh = [&](PushingTablet& tablet, const Values& change = {},
                         v1::VisitKind kind = v1::VISIT_KIND_DEPT) {
    const Id16 record = school.NewId();
    Values values = PlanValues(kind, people.tia);
    for (const auto& one : change) {
      values.erase(std::remove_if(values.begin(), values.end(),
                                  [&](const auto& value) { return value.first == one.first; }),
                   values.end());
      values.push_back(one);
    }
    tablet.Write(Of(record, core::kPlan), {}, values);
    tablet.Write(PageOf(record, tablet.person()), {}, RatingValues(4, 3));
    for (const std::string& became : PushAll(tablet)) EXPECT_EQ(became, "COMMITTED");
    return record;
  };
  const auto refused = [&](const char* what, PushingTablet& tablet, const Id16& from,
                           const Id16& to, const std::string& answer) {
    SCOPED_TRACE(what);
    const bool was_withdrawn = PhaseOf(from).withdrawn;
    const std::vector<Id16> observers = Observers(to);
    EXPECT_EQ(Moved(tablet, from, to), "COMMITTED " + answer);
    EXPECT_EQ(PhaseOf(from).withdrawn, was_withdrawn);
    EXPECT_EQ(Observers(to), observers);
  };
  const Id16 own = fresh(sara);
  refused("no such visit", sara, own, school.NewId(), "MISSING");
  refused("into itself", sara, own, own, "MISSING");
  // Two colleagues' own: nobody hears that it is there.
  const Id16 note = fresh(hugo, {}, v1::VISIT_KIND_INFORMAL);
  refused("a visit that she cannot see", sara, own, note, "MISSING");
  const Id16 other_day = fresh(hana, {{Path::Field(8, Kind::kReg), Signed(At(2026, 9, 15))}});
  refused("another day", sara, own, other_day, "NOT_ALLOWED");
  const Id16 of_tom = fresh(hana, {{Path::Field(3, Kind::kReg), BytesOf(people.tom)}});
  refused("another teacher", sara, own, of_tom, "NOT_ALLOWED");
  const Id16 together = fresh(sara, {{Path::Entry(6, people.sara, 0, Kind::kElem), ""},
                                     {Path::Entry(6, people.hana, 0, Kind::kElem), ""}});
  refused("a colleague observes in it too", sara, together, hanas, "NOT_ALLOWED");
  // The teacher reads that there is a visit, and is asked nothing about it.
  tia.Intend(PageOf(own, people.tia), Move(hanas));
  EXPECT_EQ(InWords(Only(tia)), "COMMITTED NOT_ALLOWED");
  hana.Intend(PageOf(own, people.sara), Move(hanas));
  EXPECT_EQ(InWords(Only(hana)), "COMMITTED NOT_ALLOWED") << "somebody else's page";
  const Id16 informal = fresh(sara, {}, v1::VISIT_KIND_INFORMAL);
  refused("a note between two colleagues", sara, informal, hanas, "NOT_ALLOWED");

  visit = fresh(hana);
  ASSERT_EQ(Submit(hana).outcome(), v1::OUTCOME_DONE);
  refused("every page of the other one is in", sara, own, visit, "CLOSED");
  visit = school.NewId();
  WriteShared(hana);
  refused("the other one is shared", sara, own, visit, "CLOSED");
  refused("its teacher has read it", hana, visit, hanas, "CLOSED");
  visit = fresh(hana);
  v1::Intent withdraw;
  withdraw.mutable_withdraw()->set_reason("a fire drill");
  ASSERT_EQ(Intend(hana, withdraw).outcome(), v1::OUTCOME_DONE);
  refused("the other one is withdrawn", sara, own, visit, "CLOSED");
  refused("it is withdrawn itself", hana, visit, hanas, "CLOSED");
  // And then it can.
  EXPECT_EQ(Moved(sara, own, hanas), "COMMITTED DONE");
  refused("it went elsewhere", sara, own, fresh(hana), "CLOSED");
  ExpectVerified();
}

TEST_F(JoinedPagesTest, WhoReadsThePageIsAsOnEveryPageOfTheOtherVisit) {
  PushingTablet sara = Tablet(people.sara), hana = Tablet(people.hana);
  Plan(hana, hanas);
  Plan(sara, saras);
  Write(sara, PageOf(saras, people.sara), RatingValues(4, 1));
  PushAll(sara);
  visit = saras;
  // Her own visit was complete: those who lead the teacher read it.
  ASSERT_EQ(Submit(sara).outcome(), v1::OUTCOME_DONE);
  ASSERT_EQ(Readers(PageOf(saras, people.sara)).size(), 3u);
  ASSERT_EQ(Moved(sara, saras, hanas), "COMMITTED DONE");
  EXPECT_THAT(Readers(PageOf(saras, people.sara)), IsEmpty());
  EXPECT_THAT(Readers(PageOf(hanas, people.sara)), ElementsAre(core::PersonScope(people.sara)));
  // It opens with the others, when each has said that theirs is complete.
  visit = hanas;
  Write(hana, PageOf(hanas, people.hana), RatingValues(4, 2));
  PushAll(hana);
  ASSERT_EQ(Submit(sara).outcome(), v1::OUTCOME_DONE);
  EXPECT_THAT(Readers(PageOf(hanas, people.sara)), ElementsAre(core::PersonScope(people.sara)));
  EXPECT_THAT(Readers(PageOf(hanas, people.hana)), ElementsAre(core::PersonScope(people.hana)))
      << "one page that is in opens neither";
  ASSERT_EQ(Submit(hana).outcome(), v1::OUTCOME_DONE);
  EXPECT_EQ(Readers(PageOf(hanas, people.hana)), Readers(PageOf(hanas, people.sara)));
  EXPECT_EQ(Readers(PageOf(hanas, people.sara)).size(), 4u);
  ExpectVerified();
}

TEST_F(JoinedPagesTest, TheLessonIsCountedOnceAfterwards) {
  PushingTablet sara = Tablet(people.sara), hana = Tablet(people.hana);
  const auto rated = [&](PushingTablet& tablet, const Id16& record) {
    Write(tablet, PageOf(record, tablet.person()), RatingValues(4, 3));
    PushAll(tablet);
  };
  Plan(hana, hanas);
  rated(hana, hanas);
  Plan(sara, saras);
  rated(sara, saras);
  ASSERT_EQ(Moved(sara, saras, hanas), "COMMITTED DONE");
  visit = hanas;
  ASSERT_EQ(Submit(sara).outcome(), v1::OUTCOME_DONE);
  ASSERT_EQ(Submit(hana).outcome(), v1::OUTCOME_DONE);
  Write(hana, Of(hanas, core::kFeedback), StrengthValues("a calm start"));
  PushAll(hana);
  ASSERT_EQ(Share(hana, 1).outcome(), v1::OUTCOME_DONE);
  const auto joined = school.Rollups();
  // As in a school in which both had opened one visit.
  CommittedSchool other;
  StoreDirectory(other);
  PushingTablet hana2 = other.Tablet(people.hana, 1), sara2 = other.Tablet(people.sara, 2);
  Values values = PlanValues(v1::VISIT_KIND_DEPT, people.tia);
  values.emplace_back(Path::Entry(6, people.sara, 0, Kind::kElem), "");
  values.emplace_back(Path::Entry(6, people.hana, 0, Kind::kElem), "");
  hana2.Write(Of(hanas, core::kPlan), {}, values);
  ASSERT_TRUE(hana2.Push().ok());
  const auto submitted = [&](PushingTablet& tablet) {
    tablet.Write(PageOf(hanas, tablet.person()), {}, RatingValues(4, 3));
    v1::Intent intent;
    intent.mutable_submit();
    tablet.Intend(PageOf(hanas, tablet.person()), intent);
    ASSERT_TRUE(tablet.Push().ok());
  };
  submitted(hana2);
  submitted(sara2);
  hana2.Write(Of(hanas, core::kFeedback), {}, StrengthValues("a calm start"));
  v1::Intent share;
  share.mutable_share()->set_round(1);
  hana2.Intend(Of(hanas, core::kPlan), share);
  ASSERT_TRUE(hana2.Push().ok());
  EXPECT_EQ(joined, other.Rollups());
  EXPECT_FALSE(joined.empty());
}

TEST_F(JoinedPagesTest, APageThatWasMovedTwiceBringsAllOfItAlong) {
  PushingTablet sara = Tablet(people.sara), office = Tablet(people.sara),
                hana = Tablet(people.hana);
  const Id16 second = school.NewId();
  Plan(hana, hanas);
  Plan(sara, saras);
  Plan(sara, second);
  office.Write(PageOf(saras, people.sara), {}, NoteValues(1, "from the first"));
  Write(sara, PageOf(second, people.sara), NoteValues(2, "from the second"));
  PushAll(sara);
  ASSERT_EQ(Moved(sara, saras, second), "COMMITTED DONE");
  ASSERT_EQ(Moved(sara, second, hanas), "COMMITTED DONE");
  EXPECT_THAT(PushAll(office), ElementsAre("COMMITTED"));
  EXPECT_THAT(ValuesOn(PageOf(hanas, people.sara), WordsAt(1)), ElementsAre("from the first"));
  EXPECT_THAT(ValuesOn(PageOf(hanas, people.sara), WordsAt(2)), ElementsAre("from the second"));
  ExpectVerified();
}

// What a refill does for the plan of a visit that was joined into another one.
class ComesBack final : public storage::Job {
 public:
  ComesBack(const core::Id16& source, const core::Id16& target,
            std::function<void(absl::Status)> done)
      : source_(source), target_(target), done_(std::move(done)) {}
  void Apply(storage::Batch& batch) override {
    const storage::Tenant tenant(CommittedSchool::kTenant);
    auto log = storage::BeginServerGroup(batch, tenant);
    const auto seq = batch.NextSeq(tenant);
    const auto dot = batch.ServerDot(tenant);
    const auto record = batch.Record(tenant, source_);
    if (!log.ok() || !seq.ok() || !dot.ok() || !record.ok()) return;
    core::Facet delta;
    core::Put(delta, core::Written({}, core::Path::Field(26, core::Kind::kReg), *dot, source_,
                                   std::string(target_.view())));
    core::Cell phase;
    phase.path = core::Path::Field(v1::Plan::kPhaseFieldNumber, core::Kind::kPhase);
    phase.phase = {true, 0, core::kDraft};
    core::Put(delta, std::move(phase));
    status_ = batch.WriteAgain(**record, {source_, core::kPlan, {}}, delta, *seq, *log);
    batch.PutUnread(storage::Family::kLog, storage::OplogKey(tenant, *seq),
                    log->SerializeAsString());
  }
  void Done(const absl::Status& committed) override { done_(status_.ok() ? committed : status_); }

 private:
  const core::Id16 source_, target_;
  const std::function<void(absl::Status)> done_;
  absl::Status status_ = absl::InternalError("not applied");
};

// After a restore a plan may come back before its pages, and without any tablet.
TEST_F(JoinedPagesTest, APlanThatComesBackAsJoinedBringsItsPageAlong) {
  PushingTablet sara = Tablet(people.sara), hana = Tablet(people.hana);
  Plan(hana, hanas);
  Plan(sara, saras);
  Write(sara, PageOf(saras, people.sara), NoteValues(1, "books open by the bell"));
  PushAll(sara);

  Run([&](auto done) { return std::make_unique<ComesBack>(saras, hanas, std::move(done)); });
  EXPECT_THAT(ValuesOn(PageOf(hanas, people.sara), WordsAt(1)),
              ElementsAre("books open by the bell"));
  ExpectVerified();
}

// A restore loses a move, the other visit is moved the other way round, and the first comes back.
TEST_F(JoinedPagesTest, TwoMovesThatLeadInACircleKeepEveryWordAndEnd) {
  PushingTablet sara = Tablet(people.sara), hana = Tablet(people.hana),
                office = Tablet(people.sara);
  Plan(hana, hanas);
  Plan(sara, saras);
  office.Write(PageOf(saras, people.sara), {}, NoteValues(3, "written in the office"));
  Write(sara, PageOf(saras, people.sara), NoteValues(1, "books open by the bell"));
  Write(hana, PageOf(hanas, people.hana), NoteValues(2, "a calm start"));
  PushAll(sara);
  PushAll(hana);
  for (const auto& [source, target] : {std::pair(hanas, saras), std::pair(saras, hanas)}) {
    Run([&, source = source, target = target](auto done) {
      return std::make_unique<ComesBack>(source, target, std::move(done));
    });
  }
  EXPECT_THAT(PushAll(office), ElementsAre("QUARANTINED CLOSED")) << "neither goes on: it is kept";
  for (const Id16& visit_now : {saras, hanas}) {
    EXPECT_THAT(ValuesOn(PageOf(visit_now, people.sara), WordsAt(1)),
                ElementsAre("books open by the bell"));
    EXPECT_THAT(ValuesOn(PageOf(visit_now, people.hana), WordsAt(2)), ElementsAre("a calm start"));
  }
  ExpectVerified();
}

// Three tablets of one author, in any order: the page where it went shows what the page that it
// came from would show, at every moment after the move, and nothing that was written there is gone.
TEST_F(JoinedPagesTest, InAnyOrderThePageThatItWentToShowsWhatTheOldOneWould) {
  std::mt19937_64 random(TestSeed());
  PushingTablet hana = Tablet(people.hana);
  std::vector<PushingTablet> saras_tablets;
  for (int i = 0; i < 3; ++i) saras_tablets.push_back(Tablet(people.sara));
  const auto send = [](PushingTablet& tablet) {
    const auto reply = tablet.Push();
    if (!reply.ok()) return;
    for (const v1::PushResult& result : reply->results()) {
      EXPECT_EQ(result.disposition(), v1::DISPOSITION_COMMITTED) << result.detail();
    }
  };
  int moves = 0;
  for (int round = 0; round < 25; ++round) {
    SCOPED_TRACE(round);
    const Id16 from = school.NewId(), to = school.NewId();
    Plan(hana, to);
    Plan(saras_tablets[0], from);
    const FacetId page = PageOf(from, people.sara), there = PageOf(to, people.sara);
    bool moved = false;
    for (int step = 0; step < 24; ++step) {
      PushingTablet& tablet = saras_tablets[random() % saras_tablets.size()];
      switch (random() % 4) {
        case 0:
        case 1: {  // Over what the server holds, or as if nothing had come for days.
          const core::Facet seen = random() % 2 == 0 ? school.Stored(page) : core::Facet{};
          const bool rates = random() % 2 == 0;
          tablet.Write(page, seen,
                       rates ? RatingValues(static_cast<uint16_t>(1 + random() % 3),
                                            static_cast<uint32_t>(1 + random() % 4))
                             : NoteValues(static_cast<uint8_t>(1 + random() % 3),
                                          "words of step " + std::to_string(step)));
          break;
        }
        case 2:
          send(tablet);
          break;
        default:
          if (step < 6) break;
          send(tablet);
          tablet.Intend(page, Move(to));
          EXPECT_EQ(InWords(Only(tablet)), moved ? "COMMITTED ALREADY" : "COMMITTED DONE");
          moved = true;
          break;
      }
      if (moved) {
        ASSERT_EQ(ShownOn(there), ShownOn(page)) << "step " << step;
      }
    }
    for (PushingTablet& tablet : saras_tablets) send(tablet);
    if (!moved) continue;
    ++moves;
    ASSERT_EQ(ShownOn(there), ShownOn(page));
    ASSERT_FALSE(ShownOn(there).empty());
  }
  EXPECT_GT(moves, 10);
  ExpectVerified();
}

}  // namespace
}  // namespace halfterm::testing
