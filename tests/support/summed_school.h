// A small school whose roll-up rows lie in a real engine, written as the committer writes them but
// without it: for tests of what is read from them.

#ifndef HALFTERM_TESTS_SUPPORT_SUMMED_SCHOOL_H_
#define HALFTERM_TESTS_SUPPORT_SUMMED_SCHOOL_H_
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "halfterm/disk/rows.pb.h"
#include "storage/commit/rollups.h"
#include "storage/directory/directories.h"
#include "storage/feed_row.h"
#include "storage/keys.h"
#include "storage/rocks/rocks_engine.h"
#include "storage/scope_bytes.h"
#include "storage/summary/summary_reader.h"
#include "sync/contribution.h"
#include "sync/facts.h"
#include "tests/support/fake_clock.h"
#include "tests/support/small_school.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/visit_writer.h"

namespace halfterm::testing {

class SummedSchool {
 public:
  SummedSchool() {
    storage::RocksEngineOptions options;
    options.low_space_bytes = 0;
    options.directory = files_.path();
    auto opened = storage::OpenRocksEngine(options);
    if (!opened.ok()) {
      ADD_FAILURE() << opened.status();
      std::abort();
    }
    engine_ = *std::move(opened);
    reader_ = std::make_unique<storage::SummaryReader>(*engine_, directories_, clock);
    PutDirectory();
  }

  SmallSchool people;
  FakeClock clock{At(2026, 10, 14, 12)};

  storage::Tenant tenant() const { return storage::Tenant(1); }
  storage::Engine& engine() { return *engine_; }
  const storage::SummaryReader& reader() const { return *reader_; }
  storage::Caller As(const core::Id16& person) const { return {tenant(), {}, person, {}}; }

  // `people` as they are now.
  void PutDirectory() {
    directory_ = std::make_shared<const sync::Directory>(people.content);
    directories_.Put(tenant(), "small", directory_);
  }

  // The record as it stands, in place of what it added before.
  void Put(const Visit& visit) {
    const Held held = visit.All();
    const sync::RecordView record = held.View();
    std::vector<sync::Contribution> after =
        sync::ContributionOf(record, sync::FactsOf(record, *directory_), *directory_);
    std::vector<sync::Contribution>& before = added_[visit.record];
    for (const sync::Contribution& row : before) Add(row, -1);
    for (const sync::Contribution& row : after) Add(row, 1);
    before = std::move(after);
  }

  // A group on the record, as the log and a scope's feed tell of it; Put the record first.
  void NoteChange(const Visit& visit, const core::Scope& scope, uint64_t seq, int64_t written_ms,
                  int64_t received_ms) {
    disk::LogRow log;
    log.set_estimate_ms(written_ms);
    log.set_upper_ms(received_ms);
    writes_.Put(storage::Family::kLog, storage::OplogKey(tenant(), seq), log.SerializeAsString());
    storage::FeedRow feed;
    feed.count = 1;
    writes_.Put(storage::Family::kFeed, storage::FeedKey(tenant(), scope, seq, visit.record),
                storage::EncodeFeedRow(feed));
    disk::RecordRow record;
    disk::FeedPlace& place = *record.add_feed();
    storage::AppendScope(*place.mutable_scope(), scope);
    place.set_seq(seq);
    place.set_kind(1);
    place.set_count(1);
    place.set_digest(std::string(32, 'd'));
    for (const sync::Contribution& row : added_[visit.record]) {
      disk::ContributionRow& stored = *record.add_contributions();
      stored.set_key(row.key);
      stored.set_vector(storage::EncodeVector(row.vector));
    }
    writes_.Put(storage::Family::kDerived, storage::RecordKey(tenant(), visit.record),
                record.SerializeAsString());
  }

  void PutRow(storage::Family family, const std::string& key, const std::string& value) {
    writes_.Put(family, key, value);
  }

  // Everything put since the last commit becomes readable.
  void Commit() {
    for (const auto& [key, row] : rows_) {
      const std::string bytes = storage::EncodeVector(row);
      const std::string stored = storage::RollupKey(tenant(), key);
      if (bytes.empty()) {
        writes_.Delete(storage::Family::kDerived, stored);
      } else {
        writes_.Put(storage::Family::kDerived, stored, bytes);
      }
    }
    const absl::Status committed = engine_->Commit(writes_);
    EXPECT_TRUE(committed.ok()) << committed;
    writes_.Clear();
  }

 private:
  void Add(const sync::Contribution& row, int64_t sign) {
    std::vector<int64_t>& sum = rows_[row.key];
    if (sum.size() < row.vector.size()) sum.resize(row.vector.size());
    for (size_t i = 0; i < row.vector.size(); ++i) sum[i] += sign * row.vector[i];
  }

  TemporaryDirectory files_;
  std::unique_ptr<storage::Engine> engine_;
  storage::Directories directories_;
  std::unique_ptr<storage::SummaryReader> reader_;
  std::shared_ptr<const sync::Directory> directory_;
  storage::WriteSet writes_;
  std::map<std::string, std::vector<int64_t>> rows_;  // By kind1 | key.
  std::map<core::Id16, std::vector<sync::Contribution>> added_;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_SUMMED_SCHOOL_H_
