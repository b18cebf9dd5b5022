// What only the tablet can add to a gesture: digests of what it shows at that moment.

#ifndef HALFTERM_TOOLS_REPLAY_SEEN_BY_TABLET_H_
#define HALFTERM_TOOLS_REPLAY_SEEN_BY_TABLET_H_
#include "absl/status/status.h"
#include "tools/replay/gesture.h"
#include "tools/replay/tablet_store.h"

namespace halfterm::tools {

// Each completes a gesture of its kind. NotFound: the tablet does not hold what is needed.

// The person's agreement to the levels of the consensus, as the tablet shows them.
absl::Status AgreesToWhatIsShown(const TabletStore& store, Gesture& gesture);

// The digest of the version that is acknowledged.
absl::Status AcknowledgesWhatIsHeld(const TabletStore& store, Gesture& gesture);

// The digests of the pages that go into the version: of those that the tablet holds as the server
// does. A page that it has changed since is its author's own; the server will hold it by then.
absl::Status SharesWhatIsHeld(const TabletStore& store, Gesture& gesture);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_REPLAY_SEEN_BY_TABLET_H_
