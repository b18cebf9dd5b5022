#include "storage/commit/batch_news.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "halfterm/disk/news.pb.h"
#include "storage/scope_bytes.h"

namespace halfterm::storage {

std::string NewsOf(const BatchContext& context, Batch& batch) {
  disk::NewsRow news;
  std::map<uint32_t, std::pair<uint64_t, std::set<core::Scope>>> moved;
  const WriteSet& writes = batch.Writes();
  for (size_t i = 0; i < writes.Count(); ++i) {
    const WriteSet::Write write = writes.At(i);
    if (write.family == Family::kState && ParseSessionKey(write.key)) {
      news.add_sessions(std::string(write.key));
    }
    if (write.family == Family::kMeta && write.key == EpochKey()) news.set_epochs(true);
    if (write.family != Family::kFeed) continue;
    const std::optional<ParsedFeedKey> feed = ParseFeedKey(write.key);
    if (!feed) continue;
    auto& [seq, scopes] = moved[feed->tenant.handle()];
    if (!write.is_delete) seq = std::max(seq, feed->seq);
    scopes.insert(feed->scope);
  }
  for (const auto& [handle, feed] : moved) {
    disk::MovedNews& one = *news.add_moved();
    one.set_tenant(handle);
    one.set_seq(feed.first);
    one.set_scopes(ScopeBytes({feed.second.begin(), feed.second.end()}));
  }
  // Whoever changes a school's directory gives a number in its history.
  for (const auto& [handle, seq] : batch.HeadsReached()) {
    const Tenant tenant(handle);
    const std::string name = batch.NameOf(tenant);
    if (name.empty() || &batch.DirectoryOf(tenant) == context.directories.Of(tenant).get())
      continue;
    disk::DirectoryNews& one = *news.add_directories();
    one.set_tenant(handle);
    one.set_name(name);
  }
  return news.SerializeAsString();
}

}  // namespace halfterm::storage
