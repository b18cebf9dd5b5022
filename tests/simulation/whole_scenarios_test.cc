// The cases that were thought of, by their numbers: each a few gestures in the whole simulation,
// and then everything that must hold at the end of any history.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "halfterm/disk/tablet.pb.h"
#include "tests/simulation/whole/world.h"
#include "tools/replay/tablet_rows.h"

namespace halfterm::testing {
namespace {

constexpr int64_t kHourMs = 3'600'000;
constexpr int64_t kDayMs = 24 * kHourMs;
constexpr size_t kHana = 0, kHanasOther = 1;

class WholeScenarios : public ::testing::Test {
 protected:
  WholeScenarios() : world_(1, LeftOut::kNothing) {}
  ~WholeScenarios() override { EXPECT_EQ(world_.Finish(), ""); }

  const SmallSchool& school() const { return world_.people(); }
  void Ok(const std::string& wrong) { EXPECT_EQ(wrong, ""); }

  core::Id16 Begin(v1::VisitKind kind = v1::VISIT_KIND_DEPT,
                   const std::vector<core::Id16>& observers = {}) {
    std::string wrong;
    const core::Id16 id = world_.Begin(school().hana, school().tia, kind, wrong, observers);
    EXPECT_EQ(wrong, "");
    return id;
  }
  core::FacetId Sheet(const core::Id16& visit, const core::Id16& observer) const {
    return {visit, core::kSheet, observer};
  }
  static core::FacetId Version(const core::Id16& visit, uint16_t round) {
    return {visit, core::kVersion, core::NumberKey(round)};
  }
  static core::FacetId Feedback(const core::Id16& visit) { return {visit, core::kFeedback, {}}; }
  void Share(const core::Id16& visit, uint32_t round = 1) {
    v1::Intent intent;
    intent.mutable_share()->set_round(round);
    Ok(world_.Intend(kHana, school().hana, {visit, core::kPlan, {}}, intent));
  }
  // The values that the server holds of a word's cell, told apart by the words' order of writing.
  uint64_t Of(v1::Disposition disposition) {
    EXPECT_EQ(world_.ledger().ReadLog(), "");
    const auto found = world_.ledger().dispositions().find(disposition);
    return found == world_.ledger().dispositions().end() ? 0 : found->second;
  }
  bool Holds(size_t tablet, const core::Id16& person, const core::FacetId& facet) {
    bool holds = false;
    const absl::Status read = world_.tablet(tablet).StoreOf(person).base().ForEach(
        [&](const core::FacetId& id, const disk::TabletFacetRow&) { holds |= id == facet; });
    EXPECT_TRUE(read.ok()) << read;
    return holds;
  }
  void Pass(int64_t ms) {
    world_.server().clock().Advance(ms);
    world_.server().Tick();
  }

  World world_;
};

TEST_F(WholeScenarios, S1TwoTabletsOfOnePersonWriteInTheSamePlaces) {
  const core::Id16 visit = Begin();
  Ok(world_.Meet(kHana, school().hana));
  Ok(world_.Meet(kHanasOther, school().hana));
  for (uint64_t place = 0; place < 3; ++place) {
    Ok(world_.Write(kHana, school().hana, Sheet(visit, school().hana), place));
    Ok(world_.Write(kHanasOther, school().hana, Sheet(visit, school().hana), place));
    Ok(world_.Rate(kHana, school().hana, Sheet(visit, school().hana), 3, 2));
    Ok(world_.Rate(kHanasOther, school().hana, Sheet(visit, school().hana), 3, 4));
  }
}

TEST_F(WholeScenarios, S2ObserversOfOneLessonAreAllOffline) {
  const core::Id16 visit = Begin(v1::VISIT_KIND_TEAM, {school().hana, school().sara});
  const size_t sara = world_.TabletOf(school().sara);
  Ok(world_.Write(sara, school().sara, Sheet(visit, school().sara), 0));
  Ok(world_.Write(kHana, school().hana, Sheet(visit, school().hana), 0));
  Ok(world_.Meet(sara, school().sara));  // Her sheet arrives before there is a visit.
  Ok(world_.Meet(kHana, school().hana));
}

TEST_F(WholeScenarios, S3TheTeacherAnswersWhileTheObserverWritesOn) {
  const core::Id16 visit = Begin();
  Ok(world_.Write(kHana, school().hana, Sheet(visit, school().hana), 0));
  Ok(world_.Write(kHana, school().hana, Feedback(visit), 1));
  Share(visit);
  Ok(world_.Meet(kHana, school().hana));
  const size_t tia = world_.TabletOf(school().tia);
  Ok(world_.Meet(tia, school().tia));
  EXPECT_TRUE(Holds(tia, school().tia, Version(visit, 1)));
  Ok(world_.Write(tia, school().tia, {visit, core::kResponse, school().tia}, 0));
  Ok(world_.Write(kHana, school().hana, Feedback(visit), 1));
  Share(visit, 2);
  Ok(world_.Meet(kHana, school().hana));
  Ok(world_.Meet(tia, school().tia));
  EXPECT_TRUE(Holds(tia, school().tia, Version(visit, 2)));
}

TEST_F(WholeScenarios, S4AVisitIsWithdrawnWhileAnotherTabletHoldsWorkOnIt) {
  const core::Id16 visit = Begin();
  Ok(world_.Write(kHana, school().hana, Feedback(visit), 1));
  Ok(world_.Meet(kHana, school().hana));
  Ok(world_.Meet(kHanasOther, school().hana));
  Ok(world_.Write(kHanasOther, school().hana, Sheet(visit, school().hana), 1));
  v1::Intent withdraw;
  withdraw.mutable_withdraw()->set_reason("the wrong lesson");
  Ok(world_.Intend(kHana, school().hana, {visit, core::kPlan, {}}, withdraw));
  Ok(world_.Meet(kHana, school().hana));
  Ok(world_.Meet(kHanasOther, school().hana));
  EXPECT_EQ(Of(v1::DISPOSITION_QUARANTINED), 0u) << "it was written before its tablet knew";
  Ok(world_.Write(kHanasOther, school().hana, Sheet(visit, school().hana), 2));
  Ok(world_.Meet(kHanasOther, school().hana));
  EXPECT_GT(Of(v1::DISPOSITION_QUARANTINED), 0u);
}

TEST_F(WholeScenarios, S5AVersionIsLentTakenBackAndFollowedByAnother) {
  const core::Id16 visit = Begin();
  const size_t tia = world_.TabletOf(school().tia), hugo = world_.TabletOf(school().hugo);
  Ok(world_.Write(kHana, school().hana, Sheet(visit, school().hana), 0));
  Ok(world_.Write(kHana, school().hana, Feedback(visit), 1));
  Share(visit);
  Ok(world_.Meet(kHana, school().hana));
  Ok(world_.Meet(tia, school().tia));
  EXPECT_TRUE(Holds(tia, school().tia, Version(visit, 1)));
  for (uint16_t round = 2; round < 4; ++round) {
    v1::Intent lend, take_back;
    lend.mutable_grant_read()->set_person(BytesOf(school().hugo));
    take_back.mutable_end_read()->set_person(BytesOf(school().hugo));
    for (const v1::Intent& intent : {lend, take_back}) {
      Ok(world_.Intend(tia, school().tia, {visit, core::kPlan, {}}, intent));
      Ok(world_.Meet(tia, school().tia));
      Ok(world_.Meet(hugo, school().hugo));
      const auto last = static_cast<uint16_t>(round - 1);
      EXPECT_EQ(Holds(hugo, school().hugo, Version(visit, last)), intent.has_grant_read());
    }
    Ok(world_.Write(kHana, school().hana, Feedback(visit), 1));
    Share(visit, round);
    Ok(world_.Meet(kHana, school().hana));
    Ok(world_.Meet(tia, school().tia));
    EXPECT_TRUE(Holds(tia, school().tia, Version(visit, round)));
  }
}

TEST_F(WholeScenarios, S6ARoleEndsWhileItsHolderIsOffline) {
  const core::Id16 visit = Begin();
  Ok(world_.Meet(kHana, school().hana));
  Pass(kDayMs);
  Ok(world_.Write(kHana, school().hana, Sheet(visit, school().hana), 0));
  Ok(world_.Grant(
      school().hana, v1::ROLE_HOD, school().maths, v1::GRANT_STATE_ENDED,
      *core::Id16::FromBytes(world_.server().filed_by().back()->content().grants[0].id())));
  world_.server().FinishFiling();
  Pass(kDayMs);
  Ok(world_.Meet(kHana, school().hana));
}

TEST_F(WholeScenarios, S7AScopeComesAndGoesBeforeItsFirstPull) {
  Begin();
  Ok(world_.Meet(kHana, school().hana));
  const core::Id16 id = IdNumber(240);
  for (const v1::GrantState state : {v1::GRANT_STATE_LIVE, v1::GRANT_STATE_ENDED}) {
    Ok(world_.Grant(school().ann, v1::ROLE_HOD, school().maths, state, id));
    world_.server().FinishFiling();
  }
  Ok(world_.Meet(world_.TabletOf(school().ann), school().ann));
}

TEST_F(WholeScenarios, S8ATeacherMovesThereAndBack) {
  Begin();
  Ok(world_.Meet(kHana, school().hana));
  const size_t hugo = world_.TabletOf(school().hugo);
  for (const core::Id16& department : {school().art, school().maths, school().art}) {
    v1::Reference moved;
    *moved.mutable_person() = *world_.server().filed_by().back()->Person(school().tia);
    moved.mutable_person()->clear_departments();
    moved.mutable_person()->add_departments()->set_org(BytesOf(department));
    EXPECT_TRUE(world_.server().Change({moved}, {}).ok());
    world_.server().FinishFiling();
    Ok(world_.Meet(hugo, school().hugo));
    Ok(world_.Meet(kHana, school().hana));
  }
}

TEST_F(WholeScenarios, S10AnAnswerIsLostAtEveryMessage) {
  const core::Id16 visit = Begin();
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    Ok(world_.Write(kHana, school().hana, Sheet(visit, school().hana), seed % 3));
    tools::FaultRates rates;
    rates.lost_replies = 50;
    rates.cuts = 25;
    rates.small_pushes = 50;
    Ok(world_.Meet(kHana, school().hana, rates, seed));
  }
}

TEST_F(WholeScenarios, S11PushesComeTwiceAndInAnotherOrder) {
  const core::Id16 visit = Begin();
  for (int i = 0; i < 6; ++i) {
    Ok(world_.Write(kHana, school().hana, Sheet(visit, school().hana), 0));
    Ok(world_.Meet(kHana, school().hana));
  }
  for (uint64_t chance = 0; chance < 30; ++chance) Ok(world_.Do({Does::kLatePush, chance}));
}

TEST_F(WholeScenarios, S12APullIsCutAfterAnyOfItsChunksAndGoesOnFromThere) {
  for (int i = 0; i < 5; ++i) {
    Ok(world_.Write(kHana, school().hana, Sheet(Begin(), school().hana), 0));
  }
  Ok(world_.Meet(kHana, school().hana));
  const MemoryDisk fresh = world_.tablet(kHanasOther).disk();
  Network& network = world_.network();
  network.chunk_bytes = 1;  // A record each.
  const uint64_t before = network.chunks;
  Ok(world_.Meet(kHanasOther, school().hana));
  const uint64_t chunks = network.chunks - before;
  ASSERT_GE(chunks, 5u);
  for (uint64_t cut = 1; cut < chunks; ++cut) {
    Ok(world_.PutBack(kHanasOther, fresh));
    const uint64_t begun = network.chunks;
    network.chunks_until_cut = static_cast<int64_t>(cut);
    Ok(world_.Meet(kHanasOther, school().hana));
    EXPECT_EQ(network.chunks - begun, cut);
    network.chunks_until_cut = -1;
    Ok(world_.tablet(kHanasOther).Restart());
    Ok(world_.Meet(kHanasOther, school().hana));
    EXPECT_EQ(network.chunks - begun, chunks) << "what had come, came again";
  }
}

TEST_F(WholeScenarios, S13ATabletStopsBetweenAnyTwoOfItsWrites) {
  const core::Id16 visit = Begin();
  for (int64_t commits = 0; commits < 12; ++commits) {
    Ok(world_.Write(kHana, school().hana, Sheet(visit, school().hana), 0));
    world_.tablet(kHana).disk().commits_until_failure = commits;
    Ok(world_.Meet(kHana, school().hana));
    Ok(world_.tablet(kHana).Restart());
  }
}

TEST_F(WholeScenarios, S14TheServersPowerGoesAtEveryWriteOfACommit) {
  const core::Id16 visit = Begin();
  for (uint64_t changes = 0; changes < 24; ++changes) {
    Ok(world_.Write(kHana, school().hana, Sheet(visit, school().hana), changes % 3));
    world_.server().CutPowerAfter(changes % 12);
    Ok(world_.Meet(kHana, school().hana));
    Ok(world_.StartServer());
    Ok(world_.ledger().CheckServer());
    Ok(world_.server().Verify());
  }
  EXPECT_GE(world_.server().power_cuts(), 10u);
}

TEST_F(WholeScenarios, S19ATabletIsClonedAndBothWriteOn) {
  const core::Id16 visit = Begin();
  Ok(world_.Meet(kHana, school().hana));
  Ok(world_.Write(kHana, school().hana, Sheet(visit, school().hana), 0));
  const MemoryDisk image = world_.tablet(kHana).disk();
  Ok(world_.Write(kHana, school().hana, Sheet(visit, school().hana), 1));
  Ok(world_.Meet(kHana, school().hana));
  Ok(world_.PutBack(kHana, image));  // The clone: it writes other words under the same number.
  Ok(world_.Write(kHana, school().hana, Sheet(visit, school().hana), 1));
  Ok(world_.Write(kHana, school().hana, Sheet(visit, school().hana), 2));
  Ok(world_.Meet(kHana, school().hana));
}

TEST_F(WholeScenarios, S26ClocksAreWrongAtTheEndOfAHalfTerm) {
  for (const int64_t days : {-400, -5, 5, 400}) {
    const core::Id16 visit = Begin();
    world_.tablet(kHana).clock().SetOffset(days * kDayMs);
    Ok(world_.Write(kHana, school().hana, Sheet(visit, school().hana), 0));
    world_.tablet(kHana).clock().SetOffset(-days * kDayMs);
    Ok(world_.Write(kHana, school().hana, Sheet(visit, school().hana), 0));
    Ok(world_.Meet(kHana, school().hana));
    Pass(20 * kDayMs);
  }
  world_.tablet(kHana).clock().SetOffset(-world_.server().clock().NowMs());  // 1970.
  Ok(world_.Write(kHana, school().hana, Sheet(Begin(), school().hana), 0));
}

TEST_F(WholeScenarios, S30ABrowserForgetsAStoreAndItsPersonSignsInAnew) {
  const core::Id16 visit = Begin();
  Ok(world_.Write(kHana, school().hana, Sheet(visit, school().hana), 0));
  Ok(world_.Meet(kHana, school().hana));
  SimulatedTablet& tablet = world_.tablet(kHana);
  Ok(tablet.PutBack(MemoryDisk(), {}));
  Ok(tablet.Enrol(school().hana));
  Ok(world_.Meet(kHana, school().hana));
  EXPECT_TRUE(Holds(kHana, school().hana, Sheet(visit, school().hana)));
  Ok(world_.Write(kHana, school().hana, Sheet(visit, school().hana), 0));
}

TEST_F(WholeScenarios, S32SomebodySignsOutAndInWhileAPushIsOnItsWay) {
  const core::Id16 visit = Begin();
  for (uint64_t place = 0; place < 5; ++place) {
    Ok(world_.Write(kHana, school().hana, Sheet(visit, school().hana), place));
    tools::FaultRates rates;
    rates.lost_replies = 100;
    Ok(world_.Meet(kHana, school().hana, rates, 1));
    Ok(world_.tablet(kHana).SignInAgain(school().hana));
    Ok(world_.Write(kHana, school().hana, Sheet(visit, school().hana), place));
    Ok(world_.Do({Does::kLatePush, place}));  // With the token of the session before.
    Ok(world_.Meet(kHana, school().hana));
    EXPECT_EQ(world_.tablet(kHana).StoreOf(school().hana).outbox().unsent(), 0u);
  }
}

TEST_F(WholeScenarios, S34TwentyTabletsWriteInOneCell) {
  const core::Id16 visit = Begin();
  Ok(world_.Meet(kHana, school().hana));
  const MemoryDisk image = world_.tablet(kHana).disk();
  for (int i = 0; i < 20; ++i) {
    Ok(world_.Write(kHana, school().hana, Sheet(visit, school().hana), 0));
    Ok(world_.Meet(kHana, school().hana));
    Ok(world_.PutBack(kHana, image));
  }
  EXPECT_EQ(Of(v1::DISPOSITION_QUARANTINED), 0u);
}

TEST_F(WholeScenarios, S36OneDamagedDigestIsFoundAndHealsThatRecordAlone) {
  std::vector<core::Id16> visits;
  for (int i = 0; i < 4; ++i) {
    visits.push_back(Begin());
    Ok(world_.Write(kHana, school().hana, Sheet(visits.back(), school().hana), 0));
  }
  Ok(world_.Meet(kHana, school().hana));
  SimulatedTablet& tablet = world_.tablet(kHana);
  MemoryDisk damaged = tablet.disk();
  {
    const std::unique_ptr<storage::Engine> engine = OpenMemoryEngine(damaged);
    const std::string key =
        tools::FacetKey(tools::FacetRows::kBase, 0, Sheet(visits[1], school().hana));
    auto row = tools::GetRow<disk::TabletFacetRow>(*engine, storage::Family::kState, key);
    ASSERT_TRUE(row.ok()) << row.status();
    row->mutable_digest()->at(7) ^= 1;
    row->mutable_facet()->pop_back();
    storage::WriteSet writes;
    writes.Put(storage::Family::kState, key, row->SerializeAsString());
    ASSERT_TRUE(engine->Commit(writes).ok());
  }
  Ok(tablet.PutBack(damaged, tablet.people()));
  const uint64_t healed = tablet.counts().healed;
  Ok(world_.Meet(kHana, school().hana));  // Which compares every byte with what is right.
  EXPECT_EQ(tablet.counts().healed - healed, 1u);
}

TEST_F(WholeScenarios, S37TheServersClockStepsBack) {
  const core::Id16 visit = Begin();
  for (int i = 0; i < 4; ++i) {
    Ok(world_.Write(kHana, school().hana, Sheet(visit, school().hana), 0));
    Ok(world_.Meet(kHana, school().hana));
    world_.server().clock().SetWall(world_.server().clock().NowMs() - kHourMs);
  }
}

}  // namespace
}  // namespace halfterm::testing
