// A school's directory, page by page.

#ifndef HALFTERM_STORAGE_DIRECTORY_DIRECTORY_LIST_H_
#define HALFTERM_STORAGE_DIRECTORY_DIRECTORY_LIST_H_
#include "absl/status/statusor.h"
#include "halfterm/v1/directory.pb.h"
#include "sync/directory.h"

namespace halfterm::storage {

// A page of one kind, ascending by id. The page token is the id after which to go on, so a page
// stays right while the directory changes between two calls. InvalidArgument: no kind, or no token
// of ours. Safe to call from any thread.
absl::StatusOr<v1::ListReply> ListDirectory(const sync::Directory& directory,
                                            const v1::ListRequest& request);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_DIRECTORY_DIRECTORY_LIST_H_
