#include "tests/simulation/whole/world.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sync/core/delta.h"
#include "sync/core/sha256.h"
#include "tests/support/hex.h"

namespace halfterm::testing {
namespace {

using core::Kind;
using core::Path;

constexpr int64_t kHourMs = 3'600'000;
constexpr int64_t kDayMs = 24 * kHourMs;
constexpr size_t kMostVisits = 16;
constexpr size_t kMostCopies = 6;
constexpr int kRoundsToQuiet = 3;

core::Id16 KeyOf(uint64_t place) {
  core::Id16 key;
  key.bytes[0] = 0x77;
  key.bytes[15] = static_cast<uint8_t>(place + 1);
  return key;
}

const char* const kNames[kDoes] = {
    "meet",     "write", "stray-write", "intend",    "begin",         "hours",      "days",
    "grant",    "move",  "erase",       "late-push", "clock",         "switch-off", "copy",
    "put-back", "clone", "power-cut",   "restart",   "servers-clock", "recompute"};

// How often in a usual history.
constexpr Weights kUsual = {34, 40, 3, 16, 6, 14, 3, 4, 1, 1, 4, 1, 4, 3, 2, 1, 4, 1, 1, 2};

}  // namespace

// All the chance of one step.
class World::Chance {
 public:
  explicit Chance(uint64_t number) : random_(number) {}
  int Number(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random_); }
  bool Percent(int percent) { return Number(1, 100) <= percent; }
  uint64_t Seed() { return random_(); }
  template <typename T>
  T& AnyOf(std::vector<T>& list) {
    return list[static_cast<size_t>(Number(0, static_cast<int>(list.size()) - 1))];
  }
  template <typename T>
  const T& AnyOf(const std::vector<T>& list) {
    return list[static_cast<size_t>(Number(0, static_cast<int>(list.size()) - 1))];
  }

 private:
  std::mt19937_64 random_;
};

std::string Named(const Step& step) {
  return absl::StrCat("{\"", kNames[static_cast<size_t>(step.does)], "\", ", step.chance, "}");
}

Weights SwarmWeights(uint64_t seed) {
  std::mt19937_64 random(seed ^ 0x5a4a4);
  Weights weights = kUsual;
  for (size_t i = 0; i < kDoes; ++i) {
    const uint64_t how = random() % 8;
    if (how == 0) weights[i] = 0;
    if (how == 1) weights[i] *= 4;
  }
  // Without these nothing happens at all.
  for (const Does does : {Does::kMeet, Does::kWrite, Does::kBegin, Does::kIntend, Does::kHours}) {
    const auto i = static_cast<size_t>(does);
    weights[i] = std::max(weights[i], kUsual[i]);
  }
  return weights;
}

std::vector<Step> HistoryOf(uint64_t seed, size_t steps) {
  const Weights weights = SwarmWeights(seed);
  std::mt19937_64 random(seed);
  std::discrete_distribution<int> what(weights.begin(), weights.end());
  std::vector<Step> history;
  for (size_t i = 0; i < steps; ++i) {
    const auto does = static_cast<Does>(what(random));
    history.push_back({does, random()});
  }
  return history;
}

World::World(uint64_t seed, LeftOut left_out)
    : server_(directory_.Path("store"), seed, left_out),
      oracle_(server_),
      network_{server_, oracle_, {}, "", 0},
      ledger_(server_),
      ids_(seed ^ 0x1d5),
      began_ms_(server_.clock().NowMs()) {
  const SmallSchool& school = people();
  trace_ = StartServer();
  // Two of them share a tablet, and Hana has two.
  const std::vector<std::vector<core::Id16>> users = {{school.hana}, {school.hana},
                                                      {school.hugo}, {school.sara, school.hedy},
                                                      {school.tia},  {school.tom, school.ann},
                                                      {school.ann}};
  for (size_t i = 0; i < users.size(); ++i) {
    tablets_.push_back(
        std::make_unique<SimulatedTablet>(network_, IdNumber(static_cast<uint8_t>(200 + i))));
    for (const core::Id16& person : users[i]) {
      trace_ += tablets_.back()->Enrol(person);
      trace_ += Meet(i, person);
    }
  }
}

std::string World::StartServer() {
  if (server_.is_up()) return "";
  const absl::Status started = server_.Start();
  return started.ok() ? "" : absl::StrCat("the server does not start: ", started.ToString());
}

double World::tablet_days() const {
  return static_cast<double>(server_.clock().MonotonicMs()) / static_cast<double>(kDayMs) *
         static_cast<double>(tablets_.size());
}

size_t World::TabletOf(const core::Id16& person) const {
  for (size_t i = 0; i < tablets_.size(); ++i) {
    for (const core::Id16& user : tablets_[i]->people()) {
      if (user == person) return i;
    }
  }
  return 0;
}

size_t World::SomeTabletOf(const core::Id16& person, Chance& chance) const {
  std::vector<size_t> of;
  for (size_t i = 0; i < tablets_.size(); ++i) {
    for (const core::Id16& user : tablets_[i]->people()) {
      if (user == person) of.push_back(i);
    }
  }
  return of.empty() ? tablets_.size() : chance.AnyOf(of);
}

// What must hold after everything.
std::string World::After(std::string wrong) {
  if (wrong.empty()) wrong = network_.broken;
  if (wrong.empty()) wrong = server_.broken();
  if (wrong.empty()) wrong = ledger_.ReadLog();
  return wrong;
}

std::string World::Do(const Step& step) {
  Chance chance(step.chance);
  std::string wrong;
  if (!server_.is_up() && step.does != Does::kHours && step.does != Does::kWrite) {
    wrong = StartServer();
    if (wrong.empty()) wrong = ledger_.CheckServer();
    if (!wrong.empty()) return wrong;
  }
  switch (step.does) {
    case Does::kMeet:
      wrong = DoMeet(chance);
      break;
    case Does::kWrite:
    case Does::kStrayWrite:
      wrong = DoWrite(chance, step.does == Does::kStrayWrite);
      break;
    case Does::kIntend:
      wrong = DoIntend(chance);
      break;
    case Does::kBegin:
      wrong = DoBegin(chance);
      break;
    case Does::kHours:
      server_.clock().Advance(chance.Number(1, 9) * kHourMs);
      server_.Tick();
      break;
    case Does::kDays:
      server_.clock().Advance(chance.Number(1, chance.Percent(15) ? 45 : 4) * kDayMs);
      server_.Tick();
      break;
    case Does::kGrant:
      wrong = DoGrant(chance);
      break;
    case Does::kMove:
      wrong = DoMove(chance);
      break;
    case Does::kErase:
      wrong = DoErase(chance);
      break;
    case Does::kLatePush:
      wrong = DoLatePush(chance);
      break;
    case Does::kWrongClock: {
      const int64_t days = chance.Percent(50) ? 5 : 400;
      const int64_t off = chance.Number(-1000, 1000) * (days * kDayMs / 1000);
      chance.AnyOf(tablets_)->clock().SetOffset(chance.Percent(15)   ? -server_.clock().NowMs()
                                                : chance.Percent(20) ? 0
                                                                     : off);
      break;
    }
    case Does::kSwitchOff: {
      SimulatedTablet& tablet = *chance.AnyOf(tablets_);
      if (chance.Percent(50)) {
        wrong = tablet.Restart();
      } else {  // It stops between two of its next writes, and starts at its next step.
        tablet.disk().commits_until_failure = chance.Number(0, 6);
      }
      break;
    }
    case Does::kCopy: {
      const auto index =
          static_cast<size_t>(chance.Number(0, static_cast<int>(tablets_.size()) - 1));
      copies_.push_back({index, tablets_[index]->disk(), tablets_[index]->people()});
      copies_.back().disk.commits_until_failure = -1;
      if (copies_.size() > kMostCopies) copies_.erase(copies_.begin());
      break;
    }
    case Does::kPutBack:
      wrong = DoPutBack(chance, false);
      break;
    case Does::kClone:
      wrong = DoPutBack(chance, true);
      break;
    case Does::kPowerCut:
      server_.CutPowerAfter(static_cast<uint64_t>(chance.Number(0, 12)));
      break;
    case Does::kRestart:
      server_.Stop();
      ++counts_.restarts;
      wrong = StartServer();
      break;
    case Does::kServersClock:
      server_.clock().SetWall(server_.clock().NowMs() +
                              (chance.Percent(60) ? -1 : 1) * chance.Number(1, 90) * 60'000);
      break;
    case Does::kRecompute:
      ++counts_.recomputed;
      wrong = ledger_.CheckServer();
      if (wrong.empty()) wrong = server_.Verify();
      if (!wrong.empty() && wrong[0] == 'r') wrong = "I5: " + wrong;
      break;
  }
  wrong = After(std::move(wrong));
  trace_ = std::string(
      core::Sha256(trace_ + Named(step) + (wrong.empty() ? "" : "wrong") + ledger_.trace())
          .view()
          .substr(0, 16));
  return wrong;
}

std::string World::Meet(size_t index, const core::Id16& person, const tools::FaultRates& rates,
                        uint64_t seed) {
  SimulatedTablet& tablet = *tablets_[index];
  ++counts_.meetings;
  bool is_complete = false;
  // A scope opens when its records are filed, and the meeting's own commits go on with that.
  const bool was_filing = server_.is_filing();
  std::string wrong = tablet.Meet(person, rates, seed, is_complete);
  if (!wrong.empty()) return wrong;
  if (tablet.disk().commits_until_failure < 0 && !is_complete && seed != 0) return After("");
  counts_.complete += is_complete ? 1 : 0;
  if (is_complete && !was_filing && server_.is_up()) wrong = tablet.Check(person);
  return After(std::move(wrong));
}

std::string World::DoMeet(Chance& chance) {
  const auto index = static_cast<size_t>(chance.Number(0, static_cast<int>(tablets_.size()) - 1));
  SimulatedTablet& tablet = *tablets_[index];
  if (tablet.people().empty()) return "";
  const core::Id16 person = chance.AnyOf(tablet.people());
  tools::FaultRates rates;
  if (chance.Percent(60)) {
    rates.lost_replies = chance.Number(0, 30);
    rates.repeated_pushes = chance.Number(0, 20);
    rates.cuts = chance.Number(0, 15);
    rates.small_pushes = chance.Number(0, 60);
  }
  std::string wrong = Meet(index, person, rates, chance.Seed() | 1);
  // A disk that failed in the midst of it: the tablet starts again with what is on it.
  if (wrong.empty() && chance.Percent(20)) wrong = tablet.Restart();
  return wrong;
}

std::set<std::string> World::WordsAt(size_t index, const core::Id16& person,
                                     const core::FacetId& facet, const core::Path& path) {
  std::set<std::string> words;
  const auto shown = tablets_[index]->StoreOf(person).Shown(facet);
  if (!shown.ok()) return words;
  if (const core::Cell* cell = shown->Find(path)) {
    for (const core::Sibling& sibling : cell->siblings) words.insert(sibling.value);
  }
  return words;
}

std::string World::Gesture(size_t index, const core::Id16& person, const core::FacetId& facet,
                           std::shared_ptr<google::protobuf::Message> change, Word word,
                           tools::Sealing sealing) {
  SimulatedTablet& tablet = *tablets_[index];
  tools::Gesture gesture;
  gesture.facet = facet;
  gesture.change = std::move(change);
  word.facet = facet;
  word.tablet = index;
  if (!word.text.empty()) word.seen = WordsAt(index, person, facet, word.path);
  std::string wrong = tablet.Do(person, gesture, sealing);
  // What is not on its disk was never on its screen.
  if (wrong.empty() && !word.text.empty() && tablet.disk().Mentions(word.text)) {
    ledger_.Wrote(std::move(word));
  }
  return wrong;
}

std::string World::Write(size_t index, const core::Id16& person, const core::FacetId& facet,
                         uint64_t place, tools::Sealing sealing) {
  Word word;
  word.text = ledger_.NextWord();
  const std::string key = BytesOf(KeyOf(place));
  std::shared_ptr<google::protobuf::Message> change;
  switch (facet.facet_class) {
    case core::kPlan: {
      auto plan = std::make_shared<v1::Plan>();
      plan->set_room(word.text);
      word.path = Path::Field(v1::Plan::kRoomFieldNumber, Kind::kReg);
      change = plan;
      break;
    }
    case core::kSheet: {
      auto sheet = std::make_shared<v1::Sheet>();
      v1::Note& note = *sheet->add_notes();
      note.set_key(key);
      note.set_text(word.text);
      word.path = Path::Entry(v1::Sheet::kNotesFieldNumber, KeyOf(place),
                              v1::Note::kTextFieldNumber, Kind::kPara);
      change = sheet;
      break;
    }
    case core::kFeedback: {
      auto feedback = std::make_shared<v1::Feedback>();
      if (place == 0) {
        feedback->set_priority(word.text);
        word.path = Path::Field(v1::Feedback::kPriorityFieldNumber, Kind::kPara);
      } else {
        v1::Paragraph& paragraph = *feedback->add_strengths();
        paragraph.set_key(key);
        paragraph.set_place("m");
        paragraph.set_text(word.text);
        word.path = Path::Entry(v1::Feedback::kStrengthsFieldNumber, KeyOf(place),
                                v1::Paragraph::kTextFieldNumber, Kind::kPara);
      }
      change = feedback;
      break;
    }
    case core::kSteps: {
      auto steps = std::make_shared<v1::Steps>();
      v1::Step& step = *steps->add_steps();
      step.set_key(key);
      step.set_text(word.text);
      step.set_status(place % 2 == 0 ? v1::STEP_STATUS_OPEN : v1::STEP_STATUS_EMBEDDED);
      word.path = Path::Entry(v1::Steps::kStepsFieldNumber, KeyOf(place),
                              v1::Step::kTextFieldNumber, Kind::kPara);
      change = steps;
      break;
    }
    case core::kResponse: {
      auto response = std::make_shared<v1::Response>();
      v1::Query& query = *response->add_queries();
      query.set_key(key);
      query.set_text(word.text);
      query.set_closed(place % 2 == 1);
      word.path = Path::Entry(v1::Response::kQueriesFieldNumber, KeyOf(place),
                              v1::Query::kTextFieldNumber, Kind::kPara);
      change = response;
      break;
    }
    default:
      return "no such page";
  }
  return Gesture(index, person, facet, std::move(change), std::move(word), sealing);
}

std::string World::Rate(size_t index, const core::Id16& person, const core::FacetId& sheet,
                        uint32_t element, uint32_t level) {
  auto change = std::make_shared<v1::Sheet>();
  v1::Rating& rating = *change->add_ratings();
  rating.set_element(element);
  rating.set_level(level);
  return Gesture(index, person, sheet, std::move(change), Word(), tools::Sealing::kEachGesture);
}

std::string World::RemoveNote(size_t index, const core::Id16& person, const core::FacetId& sheet,
                              uint64_t place) {
  const core::Path path = Path::Entry(v1::Sheet::kNotesFieldNumber, KeyOf(place),
                                      v1::Note::kTextFieldNumber, Kind::kPara);
  ledger_.Removed(WordsAt(index, person, sheet, path));
  tools::Gesture gesture;
  gesture.facet = sheet;
  gesture.removed = {{v1::Sheet::kNotesFieldNumber, KeyOf(place)}};
  return tablets_[index]->Do(person, gesture, tools::Sealing::kEachGesture);
}

std::string World::Intend(size_t index, const core::Id16& person, const core::FacetId& facet,
                          const v1::Intent& intent) {
  tools::Gesture gesture;
  gesture.facet = facet;
  gesture.intent = std::make_shared<v1::Intent>(intent);
  return tablets_[index]->Do(person, gesture, tools::Sealing::kWhenSent);
}

core::Id16 World::Begin(const core::Id16& lead, const core::Id16& teacher, v1::VisitKind kind,
                        std::string& wrong, const std::vector<core::Id16>& observers) {
  Visit visit;
  visit.lead = lead;
  visit.teacher = teacher;
  visit.kind = kind;
  visit.observers = observers.empty() ? std::vector<core::Id16>{lead} : observers;
  for (uint8_t& byte : visit.id.bytes) byte = static_cast<uint8_t>(ids_());
  auto plan = std::make_shared<v1::Plan>();
  plan->set_kind(kind);
  plan->set_teacher(BytesOf(teacher));
  plan->set_lesson_start_ms(server_.clock().NowMs());
  for (const core::Id16& observer : observers) plan->add_observers()->set_person(BytesOf(observer));
  Word word;
  word.text = ledger_.NextWord();
  word.path = Path::Field(v1::Plan::kRoomFieldNumber, Kind::kReg);
  plan->set_room(word.text);
  wrong = Gesture(TabletOf(lead), lead, {visit.id, core::kPlan, {}}, plan, std::move(word),
                  tools::Sealing::kEachGesture);
  visits_.push_back(visit);
  return visit.id;
}

std::string World::DoBegin(Chance& chance) {
  if (visits_.size() >= kMostVisits) return "";
  const SmallSchool& school = people();
  struct Way {
    v1::VisitKind kind;
    core::Id16 lead, teacher;
  };
  const std::vector<Way> ways = {{v1::VISIT_KIND_DEPT, school.hana, school.tia},
                                 {v1::VISIT_KIND_DEPT, school.hana, school.tom},
                                 {v1::VISIT_KIND_TEAM, school.hana, school.tia},
                                 {v1::VISIT_KIND_DEPT, school.hugo, school.ann},
                                 {v1::VISIT_KIND_WALK, school.sara, school.tia},
                                 {v1::VISIT_KIND_DEPT, school.hedy, school.sara},
                                 {v1::VISIT_KIND_COACH, school.tom, school.tia},
                                 {v1::VISIT_KIND_PEER, school.ann, school.tom},
                                 {v1::VISIT_KIND_INFORMAL, school.ann, school.tia}};
  const Way way = chance.AnyOf(ways);
  std::string wrong;
  Begin(way.lead, way.teacher, way.kind, wrong,
        way.kind == v1::VISIT_KIND_TEAM ? std::vector<core::Id16>{school.hana, school.sara}
                                        : std::vector<core::Id16>{});
  return wrong;
}

std::string World::DoWrite(Chance& chance, bool strays) {
  if (visits_.empty()) return "";
  const Visit visit = chance.AnyOf(visits_);
  const core::Id16 observer = chance.AnyOf(visit.observers);
  core::Id16 person = observer;
  core::FacetId facet{visit.id, core::kSheet, observer};
  switch (chance.Number(0, 9)) {
    case 0:
      facet = {visit.id, core::kPlan, {}};
      person = visit.lead;
      break;
    case 1:
    case 2:
      facet = {visit.id, core::kFeedback, {}};
      person = visit.lead;
      break;
    case 3:
      facet = {visit.id, core::kSteps, {}};
      person = chance.Percent(50) ? visit.lead : visit.teacher;
      break;
    case 4:
      facet = {visit.id, core::kResponse, visit.teacher};
      person = visit.teacher;
      break;
    default:
      break;
  }
  if (strays) {
    const SmallSchool& school = people();
    const std::vector<core::Id16> staff = {school.tia, school.tom, school.ann, school.hugo};
    person = chance.AnyOf(staff);
  }
  const size_t index = SomeTabletOf(person, chance);
  if (index == tablets_.size()) return "";
  const bool is_sheet = facet.facet_class == core::kSheet;
  if (is_sheet && chance.Percent(30)) {
    return Rate(index, person, facet, static_cast<uint32_t>(chance.Number(1, 5)),
                static_cast<uint32_t>(chance.Number(1, 4)));
  }
  const auto place = static_cast<uint64_t>(chance.Number(0, 2));
  if (is_sheet && chance.Percent(8)) return RemoveNote(index, person, facet, place);
  return Write(index, person, facet, place,
               chance.Percent(50) ? tools::Sealing::kWhenSent : tools::Sealing::kEachGesture);
}

std::string World::DoIntend(Chance& chance) {
  if (visits_.empty()) return "";
  const Visit visit = chance.AnyOf(visits_);
  const SmallSchool& school = people();
  core::FacetId facet{visit.id, core::kPlan, {}};
  core::Id16 person = visit.lead;
  v1::Intent intent;
  switch (chance.Number(0, 11)) {
    case 0:
    case 1:
    case 2:
      person = chance.AnyOf(visit.observers);
      facet = {visit.id, core::kSheet, person};
      intent.mutable_submit();
      break;
    case 3:
    case 4:
    case 5:
    case 6:
      intent.mutable_share()->set_round(static_cast<uint32_t>(chance.Number(1, 2)));
      break;
    case 7:
      intent.mutable_close()->set_round(1);
      break;
    case 8:
      if (!chance.Percent(30)) return "";
      intent.mutable_withdraw()->set_reason("the wrong lesson");
      break;
    case 9:
      person = visit.teacher;
      intent.mutable_grant_read()->set_person(BytesOf(school.tom));
      break;
    case 10:
      person = visit.teacher;
      intent.mutable_end_read()->set_person(BytesOf(school.tom));
      break;
    default:
      intent.mutable_correct_plan()->set_field(4);
      intent.mutable_correct_plan()->set_value(
          BytesOf(chance.Percent(50) ? school.maths : school.art));
      break;
  }
  const size_t index = SomeTabletOf(person, chance);
  return index == tablets_.size() ? "" : Intend(index, person, facet, intent);
}

std::string World::Grant(const core::Id16& person, v1::Role role, const core::Id16& org,
                         v1::GrantState state, const core::Id16& id) {
  v1::RoleGrant grant;
  grant.set_id(BytesOf(id));
  grant.set_person(BytesOf(person));
  grant.set_role(role);
  grant.set_org(BytesOf(org));
  grant.set_state(state);
  server_.Change({}, {grant}).IgnoreError();
  return After("");
}

std::string World::DoGrant(Chance& chance) {
  if (!server_.is_up()) return "";
  const SmallSchool& school = people();
  std::vector<v1::RoleGrant> known;
  for (const v1::RoleGrant& held : server_.filed_by().back()->content().grants) {
    const bool is_role =
        held.role() == v1::ROLE_HOD || held.role() == v1::ROLE_SLT || held.role() == v1::ROLE_HEAD;
    if (is_role &&
        (held.state() == v1::GRANT_STATE_LIVE || held.state() == v1::GRANT_STATE_ENDED)) {
      known.push_back(held);
    }
  }
  if (!known.empty() && chance.Percent(60)) {
    v1::RoleGrant grant = chance.AnyOf(known);
    grant.set_state(grant.state() == v1::GRANT_STATE_LIVE ? v1::GRANT_STATE_ENDED
                                                          : v1::GRANT_STATE_LIVE);
    grant.clear_from_day();
    grant.clear_to_day();
    server_.Change({}, {grant}).IgnoreError();
    return "";
  }
  const std::vector<core::Id16> staff = {school.tia,  school.tom,  school.ann, school.hana,
                                         school.hugo, school.sara, school.hedy};
  const std::vector<std::pair<v1::Role, core::Id16>> roles = {{v1::ROLE_HOD, school.maths},
                                                              {v1::ROLE_HOD, school.art},
                                                              {v1::ROLE_SLT, school.site},
                                                              {v1::ROLE_HEAD, school.site}};
  const auto& [role, org] = chance.AnyOf(roles);
  core::Id16 id;
  for (uint8_t& byte : id.bytes) byte = static_cast<uint8_t>(chance.Seed());
  v1::RoleGrant grant;
  grant.set_id(BytesOf(id));
  grant.set_person(BytesOf(chance.AnyOf(staff)));
  grant.set_role(role);
  grant.set_org(BytesOf(org));
  grant.set_state(v1::GRANT_STATE_LIVE);
  if (chance.Percent(50)) {  // Dated: the clock begins and ends it.
    const auto today = static_cast<int32_t>(server_.clock().NowMs() / kDayMs);
    grant.set_state(v1::GRANT_STATE_COMING);
    grant.set_from_day(today + chance.Number(1, 6));
    grant.set_to_day(grant.from_day() + chance.Number(0, 30));
  }
  server_.Change({}, {grant}).IgnoreError();
  return "";
}

std::string World::DoMove(Chance& chance) {
  if (!server_.is_up()) return "";
  const SmallSchool& school = people();
  const std::vector<core::Id16> teachers = {school.tia, school.tom, school.ann, school.hana};
  v1::Reference moved;
  *moved.mutable_person() = *server_.filed_by().back()->Person(chance.AnyOf(teachers));
  v1::Person& now = *moved.mutable_person();
  now.clear_departments();
  now.add_departments()->set_org(BytesOf(chance.Percent(50) ? school.maths : school.art));
  if (chance.Percent(30)) now.add_departments()->set_org(BytesOf(school.art));
  server_.Change({moved}, {}).IgnoreError();
  return "";
}

std::string World::DoErase(Chance& chance) {
  std::vector<Visit*> peers;
  for (Visit& visit : visits_) {
    if (visit.kind == v1::VISIT_KIND_PEER && !visit.erased) peers.push_back(&visit);
  }
  if (peers.empty()) return "";
  Visit& visit = *chance.AnyOf(peers);
  visit.erased = true;
  ++counts_.erased;
  v1::Intent intent;
  intent.mutable_erase_peer();
  const size_t index = SomeTabletOf(visit.teacher, chance);
  if (index == tablets_.size()) return "";
  return Intend(index, visit.teacher, {visit.id, core::kPlan, {}}, intent);
}

std::string World::DoLatePush(Chance& chance) {
  if (network_.late.empty()) return "";
  ++counts_.late;
  const auto [token, request] =
      network_
          .late[static_cast<size_t>(chance.Number(0, static_cast<int>(network_.late.size()) - 1))];
  const auto caller = server_.CallerOf(token);
  if (!caller.ok()) return "";
  // Nobody hears the answer. That it does no harm is what the ledger says.
  server_.Push(*caller, request).IgnoreError();
  return "";
}

std::string World::PutBack(size_t index, const MemoryDisk& copy) {
  ++counts_.put_back;
  if (std::string wrong = ledger_.ReadLog(); !wrong.empty()) return wrong;
  std::string wrong = tablets_[index]->PutBack(copy, tablets_[index]->people());
  ledger_.TabletWasPutBack(index, tablets_[index]->disk());
  return wrong;
}

std::string World::DoPutBack(Chance& chance, bool on_another) {
  if (copies_.empty() || !server_.is_up()) return "";
  const Copy& copy = chance.AnyOf(copies_);
  size_t index = copy.tablet;
  if (on_another) {  // A tablet more, which says that it is the one that was copied.
    if (tablets_.size() >= 9) return "";
    tablets_.push_back(
        std::make_unique<SimulatedTablet>(network_, tablets_[copy.tablet]->device()));
    index = tablets_.size() - 1;
  }
  ++counts_.put_back;
  if (std::string wrong = ledger_.ReadLog(); !wrong.empty()) return wrong;
  std::string wrong = tablets_[index]->PutBack(copy.disk, copy.people);
  if (!on_another) ledger_.TabletWasPutBack(index, tablets_[index]->disk());
  return wrong;
}

std::string World::MeetAll() {
  for (size_t i = 0; i < tablets_.size(); ++i) {
    for (const core::Id16& person : tablets_[i]->people()) {
      std::string wrong = Meet(i, person);
      if (!wrong.empty()) return absl::StrCat("tablet ", i, " ", wrong);
    }
  }
  return "";
}

std::string World::Finish() {
  server_.LeavePowerOn();
  std::string wrong = StartServer();
  for (const auto& tablet : tablets_) {
    if (wrong.empty()) wrong = tablet->Restart();
  }
  for (int round = 0; wrong.empty() && round < kRoundsToQuiet; ++round) {
    ++counts_.rounds;
    server_.FinishFiling();
    wrong = MeetAll();
    server_.FinishFiling();
  }
  for (size_t i = 0; wrong.empty() && i < tablets_.size(); ++i) {
    for (const core::Id16& person : tablets_[i]->people()) {
      if (tablets_[i]->StoreOf(person).outbox().unsent() > 0) {
        wrong = absl::StrCat("I11: tablet ", i, " has unsent work after three quiet rounds");
      }
      if (wrong.empty()) wrong = tablets_[i]->Check(person);
    }
    if (wrong.empty()) wrong = ledger_.CheckAnswers(*tablets_[i]);
  }
  if (wrong.empty()) wrong = ledger_.CheckWords();
  if (wrong.empty()) {
    ++counts_.recomputed;
    wrong = server_.Verify();
    if (!wrong.empty()) wrong = "I5: " + wrong;
  }
  wrong = After(std::move(wrong));
  return wrong.empty() ? "" : absl::StrCat("at the end, ", wrong);
}

}  // namespace halfterm::testing
