#include "storage/keeping/keeping_reader.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "halfterm/disk/rows.pb.h"
#include "halfterm/v1/sync.pb.h"
#include "storage/commit/release.h"
#include "storage/row_view.h"
#include "storage/summary/access.h"
#include "sync/core/codec.h"
#include "sync/facts.h"

namespace halfterm::storage {
namespace {

constexpr uint32_t kPage = 100, kLargestPage = 500;
constexpr size_t kContentBytes = 256 * 1024;
// So many groups are looked at for one page at most; a page may then be short, or empty, and say
// that more follow.
constexpr size_t kLookedAt = 4000;

size_t PageSize(uint32_t asked) { return asked == 0 ? kPage : std::min(asked, kLargestPage); }

absl::Status Damaged() {
  return absl::DataLossError("a row of the log cannot be read; run `halfterm verify`");
}

// The sequence number after which a page begins.
absl::StatusOr<uint64_t> AfterOf(const std::string& token) {
  uint64_t after = 0;
  if (!token.empty() && !absl::SimpleAtoi(token, &after)) {
    return absl::InvalidArgumentError("page_token is none that this server gave");
  }
  return after;
}

struct Indexed {
  uint64_t seq;
  v1::Disposition disposition;
  KeptRow row;
};
bool operator<(const Indexed& a, const Indexed& b) { return a.seq < b.seq; }

// Every kept group of a school, ascending by number.
absl::StatusOr<std::vector<Indexed>> IndexOf(const Snapshot& snapshot, Tenant tenant) {
  std::vector<Indexed> all;
  for (const std::string& prefix : {LatePrefix(tenant), QuarantinePrefix(tenant)}) {
    const auto cursor = snapshot.NewCursor(Family::kDerived, prefix, EndOfPrefix(prefix));
    for (; cursor->Valid(); cursor->Next()) {
      const KeptRow row = ParseKeptRow(cursor->value());
      if (const auto late = ParseLateKey(cursor->key())) {
        all.push_back({late->seq, v1::DISPOSITION_LATE, row});
      } else if (const auto kept = ParseQuarantineKey(cursor->key())) {
        all.push_back({kept->seq, v1::DISPOSITION_QUARANTINED, row});
      }
    }
    if (!cursor->status().ok()) return cursor->status();
  }
  std::sort(all.begin(), all.end());
  return all;
}

// The facets of one record.
class StoredRecord {
 public:
  static absl::StatusOr<StoredRecord> Read(const Snapshot& snapshot, Tenant tenant,
                                           const core::Id16& id, const sync::Directory& directory) {
    StoredRecord record;
    record.view_.id = id;
    const std::string prefix = FacetPrefix(tenant, id);
    const auto cursor = snapshot.NewCursor(Family::kState, prefix, EndOfPrefix(prefix));
    for (; cursor->Valid(); cursor->Next()) {
      const auto key = ParseFacetKey(cursor->key());
      FacetRowView row;
      if (!key || !ReadFacetRow(cursor->value(), row)) return Damaged();
      core::Result<core::Facet> facet =
          core::Decode({row.facet.data(), row.facet.size()}, core::kFacetLimits);
      if (!facet.ok()) return Damaged();
      record.facets_.push_back(std::make_unique<core::Facet>(std::move(facet).value()));
      record.view_.facets.push_back({key->facet, record.facets_.back().get()});
    }
    if (!cursor->status().ok()) return cursor->status();
    record.facts_ = sync::FactsOf(record.view_, directory);
    return record;
  }

  const sync::RecordView& view() const { return view_; }
  const core::VisitFacts& facts() const { return facts_; }

 private:
  std::vector<std::unique_ptr<core::Facet>> facets_;
  sync::RecordView view_;
  core::VisitFacts facts_;
};

// One kept group with its row of the log.
struct KeptFully {
  uint64_t seq = 0;
  KeptRow row;
  disk::LogRow log;
  std::optional<core::Group> group;
  bool erased = false;  // Its record was; the log is cleared of it soon.
};

absl::StatusOr<KeptFully> ReadKept(const Snapshot& snapshot, Tenant tenant,
                                   const Indexed& indexed) {
  KeptFully kept;
  kept.seq = indexed.seq;
  kept.row = indexed.row;
  const absl::StatusOr<std::string> bytes =
      snapshot.Get(Family::kLog, OplogKey(tenant, indexed.seq));
  if (!bytes.ok()) return absl::IsNotFound(bytes.status()) ? Damaged() : bytes.status();
  if (!kept.log.ParseFromString(*bytes)) return Damaged();
  core::Result<core::Group> group = core::DecodeGroup(kept.log.group());
  if (!group.ok()) return kept;
  kept.group = std::move(group).value();
  const absl::StatusOr<std::string> erased =
      snapshot.Get(Family::kErased, ErasedKey(tenant, kept.group->facet.record));
  if (!erased.ok() && !absl::IsNotFound(erased.status())) return erased.status();
  kept.erased = erased.ok();
  return kept;
}

void Describe(const KeptFully& kept, bool releasable, v1::KeptGroup& described) {
  described.set_seq(kept.seq);
  if (kept.group) described.set_facet(kept.group->facet.Bytes());
  described.set_author(kept.log.author());
  described.set_disposition(static_cast<v1::Disposition>(kept.log.disposition()));
  described.set_reason(static_cast<v1::Reason>(kept.log.reason()));
  described.set_earliest_ms(kept.log.lower_ms());
  described.set_latest_ms(kept.log.upper_ms());
  described.set_bytes(static_cast<uint32_t>(kept.log.group().size()));
  described.set_releasable(releasable);
}

// What one caller may see of what is kept.
class Waiting {
 public:
  Waiting(const Snapshot& snapshot, Tenant tenant, const sync::Directory& directory,
          const core::Id16& caller)
      : snapshot_(snapshot), tenant_(tenant), directory_(directory), caller_(caller) {}

  // Adds the group to the page if the caller could take it in, or keeps the visit that it is on.
  absl::Status AddIfMine(const KeptFully& kept, v1::KeptReply& reply) {
    if (kept.row.released_seq != 0 || !kept.group || kept.erased) return absl::OkStatus();
    const core::Id16& id = kept.group->facet.record;
    auto found = records_.find(id);
    if (found == records_.end()) {
      absl::StatusOr<StoredRecord> record = StoredRecord::Read(snapshot_, tenant_, id, directory_);
      if (!record.ok()) return record.status();
      found = records_.emplace(id, *std::move(record)).first;
    }
    const StoredRecord& record = found->second;
    const std::optional<core::Facet> delta = DeltaOf(kept.log, *kept.group);
    const core::Facet none;
    if (!MayTakeIn(caller_, kept.group->facet, delta ? *delta : none, record.view(), record.facts(),
                   directory_)) {
      return absl::OkStatus();
    }
    const bool releasable = delta && !record.facts().phase.withdrawn &&
                            IsRightButForItsTime(kept.log, *kept.group, *delta, record.view(),
                                                 record.facts(), directory_);
    Describe(kept, releasable, *reply.add_groups());
    return absl::OkStatus();
  }

 private:
  const Snapshot& snapshot_;
  const Tenant tenant_;
  const sync::Directory& directory_;
  const core::Id16 caller_;
  std::map<core::Id16, StoredRecord> records_;
};

// The stores' chains add up to this many groups, with those that were handed back after a restore.
absl::StatusOr<uint64_t> PushedIn(const Snapshot& snapshot, Tenant tenant) {
  uint64_t pushed = 0;
  const std::string prefix = ReplicaPrefix(tenant);
  const auto cursor = snapshot.NewCursor(Family::kState, prefix, EndOfPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    disk::ReplicaRow row;
    if (!row.ParseFromArray(cursor->value().data(), static_cast<int>(cursor->value().size()))) {
      return Damaged();
    }
    pushed += row.last_n();
  }
  if (!cursor->status().ok()) return cursor->status();
  const std::string back = HandedBackPrefix(tenant);
  const auto handed_back = snapshot.NewCursor(Family::kDerived, back, EndOfPrefix(back));
  for (; handed_back->Valid(); handed_back->Next()) ++pushed;
  if (!handed_back->status().ok()) return handed_back->status();
  return pushed;
}

}  // namespace

bool MaySeeCounts(const core::Id16& person, const sync::Directory& directory) {
  return directory.Holds(person, v1::ROLE_ADMIN) || directory.Holds(person, v1::ROLE_DPO);
}

absl::StatusOr<v1::CountsReply> CountsOf(const Snapshot& snapshot, Tenant tenant) {
  v1::CountsReply reply;
  disk::HeadRow head;
  const absl::StatusOr<std::string> row = snapshot.Get(Family::kMeta, HeadKey(tenant));
  if (row.ok()) {
    if (!head.ParseFromString(*row)) return Damaged();
  } else if (!absl::IsNotFound(row.status())) {
    return row.status();
  }
  const auto counted = [&head](v1::Disposition disposition) -> uint64_t {
    return disposition < head.dispositions_size() ? head.dispositions(disposition) : 0;
  };
  const absl::StatusOr<uint64_t> pushed = PushedIn(snapshot, tenant);
  if (!pushed.ok()) return pushed.status();
  reply.set_pushed(*pushed);
  reply.set_committed(counted(v1::DISPOSITION_COMMITTED));
  reply.set_late(counted(v1::DISPOSITION_LATE));
  reply.set_quarantined(counted(v1::DISPOSITION_QUARANTINED));
  reply.set_erased(counted(v1::DISPOSITION_ERASED));
  reply.set_accounts_for_everything(reply.pushed() == reply.committed() + reply.late() +
                                                          reply.quarantined() + reply.erased());
  reply.set_as_of_seq(head.seq());

  const absl::StatusOr<std::vector<Indexed>> index = IndexOf(snapshot, tenant);
  if (!index.ok()) return index.status();
  std::map<std::pair<int, uint32_t>, std::pair<uint64_t, uint64_t>> by_reason;
  for (const Indexed& kept : *index) {
    auto& [groups, released] = by_reason[{kept.disposition, kept.row.reason}];
    ++groups;
    released += kept.row.released_seq != 0;
  }
  for (const auto& [what, counts] : by_reason) {
    v1::ReasonCount& count = *reply.add_kept();
    count.set_disposition(static_cast<v1::Disposition>(what.first));
    count.set_reason(static_cast<v1::Reason>(what.second));
    count.set_groups(counts.first);
    count.set_released(counts.second);
  }
  const std::string prefix = ErasedPrefix(tenant);
  const auto erased = snapshot.NewCursor(Family::kErased, prefix, EndOfPrefix(prefix));
  for (; erased->Valid(); erased->Next()) reply.set_erased_records(reply.erased_records() + 1);
  if (!erased->status().ok()) return erased->status();
  return reply;
}

absl::StatusOr<v1::CountsReply> KeepingReader::Counts(const Caller& caller,
                                                      const v1::CountsRequest&) const {
  const std::shared_ptr<const sync::Directory> directory = directories_.Of(caller.tenant);
  if (directory == nullptr || !MaySeeCounts(caller.person, *directory)) return NotThereOrNotYours();
  return CountsOf(*engine_.NewSnapshot(), caller.tenant);
}

absl::StatusOr<v1::KeptReply> KeepingReader::Kept(const Caller& caller,
                                                  const v1::KeptRequest& request) const {
  const absl::StatusOr<uint64_t> after = AfterOf(request.page_token());
  if (!after.ok()) return after.status();
  v1::KeptReply reply;
  const std::shared_ptr<const sync::Directory> directory = directories_.Of(caller.tenant);
  if (directory == nullptr) return reply;
  const std::unique_ptr<Snapshot> snapshot = engine_.NewSnapshot();
  const absl::StatusOr<std::vector<Indexed>> index = IndexOf(*snapshot, caller.tenant);
  if (!index.ok()) return index.status();
  size_t looked_at = 0;
  Waiting waiting(*snapshot, caller.tenant, *directory, caller.person);
  for (const Indexed& indexed : *index) {
    if (indexed.seq <= *after) continue;
    if (static_cast<size_t>(reply.groups_size()) == PageSize(request.page_size()) ||
        looked_at++ == kLookedAt) {
      reply.set_next_page_token(absl::StrCat(indexed.seq - 1));
      break;
    }
    const absl::StatusOr<KeptFully> kept = ReadKept(*snapshot, caller.tenant, indexed);
    if (!kept.ok()) return kept.status();
    const absl::Status added = waiting.AddIfMine(*kept, reply);
    if (!added.ok()) return added;
  }
  return reply;
}

absl::StatusOr<v1::OwnReply> KeepingReader::Own(const Caller& caller,
                                                const v1::OwnRequest& request) const {
  const absl::StatusOr<uint64_t> after = AfterOf(request.page_token());
  if (!after.ok()) return after.status();
  v1::OwnReply reply;
  const std::unique_ptr<Snapshot> snapshot = engine_.NewSnapshot();
  const absl::StatusOr<std::vector<Indexed>> index = IndexOf(*snapshot, caller.tenant);
  if (!index.ok()) return index.status();
  size_t bytes = 0, looked_at = 0;
  for (const Indexed& indexed : *index) {
    if (indexed.seq <= *after) continue;
    if (looked_at++ == kLookedAt) {
      reply.set_next_page_token(absl::StrCat(indexed.seq - 1));
      break;
    }
    absl::StatusOr<KeptFully> kept = ReadKept(*snapshot, caller.tenant, indexed);
    if (!kept.ok()) return kept.status();
    if (kept->log.author() != caller.person.view() || kept->erased) continue;
    const size_t size = kept->log.group().size();
    const bool full = static_cast<size_t>(reply.groups_size()) == PageSize(request.page_size()) ||
                      (reply.groups_size() > 0 && bytes + size > kContentBytes);
    if (full) {
      reply.set_next_page_token(absl::StrCat(indexed.seq - 1));
      break;
    }
    bytes += size;
    v1::OwnGroup& own = *reply.add_groups();
    own.set_released(kept->row.released_seq != 0);
    Describe(*kept, false, *own.mutable_group());
    own.set_content(std::move(*kept->log.mutable_group()));
  }
  return reply;
}

}  // namespace halfterm::storage
