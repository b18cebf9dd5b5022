// What the lines of a gesture file become: each kind of gesture once, in the words of
// docs/workload.md; and files that contradict themselves.

#include "tools/workload/gesture_file.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "sync/core/limits.h"
#include "sync/schema.h"
#include "sync/view.h"
#include "tests/support/temporary_directory.h"

namespace halfterm::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr char kHead[] =
    R"({"workload":1,"seed":1,"tenant":"demonstration","half_term":210,"zone":"Europe/London",)"
    R"("tablets":2,"phases":2,"clock_offset_ms":{"1":-432000000},"lost_reply_percent":5})";

// A line of `what` with further members.
std::string Line(int phase, int tablet, const std::string& what, const std::string& more) {
  return R"({"phase":)" + std::to_string(phase) + R"(,"tablet":)" + std::to_string(tablet) +
         R"(,"person":"11111111-1111-4111-8111-111111111111","at":"2026-09-14T09:05:00Z",)" +
         R"("visit":"22222222-2222-4222-8222-222222222222","do":")" + what + "\"" +
         (more.empty() ? "" : "," + more) + "}";
}

absl::StatusOr<Workload> Read(const std::string& text) {
  const testing::TemporaryDirectory folder;
  std::ofstream(folder.Path("w.ndjson")) << text;
  return ReadGestureFiles({folder.Path("w.ndjson")}, [](const std::string& roster) {
    v1::ImportRequest request;
    request.set_tenant_name(roster);
    return absl::StatusOr<v1::ImportRequest>(request);
  });
}

// The change or the intent of a single line, as text.
std::string Done(const std::string& what, const std::string& more) {
  const absl::StatusOr<Workload> workload = Read(kHead + ("\n" + Line(1, 0, what, more)));
  if (!workload.ok()) return std::string(workload.status().message());
  const Gesture& gesture = workload->phases[0].work[0].gestures[0];
  if (gesture.intent != nullptr) return gesture.intent->ShortDebugString();
  return gesture.change == nullptr ? "" : gesture.change->ShortDebugString();
}

constexpr char kKey[] = R"("key":"33333333-3333-4333-8333-333333333333")";

TEST(GestureFileTest, EachGestureWritesWhatItsLineSays) {
  const struct {
    const char* what;
    std::string more;
    const char* words;
  } cases[] = {
      {"plan", R"("kind":"walk","minutes":10)", "kind: VISIT_KIND_WALK minutes: 10"},
      {"plan",
       R"("observers":[{"person":"33333333-3333-4333-8333-333333333333",)"
       R"("strand":"teaching"}])",
       "strand: STRAND_TEACHING"},
      {"reschedule", R"("lesson_start":"2026-09-14T09:05:00Z")", "lesson_start_ms: 1789376700000"},
      {"sheet", R"("offer_help":true)", "offer_help: true"},
      {"rate", R"("element":4,"level":3)", "ratings { level: 3 element: 4 }"},
      {"note", std::string(kKey) + R"(,"text":"Calm.","private":true)",
       "text: \"Calm.\" is_private: true"},
      {"tally", std::string(kKey) + R"(,"code":"hands up")", "code: \"hands up\""},
      {"on_task", std::string(kKey) + R"(,"t_offset_s":60,"on_task":20,"total":24)",
       "snapshot { t_offset_s: 60 on_task: 20 total: 24 }"},
      {"praise", std::string(kKey) + R"(,"text":"Well led.")", "praise { text: \"Well led.\""},
      {"next_step", std::string(kKey) + R"(,"element":2)", "next_steps { element: 2"},
      {"feedback",
       std::string(R"("priority":"Pace","strengths":[{)") + kKey + R"(,"text":"Routines"}])",
       "strengths { text: \"Routines\""},
      {"steps",
       std::string(R"("steps":[{)") + kKey + R"(,"due_day":"2026-10-01","status":"tried"}])",
       "due_day: 20727 status: STEP_STATUS_TRIED"},
      {"consensus", R"("levels":{"4":3})", "ratings { level: 3 element: 4 }"},
      {"acknowledge", R"("version":1)", "acks { version: 1 }"},
      {"query", std::string(kKey) + R"(,"version":1,"element":2,"closed":true)",
       "queries { version: 1 element: 2 closed: true"},
      {"reflect", std::string(kKey) + R"(,"text":"I agree.")", "reflections { text: \"I agree.\""},
      {"answer", R"("query":"33333333-3333-4333-8333-333333333333","resolution":"explained")",
       "resolution: RESOLUTION_EXPLAINED"},
      {"comment", std::string(kKey) + R"(,"text":"Thank you.")", "comments { text: \"Thank you.\""},
      {"submit", "", "submit {"},
      {"excuse", R"("observer":"33333333-3333-4333-8333-333333333333")", "excuse { observer:"},
      {"share", R"("round":2,"seen":false)", "share { round: 2 }"},
      {"close", R"("round":2)", "close { round: 2 }"},
      {"withdraw", R"("reason":"The lesson did not take place.")",
       "withdraw { reason: \"The lesson"},
      {"join", R"("code":"ABCDEFGHIJ")", "join { code: \"ABCDEFGHIJ\""},
      {"grant_read", R"("reader":"33333333-3333-4333-8333-333333333333")", "grant_read { person:"},
      {"end_read", R"("reader":"33333333-3333-4333-8333-333333333333")", "end_read { person:"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    EXPECT_THAT(Done(c.what, c.more), HasSubstr(c.words));
  }
}

// Every change is one that the schema accepts: it becomes cells.
TEST(GestureFileTest, WhatALineWritesBecomesCells) {
  const std::string lines[] = {
      Line(1, 0, "rate", R"("element":4,"level":3)"),
      Line(1, 0, "note", std::string(kKey) + R"(,"text":"Calm.")"),
      Line(1, 0, "feedback", std::string(R"("strengths":[{)") + kKey + R"(,"text":"Routines"}])"),
  };
  for (const std::string& line : lines) {
    SCOPED_TRACE(line);
    const absl::StatusOr<Workload> workload = Read(std::string(kHead) + "\n" + line);
    ASSERT_TRUE(workload.ok()) << workload.status();
    const Gesture& gesture = workload->phases[0].work[0].gestures[0];
    const sync::Schema& schema = sync::Schema::OfThisBuild();
    const auto view = NewView(schema, gesture.facet.facet_class);
    ASSERT_TRUE(ChangeView(schema, gesture, *view).ok());
    const absl::StatusOr<core::Facet> delta =
        sync::WriteChanges(schema, gesture.facet.facet_class, {}, *view, {1, 1});
    ASSERT_TRUE(delta.ok()) << delta.status();
    EXPECT_FALSE(delta->cells.empty());
  }
}

TEST(GestureFileTest, PhasesTabletsAndClocksAreThoseOfTheFirstLine) {
  const absl::StatusOr<Workload> workload =
      Read(std::string(kHead) + "\n" + Line(1, 0, "submit", "") + "\n" +
           R"({"phase":2,"at":"2026-09-28T06:00:00Z","do":"import","roster":"../half-way"})" +
           "\n" + Line(2, 1, "submit", "") + "\n" + Line(2, 1, "close", R"("round":1)"));
  ASSERT_TRUE(workload.ok()) << workload.status();
  EXPECT_EQ(workload->tenant, "demonstration");
  EXPECT_EQ(workload->sealing, Sealing::kWhenSent);
  EXPECT_EQ(workload->lost_reply_percent, 5);
  EXPECT_EQ(workload->clock_offset_ms.at(1), -432'000'000);
  EXPECT_THAT(workload->periods, ::testing::ElementsAre(209, 210));
  ASSERT_THAT(workload->people, SizeIs(2));
  EXPECT_THAT(workload->people[1], SizeIs(1));
  ASSERT_THAT(workload->phases, SizeIs(2));
  EXPECT_FALSE(workload->phases[0].import.has_value());
  ASSERT_TRUE(workload->phases[1].import.has_value());
  EXPECT_TRUE(workload->phases[1].import->complete());
  EXPECT_THAT(workload->phases[1].import->tenant_name(), HasSubstr("half-way"));
  ASSERT_THAT(workload->phases[1].work, SizeIs(1));
  EXPECT_THAT(workload->phases[1].work[0].gestures, SizeIs(2));
}

TEST(GestureFileTest, ALineThatContradictsTheFileIsNamed) {
  const struct {
    const char* what;
    std::string line;
    const char* words;
  } cases[] = {
      {"an unknown gesture", Line(1, 0, "applaud", ""), ":2: `do`"},
      {"a phase too many", Line(3, 0, "submit", ""), ":2: `phase`"},
      {"a tablet too many", Line(1, 2, "submit", ""), ":2: a tablet"},
      {"an unknown kind", Line(1, 0, "plan", R"("kind":"party")"), ":2: `kind`"},
      {"a key that is none", Line(1, 0, "tally", R"("key":"x","code":"y")"), ":2: `key`"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    const absl::Status read = Read(std::string(kHead) + "\n" + c.line).status();
    EXPECT_EQ(read.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(read.message()), HasSubstr(c.words));
  }
}

}  // namespace
}  // namespace halfterm::tools
