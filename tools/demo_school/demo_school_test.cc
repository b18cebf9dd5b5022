// What the demonstration school promises, read from its files as the tools read them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "storage/import/import_check.h"
#include "sync/judge.h"
#include "tools/demo_school/people.h"
#include "tools/demo_school/roster_files.h"
#include "tools/demo_school/workload_lines.h"
#include "tools/replay/ids.h"
#include "tools/roster/roster.h"
#include "tools/workload/gesture_line.h"

namespace halfterm::tools {
namespace {

using nlohmann::json;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr uint64_t kSeed = 1;
constexpr int kTablets = 20;

const DemoSchool& School() {
  static const auto* const kSchool = new DemoSchool(kSeed);
  return *kSchool;
}

v1::ImportRequest RequestAt(Stage stage) {
  const auto roster = ReadRoster(DemoRoster(School(), stage), {}, {});
  EXPECT_TRUE(roster.ok()) << roster.status();
  for (const Fault& fault : roster->faults) ADD_FAILURE() << InWords(fault);
  return roster->request;
}

// The directory as it is when that roster is in force.
sync::Directory DirectoryAt(Stage stage) {
  const v1::ImportRequest request = RequestAt(stage);
  sync::Directory::Content content;
  content.people.assign(request.people().begin(), request.people().end());
  content.orgs.assign(request.orgs().begin(), request.orgs().end());
  content.grants.assign(request.grants().begin(), request.grants().end());
  content.policies.assign(request.policies().begin(), request.policies().end());
  content.rubrics.assign(request.rubrics().begin(), request.rubrics().end());
  content.templates.assign(request.templates().begin(), request.templates().end());
  for (v1::Person& person : content.people) person.set_state(v1::GRANT_STATE_LIVE);
  for (v1::RoleGrant& grant : content.grants) grant.set_state(v1::GRANT_STATE_LIVE);
  return sync::Directory(std::move(content));
}

core::Id16 IdIn(const json& line, const char* member) {
  return ParseUuid(line.at(member).get<std::string>()).value_or(core::Id16{});
}

// A visit, as its lines leave it.
struct Seen {
  json plan;
  std::set<core::Id16> observers, written, submitted;  // The latter two: sheets.
  bool is_praised = false, withdrawn = false, queried = false, acknowledged = false;
  int version = 0;

  std::string kind() const { return plan.at("kind"); }
  bool is_short() const { return kind() == "walk" || kind() == "informal"; }
};

class HalfTermTest : public ::testing::TestWithParam<int> {
 protected:
  HalfTermTest() {
    std::istringstream text(DemoWorkload(School(), GetParam(), kSeed));
    for (std::string line; std::getline(text, line);) lines_.push_back(json::parse(line));
    head_ = lines_.front();
    lines_.erase(lines_.begin());
    for (const json& line : lines_) {
      if (line.at("do") != "import") Take(line);
    }
  }

  static bool WritesSheet(const std::string& what) {
    static const std::set<std::string> kOfSheet = {"sheet",   "rate",   "note",     "tally",
                                                   "on_task", "praise", "next_step"};
    return kOfSheet.count(what) != 0;
  }

  void Take(const json& line) {
    const std::string what = line.at("do");
    Seen& visit = visits_[line.at("visit")];
    const core::Id16 person = IdIn(line, "person");
    if (what == "plan") {
      visit.plan = line;
      for (const json& observer : line.at("observers")) {
        visit.observers.insert(IdIn(observer, "person"));
      }
    }
    if (WritesSheet(what)) visit.written.insert(person);
    if (what == "submit") visit.submitted.insert(person);
    if (what == "feedback" && line.contains("strengths")) visit.is_praised = true;
    if (what == "acknowledge") visit.acknowledged = true;
    if (what == "query" && line.contains("text")) visit.queried = true;
    if (what == "withdraw") visit.withdrawn = true;
    if (what == "share") {
      visit.version = line.at("round");
      ExpectMayBeShared(visit, person);
    }
  }

  // As storage/commit/intents.cc asks.
  static void ExpectMayBeShared(const Seen& visit, const core::Id16& person) {
    EXPECT_EQ(person, IdIn(visit.plan, "lead")) << visit.plan;
    for (const core::Id16& observer : visit.observers) {
      EXPECT_EQ(visit.written.count(observer), 1u) << "no sheet: " << visit.plan;
    }
    if (visit.observers.size() > 1) {
      EXPECT_EQ(visit.submitted, visit.observers);
    }
    EXPECT_TRUE(visit.is_praised || visit.is_short()) << visit.plan;
  }

  // Which roster is in force in each phase, from the imports of the file.
  std::map<int, Stage> Stages() const {
    Stage stage = GetParam() == 1   ? Stage::kAutumn
                  : GetParam() == 2 ? Stage::kHalfWay
                                    : Stage::kHalfTerm3;
    std::map<int, Stage> stages;
    for (int phase = 1; phase <= 5; ++phase) {
      for (const json& line : lines_) {
        if (line.at("do") != "import" || line.at("phase") != phase) continue;
        for (const Stage to : {Stage::kAutumn, Stage::kHalfWay, Stage::kHalfTerm3}) {
          if (line.at("roster") == RosterFolder(to)) stage = to;
        }
      }
      stages[phase] = stage;
    }
    return stages;
  }

  json head_;
  std::vector<json> lines_;
  std::map<std::string, Seen> visits_;
};

INSTANTIATE_TEST_SUITE_P(Year, HalfTermTest, ::testing::Range(1, 7));

TEST_P(HalfTermTest, HasTheVisitsOfTheTable) {
  std::map<std::string, int> kinds, fates;
  std::set<std::string> observed;
  int shared = 0, acknowledged = 0, queried = 0, withdrawn = 0;
  for (const auto& [id, visit] : visits_) {
    ++kinds[visit.kind()];
    shared += visit.version > 0;
    acknowledged += visit.acknowledged;
    queried += visit.queried;
    withdrawn += visit.withdrawn;
    if (visit.kind() == "dept") observed.insert(visit.plan.at("teacher"));
    EXPECT_EQ(visit.observers.size(), visit.kind() == "team" ? 3u : 1u);
    if (!visit.is_short()) {
      ++fates[visit.version > 0                    ? "shared"
              : visit.submitted == visit.observers ? "submitted"
                                                   : "draft"];
    }
  }
  EXPECT_THAT(kinds, UnorderedElementsAre(Pair("dept", 118), Pair("walk", 640), Pair("team", 20),
                                          Pair("mentor", 24), Pair("coach", 120), Pair("peer", 80),
                                          Pair("ast", 24), Pair("informal", 140)));
  EXPECT_THAT(fates,
              UnorderedElementsAre(Pair("shared", 270), Pair("submitted", 77), Pair("draft", 39)));
  EXPECT_EQ(observed.size(), 118u);
  EXPECT_EQ(shared, 1050);
  EXPECT_EQ(acknowledged, 630);
  EXPECT_EQ(queried, 6);
  EXPECT_EQ(withdrawn, 2);
}

TEST_P(HalfTermTest, EditsOnTwoTabletsAreOneInTwelve) {
  std::map<std::pair<std::string, std::string>, std::set<int>> tablets;  // By visit and author.
  std::map<std::tuple<std::string, std::string, int>, std::map<int, int>> levels;
  for (const json& line : lines_) {
    if (line.at("phase") != 2 || !WritesSheet(line.at("do"))) continue;
    tablets[{line.at("visit"), line.at("person")}].insert(line.at("tablet").get<int>());
    if (line.at("do") == "rate") {
      levels[{line.at("visit"), line.at("person"), line.at("element")}]
            [line.at("tablet").get<int>()] = line.at("level");
    }
  }
  int edited = 0, disputed = 0;
  for (const auto& [sheet, where] : tablets) edited += where.size() > 1;
  for (const auto& [rating, given] : levels) {
    if (given.size() < 2) continue;
    disputed += given.begin()->second != given.rbegin()->second;
  }
  EXPECT_EQ(edited, 93);
  EXPECT_EQ(disputed, 47);
}

TEST_P(HalfTermTest, EveryLineIsAGestureAndInOrder) {
  std::map<std::pair<int, std::string>, std::string> latest;  // By tablet and person: its moment.
  int phase = 1;
  for (const json& line : lines_) {
    EXPECT_GE(line.at("phase"), phase);
    phase = line.at("phase");
    if (line.at("do") == "import") continue;
    JsonFields fields(line);
    ReadGesture(fields);
    EXPECT_EQ(fields.wrong(), "") << line;
    EXPECT_LT(line.at("tablet"), kTablets);
    std::string& before = latest[{line.at("tablet"), line.at("person")}];
    EXPECT_LE(before, line.at("at")) << line;
    before = line.at("at");
  }
  EXPECT_EQ(head_.at("workload"), 1);
  EXPECT_EQ(head_.at("half_term"), 208 + GetParam());
  EXPECT_EQ(head_.at("clock_offset_ms").size(), 3u);
}

TEST_P(HalfTermTest, ItsVisitsAreOnesThatTheirAuthorsMayCreate) {
  std::map<int, sync::Directory> directories;
  for (const auto& [phase, stage] : Stages()) directories.emplace(phase, DirectoryAt(stage));
  for (const auto& [id, visit] : visits_) {
    const sync::Directory& directory = directories.at(visit.plan.at("phase"));
    const core::Id16 author = IdIn(visit.plan, "person");
    const core::Id16 teacher = IdIn(visit.plan, "teacher");
    v1::VisitKind kind = v1::VISIT_KIND_UNSPECIFIED;
    ASSERT_TRUE(v1::VisitKind_Parse("VISIT_KIND_" + absl::AsciiStrToUpper(visit.kind()), &kind));
    EXPECT_EQ(sync::RightToCreate(author, static_cast<core::VisitKind>(kind), teacher,
                                  IdIn(visit.plan, "department"), 0, directory),
              sync::Right::kNow)
        << visit.plan;
    EXPECT_EQ(visit.observers.count(teacher), 0u) << "observes themself: " << visit.plan;
    EXPECT_EQ(visit.observers.count(author), 1u) << visit.plan;
    for (const core::Id16& observer : visit.observers) {
      EXPECT_NE(directory.Person(observer), nullptr) << visit.plan;
    }
    EXPECT_NE(directory.Template(IdIn(visit.plan, "template")), nullptr) << visit.plan;
    if (visit.plan.contains("rubric_version")) {
      EXPECT_NE(directory.Rubric(IdIn(visit.plan, "rubric_version")), nullptr) << visit.plan;
    }
  }
}

TEST_P(HalfTermTest, OneSeedGivesOneFile) {
  const DemoSchool again(kSeed), other(kSeed + 1);
  const std::string file = DemoWorkload(School(), GetParam(), kSeed);
  EXPECT_TRUE(DemoWorkload(again, GetParam(), kSeed) == file);
  EXPECT_FALSE(DemoWorkload(other, GetParam(), kSeed + 1) == file);
}

TEST(DemoRosterTest, TheServerWouldRefuseNoRow) {
  for (const Stage stage : {Stage::kAutumn, Stage::kHalfWay, Stage::kHalfTerm3}) {
    const sync::Directory nothing{sync::Directory::Content()};
    EXPECT_THAT(storage::CheckImportRows(RequestAt(stage), nothing), IsEmpty());
  }
}

TEST(DemoRosterTest, HasThePeopleOfTheTable) {
  const v1::ImportRequest request = RequestAt(Stage::kAutumn);
  std::map<v1::Role, std::set<std::string>> holders;
  for (const v1::RoleGrant& grant : request.grants()) holders[grant.role()].insert(grant.person());
  EXPECT_EQ(holders[v1::ROLE_HOD].size(), 12u);
  EXPECT_EQ(holders[v1::ROLE_HEAD].size(), 1u);
  EXPECT_EQ(holders[v1::ROLE_SLT].size(), 7u);
  EXPECT_EQ(holders[v1::ROLE_AST].size(), 4u);
  EXPECT_EQ(holders[v1::ROLE_COACH].size(), 8u);
  EXPECT_EQ(holders[v1::ROLE_MENTOR].size(), 6u);
  EXPECT_EQ(holders[v1::ROLE_PEER].size(), 20u);
  EXPECT_EQ(holders[v1::ROLE_GOVERNOR].size(), 2u);
  EXPECT_EQ(holders[v1::ROLE_ADMIN].size(), 1u);
  EXPECT_EQ(holders[v1::ROLE_DPO].size(), 1u);
}

}  // namespace
}  // namespace halfterm::tools
