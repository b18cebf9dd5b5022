// Recomputes everything that is not authoritative, and compares it with what is stored.
//
// Authoritative are facets, the log, stores, grants, sessions and tablets. From the log every facet
// is joined again; from the facets audiences, feed rows, digests, contributions and roll-ups are
// made again; from the log the chains.

#ifndef HALFTERM_STORAGE_VERIFY_VERIFIER_H_
#define HALFTERM_STORAGE_VERIFY_VERIFIER_H_
#include <functional>

#include "absl/status/status.h"
#include "halfterm/v1/admin.pb.h"
#include "storage/commit/secrets.h"
#include "storage/engine.h"

namespace halfterm::storage {

// Reads one snapshot a school. Calls `progress` now and then and last with done = true; stops
// early, with Cancelled, when it returns false. Receipts are looked at where `secrets` is not null.
// Memory: about 200 bytes a record, and at most 256 MiB to find the groups of a record in the log.
// Records whose derived rows wait to be made again after a change of the directory are compared
// with themselves only.
//
// NotFound: no such school. DataLoss: the row of a school or its head cannot be read; every other
// row that cannot be read is a difference.
absl::Status Verify(const Engine& engine, const v1::VerifyRequest& request,
                    const std::function<bool(const v1::VerifyReply&)>& progress,
                    const Secrets* secrets = nullptr);

// What waits for somebody: cells with two values, diverted groups. The person asked is whose sheet
// or response it is, and otherwise the visit's lead. Reads the whole school. NotFound: no such
// school.
absl::StatusOr<v1::WaitingReply> Waiting(const Engine& engine, const v1::WaitingRequest& request);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_VERIFY_VERIFIER_H_
