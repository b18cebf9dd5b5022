// What the lines of the common workload become, field by field; and lines that are none.

#include "tools/workload/common_workload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "tools/replay/ids.h"

namespace halfterm::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr char kRecord[] =
    R"({"tablet":3,"seq":0,"record":{"id":"11111111-1111-4111-8111-111111111111","schema":3,)"
    R"("school_id":"22222222-2222-4222-8222-222222222222","school":"Northgate Academy",)"
    R"("department_id":"33333333-3333-4333-8333-333333333333","department":"English",)"
    R"("teacher_id":"44444444-4444-4444-8444-444444444444","teacher":"Amira Baker",)"
    R"("subject":"English","year_group":9,"class_code":"9B2","date":"2026-09-14","period":4,)"
    R"("kind":"walk-round","observer_id":"55555555-5555-4555-8555-555555555555",)"
    R"("observer":"Tess Owen","pupils":24,"started_at":"2026-09-14T09:05:00.000Z",)"
    R"("ended_at":"2026-09-14T10:00:00.000Z","scale":4,"ratings":{"planning":1,)"
    R"("subject_knowledge":2,"pace":3,"questioning":4,"differentiation":1,"behaviour":2,)"
    R"("assessment":3,"engagement":4,"progress":1},"notes":[)"
    R"({"id":"66666666-6666-4666-8666-666666666666","at":"2026-09-14T09:08:00.000Z",)"
    R"("criterion":"pace","text":"The starter took eleven minutes."}],"strengths":[)"
    R"({"id":"77777777-7777-4777-8777-777777777777","text":"Calm routines"}],"actions":[)"
    R"({"id":"88888888-8888-4888-8888-888888888888","text":"Shorten the starter",)"
    R"("due":"2026-10-01","done":false}],"status":"shared",)"
    R"("updated_at":"2026-09-14T10:03:00.000Z"}})";

std::string EditOf(const std::string& op) {
  return R"({"record_id":"11111111-1111-4111-8111-111111111111","tablet":5,"side":"B","n":0,)"
         R"("at":"2026-11-02T08:00:00.437Z","op":)" +
         op + "}";
}

absl::StatusOr<CommonRecords> Read(const std::string& text) {
  std::istringstream lines(text);
  CommonReader reader;
  if (absl::Status read = reader.Read(lines, "a file"); !read.ok()) return read;
  return reader.Take();
}

TEST(CommonWorkloadTest, ARecordIsAVisitWithFourPages) {
  const absl::StatusOr<CommonRecords> records = Read(kRecord);
  ASSERT_TRUE(records.ok()) << records.status();
  ASSERT_THAT(records->visits, SizeIs(1));
  const Visit& visit = records->visits[0];
  EXPECT_EQ(visit.tablet, 3u);
  EXPECT_EQ(records->tablets, 4u);
  EXPECT_EQ(FormatUuid(visit.observer), "55555555-5555-4555-8555-555555555555");
  EXPECT_EQ(visit.level, v1::LEVEL_SHARED);

  EXPECT_EQ(visit.plan.kind(), v1::VISIT_KIND_WALK);
  EXPECT_EQ(visit.plan.minutes(), 55u);
  EXPECT_EQ(visit.plan.lesson_start_ms(), 1'789'376'700'000);
  EXPECT_EQ(visit.plan.observers_size(), 1);
  EXPECT_FALSE(visit.plan.has_lead()) << "whoever creates a plan leads it";
  EXPECT_EQ(visit.plan.rubric_version(), Bytes(RubricOf(4)));
  ASSERT_EQ(visit.sheet.ratings_size(), 9);
  EXPECT_EQ(visit.sheet.ratings(3).element(), 4u);
  EXPECT_EQ(visit.sheet.ratings(3).level(), 4u);
  ASSERT_EQ(visit.sheet.notes_size(), 1);
  EXPECT_EQ(visit.sheet.notes(0).t_offset_s(), 180u);
  EXPECT_EQ(visit.sheet.notes(0).element(), 3u);
  EXPECT_EQ(visit.feedback.strengths(0).text(), "Calm routines");
  EXPECT_EQ(visit.steps.steps(0).due_day(), 20'727);
  EXPECT_FALSE(visit.steps.steps(0).has_status());
}

TEST(CommonWorkloadTest, TheStatusOfARecordIsAnIntent) {
  const struct {
    const char* status;
    size_t gestures;
  } cases[] = {{"draft", 4}, {"submitted", 5}, {"shared", 5}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.status);
    std::string line = kRecord;
    line.replace(line.find("\"shared\""), 8, std::string("\"") + c.status + "\"");
    const absl::StatusOr<CommonRecords> records = Read(line);
    ASSERT_TRUE(records.ok()) << records.status();
    EXPECT_THAT(GesturesOf(records->visits[0]), SizeIs(c.gestures));
  }
  const absl::StatusOr<CommonRecords> shared = Read(kRecord);
  const Gesture last = GesturesOf(shared->visits[0]).back();
  ASSERT_NE(last.intent, nullptr);
  EXPECT_EQ(last.intent->share().round(), 1u);
  EXPECT_EQ(last.intent->share().seen_size(), 0) << "whatever the server holds";
}

TEST(CommonWorkloadTest, AnEditIsAGroupByTheSameObserverOnItsOwnTablet) {
  const absl::StatusOr<CommonRecords> records = Read(
      std::string(kRecord) + "\n" + EditOf(R"({"set":"rating","criterion":"pace","value":1})") +
      "\n" +
      EditOf(R"({"add":"note","note":{"id":"99999999-9999-4999-8999-999999999999",)"
             R"("at":"2026-11-02T08:01:00.437Z","criterion":"progress","text":"Seen again."}})") +
      "\n" + EditOf(R"({"set":"status","value":"closed"})"));
  ASSERT_TRUE(records.ok()) << records.status();
  ASSERT_THAT(records->edits, SizeIs(3));
  EXPECT_EQ(records->edits[0].tablet, 5u);
  EXPECT_EQ(records->edits[0].observer, records->visits[0].observer);
  EXPECT_EQ(records->edits[0].element, 3u);
  EXPECT_EQ(records->edits[0].level, 1u);
  EXPECT_EQ(records->edits[1].note.element(), 9u);
  EXPECT_FALSE(records->edits[1].note.has_t_offset_s()) << "it was written weeks later";
  const std::vector<Gesture> closing = GesturesOf(records->edits[2]);
  ASSERT_THAT(closing, SizeIs(2));
  EXPECT_TRUE(closing[0].intent->has_share());
  EXPECT_TRUE(closing[1].intent->has_close());

  const Workload workload = MakeWorkload(*records, "a-school");
  ASSERT_THAT(workload.phases, SizeIs(2));
  EXPECT_EQ(workload.phases[0].work[0].tablet, 3u);
  EXPECT_EQ(workload.phases[1].work[0].tablet, 5u);
  EXPECT_THAT(workload.people, SizeIs(6)) << "every observer is on every tablet";
}

TEST(CommonWorkloadTest, ALineThatIsNoneIsNamed) {
  const struct {
    const char* what;
    std::string text;
    const char* words;
  } cases[] = {
      {"no JSON", std::string(kRecord) + "\n{\"tablet\":", "a file:2: `tablet`"},
      {"an edit of no record", EditOf(R"({"set":"status","value":"closed"})"), "`record_id`"},
      {"an unknown criterion",
       std::string(kRecord) + "\n" + EditOf(R"({"set":"rating","criterion":"x","value":1})"),
       "a file:2: `criterion`"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    const absl::Status read = Read(c.text).status();
    EXPECT_EQ(read.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(read.message()), HasSubstr(c.words));
  }
}

TEST(CommonWorkloadTest, TheSchoolHasEverybodyWhomTheRecordsName) {
  const absl::StatusOr<CommonRecords> records = Read(kRecord);
  const v1::ImportRequest school = MakeSchool(records->school, "a-school");
  EXPECT_EQ(school.orgs_size(), 3) << "the organisation, a site, a department";
  EXPECT_EQ(school.people_size(), 4) << "two heads, a teacher, an observer";
  for (const v1::RoleGrant& grant : school.grants()) {
    if (grant.person() != Bytes(records->visits[0].observer)) continue;
    EXPECT_NE(grant.role(), v1::ROLE_HOD) << "an observer's store holds their own records alone";
    EXPECT_NE(grant.role(), v1::ROLE_HEAD);
  }
}

}  // namespace
}  // namespace halfterm::tools
