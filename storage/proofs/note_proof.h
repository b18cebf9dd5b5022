// Keeps the proof that a copy on a tablet holds what it should and nothing else.

#ifndef HALFTERM_STORAGE_PROOFS_NOTE_PROOF_H_
#define HALFTERM_STORAGE_PROOFS_NOTE_PROOF_H_
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "halfterm/disk/proofs.pb.h"
#include "storage/caller.h"
#include "storage/commit/committer.h"

namespace halfterm::storage {

// Writes the proof of the caller's copy, unless a later one of the same epoch is there: two
// confirmations of one tablet may overtake each other. Proofs are no groups: they take no sequence
// number and are in no log. `done` is called as Job::Done, after the proof is durable.
std::unique_ptr<Job> MakeNoteProof(const Caller& caller, disk::ProofRow proof,
                                   std::function<void(absl::Status)> done);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_PROOFS_NOTE_PROOF_H_
