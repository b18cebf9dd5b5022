// A school's work arrives at the real server from a fleet of tablets, over a network that loses
// replies, repeats pushes and cuts meetings, in several orders. Whatever the order: every store
// holds what a fresh tablet is given, nothing that was written is lost, the server's own
// recomputation finds no difference, and content, phases and summaries are the same.
//
// HALFTERM_SEED chooses the visits and the faults. The common workload (10,000 records and 6,000
// edits) is replayed too where its generator is at hand: HALFTERM_COMMON_WORKLOAD names its folder,
// HALFTERM_ORDERS in how many orders (1).

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "storage/clock.h"
#include "tests/end_to_end/content_dump.h"
#include "tests/support/seed.h"
#include "tests/support/temporary_directory.h"
#include "tools/replay/check.h"
#include "tools/replay/fleet.h"
#include "tools/replay/server_process.h"
#include "tools/workload/generated_workload.h"

namespace halfterm::testing {
namespace {

using tools::CommonRecords;

struct Outcome {
  Lines content;
  Lines summaries;
};

// Replays `records` against a fresh server, and checks what one run can show. Nothing: it failed.
std::optional<Outcome> Replay(const CommonRecords& records, uint64_t seed,
                              std::optional<uint64_t> order) {
  const TemporaryDirectory folder;
  const absl::StatusOr<std::string> program = tools::FindServer();
  if (!program.ok()) {
    ADD_FAILURE() << program.status();
    return std::nullopt;
  }
  const absl::StatusOr<std::unique_ptr<tools::ServerProcess>> server =
      tools::ServerProcess::Start(*program, folder.Path("data"));
  if (!server.ok()) {
    ADD_FAILURE() << server.status();
    return std::nullopt;
  }
  const storage::SystemClock clock;
  tools::AdminCalls admin((*server)->admin_address());
  const tools::Workload workload = tools::MakeWorkload(records, "workload");
  tools::FleetOptions options;
  options.address = (*server)->address();
  options.directory = folder.path();
  options.seed = seed;
  options.rates = tools::kAllFaults;
  options.order_seed = order;
  tools::Fleet fleet(workload, options, admin, clock, {});
  for (const absl::Status& done : {fleet.Start(), fleet.Run()}) {
    EXPECT_TRUE(done.ok()) << done;
    if (!done.ok()) return std::nullopt;
  }
  const std::vector<core::Id16>& people = workload.people.front();
  const absl::StatusOr<std::unique_ptr<tools::Tablet>> fresh = fleet.FreshTablet("fresh", people);
  if (!fresh.ok()) {
    ADD_FAILURE() << fresh.status();
    return std::nullopt;
  }

  const absl::StatusOr<tools::StoreComparison> stores =
      tools::CompareStores(fleet.tablets(), **fresh);
  const absl::StatusOr<tools::Fate> groups = tools::CheckGroups(fleet.tablets(), **fresh);
  const absl::StatusOr<tools::Fate> edits = tools::CheckEdits(records.edits, **fresh);
  const absl::StatusOr<v1::VerifyReply> verified = admin.Verify("workload");
  absl::StatusOr<Lines> content = DumpContent(fleet.tablets(), **fresh);
  absl::StatusOr<Lines> summaries =
      DumpSummaries(records.school, "workload", (*server)->address(), admin);
  if (!stores.ok() || !groups.ok() || !edits.ok() || !verified.ok() || !content.ok() ||
      !summaries.ok()) {
    ADD_FAILURE() << stores.status() << groups.status() << edits.status() << verified.status()
                  << content.status() << summaries.status();
    return std::nullopt;
  }
  EXPECT_EQ(stores->different_stores, 0u) << stores->first_difference;
  EXPECT_EQ(stores->stores, workload.tablets * people.size());
  EXPECT_EQ(groups->lost, 0u);
  EXPECT_EQ(groups->aside, 0u);
  EXPECT_EQ(groups->unseen, 0u);
  EXPECT_EQ(edits->lost, 0u);
  EXPECT_EQ(edits->all, records.edits.size());
  EXPECT_GT(edits->siblings, 0u) << "no two tablets ever rated the same element";
  EXPECT_EQ(verified->difference_count(), 0u);
  const tools::FaultCounts faults = fleet.faults();
  EXPECT_GT(faults.lost_replies, 0u);
  EXPECT_GT(faults.repeated_pushes, 0u);
  EXPECT_GT(faults.restarts, 0u);
  std::printf(
      "order %llu: %llu groups, none lost; edits %llu, present %llu, beside another value %llu; "
      "%llu "
      "stores alike; %llu replies lost, %llu pushes twice, %llu meetings cut, %llu tablets "
      "switched "
      "off\n",
      static_cast<unsigned long long>(order.value_or(0)),
      static_cast<unsigned long long>(groups->all), static_cast<unsigned long long>(edits->all),
      static_cast<unsigned long long>(edits->present),
      static_cast<unsigned long long>(edits->siblings),
      static_cast<unsigned long long>(stores->stores),
      static_cast<unsigned long long>(faults.lost_replies),
      static_cast<unsigned long long>(faults.repeated_pushes),
      static_cast<unsigned long long>(faults.cuts),
      static_cast<unsigned long long>(faults.restarts));
  return Outcome{*std::move(content), *std::move(summaries)};
}

// In the order in which the tablets' threads happen to run, and then in orders from numbers.
void ExpectTheSameInEveryOrder(const CommonRecords& records, uint64_t seed, uint64_t orders) {
  std::optional<Outcome> first;
  for (uint64_t order = 0; order < orders; ++order) {
    SCOPED_TRACE("order " + std::to_string(order));
    std::optional<Outcome> outcome =
        Replay(records, seed + order, order == 0 ? std::nullopt : std::optional(seed + order));
    if (!outcome.has_value()) return;
    EXPECT_FALSE(outcome->content.empty());
    if (order == 0) {
      first = std::move(outcome);
      continue;
    }
    EXPECT_EQ(FirstDifference(first->content, outcome->content), "");
    EXPECT_EQ(FirstDifference(first->summaries, outcome->summaries), "");
  }
}

TEST(WorkloadTest, ASchoolsWorkIsTheSameInWhateverOrderItArrives) {
  const uint64_t seed = TestSeed();
  ExpectTheSameInEveryOrder(tools::Generate(seed, 500, /*tablets=*/6), seed, 3);
}

TEST(WorkloadTest, TheCommonWorkloadIsKeptWhole) {
  const char* const named = std::getenv("HALFTERM_COMMON_WORKLOAD");
  const std::filesystem::path generator =
      std::filesystem::path(named != nullptr ? named : HALFTERM_ROOT "/../shared/workload") /
      "gen.mjs";
  if (!std::filesystem::exists(generator)) {
    GTEST_SKIP() << "the common workload's generator is not here; HALFTERM_COMMON_WORKLOAD names "
                    "its folder";
  }
  const TemporaryDirectory files;
  const std::string command =
      "node '" + generator.string() + "' --out '" + files.path() + "' > /dev/null";
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
  tools::CommonReader reader;
  for (const char* name : {"records.ndjson", "edits.ndjson"}) {
    std::ifstream lines(files.Path(name));
    const absl::Status read = reader.Read(lines, name);
    ASSERT_TRUE(read.ok()) << read;
  }
  const CommonRecords records = reader.Take();
  EXPECT_EQ(records.visits.size(), 10'000u);
  EXPECT_EQ(records.edits.size(), 6'000u);
  const char* const orders = std::getenv("HALFTERM_ORDERS");
  ExpectTheSameInEveryOrder(records, TestSeed(),
                            orders == nullptr ? 1 : std::strtoull(orders, nullptr, 10));
}

}  // namespace
}  // namespace halfterm::testing
