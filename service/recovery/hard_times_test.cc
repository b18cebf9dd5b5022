// Backups and restores when more goes wrong at once: work goes on during a backup, the ledger is
// gone too, the new machine's clock is years off.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <thread>

#include "halfterm/v1/observation.pb.h"
#include "halfterm/v1/summary.grpc.pb.h"
#include "sync/core/varint.h"
#include "tests/support/restored_school.h"

namespace halfterm::service {
namespace {

namespace fs = std::filesystem;
using testing::At;
using testing::BytesOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using testing::IdNumber;
using testing::PlanValues;
using testing::RatingValues;
using testing::WireTablet;

class HardTimesTest : public testing::RestoredSchool {
 protected:
  // A walk-round of Tia's lesson; and one that is shared with her.
  core::Id16 WriteWalk(WireTablet& lead, uint8_t number) {
    const core::Id16 record = IdNumber(number);
    WireTablet::Values plan = PlanValues(people, lead.person(), people.tia);
    plan[0].second = std::string(1, static_cast<char>(v1::VISIT_KIND_WALK));
    lead.Write({record, core::kPlan, {}}, plan);
    lead.Write({record, core::kSheet, lead.person()}, RatingValues(3, 2));
    Push(lead);
    return record;
  }
  FacetId WriteSharedVisit(WireTablet& lead, uint8_t number) {
    const core::Id16 record = WriteWalk(lead, number);
    Share(lead, record, 1);
    Push(lead);
    return VersionOf(record, 1);
  }
  void Share(WireTablet& lead, const core::Id16& record, uint32_t round) {
    v1::Intent share;
    share.mutable_share()->set_round(round);
    lead.Intend({record, core::kPlan, {}}, share);
  }
  static FacetId VersionOf(const core::Id16& record, uint8_t number) {
    core::Id16 sub;
    sub.bytes[15] = number;
    return {record, core::kVersion, sub};
  }
  v1::Watermark WatermarkFor(WireTablet& reader) {
    v1::TeacherRequest request;
    request.set_teacher(BytesOf(people.tia));
    v1::TeacherReply reply;
    grpc::ClientContext context;
    reader.Prepare(context);
    const grpc::Status read =
        v1::Summaries::NewStub(reader.channel())->Teacher(&context, request, &reply);
    EXPECT_TRUE(read.ok()) << read.error_message();
    return reply.watermark();
  }
};

TEST_F(HardTimesTest, ABackupThatIsMadeWhileTabletsPushIsWhole) {
  WireTablet hana(server, "northgate", people.hana, 1);
  WriteVisit(hana, 60);
  std::atomic<int> made{0};
  std::thread backups([&] {
    for (; made < 3; ++made) BackUp();
  });
  // Enough that each backup has groups before it, within it and after it.
  std::vector<FacetId> sheets;
  for (uint8_t number = 61; number < 200 && (made < 3 || number < 70); ++number) {
    sheets.push_back(WriteVisit(hana, number));
  }
  backups.join();
  const FacetId last = WriteVisit(hana, 200, 4);
  sheets.push_back(last);
  std::map<FacetId, std::string> before;
  for (const FacetId& sheet : sheets) before[sheet] = HeldOf(hana, sheet).state();

  for (const uint32_t generation : {3u, 1u}) {
    SCOPED_TRACE(generation);
    Restore(generation);
    const uint32_t adopted = generation == 3 ? 1 : 2;
    const v1::HelloReply reply = Greet(hana, adopted);
    ASSERT_EQ(reply.epoch(), adopted + 1);
    EXPECT_EQ(Differences(), 0u);  // Also of what was caught on its way.
    v1::RefillRequest all = kept[people.hana];
    while (!all.groups().empty()) {
      v1::RefillRequest some;
      const int count = std::min(all.groups_size(), 100);
      some.mutable_groups()->Assign(all.groups().begin(), all.groups().begin() + count);
      all.mutable_groups()->DeleteSubrange(0, count);
      EXPECT_THAT(EachOf(Refill(hana, some, reply.epoch()).groups()),
                  Each(::testing::AnyOf(v1::REFILLED_HELD, v1::REFILLED_TAKEN)));
    }
    WireTablet fresh(server, "northgate", people.hana, static_cast<uint8_t>(40 + generation));
    ASSERT_TRUE(fresh.Pull().ok());
    for (const auto& [sheet, bytes] : before) EXPECT_EQ(fresh.Held(sheet), bytes);
    EXPECT_EQ(Differences(), 0u);
  }
}

// I9, I10: what a teacher read and acknowledged is there again before any tablet comes, and its
// number is given to nothing else.
TEST_F(HardTimesTest, AVersionSharedAfterTheBackupIsThereAgainWithTheSameBytes) {
  WireTablet hana(server, "northgate", people.hana, 1), tia(server, "northgate", people.tia, 2);
  const FacetId version = VersionOf(WriteWalk(hana, 61), 1);
  kept.clear();
  const uint32_t generation = BackUp();
  Share(hana, version.record, 1);
  Push(hana);
  const std::string read = HeldOf(tia, version).state();
  ASSERT_FALSE(read.empty());
  const FacetId of_new_visit = WriteSharedVisit(hana, 62);
  const std::string read_of_new = HeldOf(tia, of_new_visit).state();
  ASSERT_FALSE(read_of_new.empty());
  const FacetId response{version.record, core::kResponse, people.tia};
  core::Id16 first;
  first.bytes[15] = 1;
  tia.Write(response, {{core::Path::Entry(1, first, 0, core::Kind::kElem), ""},
                       {core::Path::Entry(1, first, 1, core::Kind::kReg),
                        std::string(HeldOf(tia, version).digest())}});
  Push(tia);
  const std::string answered = HeldOf(hana, response).state();
  ASSERT_FALSE(answered.empty());

  Restore(generation);
  EXPECT_EQ(Served(people.tia, version, 40), read);
  EXPECT_EQ(Served(people.tia, of_new_visit, 45), "");
  Greet(hana, 1);
  Greet(tia, 1);
  EXPECT_THAT(EachOf(Refill(hana, kept[people.hana], 2).groups()), Each(v1::REFILLED_TAKEN));
  EXPECT_THAT(EachOf(Refill(tia, kept[people.tia], 2).groups()), Each(v1::REFILLED_TAKEN));
  EXPECT_EQ(Served(people.tia, version, 41), read);
  EXPECT_EQ(Served(people.tia, of_new_visit, 46), read_of_new);
  EXPECT_EQ(Served(people.hana, response, 42), answered);

  WireTablet again(server, "northgate", people.hana, 3);
  ASSERT_TRUE(again.Pull().ok());
  Share(again, version.record, 2);
  v1::PushReply shared;
  ASSERT_TRUE(again.Push(&shared).ok());
  EXPECT_EQ(shared.results(0).outcome(), v1::OUTCOME_DONE) << shared.ShortDebugString();
  EXPECT_EQ(Served(people.tia, version, 43), read);
  EXPECT_FALSE(Served(people.tia, VersionOf(version.record, 2), 44).empty());
  EXPECT_EQ(Differences(), 0u);
}

// S17: the ledger went with the store. Phases and versions come back from the pages on tablets.
TEST_F(HardTimesTest, S17WithTheLedgerLostTooTabletsBringBackWhatWasDecided) {
  WireTablet hana(server, "northgate", people.hana, 1), tia(server, "northgate", people.tia, 2);
  const uint32_t generation = BackUp();
  const FacetId version = WriteSharedVisit(hana, 61);
  const FacetId plan{version.record, core::kPlan, {}};
  const v1::Held held_plan = HeldOf(hana, plan), held_version = HeldOf(tia, version);
  server.Restart([&] {
    ASSERT_TRUE(TryRestore(generation).ok());
    fs::remove_all(storage::LedgerPath(server.data()));
  });
  const v1::HelloReply reply = Greet(hana, 1);
  EXPECT_GT(reply.epoch(), 1u);
  EXPECT_EQ(Served(people.tia, version, 40), "");
  EXPECT_EQ(Greet(tia, 1).epoch(), reply.epoch());
  v1::RefillRequest of_hana = kept[people.hana], of_tia;
  *of_hana.add_facets() = HandedBack(held_plan);
  *of_tia.add_facets() = HandedBack(held_version);
  EXPECT_THAT(EachOf(Refill(tia, of_tia, reply.epoch()).facets()), Each(v1::REFILLED_TAKEN));
  Refill(hana, of_hana, reply.epoch());
  EXPECT_EQ(Served(people.tia, version, 41), held_version.state());
  EXPECT_EQ(Served(people.hana, plan, 42), held_plan.state());
  EXPECT_EQ(Differences(), 0u);
}

TEST_F(HardTimesTest, AClockThatIsYearsWrongAfterARestoreChangesNothingOfWhatComesBack) {
  WireTablet hana(server, "northgate", people.hana, 1);
  const uint32_t generation = BackUp();
  const FacetId sheet = WriteVisit(hana, 61, 4);
  const std::string before = HeldOf(hana, sheet).state();
  const int64_t right_ms = server.clock.NowMs();
  server.clock.SetWall(At(2019, 1, 1, 0));
  Restore(generation);
  const v1::HelloReply reply = Greet(hana, 1);
  ASSERT_EQ(reply.epoch(), 2u);
  EXPECT_THAT(EachOf(Refill(hana, kept[people.hana], 2).groups()), Each(v1::REFILLED_TAKEN));
  EXPECT_EQ(Served(people.hana, sheet, 40), before);
  WireTablet other(server, "northgate", people.hana, 2);
  const FacetId during = WriteVisit(other, 62);
  server.clock.SetWall(right_ms);
  server.Restart();
  EXPECT_EQ(Served(people.hana, sheet, 41), before);
  EXPECT_FALSE(Served(people.hana, during, 42).empty());
  EXPECT_EQ(Differences(), 0u);
}

TEST_F(HardTimesTest, SummariesSayHowManyTabletsHaveBeenThrough) {
  WireTablet hana(server, "northgate", people.hana, 1), sara(server, "northgate", people.sara, 2);
  EXPECT_EQ(WatermarkFor(sara).recovering_since_ms(), 0);
  const uint32_t generation = BackUp();
  WriteVisit(hana, 61);
  Restore(generation);
  sara.Reconnect();
  v1::Watermark said = WatermarkFor(sara);
  EXPECT_EQ(said.recovering_since_ms(), server.clock.NowMs());
  EXPECT_EQ(said.tablets_recovered(), 0u);
  EXPECT_EQ(said.tablets_to_recover(), 2u);
  hana.GoOnAs(Greet(hana, 1).stores(0).new_replica(), 2);
  Refill(hana, kept[people.hana], 2);
  EXPECT_EQ(WatermarkFor(sara).tablets_recovered(), 0u);  // It may have more to hand back.
  Greet(hana, 2);
  said = WatermarkFor(sara);
  EXPECT_EQ(said.tablets_recovered(), 1u);
  EXPECT_EQ(said.tablets_to_recover(), 2u);
  sara.GoOnAs(Greet(sara, 1).stores(0).new_replica(), 2);
  Greet(sara, 2);
  EXPECT_EQ(WatermarkFor(sara).recovering_since_ms(), 0);
}

// A14: the tablet of a staff room.
TEST_F(HardTimesTest, ATabletOfTwoPeopleIsThroughWhenBothOfThemAre) {
  WireTablet hana(server, "northgate", people.hana, 1), hugo(server, "northgate", people.hugo, 1);
  WriteVisit(hugo, 61);
  const uint32_t generation = BackUp();
  WriteVisit(hana, 62);
  WriteVisit(hugo, 63);
  Restore(generation);
  hana.GoOnAs(Greet(hana, 1).stores(0).new_replica(), 2);
  Greet(hana, 2);
  const v1::Watermark said = WatermarkFor(hana);
  EXPECT_EQ(said.tablets_to_recover(), 1u);
  EXPECT_EQ(said.tablets_recovered(), 0u);
  hugo.GoOnAs(Greet(hugo, 1).stores(0).new_replica(), 2);
  Greet(hugo, 2);
  hana.Reconnect();
  EXPECT_EQ(WatermarkFor(hana).recovering_since_ms(), 0);
}

// A later version of halfterm may describe its backups with more than this one knows.
TEST_F(HardTimesTest, ABackupOfANewerFormatIsRefusedByItsFormat) {
  const uint32_t generation = BackUp();
  const std::string file = Folder() + "/counted/" + std::to_string(generation) + ".json";
  std::ifstream in(file);
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const size_t at = text.find("\"format\":1");
  ASSERT_NE(at, std::string::npos) << text;
  text.replace(at, 10, "\"format\":7,\"sealedWith\":\"something new\"");
  std::ofstream(file, std::ios::trunc) << text;
  server.Restart([&] {
    const absl::Status refused = TryRestore(0).status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(std::string(refused.message()), HasSubstr("of format 7"));
    EXPECT_TRUE(fs::exists(server.data() + "/store/CURRENT"));
  });
}

}  // namespace
}  // namespace halfterm::service
