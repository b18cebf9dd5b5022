// What a caller may hold, read from the feeds of the scopes that its grants open.
//
// A Pull keeps no state on the server: the cursor says where it stands, so a reader that stops for
// a week and one that reads on cost the same. Every call reads one snapshot, and goes by a
// directory that is at least as new for its caller: a role that ends is never asked of rows that
// were filed after its end.

#ifndef HALFTERM_STORAGE_PULL_PULLER_H_
#define HALFTERM_STORAGE_PULL_PULLER_H_
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "halfterm/disk/proofs.pb.h"
#include "halfterm/v1/sync.pb.h"
#include "storage/caller.h"
#include "storage/clock.h"
#include "storage/commit/epochs.h"
#include "storage/commit/secrets.h"
#include "storage/directory/directories.h"
#include "storage/engine.h"

namespace halfterm::storage {

// What came of a confirmation.
struct Confirmed {
  v1::ConfirmReply reply;
  // With a right one: the proof to be kept (storage/proofs/note_proof.h), but for its time.
  std::optional<disk::ProofRow> proof;
};

// Safe to call from any thread. Blocks on the disk: never call it in an RPC reaction.
class Puller {
 public:
  // All must outlive the puller.
  Puller(const Engine& engine, const Directories& directories, const Epochs& epochs,
         const Secrets& secrets, const Clock& clock);

  // The chunk after request.cursor. The next one is asked for with the reply's cursor. Errors as
  // the proto's calls.
  absl::StatusOr<v1::PullReply> Next(const Caller& caller, const v1::PullRequest& request) const;

  absl::StatusOr<v1::FetchReply> Fetch(const Caller& caller, const v1::FetchRequest& request) const;
  absl::StatusOr<v1::DescendReply> Descend(const Caller& caller,
                                           const v1::DescendRequest& request) const;
  absl::StatusOr<Confirmed> Confirm(const Caller& caller, const v1::ConfirmRequest& request) const;

  // The sequence number in a cursor, and up to which number its reader is complete (0 for an empty
  // one); InvalidArgument for one that this server did not make.
  absl::StatusOr<uint64_t> SeqOf(const Caller& caller, absl::string_view cursor) const;
  absl::StatusOr<uint64_t> CompleteOf(const Caller& caller, absl::string_view cursor) const;

 private:
  // The rows of one moment, and who may see what of them.
  struct Sight {
    std::shared_ptr<const sync::Directory> directory;
    std::unique_ptr<Snapshot> snapshot;
    std::vector<core::Scope> scopes;  // The caller's, ascending.
  };
  absl::StatusOr<Sight> SightOf(const Caller& caller) const;

  const Engine& engine_;
  const Directories& directories_;
  const Epochs& epochs_;
  const Secrets& secrets_;
  const Clock& clock_;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_PULL_PULLER_H_
