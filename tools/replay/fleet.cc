#include "tools/replay/fleet.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <random>
#include <set>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sync/schema.h"
#include "tools/replay/ids.h"

namespace halfterm::tools {
namespace {

constexpr int kTries = 60;  // Of a server that does not answer: about a minute.
constexpr size_t kGesturesAStep = 50;

bool MayPass(const absl::Status& why) {
  return absl::IsUnavailable(why) || absl::IsResourceExhausted(why) ||
         absl::IsDeadlineExceeded(why) || absl::IsFailedPrecondition(why) || absl::IsCancelled(why);
}

absl::Status OfTablet(const absl::Status& status, size_t tablet) {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat("tablet ", tablet, ": ", status.message()));
}

}  // namespace

Fleet::Fleet(const Workload& workload, FleetOptions options, AdminCalls& admin,
             const storage::Clock& clock, Progress progress)
    : workload_(workload),
      options_(std::move(options)),
      admin_(admin),
      clock_(clock),
      progress_(std::move(progress)) {}

void Fleet::Report(const std::string& doing, size_t done, size_t of) {
  if (progress_) progress_(doing, done, of);
}

absl::Status Fleet::OnEachTablet(const std::function<absl::Status(size_t)>& act) {
  std::vector<absl::Status> results(tablets_.size());
  std::vector<std::thread> threads;
  for (size_t i = 0; i < tablets_.size(); ++i) {
    threads.emplace_back([&, i] { results[i] = act(i); });
  }
  for (std::thread& thread : threads) thread.join();
  for (size_t i = 0; i < results.size(); ++i) {
    if (!results[i].ok()) return OfTablet(results[i], i);
  }
  return absl::OkStatus();
}

absl::Status Fleet::Start() {
  if (workload_.school.has_value()) {
    Report("importing the school", 0, 1);
    const absl::StatusOr<v1::ImportReply> imported = admin_.Import(*workload_.school);
    if (!imported.ok()) return imported.status();
    if (imported->refusal() != v1::IMPORT_REFUSAL_UNSPECIFIED) {
      return absl::FailedPreconditionError("the server refused the workload's school");
    }
  }
  for (size_t i = 0; i < workload_.tablets; ++i) {
    FaultRates rates = options_.rates;
    rates.lost_replies = std::max(rates.lost_replies, workload_.lost_reply_percent);
    TabletFaults faults(rates, options_.seed, i);
    const auto offset = workload_.clock_offset_ms.find(i);
    if (offset != workload_.clock_offset_ms.end()) faults.set_clock_offset_ms(offset->second);
    TabletOptions tablet;
    tablet.directory = absl::StrCat(options_.directory, "/tablet-", i);
    tablet.address = options_.address;
    tablet.device = NamedId(absl::StrCat("tablet ", i, " of seed ", options_.seed));
    tablet.periods = workload_.periods;
    tablets_.push_back(std::make_unique<Tablet>(std::move(tablet), sync::Schema::OfThisBuild(),
                                                clock_, std::move(faults)));
  }
  std::atomic<size_t> ready{0};
  std::mutex reporting;
  return OnEachTablet([&](size_t i) {
    if (absl::Status on = tablets_[i]->SwitchOn(); !on.ok()) return on;
    for (const core::Id16& person : workload_.people[i]) {
      absl::Status enrolled = Enrol(*tablets_[i], person, absl::StrCat("tablet ", i + 1));
      if (!enrolled.ok()) return enrolled;
    }
    const std::lock_guard<std::mutex> lock(reporting);
    Report("enrolling tablets", ++ready, tablets_.size());
    return absl::OkStatus();
  });
}

absl::Status Fleet::Enrol(Tablet& tablet, const core::Id16& person, const std::string& label) {
  if (tablet.StoreOf(person) == nullptr) {
    const absl::StatusOr<v1::OpenSessionReply> session =
        admin_.OpenSession(workload_.tenant, person, tablet.options().device, label);
    if (!session.ok()) return session.status();
    if (absl::Status taken = tablet.Enrol(person, *session); !taken.ok()) return taken;
  }
  return Until(tablet, person, Part::kGreet);
}

absl::Status Fleet::Recover(Tablet& tablet, const absl::Status& why, int tries) {
  if (tablet.is_cut()) {
    if (!tablet.faults().IsSwitchedOff()) return absl::OkStatus();
    if (absl::Status off = tablet.SwitchOff(); !off.ok()) return off;
    return tablet.SwitchOn();
  }
  if (!MayPass(why) || tries >= kTries) return why;
  std::this_thread::sleep_for(std::chrono::milliseconds(std::min(1000, 10 << std::min(tries, 7))));
  return absl::OkStatus();
}

absl::Status Fleet::Until(Tablet& tablet, const core::Id16& person, Part part) {
  for (int tries = 0;; ++tries) {
    absl::Status done;
    if (part == Part::kPull) {
      done = tablet.Pull(person);
      // The answer to a cursor that the server does not know is in the next greeting.
      if (absl::IsFailedPrecondition(done)) {
        if (absl::Status greeted = Until(tablet, person, Part::kGreet); !greeted.ok()) {
          return greeted;
        }
      }
    } else {
      done = tablet.Greet(person);
      for (bool more = part == Part::kPush; done.ok() && more;) {
        done = tablet.PushSome(person, more);
      }
    }
    if (done.ok()) return done;
    if (absl::Status recovered = Recover(tablet, done, tries); !recovered.ok()) return recovered;
  }
}

// All stores' turns on this thread: which comes next follows from the order's number.
absl::Status Fleet::InTurns(std::vector<Turn> turns, Part part, const std::string& doing) {
  std::mt19937_64 random(*options_.order_seed * 2 + (part == Part::kPush ? 1 : 0));
  std::set<std::pair<size_t, core::Id16>> greeted;
  const size_t all = turns.size();
  while (!turns.empty()) {
    const size_t next = std::uniform_int_distribution<size_t>(0, turns.size() - 1)(random);
    Turn& turn = turns[next];
    Tablet& tablet = *tablets_[turn.tablet];
    bool more = false;
    absl::Status done;
    if (part == Part::kPull) {
      done = Until(tablet, turn.person, part);
    } else if (greeted.emplace(turn.tablet, turn.person).second) {
      done = tablet.Greet(turn.person);
      more = true;
    } else {
      done = tablet.PushSome(turn.person, more);
    }
    if (!done.ok()) {
      absl::Status recovered = Recover(tablet, done, turn.tries++);
      if (!recovered.ok()) return OfTablet(recovered, turn.tablet);
      greeted.erase({turn.tablet, turn.person});
      continue;
    }
    if (more) continue;
    turns[next] = turns.back();
    turns.pop_back();
    Report(doing, all - turns.size(), all);
  }
  return absl::OkStatus();
}

absl::Status Fleet::PushAll(const std::string& when) {
  const std::string doing = absl::StrCat(when, ": sending");
  std::vector<Turn> turns;
  for (size_t i = 0; i < tablets_.size(); ++i) {
    for (const core::Id16& person : tablets_[i]->people()) {
      Tablet& tablet = *tablets_[i];
      if (absl::Status sealed = tablet.StoreOf(person)->Seal(); !sealed.ok()) return sealed;
      if (tablet.StoreOf(person)->outbox().unsent() > 0) turns.push_back({i, person, 0});
    }
  }
  if (options_.order_seed.has_value()) return InTurns(std::move(turns), Part::kPush, doing);
  std::mutex reporting;
  size_t sent = 0;
  return OnEachTablet([&](size_t i) {
    for (const Turn& turn : turns) {
      if (turn.tablet != i) continue;
      absl::Status pushed = Until(*tablets_[i], turn.person, Part::kPush);
      if (!pushed.ok()) return pushed;
      const std::lock_guard<std::mutex> lock(reporting);
      Report(doing, ++sent, turns.size());
    }
    return absl::OkStatus();
  });
}

absl::Status Fleet::PullAll(const std::string& when) {
  const std::string doing = absl::StrCat(when, ": receiving");
  std::vector<Turn> turns;
  for (size_t i = 0; i < tablets_.size(); ++i) {
    for (const core::Id16& person : tablets_[i]->people()) turns.push_back({i, person, 0});
  }
  if (options_.order_seed.has_value()) return InTurns(std::move(turns), Part::kPull, doing);
  std::mutex reporting;
  size_t received = 0;
  return OnEachTablet([&](size_t i) {
    for (const Turn& turn : turns) {
      if (turn.tablet != i) continue;
      absl::Status pulled = Until(*tablets_[i], turn.person, Part::kPull);
      if (!pulled.ok()) return pulled;
      const std::lock_guard<std::mutex> lock(reporting);
      Report(doing, ++received, turns.size());
    }
    return absl::OkStatus();
  });
}

absl::Status Fleet::MeetAll(const std::string& when) {
  if (absl::Status pushed = PushAll(when); !pushed.ok()) return pushed;
  return PullAll(when);
}

absl::Status Fleet::Write(const Phase& phase, size_t number) {
  const std::string doing = absl::StrCat("phase ", number, ": writing offline");
  std::mutex reporting;
  size_t written = 0;
  return OnEachTablet([&](size_t i) {
    for (const Work& work : phase.work) {
      if (work.tablet != i) continue;
      const absl::Span<const Gesture> gestures(work.gestures);
      for (size_t at = 0; at < gestures.size(); at += kGesturesAStep) {
        const absl::StatusOr<size_t> undone =
            tablets_[i]->Do(work.person, gestures.subspan(at, kGesturesAStep), workload_.sealing);
        if (!undone.ok()) return undone.status();
        const std::lock_guard<std::mutex> lock(reporting);
        skipped_ += *undone;
      }
      const std::lock_guard<std::mutex> lock(reporting);
      Report(doing, ++written, phase.work.size());
    }
    return absl::OkStatus();
  });
}

absl::Status Fleet::Write(size_t i) {
  const Phase& phase = workload_.phases[i];
  if (phase.import.has_value()) {
    const absl::StatusOr<v1::ImportReply> imported = admin_.Import(*phase.import);
    if (!imported.ok()) return imported.status();
    if (imported->refusal() != v1::IMPORT_REFUSAL_UNSPECIFIED) {
      return absl::FailedPreconditionError("the server refused the phase's roster");
    }
  }
  return Write(phase, i + 1);
}

absl::Status Fleet::Run() {
  for (size_t i = 0; i < workload_.phases.size(); ++i) {
    if (absl::Status written = Write(i); !written.ok()) return written;
    absl::Status met = MeetAll(absl::StrCat("phase ", i + 1));
    if (!met.ok()) return met;
  }
  return MeetAll("at the end");
}

absl::StatusOr<std::unique_ptr<Tablet>> Fleet::FreshTablet(const std::string& name,
                                                           const std::vector<core::Id16>& people) {
  TabletOptions options;
  options.directory = absl::StrCat(options_.directory, "/", name);
  options.address = options_.address;
  options.device = NamedId(absl::StrCat(name, " of seed ", options_.seed));
  options.periods = workload_.periods;
  std::error_code ignored;
  std::filesystem::remove_all(options.directory, ignored);
  auto tablet = std::make_unique<Tablet>(std::move(options), sync::Schema::OfThisBuild(), clock_,
                                         TabletFaults(kNoFaults, options_.seed, 0));
  if (absl::Status on = tablet->SwitchOn(); !on.ok()) return on;
  size_t done = 0;
  for (const core::Id16& person : people) {
    if (absl::Status enrolled = Enrol(*tablet, person, name); !enrolled.ok()) return enrolled;
    if (absl::Status pulled = Until(*tablet, person, Part::kPull); !pulled.ok()) return pulled;
    Report("a fresh tablet pulls everything", ++done, people.size());
  }
  return tablet;
}

MeetingCounts Fleet::counts() const {
  MeetingCounts all;
  for (const auto& tablet : tablets_) all += tablet->counts();
  return all;
}

FaultCounts Fleet::faults() const {
  FaultCounts all;
  for (const auto& tablet : tablets_) all += tablet->faults().counts();
  return all;
}

uint64_t Fleet::bytes_up() const {
  uint64_t all = 0;
  for (const auto& tablet : tablets_) all += tablet->traffic().up;
  return all;
}

uint64_t Fleet::bytes_down() const {
  uint64_t all = 0;
  for (const auto& tablet : tablets_) all += tablet->traffic().down;
  return all;
}

}  // namespace halfterm::tools
