#include "storage/directory/directories.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "halfterm/disk/proofs.pb.h"
#include "halfterm/disk/rows.pb.h"
#include "storage/directory/reference.h"
#include "storage/directory/schools.h"
#include "storage/scope_bytes.h"
#include "sync/core/codec.h"

namespace halfterm::storage {
namespace {

constexpr size_t kRowsAtOnce = 256;

absl::Status Damaged(absl::string_view what, absl::string_view key) {
  return absl::DataLossError(absl::StrCat("the stored ", what, " at ", absl::BytesToHexString(key),
                                          " cannot be read; run `halfterm verify`"));
}

// The facets of the reference records that the index names, ascending by kind and id.
absl::StatusOr<std::vector<std::string>> ReferenceKeysOf(const Snapshot& snapshot, Tenant tenant) {
  std::vector<std::string> keys;
  const auto cursor =
      snapshot.NewCursor(Family::kState, DirectoryPrefix(tenant, kFirstReferenceKind),
                         EndOfPrefix(DirectoryPrefix(tenant, kLastReferenceKind)));
  for (; cursor->Valid(); cursor->Next()) {
    const std::optional<ParsedDirectoryKey> parsed = ParseDirectoryKey(cursor->key());
    const auto id = parsed ? core::Id16::FromBytes(parsed->name) : std::nullopt;
    if (!id) return Damaged("directory index row", cursor->key());
    keys.push_back(FacetKey(tenant, ReferenceFacet(*id)));
  }
  if (!cursor->status().ok()) return cursor->status();
  return keys;
}

absl::Status ReadReferences(const Snapshot& snapshot, const std::vector<std::string>& keys,
                            sync::Directory::Content& content) {
  for (size_t begin = 0; begin < keys.size(); begin += kRowsAtOnce) {
    const size_t count = std::min(kRowsAtOnce, keys.size() - begin);
    const auto rows = snapshot.MultiGet(Family::kState, absl::MakeSpan(keys).subspan(begin, count));
    for (size_t i = 0; i < rows.size(); ++i) {
      const std::string& key = keys[begin + i];
      if (absl::IsNotFound(rows[i].status())) return Damaged("reference record", key);
      if (!rows[i].ok()) return rows[i].status();
      disk::FacetRow row;
      if (!row.ParseFromString(*rows[i])) return Damaged("facet", key);
      const core::Result<core::Facet> facet = core::Decode(row.facet(), core::kFacetLimits);
      if (!facet.ok()) return Damaged("facet", key);
      absl::StatusOr<v1::Reference> reference = ReferenceIn(*facet);
      if (!reference.ok()) return Damaged("reference record", key);
      Append(*std::move(reference), content);
    }
  }
  return absl::OkStatus();
}

absl::Status ReadGrants(const Snapshot& snapshot, Tenant tenant,
                        std::vector<v1::RoleGrant>& grants) {
  const std::string prefix = GrantPrefix(tenant);
  const auto cursor = snapshot.NewCursor(Family::kState, prefix, EndOfPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    const absl::string_view value = cursor->value();
    if (!grants.emplace_back().ParseFromArray(value.data(), static_cast<int>(value.size()))) {
      return Damaged("grant", cursor->key());
    }
  }
  std::sort(grants.begin(), grants.end(),
            [](const v1::RoleGrant& a, const v1::RoleGrant& b) { return a.id() < b.id(); });
  return cursor->status();
}

absl::Status ReadHeldBack(const Snapshot& snapshot, Tenant tenant,
                          sync::Directory::Content& content) {
  const std::string prefix = ScopeHistoryPrefix(tenant);
  const auto cursor = snapshot.NewCursor(Family::kState, prefix, EndOfPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    const std::optional<ParsedIdKey> key = ParseScopeHistoryKey(cursor->key());
    disk::ScopeHistoryRow row;
    std::vector<core::Scope> held_back;
    if (!key ||
        !row.ParseFromArray(cursor->value().data(), static_cast<int>(cursor->value().size())) ||
        !ParseScopes(row.held_back(), held_back)) {
      return Damaged("history of scopes", cursor->key());
    }
    for (const core::Scope& scope : held_back) content.held_back.emplace_back(key->id, scope);
  }
  return cursor->status();
}

}  // namespace

absl::Status Directories::Load(const Engine& engine) {
  const std::unique_ptr<Snapshot> snapshot = engine.NewSnapshot();
  const std::string prefix = TenantPrefix();
  const auto cursor = snapshot->NewCursor(Family::kMeta, prefix, EndOfPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    const absl::string_view value = cursor->value();
    disk::TenantRow row;
    const std::optional<std::string> name = ParseTenantKey(cursor->key());
    if (!name || !row.ParseFromArray(value.data(), static_cast<int>(value.size())) ||
        row.handle() == 0) {
      return Damaged("school", cursor->key());
    }
    const Tenant tenant(row.handle());
    absl::StatusOr<std::shared_ptr<const sync::Directory>> read = ReadDirectory(*snapshot, tenant);
    if (!read.ok()) return read.status();
    Put(tenant, *name, *std::move(read));
  }
  return cursor->status();
}

std::shared_ptr<const sync::Directory> Directories::Of(Tenant tenant) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = schools_.find(tenant.handle());
  return found == schools_.end() ? nullptr : found->second.directory;
}

std::string Directories::NameOf(Tenant tenant) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = schools_.find(tenant.handle());
  return found == schools_.end() ? "" : found->second.name;
}

std::optional<Tenant> Directories::Last() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (schools_.empty()) return std::nullopt;
  return Tenant(schools_.rbegin()->first);
}

std::optional<Tenant> Directories::TenantNamed(absl::string_view name) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = tenants_.find(std::string(name));
  if (found == tenants_.end()) return std::nullopt;
  return found->second;
}

std::vector<std::pair<std::string, Tenant>> Directories::Tenants() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return {tenants_.begin(), tenants_.end()};
}

std::vector<Tenant> Directories::After(std::optional<Tenant> last, size_t most) const {
  std::vector<Tenant> schools;
  const std::lock_guard<std::mutex> lock(mutex_);
  auto at = last ? schools_.upper_bound(last->handle()) : schools_.begin();
  for (; at != schools_.end() && schools.size() < most; ++at) schools.emplace_back(at->first);
  return schools;
}

size_t Directories::Count() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return schools_.size();
}

void Directories::Put(Tenant tenant, absl::string_view name,
                      std::shared_ptr<const sync::Directory> directory) {
  std::shared_ptr<const sync::Directory> replaced;  // Freed after the lock is.
  const std::lock_guard<std::mutex> lock(mutex_);
  tenants_.insert_or_assign(std::string(name), tenant);
  School& school = schools_[tenant.handle()];
  school.name = std::string(name);
  replaced = std::exchange(school.directory, std::move(directory));
}

absl::StatusOr<std::shared_ptr<const sync::Directory>> ReadDirectory(const Snapshot& snapshot,
                                                                     Tenant tenant) {
  const absl::StatusOr<disk::HeadRow> head = ReadHead(snapshot, tenant);
  if (!head.ok()) return head.status();
  sync::Directory::Content content;
  const absl::StatusOr<std::vector<std::string>> keys = ReferenceKeysOf(snapshot, tenant);
  if (!keys.ok()) return keys.status();
  absl::Status read = ReadReferences(snapshot, *keys, content);
  if (read.ok()) read = ReadGrants(snapshot, tenant, content.grants);
  if (read.ok()) read = ReadHeldBack(snapshot, tenant, content);
  if (!read.ok()) return read;
  content.as_of = head->seq();
  return std::make_shared<const sync::Directory>(std::move(content));
}

absl::StatusOr<uint64_t> ScopesVersionOf(const Snapshot& snapshot, Tenant tenant,
                                         const core::Id16& person) {
  const std::string key = AccountKey(tenant, person);
  const absl::StatusOr<std::string> stored = snapshot.Get(Family::kState, key);
  if (absl::IsNotFound(stored.status())) return 0;
  if (!stored.ok()) return stored.status();
  disk::AccountRow row;
  if (!row.ParseFromString(*stored)) return Damaged("account", key);
  return row.scopes_version();
}

}  // namespace halfterm::storage
