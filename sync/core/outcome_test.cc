// What a history comes to as a whole, by chance: L8 against a model that keeps every write and
// derives the rest, and L9, what an outbox may put together before it is sent.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "sync/core/codec.h"
#include "tests/support/by_chance.h"

namespace halfterm::core {
namespace {

using halfterm::testing::Below;
using halfterm::testing::ForCases;
using halfterm::testing::History;
using halfterm::testing::Random;
using halfterm::testing::RandomCopy;
using halfterm::testing::RandomGesture;
using halfterm::testing::SameBytes;

class OutcomeTest : public ::testing::Test {
 protected:
  static void TearDownTestSuite() { halfterm::testing::PrintCasesTried(); }
};

// The definition: at each path, the writes whose dot is in no other write's context. It compares
// every write with every other, and shares no line with the join.
Facet OutcomeOf(const std::vector<const Facet*>& deltas) {
  std::map<Path, std::vector<const Cell*>> writes;
  for (const Facet* delta : deltas) {
    for (const Cell& cell : delta->cells) writes[cell.path].push_back(&cell);
  }
  const auto replaces = [](const Cell& later, const Dot& dot) {
    const bool is_its_own = !later.siblings.empty() && later.siblings[0].dot == dot;
    return !is_its_own && std::any_of(later.seen.begin(), later.seen.end(), [&](const Dot& seen) {
      return seen.replica == dot.replica && seen.count >= dot.count;
    });
  };
  Facet outcome;
  for (const auto& [path, cells] : writes) {
    Cell cell;
    cell.path = path;
    std::map<std::uint64_t, std::uint64_t> seen;
    std::map<Dot, Sibling> siblings;
    for (const Cell* write : cells) {
      cell.phase = std::max(cell.phase, write->phase);
      cell.maxi = std::max(cell.maxi, write->maxi);
      for (const Dot& dot : write->seen) seen[dot.replica] = std::max(seen[dot.replica], dot.count);
      for (const Sibling& sibling : write->siblings) {
        const bool gone = std::any_of(cells.begin(), cells.end(), [&](const Cell* other) {
          return replaces(*other, sibling.dot);
        });
        if (!gone) siblings[sibling.dot] = sibling;
      }
    }
    for (const auto& [replica, count] : seen) cell.seen.push_back({replica, count});
    for (const auto& [dot, sibling] : siblings) cell.siblings.push_back(sibling);
    outcome.cells.push_back(cell);
  }
  return outcome;
}

Facet JoinAll(const std::vector<const Facet*>& facets) {
  Facet joined;
  for (const Facet* facet : facets) JoinInto(joined, Facet(*facet), nullptr);
  return joined;
}

TEST_F(OutcomeTest, L8AnyWritesInAnyOrderAndNumberComeToWhatTheWritesSay) {
  ForCases(100'000, [](Random& random, const History& history) {
    std::vector<const Facet*> deltas;
    for (const Facet& delta : history.deltas) {
      if (Below(random, 4) != 0) deltas.push_back(&delta);
    }
    const Facet expected = OutcomeOf(deltas);
    std::shuffle(deltas.begin(), deltas.end(), random);
    ASSERT_TRUE(SameBytes(JoinAll(deltas), expected));

    // Halves that meet as states, with some writes in both.
    std::vector<const Facet*> one, other;
    for (const Facet* delta : deltas) {
      const std::size_t where = Below(random, 3);
      if (where != 0) one.push_back(delta);
      if (where != 1) other.push_back(delta);
    }
    ASSERT_TRUE(SameBytes(Join(JoinAll(one), JoinAll(other), nullptr), expected));
  });
}

// A store's own writes without an exchange between them, each with a number of its own.
struct OwnWrites {
  std::vector<Facet> gestures;
  Dot first, last;
};

OwnWrites RandomOwnWrites(Random& random, const History& history, const Facet& held) {
  OwnWrites own;
  own.first = {random(), 1 + Below(random, 1000)};
  own.last = {own.first.replica, own.first.count + Below(random, 6)};
  Facet shown = held;
  for (Dot dot = own.first; !(own.last < dot); ++dot.count) {
    own.gestures.push_back(RandomGesture(random, history.paths, shown, dot));
    JoinInto(shown, Facet(own.gestures.back()), nullptr);
  }
  return own;
}

// Gives everything that was written in `own` the last of its numbers.
void NumberAsOne(Facet& facet, const OwnWrites& own) {
  for (Cell& cell : facet.cells) {
    for (Dot& seen : cell.seen) {
      if (seen.replica == own.last.replica) seen = own.last;
    }
    for (Sibling& sibling : cell.siblings) {
      if (sibling.dot.replica == own.last.replica) sibling.dot = own.last;
    }
  }
}

TEST_F(OutcomeTest, L9AnOpenDeltaComesToWhatItsGesturesComeToOneByOne) {
  ForCases(100'000, [](Random& random, const History& history) {
    const Facet held = RandomCopy(random, history), server = RandomCopy(random, history);
    const OwnWrites own = RandomOwnWrites(random, history, held);
    Facet one_by_one = server, open;
    for (const Facet& gesture : own.gestures) {
      JoinInto(one_by_one, Facet(gesture), nullptr);
      Squash(open, Facet(gesture), own.last);
    }
    ASSERT_TRUE(IsDeltaOf(open, own.last));
    NumberAsOne(one_by_one, own);
    ASSERT_TRUE(SameBytes(Join(server, open, nullptr), one_by_one));
  });
}

// The outbox of a tablet does not number gestures: all of them carry the number that would be next.
TEST_F(OutcomeTest, L9AnOpenDeltaMayGetItsNumberWhenItIsSealed) {
  ForCases(100'000, [](Random& random, const History& history) {
    const Facet held = RandomCopy(random, history);
    const Dot next{random(), 1 + Below(random, 1000)};
    const Dot sealed{next.replica, next.count + Below(random, 6)};
    Facet open, numbered_at_once;
    for (std::size_t i = 1 + Below(random, 6); i > 0; --i) {
      const Facet shown = Join(held, open, nullptr);
      Facet gesture = RandomGesture(random, history.paths, shown, next);
      Facet as_sealed = gesture;
      Renumber(as_sealed, next, sealed);
      Squash(numbered_at_once, std::move(as_sealed), sealed);
      Squash(open, std::move(gesture), next);
      ASSERT_TRUE(IsDeltaOf(open, next));
    }
    Renumber(open, next, sealed);
    ASSERT_TRUE(SameBytes(open, numbered_at_once));
  });
}

// Whatever a server does with the groups that it takes, nothing else than another write that had
// seen a value takes it from the screen.
TEST_F(OutcomeTest, EveryValueIsShownUntilAWriterWhoSawItReplacesIt) {
  ForCases(50'000, [](Random& random, const History& history) {
    if (history.deltas.empty()) return;
    std::vector<const Facet*> all;
    for (const Facet& delta : history.deltas) all.push_back(&delta);
    std::shuffle(all.begin(), all.end(), random);
    const Facet joined = JoinAll(all);
    const Facet& delta = *all[Below(random, all.size())];
    for (const Cell& cell : delta.cells) {
      if (cell.siblings.empty()) continue;
      const auto shown = Shown(*joined.Find(cell.path));
      const bool is_shown = std::any_of(shown.begin(), shown.end(), [&](const Sibling* sibling) {
        return sibling->value == cell.siblings[0].value;
      });
      const bool was_seen = std::any_of(all.begin(), all.end(), [&](const Facet* other) {
        const Cell* write = other->Find(cell.path);
        return other != &delta && write != nullptr && Covers(*write, cell.siblings[0].dot);
      });
      ASSERT_TRUE(is_shown || was_seen);
    }
  });
}

}  // namespace
}  // namespace halfterm::core
