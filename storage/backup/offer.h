// Which of the facets that a tablet holds a restored server lacks.

#ifndef HALFTERM_STORAGE_BACKUP_OFFER_H_
#define HALFTERM_STORAGE_BACKUP_OFFER_H_
#include "absl/status/statusor.h"
#include "halfterm/v1/recovery.pb.h"
#include "storage/engine.h"
#include "storage/keys.h"

namespace halfterm::storage {

inline constexpr int kMaxOfferedFacets = 1024;

// Errors as halfterm.v1.Recovery.Offer's. Says nothing of a facet but whether its content is the one
// that the caller named by its digest.
absl::StatusOr<v1::OfferReply> Wanted(const Engine& engine, Tenant tenant,
                                      const v1::OfferRequest& request);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_BACKUP_OFFER_H_
