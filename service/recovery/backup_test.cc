// Backups: what counts, what is refused and in which words, and what the doctor says of them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "storage/backup/doctor.h"
#include "tests/support/restored_school.h"

namespace halfterm::service {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::RunningServer;
using testing::WireTablet;

using BackupTest = testing::RestoredSchool;

TEST_F(BackupTest, G4DurableIsWhatTwoVerifiedBackupsHold) {
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

TEST_F(BackupTest, WhatCannotBeRestoredIsSaidAndNothingIsChanged) {
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

TEST_F(BackupTest, AFolderOfAnotherSchoolsServerIsRefused) {
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

TEST_F(BackupTest, TheDoctorSaysWhatARestoreWouldLackBeforeAnybodyRestores) {
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
