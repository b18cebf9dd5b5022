// Restores of a whole server, and what tablets bring back to it: the real server, the real backups, and
// tablets that are honest, late, doubled or lying.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "halfterm/v1/backup.grpc.pb.h"
#include "halfterm/v1/observation.pb.h"
#include "halfterm/v1/recovery.grpc.pb.h"
#include "storage/backup/doctor.h"
#include "storage/backup/restore.h"
#include "tests/support/running_server.h"
#include "tests/support/wire_tablet.h"

namespace halfterm::service {
namespace {

namespace fs = std::filesystem;
using core::FacetId;
using ::testing::HasSubstr;
using testing::BytesOf;
using testing::IdNumber;
using testing::PlanValues;
using testing::RatingValues;
using testing::RunningServer;
using testing::SmallSchool;
using testing::TemporaryDirectory;
using testing::WireTablet;

class RecoveryTest : public ::testing::Test {
 protected:
  RecoveryTest() { server.Import(people, "northgate"); }

  std::string Folder() const { return elsewhere.Path("backups"); }

  // The generation's number; 0 and a failure where none was made.
  uint32_t BackUp(const std::string& folder = "") {
    const grpc::Status made = TryBackUp(folder.empty() ? Folder() : folder);
    EXPECT_TRUE(made.ok()) << made.error_message();
    return last_made.generation();
  }
  grpc::Status TryBackUp(const std::string& folder) {
    const auto stub = v1::Backups::NewStub(
        grpc::CreateChannel(server.admin_address(), grpc::InsecureChannelCredentials()));
    v1::MakeBackupRequest request;
    request.set_folder(folder);
    grpc::ClientContext context;
    const auto reader = stub->Make(&context, request);
    v1::MakeBackupReply reply;
    last_made.Clear();
    while (reader->Read(&reply)) {
      if (reply.has_made()) last_made = reply.made();
    }
    return reader->Finish();
  }
  uint64_t DurableSeq() {
    const auto stub = v1::Backups::NewStub(
        grpc::CreateChannel(server.admin_address(), grpc::InsecureChannelCredentials()));
    grpc::ClientContext context;
    v1::ListBackupsReply reply;
    EXPECT_TRUE(stub->List(&context, v1::ListBackupsRequest(), &reply).ok());
    return reply.schools_size() == 1 ? reply.schools(0).durable_seq() : 0;
  }

  absl::StatusOr<storage::Restored> TryRestore(uint32_t generation) {
    return storage::RestoreStore({server.data(), Folder(), generation}, server.clock);
  }
  void Restore(uint32_t generation) {
    server.Restart([&] {
      const auto restored = TryRestore(generation);
      ASSERT_TRUE(restored.ok()) << restored.status();
    });
  }

  // A visit by Hana of Tia's lesson with one rating, pushed. What is needed to hand it back is kept.
  FacetId WriteVisit(WireTablet& tablet, uint8_t number, uint32_t level = 3) {
    const core::Id16 record = IdNumber(number);
    const FacetId sheet{record, core::kSheet, tablet.person()};
    tablet.Write({record, core::kPlan, {}}, PlanValues(people, tablet.person(), people.tia));
    tablet.Write(sheet, RatingValues(1, level));
    Push(tablet);
    return sheet;
  }
  void Push(WireTablet& tablet) {
    const v1::PushRequest request = tablet.Request();
    v1::PushReply reply;
    const grpc::Status pushed = tablet.Push(&reply);
    ASSERT_TRUE(pushed.ok()) << pushed.error_message();
    for (int i = 0; i < reply.results_size(); ++i) {
      v1::RefilledGroup& group = *kept[tablet.person()].add_groups();
      group.set_group(request.groups(i));
      group.set_replica(request.replica());
      *group.mutable_result() = reply.results(i);
    }
  }

  // A greeting as a tablet makes it that adopted `epoch` last.
  v1::HelloReply Greet(WireTablet& tablet, uint32_t epoch) {
    tablet.Reconnect();
    v1::HelloRequest request;
    request.set_device(BytesOf(tablet.device()));
    request.set_epoch(epoch);
    request.set_cursor(tablet.held.cursor);
    v1::Store& store = *request.add_stores();
    store.set_replica(tablet.replica());
    store.set_last_n(tablet.last_n());
    v1::HelloReply reply;
    grpc::ClientContext context;
    tablet.Prepare(context);
    const grpc::Status greeted = tablet.sync().Hello(&context, request, &reply);
    EXPECT_TRUE(greeted.ok()) << greeted.error_message();
    return reply;
  }
  v1::RefillReply Refill(WireTablet& tablet, v1::RefillRequest request, uint32_t epoch) {
    request.set_epoch(epoch);
    v1::RefillReply reply;
    grpc::ClientContext context;
    tablet.Prepare(context);
    const grpc::Status refilled =
        v1::Recovery::NewStub(tablet.channel())->Refill(&context, request, &reply);
    EXPECT_TRUE(refilled.ok()) << refilled.error_message();
    return reply;
  }
  // The facet as the tablet is handed it, with its proof; empty where it is not.
  v1::Held HeldOf(WireTablet& tablet, const FacetId& facet) {
    v1::FetchRequest request;
    request.add_records(BytesOf(facet.record));
    v1::FetchReply reply;
    grpc::ClientContext context;
    tablet.Prepare(context);
    EXPECT_TRUE(tablet.sync().Fetch(&context, request, &reply).ok());
    for (const v1::Item& item : reply.items()) {
      for (const v1::Held& held : item.held()) {
        if (held.facet() == facet.Bytes()) return held;
      }
    }
    return {};
  }
  static v1::RefilledFacet HandedBack(const v1::Held& held) {
    v1::RefilledFacet facet;
    facet.set_facet(held.facet());
    facet.set_epoch(held.epoch());
    facet.set_seq(held.seq());
    facet.set_state(held.state());
    facet.set_receipt(held.receipt());
    return facet;
  }
  // What a tablet that starts from nothing is given of the facet.
  std::string Served(const core::Id16& person, const FacetId& facet, uint8_t device = 40) {
    WireTablet fresh(server, "northgate", person, device);
    const grpc::Status pulled = fresh.Pull();
    EXPECT_TRUE(pulled.ok()) << pulled.error_message();
    return fresh.Held(facet);
  }
  uint64_t Differences() {
    grpc::ClientContext context;
    const auto reader = server.admin().Verify(&context, v1::VerifyRequest());
    v1::VerifyReply reply, last;
    while (reader->Read(&reply)) last = reply;
    EXPECT_TRUE(reader->Finish().ok());
    if (last.differences_size() > 0) ADD_FAILURE() << last.differences(0).ShortDebugString();
    return last.difference_count();
  }
  static std::vector<v1::Refilled> Each(const google::protobuf::RepeatedPtrField<v1::RefillResult>& all) {
    std::vector<v1::Refilled> each;
    for (const v1::RefillResult& result : all) each.push_back(result.refilled());
    return each;
  }

  SmallSchool people;
  TemporaryDirectory elsewhere;
  RunningServer server;
  v1::BackupGeneration last_made;
  std::map<core::Id16, v1::RefillRequest> kept;  // By author: every acknowledged group.
};

TEST_F(RecoveryTest, ARestoredServerBeginsAnEpochAndIsRefilledToTheSameBytes) {
  WireTablet hana(server, "northgate", people.hana, 1);
  WriteVisit(hana, 60);
  const uint32_t generation = BackUp();
  const FacetId sheet = WriteVisit(hana, 61, 4);
  const std::string before = Served(people.hana, sheet, 40);
  ASSERT_FALSE(before.empty());

  Restore(generation);
  EXPECT_EQ(Served(people.hana, sheet, 41), "");
  const v1::HelloReply reply = Greet(hana, 1);
  EXPECT_EQ(reply.epoch(), 2u);
  ASSERT_EQ(reply.stores_size(), 1);
  EXPECT_EQ(reply.stores(0).action(), v1::STORE_ACTION_REFILL);
  EXPECT_EQ(reply.stores(0).applied_n(), 2u);
  EXPECT_NE(reply.stores(0).new_replica(), 0u);
  EXPECT_NE(reply.stores(0).new_replica(), hana.replica());

  const v1::RefillReply first = Refill(hana, kept[people.hana], 2);
  EXPECT_THAT(Each(first.groups()),
              ::testing::ElementsAre(v1::REFILLED_HELD, v1::REFILLED_HELD, v1::REFILLED_TAKEN,
                                     v1::REFILLED_TAKEN));
  EXPECT_EQ(first.groups(3).result().epoch(), 2u);
  EXPECT_EQ(Served(people.hana, sheet, 42), before);
  // The same again, and in the words of the answer: no second effect.
  EXPECT_THAT(Each(Refill(hana, kept[people.hana], 2).groups()),
              ::testing::Each(v1::REFILLED_HELD));
  EXPECT_EQ(Served(people.hana, sheet, 43), before);
  EXPECT_EQ(Differences(), 0u);
}

TEST_F(RecoveryTest, AColleaguesCopyBringsAFacetBackWhateverTheyMayReadToday) {
  WireTablet hana(server, "northgate", people.hana, 1);
  const uint32_t generation = BackUp();
  const FacetId sheet = WriteVisit(hana, 61, 4);
  const FacetId plan{sheet.record, core::kPlan, {}};
  WireTablet hedy(server, "northgate", people.hedy, 2);
  const v1::Held held = HeldOf(hana, plan);
  const std::string before = held.state();
  ASSERT_FALSE(before.empty());

  Restore(generation);
  Greet(hana, 1);
  Greet(hedy, 1);
  v1::RefillRequest request;
  *request.add_facets() = HandedBack(held);
  v1::RefillRequest lie = request;
  lie.mutable_facets(0)->set_seq(held.seq() + 1);
  EXPECT_THAT(Each(Refill(hedy, lie, 2).facets()),
              ::testing::ElementsAre(v1::REFILLED_UNPROVEN));
  EXPECT_THAT(Each(Refill(hedy, request, 2).facets()), ::testing::ElementsAre(v1::REFILLED_TAKEN));
  EXPECT_THAT(Each(Refill(hana, request, 2).facets()), ::testing::ElementsAre(v1::REFILLED_HELD));
  EXPECT_EQ(Served(people.hana, plan, 44), before);
  EXPECT_EQ(Differences(), 0u);
}

TEST_F(RecoveryTest, ATabletThatLiesBringsNothingIn) {
  WireTablet hana(server, "northgate", people.hana, 1);
  WireTablet hugo(server, "northgate", people.hugo, 2);
  const uint32_t generation = BackUp();
  WriteVisit(hana, 61);
  Restore(generation);
  Greet(hana, 1);
  Greet(hugo, 1);
  const v1::RefillRequest honest = kept[people.hana];
  const struct {
    const char* what;
    std::function<void(v1::RefilledGroup&)> bend;
  } lies[] = {
      {"other bytes", [](v1::RefilledGroup& g) { g.mutable_group()->back() ^= 1; }},
      {"another number", [](v1::RefilledGroup& g) { g.mutable_result()->set_n(9); }},
      {"another store", [](v1::RefilledGroup& g) { g.set_replica(g.replica() + 1); }},
      {"another time", [](v1::RefilledGroup& g) { g.mutable_result()->set_stamp(1); }},
      {"another disposition",
       [](v1::RefilledGroup& g) {
         g.mutable_result()->set_disposition(v1::DISPOSITION_QUARANTINED);
       }},
      {"another epoch", [](v1::RefilledGroup& g) { g.mutable_result()->set_epoch(7); }},
      {"no receipt", [](v1::RefilledGroup& g) { g.mutable_result()->clear_receipt(); }},
  };
  for (const auto& lie : lies) {
    SCOPED_TRACE(lie.what);
    v1::RefillRequest request = honest;
    request.mutable_groups()->DeleteSubrange(1, request.groups_size() - 1);
    lie.bend(*request.mutable_groups(0));
    EXPECT_EQ(Refill(hana, request, 2).groups(0).refilled(), v1::REFILLED_UNPROVEN);
  }
  // A colleague's group is nobody else's to hand back as their own.
  EXPECT_THAT(Each(Refill(hugo, honest, 2).groups()), ::testing::Each(v1::REFILLED_UNPROVEN));
  EXPECT_THAT(Each(Refill(hana, honest, 2).groups()), ::testing::Each(v1::REFILLED_TAKEN));
  EXPECT_EQ(Differences(), 0u);
}

// S15: to a backup, to an older one, and to the first again.
TEST_F(RecoveryTest, S15ARestoreAfterARestoreBeginsAnEpochOfItsOwnAndLosesNothing) {
  WireTablet hana(server, "northgate", people.hana, 1);
  const uint32_t oldest = BackUp();
  const FacetId first = WriteVisit(hana, 61);
  const uint32_t newer = BackUp();
  const FacetId second = WriteVisit(hana, 62, 2);
  const std::string was_first = Served(people.hana, first, 40);
  const std::string was_second = Served(people.hana, second, 41);

  uint32_t epoch = 1;
  for (const uint32_t generation : {newer, oldest, newer}) {
    SCOPED_TRACE(generation);
    Restore(generation);
    const v1::HelloReply reply = Greet(hana, epoch);
    EXPECT_EQ(reply.epoch(), epoch + 1);
    EXPECT_EQ(reply.stores(0).action(), v1::STORE_ACTION_REFILL);
    epoch = reply.epoch();
    const v1::RefillReply refilled = Refill(hana, kept[people.hana], epoch);
    for (int i = 0; i < refilled.groups_size(); ++i) {
      *kept[people.hana].mutable_groups(i)->mutable_result() = refilled.groups(i).result();
    }
    EXPECT_EQ(Served(people.hana, first, static_cast<uint8_t>(41 + epoch)), was_first);
    EXPECT_EQ(Served(people.hana, second, static_cast<uint8_t>(45 + epoch)), was_second);
    EXPECT_EQ(Differences(), 0u);
  }
}

// S22: a record that was erased after the backup stays erased, whoever brings what and however late.
TEST_F(RecoveryTest, S22ErasureSurvivesARestoreAndATabletThatComesAYearLater) {
  people.AddGrant(people.tom, v1::ROLE_PEER, {}).add_people(BytesOf(people.tia));
  server.Import(people, "northgate");
  WireTablet tom(server, "northgate", people.tom, 1), tia(server, "northgate", people.tia, 2);
  const FacetId sheet{IdNumber(70), core::kSheet, people.tom}, plan{IdNumber(70), core::kPlan, {}};
  WireTablet::Values values = PlanValues(people, people.tom, people.tia);
  values[0].second = std::string(1, static_cast<char>(v1::VISIT_KIND_PEER));
  tom.Write(plan, values);
  tom.Write(sheet, RatingValues(1, 2));
  Push(tom);
  const v1::Held held = HeldOf(tom, plan);
  ASSERT_FALSE(held.state().empty());
  const uint32_t generation = BackUp();
  v1::Intent intent;
  intent.mutable_erase_peer();
  tia.Intend(plan, intent);
  v1::PushReply erased;
  ASSERT_TRUE(tia.Push(&erased).ok());
  ASSERT_EQ(erased.results(0).outcome(), v1::OUTCOME_DONE) << erased.ShortDebugString();

  Restore(generation);
  server.clock.Advance(int64_t{365} * 86'400'000);
  EXPECT_EQ(Served(people.tia, plan, 40), "");
  EXPECT_EQ(Served(people.tom, sheet, 41), "");
  Greet(tom, 1);
  v1::RefillRequest request = kept[people.tom];
  *request.add_facets() = HandedBack(held);
  const v1::RefillReply refilled = Refill(tom, request, 2);
  EXPECT_THAT(Each(refilled.facets()), ::testing::Each(v1::REFILLED_ERASED));
  EXPECT_EQ(Served(people.tia, plan, 42), "");
  EXPECT_EQ(Differences(), 0u);
}

// The generation is older than the end of a role: the role stays ended.
TEST_F(RecoveryTest, ARoleThatEndedAfterTheBackupDoesNotComeBackWithIt) {
  WireTablet hana(server, "northgate", people.hana, 1);
  const FacetId sheet = WriteVisit(hana, 61);
  const FacetId plan{sheet.record, core::kPlan, {}};
  ASSERT_FALSE(Served(people.sara, plan, 40).empty());
  const uint32_t generation = BackUp();
  SmallSchool later = people;
  for (v1::RoleGrant& grant : later.content.grants) {
    if (grant.person() != people.sara.view()) continue;
    grant.set_state(v1::GRANT_STATE_ENDED);
    grant.set_to_day(testing::Day(2026, 9, 13));
  }
  server.Import(later, "northgate");
  ASSERT_EQ(Served(people.sara, plan, 41), "");
  Restore(generation);
  EXPECT_EQ(Served(people.sara, plan, 42), "");
  EXPECT_FALSE(Served(people.hana, plan, 43).empty());
  EXPECT_EQ(Differences(), 0u);
}

// A session that began after the backup still works: its tablet must be able to refill.
TEST_F(RecoveryTest, ATabletThatJoinedAfterTheBackupRefillsToo) {
  const uint32_t generation = BackUp();
  WireTablet hana(server, "northgate", people.hana, 1);
  const FacetId sheet = WriteVisit(hana, 61);
  const std::string before = Served(people.hana, sheet, 40);
  Restore(generation);
  const v1::HelloReply reply = Greet(hana, 1);
  EXPECT_EQ(reply.stores(0).action(), v1::STORE_ACTION_REFILL);
  EXPECT_EQ(reply.stores(0).applied_n(), 0u);
  EXPECT_NE(reply.stores(0).new_replica(), hana.replica());
  EXPECT_THAT(Each(Refill(hana, kept[people.hana], 2).groups()),
              ::testing::Each(v1::REFILLED_TAKEN));
  EXPECT_EQ(Served(people.hana, sheet, 41), before);
  EXPECT_EQ(Differences(), 0u);
}

// Somebody puts back a copy of the whole directory, the ledger among it: only tablets can tell.
TEST_F(RecoveryTest, ATabletsCursorShowsThatTheServerWasRestoredWithoutAWord) {
  WireTablet hana(server, "northgate", people.hana, 1);
  WriteVisit(hana, 60);
  const std::string copy = elsewhere.Path("copy");
  server.Restart([&] { fs::copy(server.data(), copy, fs::copy_options::recursive); });
  hana.Reconnect();
  ASSERT_TRUE(hana.Hello().ok());
  const FacetId sheet = WriteVisit(hana, 61);
  ASSERT_TRUE(hana.Pull().ok());
  const std::string before = hana.Held(sheet);
  server.Restart([&] {
    fs::remove_all(server.data());
    fs::copy(copy, server.data(), fs::copy_options::recursive);
  });
  const v1::HelloReply reply = Greet(hana, 1);
  EXPECT_GT(reply.epoch(), 1u);
  EXPECT_EQ(reply.stores(0).action(), v1::STORE_ACTION_REFILL);
  EXPECT_EQ(reply.stores(0).branch_seq(), 0u);  // Nobody knows when: all of the epoch is asked for.
  Refill(hana, kept[people.hana], reply.epoch());
  EXPECT_EQ(Served(people.hana, sheet, 41), before);
  EXPECT_EQ(Differences(), 0u);
  // A push that was built for the old epoch does not land.
  v1::PushRequest late = hana.Request();
  late.add_groups(kept[people.hana].groups(0).group());
  late.set_first_n(1);
  late.clear_hash_before();
  late.set_epoch(1);
  v1::PushReply pushed;
  EXPECT_EQ(hana.Send(late, &pushed).error_code(), grpc::StatusCode::FAILED_PRECONDITION);
}

TEST_F(RecoveryTest, G4DurableIsWhatTwoVerifiedBackupsHold) {
  WireTablet hana(server, "northgate", people.hana, 1);
  WriteVisit(hana, 60);
  EXPECT_EQ(DurableSeq(), 0u);
  BackUp();
  const uint64_t first = last_made.schools(0).seq();
  EXPECT_EQ(DurableSeq(), 0u);
  WriteVisit(hana, 61);
  BackUp();
  EXPECT_EQ(DurableSeq(), first);
  v1::HelloReply reply;
  ASSERT_TRUE(hana.Hello(&reply).ok());
  EXPECT_EQ(reply.durable_seq(), first);
}

TEST_F(RecoveryTest, WhatCannotBeRestoredIsSaidAndNothingIsChanged) {
  WireTablet hana(server, "northgate", people.hana, 1);
  WriteVisit(hana, 60);
  const uint32_t generation = BackUp();
  EXPECT_EQ(TryRestore(generation).status().code(), absl::StatusCode::kFailedPrecondition);
  server.Restart([&] {
    const std::string key = server.data() + "/keys/receipt.key";
    const auto restore = [&](const std::string& folder, uint32_t which) {
      return storage::RestoreStore({server.data(), folder, which}, server.clock).status();
    };
    EXPECT_EQ(restore(elsewhere.Path("nowhere"), 0).code(), absl::StatusCode::kNotFound);
    EXPECT_THAT(std::string(restore(Folder(), 99).message()), HasSubstr("no generation 99"));
    fs::rename(key, key + ".away");
    EXPECT_THAT(std::string(restore(Folder(), generation).message()), HasSubstr("is missing"));
    std::ofstream(key, std::ios::binary) << std::string(32, 'x');
    EXPECT_THAT(std::string(restore(Folder(), generation).message()), HasSubstr("not the key"));
    fs::remove(key);
    fs::rename(key + ".away", key);

    // A damaged file of the generation, then a description that says a newer format.
    for (const fs::directory_entry& file : fs::directory_iterator(Folder() + "/shared_checksum")) {
      std::fstream bytes(file.path(), std::ios::in | std::ios::out | std::ios::binary);
      bytes.seekp(40);
      bytes.put('\x7f');
    }
    EXPECT_EQ(restore(Folder(), generation).code(), absl::StatusCode::kDataLoss);
    EXPECT_FALSE(fs::exists(server.data() + "/store.restoring"));
    EXPECT_TRUE(fs::exists(server.data() + "/store/CURRENT"));
  });
  EXPECT_EQ(Differences(), 0u);
  EXPECT_EQ(Greet(hana, 1).epoch(), 1u);  // Nothing began.
}

TEST_F(RecoveryTest, AFolderOfAnotherSchoolsServerIsRefused) {
  BackUp();
  RunningServer other;
  other.Import(people, "southgate");
  server.Restart([&] {
    other.Restart([&] {
      const auto refused = storage::RestoreStore({other.data(), Folder(), 0}, other.clock);
      EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
    });
  });
  EXPECT_EQ(TryBackUp(server.data() + "/backups").error_code(),
            grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(TryBackUp("backups").error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(TryBackUp(elsewhere.Path("no/such/disk")).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(RecoveryTest, TheDoctorSaysWhatARestoreWouldLackBeforeAnybodyRestores) {
  WireTablet hana(server, "northgate", people.hana, 1);
  WriteVisit(hana, 60);
  BackUp();
  BackUp();
  WriteVisit(hana, 61);
  const auto findings = storage::Examine({server.data(), "", server.clock.NowMs()});
  ASSERT_TRUE(findings.ok()) << findings.status();
  std::string all;
  for (const storage::Finding& finding : *findings) {
    EXPECT_NE(finding.kind, storage::Finding::Kind::kWrong) << finding.what;
    all += finding.what + "\n";
  }
  EXPECT_THAT(all, HasSubstr("restoring it would lack 2 groups, all of which tablets still keep"));
  server.Restart([&] {
    fs::rename(server.data() + "/keys/receipt.key", server.data() + "/keys/away");
    const auto without = storage::Examine({server.data(), "", server.clock.NowMs()});
    EXPECT_EQ(without->front().kind, storage::Finding::Kind::kWrong);
    fs::rename(server.data() + "/keys/away", server.data() + "/keys/receipt.key");
  });
}

}  // namespace
}  // namespace halfterm::service
