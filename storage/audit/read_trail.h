// Notes who reads about whom, without making readers wait for a disk.
//
// Noting is a lock and a list. A reader's first sight of a visit or a page on a day makes a row;
// the same again on that day does not. So whoever answers notes first and gives the answer when
// WhenKept says that the rows are on the disk: they travel in the committer's next batch, with
// everything else that waits, and a reader who has nothing new to note waits for nobody. Notes that
// nobody waits for are written once a second.
//
// Where the disk is nearly full, notes wait in memory up to a bound and reading goes on; then
// readers wait too: nothing is read that is not noted.
//
// Everything that is written about a lesson counts, whether it was shared with its teacher yet or
// not; that there was a visit (its plan) does not. Whoever wrote a visit, and the teacher it is
// about, are no readers of it.

#ifndef HALFTERM_STORAGE_AUDIT_READ_TRAIL_H_
#define HALFTERM_STORAGE_AUDIT_READ_TRAIL_H_
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
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

  // Whether nothing that was noted of this reader is still on its way to the disk.
  bool IsKept(const Caller& caller) const;
  // Calls `done` once, when what was noted of this reader until now is on the disk: at once, or on
  // the committer's thread, where it must not block. OK also where the disk is nearly full: then
  // the notes wait here. Unavailable: they are not kept, and the answer must not be given. May read
  // the disk, as Write.
  void WhenKept(const Caller& caller, std::function<void(const absl::Status&)> done);

  bool HasNotes() const;
  // Makes rows of what was noted and hands them to the committer. Blocks on the disk, reading.
  void Write();

 private:
  friend class TrailJob;
  using Waiting = std::vector<std::function<void(const absl::Status&)>>;
  using Reader = std::pair<uint32_t, core::Id16>;  // The school's handle; the person.
  // What one Write took.
  struct Round {
    size_t jobs = 0;  // That are not done.
    bool is_over = false;
    absl::Status result;
    Waiting waiting;
  };
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
  static Reader ReaderOf(const Caller& caller) { return {caller.tenant.handle(), caller.person}; }
  // One job of a round is done; its events come back where they are not on the disk.
  void Written(uint64_t round, const absl::Status& result, std::vector<Event> events);
  void PutBack(std::vector<Event> events);  // Under the lock.

  const Engine& engine_;
  const Clock& clock_;
  Committer& committer_;
  mutable std::mutex mutex_;
  std::vector<Seen> seen_;
  std::vector<Event> events_;
  Waiting waiting_;     // For the round that is being noted.
  uint64_t round_ = 1;  // The one that is being noted.
  std::map<uint64_t, Round> under_way_;
  absl::flat_hash_map<Reader, uint64_t> round_of_;  // The last with notes of that reader.
  int64_t day_ = 0;
  absl::flat_hash_set<uint64_t> today_;  // Hashes with a seed of this process.
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_AUDIT_READ_TRAIL_H_
