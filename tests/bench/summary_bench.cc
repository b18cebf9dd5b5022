// What a summary costs: what one visit adds, and each read at 10,000 and at 100,000 counted lessons
// of one half-term.
//
//   summary_bench [LESSONS ...]      build it with -O2, on a quiet machine
//
// The school has 12 departments of 10 teachers; each lesson has 9 levels, 8 notes and 2 steps, and
// was shared. The store is RocksDB in a temporary directory. Times are microseconds of the wall
// clock.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "tests/support/summed_school.h"

namespace halfterm::testing {
namespace {

constexpr int kDepartments = 12;
constexpr int kTeachers = 120;
constexpr int kReads = 2000;

double NowUs() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

core::Id16 IdFor(uint8_t kind, uint64_t number) {
  core::Id16 id;
  id.bytes[0] = kind;
  for (size_t i = 0; i < 8; ++i) id.bytes[15 - i] = static_cast<uint8_t>(number >> (8 * i));
  return id;
}

struct Schoolful {
  SummedSchool school;
  std::vector<core::Id16> departments, teachers;
  std::mt19937_64 random{1};

  Schoolful() {
    SmallSchool& people = school.people;
    for (uint64_t i = 0; i < kDepartments; ++i) {
      departments.push_back(IdFor(1, i));
      people.AddOrg(departments.back(), v1::ORG_KIND_DEPARTMENT, people.site,
                    "Department " + std::to_string(i));
    }
    for (uint64_t i = 0; i < kTeachers; ++i) {
      teachers.push_back(IdFor(2, i));
      people.AddPerson(teachers.back(), "Teacher " + std::to_string(i),
                       {departments[i % kDepartments]});
    }
    people.AddGrant(people.hana, v1::ROLE_HOD, departments[0]);
    people.AddRule(60, "Each half-term", {v1::VISIT_KIND_DEPT});
    people.AddRule(61, "Walk-round", {v1::VISIT_KIND_WALK});
    school.PutDirectory();
  }

  Visit Lesson(uint64_t number) {
    Visit visit(IdFor(3, random()));
    VisitWriter hana(school.people.hana, 2 * number + 1), server({}, 2 * number + 2);
    const size_t teacher = random() % kTeachers;
    const int64_t start_ms = At(2026, 9, 2) + static_cast<int64_t>(random() % (50 * 86'400)) * 1000;
    hana.WritePlan(visit, {v1::VISIT_KIND_DEPT,
                           teachers[teacher],
                           departments[teacher % kDepartments],
                           school.people.hana,
                           {school.people.hana},
                           start_ms,
                           50,
                           school.people.rubric_a});
    v1::SharedVersion version;
    version.set_round(1);
    version.set_rubric_version(BytesOf(school.people.rubric_a));
    version.add_strengths("Clear modelling of each step before independent work");
    for (uint16_t element = 1; element <= 9; ++element) {
      const auto level = static_cast<uint32_t>(1 + random() % 4);
      hana.Rate(visit, element, level);
      version.add_ratings()->set_element(element);
      version.mutable_ratings()->rbegin()->set_level(level);
    }
    for (uint64_t note = 0; note < 8; ++note) {
      const core::Id16 key = IdFor(4, random());
      hana.Write(visit, visit.Facet(core::kSheet, school.people.hana),
                 {{core::Path::Entry(2, key, 0, core::Kind::kElem), ""},
                  {core::Path::Entry(2, key, 1, core::Kind::kReg), Number(60)},
                  {core::Path::Entry(2, key, 2, core::Kind::kPara), std::string(100, 'n')}});
    }
    for (uint64_t step = 0; step < 2; ++step) {
      hana.AddStep(visit, IdFor(5, random()),
                   Day(2026, 10, 1) + static_cast<int32_t>(random() % 40));
    }
    visit.Submit(school.people.hana);
    visit.Share();
    server.WriteVersion(visit, version);
    return visit;
  }
};

void Report(const char* what, uint64_t lessons, std::vector<double> us) {
  std::sort(us.begin(), us.end());
  std::printf(
      "{\"what\":\"%s\",\"lessons\":%llu,\"min_us\":%.1f,\"p50_us\":%.1f,\"p99_us\":%.1f,"
      "\"max_us\":%.1f}\n",
      what, static_cast<unsigned long long>(lessons), us.front(), us[us.size() / 2],
      us[us.size() * 99 / 100], us.back());
  std::fflush(stdout);
}

void MeasureContribution() {
  Schoolful schoolful;
  const sync::Directory directory(schoolful.school.people.content);
  std::vector<double> us;
  for (uint64_t i = 0; i < 200; ++i) {
    const Visit visit = schoolful.Lesson(i);
    const Held held = visit.All();
    const sync::RecordView record = held.View();
    const core::VisitFacts facts = sync::FactsOf(record, directory);
    for (int round = 0; round < 20; ++round) {
      const double start = NowUs();
      const std::vector<sync::Contribution> rows = sync::ContributionOf(record, facts, directory);
      us.push_back(NowUs() - start);
      if (rows.empty()) std::abort();
    }
  }
  Report("ContributionOf", 1, std::move(us));
}

void MeasureReads(uint64_t lessons) {
  Schoolful schoolful;
  SummedSchool& school = schoolful.school;
  for (uint64_t i = 0; i < lessons; ++i) {
    school.Put(schoolful.Lesson(i));
    if (i % 5000 == 4999) school.Commit();
  }
  for (uint8_t i = 0; i < 60; ++i) {
    disk::DeviceRow tablet;
    tablet.set_label("Tablet");
    tablet.set_seen_ms(1);
    school.PutRow(storage::Family::kState, storage::DeviceKey(school.tenant(), IdFor(6, i)),
                  tablet.SerializeAsString());
  }
  school.Commit();

  const storage::Caller sara = school.As(school.people.sara);
  const auto measure = [&](const char* what, const std::function<bool(uint64_t)>& read) {
    std::vector<double> us;
    for (uint64_t i = 0; i < kReads; ++i) {
      const double start = NowUs();
      const bool ok = read(i);
      us.push_back(NowUs() - start);
      if (!ok) std::abort();
    }
    Report(what, lessons, std::move(us));
  };
  const auto teacher = [&](uint64_t i, bool with_lessons, const storage::Caller& caller) {
    v1::TeacherRequest request;
    request.set_teacher(BytesOf(schoolful.teachers[i % kTeachers]));
    request.set_h2(SmallSchool::kAutumn1);
    request.set_with_lessons(with_lessons);
    return school.reader().Teacher(caller, request).ok();
  };
  measure("Teacher", [&](uint64_t i) { return teacher(i, false, sara); });
  measure("Teacher, with 50 lessons", [&](uint64_t i) { return teacher(i, true, sara); });
  measure("Teacher, their own", [&](uint64_t i) {
    return teacher(i, false, school.As(schoolful.teachers[i % kTeachers]));
  });
  measure("Department", [&](uint64_t i) {
    v1::DepartmentRequest request;
    request.set_department(BytesOf(schoolful.departments[i % kDepartments]));
    request.set_h2(SmallSchool::kAutumn1);
    request.set_with_teachers(true);
    return school.reader().Department(sara, request).ok();
  });
  measure("School", [&](uint64_t) {
    v1::SchoolRequest request;
    request.set_school(BytesOf(school.people.site));
    request.set_h2(SmallSchool::kAutumn1);
    request.set_with_departments(true);
    return school.reader().School(sara, request).ok();
  });
  const auto coverage = [&](const core::Id16& org, bool numbers_only) {
    v1::CoverageRequest request;
    request.set_org(BytesOf(org));
    request.set_h2(SmallSchool::kAutumn1);
    request.set_numbers_only(numbers_only);
    return school.reader().Coverage(sara, request).ok();
  };
  measure("Coverage of a department",
          [&](uint64_t i) { return coverage(schoolful.departments[i % kDepartments], false); });
  measure("Coverage of the school", [&](uint64_t) { return coverage(school.people.site, false); });
}

}  // namespace
}  // namespace halfterm::testing

int main(int argc, char** argv) {
  halfterm::testing::MeasureContribution();
  std::vector<uint64_t> sizes = {10'000, 100'000};
  if (argc > 1) sizes.clear();
  for (int i = 1; i < argc; ++i) sizes.push_back(std::strtoull(argv[i], nullptr, 10));
  for (const uint64_t lessons : sizes) halfterm::testing::MeasureReads(lessons);
  return 0;
}
