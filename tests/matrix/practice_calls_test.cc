// The pages of the feedback loop against tests/matrix/calls.md: each is asked for by everybody, of
// an empty store, and answers whoever the matrix names and nobody else.

#include <gtest/gtest.h>

#include <cstdio>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "storage/practice/agreement_page.h"
#include "storage/practice/changes_page.h"
#include "storage/practice/cycle_page.h"
#include "storage/practice/heat_map.h"
#include "storage/practice/helping_page.h"
#include "storage/practice/load_page.h"
#include "storage/practice/management_page.h"
#include "storage/practice/pack_page.h"
#include "storage/practice/trends_page.h"
#include "tests/matrix/askers.h"
#include "tests/support/memory_engine.h"

namespace halfterm::testing {
namespace {

using core::Id16;
using storage::Question;

// A call about somebody or something, as its page's own code answers it.
struct Cell {
  const char* call;
  const char* about;
  std::function<absl::Status(const Question&, const Id16& about)> ask;
};

template <class Request, class Reply>
std::function<absl::Status(const Question&, const Id16&)> Asking(
    absl::StatusOr<Reply> (*page)(const Question&, const Request&),
    void (*set)(Request&, const std::string&)) {
  return [page, set](const Question& question, const Id16& about) {
    Request request;
    set(request, BytesOf(about));
    return page(question, request).status();
  };
}

std::vector<Cell> PracticeCells() {
  const auto load_of = Asking<v1::LoadRequest>(
      &storage::ReadLoadPage,
      [](v1::LoadRequest& request, const std::string& id) { request.set_person(id); });
  const auto load_in = Asking<v1::LoadRequest>(
      &storage::ReadLoadPage,
      [](v1::LoadRequest& request, const std::string& id) { request.set_org(id); });
  const auto trends_of = Asking<v1::TrendsRequest>(
      &storage::ReadTrendsPage,
      [](v1::TrendsRequest& request, const std::string& id) { request.set_teacher(id); });
  const auto trends_in = Asking<v1::TrendsRequest>(
      &storage::ReadTrendsPage,
      [](v1::TrendsRequest& request, const std::string& id) { request.set_department(id); });
  const auto trends_at = Asking<v1::TrendsRequest>(
      &storage::ReadTrendsPage,
      [](v1::TrendsRequest& request, const std::string& id) { request.set_school(id); });
  const auto changes_of = Asking<v1::ChangesRequest>(
      &storage::ReadChangesPage, [](v1::ChangesRequest& request, const std::string& id) {
        request.set_teacher(id);
        request.set_since_seq(1);
      });
  const auto changes_in = Asking<v1::ChangesRequest>(
      &storage::ReadChangesPage, [](v1::ChangesRequest& request, const std::string& id) {
        request.set_org(id);
        request.set_since_seq(1);
      });
  const auto heat_map = Asking<v1::HeatMapRequest>(
      &storage::ReadHeatMap,
      [](v1::HeatMapRequest& request, const std::string& id) { request.set_school(id); });
  const auto pack = Asking<v1::WeeklyPackRequest>(
      &storage::ReadPackPage,
      [](v1::WeeklyPackRequest& request, const std::string& id) { request.set_org(id); });
  const auto cycle = Asking<v1::CycleRequest>(
      &storage::ReadCyclePage,
      [](v1::CycleRequest& request, const std::string& id) { request.set_org(id); });
  const auto management = Asking<v1::ManagementRequest>(
      &storage::ReadManagementPage,
      [](v1::ManagementRequest& request, const std::string& id) { request.set_org(id); });
  const auto agreement = Asking<v1::AgreementRequest>(
      &storage::ReadAgreementPage,
      [](v1::AgreementRequest& request, const std::string& id) { request.set_school(id); });
  const auto own_agreement = Asking<v1::AgreementRequest>(
      &storage::ReadAgreementPage, [](v1::AgreementRequest&, const std::string&) {});
  const auto helping = Asking<v1::HelpingRequest>(&storage::ReadHelpingPage,
                                                  [](v1::HelpingRequest&, const std::string&) {});
  return {{"Practice.Load", "a teacher", load_of},
          {"Practice.Load", "a department", load_in},
          {"Practice.Load", "a school", load_in},
          {"Practice.Trends", "a teacher", trends_of},
          {"Practice.Trends", "a department", trends_in},
          {"Practice.Trends", "a school", trends_at},
          {"Practice.Changes", "a teacher", changes_of},
          {"Practice.Changes", "a department", changes_in},
          {"Practice.Changes", "a school", changes_in},
          {"Practice.HeatMap", "a school", heat_map},
          {"Practice.WeeklyPack", "a department", pack},
          {"Practice.WeeklyPack", "a school", pack},
          {"Practice.Cycle", "a department", cycle},
          {"Practice.Cycle", "a school", cycle},
          {"Practice.Management", "a department", management},
          {"Practice.Management", "a school", management},
          {"Practice.Agreement", "a school", agreement},
          {"Practice.Agreement", "-", own_agreement},
          {"Practice.Helping", "-", helping}};
}

TEST(PracticeCallsTest, S2EveryCallOfPracticeHasItsCells) {
  std::set<std::pair<std::string, std::string>> walked;
  for (const Cell& cell : PracticeCells()) walked.emplace(cell.call, cell.about);
  size_t named = 0;
  for (const std::vector<std::string>& row : Calls().rows()) {
    if (row[0].rfind("Practice.", 0) != 0) continue;
    ++named;
    EXPECT_EQ(walked.count({row[0], row[1]}), 1u) << row[0] << " about " << row[1];
  }
  EXPECT_EQ(named, walked.size());
}

TEST(PracticeCallsTest, S2WhoReadsPagesOfPracticeIsWhatTheMatrixSays) {
  MemoryDisk disk;
  const std::unique_ptr<storage::Engine> engine = OpenMemoryEngine(disk);
  const std::unique_ptr<storage::Snapshot> snapshot = engine->NewSnapshot();
  const std::vector<Cell> cells = PracticeCells();
  size_t walked = 0, answered = 0;
  for (const Asker& asker : AllAskers()) {
    MatrixSchool school;
    const sync::Directory directory = asker.InSchool(school);
    const storage::SummaryAccess access(directory, school.one);
    const Question question{*snapshot, storage::Tenant(1), directory,
                            access,    school.one,         At(2026, 9, 14)};
    for (const Cell& cell : cells) {
      SCOPED_TRACE(asker.Words() + ": " + cell.call + " about " + cell.about);
      const std::string about = cell.about;
      const Id16& id = about == "a teacher"      ? (asker.is_teacher ? school.one : school.teacher)
                       : about == "a department" ? school.maths
                                                 : school.site;
      const absl::Status status = cell.ask(question, id);
      EXPECT_TRUE(status.ok() || absl::IsNotFound(status)) << status;
      EXPECT_EQ(status.ok(), MayCall(cell.call, cell.about, asker)) << status;
      const absl::Status of_nobody = cell.ask(question, IdNumber(250));
      EXPECT_TRUE(about == "-" || absl::IsNotFound(of_nobody)) << of_nobody;
      EXPECT_TRUE(status.ok() || status == of_nobody) << "not there, or not yours";
      answered += status.ok();
      ++walked;
    }
  }
  std::printf("%zu cells of who reads pages of practice, %zu of them answered\n", walked, answered);
  EXPECT_GT(answered, 0u);
}

}  // namespace
}  // namespace halfterm::testing
