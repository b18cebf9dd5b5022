// The copies of a school's records on its tablets, and what each has not proved to be gone.

#ifndef HALFTERM_STORAGE_PROOFS_COPIES_H_
#define HALFTERM_STORAGE_PROOFS_COPIES_H_
#include "absl/status/statusor.h"
#include "halfterm/v1/holdings.pb.h"
#include "storage/engine.h"

namespace halfterm::storage {

// A page of them. A copy owes a proof for each scope that its person lost after the first session
// there, until a proof of that number or a later one has come; a proof of an epoch that a restore
// cut off counts up to where the present history left it. Errors as the proto's call; DataLoss: a
// row cannot be read. Safe to call from any thread.
absl::StatusOr<v1::ListCopiesReply> ListCopies(const Engine& engine,
                                               const v1::ListCopiesRequest& request);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_PROOFS_COPIES_H_
