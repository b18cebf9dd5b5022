// What a simulated tablet keeps over a restart, with the server's answers made by hand. After every
// step the engine is closed and opened again: nothing that was written or heard may be gone.

#include "tools/replay/tablet_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "halfterm/v1/observation.pb.h"
#include "sync/core/codec.h"
#include "sync/core/limits.h"
#include "sync/core/sha256.h"
#include "tests/support/temporary_directory.h"

namespace halfterm::tools {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

core::Id16 Id(uint8_t last) {
  core::Id16 id;
  id.bytes[15] = last;
  return id;
}

std::string Bytes(const core::Id16& id) { return std::string(id.view()); }

const core::Id16 kZoe = Id(1);
const core::FacetId kSheet{Id(9), core::kSheet, kZoe};
const core::FacetId kPlan{Id(9), core::kPlan, {}};

Gesture Rates(uint32_t element, uint32_t level) {
  auto sheet = std::make_shared<v1::Sheet>();
  v1::Rating& rating = *sheet->add_ratings();
  rating.set_element(element);
  rating.set_level(level);
  Gesture gesture;
  gesture.person = kZoe;
  gesture.facet = kSheet;
  gesture.change = std::move(sheet);
  return gesture;
}

Gesture Submits() {
  auto intent = std::make_shared<v1::Intent>();
  intent->mutable_submit();
  Gesture gesture;
  gesture.person = kZoe;
  gesture.facet = kSheet;
  gesture.intent = std::move(intent);
  return gesture;
}

// A tablet with one store, which can be switched off and on.
class TabletStoreTest : public ::testing::Test {
 protected:
  TabletStoreTest() {
    SwitchOn();
    v1::OpenSessionReply session;
    session.set_session(Bytes(Id(7)));
    session.set_key(std::string(32, 'k'));
    EXPECT_TRUE(store_->outbox().TakeSession(kZoe, session).ok());
  }

  void SwitchOn() {
    store_.reset();
    if (engine_ != nullptr) {
      EXPECT_TRUE(engine_->Close().ok());
    }
    engine_.reset();
    absl::StatusOr<std::unique_ptr<storage::Engine>> engine = OpenTabletEngine(folder_.Path("t"));
    ASSERT_TRUE(engine.ok()) << engine.status();
    engine_ = *std::move(engine);
    absl::StatusOr<TabletStore> store = TabletStore::Open(*engine_, sync::Schema::OfThisBuild(), 3);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = std::make_unique<TabletStore>(*std::move(store));
  }

  void Greet(const v1::StoreReply& answer) {
    v1::HelloReply reply;
    reply.set_epoch(1);
    reply.set_hello_no(++hello_no_);
    const absl::Status taken = store_->outbox().TakeGreeting(reply, answer, {});
    ASSERT_TRUE(taken.ok()) << taken;
    SwitchOn();
  }
  void GreetFirst() {
    v1::StoreReply answer;
    answer.set_replica(100);
    answer.set_action(v1::STORE_ACTION_OK);
    Greet(answer);
  }

  absl::Status Do(const std::vector<Gesture>& gestures, Sealing sealing = Sealing::kEachGesture) {
    const absl::StatusOr<size_t> done =
        store_->Do(gestures, sealing, [](const Gesture&) { return TabletMoment{}; });
    SwitchOn();
    return done.status();
  }

  v1::PushRequest NextPush(size_t max_groups = 200) {
    absl::StatusOr<v1::PushRequest> request = store_->outbox().NextPush(max_groups, 262144);
    EXPECT_TRUE(request.ok()) << request.status();
    return *request;
  }

  // As a server would that commits everything.
  v1::PushReply Answer(const v1::PushRequest& request) {
    v1::PushReply reply;
    core::Digest16 hash =
        core::Digest16::FromBytes(request.hash_before()).value_or(core::Digest16{});
    for (int i = 0; i < request.groups_size(); ++i) {
      const uint64_t n = request.first_n() + static_cast<uint64_t>(i);
      hash = core::ChainHash(hash, n, core::Sha256(request.groups(i)));
      v1::PushResult& result = *reply.add_results();
      result.set_n(n);
      result.set_disposition(v1::DISPOSITION_COMMITTED);
      result.set_seq(50 + n);
      result.set_receipt("receipt " + std::to_string(n));
      reply.set_applied_n(n);
    }
    reply.set_applied_hash(std::string(hash.view()));
    return reply;
  }

  std::vector<uint32_t> ShownLevels(uint32_t element) {
    absl::StatusOr<core::Facet> shown = store_->Shown(kSheet);
    EXPECT_TRUE(shown.ok()) << shown.status();
    const core::Path path =
        core::Path::Entry(3, core::NumberKey(static_cast<uint16_t>(element)), 1, core::Kind::kReg);
    std::vector<uint32_t> levels;
    const core::Cell* cell = shown->Find(path);
    if (cell == nullptr) return levels;
    for (const core::Sibling& sibling : cell->siblings) {
      levels.push_back(static_cast<uint32_t>(sibling.value[0]));
    }
    return levels;
  }

  testing::TemporaryDirectory folder_;
  std::unique_ptr<storage::Engine> engine_;
  std::unique_ptr<TabletStore> store_;
  uint32_t hello_no_ = 0;
};

TEST_F(TabletStoreTest, NothingIsWrittenBeforeTheServerNamedTheStore) {
  EXPECT_EQ(Do({Rates(1, 3)}).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(TabletStoreTest, ALaterGestureReplacesTheTabletsOwnEarlierOne) {
  GreetFirst();
  ASSERT_TRUE(Do({Rates(1, 3), Rates(1, 4)}).ok());
  EXPECT_THAT(ShownLevels(1), ElementsAre(4));
  ASSERT_TRUE(Do({Rates(1, 2)}).ok());
  EXPECT_THAT(ShownLevels(1), ElementsAre(2));
  EXPECT_EQ(store_->outbox().unsent(), 3u);
}

TEST_F(TabletStoreTest, AGestureThatChangesNothingIsNoGroup) {
  GreetFirst();
  ASSERT_TRUE(Do({Rates(1, 3)}).ok());
  ASSERT_TRUE(Do({Rates(1, 3)}).ok());
  EXPECT_EQ(store_->outbox().unsent(), 1u);
}

TEST_F(TabletStoreTest, GesturesThatWereNeverSentCollectInOneGroup) {
  GreetFirst();
  ASSERT_TRUE(Do({Rates(1, 3), Rates(2, 1)}, Sealing::kWhenSent).ok());
  ASSERT_TRUE(Do({Rates(1, 4)}, Sealing::kWhenSent).ok());
  EXPECT_EQ(store_->outbox().unsent(), 0u);
  EXPECT_THAT(ShownLevels(1), ElementsAre(4));

  ASSERT_TRUE(store_->Seal().ok());
  SwitchOn();
  EXPECT_EQ(store_->outbox().unsent(), 1u);
  EXPECT_THAT(ShownLevels(1), ElementsAre(4));
  EXPECT_THAT(ShownLevels(2), ElementsAre(1));

  // What is written after the sealing knows the group by its number.
  ASSERT_TRUE(Do({Rates(1, 2)}, Sealing::kWhenSent).ok());
  EXPECT_THAT(ShownLevels(1), ElementsAre(2));
}

TEST_F(TabletStoreTest, AnIntentComesAfterWhatItsAuthorHadWritten) {
  GreetFirst();
  ASSERT_TRUE(Do({Rates(1, 3), Submits(), Rates(1, 4)}, Sealing::kWhenSent).ok());
  const v1::PushRequest request = NextPush();
  ASSERT_THAT(request.groups(), SizeIs(2));
  EXPECT_EQ(core::DecodeGroup(request.groups(0))->kind, core::GroupKind::kDelta);
  EXPECT_EQ(core::DecodeGroup(request.groups(1))->kind, core::GroupKind::kIntent);
  EXPECT_THAT(ShownLevels(1), ElementsAre(4));
}

TEST_F(TabletStoreTest, APushGoesOnWhereTheLastAnswerEnded) {
  GreetFirst();
  ASSERT_TRUE(Do({Rates(1, 3), Rates(2, 4), Rates(3, 1)}).ok());
  const v1::PushRequest first = NextPush(2);
  ASSERT_THAT(first.groups(), SizeIs(2));
  ASSERT_TRUE(store_->outbox().TakePush(first, Answer(first)).ok());
  SwitchOn();
  const v1::PushRequest second = NextPush(2);
  ASSERT_THAT(second.groups(), SizeIs(1));
  EXPECT_EQ(second.first_n(), 3u);
  EXPECT_EQ(second.hash_before(), Answer(first).applied_hash());

  // The answer is lost, and comes to the same request again.
  ASSERT_TRUE(store_->outbox().TakePush(second, Answer(second)).ok());
  ASSERT_TRUE(store_->outbox().TakePush(second, Answer(second)).ok());
  SwitchOn();
  EXPECT_EQ(store_->outbox().unsent(), 0u);
  EXPECT_THAT(ShownLevels(3), ElementsAre(1));
}

TEST_F(TabletStoreTest, ASecondAnswerThatDiffersIsNotBelieved) {
  GreetFirst();
  ASSERT_TRUE(Do({Rates(1, 3)}).ok());
  const v1::PushRequest request = NextPush();
  v1::PushReply reply = Answer(request);
  ASSERT_TRUE(store_->outbox().TakePush(request, reply).ok());
  reply.mutable_results(0)->set_seq(999);
  EXPECT_EQ(store_->outbox().TakePush(request, reply).code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(ShownLevels(1), ElementsAre(3));
}

TEST_F(TabletStoreTest, WhatTheServerSetAsideStaysOnTheAuthorsScreen) {
  GreetFirst();
  ASSERT_TRUE(Do({Rates(1, 3)}).ok());
  const v1::PushRequest request = NextPush();
  v1::PushReply reply = Answer(request);
  reply.mutable_results(0)->set_disposition(v1::DISPOSITION_QUARANTINED);
  ASSERT_TRUE(store_->outbox().TakePush(request, reply).ok());
  SwitchOn();
  EXPECT_THAT(ShownLevels(1), ElementsAre(3));
  ASSERT_TRUE(Do({Rates(1, 4)}).ok());
  EXPECT_THAT(ShownLevels(1), ElementsAre(4));
}

TEST_F(TabletStoreTest, ARehomedStoreSendsTheRestUnderItsNewName) {
  GreetFirst();
  ASSERT_TRUE(Do({Rates(1, 3), Rates(2, 4), Rates(3, 1)}).ok());
  const v1::PushRequest first = NextPush(1);
  ASSERT_TRUE(store_->outbox().TakePush(first, Answer(first)).ok());
  ASSERT_TRUE(Do({Rates(1, 2)}, Sealing::kWhenSent).ok());

  // A twin of this tablet has sent another group 2.
  v1::StoreReply answer;
  answer.set_replica(100);
  answer.set_applied_n(2);
  answer.set_applied_hash(std::string(16, 'x'));
  answer.set_action(v1::STORE_ACTION_REHOME);
  answer.set_new_replica(200);
  Greet(answer);

  EXPECT_THAT(ShownLevels(1), ElementsAre(2));
  EXPECT_THAT(ShownLevels(2), ElementsAre(4));
  ASSERT_TRUE(store_->Seal().ok());
  const v1::PushRequest rest = NextPush();
  EXPECT_EQ(rest.replica(), 200u);
  EXPECT_EQ(rest.first_n(), 1u);
  EXPECT_EQ(rest.hash_before(), "");
  ASSERT_THAT(rest.groups(), SizeIs(3));
  ASSERT_THAT(rest.rehomes(), SizeIs(1));
  EXPECT_EQ(rest.rehomes(0).old_replica(), 100u);
  EXPECT_EQ(rest.rehomes(0).acked(), 1u);
  EXPECT_EQ(core::DecodeGroup(rest.groups(0))->replica, 100u) << "its bytes never change";
  EXPECT_EQ(core::DecodeGroup(rest.groups(2))->replica, 200u);
  ASSERT_TRUE(store_->outbox().TakePush(rest, Answer(rest)).ok());
  SwitchOn();
  EXPECT_EQ(store_->outbox().unsent(), 0u);
  EXPECT_THAT(ShownLevels(1), ElementsAre(2));
}

TEST_F(TabletStoreTest, WhatIsDurableNeedNotBeKept) {
  GreetFirst();
  ASSERT_TRUE(Do({Rates(1, 3), Rates(2, 4)}).ok());
  const v1::PushRequest request = NextPush();
  ASSERT_TRUE(store_->outbox().TakePush(request, Answer(request)).ok());
  v1::HelloReply reply;
  reply.set_epoch(1);
  reply.set_hello_no(2);
  reply.set_durable_seq(51);  // The first one's.
  v1::StoreReply answer;
  answer.set_replica(100);
  answer.set_applied_n(2);
  answer.set_action(v1::STORE_ACTION_OK);
  ASSERT_TRUE(store_->outbox().TakeGreeting(reply, answer, {}).ok());
  const auto kept = [this] {
    SwitchOn();
    int groups = 0;
    EXPECT_TRUE(store_->outbox().ForEach([&](const Outbox::Kept&) { ++groups; }).ok());
    return groups;
  };
  EXPECT_EQ(kept(), 2) << "until a pull has shown what the server holds";
  ASSERT_TRUE(store_->outbox().Prune().ok());
  EXPECT_EQ(kept(), 1);
}

// A sheet as the server would send it, rated `level` for element 1 by another tablet.
v1::PullReply Chunk(uint32_t level, uint64_t seq) {
  absl::StatusOr<core::Facet> facet = sync::WriteChanges(
      sync::Schema::OfThisBuild(), core::kSheet, {}, *Rates(1, level).change, {7, seq}, kZoe);
  EXPECT_TRUE(facet.ok()) << facet.status();
  core::Stamp(*facet, {7, seq}, 1000 + seq);
  v1::PullReply chunk;
  chunk.set_cursor("cursor " + std::to_string(seq));
  v1::Item& item = *chunk.add_items();
  item.set_record(Bytes(kSheet.record));
  v1::Held& held = *item.add_held();
  held.set_facet(kSheet.Bytes());
  held.set_seq(seq);
  held.set_state(core::Encode(*facet));
  held.set_digest(std::string(core::FacetDigest(kSheet, core::EncodeContent(*facet)).view()));
  v1::ScopeId& scope = *held.add_held_by();
  scope.set_type(2);
  scope.set_id(Bytes(kZoe));
  return chunk;
}

TEST_F(TabletStoreTest, AChunkAndItsCursorComeTogether) {
  ASSERT_TRUE(store_->base().TakeChunk(Chunk(3, 40), 1).ok());
  SwitchOn();
  EXPECT_EQ(store_->base().row().cursor(), "cursor 40");
  EXPECT_EQ(store_->base().row().seq(), 0u) << "the copy is not complete before the end";
  EXPECT_THAT(ShownLevels(1), ElementsAre(3));
  const absl::StatusOr<Holdings> sums = store_->base().Sums();
  ASSERT_TRUE(sums.ok());
  EXPECT_EQ(sums->at({core::PersonScope(kZoe), 0}).count, 1u);

  v1::PullReply bad = Chunk(4, 41);
  bad.mutable_items(0)->mutable_held(0)->set_state("not a facet");
  EXPECT_EQ(store_->base().TakeChunk(bad, 1).code(), absl::StatusCode::kDataLoss);
  SwitchOn();
  EXPECT_EQ(store_->base().row().cursor(), "cursor 40");
  EXPECT_THAT(ShownLevels(1), ElementsAre(3));
}

TEST_F(TabletStoreTest, WritingOverWhatWasPulledReplacesIt) {
  GreetFirst();
  ASSERT_TRUE(store_->base().TakeChunk(Chunk(3, 40), 1).ok());
  ASSERT_TRUE(Do({Rates(1, 4)}).ok());
  EXPECT_THAT(ShownLevels(1), ElementsAre(4));
}

TEST_F(TabletStoreTest, GivingTheValueThatIsShownChoosesItOverTheOthers) {
  GreetFirst();
  v1::PullReply chunk = Chunk(3, 40);
  v1::Held& held = *chunk.mutable_items(0)->mutable_held(0);
  absl::StatusOr<core::Facet> other = sync::WriteChanges(sync::Schema::OfThisBuild(), core::kSheet,
                                                         {}, *Rates(1, 2).change, {8, 1}, kZoe);
  ASSERT_TRUE(other.ok()) << other.status();
  core::Stamp(*other, {8, 1}, 900);
  core::Facet both = core::Decode(held.state(), core::kFacetLimits).value();
  core::JoinInto(both, *std::move(other), nullptr);
  held.set_state(core::Encode(both));
  held.set_digest(std::string(core::FacetDigest(kSheet, core::EncodeContent(both)).view()));
  ASSERT_TRUE(store_->base().TakeChunk(chunk, 1).ok());
  ASSERT_THAT(ShownLevels(1), SizeIs(2));

  ASSERT_TRUE(Do({Rates(2, 1)}).ok());
  EXPECT_THAT(ShownLevels(1), SizeIs(2)) << "a gesture elsewhere chooses nothing";
  ASSERT_TRUE(Do({Rates(1, 3)}).ok());
  EXPECT_THAT(ShownLevels(1), ElementsAre(3));
}

TEST_F(TabletStoreTest, WhatAnItemDoesNotListLeavesTheTablet) {
  ASSERT_TRUE(store_->base().TakeChunk(Chunk(3, 40), 1).ok());
  v1::PullReply empty;
  empty.add_items()->set_record(Bytes(kSheet.record));
  empty.mutable_end()->set_seq(42);
  ASSERT_TRUE(store_->base().TakeChunk(empty, 1).ok());
  SwitchOn();
  EXPECT_THAT(ShownLevels(1), ElementsAre());
  EXPECT_EQ(store_->base().row().seq(), 42u);
}

TEST_F(TabletStoreTest, ADroppedScopeTakesWhatOnlyItHeld) {
  v1::PullReply both = Chunk(3, 40);
  v1::ScopeId& school = *both.mutable_items(0)->mutable_held(0)->add_held_by();
  school.set_type(4);
  school.set_id(Bytes(Id(5)));
  ASSERT_TRUE(store_->base().TakeChunk(both, 1).ok());

  v1::PullReply drop;
  *drop.add_scope_drops() = school;
  ASSERT_TRUE(store_->base().TakeChunk(drop, 1).ok());
  SwitchOn();
  EXPECT_THAT(ShownLevels(1), ElementsAre(3));

  drop.mutable_scope_drops(0)->set_type(2);
  drop.mutable_scope_drops(0)->set_id(Bytes(kZoe));
  ASSERT_TRUE(store_->base().TakeChunk(drop, 1).ok());
  EXPECT_THAT(ShownLevels(1), ElementsAre());
}

}  // namespace
}  // namespace halfterm::tools
