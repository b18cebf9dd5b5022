#include "storage/postgres/postgres_engine.h"

#include <atomic>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/postgres/connection.h"
#include "storage/postgres/latch.h"
#include "storage/postgres/listener.h"
#include "storage/postgres/pool.h"
#include "storage/postgres/reads.h"
#include "storage/postgres/rows.h"
#include "storage/postgres/snapshot.h"
#include "storage/postgres/writer.h"

namespace halfterm::storage {
namespace {

using postgres::Connection;
using postgres::PostgresSnapshot;

// A third of a page of PostgreSQL's index, less what it keeps with each entry.
constexpr size_t kMaxKeyBytes = 2600;

class PostgresEngine final : public SharedEngine {
 public:
  explicit PostgresEngine(const PostgresEngineOptions& options)
      : options_(options),
        latch_(options.on_fatal),
        pool_(options.conninfo, options.idle_readers, options.most_readers) {}
  ~PostgresEngine() override { (void)Close(); }

  absl::Status Open() {
    absl::StatusOr<std::unique_ptr<postgres::Writer>> writer =
        postgres::Writer::Open(options_, latch_);
    if (!writer.ok()) return writer.status();
    writer_ = *std::move(writer);
    own_mark_ = writer_->own_mark();
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Get(Family family, absl::string_view key) const override {
    absl::StatusOr<std::string> value;
    const absl::Status read = OnAnyConnection(
        [&](Connection& connection) { value = postgres::Get(connection, family, key); });
    return read.ok() ? std::move(value) : read;
  }
  std::vector<absl::StatusOr<std::string>> MultiGet(
      Family family, absl::Span<const std::string> keys) const override {
    std::vector<absl::StatusOr<std::string>> values;
    const absl::Status read = OnAnyConnection(
        [&](Connection& connection) { values = postgres::MultiGet(connection, family, keys); });
    if (!read.ok()) values.assign(keys.size(), read);
    return values;
  }
  std::unique_ptr<Snapshot> NewSnapshot() const override {
    const uint64_t known = followed_commits_;
    auto snapshot = std::make_unique<PostgresSnapshot>(pool_, snapshots_);
    if (!snapshot->status().ok()) return snapshot;
    if (follows_) CatchUp(*snapshot, known);
    // A server that was overtaken knows nothing of rights that have been taken away since.
    const bool is_own = options_.is_shared ? !snapshot->head().is_of_one_alone()
                                           : snapshot->head().mark == own_mark_;
    if (!is_own) {
      snapshot->Fail(latch_.Fail(
          absl::AbortedError(absl::StrCat("Another halftermd has taken over the database ",
                                          postgres::PlaceOf(options_.conninfo), "."))));
    }
    return snapshot;
  }

  absl::Status Commit(const WriteSet& writes) override;
  absl::Status CommitTurn(const WriteSet& writes, absl::string_view news,
                          const std::function<void()>& publish, const Agree& agree) override;
  absl::Status GiveUp(const absl::Status& why) override { return latch_.Fail(why); }
  absl::Status Follow(Heed heed) override;
  bool IsFollowing() const override { return follows_; }
  absl::StatusOr<bool> BeginTurn() override;
  void EndTurn() override {
    if (writer_ != nullptr) writer_->EndTurn();
  }
  void WriteAhead(const WriteSet& writes) override {
    if (writer_ != nullptr && latch_.status().ok()) writer_->WriteAhead(writes);
  }
  bool HasTurn() override { return writer_ != nullptr && writer_->HasTurn(); }

  uint64_t ApproximateBytes(Family family, absl::string_view begin,
                            absl::string_view end) const override {
    absl::StatusOr<uint64_t> bytes = 0;
    const absl::Status read = OnAnyConnection(
        [&](Connection& connection) { bytes = postgres::Measure(connection, family, begin, end); });
    return read.ok() && bytes.ok() ? *bytes : 0;
  }

  EngineStats Stats() const override {
    EngineStats stats;
    stats.commits = commits_;
    stats.committed_bytes = committed_bytes_;
    stats.refused_for_space = refused_for_space_;
    stats.failed = !latch_.status().ok();
    return stats;
  }

  // May be called beside commits, so it has a connection of its own.
  absl::Status CompactRange(Family, absl::string_view, absl::string_view) override {
    absl::StatusOr<std::unique_ptr<Connection>> connection =
        Connection::Open(options_.conninfo, postgres::Purpose::kReading);
    if (!connection.ok()) return connection.status();
    const postgres::Answer done = (*connection)->AskAll("vacuum halfterm_row");
    return done.ok() ? absl::OkStatus() : done.AsStatus("reclaiming the room of deleted rows");
  }

  absl::Status Close() override {
    listener_.reset();
    if (snapshots_ != 0) {
      return absl::FailedPreconditionError("The store is still being read.");
    }
    writer_.reset();
    pool_.Forget();
    return absl::OkStatus();
  }

 private:
  // Has what this server keeps made as new as the snapshot, or fails the snapshot. `known`: how far
  // that was before the snapshot began.
  void CatchUp(PostgresSnapshot& snapshot, uint64_t known) const;
  // Why a set is not taken, or OK.
  absl::Status MayCommit(const WriteSet& writes) const;
  absl::Status Write(const WriteSet& writes, std::optional<absl::string_view> news,
                     const Agree& agree);

  // Calls `read`, and once more on a new connection if the first was lost on the way.
  template <typename Read>
  absl::Status OnAnyConnection(const Read& read) const {
    for (int tried = 0;; ++tried) {
      absl::StatusOr<std::unique_ptr<Connection>> taken = pool_.Take();
      if (!taken.ok()) return taken.status();
      read(**taken);
      const bool was_lost = (*taken)->is_lost();
      pool_.Return(*std::move(taken));
      if (!was_lost || tried == 1) return absl::OkStatus();
      pool_.Forget();
    }
  }

  const PostgresEngineOptions options_;
  mutable postgres::Latch latch_;
  mutable postgres::Pool pool_;
  mutable std::atomic<int> snapshots_{0};
  std::unique_ptr<postgres::Writer> writer_;  // Null once closed.
  uint64_t own_mark_ = 0;                     // The writer's.
  bool has_missed_ = false;  // Whoever has turns was not told yet that others committed.
  // Held while this server's memory is made as new as a commit, and from before a commit of its own
  // can be seen until that is published.
  mutable std::mutex following_;
  Heed heed_;                        // Set once, by Follow; guarded by following_, and so is:
  mutable postgres::Head followed_;  // What the memory is as new as.
  std::atomic<bool> follows_{false};
  mutable std::atomic<uint64_t> followed_commits_{0};  // As followed_, to be looked at without it.
  std::unique_ptr<postgres::Listener> listener_;
  std::atomic<uint64_t> commits_{0};
  std::atomic<uint64_t> committed_bytes_{0};
  std::atomic<uint64_t> refused_for_space_{0};
};

void PostgresEngine::CatchUp(PostgresSnapshot& snapshot, uint64_t known) const {
  const postgres::Head now = snapshot.head();
  if (now.commits == known) return;
  if (now.commits < known) {
    return snapshot.Fail(latch_.Fail(absl::UnavailableError(absl::StrCat(
        "The database at ", postgres::PlaceOf(options_.conninfo), " stands at commit ", now.commits,
        " and had come to ", known, ". Was it restored? See docs/operating.md."))));
  }
  const std::lock_guard<std::mutex> lock(following_);
  if (now.commits <= followed_.commits) return;
  absl::StatusOr<std::vector<std::string>> said = snapshot.NewsSince(followed_);
  if (absl::IsDataLoss(said.status())) return snapshot.Fail(latch_.Fail(said.status()));
  if (!said.ok() && !absl::IsOutOfRange(said.status())) return snapshot.Fail(said.status());
  News news;
  news.is_all_new = !said.ok();
  if (said.ok()) news.said = *std::move(said);
  if (absl::Status heeded = heed_(news, snapshot); !heeded.ok()) return snapshot.Fail(heeded);
  followed_ = now;
  followed_commits_ = now.commits;
}

absl::Status PostgresEngine::Follow(Heed heed) {
  if (writer_ == nullptr) return absl::FailedPreconditionError("The store is closed.");
  PostgresSnapshot snapshot(pool_, snapshots_);
  if (!snapshot.status().ok()) return snapshot.status();
  {
    const std::lock_guard<std::mutex> lock(following_);
    heed_ = std::move(heed);
    if (absl::Status heeded = heed_({{}, true}, snapshot); !heeded.ok()) return heeded;
    followed_ = snapshot.head();
    followed_commits_ = followed_.commits;
  }
  follows_ = true;
  writer_->LetOthersIn();
  listener_ = std::make_unique<postgres::Listener>(options_.conninfo, options_.look_every,
                                                   [this](uint64_t number) {
                                                     if (number == 0 || number > followed_commits_)
                                                       NewSnapshot();
                                                   });
  return absl::OkStatus();
}

absl::StatusOr<bool> PostgresEngine::BeginTurn() {
  if (writer_ == nullptr) return absl::FailedPreconditionError("The store is closed.");
  if (absl::Status failed = latch_.status(); !failed.ok()) return failed;
  const postgres::Head last = writer_->head();
  if (absl::Status begun = writer_->BeginTurn(); !begun.ok()) return begun;
  has_missed_ = has_missed_ || !(writer_->head() == last);
  const uint64_t known = followed_commits_;
  if (follows_ && writer_->head().commits != known) {
    PostgresSnapshot snapshot(pool_, snapshots_);
    if (snapshot.status().ok()) CatchUp(snapshot, known);
    if (!snapshot.status().ok()) {
      writer_->EndTurn();
      return snapshot.status();
    }
  }
  return std::exchange(has_missed_, false);
}

absl::Status PostgresEngine::MayCommit(const WriteSet& writes) const {
  if (writer_ == nullptr) return absl::FailedPreconditionError("The store is closed.");
  if (absl::Status failed = latch_.status(); !failed.ok()) return failed;
  for (size_t i = 0; i < writes.Count(); ++i) {
    if (writes.At(i).key.size() > kMaxKeyBytes) {
      return absl::InvalidArgumentError(absl::StrCat("A key of ", writes.At(i).key.size(),
                                                     " bytes is longer than ", kMaxKeyBytes,
                                                     ". Nothing was written."));
    }
  }
  return absl::OkStatus();
}

absl::Status PostgresEngine::Write(const WriteSet& writes, std::optional<absl::string_view> news,
                                   const Agree& agree) {
  const absl::Status committed = writer_->Commit(writes, news, agree);
  if (absl::IsResourceExhausted(committed)) ++refused_for_space_;
  if (!committed.ok()) return committed;
  ++commits_;
  committed_bytes_ += writes.ByteSize();
  return absl::OkStatus();
}

absl::Status PostgresEngine::Commit(const WriteSet& writes) {
  if (absl::Status may = MayCommit(writes); !may.ok()) return may;
  if (writes.Empty()) return absl::OkStatus();
  return Write(writes, std::nullopt, {});
}

absl::Status PostgresEngine::CommitTurn(const WriteSet& writes, absl::string_view news,
                                        const std::function<void()>& publish, const Agree& agree) {
  absl::Status done = MayCommit(writes);
  if (done.ok()) {
    const std::lock_guard<std::mutex> lock(following_);
    done = writes.Empty() ? writer_->MakeSure() : Write(writes, news, agree);
    if (done.ok()) publish();
    if (done.ok() && !writes.Empty() && follows_) {
      followed_ = writer_->head();
      followed_commits_ = followed_.commits;
    }
  }
  EndTurn();
  return done;
}

}  // namespace

absl::StatusOr<std::unique_ptr<SharedEngine>> OpenPostgresEngine(
    const PostgresEngineOptions& options) {
  auto engine = std::make_unique<PostgresEngine>(options);
  if (absl::Status opened = engine->Open(); !opened.ok()) return opened;
  return engine;
}

}  // namespace halfterm::storage
