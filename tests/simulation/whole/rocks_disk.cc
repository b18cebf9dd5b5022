#include "tests/simulation/whole/rocks_disk.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "storage/rocks/rocks_engine.h"
#include "tests/support/faulty_files.h"

namespace halfterm::testing {
namespace {

// A history fills none, so that no flush falls into a moment of its own; tables are written where
// the store is opened. That rows outlive flushes and compactions is shown by tests/crash.
constexpr size_t kMemtableBytes = size_t{8} << 20;

class RocksDisk final : public SimulatedDisk {
 public:
  explicit RocksDisk(std::string directory)
      : directory_(std::move(directory)), store_(directory_) {}

  absl::StatusOr<std::unique_ptr<storage::Engine>> Open() override {
    storage::RocksEngineOptions options;
    options.directory = store_;
    options.low_space_bytes = 0;
    options.memtable_bytes = kMemtableBytes;
    options.block_cache_bytes = size_t{1} << 20;
    options.env = files_.env();
    return storage::OpenRocksEngine(options);
  }

  void CutPowerAfter(uint64_t changes) override {
    files_.CutPowerAfter(changes, FaultyFiles::Counted::kWriteAheadLog);
  }
  void CutPowerNow() override { files_.CutPowerNow(); }
  void LeavePowerOn() override { files_.LeavePowerOn(); }
  bool is_off() const override { return files_.is_off(); }
  void PowerOn(std::mt19937_64& random) override { files_.PowerOn(random); }

  void Copy(uint32_t generation) override {
    std::filesystem::copy(store_, CopyOf(generation), std::filesystem::copy_options::recursive);
  }
  void PutBack(uint32_t generation) override {
    std::filesystem::remove_all(store_);
    store_ = absl::StrCat(directory_, ".restored-", ++restores_);
    std::filesystem::copy(CopyOf(generation), store_, std::filesystem::copy_options::recursive);
  }

 private:
  std::string CopyOf(uint32_t generation) const {
    return absl::StrCat(directory_, ".backup-", generation);
  }

  const std::string directory_;
  std::string store_;  // Where the store is now: with each restore elsewhere.
  uint32_t restores_ = 0;
  FaultyFiles files_;
};

}  // namespace

std::unique_ptr<SimulatedDisk> OnRocks(const std::string& directory) {
  return std::make_unique<RocksDisk>(directory);
}

}  // namespace halfterm::testing
