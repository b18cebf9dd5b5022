// What somebody may ask of the server, and nobody else may: erasures, ends of reading,
// acknowledgements, and visits about oneself or out of sight.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "halfterm/disk/erased.pb.h"
#include "storage/commit/accounted_school.h"
#include "storage/commit/erasure.h"
#include "storage/commit/read_ends.h"
#include "storage/feed_row.h"
#include "storage/scope_bytes.h"
#include "tests/support/engine_rows.h"
#include "tests/support/hex.h"
#include "tests/support/stored_directory.h"

namespace halfterm::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(DispositionTest, C29ATeachersErasureLeavesACountAndNothingElse) {
  people.AddGrant(people.tom, v1::ROLE_PEER, {}).add_people(BytesOf(people.tia));
  StoreDirectory(school);
  PushingTablet tom = Tablet(people.tom), tia = Tablet(people.tia), hana = Tablet(people.hana);
  const std::string words = "words that nobody may find again";
  tom.Write(Facet(core::kPlan), {}, PlanValues(v1::VISIT_KIND_PEER, people.tia));
  tom.Write(Facet(core::kSheet, people.tom), {}, RatingValues(4, 3));
  tom.Write(Facet(core::kFeedback), {}, StrengthValues(words));
  PushAll(tom);
  hana.Write(Facet(core::kFeedback), {}, StrengthValues(words));
  EXPECT_EQ(InWords(Only(hana)), "QUARANTINED NEVER_ALLOWED");
  ASSERT_EQ(Share(tom, 1).outcome(), v1::OUTCOME_DONE);
  ErasePeer(tom, "COMMITTED NOT_ALLOWED");
  ErasePeer(hana, "COMMITTED MISSING");
  const disk::HeadRow before = school.Head();
  ErasePeer(tia, "COMMITTED DONE");

  EXPECT_TRUE(school.StoredRow(Facet(core::kPlan)).facet().empty());
  EXPECT_THAT(school.Rollups(), IsEmpty());
  ExpectVerified();  // The log still holds the groups, and verify knows why.
  // What was written before the tablet heard of it: dropped, and counted.
  tom.Write(Facet(core::kSheet, people.tom), {}, RatingValues(4, 1));
  tom.Write(Facet(core::kPlan), {}, {{Path::Field(9, Kind::kReg), Number(30)}});
  EXPECT_THAT(PushAll(tom), ElementsAre("ERASED", "ERASED"));
  const auto again = tom.PushAgain();
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(InWords(again->results(0)), "ERASED");
  // Erasing it again is answered like anything else that comes for it.
  v1::Intent erase;
  erase.mutable_erase_peer();
  EXPECT_EQ(InWords(Intend(tia, erase)), "ERASED");

  Run([this](auto done) { return storage::MakeLogClearing({school.tenant()}, std::move(done)); });
  for (const auto& [key, value] : RowsOf(school.engine(), storage::Family::kLog)) {
    EXPECT_EQ(value.find(words), std::string::npos) << ToHex(key);
  }
  EXPECT_EQ(Own(people.hana).groups_size(), 0);
  const v1::CountsReply counts = Counts();
  EXPECT_EQ(counts.erased(), 3u);
  EXPECT_EQ(counts.erased_records(), 1u);
  EXPECT_EQ(counts.committed(), before.dispositions(v1::DISPOSITION_COMMITTED) + 1);
  disk::ErasedRow row;
  const auto stored =
      school.engine().Get(storage::Family::kErased, storage::ErasedKey(school.tenant(), visit));
  ASSERT_TRUE(stored.ok() && row.ParseFromString(*stored));
  EXPECT_EQ(row.dropped_groups(), 3u);
  EXPECT_EQ(row.cleared_to_seq(), row.seq());
  ExpectVerified();

  // Every feed that held it says so, and holds no content.
  size_t erased_rows = 0;
  for (const auto& [key, value] : RowsOf(school.engine(), storage::Family::kFeed)) {
    const auto parsed = storage::ParseFeedKey(key);
    if (!parsed || parsed->record != visit) continue;
    const auto feed = storage::ParseFeedRow(value);
    ASSERT_TRUE(feed.has_value());
    EXPECT_EQ(feed->kind, storage::FeedKind::kErased);
    EXPECT_EQ(feed->count, 0u);
    ++erased_rows;
  }
  EXPECT_EQ(erased_rows, 2u);
  school.Reopen();
  ExpectVerified();
}

TEST_F(DispositionTest, APeerVisitThatIsClosedIsNotErasedByItsTeacher) {
  people.AddGrant(people.tom, v1::ROLE_PEER, {}).add_people(BytesOf(people.tia));
  StoreDirectory(school);
  PushingTablet tom = Tablet(people.tom), tia = Tablet(people.tia);
  tom.Write(Facet(core::kPlan), {}, PlanValues(v1::VISIT_KIND_PEER, people.tia));
  tom.Write(Facet(core::kSheet, people.tom), {}, RatingValues(4, 3));
  tom.Write(Facet(core::kFeedback), {}, StrengthValues("a calm start"));
  PushAll(tom);
  ASSERT_EQ(Share(tom, 1).outcome(), v1::OUTCOME_DONE);
  v1::Intent close;
  close.mutable_close()->set_round(1);
  ASSERT_EQ(Intend(tom, close).outcome(), v1::OUTCOME_DONE);
  ErasePeer(tia, "COMMITTED CLOSED");
}

TEST_F(DispositionTest, WhatATeacherLetsBeReadEndsAfterItsLastDayByAnEventOfTheServer) {
  PushingTablet hana = Tablet(people.hana), tia = Tablet(people.tia);
  WriteShared(hana);
  v1::Intent grant;
  grant.mutable_grant_read()->set_person(BytesOf(people.ann));
  grant.mutable_grant_read()->set_until_day(Day(2026, 9, 1));
  EXPECT_EQ(InWords(Intend(tia, grant)), "COMMITTED MISSING") << "a day that has passed";
  grant.mutable_grant_read()->set_until_day(kLastDay);
  EXPECT_EQ(InWords(Intend(tia, grant)), "COMMITTED DONE");
  EXPECT_EQ(InWords(Intend(tia, grant)), "COMMITTED ALREADY");

  const FacetId version = Facet(core::kVersion, core::NumberKey(1));
  const auto ann_reads = [&] {
    std::vector<core::Scope> scopes;
    EXPECT_TRUE(storage::ParseScopes(school.StoredRow(version).scopes(), scopes));
    return std::find(scopes.begin(), scopes.end(), core::PersonScope(people.ann)) != scopes.end();
  };
  const auto minute = [&] {
    Run([this](auto done) { return storage::MakeReadEnds({school.tenant()}, std::move(done)); });
  };
  EXPECT_TRUE(ann_reads());
  minute();
  EXPECT_TRUE(ann_reads());
  // Its last day is over in London an hour before it is in UTC: summer time.
  school.clock.SetWall(At(2026, 9, 15, 23, 59));
  minute();
  EXPECT_TRUE(ann_reads());
  school.clock.SetWall(At(2026, 9, 16, 0, 0));
  const uint64_t seq = school.Head().seq();
  minute();
  EXPECT_FALSE(ann_reads());
  EXPECT_EQ(school.Head().seq(), seq + 1);
  minute();
  EXPECT_EQ(school.Head().seq(), seq + 1) << "an end that was written is not written again";
  ExpectVerified();

  // Let again without a last day: the day of before does not end it.
  grant.mutable_grant_read()->clear_until_day();
  EXPECT_EQ(InWords(Intend(tia, grant)), "COMMITTED DONE");
  school.clock.SetWall(At(2026, 12, 1));
  minute();
  EXPECT_TRUE(ann_reads());
  ExpectVerified();
}

TEST_F(DispositionTest, Z15NobodyAcknowledgesForAnotherTeacher) {
  PushingTablet hana = Tablet(people.hana);
  WriteShared(hana);
  const std::string digest = school.StoredRow(Facet(core::kVersion, core::NumberKey(1))).digest();
  const Values ack = {{Path::Entry(1, core::NumberKey(1), 0, Kind::kElem), ""},
                      {Path::Entry(1, core::NumberKey(1), 1, Kind::kReg), digest}};
  for (const Id16& person : {people.hana, people.sara, people.tom, people.hedy, people.tia}) {
    PushingTablet tablet = Tablet(person);
    tablet.Write(Facet(core::kResponse, people.tia), {}, ack);
    EXPECT_EQ(InWords(Only(tablet)),
              person == people.tia ? "COMMITTED" : "QUARANTINED NEVER_ALLOWED");
  }
}

TEST_F(DispositionTest, NobodyActsOnAVisitAboutThemselfEvenAsWhatThePlanCallsTheLead) {
  // Hana leads a visit of Tia, and would make herself the teacher; Tia would join it.
  PushingTablet hana = Tablet(people.hana), tia = Tablet(people.tia), sara = Tablet(people.sara);
  Values values = PlanValues(v1::VISIT_KIND_TEAM, people.tia);
  values.emplace_back(Path::Field(21, Kind::kReg), "ABCDEFGHIJ");
  hana.Write(Facet(core::kPlan), {}, values);
  ASSERT_EQ(InWords(Only(hana)), "COMMITTED");
  v1::Intent correct;
  correct.mutable_correct_plan()->set_field(v1::Plan::kTeacherFieldNumber);
  correct.mutable_correct_plan()->set_value(BytesOf(people.hana));
  correct.mutable_correct_plan()->set_reason("x");
  EXPECT_EQ(InWords(Intend(hana, correct)), "COMMITTED NOT_ALLOWED");
  v1::Intent join;
  join.mutable_join()->set_code("ABCDEFGHIJ");
  EXPECT_EQ(InWords(Intend(tia, join)), "COMMITTED NOT_ALLOWED");
  EXPECT_EQ(InWords(Intend(sara, join)), "COMMITTED DONE");
  // Nor can a second observer be made the teacher.
  correct.mutable_correct_plan()->set_value(BytesOf(people.sara));
  EXPECT_EQ(InWords(Intend(hana, correct)), "COMMITTED NOT_ALLOWED");
  // A plan that lists its teacher among the observers is not taken at all.
  visit = school.NewId();
  values = PlanValues(v1::VISIT_KIND_TEAM, people.tia, people.tia);
  hana.Write(Facet(core::kPlan), {}, values);
  EXPECT_EQ(InWords(Only(hana)), "QUARANTINED NEVER_ALLOWED");
}

TEST_F(DispositionTest, Z20AVisitThatOneCannotSeeIsAnsweredAsOneThatIsNotThere) {
  PushingTablet hana = Tablet(people.hana);
  hana.Write(Facet(core::kPlan), {}, PlanValues(v1::VISIT_KIND_DEPT, people.tia));
  ASSERT_EQ(InWords(Only(hana)), "COMMITTED");
  const Id16 there = visit, not_there = school.NewId();
  PushingTablet ann = Tablet(people.ann);
  const auto answers = [&](const Id16& record) {
    visit = record;
    std::vector<std::string> said;
    const auto say = [&said](const v1::PushResult& result) {
      said.push_back(InWords(result) + ": " + result.detail());
    };
    for (const core::FacetClass facet_class :
         {core::kFeedback, core::kConsensus, core::kSteps, core::kAnswers}) {
      ann.Write(Facet(facet_class), {}, {{Path::Field(200, Kind::kReg), "x"}});
      say(Only(ann));
    }
    ann.Write(Facet(core::kResponse, people.ann), {}, {{Path::Field(200, Kind::kReg), "x"}});
    say(Only(ann));
    v1::Intent intents[7];
    intents[0].mutable_share()->set_round(1);
    intents[1].mutable_close()->set_round(1);
    intents[2].mutable_withdraw()->set_reason("x");
    intents[3].mutable_correct_plan()->set_field(3);
    intents[4].mutable_grant_read()->set_person(BytesOf(people.tom));
    intents[5].mutable_release()->set_seq(1);
    intents[6].mutable_erase_peer();
    for (const v1::Intent& intent : intents) say(Intend(ann, intent));
    return said;
  };
  EXPECT_EQ(answers(there), answers(not_there));
}

}  // namespace
}  // namespace halfterm::testing
