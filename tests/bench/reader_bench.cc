// What reading costs: a fresh tablet's pull and a verification, over a school that was written
// through the committer. A record is a visit with plan, sheet (nine ratings, eight notes),
// feedback, steps and one shared version: about what the common workload has.
//
//   reader_bench [RECORDS] [PULLS]      10,000 and 2 unless said; in TMPDIR, or /tmp.
//
// CPU is that of the reading thread. A reply is serialized too, as the service does.

#include <sys/resource.h>
#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "halfterm/v1/observation.pb.h"
#include "storage/pull/puller.h"
#include "storage/verify/verifier.h"
#include "sync/core/delta.h"
#include "tests/support/committed_school.h"
#include "tests/support/stored_directory.h"
#include "tests/support/visit_writer.h"

namespace halfterm::testing {
namespace {

using core::FacetId;
using core::Kind;
using core::Path;
using Values = std::vector<std::pair<Path, std::string>>;

double CpuSeconds() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

long PeakMiB() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return used.ru_maxrss / 1024;
}

// Words of `bytes` letters, so that blocks compress about as notes do.
std::string Text(std::mt19937_64& random, size_t bytes) {
  static const char* const kWords[] = {"pupils", "clear", "the", "questioning", "of", "pace",
                                       "every",  "check", "and", "modelled",    "in", "answers"};
  std::string text;
  while (text.size() < bytes) text += std::string(kWords[random() % 12]) + " ";
  return text;
}

void WriteVisit(CommittedSchool& school, PushingTablet& hana, std::mt19937_64& random) {
  const core::Id16 visit = school.NewId();
  const SmallSchool& people = school.people;
  const FacetId sheet{visit, core::kSheet, people.hana};
  hana.Write({visit, core::kPlan, {}}, {},
             {{Path::Field(2, Kind::kReg), Number(v1::VISIT_KIND_DEPT)},
              {Path::Field(3, Kind::kReg), BytesOf(random() % 2 == 0 ? people.tia : people.tom)},
              {Path::Field(4, Kind::kReg), BytesOf(people.maths)},
              {Path::Field(8, Kind::kReg), Signed(At(2026, 9, 14))},
              {Path::Field(9, Kind::kReg), Number(50)},
              {Path::Field(10, Kind::kReg), "10a/Ma2"},
              {Path::Field(16, Kind::kReg), BytesOf(people.rubric_a)}});
  Values page;
  for (uint16_t element = 1; element <= 9; ++element) {
    const core::Id16 key = core::NumberKey(element);
    page.emplace_back(Path::Entry(3, key, 0, Kind::kElem), "");
    page.emplace_back(Path::Entry(3, key, 1, Kind::kReg), Number(1 + random() % 4));
  }
  for (int note = 0; note < 8; ++note) {
    const core::Id16 key = school.NewId();
    page.emplace_back(Path::Entry(2, key, 0, Kind::kElem), "");
    page.emplace_back(Path::Entry(2, key, 1, Kind::kReg), Number(random() % 3000));
    page.emplace_back(Path::Entry(2, key, 2, Kind::kPara), Text(random, 120));
  }
  hana.Write(sheet, {}, page);
  const core::Id16 key = school.NewId(), step = school.NewId();
  hana.Write({visit, core::kFeedback, {}}, {},
             {{Path::Entry(1, key, 0, Kind::kElem), ""},
              {Path::Entry(1, key, 0, Kind::kPos), "m"},
              {Path::Entry(1, key, 1, Kind::kPara), Text(random, 300)},
              {Path::Field(2, Kind::kPara), Text(random, 200)}});
  hana.Write({visit, core::kSteps, {}}, {},
             {{Path::Entry(1, step, 0, Kind::kElem), ""},
              {Path::Entry(1, step, 1, Kind::kPara), Text(random, 100)}});
  v1::Intent share;
  share.mutable_share()->set_round(1);
  hana.Intend({visit, core::kPlan, {}}, share);
}

int Run(int records, int pulls) {
  CommittedSchool school;
  StoreDirectory(school);
  std::mt19937_64 random(20261121);
  {
    PushingTablet hana = school.Tablet(school.people.hana, 1);
    for (int record = 1; record <= records; ++record) {
      WriteVisit(school, hana, random);
      if (record % 40 != 0 && record != records) continue;
      const auto reply = hana.Push();
      if (!reply.ok()) return std::puts(reply.status().ToString().c_str()), 1;
    }
  }
  school.committer().Drain();

  storage::BatchContext& context = school.context();
  const storage::Puller puller(context.engine, context.directories, context.epochs, context.secrets,
                               school.clock);
  for (int pull = 1; pull <= pulls; ++pull) {
    v1::PullRequest request;
    size_t items = 0, facets = 0, bytes = 0, chunks = 0;
    double encoding = 0;
    const double before = CpuSeconds();
    for (bool more = true; more; ++chunks) {
      const auto reply = puller.Next({school.tenant(), {}, school.people.hana, {}}, request);
      if (!reply.ok()) return std::puts(reply.status().ToString().c_str()), 1;
      const double filled = CpuSeconds();
      bytes += reply->SerializeAsString().size();
      encoding += CpuSeconds() - filled;
      items += static_cast<size_t>(reply->items_size());
      for (const v1::Item& item : reply->items()) facets += static_cast<size_t>(item.held_size());
      request.set_cursor(reply->cursor());
      more = reply->more();
    }
    const double used = CpuSeconds() - before;
    const double each = 1e6 / static_cast<double>(items);
    std::printf(
        "pull %d: %zu records, %zu facets, %zu bytes, %zu chunks; %.1f us a record, %.1f "
        "encoding\n",
        pull, items, facets, bytes, chunks, used * each, encoding * each);
  }

  v1::VerifyReply last;
  const double before = CpuSeconds();
  const absl::Status verified = storage::Verify(
      context.engine, {},
      [&last](const v1::VerifyReply& reply) {
        last = reply;
        return true;
      },
      &context.secrets);
  const double used = CpuSeconds() - before;
  std::printf(
      "verify: %s; %llu records, %llu facets, %llu groups, %llu feed rows, %llu roll-ups, "
      "%llu differences; %.2f s, %.0f us a record; peak %ld MiB\n",
      verified.ToString().c_str(), static_cast<unsigned long long>(last.records()),
      static_cast<unsigned long long>(last.facets()),
      static_cast<unsigned long long>(last.groups()),
      static_cast<unsigned long long>(last.feed_rows()),
      static_cast<unsigned long long>(last.rollups()),
      static_cast<unsigned long long>(last.difference_count()), used,
      used * 1e6 / static_cast<double>(last.records()), PeakMiB());
  return last.difference_count() == 0 && verified.ok() ? 0 : 1;
}

}  // namespace
}  // namespace halfterm::testing

int main(int count, char** arguments) {
  return halfterm::testing::Run(count > 1 ? std::atoi(arguments[1]) : 10'000,
                                count > 2 ? std::atoi(arguments[2]) : 2);
}
