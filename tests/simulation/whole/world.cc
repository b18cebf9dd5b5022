#include "tests/simulation/whole/world.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "sync/core/sha256.h"

namespace halfterm::testing {
namespace {

constexpr int64_t kHourMs = 3'600'000;
constexpr int64_t kDayMs = 24 * kHourMs;
constexpr size_t kMostCopies = 6;
constexpr int kRoundsToQuiet = 3;

}  // namespace

World::World(uint64_t seed, LeftOut left_out, const MakeDisk& make_disk)
    : server_(make_disk(directory_.Path("store")), seed, left_out),
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
    case Does::kBackUp:
      wrong = BackUp();
      break;
    case Does::kRestore:
      if (server_.backups() < 2) break;
      wrong = Restore(server_.backups() - 1 - (chance.Percent(50) ? 1 : 0), chance.Percent(70));
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

std::string World::MeetAll() {
  for (size_t i = 0; i < tablets_.size(); ++i) {
    for (const core::Id16& person : tablets_[i]->people()) {
      const uint64_t before = counts_.complete;
      std::string wrong = Meet(i, person);
      // Where the server loses a connection to its database the tablet comes again.
      if (wrong.empty() && counts_.complete == before) wrong = Meet(i, person);
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
