// What somebody does on a tablet, as data: it may be kept in a file and done again.

#ifndef HALFTERM_TOOLS_REPLAY_GESTURE_H_
#define HALFTERM_TOOLS_REPLAY_GESTURE_H_
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "halfterm/v1/sync.pb.h"
#include "sync/core/types.h"
#include "sync/schema.h"

namespace halfterm::tools {

class TabletStore;

// An entry of a list or map, by the number of its field and its key.
struct EntryName {
  uint16_t field = 0;
  core::Id16 key;
};

// One gesture on one facet: what changes in it and which entries go, or an intent.
struct Gesture {
  core::Id16 person;
  int64_t at_ms = 0;  // When it was really done; the tablet's clock may say otherwise.
  core::FacetId facet;
  // The facet's view with nothing but what changes: fields that are set, and parts that are set in
  // entries. Null: nothing does.
  std::shared_ptr<const google::protobuf::Message> change;
  std::vector<EntryName> removed;
  // Null unless it is an intent; then the two above are empty.
  std::shared_ptr<const v1::Intent> intent;
  // Fills in what only the tablet knows at that moment (the digest of what it shows). Empty:
  // nothing is missing. NotFound: the tablet does not hold what the gesture needs, so it is not
  // done.
  std::function<absl::Status(const TabletStore& store, Gesture& gesture)> complete;
};

// Turns `view`, which shows the facet, into what it is to show after the gesture.
//
// NotFound: the schema knows no such class. InvalidArgument: the change is of another class.
absl::Status ChangeView(const sync::Schema& schema, const Gesture& gesture,
                        google::protobuf::Message& view);

// An empty view of the class; null where the schema knows no such class.
std::unique_ptr<google::protobuf::Message> NewView(const sync::Schema& schema, uint8_t facet_class);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_REPLAY_GESTURE_H_
