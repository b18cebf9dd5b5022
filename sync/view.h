// A facet's cells as a message, and a message's changes as cells.
//
// A view never fails on what it finds: cells of a later version are left alone, and where two
// people wrote at once the view shows one value, says that there are others, and loses none.
// Writing only ever touches what differs from what was seen, so an old app cannot undo a field that
// it has never heard of, and two tablets that change different fields never meet.
//
// All functions are pure. `schema` must know the class, and the message must be its view.

#ifndef HALFTERM_SYNC_VIEW_H_
#define HALFTERM_SYNC_VIEW_H_

#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "sync/core/facet.h"
#include "sync/core/types.h"
#include "sync/schema.h"

namespace halfterm::sync {

// A field, or a part of an entry, that holds values which differ.
struct Differing {
  core::Path path;
  const FieldSchema* field = nullptr;  // Never null; lives as long as the schema.
  bool waits = false;  // For its author to choose (ASK); until then it counts nowhere.
  // One for each value, the shown one first, then by descending (stamp, dot). An empty value says
  // that somebody cleared the field.
  std::vector<core::Sibling> values;
};

struct ViewReport {
  std::vector<Differing> differing;  // Ascending by path. None in entries that are not present.
  size_t carried = 0;                // Cells that the schema does not know.
  size_t unread = 0;  // Cells of known paths whose shown value, or whose key, cannot be read.
};

// Shows the facet in `message`, which is cleared first. Where values differ the sibling of highest
// (stamp, dot) is shown. Entries come in the order that the schema gives: by place, by `order_by`,
// or by key. `report` is overwritten; it may be null.
//
// NotFound: the schema knows no such class. InvalidArgument: the message is not the class's view.
absl::Status ReadView(const Schema& schema, uint8_t facet_class, const core::Facet& facet,
                      google::protobuf::Message& message, ViewReport* report);

// The cells that turn what `held` shows into `wanted`, all of them carrying `dot`: only what
// differs, each over exactly what `held` had seen. A change in an entry also writes the entry's
// presence, so that it outlives a removal elsewhere (not in a list that is set once: only the
// record's creation writes that). The parts of a removed entry stay, for whoever edits it at the
// same time.
//
// A field whose shown value is the wanted one is not touched, even if it holds others: use
// Choose(). `held` must be everything that the writer has, unsent work included. `author` stays
// zeros in the body of a group.
//
// InvalidArgument, naming the field: a value or key that CheckDelta would refuse, two entries of
// one key, or a phase that would fall. NotFound: the schema knows no such class.
absl::StatusOr<core::Facet> WriteChanges(const Schema& schema, uint8_t facet_class,
                                         const core::Facet& held,
                                         const google::protobuf::Message& wanted,
                                         const core::Dot& dot, const core::Id16& author = {});

// The cells that settle a field whose values differ: `value`, as bytes, over all that `held` has
// seen of it. NotFound: the schema knows no such path. InvalidArgument: the value cannot be one of
// it.
absl::StatusOr<core::Facet> Choose(const Schema& schema, uint8_t facet_class,
                                   const core::Facet& held, const core::Path& path,
                                   const std::string& value, const core::Dot& dot,
                                   const core::Id16& author = {});

}  // namespace halfterm::sync

#endif  // HALFTERM_SYNC_VIEW_H_
