#include "storage/verify/directory_check.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "halfterm/v1/directory.pb.h"
#include "storage/directory/reference.h"
#include "sync/core/codec.h"

namespace halfterm::storage {
namespace {

// Whether the facet is a reference record of that kind.
absl::StatusOr<bool> IsReference(const Snapshot& snapshot, Tenant tenant, const core::Id16& id,
                                 int kind) {
  const absl::StatusOr<std::string> bytes =
      snapshot.Get(Family::kState, FacetKey(tenant, ReferenceFacet(id)));
  if (absl::IsNotFound(bytes.status())) return false;
  if (!bytes.ok()) return bytes.status();
  disk::FacetRow row;
  if (!row.ParseFromString(*bytes)) return false;
  const core::Result<core::Facet> facet = core::Decode(row.facet(), core::kFacetLimits);
  if (!facet.ok()) return false;
  const absl::StatusOr<v1::Reference> reference = ReferenceIn(*facet);
  return reference.ok() && KindOf(*reference) == kind;
}

absl::Status CheckIndex(const Snapshot& snapshot, Tenant tenant, uint64_t references,
                        Findings& findings) {
  uint64_t rows = 0;
  for (int kind = kFirstReferenceKind; kind <= kLastReferenceKind; ++kind) {
    const std::string prefix = DirectoryPrefix(tenant, static_cast<uint8_t>(kind));
    const auto cursor = snapshot.NewCursor(Family::kState, prefix, EndOfPrefix(prefix));
    for (; cursor->Valid(); cursor->Next()) {
      ++rows;
      const std::optional<ParsedDirectoryKey> key = ParseDirectoryKey(cursor->key());
      const auto id = key ? core::Id16::FromBytes(key->name) : std::nullopt;
      const absl::StatusOr<bool> is_there =
          id ? IsReference(snapshot, tenant, *id, kind) : absl::StatusOr<bool>(false);
      if (!is_there.ok()) return is_there.status();
      if (!*is_there) {
        findings.Differs("directory", Named("index row", cursor->key()),
                         "names no record of its kind");
      }
    }
    if (!cursor->status().ok()) return cursor->status();
  }
  if (rows != references) {
    findings.Differs("directory", "index",
                     absl::StrCat("has ", rows, " rows for ", references, " reference records"));
  }
  return absl::OkStatus();
}

absl::Status CheckGrants(const Snapshot& snapshot, Tenant tenant, LoggedGrants& logged,
                         Findings& findings) {
  const std::string prefix = GrantPrefix(tenant);
  const auto cursor = snapshot.NewCursor(Family::kState, prefix, EndOfPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    const std::optional<ParsedGrantKey> key = ParseGrantKey(cursor->key());
    v1::RoleGrant grant;
    if (!key ||
        !grant.ParseFromArray(cursor->value().data(), static_cast<int>(cursor->value().size())) ||
        grant.id() != key->grant.view() || grant.person() != key->person.view()) {
      findings.Differs("directory", Named("grant", cursor->key()), "cannot be read");
      continue;
    }
    const auto found = logged.find(grant.id());
    if (found == logged.end()) {
      findings.Differs("directory", Named("grant", grant.id()), "no group of the log wrote it");
      continue;
    }
    if (cursor->value() != found->second) {
      findings.Differs("directory", Named("grant", grant.id()), "is not as the log left it");
    }
    logged.erase(found);
  }
  if (!cursor->status().ok()) return cursor->status();
  for (const auto& [id, bytes] : logged) {
    findings.Differs("directory", Named("grant", id), "is missing; the log holds it");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckDirectory(const Snapshot& snapshot, Tenant tenant, uint64_t references,
                            LoggedGrants logged, Findings& findings) {
  const absl::Status index = CheckIndex(snapshot, tenant, references, findings);
  return index.ok() ? CheckGrants(snapshot, tenant, logged, findings) : index;
}

}  // namespace halfterm::storage
