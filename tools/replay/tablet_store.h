// One person's store on one tablet: the outbox, the copy of what the server handed out, and what
// the person sees, which is both joined.
//
// What a gesture replaces is what its writer saw, own unsent work included; so two tablets of one
// person that were offline together leave both values for the person to choose from, and a tablet
// never takes its own earlier words for somebody else's.
//
// For one thread at a time.

#ifndef HALFTERM_TOOLS_REPLAY_TABLET_STORE_H_
#define HALFTERM_TOOLS_REPLAY_TABLET_STORE_H_
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "google/protobuf/message.h"
#include "storage/engine.h"
#include "sync/core/facet.h"
#include "sync/schema.h"
#include "sync/view.h"
#include "tools/replay/base.h"
#include "tools/replay/gesture.h"
#include "tools/replay/outbox.h"

namespace halfterm::tools {

// When gestures become groups.
enum class Sealing {
  kEachGesture,  // Each is a group of its own.
  kWhenSent,     // Those on one facet collect until they are sent, or an intent follows them.
};

// Opens an engine for a tablet: small, because a fleet of them runs in one process (about 4 MiB
// each). Errors as storage::OpenRocksEngine().
absl::StatusOr<std::unique_ptr<storage::Engine>> OpenTabletEngine(const std::string& directory);

class TabletStore {
 public:
  // Both must outlive the store.
  static absl::StatusOr<TabletStore> Open(storage::Engine& engine, const sync::Schema& schema,
                                          StoreNumber number);

  Outbox& outbox() { return outbox_; }
  const Outbox& outbox() const { return outbox_; }
  Base& base() { return base_; }
  const Base& base() const { return base_; }

  absl::StatusOr<core::Facet> Shown(const core::FacetId& id) const;

  // Does the gestures in their order, and returns how many could not be done. All are on disk when
  // it returns; after an error perhaps only the first ones. A gesture that changes nothing leaves
  // nothing.
  //
  // InvalidArgument: a value that the schema refuses, or a group beyond what can be sent.
  // FailedPrecondition: the store has no name yet.
  absl::StatusOr<size_t> Do(absl::Span<const Gesture> gestures, Sealing sealing,
                            const std::function<TabletMoment(const Gesture&)>& moment);

  // Makes groups of what collected.
  absl::Status Seal();

 private:
  TabletStore(const sync::Schema& schema, Outbox outbox, Base base)
      : schema_(&schema), outbox_(std::move(outbox)), base_(std::move(base)) {}

  struct Step;
  absl::Status Stage(const Gesture& gesture, Sealing sealing, const TabletMoment& now, Step& step);
  absl::StatusOr<WrittenOver> Over(const core::Id16& record, Step& step) const;

  const sync::Schema* schema_;
  Outbox outbox_;
  Base base_;
};

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_REPLAY_TABLET_STORE_H_
