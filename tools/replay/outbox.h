// One person's outbox on a tablet: what was written there, until the server has it for good.
//
// A gesture is on disk before it shows. Sealed groups never change; what became of each is kept
// beside it. Acknowledged groups stay until the server says that they are in a backup, and they
// keep taking part in what the author sees: a group that the server set aside is still the author's
// words.
//
// Every public function that changes something is one atomic commit. Staged changes do not show
// before Commit(), and are dropped if it fails.
//
// For one thread at a time.

#ifndef HALFTERM_TOOLS_REPLAY_OUTBOX_H_
#define HALFTERM_TOOLS_REPLAY_OUTBOX_H_
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "halfterm/disk/tablet.pb.h"
#include "halfterm/v1/admin.pb.h"
#include "halfterm/v1/recovery.pb.h"
#include "halfterm/v1/sync.pb.h"
#include "storage/engine.h"
#include "sync/core/facet.h"
#include "sync/core/group.h"
#include "sync/core/rehome.h"
#include "tools/replay/tablet_rows.h"

namespace halfterm::tools {

// A reading of a tablet's two clocks.
struct TabletMoment {
  uint64_t wall_ms = 0;  // As wrong as the tablet's clock is.
  uint64_t mono_ms = 0;  // Only runs forward, from each start of the tablet.
  uint64_t boot = 0;     // Which start that is.
};

// What a group says of what its writer had before it.
struct WrittenOver {
  uint32_t base_epoch = 0;
  uint64_t base_seq = 0;
  core::Known known;
};

class Outbox {
 public:
  // How many bytes of groups are kept at most, if the server holds them and never says that they
  // are durable. The oldest go first; never one that waits to be sent, or that was set aside.
  static constexpr uint64_t kMaxKeptBytes = uint64_t{50} << 20;

  // Begins an empty outbox where the engine has none. The engine must outlive it.
  static absl::StatusOr<Outbox> Open(storage::Engine& engine, StoreNumber store);

  const disk::TabletOutboxRow& row() const { return row_; }
  const core::Id16& person() const { return person_; }
  uint64_t unsent() const { return row_.sealed_n() - row_.acked_n(); }

  // From here on groups are written in this session's name.
  absl::Status TakeSession(const core::Id16& person, const v1::OpenSessionReply& session);

  // The dot of the next sealed group, staged ones included; and the dot that open deltas carry.
  core::Dot NextDot() const;
  core::Dot OpenDot() const;

  // Joins the person's own writes on the facet into `into`. Groups that the server committed at or
  // before `base_seq` are in its copy and are left out.
  absl::Status JoinOwn(const core::FacetId& facet, uint64_t base_seq, core::Facet& into) const;

  // Whether a group of this person on the facet, an intent too, is not in the server's copy of
  // `base_seq`.
  absl::StatusOr<bool> HasNewer(const core::FacetId& facet, uint64_t base_seq) const;

  // Writing. The store must have a name (row().replica()).
  void StageGroup(core::GroupKind kind, const core::FacetId& facet, absl::string_view body,
                  const WrittenOver& over, const TabletMoment& now);
  // Adds to what is open on the facet. `delta` is of OpenDot().
  absl::Status StageOpen(const core::FacetId& facet, core::Facet delta, const WrittenOver& over,
                         const TabletMoment& now);
  // Seals what is open, in the order of first writes.
  absl::Status StageSealing();
  absl::Status Commit();
  // Forgets what is staged. Returns `why`.
  absl::Status Abandon(absl::Status why);

  // For the greeting. Unset where the store has no name yet.
  v1::Store Greeting() const;
  // In another epoch than the adopted one nothing changes yet: what is kept is to be refilled
  // first. Nor where the store goes on under another name and the server holds groups whose answers
  // were lost: without an answer a group has no proof for the next refill.
  absl::Status TakeGreeting(const v1::HelloReply& reply, const v1::StoreReply& store,
                            const TabletMoment& now);

  // Whether there are groups to hand back, or answers to ask for, before the store goes on.
  bool refills() const { return row_.next_epoch() != 0; }
  // Of a store that does: whether the server was restored, and may lack what it had acknowledged.
  bool is_restored() const { return row_.next_epoch() != row_.epoch(); }
  // Acknowledged groups that the restored server may lack, and those whose answers were lost, from
  // place `from` on, at most so many and so many bytes; `from` becomes the place to go on at. No
  // groups: there are no more.
  absl::StatusOr<v1::RefillRequest> NextRefill(uint64_t& from, size_t max_groups,
                                               size_t max_bytes) const;
  absl::Status TakeRefill(const v1::RefillRequest& request, const v1::RefillReply& reply);
  // Everything was refilled: goes on in the server's epoch, unsent groups under their new name.
  absl::Status Adopt();
  // Lets go of what is durable. Only after a pull that was proved to be complete.
  absl::Status Prune();

  // The next groups to send, at most so many and so many bytes; no groups: there is nothing.
  absl::StatusOr<v1::PushRequest> NextPush(size_t max_groups, size_t max_bytes) const;
  // DataLoss: the server says something else than it said before, or holds another chain.
  absl::Status TakePush(const v1::PushRequest& request, const v1::PushReply& reply);

  // Calls `see` for every kept group in the order of writing. `delta` has its author and its
  // present dots; of an intent it is empty.
  struct Kept {
    uint64_t place;
    const disk::TabletGroupRow& row;
    const core::Group& group;
    core::Dot dot;
    const core::Facet& delta;
  };
  absl::Status ForEach(const std::function<void(const Kept&)>& see) const;

 private:
  Outbox(storage::Engine& engine, StoreNumber store) : engine_(&engine), store_(store) {}

  void Append(const core::GroupHeader& header, absl::string_view body);
  core::GroupTime TimeOf(const TabletMoment& now) const;
  absl::StatusOr<core::Facet> DeltaOf(const core::Group& group) const;
  absl::StatusOr<std::vector<disk::TabletGroupRow>> GroupsAfter(const core::FacetId& facet,
                                                                uint64_t base_seq) const;
  absl::Status StageRehome(uint64_t acked, uint64_t new_replica);
  absl::Status StagePruning(uint64_t durable_seq);
  absl::StatusOr<uint64_t> AckedBy(uint64_t applied_n, const std::string& applied_hash) const;
  uint64_t PlaceOf(const core::Dot& dot) const;

  storage::Engine* engine_;
  StoreNumber store_;
  disk::TabletOutboxRow row_, next_;  // As committed; as it will be.
  core::Id16 person_;
  std::vector<core::Rehome> moves_;
  storage::WriteSet staged_;
  std::map<core::FacetId, disk::TabletOpenRow> staged_open_;
};

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_REPLAY_OUTBOX_H_
