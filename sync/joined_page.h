// A page that goes on in another visit: two observers opened one lesson as two visits, and said so.
//
// The page is copied under other names of its writes: each store of the source stands under a name
// that is made of the store's own and of the source's id. A context counts what its writer had seen
// of a store in one cell of one page, so a write under its own name could be taken for one that the
// other page has replaced. Under these names copying and joining may be done in either order: what
// comes for the source later is copied in its turn, as often as anybody likes, and nothing is
// counted twice.

#ifndef HALFTERM_SYNC_JOINED_PAGE_H_
#define HALFTERM_SYNC_JOINED_PAGE_H_
#include <cstdint>

#include "sync/core/facet.h"
#include "sync/core/types.h"
#include "sync/record.h"

namespace halfterm::sync {

// The visit in which this one's page went on; zeros: it is its own.
core::Id16 JoinedInto(const RecordView& record);

// The name under which writes of the store `replica` to pages of the visit `source` stand in
// another one. Never 0.
uint64_t NameWhereJoined(uint64_t replica, const core::Id16& source);

// The cells of `page`, a facet of that class of the visit `source`, as they stand in the visit that
// it was joined into: every value, author and stamp. Left out is what the server decided about the
// page (how far it had come, a certificate): that is decided anew where it stands now.
core::Facet AsJoined(const core::Facet& page, uint8_t facet_class, const core::Id16& source);

}  // namespace halfterm::sync

#endif  // HALFTERM_SYNC_JOINED_PAGE_H_
