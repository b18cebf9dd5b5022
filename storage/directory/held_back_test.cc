// A scope that somebody gains stays shut until every record is filed anew, also when the server is
// stopped in between.

#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include "storage/import/import.h"
#include "storage/summary/watermark.h"
#include "tests/support/await.h"
#include "tests/support/open_store.h"
#include "tests/support/roster.h"

namespace halfterm::storage {
namespace {

using core::Id16;
using testing::ComesTrue;
using testing::IdNumber;
using testing::OpenStore;
using testing::Roster;

constexpr uint8_t kNewHead = Roster::kFirstTeacher + 1, kNewGrant = 61;
const core::Scope kMaths = core::DepartmentScope(IdNumber(Roster::kMaths));

bool IsOpen(const sync::Directory& directory) {
  const std::vector<core::Scope> scopes = directory.ScopesOf(IdNumber(kNewHead));
  return std::find(scopes.begin(), scopes.end(), kMaths) != scopes.end();
}

// More records than are filed in the step that goes with the event.
Roster LargeRoster() {
  Roster roster;
  for (int i = 0; i < 400; ++i) {
    v1::Person& person = roster.AddPerson(200, Roster::kArt);
    Id16 id = IdNumber(200);
    id.bytes[1] = static_cast<uint8_t>(i);
    id.bytes[2] = static_cast<uint8_t>(1 + i / 256);
    person.set_id(testing::BytesOf(id));
    person.set_sourced_id("more-" + std::to_string(i));
  }
  return roster;
}

// Imports, and fills the disk before the committer takes its next step.
void ImportAndStopThere(OpenStore& store, const v1::ImportRequest& request) {
  std::promise<absl::StatusOr<v1::ImportReply>> promise;
  store.committer().Submit(MakeImport(request, [&](absl::StatusOr<v1::ImportReply> reply) {
    store.SetDiskFull(true);
    promise.set_value(std::move(reply));
  }));
  const absl::StatusOr<v1::ImportReply> reply = promise.get_future().get();
  ASSERT_TRUE(reply.ok() && reply->applied()) << reply.status();
}

TEST(HeldBackTest, AScopeThatIsHeldBackIsShutAfterARestartTooAndOpensWhenAllIsFiled) {
  OpenStore store;
  Roster roster = LargeRoster();
  ASSERT_TRUE(store.Import(roster.request).ok());
  roster.AddGrant(kNewGrant, kNewHead, v1::ROLE_HOD, Roster::kMaths);
  ImportAndStopThere(store, roster.request);
  EXPECT_FALSE(IsOpen(*store.DirectoryOf("riverside")));
  const Tenant tenant = *store.directories().TenantNamed("riverside");
  const auto version_of = [&] {
    return *ScopesVersionOf(*store.engine().NewSnapshot(), tenant, IdNumber(kNewHead));
  };
  const uint64_t version = version_of();

  // As often as it is restarted: what the store says is read before the committer begins.
  for (int restart = 0; restart < 2; ++restart) {
    store.Reopen();
    const auto directory = store.DirectoryOf("riverside");
    EXPECT_TRUE(directory->Holds(IdNumber(kNewHead), v1::ROLE_HOD, IdNumber(Roster::kMaths)));
    EXPECT_FALSE(IsOpen(*directory)) << "restart " << restart;
    EXPECT_EQ(version_of(), version) << "the tablet is told when there is something to read";
  }

  store.SetDiskFull(false);
  store.Reopen();
  EXPECT_TRUE(ComesTrue([&] { return IsOpen(*store.DirectoryOf("riverside")); }));
  EXPECT_GT(version_of(), version);
}

TEST(HeldBackTest, ARoleThatIsTakenBackBeforeAllIsFiledStaysShut) {
  OpenStore store;
  Roster roster = LargeRoster();
  ASSERT_TRUE(store.Import(roster.request).ok());
  Roster with_grant = roster;
  with_grant.AddGrant(kNewGrant, kNewHead, v1::ROLE_HOD, Roster::kMaths);
  ImportAndStopThere(store, with_grant.request);
  store.Reopen();
  store.SetDiskFull(false);
  const absl::StatusOr<v1::ImportReply> taken_back = store.Import(roster.request);
  ASSERT_TRUE(taken_back.ok()) << taken_back.status();
  const Tenant tenant = *store.directories().TenantNamed("riverside");
  const auto is_filing = [&] {
    const absl::StatusOr<v1::Watermark> watermark =
        WatermarkOf(*store.engine().NewSnapshot(), tenant, store.clock().NowMs());
    return !watermark.ok() || watermark->recomputing_since_ms() != 0;
  };
  EXPECT_TRUE(ComesTrue([&] { return !is_filing(); }));
  EXPECT_FALSE(IsOpen(*store.DirectoryOf("riverside")));
  EXPECT_TRUE(store.DirectoryOf("riverside")->content().held_back.empty());
}

}  // namespace
}  // namespace halfterm::storage
