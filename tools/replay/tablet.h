// A simulated tablet: the stores of everybody who uses it, and how they meet the server.
//
// It does what the tablet app does, over the same calls, and trusts nothing that it was not told: a
// push is repeated until its answer came, a pull goes on from the last chunk on disk, and at its
// end the tablet proves to itself and to the server that both hold the same.
//
// For one thread at a time.

#ifndef HALFTERM_TOOLS_REPLAY_TABLET_H_
#define HALFTERM_TOOLS_REPLAY_TABLET_H_
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "storage/clock.h"
#include "storage/engine.h"
#include "sync/schema.h"
#include "tools/replay/connection.h"
#include "tools/replay/faults.h"
#include "tools/replay/gesture.h"
#include "tools/replay/tablet_store.h"

namespace halfterm::tools {

struct TabletOptions {
  std::string directory;  // Of its engine; the folder above must be there.
  std::string address;    // Of the server's public port.
  core::Id16 device;
  std::vector<uint32_t> periods;  // Half-terms to hold.
};

// What a tablet runs on.
struct TabletParts {
  std::unique_ptr<TabletCalls> calls;
  // Opens its disk, each time that it is switched on.
  std::function<absl::StatusOr<std::unique_ptr<storage::Engine>>()> open_engine;
};

// What meetings did since the tablet was made.
struct MeetingCounts {
  uint64_t greetings = 0;
  uint64_t pushes = 0;
  uint64_t groups = 0;  // Each once, with its first answer.
  uint64_t pulls = 0;   // To their end.
  uint64_t records = 0;
  uint64_t healed = 0;  // Records that a digest showed to be wrong, and were fetched.
  uint64_t refills = 0;          // Of a restored server, to their end.
  uint64_t refilled_facets = 0;  // That it had lacked.
  uint64_t refilled_groups = 0;  // As above.
  uint64_t confirmed =
      0;  // Pulls after which the server said that the tablet holds what it should.

  MeetingCounts& operator+=(const MeetingCounts& other);
};

class Tablet {
 public:
  // The references must outlive the tablet.
  Tablet(TabletOptions options, const sync::Schema& schema, const storage::Clock& clock,
         TabletFaults faults);
  // The same on other parts; `directory` and `address` of the options are not used. Traffic is not
  // counted.
  Tablet(TabletOptions options, const sync::Schema& schema, const storage::Clock& clock,
         TabletFaults faults, TabletParts parts);
  ~Tablet();

  // Opens the stores that are on disk. Errors as OpenTabletEngine().
  absl::Status SwitchOn();
  absl::Status SwitchOff();

  // Adds a store for somebody, or gives theirs another session.
  absl::Status Enrol(const core::Id16& person, const v1::OpenSessionReply& session);
  // Null where the tablet has no store of that person. Lives until the tablet is switched off.
  TabletStore* StoreOf(const core::Id16& person);
  std::vector<core::Id16> people() const;

  // Does the gestures of one person, at their own times by the tablet's clock. As
  // TabletStore::Do(); NotFound: the tablet has no store of that person.
  absl::StatusOr<size_t> Do(const core::Id16& person, absl::Span<const Gesture> gestures,
                            Sealing sealing);

  // The parts of a meeting, in this order. A greeting of a restored server is followed by the refill,
  // and greets again in the new epoch. Unavailable: the server cannot be reached, or a fault
  // ended the meeting; ResourceExhausted: later; FailedPrecondition: greet again. After each of
  // them the meeting begins anew and goes on where it stood. DataLoss: a promise was broken.
  absl::Status Greet(const core::Id16& person);
  // Sends the next batch. `more` says whether there is another one.
  absl::Status PushSome(const core::Id16& person, bool& more);
  absl::Status Pull(const core::Id16& person);

  bool is_cut() const { return was_cut_; }  // The last error was a fault of ours.
  TabletFaults& faults() { return faults_; }
  const MeetingCounts& counts() const { return counts_; }
  const Traffic& traffic() const { return traffic_; }
  const TabletOptions& options() const { return options_; }

 private:
  uint64_t WallMs(int64_t true_ms) const;
  TabletMoment Now() const;
  absl::Status Cut();
  absl::Status GreetOnce(TabletStore& store);
  absl::Status Refill(TabletStore& store);
  absl::Status RefillFacets(TabletStore& store);
  absl::Status RefillGroups(TabletStore& store);
  absl::Status Compare(TabletStore& store, const v1::PullEnd& end, bool& right);
  absl::Status Heal(TabletStore& store, const v1::ScopeDigest& digest);
  absl::Status Confirm(TabletStore& store, const v1::PullEnd& end);

  const TabletOptions options_;
  const sync::Schema& schema_;
  const storage::Clock& clock_;
  TabletFaults faults_;
  Traffic traffic_;
  const TabletParts parts_;
  TabletCalls& calls_;
  std::unique_ptr<storage::Engine> engine_;           // Null while the tablet is off.
  std::vector<std::unique_ptr<TabletStore>> stores_;  // By number.
  std::map<core::Id16, size_t> store_of_;
  uint64_t boot_ = 0;
  bool was_cut_ = false;
  MeetingCounts counts_;
};

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_REPLAY_TABLET_H_
