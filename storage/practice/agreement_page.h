// How alike observers rate: one's own pairs, and a school's.
//
// An agreement figure is about people. Everybody reads their own, because they may open the sheets
// that it is made of. A school's, or an element's of it, is shown only where as many different
// people as the policy's k_min observed, and says nothing of who; what senior leaders read of one
// person is whether a certificate holds.

#ifndef HALFTERM_STORAGE_PRACTICE_AGREEMENT_PAGE_H_
#define HALFTERM_STORAGE_PRACTICE_AGREEMENT_PAGE_H_
#include "absl/status/statusor.h"
#include "halfterm/v1/agreement.pb.h"
#include "storage/summary/question.h"

namespace halfterm::storage {

// NotFound, InvalidArgument, DataLoss, Unavailable.
absl::StatusOr<v1::AgreementReply> ReadAgreementPage(const Question& question,
                                                     const v1::AgreementRequest& request);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_PRACTICE_AGREEMENT_PAGE_H_
