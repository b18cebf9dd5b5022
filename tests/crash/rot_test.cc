// A byte that changed on the disk is noticed: the store does not open, or a read says DataLoss, or
// the damage lies where nothing is read from and every answer is right. Never a wrong answer, and
// never a row that is silently missing.
//
// HALFTERM_ROTS sets how many times each kind of file is damaged in each way.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "storage/rocks/rocks_engine.h"
#include "tests/support/engine_rows.h"
#include "tests/support/seed.h"
#include "tests/support/temporary_directory.h"

namespace halfterm::testing {
namespace {

namespace fs = std::filesystem;
using storage::Family;

std::string WordsOf(int number) {
  return std::string(300, static_cast<char>('a' + number % 26)) + std::to_string(number);
}

storage::RocksEngineOptions OptionsOf(const std::string& directory) {
  storage::RocksEngineOptions options;
  options.directory = directory;
  options.low_space_bytes = 0;
  return options;
}

std::string Read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
void Write(const fs::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

// The kind of file, by which its damage is counted.
std::string KindOf(const fs::path& path) {
  const std::string name = path.filename().string();
  if (path.extension() == ".sst") return "table";
  if (path.extension() == ".log") return "write-ahead log";
  if (name.rfind("MANIFEST", 0) == 0) return "MANIFEST";
  if (name.rfind("WITNESS", 0) == 0) return "WITNESS";
  if (name.rfind("OPTIONS", 0) == 0) return "OPTIONS";
  return name;  // CURRENT, IDENTITY.
}

enum class Damage { kBit, kZeros, kCut, kSwap };
const char* const kDamages[] = {"a bit flipped", "4 KiB zeroed", "cut short", "swapped"};

class RotTest : public ::testing::Test {
 protected:
  // Tables of several families, a manifest, and a write-ahead log with rows that are nowhere else.
  void SetUp() override {
    auto engine = storage::OpenRocksEngine(OptionsOf(sound()));
    ASSERT_TRUE(engine.ok()) << engine.status();
    for (int number = 0; number < 120; ++number) {
      storage::WriteSet writes;
      writes.Put(Family::kLog, std::to_string(1000 + number), WordsOf(number));
      writes.Put(Family::kState, std::to_string(number % 9), WordsOf(number));
      writes.Put(Family::kMeta, "newest", std::to_string(number));
      ASSERT_TRUE((*engine)->Commit(writes).ok());
      if (number == 40 || number == 80) {
        for (const Family family : storage::kFamilies) {
          ASSERT_TRUE((*engine)->CompactRange(family, "", "").ok());
        }
      }
    }
    for (const Family family : storage::kFamilies) right_[family] = RowsOf(**engine, family);
    fs::copy(sound(), stopped());
    ASSERT_TRUE((*engine)->Close().ok());
  }

  std::string sound() const { return directory_.Path("sound"); }
  // The same, as a machine that stopped would leave it.
  std::string stopped() const { return directory_.Path("stopped"); }
  std::string rotten() const { return directory_.Path("rotten"); }

  enum class Found { kRefused, kReadSaysSo, kHarmless, kWrong };
  Found Open() {
    auto engine = storage::OpenRocksEngine(OptionsOf(rotten()));
    if (!engine.ok()) {
      // Not a wrong password or a full disk: what an operator is told is that bytes are damaged.
      EXPECT_TRUE(absl::IsDataLoss(engine.status()) || absl::IsUnavailable(engine.status()))
          << engine.status();
      return Found::kRefused;
    }
    Found found = Found::kHarmless;
    for (const Family family : storage::kFamilies) {
      const auto snapshot = (*engine)->NewSnapshot();
      const auto cursor = snapshot->NewCursor(family, "", "");
      Rows rows;
      for (; cursor->Valid(); cursor->Next()) {
        rows.emplace_back(std::string(cursor->key()), std::string(cursor->value()));
      }
      if (!cursor->status().ok()) {
        EXPECT_TRUE(absl::IsDataLoss(cursor->status())) << cursor->status();
        found = Found::kReadSaysSo;
        continue;
      }
      if (rows != right_[family]) return Found::kWrong;
    }
    return found;
  }

  // Damages files of `store`, of each of the kinds, in each way; and expects no wrong answer but
  // where a log may end early.
  void DamageKinds(const std::string& store, const std::vector<std::string>& kinds,
                   bool a_log_may_end_early);

  const TemporaryDirectory directory_;
  std::map<Family, Rows> right_;
};

void RotTest::DamageKinds(const std::string& store, const std::vector<std::string>& kinds,
                          bool a_log_may_end_early) {
  const char* const wanted = std::getenv("HALFTERM_ROTS");
  const int times = wanted == nullptr ? 25 : std::atoi(wanted);
  std::mt19937_64 random(TestSeed());
  std::map<std::string, std::vector<fs::path>> files;
  for (const auto& file : fs::directory_iterator(store)) {
    const std::string name = file.path().filename().string();
    if (name == "LOCK" || name.rfind("LOG", 0) == 0) continue;  // Nothing is read from these.
    if (file.file_size() > 0) files[KindOf(file.path())].push_back(file.path());
  }
  for (const std::string& kind : kinds) {
    std::vector<fs::path>& paths = files[kind];
    ASSERT_FALSE(paths.empty()) << kind;
    std::sort(paths.begin(), paths.end());
    for (int damage = 0; damage < 4; ++damage) {
      if (static_cast<Damage>(damage) == Damage::kSwap && paths.size() < 2) continue;
      int counts[4] = {};
      for (int i = 0; i < times; ++i) {
        fs::remove_all(rotten());
        fs::copy(store, rotten());
        const fs::path name = paths[random() % paths.size()].filename();
        std::string content = Read(rotten() / name);
        const std::string before = content;
        const size_t at = random() % content.size();
        std::string done;
        switch (static_cast<Damage>(damage)) {
          case Damage::kBit:
            content[at] = static_cast<char>(content[at] ^ (1 << random() % 8));
            break;
          case Damage::kZeros:
            for (size_t b = at; b < std::min(at + 4096, content.size()); ++b) content[b] = '\0';
            break;
          case Damage::kCut:
            content.resize(at);
            break;
          case Damage::kSwap: {
            fs::path other = name;
            while (other == name) other = paths[random() % paths.size()].filename();
            Write(rotten() / name, Read(rotten() / other));
            Write(rotten() / other, before);
            content = Read(rotten() / name);
            break;
          }
        }
        if (content == before) continue;
        Write(rotten() / name, content);
        const Found found = Open();
        ++counts[static_cast<int>(found)];
        const bool ends_early = a_log_may_end_early && kind == "write-ahead log" && damage >= 1;
        if (found == Found::kWrong && !ends_early) {
          ADD_FAILURE() << kind << ", " << kDamages[damage] << " at " << at << " of " << name;
        }
      }
      std::printf(
          "%-16s %-14s %3d refused to open, %3d noticed on reading, %3d without effect, %d "
          "ended early\n",
          kind.c_str(), kDamages[damage], counts[0], counts[1], counts[2], counts[3]);
    }
  }
}

TEST_F(RotTest, DamageIsNoticedInEveryKindOfFileAndNoAnswerIsWrong) {
  DamageKinds(sound(),
              {"table", "write-ahead log", "MANIFEST", "WITNESS", "CURRENT", "OPTIONS", "IDENTITY"},
              /*a_log_may_end_early=*/false);
}

// A log that ends early looks like one that was never longer, until somebody writes down how long
// it is: tablets notice that at their next greeting, by what they were acknowledged.
TEST_F(RotTest, DamageIsNoticedInAStoreThatWasNotClosedButForTheEndOfItsLog) {
  DamageKinds(stopped(), {"write-ahead log", "MANIFEST"}, /*a_log_may_end_early=*/true);
}

}  // namespace
}  // namespace halfterm::testing
