// Summaries of a small school, read from rows in a real engine: the figures, who gets them, and how
// complete they say they are.

#include "storage/summary/summary_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "storage/summary/access.h"
#include "storage/summary/figures.h"
#include "tests/support/summed_school.h"

namespace halfterm::storage {
namespace {

using core::Id16;
using testing::At;
using testing::BytesOf;
using ::testing::ElementsAre;
using testing::IdNumber;
using ::testing::IsEmpty;
using testing::PlanOf;
using testing::SmallSchool;
using testing::SummedSchool;
using testing::Visit;
using testing::VisitWriter;

class SummaryReaderTest : public ::testing::Test {
 protected:
  const SmallSchool& people() const { return school_.people; }

  PlanOf Dept(const Id16& teacher, const Id16& department, int64_t start_ms) const {
    return {v1::VISIT_KIND_DEPT, teacher,  department, people().hana,
            {people().hana},     start_ms, 50,         people().rubric_a};
  }

  // A shared visit whose sheet gives element 1 and, unless 0, element 2 these levels.
  Visit& Shared(const PlanOf& plan, uint32_t first, uint32_t second = 0) {
    Visit& visit = visits_.emplace_back(IdNumber(static_cast<uint8_t>(150 + visits_.size())));
    for (const Id16& observer : plan.observers) {
      VisitWriter writer(observer, 10 * visits_.size() + observer.bytes[15]);
      if (observer == plan.observers.front()) writer.WritePlan(visit, plan);
      writer.Rate(visit, 1, first);
      if (second != 0) writer.Rate(visit, 2, second);
      visit.Submit(observer);
    }
    visit.Share();
    school_.Put(visit);
    return visit;
  }

  absl::StatusOr<v1::TeacherReply> Teacher(const Id16& caller, const Id16& teacher,
                                           uint32_t half_term = SmallSchool::kAutumn1) {
    school_.Commit();
    request_.set_teacher(BytesOf(teacher));
    request_.set_h2(half_term);
    return school_.reader().Teacher(school_.As(caller), request_);
  }
  absl::StatusOr<v1::DepartmentReply> Department(const Id16& caller, const Id16& department) {
    school_.Commit();
    v1::DepartmentRequest request;
    request.set_department(BytesOf(department));
    request.set_h2(SmallSchool::kAutumn1);
    request.set_with_teachers(true);
    return school_.reader().Department(school_.As(caller), request);
  }
  absl::StatusOr<v1::SchoolReply> School(const Id16& caller, const Id16& org) {
    school_.Commit();
    v1::SchoolRequest request;
    request.set_school(BytesOf(org));
    request.set_h2(SmallSchool::kAutumn1);
    request.set_with_departments(true);
    return school_.reader().School(school_.As(caller), request);
  }

  SummedSchool school_;
  std::deque<Visit> visits_;
  v1::TeacherRequest request_;
};

TEST_F(SummaryReaderTest, ATeachersPageAddsUpItsLessonsAndNamesTheLast) {
  Shared(Dept(people().tia, people().maths, At(2026, 9, 14)), 2, 4);
  const Visit& latest = Shared(Dept(people().tia, people().maths, At(2026, 10, 12)), 3);
  Shared(Dept(people().tia, people().maths, At(2026, 9, 21)), 3, 1);
  Shared(Dept(people().tia, people().maths, At(2026, 11, 9)), 4);
  Shared(Dept(people().tom, people().maths, At(2026, 9, 15)), 1);

  const auto page = Teacher(people().hana, people().tia);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->teacher(), BytesOf(people().tia));
  EXPECT_EQ(page->display_name(), "Tia Green");
  EXPECT_EQ(page->h2(), SmallSchool::kAutumn1);
  EXPECT_EQ(page->visits(), 3u);
  EXPECT_EQ(page->observers(), 1u);
  EXPECT_FALSE(page->as_shared());
  ASSERT_EQ(page->elements_size(), 2);
  const v1::ElementFigures& first = page->elements(0);
  EXPECT_EQ(first.element(), 1u);
  EXPECT_EQ(first.n(), 3u);
  EXPECT_EQ(first.sum(), 8u);
  EXPECT_THAT(first.hist(), ElementsAre(0, 1, 2, 0));
  EXPECT_EQ(first.lower_median(), 3u);
  EXPECT_EQ(first.mean_millionths(), 2'666'667);
  EXPECT_EQ(first.last_level(), 3u);
  EXPECT_EQ(first.last_lesson_ms(), At(2026, 10, 12));
  EXPECT_EQ(first.last_visit(), BytesOf(latest.record));
  EXPECT_EQ(page->elements(1).last_lesson_ms(), At(2026, 9, 21)) << "the latest one with a level";
  EXPECT_EQ(page->elements(1).last_level(), 1u);
  EXPECT_THAT(page->lessons(), IsEmpty()) << "nobody asked for them";
}

TEST_F(SummaryReaderTest, TheHalfTermOfTodayIsTheDefault) {
  Shared(Dept(people().tia, people().maths, At(2026, 9, 14)), 2);
  const auto page = Teacher(people().hana, people().tia, 0);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->h2(), SmallSchool::kAutumn1);
  EXPECT_EQ(page->visits(), 1u);
}

TEST_F(SummaryReaderTest, WhichLessonsTellsWhatEachSays) {
  Shared(Dept(people().tia, people().maths, At(2026, 9, 14)), 2, 4);
  Visit& waiting = Shared(Dept(people().tia, people().maths, At(2026, 9, 21)), 2, 4);
  VisitWriter hana(people().hana, 1001), again(people().hana, 1002), tia(people().tia, 1003);
  hana.Pull(waiting);
  again.Pull(waiting);
  hana.Rate(waiting, 1, 3);
  again.Rate(waiting, 1, 1);
  tia.Ask(waiting, IdNumber(230), 2);
  school_.Put(waiting);

  request_.set_with_lessons(true);
  const auto page = Teacher(people().hana, people().tia);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->lessons_size(), 2);
  const v1::Lesson& first = page->lessons(0);
  EXPECT_EQ(first.visit(), BytesOf(waiting.record)) << "the latest comes first";
  EXPECT_EQ(first.kind(), v1::VISIT_KIND_DEPT);
  EXPECT_EQ(first.h2(), SmallSchool::kAutumn1);
  EXPECT_EQ(first.lesson_start_ms(), At(2026, 9, 21));
  EXPECT_THAT(first.levels(), IsEmpty());
  EXPECT_THAT(first.unresolved(), ElementsAre(1));
  EXPECT_THAT(first.queried(), ElementsAre(2));
  ASSERT_EQ(page->lessons(1).levels_size(), 2);
  EXPECT_EQ(page->lessons(1).levels(1).element(), 2u);
  EXPECT_EQ(page->lessons(1).levels(1).level(), 4u);
  EXPECT_EQ(page->elements(0).n(), 1u);
  EXPECT_EQ(page->elements(0).unresolved(), 1u);
}

TEST_F(SummaryReaderTest, AtMostFiftyLessonsAreListedAndAllAreCounted) {
  for (int i = 0; i < 53; ++i) {
    Shared(Dept(people().tia, people().maths, At(2026, 9, 14, 8, i)), 2);
  }
  request_.set_with_lessons(true);
  const auto page = Teacher(people().hana, people().tia);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->lessons_size(), 50);
  EXPECT_EQ(page->visits(), 53u);
  EXPECT_EQ(page->lessons(0).lesson_start_ms(), At(2026, 9, 14, 8, 52));
}

TEST_F(SummaryReaderTest, FiguresOfTwoRubricVersionsNeverMix) {
  Shared(Dept(people().tia, people().maths, At(2026, 9, 14)), 2);
  PlanOf plan = Dept(people().tia, people().maths, At(2026, 10, 1));
  plan.rubric = people().rubric_b;
  Shared(plan, 5);
  auto page = Teacher(people().hana, people().tia);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->watermark().rubric_version(), BytesOf(people().rubric_b)) << "of the latest";
  EXPECT_THAT(page->elements(0).hist(), ElementsAre(0, 0, 0, 0, 1));
  EXPECT_THAT(page->other_rubric_versions(), ElementsAre(BytesOf(people().rubric_a)));
  EXPECT_EQ(page->visits(), 1u);

  request_.set_rubric_version(BytesOf(people().rubric_a));
  page = Teacher(people().hana, people().tia);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_THAT(page->elements(0).hist(), ElementsAre(0, 1, 0, 0));
}

TEST_F(SummaryReaderTest, TheOwnPageShowsWhatWasSharedAndNothingLater) {
  Visit& visit = Shared(Dept(people().tia, people().maths, At(2026, 9, 14)), 2, 3);
  v1::SharedVersion version;
  version.set_round(1);
  version.set_rubric_version(BytesOf(people().rubric_a));
  for (const uint32_t element : {1u, 2u}) {
    version.add_ratings()->set_element(element);
    version.mutable_ratings()->rbegin()->set_level(element + 1);
  }
  VisitWriter server(Id16{}, 900), hana(people().hana, 901);
  server.WriteVersion(visit, version);
  hana.Pull(visit);
  hana.Rate(visit, 2, 1);
  school_.Put(visit);

  request_.set_with_lessons(true);
  const auto own = Teacher(people().tia, people().tia);
  ASSERT_TRUE(own.ok()) << own.status();
  EXPECT_TRUE(own->as_shared());
  ASSERT_EQ(own->elements_size(), 2);
  EXPECT_EQ(own->elements(1).sum(), 3u);
  EXPECT_EQ(own->elements(1).last_level(), 3u);
  EXPECT_EQ(own->visits(), 1u);
  EXPECT_EQ(own->observers(), 1u);
  ASSERT_EQ(own->lessons_size(), 1);
  EXPECT_EQ(own->lessons(0).levels(1).level(), 3u);
  EXPECT_FALSE(own->lessons(0).changed_since_shared()) << "that there is more was not shared";

  const auto led = Teacher(people().hana, people().tia);
  ASSERT_TRUE(led.ok()) << led.status();
  EXPECT_EQ(led->elements(1).sum(), 1u);
  EXPECT_TRUE(led->lessons(0).changed_since_shared());
}

TEST_F(SummaryReaderTest, ATrendLooksAtFourHalfTermsAndSaysNotEnoughYet) {
  const auto visit = [this](int64_t start_ms, uint32_t level, const Id16& observer) {
    PlanOf plan = Dept(people().tia, people().maths, start_ms);
    plan.observers = {observer};
    plan.lead = observer;
    Shared(plan, level);
  };
  visit(At(2026, 9, 14), 1, people().hana);
  visit(At(2026, 11, 9), 2, people().hana);
  visit(At(2027, 1, 11), 3, people().hana);
  visit(At(2027, 2, 23), 3, people().hana);
  auto page = Teacher(people().hana, people().tia, SmallSchool::kSpring2);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->elements(0).trend().state(), v1::TREND_STATE_NOT_ENOUGH_YET);
  EXPECT_EQ(page->elements(0).trend().n_now(), 2u);
  EXPECT_EQ(page->elements(0).trend().n_before(), 2u);
  EXPECT_EQ(page->elements(0).trend().observers(), 1u);

  visit(At(2027, 2, 24), 3, people().sara);
  page = Teacher(people().hana, people().tia, SmallSchool::kSpring2);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->elements(0).trend().state(), v1::TREND_STATE_RISING);
  EXPECT_EQ(page->elements(0).trend().difference_millionths(), 1'500'000);
}

TEST_F(SummaryReaderTest, ADepartmentIsTheMeanOfItsTeachersMeans) {
  for (const int day : {14, 15, 16}) {
    Shared(Dept(people().tia, people().maths, At(2026, 9, day)), day == 16 ? 2 : 1);
  }
  Shared(Dept(people().tom, people().maths, At(2026, 9, 17)), 4);
  Shared(Dept(people().ann, people().art, At(2026, 9, 17)), 3);
  const auto page = Department(people().hana, people().maths);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->name(), "Mathematics");
  EXPECT_EQ(page->visits(), 4u);
  ASSERT_EQ(page->elements_size(), 1);
  EXPECT_EQ(page->elements(0).teachers(), 2u);
  EXPECT_EQ(page->elements(0).n(), 4u);
  EXPECT_EQ(page->elements(0).mean_of_means_millionths(), 2'666'667);
  EXPECT_THAT(page->elements(0).median_hist(), ElementsAre(1, 0, 0, 1));
  ASSERT_EQ(page->teachers_size(), 2);
  EXPECT_EQ(page->teachers(0).display_name(), "Tia Green") << "by name, not by level";
  EXPECT_EQ(page->teachers(1).display_name(), "Tom Baker");
  EXPECT_EQ(page->teachers(0).elements(0).mean_millionths(), 1'333'333);
}

TEST_F(SummaryReaderTest, ASchoolIsItsTeachersAndNotTheMeanOfItsDepartments) {
  Shared(Dept(people().tia, people().maths, At(2026, 9, 14)), 1);
  Shared(Dept(people().tia, people().art, At(2026, 9, 15)), 2);
  Shared(Dept(people().tom, people().maths, At(2026, 9, 16)), 4);
  Shared(Dept(people().ann, people().art, At(2026, 9, 17)), 4);
  const auto page = School(people().sara, people().site);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->elements_size(), 1);
  EXPECT_EQ(page->elements(0).teachers(), 3u) << "Tia once, with the lessons of both departments";
  EXPECT_EQ(page->elements(0).n(), 4u);
  EXPECT_EQ(page->elements(0).mean_of_means_millionths(), (1'500'000 + 4'000'000 * 2 + 1) / 3);
  ASSERT_EQ(page->departments_size(), 2);
  EXPECT_EQ(page->departments(0).name(), "Art");
  EXPECT_EQ(page->departments(0).elements(0).mean_of_means_millionths(), 3'000'000);
}

TEST_F(SummaryReaderTest, WhoReadsWhosePage) {
  Shared(Dept(people().tia, people().maths, At(2026, 9, 14)), 1);
  Shared(Dept(people().hana, people().maths, At(2026, 9, 14)), 1);
  Shared(Dept(people().sara, people().maths, At(2026, 9, 14)), 1);
  const Id16 nobody = IdNumber(99);
  const struct {
    const char* what;
    Id16 caller, teacher;
    bool reads;
  } cases[] = {
      {"a teacher their own", people().tia, people().tia, true},
      {"a teacher a colleague's", people().tom, people().tia, false},
      {"a head of department their teacher's", people().hana, people().tia, true},
      {"a head of another department", people().hugo, people().tia, false},
      {"a senior leader", people().sara, people().tia, true},
      {"the head", people().hedy, people().tia, true},
      {"a governor", people().gus, people().tia, false},
      {"a governor their own", people().gus, people().gus, false},
      {"a head of department their own", people().hana, people().hana, true},
      {"a senior leader a head of department's", people().sara, people().hana, true},
      {"a head of department a senior leader's", people().hana, people().sara, false},
      {"the head a senior leader's", people().hedy, people().sara, true},
      {"a senior leader the head's", people().sara, people().hedy, false},
      {"somebody unknown", nobody, people().tia, false},
      {"anybody somebody unknown", people().hedy, nobody, false},
  };
  const std::string words(NotThereOrNotYours().message());
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    const auto page = Teacher(c.caller, c.teacher);
    EXPECT_EQ(page.ok(), c.reads) << page.status();
    if (c.reads || page.ok()) continue;
    EXPECT_EQ(page.status().code(), absl::StatusCode::kNotFound);
    EXPECT_EQ(page.status().message(), words);
    const auto wrong_half_term = Teacher(c.caller, c.teacher, 999);
    EXPECT_EQ(wrong_half_term.status(), page.status()) << "not even that there is one";
  }
  EXPECT_EQ(Teacher(people().hana, people().hana)->as_shared(), true);
}

TEST_F(SummaryReaderTest, AHeadOfDepartmentReadsOnlyTheLessonsGivenThere) {
  Shared(Dept(people().tia, people().maths, At(2026, 9, 14)), 1);
  PlanOf art = Dept(people().tia, people().art, At(2026, 9, 21));
  art.observers = {people().hugo};
  art.lead = people().hugo;
  Shared(art, 4);
  request_.set_with_lessons(true);

  const auto maths = Teacher(people().hana, people().tia);
  ASSERT_TRUE(maths.ok()) << maths.status();
  EXPECT_EQ(maths->elements(0).sum(), 1u);
  EXPECT_EQ(maths->elements(0).last_level(), 1u);
  EXPECT_EQ(maths->lessons_size(), 1);
  EXPECT_EQ(maths->observers(), 1u);

  const auto by_art = Teacher(people().hugo, people().tia);
  ASSERT_TRUE(by_art.ok()) << "she taught there, though she is not of that department";
  EXPECT_EQ(by_art->elements(0).sum(), 4u);

  const auto both = Teacher(people().sara, people().tia);
  ASSERT_TRUE(both.ok()) << both.status();
  EXPECT_EQ(both->elements(0).sum(), 5u);
  EXPECT_EQ(both->elements(0).last_level(), 4u);
  EXPECT_EQ(both->lessons_size(), 2);
  EXPECT_EQ(both->observers(), 2u);
}

TEST_F(SummaryReaderTest, WhoReadsADepartmentAndASchool) {
  Shared(Dept(people().tia, people().maths, At(2026, 9, 14)), 1);
  const struct {
    const char* what;
    Id16 caller;
    bool maths, school;
  } cases[] = {
      {"its head", people().hana, true, false},  {"another head", people().hugo, false, false},
      {"a teacher", people().tia, false, false}, {"a senior leader", people().sara, true, true},
      {"the head", people().hedy, true, true},   {"a governor", people().gus, false, false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    EXPECT_EQ(Department(c.caller, people().maths).ok(), c.maths);
    EXPECT_EQ(School(c.caller, people().site).ok(), c.school);
    EXPECT_FALSE(Department(c.caller, people().site).ok()) << "a site is no department";
    EXPECT_FALSE(School(c.caller, people().maths).ok()) << "a department is no school";
    EXPECT_FALSE(Department(c.caller, IdNumber(99)).ok());
  }
}

TEST_F(SummaryReaderTest, ADepartmentsListLeavesOutThoseWhomTheCallerMayNotReadAbout) {
  for (const Id16& teacher : {people().tia, people().hana, people().sara}) {
    Shared(Dept(teacher, people().maths, At(2026, 9, 14)), 2);
  }
  const auto names = [](const absl::StatusOr<v1::DepartmentReply>& page) {
    std::vector<std::string> listed;
    for (const v1::TeacherRow& row : page->teachers()) listed.push_back(row.display_name());
    return listed;
  };
  EXPECT_THAT(names(Department(people().hana, people().maths)), ElementsAre("Tia Green"));
  EXPECT_THAT(names(Department(people().sara, people().maths)),
              ElementsAre("Hana Owen", "Tia Green"));
  EXPECT_THAT(names(Department(people().hedy, people().maths)),
              ElementsAre("Hana Owen", "Sara Khan", "Tia Green"));
}

// Else a head of department would take the rows from the total, and have the senior leader's
// levels, and their own before they were shared.
TEST_F(SummaryReaderTest, TotalsAreSumsOfTheRowsThatAreShown) {
  Shared(Dept(people().tia, people().maths, At(2026, 9, 14)), 2);
  Shared(Dept(people().hana, people().maths, At(2026, 9, 15)), 4);
  Shared(Dept(people().sara, people().maths, At(2026, 9, 16)), 1);
  Shared(Dept(people().ann, people().art, At(2026, 9, 17)), 3);
  const struct {
    const char* who;
    Id16 caller;
    uint64_t in_department, in_school;
  } cases[] = {{"the head of department, who teaches there", people().hana, 1, 0},
               {"a senior leader, who teaches there", people().sara, 2, 3},
               {"the head", people().hedy, 3, 4}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.who);
    const auto page = Department(c.caller, people().maths);
    ASSERT_TRUE(page.ok()) << page.status();
    uint64_t n = 0;
    int64_t sum_of_means = 0;
    for (const v1::TeacherRow& row : page->teachers()) {
      n += row.elements(0).n();
      sum_of_means += row.elements(0).mean_millionths();
    }
    const auto rows = static_cast<uint64_t>(page->teachers_size());
    EXPECT_EQ(rows, c.in_department);
    EXPECT_EQ(page->visits(), c.in_department);
    EXPECT_EQ(page->elements(0).teachers(), rows);
    EXPECT_EQ(page->elements(0).n(), n);
    EXPECT_EQ(page->elements(0).mean_of_means_millionths(),
              MeanOfMeansMillionths(sum_of_means, rows));
    const auto school = School(c.caller, people().site);
    EXPECT_EQ(school.ok(), c.in_school > 0);
    if (!school.ok()) continue;
    uint64_t teachers = 0;
    for (const v1::DepartmentRow& row : school->departments()) {
      teachers += row.elements(0).teachers();
    }
    EXPECT_EQ(teachers, c.in_school);
    EXPECT_EQ(school->elements(0).teachers(), c.in_school);
  }
}

TEST_F(SummaryReaderTest, GroupPagesSayHowManyDifferentPeopleObserved) {
  PlanOf team = Dept(people().tia, people().maths, At(2026, 9, 14));
  team.kind = v1::VISIT_KIND_TEAM;
  team.observers = {people().hana, people().hugo, people().sara};
  Shared(team, 2);
  Shared(Dept(people().tia, people().maths, At(2026, 9, 15)), 3);
  Shared(Dept(people().tom, people().maths, At(2026, 9, 16)), 3);
  PlanOf art = Dept(people().ann, people().art, At(2026, 9, 17));
  art.lead = people().hugo;
  art.observers = {people().hugo};
  Shared(art, 3);
  PlanOf unseen = Dept(people().sara, people().maths, At(2026, 9, 18));
  unseen.lead = people().hedy;
  unseen.observers = {people().hedy};
  Shared(unseen, 3);
  const auto maths = Department(people().hana, people().maths);
  ASSERT_TRUE(maths.ok()) << maths.status();
  EXPECT_EQ(maths->observers(), 3u) << "not the one of a teacher who is not shown";
  ASSERT_EQ(maths->teachers_size(), 2);
  EXPECT_EQ(maths->teachers(0).observers(), 3u);
  EXPECT_EQ(maths->teachers(1).observers(), 1u);
  const auto school = School(people().hedy, people().site);
  ASSERT_TRUE(school.ok()) << school.status();
  EXPECT_EQ(school->observers(), 4u);
  ASSERT_EQ(school->departments_size(), 2);
  EXPECT_EQ(school->departments(0).observers(), 1u) << "Art";
  EXPECT_EQ(school->departments(1).observers(), 4u);
}

TEST_F(SummaryReaderTest, AnEndedGrantReadsNothing) {
  Shared(Dept(people().tia, people().maths, At(2026, 9, 14)), 2);
  for (v1::RoleGrant& grant : school_.people.content.grants) {
    if (grant.person() == people().hana.view()) grant.set_state(v1::GRANT_STATE_ENDED);
  }
  school_.PutDirectory();
  EXPECT_FALSE(Department(people().hana, people().maths).ok());
  EXPECT_FALSE(Teacher(people().hana, people().tia).ok());
}

TEST_F(SummaryReaderTest, ConfidentialVisitsLeaveNoTraceOnAnyPage) {
  PlanOf plan = Dept(people().tia, people().maths, At(2026, 9, 14));
  for (const v1::VisitKind kind : {v1::VISIT_KIND_COACH, v1::VISIT_KIND_PEER}) {
    plan.kind = kind;
    Shared(plan, 1);
  }
  request_.set_with_lessons(true);
  for (const Id16& caller : {people().hana, people().sara, people().tia}) {
    const auto page = Teacher(caller, people().tia);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_EQ(page->visits(), 0u);
    EXPECT_EQ(page->observers(), 0u);
    EXPECT_THAT(page->elements(), IsEmpty());
    EXPECT_THAT(page->lessons(), IsEmpty());
  }
}

TEST_F(SummaryReaderTest, TheWatermarkSaysAsOfWhenAndWhichTabletsAreAway) {
  disk::HeadRow head;
  head.set_seq(77);
  head.set_recomputing_since_ms(5);
  school_.PutRow(Family::kMeta, HeadKey(school_.tenant()), head.SerializeAsString());
  const int64_t now = school_.clock.NowMs(), day = 24 * 3'600'000;
  const int64_t seen[] = {now, now - 7 * day, now - 7 * day - 1, now - 20 * day, 0};
  for (uint8_t i = 0; i < 5; ++i) {
    disk::DeviceRow tablet;
    tablet.set_seen_ms(seen[i]);
    school_.PutRow(Family::kState, DeviceKey(school_.tenant(), IdNumber(i)),
                   tablet.SerializeAsString());
  }
  const auto page = Department(people().hana, people().maths);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->watermark().as_of_seq(), 77u);
  EXPECT_EQ(page->watermark().as_of_ms(), now);
  EXPECT_EQ(page->watermark().recomputing_since_ms(), 5);
  EXPECT_EQ(page->watermark().tablets_not_seen(), 2u) << "a week and no more is not away";
  EXPECT_EQ(page->watermark().oldest_unsent_ms(), now - 20 * day);
  EXPECT_EQ(page->watermark().definition_id(), 3u);
}

TEST_F(SummaryReaderTest, WhatCameInLateIsCounted) {
  const Visit& before = Shared(Dept(people().tia, people().maths, At(2026, 9, 14)), 2);
  const Visit& late = Shared(Dept(people().tia, people().maths, At(2026, 9, 15)), 2);
  const Visit& fresh = Shared(Dept(people().tia, people().maths, At(2026, 9, 16)), 2);
  const Visit& toms = Shared(Dept(people().tom, people().maths, At(2026, 9, 16)), 2);
  const core::Scope maths = core::DepartmentScope(people().maths);
  school_.NoteChange(before, maths, 10, /*written_ms=*/1'000, /*received_ms=*/2'000);
  school_.NoteChange(late, maths, 11, /*written_ms=*/1'500, /*received_ms=*/3'000);
  school_.NoteChange(fresh, maths, 12, /*written_ms=*/3'500, /*received_ms=*/4'000);
  school_.NoteChange(toms, maths, 13, /*written_ms=*/1'500, /*received_ms=*/3'000);
  const auto late_since = [this](uint64_t view) {
    request_.set_last_view_seq(view);
    return Teacher(people().hana, people().tia)->watermark().late_since_last_view();
  };
  EXPECT_EQ(late_since(0), 0u) << "there was no last view";
  EXPECT_EQ(late_since(10), 1u) << "written before the view, in after it; and Tom's is not Tia's";
  EXPECT_EQ(late_since(11), 0u);

  request_.set_with_lessons(true);
  const auto page = Teacher(people().hana, people().tia);
  ASSERT_EQ(page->lessons_size(), 3);
  EXPECT_EQ(page->lessons(0).changed_seq(), 12u);
}

TEST_F(SummaryReaderTest, AMalformedRequestIsNamed) {
  school_.Commit();
  v1::TeacherRequest request;
  request.set_teacher("short");
  EXPECT_EQ(school_.reader().Teacher(school_.As(people().hana), request).status().code(),
            absl::StatusCode::kInvalidArgument);
  request.set_teacher(BytesOf(people().tia));
  request.set_rubric_version("short");
  EXPECT_EQ(school_.reader().Teacher(school_.As(people().hana), request).status().code(),
            absl::StatusCode::kInvalidArgument);
  for (const uint32_t half_term : {7u, 208u, 215u, 65536u + 209u}) {
    EXPECT_EQ(Teacher(people().hana, people().tia, half_term).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace halfterm::storage
