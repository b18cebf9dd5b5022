#include "storage/directory/scope_changes.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "halfterm/disk/proofs.pb.h"
#include "storage/scope_bytes.h"

namespace halfterm::storage {
namespace {

using Scopes = std::vector<core::Scope>;

Scopes Without(const Scopes& scopes, const Scopes& others) {
  Scopes left;
  std::set_difference(scopes.begin(), scopes.end(), others.begin(), others.end(),
                      std::back_inserter(left));
  return left;
}

// Whether many people's records lie in it by who leads whom. What reaches a person by name, and
// what all staff may read, is filed right at every moment.
bool FollowsLeaders(const core::Scope& scope) {
  return scope != core::StaffScope() && scope != core::PersonScope(scope.id);
}

// Everybody whom the directory knows, by record or by grant.
std::set<core::Id16> PeopleOf(const sync::Directory::Content& content) {
  std::set<core::Id16> people;
  for (const v1::Person& person : content.people) {
    people.insert(core::Id16::FromBytes(person.id()).value_or(core::Id16{}));
  }
  for (const v1::RoleGrant& grant : content.grants) {
    people.insert(core::Id16::FromBytes(grant.person()).value_or(core::Id16{}));
  }
  people.erase(core::Id16{});
  return people;
}

template <typename Row>
absl::StatusOr<Row> RowAt(Batch& batch, const std::string& key) {
  Row row;
  const absl::StatusOr<std::string> stored = batch.Get(Family::kState, key);
  if (absl::IsNotFound(stored.status())) return row;
  if (!stored.ok()) return stored.status();
  if (!row.ParseFromString(*stored)) {
    return absl::DataLossError("what is kept of a person cannot be read; run `halfterm verify`");
  }
  return row;
}

absl::Status RaiseVersion(Batch& batch, Tenant tenant, const core::Id16& person, uint64_t seq) {
  const std::string key = AccountKey(tenant, person);
  absl::StatusOr<disk::AccountRow> account = RowAt<disk::AccountRow>(batch, key);
  if (!account.ok()) return account.status();
  account->set_scopes_version(seq);
  batch.Put(Family::kState, key, account->SerializeAsString());
  return absl::OkStatus();
}

void Forget(disk::ScopeHistoryRow& row, const Scopes& opened) {
  auto& lost = *row.mutable_lost();
  lost.erase(std::remove_if(lost.begin(), lost.end(),
                            [&](const disk::LostScope& entry) {
                              Scopes scope;
                              return !ParseScopes(entry.scope(), scope) || scope.size() != 1 ||
                                     std::binary_search(opened.begin(), opened.end(), scope[0]);
                            }),
             lost.end());
}

// One person's history: scopes opened and lost by event `seq`, and what stays shut.
absl::Status WriteHistory(Batch& batch, Tenant tenant, const core::Id16& person,
                          const Scopes& opened, const Scopes& lost, const Scopes& held_back,
                          uint64_t seq) {
  const std::string key = ScopeHistoryKey(tenant, person);
  absl::StatusOr<disk::ScopeHistoryRow> row = RowAt<disk::ScopeHistoryRow>(batch, key);
  if (!row.ok()) return row.status();
  const std::string before = row->SerializeAsString();
  Forget(*row, opened);
  for (const core::Scope& scope : lost) {
    disk::LostScope& entry = *row->add_lost();
    AppendScope(*entry.mutable_scope(), scope);
    entry.set_seq(seq);
    entry.set_lost_ms(batch.now_ms());
  }
  row->set_held_back(ScopeBytes(held_back));
  const std::string after = row->SerializeAsString();
  if (after != before) batch.Put(Family::kState, key, after);
  return absl::OkStatus();
}

}  // namespace

absl::Status NoteScopeChanges(Batch& batch, Tenant tenant, const sync::Directory& before,
                              sync::Directory::Content& after, bool refiles, uint64_t seq) {
  std::map<core::Id16, Scopes> waiting;
  for (const auto& [person, scope] : before.content().held_back) waiting[person].push_back(scope);
  after.held_back.clear();
  after.as_of = seq;
  const sync::Directory granted(after);
  for (const core::Id16& person : PeopleOf(after)) {
    const Scopes open_before = before.ScopesOf(person);
    const Scopes granted_now = granted.GrantedScopesOf(person);
    Scopes& held_back = waiting[person];
    const bool had_waiting = !held_back.empty();
    std::sort(held_back.begin(), held_back.end());
    Scopes still_shut;
    for (const core::Scope& scope : Without(granted_now, open_before)) {
      const bool is_waiting = std::binary_search(held_back.begin(), held_back.end(), scope);
      if (is_waiting || (refiles && FollowsLeaders(scope))) still_shut.push_back(scope);
    }
    const Scopes open_now = Without(granted_now, still_shut);
    for (const core::Scope& scope : still_shut) after.held_back.emplace_back(person, scope);
    if (open_now == open_before && still_shut.empty() && !had_waiting) continue;
    absl::Status written = WriteHistory(batch, tenant, person, Without(open_now, open_before),
                                        Without(open_before, open_now), still_shut, seq);
    if (written.ok() && open_now != open_before) {
      written = RaiseVersion(batch, tenant, person, seq);
    }
    if (!written.ok()) return written;
  }
  return absl::OkStatus();
}

absl::Status OpenHeldBack(Batch& batch, Tenant tenant, uint64_t seq) {
  const sync::Directory& directory = batch.DirectoryOf(tenant);
  if (directory.content().held_back.empty()) return absl::OkStatus();
  std::map<core::Id16, Scopes> waiting;
  for (const auto& [person, scope] : directory.content().held_back) {
    waiting[person].push_back(scope);
  }
  for (auto& [person, scopes] : waiting) {
    std::sort(scopes.begin(), scopes.end());
    absl::Status written = WriteHistory(batch, tenant, person, scopes, {}, {}, seq);
    if (written.ok()) written = RaiseVersion(batch, tenant, person, seq);
    if (!written.ok()) return written;
  }
  sync::Directory::Content content = directory.content();
  content.held_back.clear();
  content.as_of = seq;
  batch.PutDirectory(tenant, batch.NameOf(tenant),
                     std::make_shared<const sync::Directory>(std::move(content)));
  return absl::OkStatus();
}

}  // namespace halfterm::storage
