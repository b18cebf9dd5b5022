// Referrals and support plans as threads of work: who helps with what, until when, what was looked
// at again and what became of it.

#ifndef HALFTERM_STORAGE_PRACTICE_HELPING_PAGE_H_
#define HALFTERM_STORAGE_PRACTICE_HELPING_PAGE_H_
#include "absl/status/statusor.h"
#include "halfterm/v1/help.pb.h"
#include "storage/summary/question.h"

namespace halfterm::storage {

// Everything but the departments' trends, which are frozen figures. NotFound, InvalidArgument,
// DataLoss, Unavailable.
absl::StatusOr<v1::HelpingReply> ReadHelpingPage(const Question& question,
                                                 const v1::HelpingRequest& request);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_PRACTICE_HELPING_PAGE_H_
