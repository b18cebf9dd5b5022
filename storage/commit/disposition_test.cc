// What becomes of what somebody wrote around the end of a right, by whom it is taken in, and that
// everything pushed is accounted for: through the real committer on a real engine.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include "halfterm/disk/erased.pb.h"
#include "halfterm/v1/observation.pb.h"
#include "storage/commit/erasure.h"
#include "storage/commit/read_ends.h"
#include "storage/feed_row.h"
#include "storage/keeping/keeping_reader.h"
#include "storage/scope_bytes.h"
#include "storage/verify/verifier.h"
#include "sync/core/limits.h"
#include "sync/facts.h"
#include "tests/support/committed_school.h"
#include "tests/support/engine_rows.h"
#include "tests/support/hex.h"
#include "tests/support/stored_directory.h"
#include "tests/support/visit_writer.h"

namespace halfterm::testing {
namespace {

using core::FacetId;
using core::Id16;
using core::Kind;
using core::Path;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Values = std::vector<std::pair<Path, std::string>>;

const int32_t kLastDay = Day(2026, 9, 15);

Values RatingValues(uint16_t element, uint32_t level) {
  const Id16 key = core::NumberKey(element);
  return {{Path::Entry(3, key, 0, Kind::kElem), ""},
          {Path::Entry(3, key, 1, Kind::kReg), Number(level)}};
}

Values StrengthValues(const std::string& words) {
  const Id16 key = IdNumber(77);
  return {{Path::Entry(1, key, 0, Kind::kElem), ""},
          {Path::Entry(1, key, 0, Kind::kPos), "m"},
          {Path::Entry(1, key, 1, Kind::kPara), words}};
}

std::string InWords(const v1::PushResult& result) {
  std::string words = v1::Disposition_Name(result.disposition()).substr(12);
  if (result.reason() != 0) words += " " + v1::Reason_Name(result.reason()).substr(7);
  if (result.outcome() != 0) words += " " + v1::Outcome_Name(result.outcome()).substr(8);
  return words;
}

class DispositionTest : public ::testing::Test {
 protected:
  DispositionTest() { StoreDirectory(school); }

  CommittedSchool school;
  SmallSchool& people = school.people;
  Id16 visit = school.NewId();
  uint8_t devices = 0;

  FacetId Facet(core::FacetClass facet_class, const Id16& sub = {}) const {
    return {visit, facet_class, sub};
  }
  PushingTablet Tablet(const Id16& person) { return school.Tablet(person, ++devices); }
  Values PlanValues(v1::VisitKind kind, const Id16& teacher, const Id16& second = {}) const {
    Values values = {{Path::Field(2, Kind::kReg), Number(kind)},
                     {Path::Field(3, Kind::kReg), BytesOf(teacher)},
                     {Path::Field(4, Kind::kReg), BytesOf(people.maths)},
                     {Path::Field(8, Kind::kReg), Signed(At(2026, 9, 14))},
                     {Path::Field(16, Kind::kReg), BytesOf(people.rubric_a)}};
    if (!second.IsZero()) {
      values.emplace_back(Path::Entry(6, people.sara, 0, Kind::kElem), "");
      values.emplace_back(Path::Entry(6, second, 0, Kind::kElem), "");
    }
    return values;
  }
  // The grants of that person and role have ended on kLastDay.
  void End(const Id16& person, v1::Role role) {
    for (v1::RoleGrant& grant : people.content.grants) {
      if (grant.person() != BytesOf(person) || grant.role() != role) continue;
      grant.set_state(v1::GRANT_STATE_ENDED);
      grant.set_to_day(kLastDay);
    }
    StoreDirectory(school, /*rederive=*/true);
  }
  v1::PushResult Only(PushingTablet& tablet) {
    const auto reply = tablet.Push();
    EXPECT_TRUE(reply.ok()) << reply.status();
    if (!reply.ok() || reply->results_size() != 1) return {};
    return reply->results(0);
  }
  std::vector<std::string> PushAll(PushingTablet& tablet) {
    const auto reply = tablet.Push();
    EXPECT_TRUE(reply.ok()) << reply.status();
    std::vector<std::string> words;
    if (!reply.ok()) return words;
    for (const v1::PushResult& result : reply->results()) words.push_back(InWords(result));
    return words;
  }
  v1::PushResult Intend(PushingTablet& tablet, const v1::Intent& intent,
                        core::FacetClass facet_class = core::kPlan, const Id16& sub = {}) {
    tablet.Intend(Facet(facet_class, sub), intent);
    return Only(tablet);
  }
  v1::PushResult Release(PushingTablet& tablet, uint64_t seq) {
    v1::Intent intent;
    intent.mutable_release()->set_seq(seq);
    return Intend(tablet, intent);
  }
  v1::PushResult Submit(PushingTablet& tablet) {
    v1::Intent intent;
    intent.mutable_submit();
    return Intend(tablet, intent, core::kSheet, tablet.person());
  }
  v1::PushResult Share(PushingTablet& tablet, uint32_t round) {
    v1::Intent intent;
    intent.mutable_share()->set_round(round);
    return Intend(tablet, intent);
  }
  void ErasePeer(PushingTablet& tablet, const std::string& expected) {
    v1::Intent intent;
    intent.mutable_erase_peer();
    EXPECT_EQ(InWords(Intend(tablet, intent)), expected);
  }
  storage::Caller CallerOf(const Id16& person) const {
    return {school_tenant(), Id16{}, person, Id16{}};
  }
  storage::Tenant school_tenant() const { return storage::Tenant(CommittedSchool::kTenant); }
  v1::KeptReply Kept(const Id16& person) {
    const auto reply = storage::KeepingReader(school.engine(), school.context().directories)
                           .Kept(CallerOf(person), {});
    EXPECT_TRUE(reply.ok()) << reply.status();
    return reply.ok() ? *reply : v1::KeptReply();
  }
  v1::OwnReply Own(const Id16& person) {
    const auto reply = storage::KeepingReader(school.engine(), school.context().directories)
                           .Own(CallerOf(person), {});
    EXPECT_TRUE(reply.ok()) << reply.status();
    return reply.ok() ? *reply : v1::OwnReply();
  }
  v1::CountsReply Counts() {
    const auto reply = storage::CountsOf(*school.engine().NewSnapshot(), school.tenant());
    EXPECT_TRUE(reply.ok()) << reply.status();
    if (!reply.ok()) return {};
    EXPECT_TRUE(reply->accounts_for_everything()) << reply->ShortDebugString();
    return *reply;
  }
  void ExpectVerified() {
    // What a change of roles made stale is made again behind other work.
    while (school.Head().recomputing_since_ms() != 0) {
      Run([](auto done) { return storage::MakeReadEnds(std::move(done)); });
    }
    v1::VerifyReply last;
    const absl::Status verified =
        storage::Verify(school.engine(), {}, [&last](const v1::VerifyReply& reply) {
          last = reply;
          return true;
        });
    EXPECT_TRUE(verified.ok()) << verified;
    EXPECT_EQ(last.difference_count(), 0u) << last.ShortDebugString();
  }
  template <typename Make>
  void Run(Make make) {
    std::promise<absl::Status> done;
    school.committer().Submit(make([&done](const auto& result) {
      if constexpr (std::is_same_v<std::decay_t<decltype(result)>, absl::Status>) {
        done.set_value(result);
      } else {
        done.set_value(result.status());
      }
    }));
    const absl::Status status = done.get_future().get();
    EXPECT_TRUE(status.ok()) << status;
  }
  std::vector<std::string> Levels(const Id16& observer, uint16_t element) {
    std::vector<std::string> values;
    const core::Facet sheet = school.Stored(Facet(core::kSheet, observer));
    const core::Cell* cell = sheet.Find(Path::Entry(3, core::NumberKey(element), 1, Kind::kReg));
    if (cell == nullptr) return values;
    for (const core::Sibling& sibling : cell->siblings) values.push_back(sibling.value);
    return values;
  }
};

TEST_F(DispositionTest, T5WhatWasWrittenBeforeATabletCouldKnowThatARoleEndedIsLate) {
  PushingTablet hana = Tablet(people.hana);
  ASSERT_TRUE(hana.Hello().ok());
  school.clock.SetWall(At(2026, 9, 16));
  End(people.hana, v1::ROLE_HOD);
  hana.Write(Facet(core::kPlan), {}, PlanValues(v1::VISIT_KIND_DEPT, people.tia));
  EXPECT_EQ(InWords(Only(hana)), "LATE ENDED");
  EXPECT_TRUE(school.Stored(Facet(core::kPlan)).cells.empty());

  // Told of it at a greeting after the last day: the same gesture is no longer late.
  ASSERT_TRUE(hana.Hello().ok());
  visit = school.NewId();
  hana.Write(Facet(core::kPlan), {}, PlanValues(v1::VISIT_KIND_DEPT, people.tia));
  EXPECT_EQ(InWords(Only(hana)), "QUARANTINED ENDED");
  EXPECT_EQ(Counts().late(), 1u);
  ExpectVerified();
}

TEST_F(DispositionTest, EachPageIsLateOrQuarantinedByWhoseItIs) {
  people.AddGrant(people.tom, v1::ROLE_SLT, people.site);
  StoreDirectory(school);
  PushingTablet sara = Tablet(people.sara), tom = Tablet(people.tom);
  for (PushingTablet* tablet : {&sara, &tom}) ASSERT_TRUE(tablet->Hello().ok());
  sara.Write(Facet(core::kPlan), {}, PlanValues(v1::VISIT_KIND_TEAM, people.tia, people.tom));
  sara.Write(Facet(core::kSheet, people.sara), {}, RatingValues(4, 2));
  EXPECT_THAT(PushAll(sara), ElementsAre("COMMITTED", "COMMITTED"));
  tom.Write(Facet(core::kSheet, people.tom), {}, RatingValues(4, 3));
  EXPECT_EQ(InWords(Only(tom)), "COMMITTED");
  EXPECT_EQ(Submit(tom).outcome(), v1::OUTCOME_DONE);
  EXPECT_EQ(Submit(sara).outcome(), v1::OUTCOME_DONE);

  school.clock.SetWall(At(2026, 9, 16));
  End(people.tom, v1::ROLE_SLT);
  const FacetId sheet = Facet(core::kSheet, people.tom), consensus = Facet(core::kConsensus);
  tom.Write(sheet, school.Stored(sheet), RatingValues(5, 1));
  tom.Write(consensus, {}, {{Path::Entry(1, core::NumberKey(4), 0, Kind::kElem), ""}});
  EXPECT_THAT(PushAll(tom), ElementsAre("LATE ENDED", "QUARANTINED ENDED"));
  // The lead goes on, and takes in what was late.
  const v1::KeptReply waits = Kept(people.sara);
  ASSERT_EQ(waits.groups_size(), 2);
  EXPECT_EQ(waits.groups(0).author(), BytesOf(people.tom));
  EXPECT_TRUE(waits.groups(0).releasable());
  EXPECT_EQ(Release(sara, waits.groups(0).seq()).outcome(), v1::OUTCOME_DONE);
  EXPECT_THAT(Levels(people.tom, 5), ElementsAre(Number(1)));
  ExpectVerified();
}

TEST_F(DispositionTest, APairingEndsAsARoleDoes) {
  const struct {
    v1::Role role;
    v1::VisitKind kind;
  } cases[] = {{v1::ROLE_COACH, v1::VISIT_KIND_COACH},
               {v1::ROLE_MENTOR, v1::VISIT_KIND_MENTOR},
               {v1::ROLE_PEER, v1::VISIT_KIND_PEER},
               {v1::ROLE_AST, v1::VISIT_KIND_AST}};
  school.clock.SetWall(At(2026, 9, 14));
  for (const auto& c : cases) {
    SCOPED_TRACE(v1::Role_Name(c.role));
    v1::RoleGrant& grant = people.AddGrant(people.tom, c.role, {});
    grant.add_people(BytesOf(people.tia));
    StoreDirectory(school);
    PushingTablet tom = Tablet(people.tom);
    ASSERT_TRUE(tom.Hello().ok());
    visit = school.NewId();
    tom.Write(Facet(core::kPlan), {}, PlanValues(c.kind, people.tia));
    EXPECT_EQ(InWords(Only(tom)), "COMMITTED");
    // A pairing is with the people it names.
    const Id16 paired = visit;
    visit = school.NewId();
    tom.Write(Facet(core::kPlan), {}, PlanValues(c.kind, people.hana));
    EXPECT_EQ(InWords(Only(tom)), "QUARANTINED NEVER_ALLOWED");
    visit = paired;

    school.clock.SetWall(At(2026, 9, 16));
    End(people.tom, c.role);
    tom.Write(Facet(core::kSheet, people.tom), {}, RatingValues(2, 2));
    tom.Write(Facet(core::kFeedback), {}, StrengthValues("a calm start"));
    EXPECT_THAT(PushAll(tom), ElementsAre("LATE ENDED", "LATE ENDED"));
    ASSERT_TRUE(tom.Hello().ok());
    tom.Write(Facet(core::kSheet, people.tom), {}, RatingValues(2, 3));
    EXPECT_EQ(InWords(Only(tom)), "QUARANTINED ENDED");
    school.clock.SetWall(At(2026, 9, 14));
  }
  ExpectVerified();
}

TEST_F(DispositionTest, ARoleThatIsStillToComeAllowsNothing) {
  people.AddGrant(people.tom, v1::ROLE_HOD, people.maths).set_state(v1::GRANT_STATE_COMING);
  StoreDirectory(school);
  PushingTablet tom = Tablet(people.tom);
  tom.Write(Facet(core::kPlan), {}, PlanValues(v1::VISIT_KIND_DEPT, people.tia));
  EXPECT_EQ(InWords(Only(tom)), "QUARANTINED NEVER_ALLOWED");
}

TEST_F(DispositionTest, C15WhatSomebodyWroteBeforeTheyLeftArrivesAsLate) {
  PushingTablet tom = Tablet(people.tom);
  ASSERT_TRUE(tom.Hello().ok());
  school.clock.SetWall(At(2026, 9, 16));
  people.person(people.tom).set_state(v1::GRANT_STATE_ENDED);
  people.person(people.tom).set_to_day(kLastDay);
  StoreDirectory(school);
  tom.Write(Facet(core::kPlan), {}, PlanValues(v1::VISIT_KIND_INFORMAL, people.tia));
  EXPECT_EQ(InWords(Only(tom)), "LATE ENDED");
  EXPECT_EQ(Own(people.tom).groups_size(), 1);
}

TEST_F(DispositionTest, ADispositionIsStickyWhateverHappensAfterwards) {
  PushingTablet hana = Tablet(people.hana);
  ASSERT_TRUE(hana.Hello().ok());
  school.clock.SetWall(At(2026, 9, 16));
  End(people.hana, v1::ROLE_HOD);
  hana.Write(Facet(core::kPlan), {}, PlanValues(v1::VISIT_KIND_DEPT, people.tia));
  hana.SealBytes("no group");
  const auto first = hana.Push();
  ASSERT_TRUE(first.ok());
  // The role comes back, the group is taken in, the server starts anew: the answer is the same.
  people.AddGrant(people.hana, v1::ROLE_HOD, people.maths);
  people.AddGrant(people.tom, v1::ROLE_HOD, people.maths);
  StoreDirectory(school);
  PushingTablet tom = Tablet(people.tom);
  Release(tom, first->results(0).seq());
  for (int i = 0; i < 2; ++i) {
    const auto again = hana.PushAgain();
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
    EXPECT_EQ(again->results(0).receipt().size(), 16u);
    school.Reopen();
  }
}

TEST_F(DispositionTest, WhoeverLeadsTheTeacherNowTakesInALatePlanUnderItsWritersName) {
  PushingTablet hana = Tablet(people.hana);
  ASSERT_TRUE(hana.Hello().ok());
  school.clock.SetWall(At(2026, 9, 16));
  End(people.hana, v1::ROLE_HOD);
  people.AddGrant(people.tom, v1::ROLE_HOD, people.maths);
  StoreDirectory(school);
  const core::Dot dot = hana.next_dot();
  hana.Write(Facet(core::kPlan), {}, PlanValues(v1::VISIT_KIND_DEPT, people.tia));
  hana.Write(Facet(core::kFeedback), {}, StrengthValues("a calm start"));
  const auto pushed = hana.Push();
  ASSERT_TRUE(pushed.ok());
  EXPECT_EQ(InWords(pushed->results(0)), "LATE ENDED");
  EXPECT_EQ(InWords(pushed->results(1)), "QUARANTINED NEVER_ALLOWED");
  const uint64_t seq = pushed->results(0).seq();

  // Who sees that it waits, and who does not; nobody but its author sees a word of it.
  EXPECT_EQ(Kept(people.tom).groups_size(), 1);
  EXPECT_EQ(Kept(people.sara).groups_size(), 1);
  for (const Id16& person : {people.hana, people.tia, people.hugo, people.ann, people.gus}) {
    EXPECT_EQ(Kept(person).groups_size(), 0);
    PushingTablet tablet = Tablet(person);
    if (person == people.hana) continue;
    EXPECT_EQ(InWords(Release(tablet, seq)), "COMMITTED MISSING");
    EXPECT_EQ(Own(person).groups_size(), 0);
  }
  EXPECT_EQ(Own(people.hana).groups_size(), 2);
  EXPECT_EQ(Own(people.hana).groups(0).content(), hana.last_request().groups(0));
  const v1::KeptGroup waits = Kept(people.tom).groups(0);
  EXPECT_EQ(waits.seq(), seq);
  EXPECT_EQ(waits.author(), BytesOf(people.hana));
  EXPECT_EQ(waits.bytes(), hana.last_request().groups(0).size());
  EXPECT_LE(waits.earliest_ms(), At(2026, 9, 15));
  EXPECT_EQ(waits.latest_ms(), At(2026, 9, 16));

  PushingTablet tom = Tablet(people.tom);
  EXPECT_EQ(InWords(Release(tom, seq)), "COMMITTED DONE");
  EXPECT_EQ(InWords(Release(tom, seq)), "COMMITTED ALREADY");
  const core::Facet plan = school.Stored(Facet(core::kPlan));
  const core::Cell* kind = plan.Find(Path::Field(2, Kind::kReg));
  ASSERT_NE(kind, nullptr);
  ASSERT_EQ(kind->siblings.size(), 1u);
  EXPECT_EQ(kind->siblings[0].dot, dot);
  EXPECT_EQ(kind->siblings[0].author, people.hana);
  EXPECT_EQ(sync::PhaseOf(&plan, 1).level, core::kPlanned);
  // With the plan there, what was right but for its time can follow.
  const v1::KeptReply rest = Kept(people.tom);
  ASSERT_EQ(rest.groups_size(), 1);
  EXPECT_TRUE(rest.groups(0).releasable());
  EXPECT_EQ(InWords(Release(tom, rest.groups(0).seq())), "COMMITTED DONE");
  EXPECT_FALSE(school.Stored(Facet(core::kFeedback)).cells.empty());

  const v1::CountsReply counts = Counts();
  EXPECT_EQ(counts.late(), 1u);
  EXPECT_EQ(counts.quarantined(), 1u);
  ASSERT_EQ(counts.kept_size(), 2);
  EXPECT_EQ(counts.kept(0).released(), 1u);
  EXPECT_EQ(counts.kept(1).released(), 1u);
  ExpectVerified();
  school.Reopen();
  ExpectVerified();
}

TEST_F(DispositionTest, WhatIsNotReleasableStaysWhereItIs) {
  PushingTablet hana = Tablet(people.hana), hugo = Tablet(people.hugo);
  hana.Write(Facet(core::kPlan), {}, PlanValues(v1::VISIT_KIND_DEPT, people.tia));
  ASSERT_EQ(InWords(Only(hana)), "COMMITTED");
  hugo.Write(Facet(core::kFeedback), {}, StrengthValues("not his to write"));
  hugo.Write(Facet(core::kVersion, core::NumberKey(1)), {}, {{Path::Field(1, Kind::kBlob), "x"}});
  hugo.SealBytes("noise");
  const auto pushed = hugo.Push();
  ASSERT_TRUE(pushed.ok());
  for (const v1::PushResult& result : pushed->results()) {
    EXPECT_EQ(result.disposition(), v1::DISPOSITION_QUARANTINED);
    EXPECT_EQ(InWords(Release(hana, result.seq())), "COMMITTED MISSING") << InWords(result);
  }
  const v1::KeptReply waits = Kept(people.hana);
  for (const v1::KeptGroup& group : waits.groups()) EXPECT_FALSE(group.releasable());
  EXPECT_TRUE(school.Stored(Facet(core::kFeedback)).cells.empty());
  EXPECT_EQ(InWords(Release(hana, 1'000'000)), "COMMITTED MISSING");
  ExpectVerified();
}

TEST_F(DispositionTest, Z16AnEditByATabletThatKnewOfTheCloseWaitsForTheLead) {
  PushingTablet hana = Tablet(people.hana);
  hana.Write(Facet(core::kPlan), {}, PlanValues(v1::VISIT_KIND_DEPT, people.tia));
  hana.Write(Facet(core::kSheet, people.hana), {}, RatingValues(4, 3));
  hana.Write(Facet(core::kFeedback), {}, StrengthValues("a calm start"));
  PushAll(hana);
  ASSERT_EQ(Share(hana, 1).outcome(), v1::OUTCOME_DONE);
  v1::Intent close;
  close.mutable_close()->set_round(1);
  ASSERT_EQ(Intend(hana, close).outcome(), v1::OUTCOME_DONE);
  hana.known = {0, 1, core::kClosed};
  const FacetId sheet = Facet(core::kSheet, people.hana);
  hana.Write(sheet, school.Stored(sheet), RatingValues(4, 1));
  const v1::PushResult kept = Only(hana);
  EXPECT_EQ(InWords(kept), "QUARANTINED CLOSED");
  EXPECT_THAT(Levels(people.hana, 4), ElementsAre(Number(3)));
  hana.known = {};
  EXPECT_EQ(InWords(Release(hana, kept.seq())), "COMMITTED DONE");
  EXPECT_THAT(Levels(people.hana, 4), ElementsAre(Number(1)));
  ExpectVerified();
}

TEST_F(DispositionTest, ATeachersErasureLeavesACountAndNothingElse) {
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

  Run([](auto done) { return storage::MakeLogClearing(std::move(done)); });
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

TEST_F(DispositionTest, BeyondTheDaysAllowanceTheTabletKeepsTheGroup) {
  PushingTablet hana = Tablet(people.hana);
  const std::string noise(core::kMaxGroupBytes, '\xff');
  const size_t fit = core::kMaxQuarantineBytesADay / noise.size();
  for (size_t i = 0; i < fit; ++i) hana.SealBytes(noise);
  EXPECT_EQ(PushAll(hana).size(), fit);
  hana.SealBytes(noise);
  const auto refused = hana.Push();
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted) << refused.status();
  EXPECT_EQ(Counts().quarantined(), fit);
  EXPECT_EQ(hana.PushAgain().status().code(), absl::StatusCode::kResourceExhausted);
  school.clock.Advance(86'400'000);
  const auto taken = hana.PushAgain();
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_EQ(InWords(taken->results(0)), "QUARANTINED MALFORMED");
  EXPECT_EQ(Counts().quarantined(), fit + 1);
}

TEST_F(DispositionTest, WhatATeacherLetsBeReadEndsAfterItsLastDayByAnEventOfTheServer) {
  PushingTablet hana = Tablet(people.hana), tia = Tablet(people.tia);
  hana.Write(Facet(core::kPlan), {}, PlanValues(v1::VISIT_KIND_DEPT, people.tia));
  hana.Write(Facet(core::kSheet, people.hana), {}, RatingValues(4, 3));
  hana.Write(Facet(core::kFeedback), {}, StrengthValues("a calm start"));
  PushAll(hana);
  ASSERT_EQ(Share(hana, 1).outcome(), v1::OUTCOME_DONE);
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
    Run([](auto done) { return storage::MakeReadEnds(std::move(done)); });
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
  hana.Write(Facet(core::kPlan), {}, PlanValues(v1::VISIT_KIND_DEPT, people.tia));
  hana.Write(Facet(core::kSheet, people.hana), {}, RatingValues(4, 3));
  hana.Write(Facet(core::kFeedback), {}, StrengthValues("a calm start"));
  PushAll(hana);
  ASSERT_EQ(Share(hana, 1).outcome(), v1::OUTCOME_DONE);
  const Values ack = {{Path::Entry(1, core::NumberKey(1), 0, Kind::kElem), ""},
                      {Path::Entry(1, core::NumberKey(1), 1, Kind::kReg), std::string(32, 'd')}};
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
