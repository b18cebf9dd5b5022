// An empty store behind the real committer on a real engine in a temporary directory.

#ifndef HALFTERM_TESTS_SUPPORT_OPEN_STORE_H_
#define HALFTERM_TESTS_SUPPORT_OPEN_STORE_H_
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <future>
#include <memory>
#include <random>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "storage/commit/committer.h"
#include "storage/import/import.h"
#include "storage/rocks/rocks_engine.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temporary_directory.h"

namespace halfterm::testing {

class OpenStore {
 public:
  OpenStore() { Open(); }
  ~OpenStore() { Close(); }

  // As after a restart of the server.
  void Reopen() {
    Close();
    Open();
  }

  FakeClock& clock() { return clock_; }
  // Commits refuse for want of space while set.
  void SetDiskFull(bool full) { free_bytes_ = full ? 0 : uint64_t{1} << 40; }

  storage::Engine& engine() { return *parts_->engine; }
  storage::Directories& directories() { return parts_->directories; }
  storage::Committer& committer() { return *parts_->committer; }

  absl::StatusOr<v1::ImportReply> Import(const v1::ImportRequest& request) {
    return Answer<absl::StatusOr<v1::ImportReply>>(
        [&](auto done) { return storage::MakeImport(request, std::move(done)); });
  }
  absl::Status TickGrantClock() {
    return Answer<absl::Status>([this](auto done) {
      return storage::MakeGrantClock(directories().After(std::nullopt, directories().Count()),
                                     std::move(done));
    });
  }

  // The directory in memory; fails the test where there is no such school.
  std::shared_ptr<const sync::Directory> DirectoryOf(const std::string& tenant) {
    const auto named = directories().TenantNamed(tenant);
    if (named) return directories().Of(*named);
    ADD_FAILURE() << "no school " << tenant;
    return std::make_shared<const sync::Directory>(sync::Directory::Content{});
  }

 private:
  struct Parts {
    std::unique_ptr<storage::Engine> engine;
    storage::Secrets secrets{std::string(32, 'k')};
    storage::Epochs epochs{disk::EpochsRow{}};
    storage::Directories directories;
    storage::Sessions sessions;
    storage::Changes changes;
    std::unique_ptr<storage::BatchContext> context;
    std::unique_ptr<storage::Committer> committer;
  };

  void Open() {
    parts_ = std::make_unique<Parts>();
    auto engine = storage::OpenRocksEngine(
        {.directory = directory_.Path("store"),
         .low_space_bytes = 1,
         .on_fatal = {},
         .free_bytes = [this]() -> absl::StatusOr<uint64_t> { return free_bytes_.load(); }});
    ASSERT_TRUE(engine.ok()) << engine.status();
    parts_->engine = *std::move(engine);
    auto epochs = storage::Epochs::Open(*parts_->engine, clock_);
    ASSERT_TRUE(epochs.ok()) << epochs.status();
    parts_->epochs = *std::move(epochs);
    const absl::Status loaded = parts_->directories.Load(*parts_->engine);
    ASSERT_TRUE(loaded.ok()) << loaded;
    parts_->context.reset(new storage::BatchContext{
        *parts_->engine, clock_, parts_->directories, parts_->sessions, parts_->changes,
        parts_->secrets, parts_->epochs, [this](size_t bytes) { return Random(bytes); }});
    parts_->committer =
        std::make_unique<storage::Committer>(*parts_->engine, clock_, *parts_->context);
  }

  void Close() {
    if (parts_ == nullptr) return;
    parts_->committer->Drain();
    parts_.reset();
  }

  std::string Random(size_t bytes) {
    std::string text;
    while (text.size() < bytes) text.push_back(static_cast<char>(random_() & 0xff));
    return text;
  }

  template <typename Result, typename Make>
  Result Answer(Make make) {
    std::promise<Result> promise;
    committer().Submit(make([&promise](Result result) { promise.set_value(std::move(result)); }));
    return promise.get_future().get();
  }

  TemporaryDirectory directory_;
  FakeClock clock_;
  std::atomic<uint64_t> free_bytes_{uint64_t{1} << 40};
  std::mt19937_64 random_{1};
  std::unique_ptr<Parts> parts_;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_OPEN_STORE_H_
