// The check of a replay is only worth something if it notices what it is for. Two tablets and a
// fresh one are filled by hand, without a server; then something is taken away or altered.

#include "tools/replay/check.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "halfterm/v1/observation.pb.h"
#include "sync/core/codec.h"
#include "sync/core/delta.h"
#include "sync/core/sha256.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temporary_directory.h"
#include "tools/replay/ids.h"
#include "tools/workload/visit.h"

namespace halfterm::tools {
namespace {

const core::Id16 kZoe = NamedId("zoe");
const core::Id16 kVisit = NamedId("a visit");

Edit Rating(uint32_t level) {
  Edit edit;
  edit.visit = kVisit;
  edit.observer = kZoe;
  edit.element = 1;
  edit.level = level;
  return edit;
}

class CheckTest : public ::testing::Test {
 protected:
  CheckTest() {
    tablets_.push_back(NewTablet("one"));
    tablets_.push_back(NewTablet("two"));
    fresh_ = NewTablet("fresh");
  }

  std::unique_ptr<Tablet> NewTablet(const std::string& name) {
    TabletOptions options;
    options.directory = folder_.Path(name);
    options.address = "127.0.0.1:1";  // Nobody is called.
    auto tablet = std::make_unique<Tablet>(options, sync::Schema::OfThisBuild(), clock_,
                                           TabletFaults(kNoFaults, 1, 0));
    EXPECT_TRUE(tablet->SwitchOn().ok());
    v1::OpenSessionReply session;
    session.set_session(Bytes(NamedId("a session")));
    session.set_key(std::string(32, 'k'));
    EXPECT_TRUE(tablet->Enrol(kZoe, session).ok());
    v1::HelloReply hello;
    hello.set_epoch(1);
    hello.set_hello_no(1);
    v1::StoreReply store;
    store.set_replica(++replicas_);
    store.set_action(v1::STORE_ACTION_OK);
    EXPECT_TRUE(tablet->StoreOf(kZoe)->outbox().TakeGreeting(hello, store, {}).ok());
    return tablet;
  }

  // Rates on one tablet, and joins the group into what "the server" holds, unless it is to lose it.
  void Rate(size_t tablet, uint32_t level, bool loses = false) {
    Outbox& outbox = tablets_[tablet]->StoreOf(kZoe)->outbox();
    ASSERT_TRUE(tablets_[tablet]->Do(kZoe, GesturesOf(Rating(level)), Sealing::kEachGesture).ok());
    const absl::StatusOr<v1::PushRequest> request = outbox.NextPush(200, 262'144);
    ASSERT_TRUE(request.ok());
    ASSERT_EQ(request->groups_size(), 1);
    const core::Result<core::Group> group = core::DecodeGroup(request->groups(0));
    core::Result<core::Facet> delta = core::Decode(group->body, core::kDeltaLimits);
    core::Attribute(*delta, group->dot(), kZoe);
    if (!loses) core::JoinInto(server_, *std::move(delta), nullptr);

    v1::PushReply reply;
    v1::PushResult& result = *reply.add_results();
    result.set_n(request->first_n());
    result.set_seq(++seq_);
    result.set_disposition(v1::DISPOSITION_COMMITTED);
    reply.set_applied_n(request->first_n());
    reply.set_applied_hash(outbox.row().sealed_hash());
    ASSERT_TRUE(outbox.TakePush(*request, reply).ok());
  }

  static void Give(Tablet& tablet, const core::Facet& facet, uint64_t seq) {
    v1::PullReply chunk;
    v1::Item& item = *chunk.add_items();
    item.set_record(Bytes(kVisit));
    v1::Held& held = *item.add_held();
    held.set_facet(SheetOf(kVisit, kZoe).Bytes());
    held.set_seq(seq);
    held.set_state(core::Encode(facet));
    v1::ScopeId& scope = *held.add_held_by();
    scope.set_type(2);
    scope.set_id(Bytes(kZoe));
    chunk.set_cursor("cursor");
    ASSERT_TRUE(tablet.StoreOf(kZoe)->base().TakeChunk(chunk, 1).ok());
  }
  void GiveAll() {
    for (const auto& tablet : tablets_) Give(*tablet, server_, seq_);
    Give(*fresh_, server_, seq_);
  }

  Fate Groups() {
    absl::StatusOr<Fate> fate = CheckGroups(tablets_, *fresh_);
    EXPECT_TRUE(fate.ok()) << fate.status();
    return *fate;
  }
  Fate Edits(const std::vector<Edit>& edits) {
    absl::StatusOr<Fate> fate = CheckEdits(edits, *fresh_);
    EXPECT_TRUE(fate.ok()) << fate.status();
    return *fate;
  }

  testing::TemporaryDirectory folder_;
  testing::FakeClock clock_;
  uint64_t replicas_ = 100, seq_ = 0;
  core::Facet server_;
  std::vector<std::unique_ptr<Tablet>> tablets_;
  std::unique_ptr<Tablet> fresh_;
};

TEST_F(CheckTest, TwoRatingsThatStandSideBySideAreBothFound) {
  Rate(0, 3);
  Rate(1, 4);
  GiveAll();
  EXPECT_EQ(Groups().siblings, 2u);
  EXPECT_EQ(Groups().lost, 0u);
  EXPECT_EQ(Edits({Rating(3), Rating(4)}).siblings, 2u);
}

TEST_F(CheckTest, ARatingThatSomebodySawAndReplacedIsNotLost) {
  Rate(0, 3);
  Rate(0, 4);
  GiveAll();
  const Fate fate = Groups();
  EXPECT_EQ(fate.all, 2u);
  EXPECT_EQ(fate.lost, 0u);
  EXPECT_EQ(Edits({Rating(4)}).present, 1u);
}

TEST_F(CheckTest, AnAcknowledgedGroupThatNobodyHasIsLost) {
  Rate(0, 3);
  Rate(1, 4, /*loses=*/true);
  GiveAll();
  EXPECT_EQ(Groups().lost, 1u);
  EXPECT_EQ(Edits({Rating(3), Rating(4)}).lost, 1u);
}

// What a merge by the clock would do: the server has heard of the rating, and dropped it.
TEST_F(CheckTest, ARatingThatWentWithoutAnybodyReplacingItIsLost) {
  Rate(0, 3);
  Rate(1, 4);
  for (core::Cell& cell : server_.cells) {
    if (cell.siblings.size() > 1) cell.siblings.pop_back();
  }
  GiveAll();
  EXPECT_EQ(Groups().lost, 1u);
  EXPECT_EQ(Edits({Rating(3), Rating(4)}).lost, 1u);
}

TEST_F(CheckTest, AStoreThatHoldsSomethingElseIsNamed) {
  Rate(0, 3);
  GiveAll();
  absl::StatusOr<StoreComparison> same = CompareStores(tablets_, *fresh_);
  ASSERT_TRUE(same.ok()) << same.status();
  EXPECT_EQ(same->stores, 2u);
  EXPECT_EQ(same->different_stores, 0u) << same->first_difference;

  Rate(1, 4);
  Give(*tablets_[0], server_, seq_);
  const absl::StatusOr<StoreComparison> other = CompareStores(tablets_, *fresh_);
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_EQ(other->different_stores, 1u);
  EXPECT_NE(other->first_difference.find("tablet 0"), std::string::npos);
}

}  // namespace
}  // namespace halfterm::tools
