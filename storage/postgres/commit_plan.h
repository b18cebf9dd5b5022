// A write set as PostgreSQL takes it: sorted by tenant, and each row written once.

#ifndef HALFTERM_STORAGE_POSTGRES_COMMIT_PLAN_H_
#define HALFTERM_STORAGE_POSTGRES_COMMIT_PLAN_H_
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "storage/engine.h"
#include "storage/postgres/connection.h"
#include "storage/postgres/rows.h"
#include "storage/postgres/statements.h"
#include "storage/postgres/tenant_of.h"

namespace halfterm::storage::postgres {

// What becomes of one tenant's rows. Views into the write set.
struct TenantWrites {
  uint32_t tenant = 0;
  std::vector<WriteSet::Write> inserts;  // Of rows that are not there. Ascending by family and key.
  std::vector<WriteSet::Write> puts;     // The others, in the same order.
  std::map<Family, std::vector<absl::string_view>> deletes;
};

// Tenants ascending. All writers touch rows in this one order, so that none waits for another in a
// circle. The last write to a row is the one that counts. `believes_new`: what was written with
// PutNew is inserted, and fails where it is there. Writes before number `from` are left out.
std::vector<TenantWrites> PlanOf(const WriteSet& writes, bool believes_new, size_t from = 0);

// The statements of one tenant's writes: as few as the prepared sizes allow.
class TenantCalls {
 public:
  // `writes` is kept; its views must last.
  explicit TenantCalls(const TenantWrites& writes);
  TenantCalls(const TenantCalls&) = delete;
  TenantCalls& operator=(const TenantCalls&) = delete;

  const std::vector<Call>& calls() const { return calls_; }

 private:
  using StatementOf = Statement PutSize::*;
  void Add(const std::vector<WriteSet::Write>& rows, StatementOf statement);

  std::string tenant_;
  std::map<Family, std::string> families_;
  std::vector<Call> calls_;  // Views into the above.
};

// Keeps what the calls of a commit's rows refer to.
class RowsOnTheirWay {
 public:
  // Adds to `calls` what brings the writes from number `from` on; each tenant that neither
  // `catalogue` nor this commit so far (`tenants`) knows, too.
  void Add(const WriteSet& writes, size_t from, bool believes_new,
           const std::set<uint32_t>& catalogue, std::set<uint32_t>& tenants,
           std::vector<Call>& calls);

 private:
  const std::string zero_ = Int8(kNoTenant), catalogue_ = Int2(kCatalogue);
  std::deque<std::string> handles_;  // A deque's elements stay where they are.
  std::deque<TenantCalls> calls_;
};

}  // namespace halfterm::storage::postgres

#endif  // HALFTERM_STORAGE_POSTGRES_COMMIT_PLAN_H_
