// The load meter: how much of what was agreed somebody has had in a school year.
//
// Those who lead count what they may hear of: of COACH and PEER what was told, of INFORMAL nothing.
// So the person's own page may say more than the head of department's.

#ifndef HALFTERM_STORAGE_PRACTICE_LOAD_PAGE_H_
#define HALFTERM_STORAGE_PRACTICE_LOAD_PAGE_H_
#include "absl/status/statusor.h"
#include "halfterm/v1/load.pb.h"
#include "storage/summary/question.h"

namespace halfterm::storage {

// NotFound, InvalidArgument, DataLoss, Unavailable.
absl::StatusOr<v1::LoadReply> ReadLoadPage(const Question& question,
                                           const v1::LoadRequest& request);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_PRACTICE_LOAD_PAGE_H_
