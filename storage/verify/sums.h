// What the records of a school add up to: digests by scope and period, and roll-ups.

#ifndef HALFTERM_STORAGE_VERIFY_SUMS_H_
#define HALFTERM_STORAGE_VERIFY_SUMS_H_
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "storage/engine.h"
#include "storage/keys.h"
#include "storage/verify/findings.h"
#include "sync/core/digest.h"
#include "sync/core/scope.h"

namespace halfterm::storage {

class SchoolSums {
 public:
  // One record's share. `vector` is a row's value; one that cannot be read counts as nothing.
  void AddHeld(const core::Scope& scope, uint16_t period, uint32_t count,
               const core::Digest32& digest);
  void AddContribution(const std::string& kind_and_key, absl::string_view vector);

  // Compares with all digest and roll-up rows, both ways: a row that no record adds to is a
  // difference too. Once.
  absl::Status Compare(const Snapshot& snapshot, Tenant tenant, Findings& findings);

 private:
  struct Held {
    uint64_t count = 0;
    core::SumDigest digest;
  };
  absl::Status CompareDigests(const Snapshot& snapshot, Tenant tenant, Findings& findings);
  absl::Status CompareRollups(const Snapshot& snapshot, Tenant tenant, Findings& findings);

  std::map<std::pair<core::Scope, uint16_t>, Held> held_;
  absl::flat_hash_map<std::string, std::vector<int64_t>> rollups_;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_VERIFY_SUMS_H_
