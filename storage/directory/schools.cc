#include "storage/directory/schools.h"

#include <memory>

#include "absl/strings/str_cat.h"

namespace halfterm::storage {

absl::StatusOr<std::vector<Tenant>> SchoolsNamed(const Engine& engine, absl::string_view name) {
  const std::string begin = name.empty() ? TenantPrefix() : TenantKey(name);
  const std::string end = name.empty() ? EndOfPrefix(begin) : begin + '\0';
  std::vector<Tenant> schools;
  const std::unique_ptr<Snapshot> snapshot = engine.NewSnapshot();
  const auto cursor = snapshot->NewCursor(Family::kMeta, begin, end);
  for (; cursor->Valid(); cursor->Next()) {
    disk::TenantRow row;
    if (!row.ParseFromArray(cursor->value().data(), static_cast<int>(cursor->value().size())) ||
        row.handle() == 0) {
      return absl::DataLossError("a school's row cannot be read");
    }
    schools.emplace_back(row.handle());
  }
  if (!cursor->status().ok()) return cursor->status();
  if (schools.empty() && !name.empty()) return absl::NotFoundError("no such school");
  return schools;
}

absl::StatusOr<disk::HeadRow> ReadHead(const Snapshot& snapshot, Tenant tenant) {
  disk::HeadRow head;
  const absl::StatusOr<std::string> bytes = snapshot.Get(Family::kMeta, HeadKey(tenant));
  if (absl::IsNotFound(bytes.status())) return head;
  if (!bytes.ok()) return bytes.status();
  if (!head.ParseFromString(*bytes)) {
    return absl::DataLossError("the school's head row cannot be read");
  }
  return head;
}

}  // namespace halfterm::storage
