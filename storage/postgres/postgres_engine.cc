#include "storage/postgres/postgres_engine.h"

#include <atomic>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/postgres/connection.h"
#include "storage/postgres/latch.h"
#include "storage/postgres/pool.h"
#include "storage/postgres/reads.h"
#include "storage/postgres/rows.h"
#include "storage/postgres/tenant_of.h"
#include "storage/postgres/writer.h"

namespace halfterm::storage {
namespace {

using postgres::Connection;

// A third of a page of PostgreSQL's index, less what it keeps with each entry.
constexpr size_t kMaxKeyBytes = 2600;

// A transaction that reads, on a connection of its own until it ends.
class PostgresSnapshot final : public Snapshot {
 public:
  PostgresSnapshot(postgres::Pool& pool, postgres::Latch& latch, uint64_t writer,
                   std::atomic<int>& snapshots)
      : pool_(pool), snapshots_(snapshots) {
    ++snapshots_;
    // An idle connection may have died with a PostgreSQL that is back since.
    if (!Begin(latch, writer)) {
      pool_.Forget();
      Begin(latch, writer);
    }
  }
  ~PostgresSnapshot() override {
    if (connection_ != nullptr) {
      if (!connection_->is_lost()) connection_->Ask("rollback");
      pool_.Return(std::move(connection_));
    }
    --snapshots_;
  }
  PostgresSnapshot(const PostgresSnapshot&) = delete;
  PostgresSnapshot& operator=(const PostgresSnapshot&) = delete;

  absl::StatusOr<std::string> Get(Family family, absl::string_view key) const override {
    if (!status_.ok()) return status_;
    return postgres::Get(*connection_, family, key);
  }
  std::vector<absl::StatusOr<std::string>> MultiGet(
      Family family, absl::Span<const std::string> keys) const override {
    if (!status_.ok()) return {keys.size(), status_};
    return postgres::MultiGet(*connection_, family, keys);
  }
  std::unique_ptr<Cursor> NewCursor(Family family, absl::string_view begin,
                                    absl::string_view end) const override {
    if (!status_.ok()) return postgres::NewFailedCursor(status_);
    return postgres::NewCursor(*connection_, family, begin, end);
  }

 private:
  // PostgreSQL fixes the moment at the first read, which looks whether we are still the writer: one
  // that was overtaken knows nothing of rights that have been taken away since. False: the
  // connection was lost.
  bool Begin(postgres::Latch& latch, uint64_t writer) {
    absl::StatusOr<std::unique_ptr<Connection>> taken = pool_.Take();
    status_ = taken.status();
    if (!taken.ok()) return true;
    const std::string zero = postgres::Int8(postgres::kNoTenant),
                      heads = postgres::Int2(postgres::kHeads), none;
    const postgres::Call head{postgres::Statement::kGet, {zero, heads, none}};
    const postgres::Answer began =
        (*taken)->Run("begin isolation level repeatable read read only", {&head, 1});
    connection_ = *std::move(taken);
    if (began.lost) {
      pool_.Return(std::move(connection_));
      status_ = postgres::ReadError(began);
      return false;
    }
    if (!began.ok()) {
      status_ = postgres::ReadError(began);
      return true;
    }
    const postgres::Result& row = began.results.back();
    const auto found = row.rows() == 1 ? postgres::HeadFrom(row.Text(0, 0)) : std::nullopt;
    if (!found || found->writer != writer) {
      status_ = latch.Fail(absl::AbortedError(absl::StrCat(
          "Another halftermd has taken over the database ", connection_->place(), ".")));
    }
    return true;
  }

  postgres::Pool& pool_;
  std::atomic<int>& snapshots_;
  std::unique_ptr<Connection> connection_;
  absl::Status status_;
};

class PostgresEngine final : public Engine {
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
    number_ = writer_->number();
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
    return std::make_unique<PostgresSnapshot>(pool_, latch_, number_, snapshots_);
  }

  absl::Status Commit(const WriteSet& writes) override;

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
    if (snapshots_ != 0) {
      return absl::FailedPreconditionError("The store is still being read.");
    }
    writer_.reset();
    pool_.Forget();
    return absl::OkStatus();
  }

 private:
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
  uint64_t number_ = 0;
  std::unique_ptr<postgres::Writer> writer_;  // Null once closed.
  std::atomic<uint64_t> commits_{0};
  std::atomic<uint64_t> committed_bytes_{0};
  std::atomic<uint64_t> refused_for_space_{0};
};

absl::Status PostgresEngine::Commit(const WriteSet& writes) {
  if (writer_ == nullptr) return absl::FailedPreconditionError("The store is closed.");
  if (absl::Status failed = latch_.status(); !failed.ok()) return failed;
  if (writes.Empty()) return absl::OkStatus();
  for (size_t i = 0; i < writes.Count(); ++i) {
    if (writes.At(i).key.size() > kMaxKeyBytes) {
      return absl::InvalidArgumentError(absl::StrCat("A key of ", writes.At(i).key.size(),
                                                     " bytes is longer than ", kMaxKeyBytes,
                                                     ". Nothing was written."));
    }
  }
  const absl::Status committed = writer_->Commit(writes);
  if (absl::IsResourceExhausted(committed)) ++refused_for_space_;
  if (!committed.ok()) return committed;
  ++commits_;
  committed_bytes_ += writes.ByteSize();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Engine>> OpenPostgresEngine(const PostgresEngineOptions& options) {
  auto engine = std::make_unique<PostgresEngine>(options);
  if (absl::Status opened = engine->Open(); !opened.ok()) return opened;
  return engine;
}

}  // namespace halfterm::storage
