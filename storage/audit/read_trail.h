// Notes who reads about whom, without making readers wait for a disk.
//
// Noting is a lock and a list; once a second what was noted is made into rows, off the readers' and
// the committer's threads as far as may be, and goes into the committer's next batch. A reader's
// first sight of a visit or a page on a day makes a row; the same again on that day does not. A
// program that is killed may lose the last second. Where rows cannot be written, notes wait up to a
// bound, and then readers do: nothing is read that is not noted.
//
// Everything that is written about a lesson counts, whether it was shared with its teacher yet or
// not; that there was a visit (its plan) does not. Whoever wrote a visit, and the teacher it is
// about, are no readers of it.

#ifndef HALFTERM_STORAGE_AUDIT_READ_TRAIL_H_
#define HALFTERM_STORAGE_AUDIT_READ_TRAIL_H_
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "halfterm/v1/audit.pb.h"
#include "halfterm/v1/summary.pb.h"
#include "halfterm/v1/sync.pb.h"
#include "storage/audit/named_in.h"
#include "storage/caller.h"
#include "storage/clock.h"
#include "storage/commit/committer.h"
#include "storage/engine.h"

namespace halfterm::storage {

// Safe to call from any thread.
class ReadTrail {
 public:
  static constexpr size_t kMaxNotes = 65536;

  // All must outlive the trail.
  ReadTrail(const Engine& engine, const Clock& clock, Committer& committer)
      : engine_(engine), clock_(clock), committer_(committer) {}

  // What is about to be handed over. ResourceExhausted: it must not be, the audit is full for now.
  absl::Status Note(const Caller& caller, const v1::PullReply& reply);
  absl::Status Note(const Caller& caller, const v1::FetchReply& reply);
  absl::Status Note(const Caller& caller, const v1::TeacherReply& reply);
  absl::Status Note(const Caller& caller, const v1::DepartmentReply& reply) {
    return Note(caller, NamedIn(reply));
  }
  absl::Status Note(const Caller& caller, const v1::CoverageReply& reply) {
    return Note(caller, NamedIn(reply));
  }
  absl::Status Note(const Caller& caller, const NamedPage& page);
  // Pages that name nobody.
  absl::Status Note(const Caller&, const v1::SchoolReply&) { return absl::OkStatus(); }
  // Something that an administrator did and that changes nothing else.
  absl::Status NoteAct(Tenant tenant, v1::AuditEvent event);

  bool HasNotes() const;
  // Makes rows of what was noted and hands them to the committer. Blocks on the disk, reading.
  void Write();

 private:
  friend class TrailJob;
  struct Seen {  // Feedback on its way to a tablet: about whom is found when it is written.
    Caller caller;
    core::Id16 record;
  };
  using Event = std::pair<Tenant, v1::AuditEvent>;

  // Under the lock: the feedback of a record, unless it was noted today.
  void See(const Caller& caller, const core::Id16& record);
  template <typename Items>
  absl::Status NoteItems(const Caller& caller, const Items& items);
  // Whether it is the first of its day; `what` tells it from others of the caller.
  bool IsFirstToday(const Caller& caller, v1::AuditAct act, absl::string_view what,
                    uint32_t h2 = 0);
  absl::Status Room(size_t more) const;
  void AddAbout(const std::vector<Seen>& seen, std::vector<Event>& events) const;
  void PutBack(std::vector<Event> events);

  const Engine& engine_;
  const Clock& clock_;
  Committer& committer_;
  mutable std::mutex mutex_;
  std::vector<Seen> seen_;
  std::vector<Event> events_;
  int64_t day_ = 0;
  absl::flat_hash_set<uint64_t> today_;  // Hashes with a seed of this process.
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_AUDIT_READ_TRAIL_H_
