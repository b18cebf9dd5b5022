#include "tools/workload/generated_workload.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/replay/ids.h"

namespace halfterm::tools {
namespace {

constexpr uint32_t kElements = 9;
constexpr int64_t kMinuteMs = 60'000;
constexpr int64_t kDayMs = 1440 * kMinuteMs;
constexpr int64_t kFirstDayMs = 1'788'220'800'000;  // 1 September 2026, midnight UTC.

constexpr const char* kWho[] = {"the class",    "a pair at the back", "the front table",
                                "new arrivals", "the teacher",        "most pupils"};
constexpr const char* kDid[] = {"explained",  "compared",   "rehearsed", "checked",
                                "questioned", "summarised", "annotated", "postponed"};
constexpr const char* kWhat[] = {
    "the second example", "a hinge question",  "their marked homework", "the success criteria",
    "last week's graph",  "a shorter starter", "the model paragraph"};

// SplitMix64: a few nanoseconds a number, and any number is a good seed.
class Chance {
 public:
  explicit Chance(uint64_t seed) : state_(seed) {}
  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  uint32_t Below(uint32_t bound) { return static_cast<uint32_t>(Next() % bound); }
  template <typename T, size_t N>
  const T& Pick(const T (&list)[N]) {
    return list[Next() % N];
  }
  core::Id16 Id() {
    core::Id16 id;
    for (size_t i = 0; i < 16; ++i) id.bytes[i] = static_cast<uint8_t>(Next());
    return id;
  }

 private:
  uint64_t state_;
};

// About a hundred bytes.
std::string Sentence(Chance& chance) {
  return absl::StrCat(chance.Pick(kWho), " ", chance.Pick(kDid), " ", chance.Pick(kWhat), " and ",
                      chance.Pick(kWho), " ", chance.Pick(kDid), " ", chance.Pick(kWhat), " (",
                      1 + chance.Below(29), " of ", 18 + chance.Below(14), ").");
}

// UUIDv7: a tablet's records lie together on the server's disk.
core::Id16 RecordId(int64_t at_ms, Chance& chance) {
  core::Id16 id = chance.Id();
  for (int i = 0; i < 6; ++i) {
    id.bytes[static_cast<size_t>(i)] = static_cast<uint8_t>(at_ms >> (40 - 8 * i));
  }
  id.bytes[6] = static_cast<uint8_t>((id.bytes[6] & 0x0f) | 0x70);
  id.bytes[8] = static_cast<uint8_t>((id.bytes[8] & 0x3f) | 0x80);
  return id;
}

v1::Note MakeNote(Chance& chance) {
  v1::Note note;
  note.set_key(Bytes(chance.Id()));
  note.set_text(Sentence(chance));
  note.set_element(1 + chance.Below(kElements));
  return note;
}

}  // namespace

VisitMaker::VisitMaker(uint64_t seed, size_t tablets) : seed_(seed), tablets_(tablets) {
  std::vector<core::Id16> departments;
  for (uint32_t i = 0; i < 3; ++i) {
    school_.sites[NamedId(absl::StrCat("generated site ", i))] = {absl::StrCat("Site ", i + 1),
                                                                  i == 2 ? 5u : 4u};
  }
  auto site = school_.sites.begin();
  for (int i = 0; i < 12; ++i) {
    departments.push_back(NamedId(absl::StrCat("generated department ", i)));
    school_.departments[departments.back()] = {absl::StrCat("Department ", i + 1), site->first};
    if (++site == school_.sites.end()) site = school_.sites.begin();
  }
  for (size_t i = 0; i < 120; ++i) {
    const core::Id16 teacher = NamedId(absl::StrCat("generated teacher ", i));
    const core::Id16& department = departments[i % departments.size()];
    school_.teachers[teacher] = {absl::StrCat("Teacher ", i + 1), department};
    lessons_.push_back(
        {teacher, department, school_.sites[school_.departments[department].site].levels});
  }
  for (int i = 0; i < 24; ++i) {
    observers_.push_back(NamedId(absl::StrCat("generated observer ", i)));
    school_.observers[observers_.back()] = absl::StrCat("Observer ", i + 1);
  }
}

Visit VisitMaker::Make(uint64_t index) const {
  constexpr v1::VisitKind kKinds[] = {v1::VISIT_KIND_DEPT, v1::VISIT_KIND_WALK,
                                      v1::VISIT_KIND_COACH, v1::VISIT_KIND_AST,
                                      v1::VISIT_KIND_MENTOR};
  constexpr v1::Level kLevels[] = {v1::LEVEL_DRAFT, v1::LEVEL_SUBMITTED, v1::LEVEL_SHARED};
  Chance chance(seed_ ^ (index + 1) * 0xd1342543de82ef95);
  const Lesson& lesson = lessons_[chance.Below(static_cast<uint32_t>(lessons_.size()))];
  const int64_t start_ms =
      kFirstDayMs + chance.Below(55) * kDayMs + (8 * 60 + 30 + chance.Below(400)) * kMinuteMs;

  Visit visit;
  visit.tablet = index % tablets_;
  visit.observer = observers_[chance.Below(static_cast<uint32_t>(observers_.size()))];
  visit.at_ms = start_ms + 58 * kMinuteMs;
  visit.id = RecordId(start_ms, chance);
  visit.level = chance.Pick(kLevels);

  v1::Plan& plan = visit.plan;
  plan.set_kind(chance.Pick(kKinds));
  plan.set_teacher(Bytes(lesson.teacher));
  plan.set_department_at_lesson(Bytes(lesson.department));
  plan.add_observers()->set_person(Bytes(visit.observer));
  plan.set_lesson_start_ms(start_ms);
  plan.set_minutes(55);
  plan.set_year_group(7 + chance.Below(7));
  plan.set_class_code(absl::StrCat(plan.year_group(), "A", 1 + chance.Below(5)));
  plan.set_subject(school_.departments.at(lesson.department).name);
  plan.set_period(1 + chance.Below(6));
  plan.set_rubric_version(Bytes(RubricOf(lesson.levels)));

  visit.sheet.set_pupils_present(18 + chance.Below(14));
  for (uint32_t element = 1; element <= kElements; ++element) {
    v1::Rating& rating = *visit.sheet.add_ratings();
    rating.set_element(element);
    rating.set_level(1 + chance.Below(lesson.levels));
  }
  for (uint32_t i = 0; i < 8; ++i) {
    v1::Note note = MakeNote(chance);
    note.set_t_offset_s((3 + i * 6 + chance.Below(5)) * 60);
    *visit.sheet.add_notes() = std::move(note);
  }
  for (int i = 0; i < 2; ++i) {
    v1::Paragraph& strength = *visit.feedback.add_strengths();
    strength.set_key(Bytes(chance.Id()));
    strength.set_text(Sentence(chance));
    v1::Step& step = *visit.steps.add_steps();
    step.set_key(Bytes(chance.Id()));
    step.set_text(Sentence(chance));
    step.set_due_day(static_cast<int32_t>(start_ms / kDayMs + 14 + chance.Below(28)));
  }
  return visit;
}

std::vector<Edit> VisitMaker::EditsOf(const Visit& visit, uint64_t index) const {
  Chance chance(seed_ ^ (index + 7) * 0x2545f4914f6cdd1d);
  const auto other = static_cast<uint32_t>(tablets_ - 1);
  const size_t second = tablets_ < 2 ? 0 : (visit.tablet + 1 + chance.Below(other)) % tablets_;
  const uint32_t element = 1 + chance.Below(kElements);
  const bool same = chance.Below(3) == 0;
  const int64_t at_ms = visit.at_ms + 30 * kDayMs;

  std::vector<Edit> edits;
  for (const bool first_side : {true, false}) {
    Edit base;
    base.tablet = first_side ? visit.tablet : second;
    base.visit = visit.id;
    base.observer = visit.observer;
    base.at_ms = at_ms;
    Edit rating = base, note = base, status = base;
    rating.element = first_side || same
                         ? element
                         : 1 + (element - 1 + 1 + chance.Below(kElements - 1)) % kElements;
    // Two values that neither the visit nor the other side has; every rubric has four levels.
    const uint32_t before = visit.sheet.ratings(static_cast<int>(rating.element) - 1).level();
    rating.level = 1 + (before - 1 + (first_side ? 1 : 2)) % 4;
    note.note = MakeNote(chance);
    status.status = first_side ? v1::LEVEL_SHARED : v1::LEVEL_CLOSED;
    edits.push_back(std::move(rating));
    edits.push_back(std::move(note));
    edits.push_back(std::move(status));
  }
  return edits;
}

CommonRecords Generate(uint64_t seed, size_t visits, size_t tablets) {
  const VisitMaker maker(seed, tablets);
  CommonRecords records;
  records.school = maker.school();
  records.tablets = tablets;
  for (uint64_t i = 0; i < visits; ++i) {
    records.visits.push_back(maker.Make(i));
    if (i % 10 != 0) continue;
    for (Edit& edit : maker.EditsOf(records.visits.back(), i)) {
      records.edits.push_back(std::move(edit));
    }
  }
  return records;
}

}  // namespace halfterm::tools
