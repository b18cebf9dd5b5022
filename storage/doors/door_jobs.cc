#include "storage/doors/door_jobs.h"

#include <algorithm>
#include <string>
#include <utility>

#include "storage/commit/batch.h"
#include "storage/doors/open_door.h"
#include "storage/summary/access.h"
#include "sync/school_calendar.h"

namespace halfterm::storage {
namespace {

using core::Id16;

absl::Status Damaged() {
  return absl::DataLossError("an open door cannot be read; run `halfterm verify`");
}

// A door and whoever asks about it.
struct Asked {
  Id16 id;
  std::string key;
  disk::OpenDoorRow row;
};

// NotFound: no such door, or not of a site whose staff the caller is.
absl::StatusOr<Asked> Find(Batch& batch, const Caller& caller, const std::string& door) {
  const auto id = Id16::FromBytes(door);
  if (!id) return absl::InvalidArgumentError("door is not 16 bytes");
  Asked asked{*id, OpenDoorKey(caller.tenant, *id), {}};
  const absl::StatusOr<std::string> stored = batch.Get(Family::kState, asked.key);
  if (absl::IsNotFound(stored.status())) return NotThereOrNotYours();
  if (!stored.ok()) return stored.status();
  if (!asked.row.ParseFromString(*stored)) return Damaged();
  const Id16 site = Id16::FromBytes(asked.row.site()).value_or(Id16{});
  if (!IsStaffOf(caller.person, site, batch.DirectoryOf(caller.tenant))) {
    return NotThereOrNotYours();
  }
  return asked;
}

template <class Request, class Reply>
class DoorJob final : public Job {
 public:
  using Do = absl::StatusOr<Reply> (*)(Batch&, const Caller&, const Request&);

  DoorJob(const Caller& caller, Request request, ReplyTo<Reply> done, Do apply)
      : caller_(caller), request_(std::move(request)), done_(std::move(done)), do_(apply) {}

  void Apply(Batch& batch) override {
    absl::StatusOr<Reply> reply = do_(batch, caller_, request_);
    if (reply.ok()) {
      reply_ = *std::move(reply);
    } else {
      error_ = reply.status();
    }
  }
  void Done(const absl::Status& committed) override {
    AnswerOnce(done_, error_, committed, std::move(reply_));
  }

 private:
  const Caller caller_;
  const Request request_;
  const ReplyTo<Reply> done_;
  const Do do_;
  absl::Status error_;
  Reply reply_;
};

v1::DoorReply ReplyOf(Batch& batch, const Caller& caller, const Asked& asked) {
  v1::DoorReply reply;
  *reply.mutable_door() =
      DoorFor(caller.person, asked.id, asked.row, batch.DirectoryOf(caller.tenant));
  return reply;
}

// What was committed before this batch; a few beyond the limit do no harm.
absl::StatusOr<size_t> DoorsOf(Batch& batch, const Caller& caller) {
  const std::unique_ptr<Snapshot> snapshot = batch.context().engine.NewSnapshot();
  const std::string prefix = OpenDoorPrefix(caller.tenant);
  const auto cursor = snapshot->NewCursor(Family::kState, prefix, EndOfPrefix(prefix));
  size_t own = 0;
  for (; cursor->Valid(); cursor->Next()) {
    disk::OpenDoorRow row;
    if (!row.ParseFromArray(cursor->value().data(), static_cast<int>(cursor->value().size()))) {
      return Damaged();
    }
    if (row.teacher() == caller.person.view()) ++own;
  }
  if (!cursor->status().ok()) return cursor->status();
  return own;
}

absl::StatusOr<v1::DoorReply> Open(Batch& batch, const Caller& caller,
                                   const v1::OpenDoorRequest& request) {
  if (absl::Status right = CheckOpenDoor(request); !right.ok()) return right;
  const sync::Directory& directory = batch.DirectoryOf(caller.tenant);
  Asked asked;
  const absl::StatusOr<Asked> held = Find(batch, caller, request.door());
  if (held.ok()) {
    asked = *held;
    if (asked.row.teacher() != caller.person.view()) return NotThereOrNotYours();
  } else if (absl::IsNotFound(held.status())) {
    asked.id = *Id16::FromBytes(request.door());
    asked.key = OpenDoorKey(caller.tenant, asked.id);
    // A door that is there and not the caller's to see is not written over.
    const absl::Status there = batch.Get(Family::kState, asked.key).status();
    const Id16 site = OwnSite(caller.person, directory);
    if (!absl::IsNotFound(there) || site.IsZero()) return NotThereOrNotYours();
    const absl::StatusOr<size_t> own = DoorsOf(batch, caller);
    if (!own.ok()) return own.status();
    if (*own >= kMaxDoorsOfATeacher) {
      return absl::FailedPreconditionError("20 doors are open already; close one first");
    }
    asked.row.set_teacher(std::string(caller.person.view()));
    asked.row.set_site(std::string(site.view()));
  } else {
    return held.status();
  }
  const Id16 site = Id16::FromBytes(asked.row.site()).value_or(Id16{});
  const absl::TimeZone zone = directory.ZoneOf(site);
  if (request.lesson_start_ms() <= batch.now_ms()) {
    return absl::FailedPreconditionError("the lesson has begun");
  }
  if (sync::DayOf(request.lesson_start_ms(), zone) >
      LastDayToOpen(site, batch.now_ms(), directory)) {
    return absl::FailedPreconditionError("the lesson lies beyond this half-term");
  }
  if (request.places() < static_cast<uint32_t>(asked.row.visitors_size())) {
    return absl::FailedPreconditionError("more colleagues come than that");
  }
  asked.row.set_lesson_start_ms(request.lesson_start_ms());
  asked.row.set_minutes(request.minutes());
  asked.row.set_class_code(request.class_code());
  asked.row.set_room(request.room());
  asked.row.set_period(request.period());
  asked.row.set_look_for(request.look_for());
  asked.row.set_places(request.places());
  batch.Put(Family::kState, asked.key, asked.row.SerializeAsString());
  return ReplyOf(batch, caller, asked);
}

absl::StatusOr<v1::CloseDoorReply> Close(Batch& batch, const Caller& caller,
                                         const v1::CloseDoorRequest& request) {
  const absl::StatusOr<Asked> asked = Find(batch, caller, request.door());
  if (!asked.ok()) return asked.status();
  if (asked->row.teacher() != caller.person.view()) return NotThereOrNotYours();
  batch.Delete(Family::kState, asked->key);
  return v1::CloseDoorReply();
}

absl::StatusOr<v1::DoorReply> TakePlace(Batch& batch, const Caller& caller,
                                        const v1::TakePlaceRequest& request) {
  absl::StatusOr<Asked> asked = Find(batch, caller, request.door());
  if (!asked.ok()) return asked.status();
  disk::OpenDoorRow& row = asked->row;
  if (row.teacher() == caller.person.view()) return NotThereOrNotYours();
  const std::string person(caller.person.view());
  if (std::find(row.visitors().begin(), row.visitors().end(), person) == row.visitors().end()) {
    if (row.lesson_start_ms() + int64_t{row.minutes()} * 60'000 < batch.now_ms()) {
      return absl::FailedPreconditionError("the lesson is over");
    }
    if (static_cast<uint32_t>(row.visitors_size()) >= row.places()) {
      return absl::FailedPreconditionError("every place is taken");
    }
    row.add_visitors(person);
    batch.Put(Family::kState, asked->key, row.SerializeAsString());
  }
  return ReplyOf(batch, caller, *asked);
}

absl::StatusOr<v1::DoorReply> GiveUpPlace(Batch& batch, const Caller& caller,
                                          const v1::GiveUpPlaceRequest& request) {
  absl::StatusOr<Asked> asked = Find(batch, caller, request.door());
  if (!asked.ok()) return asked.status();
  auto& visitors = *asked->row.mutable_visitors();
  const auto found = std::find(visitors.begin(), visitors.end(), caller.person.view());
  if (found != visitors.end()) {
    visitors.erase(found);
    batch.Put(Family::kState, asked->key, asked->row.SerializeAsString());
  }
  return ReplyOf(batch, caller, *asked);
}

class DoorClock final : public Job {
 public:
  DoorClock(std::vector<Tenant> schools, std::function<void(absl::Status)> done)
      : schools_(std::move(schools)), done_(std::move(done)) {}

  void Apply(Batch& batch) override {
    const std::unique_ptr<Snapshot> snapshot = batch.context().engine.NewSnapshot();
    for (const Tenant tenant : schools_) {
      const absl::Status swept = Sweep(batch, *snapshot, tenant);
      if (!swept.ok()) result_ = swept;
    }
  }
  void Done(const absl::Status& committed) override { done_(committed.ok() ? result_ : committed); }

 private:
  static absl::Status Sweep(Batch& batch, const Snapshot& snapshot, Tenant tenant) {
    const std::string prefix = OpenDoorPrefix(tenant);
    const auto cursor = snapshot.NewCursor(Family::kState, prefix, EndOfPrefix(prefix));
    for (; cursor->Valid(); cursor->Next()) {
      const std::string key(cursor->key());
      // A job of this batch may have moved the lesson.
      const absl::StatusOr<std::string> now = batch.Get(Family::kState, key);
      if (absl::IsNotFound(now.status())) continue;
      if (!now.ok()) return now.status();
      disk::OpenDoorRow row;
      if (!row.ParseFromString(*now)) return Damaged();
      if (IsPast(row, batch.now_ms(), batch.DirectoryOf(tenant))) {
        batch.Delete(Family::kState, key);
      }
    }
    return cursor->status();
  }

  const std::vector<Tenant> schools_;
  const std::function<void(absl::Status)> done_;
  absl::Status result_;
};

}  // namespace

std::unique_ptr<Job> MakeOpenDoor(const Caller& caller, v1::OpenDoorRequest request,
                                  ReplyTo<v1::DoorReply> done) {
  return std::make_unique<DoorJob<v1::OpenDoorRequest, v1::DoorReply>>(caller, std::move(request),
                                                                       std::move(done), &Open);
}

std::unique_ptr<Job> MakeCloseDoor(const Caller& caller, v1::CloseDoorRequest request,
                                   ReplyTo<v1::CloseDoorReply> done) {
  return std::make_unique<DoorJob<v1::CloseDoorRequest, v1::CloseDoorReply>>(
      caller, std::move(request), std::move(done), &Close);
}

std::unique_ptr<Job> MakeTakePlace(const Caller& caller, v1::TakePlaceRequest request,
                                   ReplyTo<v1::DoorReply> done) {
  return std::make_unique<DoorJob<v1::TakePlaceRequest, v1::DoorReply>>(
      caller, std::move(request), std::move(done), &TakePlace);
}

std::unique_ptr<Job> MakeGiveUpPlace(const Caller& caller, v1::GiveUpPlaceRequest request,
                                     ReplyTo<v1::DoorReply> done) {
  return std::make_unique<DoorJob<v1::GiveUpPlaceRequest, v1::DoorReply>>(
      caller, std::move(request), std::move(done), &GiveUpPlace);
}

std::unique_ptr<Job> MakeDoorClock(std::vector<Tenant> schools,
                                   std::function<void(absl::Status)> done) {
  return std::make_unique<DoorClock>(std::move(schools), std::move(done));
}

}  // namespace halfterm::storage
