// A store on the disk and its files, for tests that open it, damage them, and open it again.

#ifndef HALFTERM_TESTS_SUPPORT_ROCKS_STORE_H_
#define HALFTERM_TESTS_SUPPORT_ROCKS_STORE_H_
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "storage/rocks/rocks_engine.h"
#include "tests/support/engine_rows.h"
#include "tests/support/temporary_directory.h"

namespace halfterm::testing {

class RocksStoreTest : public ::testing::Test {
 protected:
  storage::RocksEngineOptions Options() const {
    storage::RocksEngineOptions options;
    options.directory = directory_.Path("store");
    return options;
  }

  std::unique_ptr<storage::Engine> OpenedWith(const storage::RocksEngineOptions& options) const {
    auto engine = storage::OpenRocksEngine(options);
    EXPECT_TRUE(engine.ok()) << engine.status();
    return engine.ok() ? *std::move(engine) : nullptr;
  }
  std::unique_ptr<storage::Engine> Opened() const { return OpenedWith(Options()); }

  // Commits rows 0 .. count-1, each in a commit of its own, of about `bytes` each.
  void CommitRows(storage::Engine& engine, int count, size_t bytes) const {
    for (int i = 0; i < count; ++i) {
      const Rows row = {{KeyOf(i), std::string(bytes, 'x')}};
      ASSERT_TRUE(engine.Commit(PutOf(storage::Family::kLog, row)).ok());
    }
  }
  static std::string KeyOf(int i) { return std::to_string(100'000 + i); }

  // In the order of their names; `end` is how they end, `begin` how they begin.
  std::vector<std::filesystem::path> FilesOf(const std::string& end,
                                             const std::string& begin = "") const {
    std::vector<std::filesystem::path> files;
    for (const auto& file : std::filesystem::directory_iterator(directory_.Path("store"))) {
      const std::string name = file.path().filename().string();
      if (absl::StartsWith(name, begin) && absl::EndsWith(name, end)) files.push_back(file.path());
    }
    std::sort(files.begin(), files.end());
    return files;
  }

  // The log that holds the rows of CommitRows.
  std::filesystem::path LongestLog() const {
    const std::vector<std::filesystem::path> logs = FilesOf(".log");
    return *std::max_element(logs.begin(), logs.end(),
                             [](const std::filesystem::path& a, const std::filesystem::path& b) {
                               return std::filesystem::file_size(a) < std::filesystem::file_size(b);
                             });
  }

  static std::string BytesOf(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static void WriteBytes(const std::filesystem::path& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
  }

  const TemporaryDirectory directory_;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_ROCKS_STORE_H_
