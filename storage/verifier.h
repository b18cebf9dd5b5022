// Recomputes everything that is not authoritative, and compares it with what is stored.
//
// Authoritative are facets, the log, stores, grants, sessions and tablets. From the log every facet is
// joined again; from the facets audiences, feed rows, digests, contributions and roll-ups are made
// again; from the log the chains.

#ifndef HALFTERM_STORAGE_VERIFIER_H_
#define HALFTERM_STORAGE_VERIFIER_H_
#include <functional>

#include "absl/status/status.h"
#include "halfterm/v1/admin.pb.h"
#include "storage/engine.h"
#include "storage/secrets.h"

namespace halfterm::storage {

// Reads one snapshot a school. Calls `progress` now and then and last with done = true; stops early
// when it returns false. Memory: about 200 bytes a record and 256 MiB for joining the log again.
// NotFound: no such school. DataLoss: a row cannot be read at all.
absl::Status Verify(const Engine& engine, const v1::VerifyRequest& request,
                    const std::function<bool(const v1::VerifyReply&)>& progress);

// What waits for somebody: cells with two values, diverted groups. NotFound: no such school.
absl::StatusOr<v1::WaitingReply> Waiting(const Engine& engine, const v1::WaitingRequest& request);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_VERIFIER_H_
