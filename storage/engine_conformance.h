// What every engine must do: include this in an engine's test and instantiate it.
//
//   INSTANTIATE_TEST_SUITE_P(Rocks, EngineConformanceTest, ::testing::Values(EngineKind{...}),
//                            NameOfEngine);
//
// The claims are those of engine.h. The last test compares random histories with a map held in
// memory, and would find what no other test here names.

#ifndef HALFTERM_STORAGE_ENGINE_CONFORMANCE_H_
#define HALFTERM_STORAGE_ENGINE_CONFORMANCE_H_
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <ostream>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "storage/engine.h"
#include "tests/support/engine_rows.h"
#include "tests/support/seed.h"

namespace halfterm::storage {

// One empty store, made for one test.
class EngineUnderTest {
 public:
  virtual ~EngineUnderTest() = default;

  // Opens the store: new the first time, then with what was committed. The engine that the last
  // call gave has been destroyed. Null, with a test failure, if it does not open.
  virtual std::unique_ptr<Engine> Open() = 0;

  // Whether the disk counts as full from now on, for an engine that is open too.
  virtual void SetDiskFull(bool is_full) = 0;
};

struct EngineKind {
  const char* name;
  std::function<std::unique_ptr<EngineUnderTest>()> make;
};
inline void PrintTo(const EngineKind& kind, std::ostream* out) { *out << kind.name; }
inline std::string NameOfEngine(const ::testing::TestParamInfo<EngineKind>& info) {
  return info.param.name;
}

using testing::PutOf;
using testing::Rows;
using testing::RowsOf;
using testing::ValueOf;

class EngineConformanceTest : public ::testing::TestWithParam<EngineKind> {
 protected:
  void SetUp() override {
    store_ = GetParam().make();
    engine_ = store_->Open();
    ASSERT_NE(engine_, nullptr);
  }

  void Reopen() {
    engine_.reset();
    engine_ = store_->Open();
    ASSERT_NE(engine_, nullptr);
  }

  void Commit(const WriteSet& writes) {
    const absl::Status committed = engine_->Commit(writes);
    ASSERT_TRUE(committed.ok()) << committed;
  }

  std::unique_ptr<EngineUnderTest> store_;
  std::unique_ptr<Engine> engine_;
};

TEST_P(EngineConformanceTest, WhatIsCommittedIsRead) {
  Commit(PutOf(Family::kState, {{"amy", "1"}, {"zoe", "2"}}));
  const std::vector<std::string> keys = {"zoe", "mia", "amy", "amy"};
  const auto check = [&](const auto& view) {
    EXPECT_EQ(ValueOf(view.Get(Family::kState, "amy")), "1");
    EXPECT_EQ(ValueOf(view.Get(Family::kState, "mia")), "(none)");
    std::vector<std::string> values;
    for (const auto& got : view.MultiGet(Family::kState, keys)) values.push_back(ValueOf(got));
    EXPECT_THAT(values, ::testing::ElementsAre("2", "(none)", "1", "1"));
    EXPECT_TRUE(view.MultiGet(Family::kState, {}).empty());
  };
  check(*engine_);
  check(*engine_->NewSnapshot());
  EXPECT_EQ(RowsOf(*engine_, Family::kState), (Rows{{"amy", "1"}, {"zoe", "2"}}));
}

TEST_P(EngineConformanceTest, AMissSaysNothing) {
  EXPECT_EQ(engine_->Get(Family::kLog, "amy").status(),
            absl::Status(absl::StatusCode::kNotFound, ""));
}

TEST_P(EngineConformanceTest, FamiliesAreKeySpacesOfTheirOwn) {
  WriteSet writes;
  for (const Family family : kFamilies) writes.Put(family, "amy", FamilyName(family));
  Commit(writes);
  Reopen();
  for (const Family family : kFamilies) {
    EXPECT_EQ(ValueOf(engine_->Get(family, "amy")), FamilyName(family));
    EXPECT_EQ(RowsOf(*engine_, family).size(), 1u);
  }
}

TEST_P(EngineConformanceTest, AnyBytesAreAKeyOrAValue) {
  const std::string zero(1, '\0');
  Rows rows = {{"", "the empty key"},
               {zero, ""},
               {zero + zero, "\xFF\xFF"},
               {zero + "\xFF", zero},
               {"a", std::string(1 << 20, '\xFF')},
               {"a" + zero, std::string(1 << 20, '\0')},
               {std::string(2000, 'a'), "a long key"},
               {"\x7F", "unsigned"},
               {"\x80", "order"},
               {"\xC3\x28", "not UTF-8"},
               {"\xFF", "\n\\'\""},
               {"\xFF" + zero, "x"},
               {"\xFF\xFF", "y"}};
  Rows shuffled = rows;
  std::mt19937_64 random(testing::TestSeed());
  std::shuffle(shuffled.begin(), shuffled.end(), random);
  Commit(PutOf(Family::kMeta, shuffled));
  Reopen();
  EXPECT_EQ(RowsOf(*engine_, Family::kMeta), rows);
  for (const auto& [key, value] : rows) EXPECT_EQ(ValueOf(engine_->Get(Family::kMeta, key)), value);
}

TEST_P(EngineConformanceTest, ALaterWriteOfASetReplacesAnEarlierOne) {
  Commit(PutOf(Family::kState, {{"a", "old"}, {"b", "old"}, {"c", "old"}}));
  WriteSet writes;
  writes.Delete(Family::kState, "a");
  writes.Put(Family::kState, "a", "new");
  writes.Put(Family::kState, "b", "new");
  writes.Delete(Family::kState, "b");
  writes.Put(Family::kState, "c", "newer");
  writes.Put(Family::kState, "c", "newest");
  writes.Put(Family::kState, "d", "new");
  writes.Delete(Family::kState, "d");
  writes.Put(Family::kState, "d", "again");
  Commit(writes);
  EXPECT_EQ(RowsOf(*engine_, Family::kState),
            (Rows{{"a", "new"}, {"c", "newest"}, {"d", "again"}}));
}

TEST_P(EngineConformanceTest, ARowThatIsThereThoughItWasSaidToBeNewIsReplaced) {
  Commit(PutOf(Family::kState, {{"a", "old"}, {"c", "old"}}));
  WriteSet writes;
  for (const char* const key : {"a", "b", "c", "d"}) writes.PutNew(Family::kState, key, "new");
  writes.Put(Family::kState, "b", "newer");
  writes.Delete(Family::kState, "c");
  writes.PutNew(Family::kState, "c", "again");
  Commit(writes);
  EXPECT_EQ(RowsOf(*engine_, Family::kState),
            (Rows{{"a", "new"}, {"b", "newer"}, {"c", "again"}, {"d", "new"}}));
}

TEST_P(EngineConformanceTest, DeletingWhatIsNotThereIsNoError) {
  WriteSet writes;
  writes.Delete(Family::kState, "nobody");
  Commit(writes);
  EXPECT_TRUE(RowsOf(*engine_, Family::kState).empty());
}

TEST_P(EngineConformanceTest, AnEmptySetIsNoCommit) {
  Commit(WriteSet());
  EXPECT_EQ(engine_->Stats().commits, 0u);
}

TEST_P(EngineConformanceTest, ASetIsUsedAgainAfterClear) {
  WriteSet writes = PutOf(Family::kState, {{"a", "1"}, {"b", "22"}});
  EXPECT_EQ(writes.Count(), 2u);
  EXPECT_EQ(writes.ByteSize(), 5u);
  Commit(writes);
  writes.Clear();
  EXPECT_TRUE(writes.Empty());
  EXPECT_EQ(writes.ByteSize(), 0u);
  writes.Put(Family::kState, "c", "3");
  Commit(writes);
  EXPECT_EQ(RowsOf(*engine_, Family::kState), (Rows{{"a", "1"}, {"b", "22"}, {"c", "3"}}));
  EXPECT_EQ(engine_->Stats().commits, 2u);
  EXPECT_EQ(engine_->Stats().committed_bytes, 7u);
}

TEST_P(EngineConformanceTest, ACursorStaysWithinItsBounds) {
  Commit(PutOf(Family::kFeed, {{"a", ""}, {"b", ""}, {"ba", ""}, {"c", ""}, {"\xFF", ""}}));
  Commit(PutOf(Family::kLog, {{"bb", "another family"}}));
  const struct {
    const char* what;
    std::string begin, end;
    std::vector<std::string> keys;
  } cases[] = {
      {"no bounds", "", "", {"a", "b", "ba", "c", "\xFF"}},
      {"begin is within, end is not", "b", "c", {"b", "ba"}},
      {"bounds between rows", "aa", "bb", {"b", "ba"}},
      {"no end", "ba", "", {"ba", "c", "\xFF"}},
      {"no begin", "", "b", {"a"}},
      {"nothing there", "d", "e", {}},
      {"past everything", "\xFF\xFF", "", {}},
      {"nothing between equal bounds", "b", "b", {}},
      {"nothing between crossed bounds", "c", "b", {}},
  };
  const auto snapshot = engine_->NewSnapshot();
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    std::vector<std::string> keys;
    const Rows rows = RowsOf(*snapshot, Family::kFeed, c.begin, c.end);
    for (const auto& row : rows) keys.push_back(row.first);
    EXPECT_EQ(keys, c.keys);
    // A seek never leaves the bounds either.
    const auto cursor = snapshot->NewCursor(Family::kFeed, c.begin, c.end);
    for (const std::string target : {"", "a", "b", "bz", "c", "z", "\xFF\xFF"}) {
      cursor->Seek(target);
      const auto expected = std::find_if(keys.begin(), keys.end(),
                                         [&](const std::string& key) { return key >= target; });
      ASSERT_EQ(cursor->Valid(), expected != keys.end()) << "seek " << target;
      if (cursor->Valid()) {
        EXPECT_EQ(cursor->key(), *expected) << "seek " << target;
      }
    }
  }
}

TEST_P(EngineConformanceTest, ASnapshotStaysAtItsMoment) {
  Commit(PutOf(Family::kState, {{"a", "1"}, {"b", "1"}}));
  const auto before = engine_->NewSnapshot();
  const auto opened_before = before->NewCursor(Family::kState, {}, {});
  WriteSet writes = PutOf(Family::kState, {{"a", "2"}, {"c", "2"}});
  writes.Delete(Family::kState, "b");
  writes.Put(Family::kLog, "a", "2");
  Commit(writes);
  ASSERT_TRUE(engine_->CompactRange(Family::kState, {}, {}).ok());

  const Rows old = {{"a", "1"}, {"b", "1"}};
  EXPECT_EQ(RowsOf(*opened_before), old);
  EXPECT_EQ(RowsOf(*before, Family::kState), old);
  EXPECT_EQ(ValueOf(before->Get(Family::kState, "b")), "1");
  EXPECT_EQ(ValueOf(before->Get(Family::kLog, "a")), "(none)");
  const std::vector<std::string> keys = {"a", "c"};
  EXPECT_EQ(ValueOf(before->MultiGet(Family::kState, keys)[0]), "1");
  EXPECT_EQ(ValueOf(before->MultiGet(Family::kState, keys)[1]), "(none)");
  EXPECT_EQ(RowsOf(*engine_, Family::kState), (Rows{{"a", "2"}, {"c", "2"}}));
}

TEST_P(EngineConformanceTest, WhatWasCommittedIsThereAfterReopening) {
  std::map<std::string, std::string> expected;
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 40; ++i) {
      WriteSet writes;
      const std::string key = "row " + std::to_string((i * 7 + round) % 60);
      if ((i + round) % 5 == 0) {
        writes.Delete(Family::kDerived, key);
        expected.erase(key);
      } else {
        expected[key] = std::to_string(round) + "." + std::to_string(i);
        writes.Put(Family::kDerived, key, expected[key]);
      }
      Commit(writes);
    }
    Reopen();
    ASSERT_EQ(RowsOf(*engine_, Family::kDerived), Rows(expected.begin(), expected.end()))
        << "round " << round;
  }
}

TEST_P(EngineConformanceTest, AFullDiskRefusesBeforeAnythingIsWritten) {
  Commit(PutOf(Family::kState, {{"a", "1"}}));
  store_->SetDiskFull(true);
  WriteSet writes = PutOf(Family::kState, {{"a", "2"}, {"b", "2"}});
  writes.Put(Family::kMeta, "head", "2");
  for (int i = 0; i < 3; ++i) {
    const absl::Status refused = engine_->Commit(writes);
    EXPECT_TRUE(absl::IsResourceExhausted(refused)) << refused;
  }
  EXPECT_EQ(RowsOf(*engine_, Family::kState), (Rows{{"a", "1"}}));
  EXPECT_EQ(ValueOf(engine_->Get(Family::kMeta, "head")), "(none)");
  EXPECT_EQ(engine_->Stats().refused_for_space, 3u);
  EXPECT_FALSE(engine_->Stats().failed);

  store_->SetDiskFull(false);
  Commit(writes);
  Reopen();
  EXPECT_EQ(RowsOf(*engine_, Family::kState), (Rows{{"a", "2"}, {"b", "2"}}));
}

// Every commit writes its number to many rows of all families. Whoever sees two numbers at once, or
// an older one after a newer one, has seen half a commit.
TEST_P(EngineConformanceTest, ReadersSeeWholeCommitsWhileTheyAreMade) {
  constexpr int kCommits = 150, kRowsEach = 25, kReaders = 3;
  const auto writes_of = [](int number) {
    WriteSet writes;
    for (const Family family : kFamilies) {
      for (int row = 0; row < kRowsEach; ++row) {
        const std::string key = "row " + std::to_string(row);
        // In odd commits the rows are replaced by others that are deleted in even ones.
        writes.Put(family, key, std::to_string(number));
        if (number % 2 == 1) writes.Put(family, "odd " + key, std::to_string(number));
        if (number % 2 == 0) writes.Delete(family, "odd " + key);
      }
    }
    return writes;
  };
  Commit(writes_of(0));

  std::atomic<bool> done{false};
  std::atomic<int> views{0};
  std::vector<std::thread> readers;
  for (int reader = 0; reader < kReaders; ++reader) {
    readers.emplace_back([&] {
      int newest = 0;
      bool last_round = false;
      while (!last_round) {
        last_round = done;
        const auto snapshot = engine_->NewSnapshot();
        const int number = std::stoi(ValueOf(snapshot->Get(Family::kMeta, "row 0")));
        ASSERT_GE(number, newest);
        newest = number;
        const size_t expected = number % 2 == 1 ? 2 * kRowsEach : kRowsEach;
        for (const Family family : kFamilies) {
          const Rows rows = RowsOf(*snapshot, family);
          ASSERT_EQ(rows.size(), expected) << "at commit " << number;
          for (const auto& row : rows) ASSERT_EQ(row.second, std::to_string(number)) << row.first;
        }
        ASSERT_GE(std::stoi(ValueOf(engine_->Get(Family::kLog, "row 7"))), newest);
        ++views;
      }
      EXPECT_EQ(newest, kCommits);
    });
  }
  for (int number = 1; number <= kCommits; ++number) {
    const absl::Status committed = engine_->Commit(writes_of(number));
    EXPECT_TRUE(committed.ok()) << committed;
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_GE(views, kReaders);
}

TEST_P(EngineConformanceTest, CompactingKeepsWhatIsThereAndShrinksTheRest) {
  WriteSet rows, deletions;
  for (int i = 0; i < 1000; ++i) {
    const std::string key = std::to_string(1000 + i);
    rows.Put(Family::kState, key, std::string(1000, static_cast<char>('a' + i % 26)));
    if (i >= 10) deletions.Delete(Family::kState, key);
  }
  Commit(rows);
  ASSERT_TRUE(engine_->CompactRange(Family::kState, {}, {}).ok());
  const uint64_t before = engine_->ApproximateBytes(Family::kState, {}, {});
  Commit(deletions);
  ASSERT_TRUE(engine_->CompactRange(Family::kState, "1000", "3000").ok());
  EXPECT_LT(engine_->ApproximateBytes(Family::kState, {}, {}), before);
  EXPECT_EQ(engine_->ApproximateBytes(Family::kState, "2", "1"), 0u);
  EXPECT_EQ(RowsOf(*engine_, Family::kState).size(), 10u);
}

TEST_P(EngineConformanceTest, AClosedEngineRefuses) {
  Commit(PutOf(Family::kState, {{"a", "1"}}));
  auto snapshot = engine_->NewSnapshot();
  EXPECT_TRUE(absl::IsFailedPrecondition(engine_->Close())) << "somebody still reads";
  EXPECT_EQ(ValueOf(snapshot->Get(Family::kState, "a")), "1");
  snapshot.reset();
  EXPECT_TRUE(engine_->Close().ok());
  EXPECT_TRUE(engine_->Close().ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(engine_->Commit(PutOf(Family::kState, {{"b", "2"}}))));
  Reopen();
  EXPECT_EQ(RowsOf(*engine_, Family::kState), (Rows{{"a", "1"}}));
}

// Random commits, snapshots, walks and reopenings against maps in memory.
TEST_P(EngineConformanceTest, RandomHistoriesReadAsAMapDoes) {
  using Model = std::map<Family, std::map<std::string, std::string>>;
  std::mt19937_64 random(testing::TestSeed());
  const auto below = [&](uint64_t bound) { return random() % bound; };
  const auto any_key = [&] {
    std::string key;
    for (uint64_t bytes = below(4); bytes > 0; --bytes) key.push_back("\0\x01g\x7F\xFF"[below(5)]);
    return key;
  };
  const auto rows_between = [](const std::map<std::string, std::string>& rows,
                               const std::string& begin, const std::string& end) {
    Rows within;
    for (const auto& row : rows) {
      if (row.first >= begin && (end.empty() || row.first < end)) within.push_back(row);
    }
    return within;
  };
  Model model;
  std::vector<std::pair<std::unique_ptr<Snapshot>, Model>> views;
  for (int step = 0; step < 800; ++step) {
    SCOPED_TRACE(step);
    const uint64_t choice = below(100);
    if (choice < 50) {
      WriteSet writes;
      for (uint64_t count = below(30); count > 0; --count) {
        const Family family = kFamilies[below(kFamilies.size())];
        const std::string key = any_key();
        if (below(3) == 0) {
          writes.Delete(family, key);
          model[family].erase(key);
        } else {
          model[family][key] = std::string(below(50), static_cast<char>(random()));
          writes.Put(family, key, model[family][key]);
        }
      }
      Commit(writes);
    } else if (choice < 60 && views.size() < 8) {
      views.emplace_back(engine_->NewSnapshot(), model);
    } else if (choice < 95) {
      const Family family = kFamilies[below(kFamilies.size())];
      const std::string begin = any_key(), end = any_key();
      ASSERT_EQ(RowsOf(*engine_->NewSnapshot(), family, begin, end),
                rows_between(model[family], begin, end));
      for (auto& [view, old] : views) {
        ASSERT_EQ(RowsOf(*view, family, begin, end), rows_between(old[family], begin, end));
        const auto expected = old[family].find(begin);
        ASSERT_EQ(ValueOf(view->Get(family, begin)),
                  expected == old[family].end() ? "(none)" : expected->second);
      }
    } else if (choice < 98 && !views.empty()) {
      views.erase(views.begin() + static_cast<std::ptrdiff_t>(below(views.size())));
    } else if (choice < 99) {
      ASSERT_TRUE(engine_->CompactRange(kFamilies[below(kFamilies.size())], {}, {}).ok());
    } else {
      views.clear();
      Reopen();
    }
  }
}

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ENGINE_CONFORMANCE_H_
