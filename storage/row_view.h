// Stored rows, read where they lie.
//
// A pull looks at many facets that it does not send, and copies each that it sends exactly once;
// the generated classes would copy all of them first.

#ifndef HALFTERM_STORAGE_ROW_VIEW_H_
#define HALFTERM_STORAGE_ROW_VIEW_H_
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"

namespace halfterm::storage {

// A disk::FacetRow. The views live as long as the row's bytes.
struct FacetRowView {
  uint64_t seq = 0;
  uint64_t audience_seq = 0;
  uint32_t epoch = 0;
  absl::string_view scopes;  // Whole scopes: a multiple of 17 bytes.
  absl::string_view digest;  // 32 bytes.
  absl::string_view facet;
  absl::string_view receipt;
};

// False where the bytes are no such row, or a part of it has another length than said above.
bool ReadFacetRow(absl::string_view row, FacetRowView& view);

// The places of a disk::RecordRow, and its period.
struct PlaceView {
  absl::string_view scope;  // 17 bytes.
  uint64_t seq = 0;
  uint32_t kind = 0;
};
struct RecordRowView {
  std::vector<PlaceView> places;
  uint16_t period = 0;
};

// Replaces what `view` holds, and uses its memory again. False as above.
bool ReadRecordRow(absl::string_view row, RecordRowView& view);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ROW_VIEW_H_
