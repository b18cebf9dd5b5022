// Where an entry of an ordered list stands: bytes that sort, with room between any two.
//
// Places are never re-balanced: another tablet may be writing between two of them. Two people who
// write at one spot at once may choose the same place; the entries' keys then decide, the same way
// for everybody.

#ifndef HALFTERM_SYNC_PLACE_H_
#define HALFTERM_SYNC_PLACE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "sync/schema.h"

namespace halfterm::sync {

// A short place after `before` and before `after`, which must sort so. An empty `before` means the
// beginning of the list, an empty `after` its end. Where nothing lies between the two (equal
// places) the answer comes right after `before`. Never empty, never ends in a zero byte.
std::string PlaceBetween(absl::string_view before, absl::string_view after);

// Gives a place to every entry of `message` that has none, so that the lists of `facet` keep the
// order in which they stand. Places that there are stay, as long as they ascend.
void GivePlaces(const FacetSchema& facet, google::protobuf::Message& message);

}  // namespace halfterm::sync

#endif  // HALFTERM_SYNC_PLACE_H_
