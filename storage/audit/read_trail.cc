#include "storage/audit/read_trail.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <tuple>

#include "absl/hash/hash.h"
#include "halfterm/disk/rows.pb.h"
#include "halfterm/v1/observation.pb.h"
#include "halfterm/v1/referral.pb.h"
#include "storage/audit/audit_log.h"
#include "sync/core/codec.h"
#include "sync/core/path.h"
#include "sync/facts.h"

namespace halfterm::storage {

using core::Id16;
using core::Kind;
using core::Path;

// What was noted in about a second, as rows.
class TrailJob final : public Job {
 public:
  TrailJob(ReadTrail& trail, uint64_t round, std::vector<ReadTrail::Event> events)
      : trail_(trail), round_(round), events_(std::move(events)) {}

  void Apply(Batch& batch) override {
    for (const auto& [tenant, event] : events_) {
      result_ = AppendAudit(batch, tenant, event);
      if (!result_.ok()) return;
    }
  }
  void Done(const absl::Status& committed) override {
    trail_.Written(round_, committed.ok() ? result_ : committed, std::move(events_));
  }
  size_t Bytes() const override { return events_.size() * 256; }

 private:
  ReadTrail& trail_;
  const uint64_t round_;
  std::vector<ReadTrail::Event> events_;
  absl::Status result_;
};

namespace {

constexpr size_t kMaxToday = 200'000;
constexpr size_t kEventsInAJob = 256;
constexpr int64_t kDayMs = 86'400'000;

// Whether the bytes name a page that says of somebody how they teach, or what they answered: all of
// a visit or a referral but the plan, which says when there was one. Whoever reads a page of their
// own reads nothing about a colleague.
bool IsAboutSomebody(const std::string& facet, const Id16& reader) {
  if (facet.size() != core::FacetId::kSize) return false;
  if (facet.compare(Id16::kSize + 1, Id16::kSize, reader.view()) == 0) return false;
  switch (static_cast<uint8_t>(facet[Id16::kSize])) {
    case core::kSheet:
    case core::kConsensus:
    case core::kFeedback:
    case core::kVersion:
    case core::kResponse:
    case core::kSteps:
    case core::kAnswers:
    case core::kReferral:
    case core::kConsent:
    case core::kEvidence:
      return true;
    default:
      return false;
  }
}

v1::AuditEvent EventOf(const Caller& caller, v1::AuditAct act) {
  v1::AuditEvent event;
  event.set_act(act);
  event.set_person(std::string(caller.person.view()));
  event.set_device(std::string(caller.device.view()));
  return event;
}

// Nothing where it is not there, or cannot be read.
std::optional<core::Facet> Stored(const Engine& engine, Tenant tenant, const core::FacetId& id) {
  const absl::StatusOr<std::string> stored = engine.Get(Family::kState, FacetKey(tenant, id));
  disk::FacetRow row;
  if (!stored.ok() || !row.ParseFromString(*stored)) return std::nullopt;
  core::Result<core::Facet> facet = core::Decode(row.facet(), core::kFacetLimits);
  if (!facet.ok()) return std::nullopt;
  return std::move(facet).value();
}

}  // namespace

template <typename Items>
absl::Status ReadTrail::NoteItems(const Caller& caller, const Items& items) {
  std::vector<Id16> records;
  for (const v1::Item& item : items) {
    const bool has_feedback =
        std::any_of(item.held().begin(), item.held().end(), [&caller](const v1::Held& held) {
          return !held.state().empty() && IsAboutSomebody(held.facet(), caller.person);
        });
    const auto record = Id16::FromBytes(item.record());
    if (has_feedback && record) records.push_back(*record);
  }
  if (records.empty()) return absl::OkStatus();
  const std::lock_guard<std::mutex> lock(mutex_);
  if (absl::Status room = Room(records.size()); !room.ok()) return room;
  for (const Id16& record : records) See(caller, record);
  return absl::OkStatus();
}

void ReadTrail::See(const Caller& caller, const Id16& record) {
  if (IsFirstToday(caller, v1::AUDIT_ACT_READ_FEEDBACK,
                   absl::string_view(record.view().data(), Id16::kSize))) {
    seen_.push_back({caller, record});
    round_of_[ReaderOf(caller)] = round_;
  }
}

absl::Status ReadTrail::Note(const Caller& caller, const v1::PullReply& reply) {
  return NoteItems(caller, reply.items());
}

absl::Status ReadTrail::Note(const Caller& caller, const v1::FetchReply& reply) {
  return NoteItems(caller, reply.items());
}

absl::Status ReadTrail::Note(const Caller& caller, const v1::TeacherReply& reply) {
  if (reply.teacher() == caller.person.view()) return absl::OkStatus();
  const std::lock_guard<std::mutex> lock(mutex_);
  if (absl::Status room = Room(1); !room.ok()) return room;
  if (IsFirstToday(caller, v1::AUDIT_ACT_READ_FIGURES, reply.teacher(), reply.h2())) {
    v1::AuditEvent event = EventOf(caller, v1::AUDIT_ACT_READ_FIGURES);
    event.set_subject(reply.teacher());
    event.set_h2(reply.h2());
    events_.emplace_back(caller.tenant, std::move(event));
    round_of_[ReaderOf(caller)] = round_;
  }
  return absl::OkStatus();
}

absl::Status ReadTrail::Note(const Caller& caller, const NamedPage& page) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (absl::Status room = Room(page.people.size() + page.records.size()); !room.ok()) return room;
  for (const std::string& person : page.people) {
    if (person == caller.person.view() ||
        !IsFirstToday(caller, v1::AUDIT_ACT_READ_LIST, page.page + person + page.org, page.h2)) {
      continue;
    }
    v1::AuditEvent event = EventOf(caller, v1::AUDIT_ACT_READ_LIST);
    event.set_subject(person);
    event.set_org(page.org);
    event.set_h2(page.h2);
    events_.emplace_back(caller.tenant, std::move(event));
    round_of_[ReaderOf(caller)] = round_;
  }
  for (const std::string& bytes : page.records) {
    if (const auto record = Id16::FromBytes(bytes)) See(caller, *record);
  }
  return absl::OkStatus();
}

absl::Status ReadTrail::NoteAct(Tenant tenant, v1::AuditEvent event) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (absl::Status room = Room(1); !room.ok()) return room;
  events_.emplace_back(tenant, std::move(event));
  return absl::OkStatus();
}

absl::Status ReadTrail::Room(size_t more) const {
  if (seen_.size() + events_.size() + more <= kMaxNotes) return absl::OkStatus();
  return absl::ResourceExhaustedError("what is read cannot be noted just now; try again");
}

bool ReadTrail::IsFirstToday(const Caller& caller, v1::AuditAct act, absl::string_view what,
                             uint32_t h2) {
  const int64_t day = clock_.NowMs() / kDayMs;
  // Forgetting makes a second row of what has one, never none.
  if (day != day_ || today_.size() >= kMaxToday) today_.clear();
  day_ = day;
  const absl::string_view reader(caller.person.view().data(), Id16::kSize);
  return today_
      .insert(absl::HashOf(caller.tenant.handle(), reader, static_cast<int>(act), what, h2))
      .second;
}

bool ReadTrail::HasNotes() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return !seen_.empty() || !events_.empty();
}

bool ReadTrail::IsKept(const Caller& caller) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return round_of_.find(ReaderOf(caller)) == round_of_.end();
}

void ReadTrail::WhenKept(const Caller& caller, std::function<void(const absl::Status&)> done) {
  bool waits_for_this_round = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = round_of_.find(ReaderOf(caller));
    if (found != round_of_.end()) {
      waits_for_this_round = found->second == round_;
      Waiting& waiting = waits_for_this_round ? waiting_ : under_way_[found->second].waiting;
      waiting.push_back(std::move(done));
      done = nullptr;
    }
  }
  if (done != nullptr) done(absl::OkStatus());
  if (waits_for_this_round) Write();
}

void ReadTrail::Write() {
  std::vector<Seen> seen;
  std::vector<Event> events;
  uint64_t round;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (seen_.empty() && events_.empty()) return;
    seen.swap(seen_);
    events.swap(events_);
    round = round_++;
    under_way_[round].waiting.swap(waiting_);
  }
  AddAbout(seen, events);
  std::vector<std::unique_ptr<Job>> jobs;
  for (size_t begin = 0; begin < events.size(); begin += kEventsInAJob) {
    const auto first = events.begin() + static_cast<ptrdiff_t>(begin);
    const auto last =
        events.begin() + static_cast<ptrdiff_t>(std::min(events.size(), begin + kEventsInAJob));
    jobs.push_back(std::make_unique<TrailJob>(
        *this, round,
        std::vector<Event>(std::make_move_iterator(first), std::make_move_iterator(last))));
  }
  if (jobs.empty()) return Written(round, absl::OkStatus(), {});  // Pages of the readers' own.
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    under_way_[round].jobs = jobs.size();
  }
  for (std::unique_ptr<Job>& job : jobs) committer_.Submit(std::move(job));
}

void ReadTrail::Written(uint64_t round, const absl::Status& result, std::vector<Event> events) {
  std::vector<Round> over;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    Round& here = under_way_[round];
    here.result.Update(result);
    if (!result.ok()) PutBack(std::move(events));
    if (here.jobs > 1) {
      --here.jobs;
      return;
    }
    here.is_over = true;
    // In their order: what a reader waits for may have been noted in an earlier one.
    while (!under_way_.empty() && under_way_.begin()->second.is_over) {
      const uint64_t first = under_way_.begin()->first;
      over.push_back(std::move(under_way_.begin()->second));
      under_way_.erase(under_way_.begin());
      absl::erase_if(round_of_, [first](const auto& one) { return one.second == first; });
    }
  }
  for (Round& one : over) {
    // What a full disk did not take waits here, and reading goes on.
    if (absl::IsResourceExhausted(one.result)) one.result = absl::OkStatus();
    for (const auto& done : one.waiting) done(one.result);
  }
}

void ReadTrail::AddAbout(const std::vector<Seen>& seen, std::vector<Event>& events) const {
  // By school, reader, tablet and teacher.
  std::map<std::tuple<uint32_t, Id16, Id16, Id16>, std::vector<Id16>> about;
  for (const Seen& one : seen) {
    Id16 teacher;  // Of a plan that cannot be read: nobody in particular, and still a row.
    bool wrote_it = false;
    const core::FacetId plan_id{one.record, core::kPlan, {}};
    const core::FacetId body_id{one.record, core::kReferral, {}};
    if (const auto plan = Stored(engine_, one.caller.tenant, plan_id)) {
      teacher = sync::ShownId(*plan, Path::Field(v1::Plan::kTeacherFieldNumber, Kind::kReg));
      const std::vector<Id16> observers =
          sync::PresentEntries(*plan, v1::Plan::kObserversFieldNumber);
      wrote_it =
          sync::AuthorOf(plan_id, *plan) == one.caller.person ||
          std::find(observers.begin(), observers.end(), one.caller.person) != observers.end() ||
          sync::ShownId(*plan, Path::Field(v1::Plan::kLeadFieldNumber, Kind::kReg)) ==
              one.caller.person;
    } else if (const auto body = Stored(engine_, one.caller.tenant, body_id)) {
      teacher =
          sync::ShownId(*body, Path::Field(v1::ReferralBody::kSubjectFieldNumber, Kind::kReg));
      wrote_it = sync::AuthorOf(body_id, *body) == one.caller.person;
    }
    if (wrote_it || teacher == one.caller.person) continue;
    about[{one.caller.tenant.handle(), one.caller.person, one.caller.device, teacher}].push_back(
        one.record);
  }
  for (const auto& [whose, records] : about) {
    const auto& [tenant, reader, device, teacher] = whose;
    for (size_t begin = 0; begin < records.size(); begin += kMaxAuditRecords) {
      v1::AuditEvent event =
          EventOf({Tenant(tenant), {}, reader, device}, v1::AUDIT_ACT_READ_FEEDBACK);
      if (!teacher.IsZero()) event.set_subject(std::string(teacher.view()));
      for (size_t i = begin; i < std::min(records.size(), begin + kMaxAuditRecords); ++i) {
        event.add_records(std::string(records[i].view()));
      }
      events.emplace_back(Tenant(tenant), std::move(event));
    }
  }
}

void ReadTrail::PutBack(std::vector<Event> events) {
  for (const auto& [tenant, event] : events) {
    if (const auto reader = Id16::FromBytes(event.person())) {
      round_of_[{tenant.handle(), *reader}] = round_;
    }
  }
  events_.insert(events_.begin(), std::make_move_iterator(events.begin()),
                 std::make_move_iterator(events.end()));
}

}  // namespace halfterm::storage
