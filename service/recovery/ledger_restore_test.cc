// Restores where the ledger and the store are not of the same day.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "halfterm/v1/account.grpc.pb.h"
#include "service/opened_store.h"
#include "storage/rocks/rocks_engine.h"
#include "tests/support/restored_school.h"

namespace halfterm::service {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::SmallSchool;
using testing::WireTablet;

class LedgerRestoreTest : public testing::RestoredSchool {
 protected:
  std::string Ledger() const { return storage::LedgerPath(server.data()); }
  std::string Store() const { return storage::StorePath(server.data()); }

  void EndRoleOf(const core::Id16& person) {
    SmallSchool later = people;
    for (v1::RoleGrant& grant : later.content.grants) {
      if (grant.person() != person.view()) continue;
      grant.set_state(v1::GRANT_STATE_ENDED);
      grant.set_to_day(testing::Day(2026, 9, 13));
    }
    server.Import(later, "northgate");
  }
  void EndSessionOf(WireTablet& tablet) {
    tablet.Reconnect();
    v1::EndSessionRequest request;
    request.set_session(tablet.session().session());
    v1::EndSessionReply reply;
    grpc::ClientContext context;
    tablet.Prepare(context);
    const grpc::Status ended =
        v1::Accounts::NewStub(tablet.channel())->EndSession(&context, request, &reply);
    ASSERT_TRUE(ended.ok()) << ended.error_message();
  }
  static void PutBack(const std::string& copy, const std::string& place) {
    fs::remove_all(place);
    fs::copy(copy, place, fs::copy_options::recursive);
  }
};

// A2: copied on the 1st, ended on the 10th, backed up on the 20th, and then the disk died.
TEST_F(LedgerRestoreTest, AnOldCopyOfTheLedgerUndoesNoEnding) {
  WireTablet hana(server, "northgate", people.hana, 1), hugo(server, "northgate", people.hugo, 2);
  const FacetId sheet = WriteVisit(hana, 61);
  const FacetId plan{sheet.record, core::kPlan, {}};
  BackUp();
  ASSERT_FALSE(Served(people.sara, plan, 40).empty());
  const std::string copy = elsewhere.Path("ledger");
  server.Restart([&] { fs::copy(Ledger(), copy, fs::copy_options::recursive); });
  EndRoleOf(people.sara);
  EndSessionOf(hugo);
  const uint32_t generation = BackUp();

  server.Restart([&] {
    fs::remove_all(Store());
    PutBack(copy, Ledger());
    const auto restored = TryRestore(generation);
    ASSERT_TRUE(restored.ok()) << restored.status();
  });
  EXPECT_EQ(Served(people.sara, plan, 41), "");
  hugo.Reconnect();
  EXPECT_EQ(hugo.Hello().error_code(), grpc::StatusCode::UNAUTHENTICATED);
  // Nobody knows which epochs began after the copy was made.
  EXPECT_GT(Greet(hana, 1).epoch(), 2u);
  EXPECT_EQ(Differences(), 0u);

  // And the ledger knows them now: the next restore may be of the first backup.
  server.Restart([&] { ASSERT_TRUE(TryRestore(1).ok()); });
  EXPECT_EQ(Served(people.sara, plan, 42), "");
  hugo.Reconnect();
  EXPECT_EQ(hugo.Hello().error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(Differences(), 0u);
}

// A server that has no ledger cannot know whether what it finds is what it left. So it is with a
// new
// --data directory on a PostgreSQL that was used before, too (decisions/0071).
TEST_F(LedgerRestoreTest, AStoreWithoutItsLedgerBeginsAnEpochOnceAndHasALedgerThen) {
  WireTablet hana(server, "northgate", people.hana, 1);
  const FacetId sheet = WriteVisit(hana, 61);
  const std::string before = Served(people.hana, sheet, 40);
  server.Restart([&] { fs::remove_all(Ledger()); });
  const v1::HelloReply reply = Greet(hana, 1);
  EXPECT_GT(reply.epoch(), 1u);
  Refill(hana, kept[people.hana], reply.epoch());
  EXPECT_EQ(Served(people.hana, sheet, 41), before);
  server.Restart();
  EXPECT_EQ(Greet(hana, reply.epoch()).epoch(), reply.epoch());
  EXPECT_EQ(Differences(), 0u);
}

TEST_F(LedgerRestoreTest, ARestoreThatWasCutShortOnANewMachineIsSaidAtTheStart) {
  testing::TemporaryDirectory machine;
  fs::create_directories(machine.Path("keys"));
  fs::copy(server.data() + "/keys", machine.Path("keys"), fs::copy_options::recursive);
  {
    storage::RocksEngineOptions options;
    options.directory = storage::LedgerPath(machine.path());
    const auto engine = storage::OpenRocksEngine(options);
    ASSERT_TRUE(engine.ok()) << engine.status();
    const auto ledger = storage::Ledger::Open(**engine);
    ASSERT_TRUE((*ledger)->NoteRestore(disk::RestoreMarkRow(), false).ok());
  }
  ServerOptions options;
  options.data = machine.path();
  Log log;
  const Server::World world{server.clock, [](size_t bytes) { return std::string(bytes, 'r'); },
                            log};
  const absl::Status refused = OpenStored(options, world).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("run `halfterm restore` again"));
  EXPECT_FALSE(fs::exists(machine.Path("store/CURRENT")));
}

}  // namespace
}  // namespace halfterm::service
