#include "tools/demo_school/visits.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "sync/school_calendar.h"
#include "tools/demo_school/words.h"

namespace halfterm::tools {
namespace {

constexpr int kPeriods = 6;
constexpr std::pair<int, int> kPeriodStarts[kPeriods] = {{9, 0},   {10, 0}, {11, 20},
                                                         {12, 20}, {14, 0}, {15, 0}};
constexpr int kWalksALeader = 8;  // Of ten rooms each.
constexpr int kRoomsAWalk = 10;
constexpr int64_t kMinuteMs = 60'000;

class Planner {
 public:
  Planner(const DemoSchool& school, int half_term, Chance& chance)
      : school_(school), half_term_(half_term), chance_(chance) {
    const int32_t middle = MiddleDay(half_term);
    for (const int32_t day :
         DemoSchool::HalfTerms()[static_cast<size_t>(half_term - 1)].SchoolDays()) {
      days_[day < middle ? 0 : 1].push_back(day);
    }
  }

  std::vector<DemoVisit> Run() {
    for (size_t teacher = 0; teacher < DemoSchool::kTeachers; ++teacher) {
      const int phase = chance_.Percent(50) ? 1 : 2;
      Add(v1::VISIT_KIND_DEPT, teacher, {HeadFor(teacher, phase)}, phase);
    }
    AddWalks();
    AddTeams();
    AddPairs(v1::VISIT_KIND_MENTOR, v1::ROLE_MENTOR, 4);
    AddPairs(v1::VISIT_KIND_COACH, v1::ROLE_COACH, 15);
    AddPairs(v1::VISIT_KIND_PEER, v1::ROLE_PEER, 4);
    AddPairs(v1::VISIT_KIND_AST, v1::ROLE_AST, 3);
    for (int i = 0; i < 140; ++i) {
      const size_t teacher = chance_.Below(DemoSchool::kTeachers);
      Add(v1::VISIT_KIND_INFORMAL, teacher, {SomebodyBut({teacher})}, 1 + i % 2);
    }
    GiveStatuses();
    return std::move(visits_);
  }

 private:
  // Who observes a teacher for the department: its head; of a head of department a senior leader;
  // of a leader the head; of the head a senior leader.
  size_t HeadFor(size_t teacher, int phase) const {
    const auto& leaders = school_.leaders;
    if (teacher == leaders[0]) return leaders[1];
    if (std::find(leaders.begin(), leaders.end(), teacher) != leaders.end()) return leaders[0];
    const size_t department = school_.people[teacher].departments[0];
    const size_t head = school_.HeadOfDepartment(department, StageIn(half_term_, phase));
    return head == teacher ? leaders[1 + department % (leaders.size() - 1)] : head;
  }

  size_t SomebodyBut(const std::vector<size_t>& others) {
    for (;;) {
      const size_t somebody = chance_.Below(DemoSchool::kTeachers);
      if (std::find(others.begin(), others.end(), somebody) == others.end()) return somebody;
    }
  }

  DemoVisit& Add(v1::VisitKind kind, size_t teacher, std::vector<size_t> observers, int phase) {
    DemoVisit visit;
    visit.kind = kind;
    visit.teacher = teacher;
    visit.department = school_.people[teacher].departments[0];
    visit.observers = std::move(observers);
    visit.phase = phase;
    visit.topic = TopicOf(chance_, visit.department);
    FindTime(visit);
    visit.id = chance_.UuidAt(visit.lesson_ms);
    Rate(visit);
    visits_.push_back(std::move(visit));
    return visits_.back();
  }

  // A lesson in which none of them is elsewhere; after some tries any lesson: schools are like
  // that.
  void FindTime(DemoVisit& visit) {
    const std::vector<int32_t>& days = days_[visit.phase - 1];
    int32_t day = 0;
    for (int tries = 0; tries < 30; ++tries) {
      day = days[chance_.Below(days.size())];
      visit.period = chance_.Between(1, kPeriods);
      std::vector<std::pair<size_t, int>> wanted = {{visit.teacher, day * 8 + visit.period}};
      for (const size_t observer : visit.observers) {
        wanted.emplace_back(observer, day * 8 + visit.period);
      }
      const bool free = std::none_of(wanted.begin(), wanted.end(),
                                     [this](const auto& who) { return busy_.count(who) != 0; });
      if (!free) continue;
      busy_.insert(wanted.begin(), wanted.end());
      break;
    }
    const auto [hour, minute] = kPeriodStarts[visit.period - 1];
    visit.lesson_ms = MomentOn(day, hour, minute);
  }

  void Rate(DemoVisit& visit) {
    if (visit.kind != v1::VISIT_KIND_DEPT && visit.kind != v1::VISIT_KIND_TEAM &&
        visit.kind != v1::VISIT_KIND_AST) {
      return;
    }
    const int levels = half_term_ >= 4 ? 5 : 4;
    for (size_t i = 0; i < visit.observers.size(); ++i) {
      std::vector<int> given;
      for (uint32_t element = 1; element <= kElements; ++element) {
        if (chance_.Percent(12)) {
          given.push_back(-1);
        } else if (chance_.Percent(4)) {
          given.push_back(0);
        } else {
          given.push_back(Level(visit.teacher, element, levels));
        }
      }
      visit.levels.push_back(std::move(given));
    }
  }

  // Teachers differ, have better and weaker sides, and grow a little over the year.
  int Level(size_t teacher, uint32_t element, int levels) {
    Chance own(teacher * 131 + element * 7 + 3);
    const int tenths =
        19 + static_cast<int>(own.Below(16)) + half_term_ - 1 + chance_.Between(-8, 8);
    return std::clamp(tenths * levels / 4 / 10, 1, levels);
  }

  // Each leader goes round eight times and looks into ten rooms, five minutes in each.
  void AddWalks() {
    std::vector<size_t> round;
    for (size_t teacher = 0; teacher < DemoSchool::kTeachers; ++teacher) round.push_back(teacher);
    chance_.Shuffle(round);
    size_t next = 0;
    for (const size_t leader : school_.leaders) {
      for (int walk = 0; walk < kWalksALeader; ++walk) {
        const int phase = walk < kWalksALeader / 2 ? 1 : 2;
        const std::vector<int32_t>& days = days_[phase - 1];
        const int32_t day = days[chance_.Below(days.size())];
        const auto [hour, minute] = kPeriodStarts[chance_.Below(kPeriods)];
        for (int room = 0; room < kRoomsAWalk; ++room) {
          size_t teacher = round[next++ % round.size()];
          if (teacher == leader) teacher = round[next++ % round.size()];
          DemoVisit& visit = Add(v1::VISIT_KIND_WALK, teacher, {leader}, phase);
          visit.lesson_ms = MomentOn(day, hour, minute) + room * 5 * kMinuteMs;
        }
      }
    }
  }

  // Three look at one lesson: a senior leader, a head of another department, and a colleague.
  void AddTeams() {
    for (size_t i = 0; i < 20; ++i) {
      const size_t lead = school_.leaders[i % school_.leaders.size()];
      const size_t head =
          school_.HeadOfDepartment(i % DemoSchool::kDepartments, StageIn(half_term_, 1));
      const size_t teacher = SomebodyBut({lead, head});
      const size_t colleague = SomebodyBut({lead, head, teacher});
      Add(v1::VISIT_KIND_TEAM, teacher, {lead, head, colleague}, 1);
    }
  }

  void AddPairs(v1::VisitKind kind, v1::Role role, int times) {
    for (const DemoPair& pair : school_.pairs) {
      if (pair.role != role) continue;
      for (int i = 0; i < times; ++i) Add(kind, pair.teacher, {pair.observer}, 1 + i % 2);
    }
  }

  void GiveStatuses() {
    for (const KindCount& count : KindCounts()) {
      std::vector<DemoVisit*> of_kind;
      for (DemoVisit& visit : visits_) {
        if (visit.kind == count.kind) of_kind.push_back(&visit);
      }
      chance_.Shuffle(of_kind);
      for (size_t i = 0; i < of_kind.size(); ++i) {
        of_kind[i]->status = i < count.shared                     ? VisitStatus::kShared
                             : i < count.shared + count.submitted ? VisitStatus::kSubmitted
                                                                  : VisitStatus::kDraft;
      }
    }
  }

  const DemoSchool& school_;
  const int half_term_;
  Chance& chance_;
  std::vector<int32_t> days_[2];
  std::set<std::pair<size_t, int>> busy_;
  std::vector<DemoVisit> visits_;
};

}  // namespace

const std::vector<KindCount>& KindCounts() {
  static const std::vector<KindCount> kCounts = {
      {v1::VISIT_KIND_DEPT, 118, 83, 23},  {v1::VISIT_KIND_WALK, 640, 640, 0},
      {v1::VISIT_KIND_TEAM, 20, 14, 4},    {v1::VISIT_KIND_MENTOR, 24, 17, 5},
      {v1::VISIT_KIND_COACH, 120, 84, 24}, {v1::VISIT_KIND_PEER, 80, 56, 16},
      {v1::VISIT_KIND_AST, 24, 16, 5},     {v1::VISIT_KIND_INFORMAL, 140, 140, 0}};
  return kCounts;
}

std::vector<DemoVisit> PlanVisits(const DemoSchool& school, int half_term, Chance& chance) {
  return Planner(school, half_term, chance).Run();
}

int32_t MiddleDay(int half_term) {
  const std::vector<int32_t> days =
      DemoSchool::HalfTerms()[static_cast<size_t>(half_term - 1)].SchoolDays();
  return days[days.size() / 2];
}

Stage StageIn(int half_term, int phase) {
  if (half_term >= 3) return Stage::kHalfTerm3;
  return half_term == 1 && phase == 1 ? Stage::kAutumn : Stage::kHalfWay;
}

int64_t MomentOn(int32_t day, int hour, int minute) {
  static const absl::TimeZone kZone = sync::ZoneNamed("Europe/London");
  const absl::CivilDay civil = absl::CivilDay(1970, 1, 1) + day;
  return absl::ToUnixMillis(absl::FromCivil(
      absl::CivilMinute(civil.year(), civil.month(), civil.day(), hour, minute), kZone));
}

}  // namespace halfterm::tools
