// Who read about whom is kept, in rows that nobody can change unnoticed; what that costs a reader.

#include <gtest/gtest.h>
#include <time.h>

#include <chrono>
#include <cstdio>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "halfterm/disk/audit.pb.h"
#include "storage/audit/audit_log.h"
#include "storage/audit/audit_reader.h"
#include "storage/audit/read_trail.h"
#include "storage/verify/audit_check.h"
#include "tests/support/await.h"
#include "tests/support/committed_school.h"
#include "tests/support/visit_writer.h"

namespace halfterm::testing {
namespace {

using core::Id16;
using core::Kind;
using core::Path;
using storage::Caller;

class AuditTest : public ::testing::Test {
 protected:
  CommittedSchool school;
  const SmallSchool& people = school.people;
  storage::ReadTrail trail{school.engine(), school.clock, school.committer()};
  storage::AuditReader reader{school.engine(), school.context().directories, school.clock};

  Caller As(const Id16& person) const { return {school.tenant(), {}, person, IdNumber(77)}; }

  // Hana observes Tia.
  Id16 Visit() {
    PushingTablet hana = school.Tablet(people.hana, ++device_);
    const Id16 visit = school.NewId();
    hana.Write({visit, core::kPlan, {}}, {},
               {{Path::Field(2, Kind::kReg), Number(v1::VISIT_KIND_DEPT)},
                {Path::Field(3, Kind::kReg), BytesOf(people.tia)},
                {Path::Field(4, Kind::kReg), BytesOf(people.maths)}});
    EXPECT_TRUE(hana.Push().ok());
    return visit;
  }
  static v1::PullReply Chunk(const std::vector<Id16>& visits, bool with_state = true) {
    v1::PullReply reply;
    for (const Id16& visit : visits) {
      v1::Item& item = *reply.add_items();
      item.set_record(BytesOf(visit));
      for (const core::FacetClass facet_class : {core::kPlan, core::kVersion}) {
        v1::Held& held = *item.add_held();
        held.set_facet(core::FacetId{visit, facet_class, {}}.Bytes());
        if (with_state) held.set_state("state");
      }
    }
    return reply;
  }
  void Write() {
    trail.Write();
    ASSERT_TRUE(behind_.Hello().ok());  // Behind it: when it is answered, all is written.
  }
  uint64_t Rows() { return school.Head().audit_n(); }
  v1::AboutMeReply AboutTia() {
    const auto reply = reader.AboutMe(As(people.tia), {});
    EXPECT_TRUE(reply.ok()) << reply.status();
    return *reply;
  }
  uint64_t Differences() {
    uint64_t count = 0;
    const std::function<bool(const v1::VerifyReply&)> progress = [&](const v1::VerifyReply& reply) {
      count = reply.difference_count();
      return true;
    };
    storage::Findings findings(progress);
    const absl::Status checked = storage::CheckAudit(*school.engine().NewSnapshot(),
                                                     school.tenant(), school.Head(), findings);
    EXPECT_TRUE(checked.ok()) << checked;
    findings.Finish();
    return count;
  }

 private:
  PushingTablet behind_ = school.Tablet(people.tom, 200);
  uint8_t device_ = 0;
};

TEST_F(AuditTest, ATeacherSeesWhoHasReadTheirFeedback) {
  const Id16 first = Visit(), second = Visit();
  const uint64_t before = Rows();
  ASSERT_TRUE(trail.Note(As(people.sara), Chunk({first, second})).ok());
  ASSERT_TRUE(trail.Note(As(people.tia), Chunk({first, second})).ok());
  ASSERT_TRUE(trail.Note(As(people.hana), Chunk({first, second})).ok());
  ASSERT_TRUE(trail.Note(As(people.hedy), Chunk({first}, /*with_state=*/false)).ok());
  Write();
  EXPECT_EQ(Rows(), before + 1) << "one reader, two visits; the teacher and the observer are none";
  const v1::AboutMeReply about = AboutTia();
  ASSERT_EQ(about.readings_size(), 1);
  EXPECT_EQ(about.readers(), 1u);
  EXPECT_EQ(about.readings(0).display_name(), "Sara Khan");
  EXPECT_EQ(about.readings(0).act(), v1::AUDIT_ACT_READ_FEEDBACK);
  EXPECT_EQ(about.readings(0).records_size(), 2);
  EXPECT_EQ(about.readings(0).at_ms(), school.clock.NowMs());
  EXPECT_TRUE(reader.AboutMe(As(people.tom), {})->readings().empty()) << "only about oneself";
}

TEST_F(AuditTest, AnAnswerWaitsForItsRowAndWhoeverHasNothingNewToNoteForNobody) {
  const Id16 visit = Visit();
  const uint64_t before = Rows();
  const auto kept = [this](const Caller& caller) {
    std::promise<std::pair<absl::Status, uint64_t>> done;
    trail.WhenKept(caller, [&](const absl::Status& status) { done.set_value({status, Rows()}); });
    return done.get_future().get();
  };
  ASSERT_TRUE(trail.Note(As(people.sara), Chunk({visit})).ok());
  EXPECT_FALSE(trail.IsKept(As(people.sara)));
  EXPECT_TRUE(trail.IsKept(As(people.hedy))) << "what others read keeps nobody waiting";
  const auto first = kept(As(people.sara));
  EXPECT_TRUE(first.first.ok()) << first.first;
  EXPECT_EQ(first.second, before + 1);
  EXPECT_TRUE(trail.IsKept(As(people.sara)));

  ASSERT_TRUE(trail.Note(As(people.sara), Chunk({visit})).ok());
  EXPECT_TRUE(trail.IsKept(As(people.sara))) << "the same of the same day";
  ASSERT_TRUE(trail.Note(As(people.hana), Chunk({visit})).ok());
  EXPECT_EQ(kept(As(people.hana)).second, before + 1) << "its observer is no reader";
}

TEST_F(AuditTest, AReadingThatWasUnderWayIsWaitedForTooAndOneThatIsNotKeptIsNotAnswered) {
  const Id16 first = Visit(), second = Visit(), third = Visit();
  const uint64_t before = Rows();
  ASSERT_TRUE(trail.Note(As(people.sara), Chunk({first})).ok());
  std::vector<std::promise<std::pair<absl::Status, uint64_t>>> done(3);
  const auto wait = [&](size_t i) {
    trail.WhenKept(As(people.sara), [this, &done, i](const absl::Status& status) {
      done[i].set_value({status, Rows()});
    });
  };
  wait(0);
  ASSERT_TRUE(trail.Note(As(people.sara), Chunk({second})).ok());
  wait(1);
  EXPECT_GE(done[0].get_future().get().second, before + 1);
  EXPECT_EQ(done[1].get_future().get().second, before + 2);

  school.committer().Drain();
  ASSERT_TRUE(trail.Note(As(people.sara), Chunk({third})).ok());
  wait(2);
  const absl::Status refused = done[2].get_future().get().first;
  EXPECT_TRUE(absl::IsUnavailable(refused)) << refused;
  EXPECT_FALSE(trail.IsKept(As(people.sara))) << "it is still to be noted";
}

TEST_F(AuditTest, TheSameReadingOfADayIsOneRowAndOfTheNextAnother) {
  const Id16 visit = Visit();
  const uint64_t before = Rows();
  v1::TeacherReply page;
  page.set_teacher(BytesOf(people.tia));
  page.set_h2(209);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(trail.Note(As(people.sara), Chunk({visit})).ok());
    ASSERT_TRUE(trail.Note(As(people.sara), page).ok());
    ASSERT_TRUE(trail.Note(As(people.tia), page).ok()) << "one's own page";
    Write();
  }
  EXPECT_EQ(Rows(), before + 2);
  school.clock.Advance(24 * 3'600'000);
  ASSERT_TRUE(trail.Note(As(people.sara), page).ok());
  Write();
  EXPECT_EQ(Rows(), before + 3);
  EXPECT_EQ(AboutTia().readings_size(), 3);
  EXPECT_EQ(AboutTia().readers(), 1u);
}

TEST_F(AuditTest, AListNamesEachTeacherOnIt) {
  v1::DepartmentReply page;
  page.set_department(BytesOf(people.maths));
  for (const Id16& teacher : {people.tia, people.tom, people.sara}) {
    page.add_teachers()->set_teacher(BytesOf(teacher));
  }
  const uint64_t before = Rows();
  ASSERT_TRUE(trail.Note(As(people.sara), page).ok());
  Write();
  EXPECT_EQ(Rows(), before + 2) << "Sara is on it herself";
  EXPECT_EQ(AboutTia().readings(0).act(), v1::AUDIT_ACT_READ_LIST);
}

TEST_F(AuditTest, WhoSawAVisitSinceWhen) {
  const Id16 first = Visit(), second = Visit();
  ASSERT_TRUE(trail.Note(As(people.sara), Chunk({first, second})).ok());
  ASSERT_TRUE(trail.Note(As(people.hedy), Chunk({second})).ok());
  Write();
  v1::WhoSawRequest request;
  request.set_tenant("Northgate");
  EXPECT_TRUE(absl::IsInvalidArgument(reader.WhoSaw(request).status()));
  request.set_record(BytesOf(first));
  auto saw = reader.WhoSaw(request);
  ASSERT_TRUE(saw.ok()) << saw.status();
  ASSERT_EQ(saw->readings_size(), 1);
  EXPECT_EQ(saw->readings(0).reader(), BytesOf(people.sara));
  EXPECT_EQ(saw->readings(0).records_size(), 1) << "of what was asked for alone";
  request.clear_record();
  request.set_person(BytesOf(people.tia));
  EXPECT_EQ(reader.WhoSaw(request)->readings_size(), 2);
  request.set_since_ms(school.clock.NowMs() + 1);
  EXPECT_EQ(reader.WhoSaw(request)->readings_size(), 0);
  request.set_tenant("elsewhere");
  EXPECT_TRUE(absl::IsNotFound(reader.WhoSaw(request).status()));
}

TEST_F(AuditTest, WhatAReferralSaysOfATeacherIsReadOnTheRecordToo) {
  PushingTablet hana = school.Tablet(people.hana, 90);
  const Id16 referral = school.NewId();
  hana.Write({referral, core::kReferral, {}}, {},
             {{Path::Field(2, Kind::kReg), BytesOf(people.tia)},
              {Path::Field(3, Kind::kReg), BytesOf(people.maths)},
              {Path::Field(4, Kind::kReg), BytesOf(people.tom)}});
  ASSERT_TRUE(hana.Push().ok());
  v1::PullReply reply;
  v1::Item& item = *reply.add_items();
  item.set_record(BytesOf(referral));
  v1::Held& held = *item.add_held();
  held.set_facet(core::FacetId{referral, core::kEvidence, {}}.Bytes());
  held.set_state("state");
  const uint64_t before = Rows();
  for (const Id16& reader_of_it : {people.tom, people.tia, people.hana}) {
    ASSERT_TRUE(trail.Note(As(reader_of_it), reply).ok());
  }
  Write();
  EXPECT_EQ(Rows(), before + 1) << "its helper; the teacher and who opened it are no readers";
  ASSERT_EQ(AboutTia().readings_size(), 1);
  EXPECT_EQ(AboutTia().readings(0).display_name(), "Tom Baker");
}

TEST_F(AuditTest, ACoveragePageThatNamesTeachersIsAReadingOfEach) {
  v1::CoverageReply reply;
  reply.set_h2(209);
  reply.set_org(BytesOf(people.maths));
  for (int rule = 0; rule < 2; ++rule) {
    v1::RuleCoverage& coverage = *reply.add_rules();
    for (const Id16& teacher : {people.tia, people.tom}) {
      coverage.add_teachers()->set_teacher(BytesOf(teacher));
    }
  }
  v1::CoverageReply numbers_only;
  numbers_only.add_rules();
  const uint64_t before = Rows();
  ASSERT_TRUE(trail.Note(As(people.sara), numbers_only).ok());
  Write();
  EXPECT_EQ(Rows(), before) << "numbers name nobody";
  ASSERT_TRUE(trail.Note(As(people.sara), reply).ok());
  ASSERT_TRUE(trail.Note(As(people.sara), reply).ok());
  Write();
  EXPECT_EQ(Rows(), before + 2) << "one a teacher and day, under however many rules";
  const v1::AboutMeReply about = AboutTia();
  ASSERT_EQ(about.readings_size(), 1);
  EXPECT_EQ(about.readings(0).act(), v1::AUDIT_ACT_READ_LIST);
  EXPECT_EQ(about.readings(0).display_name(), "Sara Khan");
}

TEST_F(AuditTest, ALeaderWhoReadsASheetBeforeItIsSharedIsOnTheRecord) {
  const Id16 visit = Visit();
  const auto chunk = [&visit](core::FacetClass facet_class, const Id16& sub) {
    v1::PullReply reply;
    v1::Item& item = *reply.add_items();
    item.set_record(BytesOf(visit));
    v1::Held& held = *item.add_held();
    held.set_facet(core::FacetId{visit, facet_class, sub}.Bytes());
    held.set_state("state");
    return reply;
  };
  const uint64_t before = Rows();
  ASSERT_TRUE(trail.Note(As(people.sara), chunk(core::kPlan, {})).ok());
  ASSERT_TRUE(trail.Note(As(people.tom), chunk(core::kSheet, people.tom)).ok());
  Write();
  EXPECT_EQ(Rows(), before) << "that there is a visit; a page of one's own";
  ASSERT_TRUE(trail.Note(As(people.sara), chunk(core::kSheet, people.hana)).ok());
  ASSERT_TRUE(trail.Note(As(people.sara), chunk(core::kFeedback, {})).ok());
  Write();
  EXPECT_EQ(Rows(), before + 1);
  ASSERT_EQ(AboutTia().readings_size(), 1);
  EXPECT_EQ(AboutTia().readings(0).display_name(), "Sara Khan");
  EXPECT_EQ(AboutTia().readings(0).act(), v1::AUDIT_ACT_READ_FEEDBACK);
}

// Each page of the feedback loop that names Tia to Sara is one row, and nothing to Tia herself.
TEST_F(AuditTest, APageOfTheFeedbackLoopThatNamesATeacherIsAReadingOfThem) {
  const std::string tia = BytesOf(people.tia);
  v1::LoadReply load;
  load.add_people()->set_person(tia);
  v1::ChangesReply changes;
  changes.add_changes()->set_teacher(tia);
  changes.mutable_changes(0)->set_visit(BytesOf(IdNumber(77)));
  v1::AgreementReply agreement;
  agreement.add_certificates()->set_observer(tia);
  v1::WeeklyPackReply overdue, waiting, praised;
  overdue.add_to_share()->set_teacher(tia);
  waiting.add_coverage()->add_waiting()->set_teacher(tia);
  praised.mutable_praise()->add_words()->set_teacher(tia);
  const std::vector<std::pair<const char*, storage::NamedPage>> pages = {
      {"load", storage::NamedIn(v1::LoadRequest(), load)},
      {"changes", storage::NamedIn(v1::ChangesRequest(), changes)},
      {"agreement", storage::NamedIn(v1::AgreementRequest(), agreement)},
      {"a line of the pack", storage::NamedIn(v1::WeeklyPackRequest(), overdue)},
      {"who waits, in the pack", storage::NamedIn(v1::WeeklyPackRequest(), waiting)},
      {"praise in the pack", storage::NamedIn(v1::WeeklyPackRequest(), praised)}};
  for (const auto& [what, page] : pages) {
    SCOPED_TRACE(what);
    school.clock.Advance(24 * 3'600'000);
    const uint64_t before = Rows();
    for (int i = 0; i < 2; ++i) {
      ASSERT_TRUE(trail.Note(As(people.sara), page).ok());
      ASSERT_TRUE(trail.Note(As(people.tia), page).ok());
    }
    Write();
    EXPECT_EQ(Rows(), before + 1);
    ASSERT_GT(AboutTia().readings_size(), 0);
    EXPECT_EQ(AboutTia().readings(0).act(), v1::AUDIT_ACT_READ_LIST);
  }
}

// A person's entry that changed is a rule of the page, and says nothing of a lesson of theirs.
TEST_F(AuditTest, AChangeOfARuleIsNoReadingOfAnybody) {
  v1::ChangesReply changes;
  v1::Change& rule = *changes.add_changes();
  rule.set_reason(v1::CHANGE_REASON_RULES);
  rule.set_teacher(BytesOf(people.tia));
  const uint64_t before = Rows();
  ASSERT_TRUE(trail.Note(As(people.sara), storage::NamedIn(v1::ChangesRequest(), changes)).ok());
  Write();
  EXPECT_EQ(Rows(), before);
}

TEST_F(AuditTest, WordsOfAVisitOnThePackOrAPageOfHelpAreAReadingOfItsFeedback) {
  const Id16 visit = Visit();
  v1::WeeklyPackReply steps, decisions;
  v1::PackItem& step = *steps.add_steps();
  step.set_kind(v1::PACK_ITEM_KIND_STEP);
  step.set_record(BytesOf(visit));
  step.set_text("Wait three seconds.");
  v1::PackItem& decision = *decisions.add_decisions();
  decision.set_kind(v1::PACK_ITEM_KIND_DECISION);
  decision.set_record(BytesOf(school.NewId()));
  decision.set_text("A quiet room for Year 9.");
  v1::HelpingReply help;
  help.add_threads()->add_steps()->set_visit(BytesOf(visit));
  const uint64_t before = Rows();
  const v1::WeeklyPackRequest pack;
  ASSERT_TRUE(trail.Note(As(people.sara), storage::NamedIn(pack, decisions)).ok());
  Write();
  EXPECT_EQ(Rows(), before) << "a decision is about nobody's lesson";
  ASSERT_TRUE(trail.Note(As(people.sara), storage::NamedIn(pack, steps)).ok());
  ASSERT_TRUE(trail.Note(As(people.hedy), storage::NamedIn(v1::HelpingRequest(), help)).ok());
  ASSERT_TRUE(trail.Note(As(people.hana), storage::NamedIn(pack, steps)).ok()) << "its observer";
  Write();
  EXPECT_EQ(Rows(), before + 2);
  EXPECT_EQ(AboutTia().readers(), 2u);
}

TEST_F(AuditTest, Z17ARowThatIsChangedMovedPutInOrTakenOutIsNoticed) {
  const Id16 visit = Visit();
  for (const Id16& leader : {people.sara, people.hedy, people.hugo, people.tom}) {
    ASSERT_TRUE(trail.Note(As(leader), Chunk({visit})).ok());
  }
  Write();
  const uint64_t last = Rows();
  ASSERT_GE(last, 4u);
  ASSERT_EQ(Differences(), 0u);
  const auto key = [&](uint64_t n) { return storage::AuditKey(school.tenant(), n); };
  const auto row = [&](uint64_t n) { return *school.engine().Get(storage::Family::kLog, key(n)); };
  const auto changed = [&](uint64_t n) {
    disk::AuditRow stored;
    EXPECT_TRUE(stored.ParseFromString(row(n)));
    v1::AuditEvent event;
    EXPECT_TRUE(event.ParseFromString(stored.event()));
    event.set_person(BytesOf(people.ann));
    stored.set_event(event.SerializeAsString());
    return stored.SerializeAsString();
  };
  struct Tampering {
    const char* what;
    std::function<void(storage::WriteSet&)> with;
  };
  std::vector<Tampering> all = {{"the last two swapped",
                                 [&](storage::WriteSet& writes) {
                                   writes.Put(storage::Family::kLog, key(last), row(last - 1));
                                   writes.Put(storage::Family::kLog, key(last - 1), row(last));
                                 }},
                                {"one put in behind the last",
                                 [&](storage::WriteSet& writes) {
                                   writes.Put(storage::Family::kLog, key(last + 1), row(last));
                                 }},
                                {"all taken out", [&](storage::WriteSet& writes) {
                                   for (uint64_t n = 1; n <= last; ++n)
                                     writes.Delete(storage::Family::kLog, key(n));
                                 }}};
  for (uint64_t n = 1; n <= last; ++n) {
    all.push_back({"one changed", [&, n](storage::WriteSet& writes) {
                     writes.Put(storage::Family::kLog, key(n), changed(n));
                   }});
    all.push_back({"one taken out", [&, n](storage::WriteSet& writes) {
                     writes.Delete(storage::Family::kLog, key(n));
                   }});
  }
  school.committer().Drain();
  for (const Tampering& tampering : all) {
    SCOPED_TRACE(tampering.what);
    storage::WriteSet right, wrong;
    for (uint64_t n = 1; n <= last; ++n) right.Put(storage::Family::kLog, key(n), row(n));
    right.Delete(storage::Family::kLog, key(last + 1));
    tampering.with(wrong);
    ASSERT_TRUE(school.engine().Commit(wrong).ok());
    EXPECT_GT(Differences(), 0u);
    ASSERT_TRUE(school.engine().Commit(right).ok());
    ASSERT_EQ(Differences(), 0u);
  }
}

TEST_F(AuditTest, Z17NoCallChangesOrDeletesARow) {
  const google::protobuf::FileDescriptor* file = v1::AuditEvent::descriptor()->file();
  for (int s = 0; s < file->service_count(); ++s) {
    for (int m = 0; m < file->service(s)->method_count(); ++m) {
      const std::string name = file->service(s)->method(m)->name();
      EXPECT_TRUE(name == "AboutMe" || name == "WhoSaw" || name == "ListAudit") << name;
    }
  }
}

TEST_F(AuditTest, AnExportFollowsTheChainToTheHead) {
  const Id16 visit = Visit();
  for (const Id16& leader : {people.sara, people.hedy}) {
    ASSERT_TRUE(trail.Note(As(leader), Chunk({visit})).ok());
  }
  Write();
  v1::ListAuditRequest request;
  request.set_tenant("Northgate");
  const auto page = reader.List(request);
  ASSERT_TRUE(page.ok()) << page.status();
  core::Digest32 chain{};
  uint64_t n = 0;
  for (const v1::AuditLine& line : page->lines()) {
    EXPECT_EQ(line.n(), ++n);
    chain = storage::AuditChain(chain, n, line.event());
    EXPECT_EQ(line.chain(), chain.view());
  }
  EXPECT_EQ(page->last_n(), n);
  EXPECT_EQ(page->last_chain(), chain.view());
  EXPECT_FALSE(page->more());
}

TEST_F(AuditTest, WhatCannotBeWrittenWaitsAndThenReadersDo) {
  const Id16 visit = Visit();
  const uint64_t before = Rows();
  school.SetDiskFull(true);
  ASSERT_TRUE(trail.Note(As(people.sara), Chunk({visit})).ok());
  trail.Write();
  ASSERT_TRUE(testing::ComesTrue([&] { return trail.HasNotes(); }))
      << "the committer puts them back";
  std::promise<absl::Status> kept;
  trail.WhenKept(As(people.sara), [&](const absl::Status& status) { kept.set_value(status); });
  EXPECT_TRUE(kept.get_future().get().ok()) << "reading goes on";
  EXPECT_FALSE(trail.IsKept(As(people.sara)));
  school.SetDiskFull(false);
  Write();
  EXPECT_EQ(Rows(), before + 1);
  absl::Status noted;
  v1::TeacherReply page;
  for (size_t i = 0; noted.ok() && i <= storage::ReadTrail::kMaxNotes; ++i) {
    std::string teacher = BytesOf(people.tia);
    teacher[1] = static_cast<char>(i), teacher[2] = static_cast<char>(i >> 8);
    teacher[3] = static_cast<char>(i >> 16);
    page.set_teacher(teacher);
    noted = trail.Note(As(people.sara), page);
  }
  EXPECT_TRUE(absl::IsResourceExhausted(noted)) << noted;
}

// A year of a school: a question is answered within five seconds. And what a reader waits for.
TEST_F(AuditTest, AYearOfASchoolIsAskedWithinSecondsAndNotingCostsAReaderLittle) {
  constexpr uint32_t kRows = 60'000, kChunks = 200;
  struct Time {  // This thread's own: the machine may have other work.
    static std::chrono::nanoseconds now() {
      timespec time{};
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
      return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
    }
  };
  const auto us = [](std::chrono::nanoseconds d) {
    return static_cast<double>(std::chrono::duration_cast<std::chrono::microseconds>(d).count());
  };
  const auto began = Time::now();
  v1::TeacherReply page;
  for (uint32_t i = 0; i < kRows; ++i) {
    std::string teacher = BytesOf(people.tia);
    for (int byte = 0; byte < 3; ++byte) teacher[1u + byte] = static_cast<char>(i >> 8 * byte);
    page.set_teacher(teacher);
    ASSERT_TRUE(trail.Note(As(people.sara), page).ok());
    if (i % 10'000 == 9'999) Write();
  }
  const double noted_ms = us(Time::now() - began) / 1000;
  ASSERT_GE(Rows(), kRows);
  v1::WhoSawRequest request;
  request.set_tenant("Northgate");
  request.set_person(page.teacher());
  const auto asked = Time::now();
  const auto saw = reader.WhoSaw(request);
  const double asked_ms = us(Time::now() - asked) / 1000;
  ASSERT_TRUE(saw.ok()) << saw.status();
  EXPECT_EQ(saw->readings_size(), 1);
  EXPECT_GE(saw->rows(), kRows);
  EXPECT_LT(asked_ms, 5000);

  v1::ListAuditRequest export_page;
  export_page.set_tenant("Northgate");
  core::Digest32 chain{};
  const auto export_began = Time::now();
  for (bool more = true; more;) {
    const auto exported = reader.List(export_page);
    ASSERT_TRUE(exported.ok()) << exported.status();
    for (const v1::AuditLine& line : exported->lines()) {
      chain = storage::AuditChain(chain, line.n(), line.event());
      export_page.set_after_n(line.n());
    }
    more = exported->more();
    if (!more) {
      EXPECT_EQ(exported->last_chain(), chain.view());
    }
  }
  const double exported_ms = us(Time::now() - export_began) / 1000;
  EXPECT_EQ(export_page.after_n(), Rows());

  std::vector<v1::PullReply> chunks(kChunks);
  for (v1::PullReply& chunk : chunks) {
    std::vector<Id16> visits;
    for (int i = 0; i < 100; ++i) visits.push_back(school.NewId());
    chunk = Chunk(visits);
  }
  const auto start = Time::now();
  for (const v1::PullReply& chunk : chunks) ASSERT_TRUE(trail.Note(As(people.sara), chunk).ok());
  const double noting_us = us(Time::now() - start);
  std::printf(
      "%u rows noted in %.0f ms, asked in %.1f ms, exported and checked in %.0f ms; a chunk of 100 "
      "visits noted in %.1f us\n",
      kRows, noted_ms, asked_ms, exported_ms, noting_us / kChunks);
}

}  // namespace
}  // namespace halfterm::testing
