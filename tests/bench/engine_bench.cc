// What the engine costs: commits of 1,000 rows of 400 bytes, reads, walks and opening again.
//
//   engine_bench DIRECTORY [COMMITS]      DIRECTORY must not exist; 200 commits are 80 MB.
//
// The rows are spread over the families as the committer spreads those of a push. CPU is that of
// the whole process, with flushes and compactions.

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "storage/engine.h"
#include "storage/keys.h"
#include "storage/rocks/rocks_engine.h"

namespace halfterm::storage {
namespace {

constexpr int kRowsEach = 1000;
constexpr size_t kRowBytes = 400;
const Tenant kTenant(1);

double WallSeconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
double CpuSeconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

[[noreturn]] void Leave(const absl::Status& why) {
  std::fprintf(stderr, "%s\n", why.ToString().c_str());
  std::exit(1);
}

class Bench {
 public:
  Bench(std::string directory, int commits) : commits_(commits) {
    options_.directory = std::move(directory);
    // Words, so that a block compresses about as notes do.
    for (std::string& word : words_) {
      for (size_t letters = 2 + random_() % 9; letters > 0; --letters) {
        word.push_back(static_cast<char>('a' + random_() % 26));
      }
    }
  }

  void Run() {
    Open();
    Commit();
    Read("Get, from memory and tables");
    engine_.reset();
    Open();
    Read("Get, after opening");
    Walk();
    const EngineStats stats = engine_->Stats();
    std::printf(
        "tables %.1f MB in %llu files, block cache %.1f MB, memtables %.1f MB, stalled %.1f ms\n",
        static_cast<double>(stats.table_bytes) / 1e6,
        static_cast<unsigned long long>(stats.table_files),
        static_cast<double>(stats.block_cache_bytes) / 1e6,
        static_cast<double>(stats.memtable_bytes) / 1e6,
        static_cast<double>(stats.stall_micros) / 1e3);
  }

 private:
  void Open() {
    const double start = WallSeconds();
    auto engine = OpenRocksEngine(options_);
    if (!engine.ok()) Leave(engine.status());
    engine_ = *std::move(engine);
    std::printf("open: %.1f ms\n", (WallSeconds() - start) * 1e3);
  }

  // As a UUIDv7: records of one time lie together.
  core::Id16 RecordOf(uint64_t n) const {
    core::Id16 id;
    const uint64_t mixed = n * 0x9E3779B97F4A7C15;
    for (size_t i = 0; i < 8; ++i) {
      id.bytes[i] = static_cast<uint8_t>((n / 8) >> (56 - 8 * i));
      id.bytes[8 + i] = static_cast<uint8_t>(mixed >> (56 - 8 * i));
    }
    return id;
  }
  static core::FacetId FacetOf(const core::Id16& record) {
    return core::FacetId{record, core::kSheet, core::Id16{}};
  }
  std::string AnyRow() {
    std::string row;
    while (row.size() < kRowBytes) row += words_[random_() % words_.size()] + ' ';
    row.resize(kRowBytes);
    return row;
  }

  // Four log rows, four facets, a record row and two feed rows that move: eleven rows a record.
  void AddRecord(WriteSet& writes) {
    const core::Id16 record = RecordOf(records_++);
    for (int i = 0; i < 4; ++i) {
      writes.Put(Family::kLog, OplogKey(kTenant, ++seq_), AnyRow());
      core::FacetId facet = FacetOf(record);
      facet.facet_class = static_cast<uint8_t>(core::kSheet + i);
      writes.Put(Family::kState, FacetKey(kTenant, facet), AnyRow());
    }
    writes.Put(Family::kDerived, RecordKey(kTenant, record), AnyRow());
    for (uint8_t type = 2; type < 4; ++type) {
      const core::Scope scope{type, core::Id16{}};
      writes.Put(Family::kFeed, FeedKey(kTenant, scope, seq_, record), std::string(35, '.'));
      if (seq_ > 400) {
        writes.Delete(Family::kFeed, FeedKey(kTenant, scope, seq_ - 400, RecordOf(records_ - 101)));
      }
    }
  }

  void Commit() {
    std::vector<double> each;
    size_t bytes = 0, rows = 0;
    double making = 0;
    const double start = WallSeconds(), cpu = CpuSeconds();
    for (int i = 0; i < commits_; ++i) {
      const double made = CpuSeconds();
      WriteSet writes;
      while (writes.Count() < kRowsEach) AddRecord(writes);
      making += CpuSeconds() - made;
      const double before = WallSeconds();
      if (absl::Status committed = engine_->Commit(writes); !committed.ok()) Leave(committed);
      each.push_back(WallSeconds() - before);
      bytes += writes.ByteSize();
      rows += writes.Count();
    }
    double in_commit = 0;
    for (const double seconds : each) in_commit += seconds;
    std::sort(each.begin(), each.end());
    const double count = static_cast<double>(commits_);
    std::printf(
        "commit of %zu rows, %.0f KB: %.0f commits/s (p50 %.2f ms, p99 %.2f ms), "
        "%.2f ms CPU each with background work, and %.2f ms to make the rows; %.1f s in all\n",
        rows / each.size(), static_cast<double>(bytes) / count / 1e3, count / in_commit,
        each[each.size() / 2] * 1e3, each[each.size() * 99 / 100] * 1e3,
        (CpuSeconds() - cpu - making) / count * 1e3, making / count * 1e3, WallSeconds() - start);
  }

  void Read(const char* what) {
    constexpr int kReads = 50'000;
    for (const bool is_near_the_end : {false, true}) {
      const uint64_t span = is_near_the_end ? std::min<uint64_t>(records_, 2000) : records_;
      const double start = WallSeconds(), cpu = CpuSeconds();
      for (int i = 0; i < kReads; ++i) {
        const core::Id16 record = RecordOf(records_ - 1 - random_() % span);
        const auto got = engine_->Get(Family::kState, FacetKey(kTenant, FacetOf(record)));
        if (!got.ok()) Leave(got.status());
      }
      std::printf("%s, %s: %.2f us (%.2f us CPU)\n", what,
                  is_near_the_end ? "newest 2,000 records" : "all records",
                  (WallSeconds() - start) / kReads * 1e6, (CpuSeconds() - cpu) / kReads * 1e6);
    }
    double start = CpuSeconds();
    for (int i = 0; i < kReads; ++i) {
      core::Id16 nobody = RecordOf(random_() % records_);
      nobody.bytes[15] ^= 1;
      (void)engine_->Get(Family::kState, FacetKey(kTenant, FacetOf(nobody)));
    }
    std::printf("Get of what is not there: %.2f us CPU\n", (CpuSeconds() - start) / kReads * 1e6);

    start = CpuSeconds();
    constexpr int kKeysEach = 200;
    for (int i = 0; i < kReads / kKeysEach; ++i) {
      std::vector<std::string> keys;
      const uint64_t first = random_() % (records_ - kKeysEach);
      for (uint64_t j = 0; j < kKeysEach; ++j) {
        keys.push_back(FacetKey(kTenant, FacetOf(RecordOf(first + j))));
      }
      for (const auto& got : engine_->MultiGet(Family::kState, keys)) {
        if (!got.ok()) Leave(got.status());
      }
    }
    std::printf("MultiGet of 200 neighbours: %.2f us CPU a key\n",
                (CpuSeconds() - start) / kReads * 1e6);
  }

  void Walk() {
    constexpr int kSeeks = 5'000;
    double cpu = CpuSeconds();
    const auto snapshot = engine_->NewSnapshot();
    const auto cursor = snapshot->NewCursor(Family::kState, FacetPrefix(kTenant),
                                            EndOfPrefix(FacetPrefix(kTenant)));
    for (int i = 0; i < kSeeks; ++i) {
      cursor->Seek(FacetPrefix(kTenant, RecordOf(random_() % records_)));
      for (int facet = 0; facet < 4 && cursor->Valid(); ++facet) cursor->Next();
    }
    std::printf("seek and four rows, one cursor: %.2f us CPU\n",
                (CpuSeconds() - cpu) / kSeeks * 1e6);

    cpu = CpuSeconds();
    for (int i = 0; i < kSeeks; ++i) {
      const std::string prefix = FacetPrefix(kTenant, RecordOf(random_() % records_));
      const auto fresh = engine_->NewSnapshot();
      const auto rows = fresh->NewCursor(Family::kState, prefix, EndOfPrefix(prefix));
      while (rows->Valid()) rows->Next();
    }
    std::printf("the same, a new snapshot and cursor each: %.2f us CPU\n",
                (CpuSeconds() - cpu) / kSeeks * 1e6);

    cpu = CpuSeconds();
    uint64_t walked = 0;
    for (auto rows = snapshot->NewCursor(Family::kLog, {}, {}); rows->Valid(); rows->Next())
      ++walked;
    std::printf("walk of the log: %.2f us CPU a row, %llu rows\n",
                (CpuSeconds() - cpu) / static_cast<double>(walked) * 1e6,
                static_cast<unsigned long long>(walked));
  }

  const int commits_;
  RocksEngineOptions options_;
  std::mt19937_64 random_{1};
  std::array<std::string, 2000> words_;
  std::unique_ptr<Engine> engine_;
  uint64_t records_ = 0, seq_ = 0;
};

}  // namespace
}  // namespace halfterm::storage

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    std::fprintf(stderr, "usage: %s DIRECTORY [COMMITS]\n", argv[0]);
    return 2;
  }
  halfterm::storage::Bench(argv[1], argc == 3 ? std::atoi(argv[2]) : 200).Run();
  return 0;
}
