// Whether the rows of an import can stand, before any of it is written.
//
// A roster that is half right is the dangerous kind: it deactivates the people whose rows were
// wrong. So every row is looked at, every fault is named with its row, and one fault stops the
// whole import.

#ifndef HALFTERM_STORAGE_IMPORT_IMPORT_CHECK_H_
#define HALFTERM_STORAGE_IMPORT_IMPORT_CHECK_H_
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "halfterm/v1/directory.pb.h"
#include "sync/directory.h"

namespace halfterm::storage {

inline constexpr int kMaxImportRows = 20000;

// InvalidArgument: the school's handle or name is malformed, or there are too many rows.
absl::Status CheckImportRequest(const v1::ImportRequest& request);

// Every fault of every row, in the order of the request; a row may have several. What a row refers
// to may be in the request or in `held`. Pure.
std::vector<v1::ImportRejection> CheckImportRows(const v1::ImportRequest& request,
                                                 const sync::Directory& held);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_IMPORT_IMPORT_CHECK_H_
