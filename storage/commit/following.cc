#include "storage/commit/following.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "halfterm/disk/news.pb.h"
#include "storage/move/move_mark.h"
#include "storage/scope_bytes.h"

namespace halfterm::storage {
namespace {

absl::Status Damaged(absl::string_view what) {
  return absl::DataLossError(std::string(what) +
                             " that another server wrote cannot be read; run `halfterm verify`");
}

// Everything that a list of news names.
struct Named {
  std::map<uint32_t, std::string> directories;  // By handle: the school's name.
  std::set<std::string> sessions;
  std::map<uint32_t, std::pair<uint64_t, std::set<core::Scope>>> moved;
  bool epochs = false;
};

absl::StatusOr<Named> NamedIn(const std::vector<std::string>& said) {
  Named named;
  for (const std::string& bytes : said) {
    disk::NewsRow row;
    if (!row.ParseFromString(bytes)) return Damaged("News");
    for (const disk::DirectoryNews& one : row.directories()) {
      named.directories[one.tenant()] = one.name();
    }
    named.sessions.insert(row.sessions().begin(), row.sessions().end());
    for (const disk::MovedNews& one : row.moved()) {
      std::vector<core::Scope> scopes;
      if (!ParseScopes(one.scopes(), scopes)) return Damaged("News");
      auto& [seq, all] = named.moved[one.tenant()];
      seq = std::max(seq, one.seq());
      all.insert(scopes.begin(), scopes.end());
    }
    named.epochs = named.epochs || row.epochs();
  }
  return named;
}

}  // namespace

absl::Status Following::Heed(const News& news, const Snapshot& view) {
  const absl::StatusOr<Named> named = NamedIn(news.said);
  if (!named.ok()) return named.status();
  if (news.is_all_new) {
    // A store that is being moved away is served no more, also by those who are at it.
    if (absl::Status may = MayBeServed(view); !may.ok()) {
      return absl::UnavailableError(may.message());
    }
    if (absl::Status read = ReadEverything(view); !read.ok()) return read;
  }
  if (named->epochs || news.is_all_new) {
    if (absl::Status read = ReadEpochs(view); !read.ok()) return read;
  }
  for (const auto& [handle, name] : named->directories) {
    if (absl::Status read = ReadDirectoryOf(Tenant(handle), name, view); !read.ok()) return read;
  }
  if (absl::Status read = ReadSessions(named->sessions, view); !read.ok()) return read;
  // Last: whoever is woken finds everything else as it is now.
  for (const auto& [handle, feed] : named->moved) {
    changes_.Tell(Tenant(handle), feed.second, feed.first);
  }
  if (news.is_all_new && std::exchange(has_read_, true)) {
    for (const auto& [name, tenant] : directories_.Tenants()) WakeEverybody(tenant);
  }
  return absl::OkStatus();
}

absl::Status Following::ReadEverything(const Snapshot& view) {
  const std::string tenants = TenantPrefix();
  const auto schools = view.NewCursor(Family::kMeta, tenants, EndOfPrefix(tenants));
  for (; schools->Valid(); schools->Next()) {
    const std::optional<std::string> name = ParseTenantKey(schools->key());
    disk::TenantRow school;
    const absl::string_view value = schools->value();
    if (!name || !school.ParseFromArray(value.data(), static_cast<int>(value.size())) ||
        school.handle() == 0) {
      return Damaged("A school's row");
    }
    const Tenant tenant(school.handle());
    if (absl::Status read = ReadDirectoryOf(tenant, *name, view); !read.ok()) return read;
    const std::string prefix = SessionPrefix(tenant);
    const auto sessions = view.NewCursor(Family::kState, prefix, EndOfPrefix(prefix));
    for (; sessions->Valid(); sessions->Next()) {
      if (absl::Status put = PutSession(sessions->key(), sessions->value()); !put.ok()) return put;
    }
    if (!sessions->status().ok()) return sessions->status();
  }
  return schools->status();
}

absl::Status Following::ReadDirectoryOf(Tenant tenant, const std::string& name,
                                        const Snapshot& view) {
  absl::StatusOr<std::shared_ptr<const sync::Directory>> read = ReadDirectory(view, tenant);
  if (!read.ok()) return read.status();
  directories_.Put(tenant, name, *std::move(read));
  return absl::OkStatus();
}

absl::Status Following::ReadEpochs(const Snapshot& view) {
  const absl::StatusOr<std::string> stored = view.Get(Family::kMeta, EpochKey());
  if (!stored.ok()) return stored.status();
  disk::EpochsRow row;
  if (!row.ParseFromString(*stored) || row.epochs().empty()) return Damaged("The history");
  epochs_.Publish(std::move(row));
  return absl::OkStatus();
}

absl::Status Following::ReadSessions(const std::set<std::string>& keys, const Snapshot& view) {
  const std::vector<std::string> list(keys.begin(), keys.end());
  const auto rows = view.MultiGet(Family::kState, list);
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].ok()) return rows[i].status();
    if (absl::Status put = PutSession(list[i], *rows[i]); !put.ok()) return put;
  }
  return absl::OkStatus();
}

absl::Status Following::PutSession(absl::string_view key, absl::string_view value) {
  constexpr size_t kHashBytes = 32;
  const std::optional<ParsedIdKey> name = ParseSessionKey(key);
  disk::SessionRow row;
  if (!name || !row.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
    return Damaged("A session");
  }
  std::optional<Session> session = SessionFromRow(name->tenant, name->id, row);
  if (!session) return Damaged("A session");
  // Whether a token that another server gave out was used nobody here knows. It counts as used, so
  // that the one before it cannot come back: that is not the newest of the past ones here. No token
  // has this hash.
  session->past_token_hashes.push_back(std::string(kHashBytes, '\0'));
  sessions_.Put(row.token_hash(), *std::move(session));
  return absl::OkStatus();
}

void Following::WakeEverybody(Tenant tenant) {
  const std::shared_ptr<const sync::Directory> directory = directories_.Of(tenant);
  std::set<core::Scope> scopes;
  for (const v1::Person& person : directory->content().people) {
    const auto id = core::Id16::FromBytes(person.id());
    if (!id) continue;
    for (const core::Scope& scope : directory->ScopesOf(*id)) scopes.insert(scope);
  }
  changes_.Tell(tenant, scopes, 0);
}

}  // namespace halfterm::storage
