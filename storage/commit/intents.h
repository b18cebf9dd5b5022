// What the server does when somebody asks it to: submit, share, close, withdraw and the like.
//
// An intent is decided once, when it first arrives, against what the server then holds; its outcome
// is in the log. Only the server raises a phase and writes a shared version, so there is one judge
// of what opens a record to more people.

#ifndef HALFTERM_STORAGE_COMMIT_INTENTS_H_
#define HALFTERM_STORAGE_COMMIT_INTENTS_H_
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "halfterm/disk/rows.pb.h"
#include "halfterm/v1/sync.pb.h"
#include "storage/commit/batch.h"
#include "sync/core/group.h"

namespace halfterm::storage {

struct IntentResult {
  v1::Outcome outcome = v1::OUTCOME_DONE;
  std::string detail;  // What is missing or wrong; nothing that anybody wrote.
};
inline IntentResult Refused(v1::Outcome outcome, std::string detail) {
  return {outcome, std::move(detail)};
}

// Carries out the intent of `group`, sequence number `seq`, by `author`: writes to the record
// through the batch, and adds what it wrote to `log`. An error is damage of the store, never a
// refusal.
absl::StatusOr<IntentResult> CarryOut(Batch& batch, RecordState& record, const core::Group& group,
                                      const core::Id16& author, const v1::Intent& intent,
                                      uint64_t seq, disk::LogRow& log);

// Raises the phases that follow from a committed delta: a new plan is PLANNED, the first page of a
// sheet makes it and its plan a DRAFT.
absl::Status RaiseDraft(Batch& batch, RecordState& record, const core::FacetId& facet, uint64_t seq,
                        disk::LogRow& log);

// Raises a visit's plan, and notes where the visit becomes done after its half-term has closed.
absl::Status RaiseVisit(Batch& batch, RecordState& record, const core::Phase& phase, uint64_t seq,
                        disk::LogRow& log);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_COMMIT_INTENTS_H_
