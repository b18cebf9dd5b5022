// What the store and its ledger say of one school, as tests of the two read it.

#ifndef HALFTERM_TESTS_SUPPORT_LEDGER_ROWS_H_
#define HALFTERM_TESTS_SUPPORT_LEDGER_ROWS_H_
#include <gtest/gtest.h>

#include <string>

#include "halfterm/disk/rows.pb.h"
#include "storage/backup/ledger.h"
#include "storage/engine.h"
#include "storage/keys.h"

namespace halfterm::testing {

// The school as an import begins it.
inline absl::Status BeginSchool(storage::Engine& engine, storage::Tenant tenant) {
  disk::TenantRow school;
  school.set_handle(tenant.handle());
  storage::WriteSet writes;
  writes.Put(storage::Family::kMeta, storage::TenantKey("northgate"), school.SerializeAsString());
  return engine.Commit(writes);
}

// The value of the only row that the ledger keeps, or of the last; empty where it keeps none.
inline std::string KeptValue(const storage::Ledger& ledger) {
  std::string kept;
  const absl::Status read = ledger.ForEachKept(
      [&kept](storage::Family, const std::string&, const disk::KeptStateRow& row, uint64_t) {
        kept = row.value();
        return absl::OkStatus();
      });
  EXPECT_TRUE(read.ok()) << read;
  return kept;
}

// The head of the school in the store.
inline disk::HeadRow HeadOf(const storage::Engine& engine, storage::Tenant tenant) {
  disk::HeadRow head;
  const auto row = engine.Get(storage::Family::kMeta, storage::HeadKey(tenant));
  EXPECT_TRUE(row.ok() && head.ParseFromString(*row));
  return head;
}

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_LEDGER_ROWS_H_
