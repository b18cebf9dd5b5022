// The same groups in a hundred orders, cut and repeated at random: the same content, phases and
// roll-ups in the end, in batches of one push, of as many as fit, and as the machine has it. Two
// tablets of each observer edit a tenth of the visits at once.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <deque>
#include <future>
#include <map>
#include <memory>
#include <random>

#include "halfterm/v1/observation.pb.h"
#include "sync/contribution.h"
#include "sync/core/codec.h"
#include "sync/core/sha256.h"
#include "tests/support/committed_school.h"
#include "tests/support/engine_rows.h"
#include "tests/support/hex.h"
#include "tests/support/seed.h"
#include "tests/support/visit_writer.h"

namespace halfterm::testing {
namespace {

using core::FacetId;
using core::Kind;
using core::Path;
using Values = std::vector<std::pair<Path, std::string>>;

constexpr size_t kVisits = 500;
constexpr int kOrders = 100;

// Four observers, each with a tablet in the office and one in the classroom. Made in one order, so
// that a school made again issues the same stores, sessions and keys.
struct Fleet {
  explicit Fleet(CommittedSchool& school) {
    const SmallSchool& people = school.people;
    uint8_t device = 1;
    for (const core::Id16& person : {people.hana, people.hugo, people.sara, people.hedy}) {
      office.push_back(school.Tablet(person, device++));
      classroom.push_back(school.Tablet(person, device++));
    }
  }
  std::vector<PushingTablet> office, classroom;
};

struct Written {
  std::vector<v1::PushRequest> first, second;  // By tablet: office 0..3, classroom 0..3.
  std::vector<core::Id16> visits;
};

Values Rating(uint16_t element, uint32_t level) {
  const core::Id16 key = core::NumberKey(element);
  return {{Path::Entry(3, key, 0, Kind::kElem), ""},
          {Path::Entry(3, key, 1, Kind::kReg), Number(level)}};
}

v1::Intent ShareIntent() {
  v1::Intent intent;
  intent.mutable_share()->set_round(1);
  return intent;
}

void WriteVisit(CommittedSchool& school, PushingTablet& tablet, size_t observer,
                const core::Id16& visit, std::mt19937_64& random) {
  const SmallSchool& people = school.people;
  const core::Id16 teacher = observer == 1       ? people.ann
                             : random() % 2 == 0 ? people.tia
                                                 : people.tom;
  const core::Id16 department = observer == 1 ? people.art : people.maths;
  const int64_t start = At(2026, 9, 7 + static_cast<int>(random() % 20), 9);
  tablet.Write({visit, core::kPlan, {}}, {},
               {{Path::Field(2, Kind::kReg), Number(v1::VISIT_KIND_DEPT)},
                {Path::Field(3, Kind::kReg), BytesOf(teacher)},
                {Path::Field(4, Kind::kReg), BytesOf(department)},
                {Path::Field(8, Kind::kReg), Signed(start)},
                {Path::Field(9, Kind::kReg), Number(50)},
                {Path::Field(16, Kind::kReg), BytesOf(people.rubric_a)}});
  Values sheet;
  for (uint16_t element = 1; element <= 9; ++element) {
    for (auto& value : Rating(element, static_cast<uint32_t>(1 + random() % 4))) {
      sheet.push_back(std::move(value));
    }
  }
  tablet.Write({visit, core::kSheet, tablet.person()}, {}, sheet);
  const core::Id16 strength = school.NewId();
  tablet.Write({visit, core::kFeedback, {}}, {},
               {{Path::Entry(1, strength, 0, Kind::kElem), ""},
                {Path::Entry(1, strength, 1, Kind::kPara), "calm start"}});
  if (random() % 3 != 0) tablet.Intend({visit, core::kPlan, {}}, ShareIntent());
}

void EditVisit(CommittedSchool& school, PushingTablet& tablet, const core::Id16& visit, bool closes,
               std::mt19937_64& random) {
  const FacetId sheet{visit, core::kSheet, tablet.person()};
  const core::Facet held = school.Stored(sheet);
  tablet.Write(
      sheet, held,
      Rating(static_cast<uint16_t>(1 + random() % 3), static_cast<uint32_t>(1 + random() % 4)));
  const core::Id16 note = school.NewId();
  tablet.Write(sheet, held,
               {{Path::Entry(2, note, 0, Kind::kElem), ""},
                {Path::Entry(2, note, 2, Kind::kPara), "asked three pupils"}});
  tablet.Intend({visit, core::kPlan, {}}, ShareIntent());
  if (!closes) return;
  v1::Intent close;
  close.mutable_close()->set_round(1);
  tablet.Intend({visit, core::kPlan, {}}, close);
}

void SendAll(std::vector<PushingTablet*> tablets, const std::vector<v1::PushRequest>& requests) {
  for (size_t i = 0; i < tablets.size(); ++i) {
    if (requests[i].groups_size() == 0) continue;
    const auto reply = tablets[i]->Send(requests[i]);
    ASSERT_TRUE(reply.ok()) << reply.status();
    for (const v1::PushResult& result : reply->results()) {
      ASSERT_EQ(result.disposition(), v1::DISPOSITION_COMMITTED) << result.detail();
    }
  }
}

std::vector<PushingTablet*> TabletsOf(Fleet& fleet) {
  std::vector<PushingTablet*> tablets;
  for (PushingTablet& tablet : fleet.office) tablets.push_back(&tablet);
  for (PushingTablet& tablet : fleet.classroom) tablets.push_back(&tablet);
  return tablets;
}

Written WriteEverything(CommittedSchool& school, uint64_t seed) {
  std::mt19937_64 random(seed);
  Fleet fleet(school);
  const std::vector<PushingTablet*> tablets = TabletsOf(fleet);
  Written written;
  std::vector<size_t> observer_of;
  for (size_t i = 0; i < kVisits; ++i) {
    observer_of.push_back(random() % fleet.office.size());
    written.visits.push_back(school.NewId());
    WriteVisit(school, fleet.office[observer_of[i]], observer_of[i], written.visits[i], random);
  }
  for (PushingTablet* tablet : tablets) written.first.push_back(tablet->TakeSealed());
  SendAll(tablets, written.first);
  for (size_t i = 0; i < kVisits; i += 10) {
    EditVisit(school, fleet.office[observer_of[i]], written.visits[i], false, random);
    EditVisit(school, fleet.classroom[observer_of[i]], written.visits[i], true, random);
  }
  for (PushingTablet* tablet : tablets) written.second.push_back(tablet->TakeSealed());
  SendAll(tablets, written.second);
  return written;
}

// Everything that tablets wrote, every phase, every roll-up. Not what the server wrote down as it
// stood at some moment: versions, and the figures that are made of them.
std::map<std::string, std::string> Outcome(CommittedSchool& school) {
  std::map<std::string, std::string> outcome;
  const auto snapshot = school.engine().NewSnapshot();
  const std::string prefix = storage::FacetPrefix(school.tenant());
  for (const auto& [key, value] :
       RowsOf(*snapshot, storage::Family::kState, prefix, storage::EndOfPrefix(prefix))) {
    const auto parsed = storage::ParseFacetKey(key);
    if (parsed->facet.facet_class == core::kVersion) continue;
    disk::FacetRow row;
    EXPECT_TRUE(row.ParseFromString(value));
    const auto facet = core::Decode(row.facet(), core::kFacetLimits);
    outcome["facet " + ToHex(key)] = ToHex(core::EncodeContent(*facet));
  }
  const std::string rollups = storage::RollupPrefix(school.tenant());
  for (const auto& [key, value] :
       RowsOf(*snapshot, storage::Family::kDerived, rollups, storage::EndOfPrefix(rollups))) {
    const auto kind = static_cast<sync::RollupKind>(storage::ParseRollupKey(key)->kind);
    if (kind == sync::RollupKind::kTeacherOwn || kind == sync::RollupKind::kLessonOwn) continue;
    outcome["roll-up " + ToHex(key)] = ToHex(value);
  }
  return outcome;
}

// What the committer finds when it looks for work.
enum class Batches { kOfOnePush, kFull, kAsTheyCome };

// Keeps the committer's thread until it is let go, so that what is submitted waits together.
class Gate final : public storage::Job {
 public:
  explicit Gate(std::future<void> open) : open_(std::move(open)) {}
  void Apply(storage::Batch&) override { open_.wait(); }
  void Done(const absl::Status&) override {}

 private:
  const std::future<void> open_;
};

// Sends each tablet's groups in pieces of random size, the tablets' pieces shuffled among each
// other, one piece in five twice.
void SendShuffled(const std::vector<PushingTablet*>& tablets,
                  const std::vector<v1::PushRequest>& requests, Batches batches,
                  CommittedSchool& school, std::mt19937_64& random) {
  std::vector<std::deque<v1::PushRequest>> pieces(tablets.size());
  std::vector<size_t> turns;
  for (size_t t = 0; t < tablets.size(); ++t) {
    const v1::PushRequest& all = requests[t];
    ASSERT_TRUE(all.groups_size() == 0 || all.replica() == tablets[t]->replica())
        << "a school made again issues the same stores";
    core::Digest16 hash = core::Digest16::FromBytes(all.hash_before()).value_or(core::Digest16{});
    for (int at = 0; at < all.groups_size();) {
      v1::PushRequest piece;
      piece.set_replica(all.replica());
      piece.set_epoch(all.epoch());
      piece.set_first_n(all.first_n() + static_cast<uint64_t>(at));
      if (piece.first_n() > 1) piece.set_hash_before(std::string(hash.view()));
      const int size = 1 + static_cast<int>(random() % 40);
      for (int i = 0; i < size && at < all.groups_size(); ++i, ++at) {
        piece.add_groups(all.groups(at));
        hash = core::ChainHash(hash, all.first_n() + static_cast<uint64_t>(at),
                               core::Sha256(all.groups(at)));
      }
      pieces[t].push_back(std::move(piece));
      turns.push_back(t);
    }
  }
  std::shuffle(turns.begin(), turns.end(), random);
  std::promise<void> open;
  if (batches == Batches::kFull) {
    school.committer().Submit(std::make_unique<Gate>(open.get_future()));
  }
  for (const size_t t : turns) {
    const int times = random() % 5 == 0 ? 2 : 1;
    for (int i = 0; i < times; ++i) {
      if (batches == Batches::kOfOnePush) {
        const auto reply = tablets[t]->Send(pieces[t].front());
        EXPECT_TRUE(reply.ok()) << reply.status();
        continue;
      }
      tablets[t]->SendLater(pieces[t].front(), [](absl::StatusOr<v1::PushReply> reply) {
        EXPECT_TRUE(reply.ok()) << reply.status();
      });
    }
    pieces[t].pop_front();
  }
  open.set_value();
  // A greeting behind everything: when it is answered, all was.
  ASSERT_TRUE(tablets.front()->Hello().ok());
}

TEST(AnyOrderTest, C2AHundredOrdersOfTheSameGroupsEndTheSame) {
  const uint64_t seed = TestSeed();
  Written written;
  std::map<std::string, std::string> expected;
  {
    CommittedSchool school;
    written = WriteEverything(school, seed);
    expected = Outcome(school);
  }
  ASSERT_GT(expected.size(), kVisits * 3);
  size_t groups = 0;
  for (const auto& request : written.first) groups += static_cast<size_t>(request.groups_size());
  for (const auto& request : written.second) groups += static_cast<size_t>(request.groups_size());

  std::mt19937_64 random(seed);
  for (int order = 0; order < kOrders; ++order) {
    CommittedSchool school;
    Fleet fleet(school);
    const std::vector<PushingTablet*> tablets = TabletsOf(fleet);
    const auto batches = static_cast<Batches>(order % 3);
    SendShuffled(tablets, written.first, batches, school, random);
    SendShuffled(tablets, written.second, batches, school, random);
    ASSERT_EQ(school.Head().dispositions(v1::DISPOSITION_COMMITTED), groups) << "order " << order;
    const std::map<std::string, std::string> outcome = Outcome(school);
    ASSERT_EQ(outcome.size(), expected.size()) << "order " << order;
    for (const auto& [name, bytes] : expected) {
      ASSERT_EQ(outcome.at(name), bytes) << name << " in order " << order;
    }
  }
  std::printf("%d orders of %zu groups on %zu visits: one outcome\n", kOrders, groups, kVisits);
}

}  // namespace
}  // namespace halfterm::testing
