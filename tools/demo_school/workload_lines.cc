#include "tools/demo_school/workload_lines.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "tools/demo_school/chance.h"
#include "tools/demo_school/gesture_lines.h"
#include "tools/demo_school/visits.h"
#include "tools/demo_school/words.h"
#include "tools/replay/ids.h"
#include "tools/roster/builder.h"

namespace halfterm::tools {
namespace {

constexpr size_t kTablets = 20;
constexpr int kPhases = 5;
constexpr int64_t kMinuteMs = 60'000;
constexpr int64_t kHourMs = 60 * kMinuteMs;
constexpr int64_t kDayMs = 24 * kHourMs;

class Writer {
 public:
  Writer(const DemoSchool& school, int half_term, uint64_t seed)
      : school_(school),
        half_term_(half_term),
        seed_(seed),
        chance_(seed * 7919 + static_cast<uint64_t>(half_term)) {
    const int32_t middle = MiddleDay(half_term);
    const int32_t last = DemoSchool::HalfTerms()[static_cast<size_t>(half_term - 1)].end_day;
    // Phases 3 to 5 are the last days, when people look back.
    for (int phase = 2; phase <= kPhases; ++phase) {
      phase_starts_[phase] =
          phase == 2 ? MomentOn(middle, 6, 30) : MomentOn(last, 16, 0) + (phase - 3) * kDayMs;
    }
    phase_starts_[1] =
        MomentOn(DemoSchool::HalfTerms()[static_cast<size_t>(half_term - 1)].start_day, 7, 30);
  }

  std::string Run() {
    visits_ = PlanVisits(school_, half_term_, chance_);
    lines_.AddImport(1, phase_starts_[1] - kHourMs, RosterFolder(StageIn(half_term_, 1)));
    if (half_term_ == 1) {
      lines_.AddImport(2, phase_starts_[2] - kHourMs, RosterFolder(StageIn(half_term_, 2)));
    }
    for (const DemoVisit& visit : visits_) Record(visit);
    EditOnTwoTablets();
    for (const DemoVisit& visit : visits_) {
      if (visit.kind == v1::VISIT_KIND_TEAM && visit.status == VisitStatus::kShared) Agree(visit);
    }
    Answer();
    return absl::StrCat(Header(), "\n", lines_.Text());
  }

 private:
  std::string Header() const {
    return OrderedJson{
        {"workload", 1},
        {"seed", seed_},
        {"tenant", DemoSchool::kHandle},
        {"half_term", (DemoSchool::kFirstYear - 2000) * 8 + static_cast<uint32_t>(half_term_)},
        {"zone", "Europe/London"},
        {"tablets", kTablets},
        {"phases", kPhases},
        {"clock_offset_ms", {{"4", 5 * kDayMs}, {"11", -5 * kDayMs}, {"17", 5 * kDayMs}}},
        {"lost_reply_percent", 5}}
        .dump();
  }

  size_t HomeTablet(size_t person) const { return person % kTablets; }
  size_t SecondTablet(size_t person) const { return (person + 7) % kTablets; }
  const core::Id16& Id(size_t person) const { return school_.people[person].id; }
  std::string Key() { return FormatUuid(chance_.Uuid()); }

  // A gesture on somebody's own tablet.
  void Do(int phase, size_t person, int64_t at_ms, const DemoVisit& visit, const char* what,
          const OrderedJson& members = {}) {
    // Nobody is still writing of one phase when the next one begins.
    const int64_t latest = phase < kPhases ? phase_starts_[phase + 1] - kHourMs - 1000 : at_ms;
    lines_.Add(phase, HomeTablet(person), Id(person), std::min(at_ms, latest), visit.id, what,
               members);
  }

  bool IsQuick(const DemoVisit& visit) const {
    return visit.kind == v1::VISIT_KIND_WALK || visit.kind == v1::VISIT_KIND_INFORMAL;
  }

  // --- Recording ---------------------------------------------------------------------------------

  void Record(const DemoVisit& visit) {
    Plan(visit);
    if (IsQuick(visit)) return RecordQuick(visit);
    for (size_t i = 0; i < visit.observers.size(); ++i) WriteSheet(visit, i);
    const int64_t after = visit.lesson_ms + 2 * kHourMs + chance_.Between(0, 180) * kMinuteMs;
    if (visit.status != VisitStatus::kDraft || chance_.Percent(40)) WriteFeedback(visit, after);
    if (visit.status == VisitStatus::kDraft) return;
    for (size_t i = 0; i < visit.observers.size(); ++i) {
      Do(visit.phase, visit.observers[i], after + (10 + static_cast<int64_t>(i)) * kMinuteMs, visit,
         "submit");
    }
    if (visit.status == VisitStatus::kShared && visit.kind != v1::VISIT_KIND_TEAM) {
      Do(visit.phase, visit.lead(), after + 20 * kMinuteMs, visit, "share", {{"round", 1}});
    }
  }

  void Plan(const DemoVisit& visit) {
    OrderedJson plan = {{"kind", ChoiceText(v1::VisitKind_descriptor(), visit.kind)},
                        {"teacher", FormatUuid(Id(visit.teacher))},
                        {"department", FormatUuid(school_.departments[visit.department].id)},
                        {"lead", FormatUuid(Id(visit.lead()))},
                        {"observers", OrderedJson::array()}};
    static const char* const kStrands[] = {"teaching", "learning", "behaviour"};
    for (size_t i = 0; i < visit.observers.size(); ++i) {
      OrderedJson observer = {{"person", FormatUuid(Id(visit.observers[i]))}};
      if (visit.kind == v1::VISIT_KIND_TEAM) observer["strand"] = kStrands[i % 3];
      plan["observers"].push_back(std::move(observer));
    }
    const auto& subjects = school_.departments[visit.department].subjects;
    const int year_group = chance_.Between(7, 11);
    plan["announced"] = visit.kind != v1::VISIT_KIND_WALK;
    plan["lesson_start"] = MomentText(visit.lesson_ms);
    plan["minutes"] = visit.kind == v1::VISIT_KIND_WALK       ? 5
                      : visit.kind == v1::VISIT_KIND_INFORMAL ? 10
                      : visit.is_rated()                      ? 45
                                                              : 25;
    const std::string set(1, static_cast<char>('A' + chance_.Below(5)));
    plan["class_code"] = absl::StrCat(year_group, set, chance_.Between(1, 4));
    plan["subject"] = subjects[chance_.Below(subjects.size())];
    plan["room"] = absl::StrCat(school_.departments[visit.department].code, chance_.Between(1, 12));
    plan["year_group"] = year_group;
    plan["period"] = visit.period;
    plan["template"] = FormatUuid(school_.TemplateOf(visit.kind, IsRubricB(visit)));
    if (visit.is_rated()) {
      plan["rubric_version"] = FormatUuid(IsRubricB(visit) ? school_.rubric_b : school_.rubric_a);
    }
    int64_t at = visit.lesson_ms;
    if (!IsQuick(visit)) {
      at = std::max(phase_starts_[visit.phase] + kHourMs / 2,
                    visit.lesson_ms - chance_.Between(1, 4) * kDayMs);
      at = std::min(at, visit.lesson_ms - kMinuteMs);
    }
    Do(visit.phase, visit.lead(), at, visit, "plan", plan);
  }

  bool IsRubricB(const DemoVisit& visit) const { return visit.is_rated() && half_term_ >= 4; }

  // A few words that the teacher reads the same day.
  void RecordQuick(const DemoVisit& visit) {
    const bool is_walk = visit.kind == v1::VISIT_KIND_WALK;
    const std::string words =
        is_walk ? WalkPraise(chance_, visit.topic) : InformalNote(chance_, visit.topic);
    const int64_t at = visit.lesson_ms + 3 * kMinuteMs;
    Do(visit.phase, visit.lead(), at, visit, "praise", {{"key", Key()}, {"text", words}});
    if (is_walk && chance_.Percent(8)) {
      Do(visit.phase, visit.lead(), at + 20'000, visit, "sheet", {{"offer_help", true}});
    }
    Do(visit.phase, visit.lead(), at + 30'000, visit, "feedback",
       {{"strengths", OrderedJson::array({{{"key", Key()}, {"text", words}}})}});
    Do(visit.phase, visit.lead(), at + 40'000, visit, "share", {{"round", 1}});
  }

  uint32_t AnElement() { return static_cast<uint32_t>(1 + chance_.Below(kElements)); }

  void WriteSheet(const DemoVisit& visit, size_t observer) {
    const size_t person = visit.observers[observer];
    const auto write = [&](int64_t offset_s, const char* what, const OrderedJson& members) {
      Do(visit.phase, person, visit.lesson_ms + offset_s * 1000, visit, what, members);
    };
    const bool is_confidential =
        visit.kind == v1::VISIT_KIND_COACH || visit.kind == v1::VISIT_KIND_PEER;
    write(60, "sheet", {{"pupils_present", chance_.Between(17, 31)}});
    int64_t offset = 120;
    const int notes = visit.is_rated() ? chance_.Between(4, 7) : chance_.Between(2, 3);
    for (int i = 0; i < notes; ++i, offset += chance_.Between(150, 420)) {
      const uint32_t element = AnElement();
      OrderedJson note = {{"key", Key()},
                          {"t_offset_s", offset},
                          {"text", is_confidential ? CoachingNote(chance_, visit.topic)
                                                   : NoteText(chance_, element, visit.topic)}};
      if (!is_confidential) note["element"] = element;
      if (chance_.Percent(7)) note["private"] = true;
      write(offset, "note", note);
    }
    if (visit.is_rated()) WriteCounts(offset, write);
    if (!is_confidential) {
      write(offset, "praise",
            {{"key", Key()}, {"text", StrengthText(chance_, AnElement(), visit.topic)}});
    }
    if (!visit.is_rated()) return;
    for (uint32_t element = 1; element <= kElements; ++element) {
      const int level = visit.levels[observer][element - 1];
      if (level < 0) continue;
      write(offset + 30 + 20 * static_cast<int64_t>(element), "rate",
            {{"element", element}, {"level", level}});
    }
    const uint32_t element = AnElement();
    write(offset + 300, "next_step",
          {{"key", Key()}, {"text", StepText(chance_, element)}, {"element", element}});
  }

  template <typename Write>
  void WriteCounts(int64_t end, const Write& write) {
    static const char* const kCodes[] = {"asked by name", "asked a volunteer", "pupil explains",
                                         "whole-class check"};
    const int tallies = chance_.Between(0, 5);
    for (int i = 0; i < tallies; ++i) {
      const int64_t offset = 200 + chance_.Between(0, static_cast<int>(end));
      write(offset, "tally", {{"key", Key()}, {"code", chance_.Pick(kCodes)}});
    }
    const int total = chance_.Between(18, 31);
    for (int look = 0; look < 3; ++look) {
      const int64_t offset = 300 + look * 600;
      write(offset, "on_task",
            {{"key", Key()},
             {"t_offset_s", offset},
             {"on_task", total - chance_.Between(0, 6)},
             {"total", total}});
    }
  }

  void WriteFeedback(const DemoVisit& visit, int64_t at) {
    const uint32_t element = AnElement();
    OrderedJson feedback = {{"strengths", OrderedJson::array()}};
    const int strengths = chance_.Between(1, 2);
    for (int i = 0; i < strengths; ++i) {
      feedback["strengths"].push_back(
          {{"key", Key()}, {"text", StrengthText(chance_, AnElement(), visit.topic)}});
    }
    const bool has_priority = visit.kind != v1::VISIT_KIND_PEER;
    if (has_priority) {
      feedback["priority"] = PriorityText(chance_, element, visit.topic);
      if (visit.is_rated()) feedback["priority_element"] = element;
      feedback["conversation_day"] =
          DayText(static_cast<int32_t>(visit.lesson_ms / kDayMs) + chance_.Between(0, 3));
    }
    if (chance_.Percent(35)) {
      feedback["message"] = OrderedJson::array({{{"key", Key()}, {"text", MessageText(chance_)}}});
    }
    if (chance_.Percent(20)) feedback["include_notes"] = true;
    Do(visit.phase, visit.lead(), at, visit, "feedback", feedback);
    if (!has_priority) return;
    OrderedJson step = {{"key", Key()},
                        {"text", StepText(chance_, element)},
                        {"due_day", DayText(static_cast<int32_t>(visit.lesson_ms / kDayMs) +
                                            chance_.Between(10, 35))}};
    if (visit.is_rated()) step["element"] = element;
    Do(visit.phase, visit.lead(), at + 5 * kMinuteMs, visit, "steps",
       {{"steps", OrderedJson::array({step})}});
  }

  // --- One author, two tablets -------------------------------------------------------------------

  // Visits of the first half, `count` of them by chance, of kinds that `fits` takes; each once.
  template <typename Fits>
  std::vector<const DemoVisit*> Choose(size_t count, const Fits& fits) {
    std::vector<const DemoVisit*> list;
    for (const DemoVisit& visit : visits_) {
      if (visit.phase == 1 && edited_.count(&visit) == 0 && fits(visit)) list.push_back(&visit);
    }
    chance_.Shuffle(list);
    list.resize(std::min(count, list.size()));
    edited_.insert(list.begin(), list.end());
    return list;
  }

  void EditOnTwoTablets() {
    std::vector<const DemoVisit*> same;
    for (const auto& [kind, count] :
         {std::pair(v1::VISIT_KIND_DEPT, size_t{27}), std::pair(v1::VISIT_KIND_TEAM, size_t{10}),
          std::pair(v1::VISIT_KIND_AST, size_t{10})}) {
      for (const DemoVisit* visit :
           Choose(count, [kind](const DemoVisit& v) { return v.kind == kind; })) {
        same.push_back(visit);
      }
    }
    for (size_t i = 0; i < same.size(); ++i) {
      const uint32_t element = RateTwice(*same[i]);
      // Some authors have looked at both by the end of the half-term, and go back to what they gave
      // in the lesson.
      if (i % 5 < 2) {
        Do(3, same[i]->lead(), phase_starts_[3] + kHourMs, *same[i], "rate",
           {{"element", element}, {"level", LevelBefore(*same[i], element)}});
      }
    }
    for (const DemoVisit* visit :
         Choose(46, [](const DemoVisit& v) { return v.kind != v1::VISIT_KIND_INFORMAL; })) {
      EditDifferentThings(*visit);
    }
  }

  int64_t WhenEdited() {
    return phase_starts_[2] + kHourMs + chance_.Between(0, 40) * 30 * kMinuteMs;
  }

  static int LevelBefore(const DemoVisit& visit, uint32_t element) {
    return std::max(visit.levels[0][element - 1], 1);
  }

  uint32_t RateTwice(const DemoVisit& visit) {
    const size_t author = visit.lead();
    const uint32_t element = AnElement();
    const int before = LevelBefore(visit, element);
    const int64_t at = WhenEdited();
    lines_.Add(2, HomeTablet(author), Id(author), at, visit.id, "rate",
               {{"element", element}, {"level", before % 4 + 1}});
    lines_.Add(2, SecondTablet(author), Id(author), at + chance_.Between(1, 50) * kMinuteMs,
               visit.id, "rate", {{"element", element}, {"level", (before + 1) % 4 + 1}});
    return element;
  }

  void EditDifferentThings(const DemoVisit& visit) {
    const size_t author = visit.lead();
    const int64_t at = WhenEdited();
    const bool is_walk = visit.kind == v1::VISIT_KIND_WALK;
    if (is_walk) {
      lines_.Add(2, HomeTablet(author), Id(author), at, visit.id, "praise",
                 {{"key", Key()}, {"text", WalkPraise(chance_, visit.topic)}});
    } else {
      lines_.Add(2, HomeTablet(author), Id(author), at, visit.id, "note",
                 {{"key", Key()},
                  {"t_offset_s", 2400},
                  {"text", NoteText(chance_, AnElement(), visit.topic)}});
    }
    const int64_t later = at + chance_.Between(1, 50) * kMinuteMs;
    lines_.Add(2, SecondTablet(author), Id(author), later, visit.id, "sheet",
               is_walk ? OrderedJson{{"offer_help", true}}
                       : OrderedJson{{"pupils_present", chance_.Between(17, 31)}});
    lines_.Add(2, SecondTablet(author), Id(author), later + kMinuteMs, visit.id, "next_step",
               {{"key", Key()}, {"text", StepText(chance_, AnElement())}});
  }

  // --- Teams -------------------------------------------------------------------------------------

  void Agree(const DemoVisit& visit) {
    OrderedJson levels = OrderedJson::object();
    for (uint32_t element = 1; element <= kElements; ++element) {
      std::vector<int> given;
      for (const std::vector<int>& sheet : visit.levels) {
        if (sheet[element - 1] > 0) given.push_back(sheet[element - 1]);
      }
      if (given.size() < 2) continue;
      std::sort(given.begin(), given.end());
      levels[absl::StrCat(element)] = given[(given.size() - 1) / 2];
    }
    const uint32_t element = AnElement();
    Do(2, visit.lead(), phase_starts_[2] + 2 * kDayMs, visit, "consensus",
       {{"levels", levels},
        {"rationale",
         OrderedJson::array({{{"key", Key()}, {"text", RationaleText(chance_, element)}}})}});
    Do(2, visit.lead(), phase_starts_[2] + 2 * kDayMs + kMinuteMs, visit, "agree");
    for (size_t i = 1; i < visit.observers.size(); ++i) {
      Do(3, visit.observers[i], phase_starts_[3] + chance_.Between(1, 120) * kMinuteMs, visit,
         "agree");
    }
    Do(4, visit.lead(), phase_starts_[4] + chance_.Between(1, 120) * kMinuteMs, visit, "share",
       {{"round", 1}});
  }

  // --- What teachers say, and what becomes of it
  // --------------------------------------------------

  void Answer() {
    std::vector<const DemoVisit*> shared, teams, formal;
    const DemoVisit* shared_and_withdrawn = nullptr;
    const DemoVisit* submitted_and_withdrawn = nullptr;
    for (const DemoVisit& visit : visits_) {
      if (visit.kind == v1::VISIT_KIND_DEPT && edited_.count(&visit) == 0) {
        if (visit.status == VisitStatus::kSubmitted) submitted_and_withdrawn = &visit;
        if (visit.status == VisitStatus::kShared && shared_and_withdrawn == nullptr) {
          shared_and_withdrawn = &visit;
          continue;
        }
      }
      if (visit.status != VisitStatus::kShared) continue;
      (visit.kind == v1::VISIT_KIND_TEAM ? teams : shared).push_back(&visit);
      if (visit.kind == v1::VISIT_KIND_DEPT && edited_.count(&visit) == 0) {
        formal.push_back(&visit);
      }
    }
    // 60 % of all that is shared, to the nearest one; the withdrawn visit is not among them.
    const size_t all = shared.size() + teams.size() + 1;
    const size_t of_teams = teams.size() * 60 / 100;
    chance_.Shuffle(shared);
    chance_.Shuffle(teams);
    shared.resize(all * 60 / 100 - of_teams);
    teams.resize(of_teams);
    for (const DemoVisit* visit : shared) Acknowledge(3, *visit);
    for (const DemoVisit* visit : teams) Acknowledge(5, *visit);
    chance_.Shuffle(formal);
    for (size_t i = 0; i < 6; ++i) Query(*formal[i], i);
    for (size_t i = 6; i < 21; ++i) {
      Do(4, formal[i]->lead(), phase_starts_[4] + 3 * kHourMs, *formal[i], "close", {{"round", 1}});
    }
    Do(4, shared_and_withdrawn->lead(), phase_starts_[4] + 4 * kHourMs, *shared_and_withdrawn,
       "withdraw", {{"reason", "Recorded under the wrong class; a new visit is planned."}});
    Do(4, submitted_and_withdrawn->lead(), phase_starts_[4] + 4 * kHourMs, *submitted_and_withdrawn,
       "withdraw", {{"reason", "The lesson was cut short by a fire drill."}});
  }

  void Acknowledge(int phase, const DemoVisit& visit) {
    const int64_t at = phase_starts_[phase] + chance_.Between(0, 600) * kMinuteMs;
    Do(phase, visit.teacher, at, visit, "acknowledge", {{"version", 1}});
    if (chance_.Percent(6)) {
      Do(phase, visit.teacher, at + 2 * kMinuteMs, visit, "reflect",
         {{"key", Key()}, {"text", ReflectionText(chance_, visit.topic)}});
    }
  }

  void Query(const DemoVisit& visit, size_t number) {
    uint32_t element = AnElement();
    while (visit.levels[0][element - 1] <= 0) element = AnElement();
    const std::string key = Key();
    Do(3, visit.teacher, phase_starts_[3] + 11 * kHourMs, visit, "query",
       {{"key", key}, {"version", 1}, {"element", element}, {"text", QueryText(chance_, element)}});
    // Two are still open when the half-term ends.
    static const char* const kResolutions[] = {"amended", "explained", "withdrawn", "explained"};
    if (number >= 4) return;
    const int64_t at = phase_starts_[4] + 2 * kHourMs;
    if (number == 0) {
      Do(4, visit.lead(), at - kMinuteMs, visit, "feedback",
         {{"priority", PriorityText(chance_, element, visit.topic)}});
    }
    Do(4, visit.lead(), at, visit, "answer",
       {{"query", key}, {"text", AnswerText(chance_)}, {"resolution", kResolutions[number]}});
    if (number == 0) Do(4, visit.lead(), at + kMinuteMs, visit, "share", {{"round", 2}});
  }

  const DemoSchool& school_;
  const int half_term_;
  const uint64_t seed_;
  Chance chance_;
  int64_t phase_starts_[kPhases + 1] = {};
  std::vector<DemoVisit> visits_;
  std::set<const DemoVisit*> edited_;
  GestureLines lines_;
};

}  // namespace

std::string RosterFolder(Stage stage) {
  switch (stage) {
    case Stage::kAutumn:
      return "../roster";
    case Stage::kHalfWay:
      return "../roster-half-way";
    default:
      return "../roster-half-term-3";
  }
}

std::string DemoWorkload(const DemoSchool& school, int half_term, uint64_t seed) {
  return Writer(school, half_term, seed).Run();
}

}  // namespace halfterm::tools
