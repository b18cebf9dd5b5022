#include "sync/core/field_cells.h"

#include "sync/core/path.h"

namespace halfterm::core {

Facet CellsOfField(const Facet& facet, uint16_t field) {
  Facet found;
  for (const Cell& cell : facet.cells) {
    if (cell.path.field() == field) found.cells.push_back(cell);
  }
  return found;
}

}  // namespace halfterm::core
