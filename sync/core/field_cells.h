// The cells of one field of a facet, as a facet of their own: what somebody agrees to, when they
// agree to that field and to nothing beside it.

#ifndef HALFTERM_SYNC_CORE_FIELD_CELLS_H_
#define HALFTERM_SYNC_CORE_FIELD_CELLS_H_
#include <cstdint>

#include "sync/core/facet.h"

namespace halfterm::core {

// In their order, with all that they know; empty where the facet holds nothing of the field.
Facet CellsOfField(const Facet& facet, uint16_t field);

}  // namespace halfterm::core

#endif  // HALFTERM_SYNC_CORE_FIELD_CELLS_H_
