#include "tests/simulation/whole/postgres_disk.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "absl/strings/str_cat.h"
#include "storage/postgres/postgres_engine.h"
#include "tests/support/await.h"
#include "tests/support/cutting_proxy.h"
#include "tests/support/own_postgres.h"

namespace halfterm::testing {
namespace {

// A commit of a few rows sends about twice as many. A prime number, so that it breaks everywhere.
constexpr uint64_t kMessagesOfAChange = 11;
constexpr uint64_t kReadsToALostOne = 7;

class PostgresDisk final : public SimulatedDisk {
 public:
  absl::StatusOr<std::unique_ptr<storage::Engine>> Open() override {
    // What the last process was cut off from is made or not, from here on.
    AwaitNobody();
    storage::PostgresEngineOptions options;
    options.conninfo = OwnPostgres::Through(proxy_.folder(), database_);
    options.patience = std::chrono::milliseconds(0);
    return storage::OpenPostgresEngine(options);
  }

  absl::Status Commit(storage::Engine& engine, const storage::WriteSet& writes) override {
    if (message_ > 0) proxy_.CutAtText(text_, message_, cut_, CuttingProxy::Then::kRefuse);
    const absl::Status committed = engine.Commit(writes);
    if (message_ == 0) return committed;
    if (proxy_.has_cut()) {
      message_ = 0;
    } else {  // In a later one.
      message_ -= proxy_.messages();
      proxy_.CutAt(0, cut_);
    }
    return committed;
  }

  // The connection of every so many is lost; another can be had at once.
  void BeginRead() override {
    if (++reads_ % kReadsToALostOne != 0) return;
    proxy_.CutAt(1 + reads_ % kMessagesOfAChange,
                 reads_ % 2 == 0 ? CuttingProxy::Cut::kBefore : CuttingProxy::Cut::kAfter);
  }
  void EndRead() override { proxy_.CutAt(0, cut_); }

  // Two times of three at a COMMIT itself, where nobody knows what became of it; else anywhere. A
  // change is about the half of a small commit.
  void CutPowerAfter(uint64_t changes) override {
    const bool anywhere = changes % 3 == 2;
    text_ = anywhere ? "" : "commit";
    message_ = 1 + (anywhere ? changes * kMessagesOfAChange : changes / 3);
    cut_ = changes % 3 == 0 ? CuttingProxy::Cut::kBefore : CuttingProxy::Cut::kAfter;
  }
  void CutPowerNow() override { is_off_ = true; }
  void LeavePowerOn() override { message_ = 0; }
  bool is_off() const override { return is_off_ || proxy_.has_cut(); }
  void PowerOn(std::mt19937_64&) override {
    is_off_ = false;
    proxy_.CutAt(0, cut_);
  }

  void Copy(uint32_t generation) override { copies_[generation] = CopyOf(database_); }
  void PutBack(uint32_t generation) override { database_ = CopyOf(copies_.at(generation)); }

 private:
  static std::string NameIn(const std::string& conninfo) {
    return conninfo.substr(conninfo.rfind('=') + 1);
  }
  std::string Run(const std::string& sql) const { return postgres_.Run(any_, sql); }
  std::string CopyOf(const std::string& database) const {
    AwaitNobody();
    return postgres_.NewDatabase(NameIn(database));
  }
  void AwaitNobody() const {
    const std::string count = absl::StrCat(
        "select count(*) from pg_stat_activity where datname = '", NameIn(database_), "'");
    if (!ComesTrue([&] { return Run(count) == "0"; })) {
      std::fprintf(stderr, "somebody stays connected to %s\n", database_.c_str());
      std::abort();
    }
  }

  OwnPostgres& postgres_ = OwnPostgres::Shared();
  const std::string any_ = postgres_.NewDatabase();
  std::string database_ = postgres_.NewDatabase();
  CuttingProxy proxy_{postgres_.folder()};
  std::map<uint32_t, std::string> copies_;
  uint64_t reads_ = 0;
  std::string text_;
  uint64_t message_ = 0;  // Of commits to come, the one at which it breaks; 0: at none.
  CuttingProxy::Cut cut_ = CuttingProxy::Cut::kBefore;
  bool is_off_ = false;
};

}  // namespace

std::unique_ptr<SimulatedDisk> OnPostgres(const std::string&) {
  return std::make_unique<PostgresDisk>();
}

}  // namespace halfterm::testing
