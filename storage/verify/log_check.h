// The log of a school against what is kept beside it: numbers without a gap, counts of what became
// of groups, each store's chain, and the index of what was kept aside.

#ifndef HALFTERM_STORAGE_VERIFY_LOG_CHECK_H_
#define HALFTERM_STORAGE_VERIFY_LOG_CHECK_H_
#include <map>
#include <string>

#include "absl/status/status.h"
#include "halfterm/disk/rows.pb.h"
#include "storage/engine.h"
#include "storage/keys.h"
#include "storage/verify/findings.h"

namespace halfterm::storage {

// Grants as the log says they are now, encoded, by id.
using LoggedGrants = std::map<std::string, std::string>;

// Walks the log once, and then each chain, looking its groups up in the log. The words of an erased
// group are gone; there the chain is taken as it is kept. Cancelled: whoever asked has had enough.
// Else errors of the engine.
absl::Status CheckLog(const Snapshot& snapshot, Tenant tenant, const disk::HeadRow& head,
                      Findings& findings, LoggedGrants& grants);

// Parses a log row, or says why not.
bool ParseLogRow(absl::string_view value, disk::LogRow& row);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_VERIFY_LOG_CHECK_H_
