#include "storage/pull/puller.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "halfterm/disk/rows.pb.h"
#include "storage/directory/schools.h"
#include "storage/pull/holdings.h"
#include "storage/pull/interest.h"
#include "storage/pull/pull_cursor.h"
#include "storage/pull/pull_run.h"
#include "storage/pull/record_reader.h"

namespace halfterm::storage {
namespace {

constexpr int kMaxFetchRecords = 256;

// Whoever is in a school whose directory is not there holds nothing.
std::shared_ptr<const sync::Directory> DirectoryOf(const Directories& directories, Tenant tenant) {
  std::shared_ptr<const sync::Directory> directory = directories.Of(tenant);
  if (directory == nullptr) {
    directory = std::make_shared<const sync::Directory>(sync::Directory::Content{});
  }
  return directory;
}

absl::Status CheckEpoch(const PullCursor& cursor, uint32_t epoch, uint64_t head_seq) {
  if (cursor.epoch != epoch || SeqIn(cursor.at) > head_seq) {
    return absl::FailedPreconditionError("the cursor is of another epoch; say Hello");
  }
  return absl::OkStatus();
}

}  // namespace

Puller::Puller(const Engine& engine, const Directories& directories, const Epochs& epochs,
               const Secrets& secrets, const Clock& clock)
    : engine_(engine),
      directories_(directories),
      epochs_(epochs),
      secrets_(secrets),
      clock_(clock) {}

absl::StatusOr<v1::PullReply> Puller::Next(const Caller& caller,
                                           const v1::PullRequest& request) const {
  const std::shared_ptr<const sync::Directory> directory = DirectoryOf(directories_, caller.tenant);
  PullWish wish;
  wish.scopes = directory->ScopesOf(caller.person);
  absl::StatusOr<std::vector<uint16_t>> periods =
      PeriodsOf(request.interest(), caller.person, wish.scopes, *directory, clock_.NowMs());
  if (!periods.ok()) return periods.status();
  wish.periods = *std::move(periods);
  wish.max_bytes = request.max_bytes() == 0
                       ? core::kPullChunkBytes
                       : std::min<size_t>(request.max_bytes(), core::kPullChunkBytes);

  absl::StatusOr<DecodedCursor> decoded = DecodedCursor{};
  if (!request.cursor().empty()) {
    decoded = DecodeCursor(request.cursor(), caller, secrets_, wish.scopes);
    if (!decoded.ok()) return decoded.status();
  }
  const std::unique_ptr<Snapshot> snapshot = engine_.NewSnapshot();
  const absl::StatusOr<disk::HeadRow> head = ReadHead(*snapshot, caller.tenant);
  if (!head.ok()) return head.status();
  PullCursor& cursor = decoded->cursor;
  if (!request.cursor().empty()) {
    const absl::Status epoch = CheckEpoch(cursor, epochs_.current(), head->seq());
    if (!epoch.ok()) return epoch;
  }

  v1::PullReply reply;
  PullRun run(*snapshot, caller.tenant, head->seq(), std::move(wish));
  if (decoded->scopes_unknown) reply.add_scope_drops();  // Of type 0: all scopes.
  if (request.cursor().empty() || decoded->scopes_unknown) cursor = run.Begin(epochs_.current());
  const absl::Status filled = run.Fill(cursor, reply);
  if (!filled.ok()) return filled;
  reply.set_cursor(EncodeCursor(cursor, caller, secrets_));
  return reply;
}

absl::StatusOr<v1::FetchReply> Puller::Fetch(const Caller& caller,
                                             const v1::FetchRequest& request) const {
  if (request.records().empty() || request.records_size() > kMaxFetchRecords) {
    return absl::InvalidArgumentError(
        absl::StrCat("a fetch names 1 to ", kMaxFetchRecords, " records"));
  }
  const std::vector<core::Scope> scopes =
      DirectoryOf(directories_, caller.tenant)->ScopesOf(caller.person);
  const std::unique_ptr<Snapshot> snapshot = engine_.NewSnapshot();
  RecordReader reader(*snapshot, caller.tenant);
  v1::FetchReply reply;
  size_t bytes = 0;
  for (const std::string& id : request.records()) {
    const auto record = core::Id16::FromBytes(id);
    if (!record) return absl::InvalidArgumentError("a record's id is 16 bytes");
    if (bytes > core::kPullChunkBytes) continue;
    v1::Item& item = *reply.add_items();
    item.set_record(id);
    const absl::StatusOr<RecordReader::Added> added =
        reader.AddFacets(*record, scopes, scopes, nullptr, item);
    if (!added.ok()) return added.status();
    bytes += added->bytes + id.size();
    if (bytes > core::kPullChunkBytes && reply.items_size() > 1) {
      reply.mutable_items()->RemoveLast();
      continue;
    }
    const absl::StatusOr<const RecordRowView*> row = reader.PlacesOf(*record);
    if (!row.ok()) return row.status();
    if (item.held_size() > 0) item.set_period((*row)->period);
    for (const v1::Held& held : item.held()) item.set_seq(std::max(item.seq(), held.seq()));
  }
  return reply;
}

absl::StatusOr<v1::DescendReply> Puller::Descend(const Caller& caller,
                                                 const v1::DescendRequest& request) const {
  const std::optional<core::Scope> scope = ScopeOf(request.scope());
  const auto after =
      request.after_record().empty() ? core::Id16{} : core::Id16::FromBytes(request.after_record());
  if (!scope || !after || request.period() > 0xFFFF) {
    return absl::InvalidArgumentError("no such scope, period or record");
  }
  const std::vector<core::Scope> scopes =
      DirectoryOf(directories_, caller.tenant)->ScopesOf(caller.person);
  if (!std::binary_search(scopes.begin(), scopes.end(), *scope)) {
    return absl::PermissionDeniedError("the scope is not one of yours");
  }
  const std::unique_ptr<Snapshot> snapshot = engine_.NewSnapshot();
  return storage::Descend(*snapshot, caller.tenant, *scope, static_cast<uint16_t>(request.period()),
                          *after);
}

absl::StatusOr<v1::ConfirmReply> Puller::Confirm(const Caller& caller,
                                                 const v1::ConfirmRequest& request) const {
  const std::vector<core::Scope> scopes =
      DirectoryOf(directories_, caller.tenant)->ScopesOf(caller.person);
  const absl::StatusOr<DecodedCursor> decoded =
      DecodeCursor(request.cursor(), caller, secrets_, scopes);
  if (!decoded.ok()) return decoded.status();
  const PullCursor& cursor = decoded->cursor;
  const std::unique_ptr<Snapshot> snapshot = engine_.NewSnapshot();
  const absl::StatusOr<disk::HeadRow> head = ReadHead(*snapshot, caller.tenant);
  if (!head.ok()) return head.status();
  const absl::Status epoch = CheckEpoch(cursor, epochs_.current(), head->seq());
  if (!epoch.ok()) return epoch;
  // Not the end of a pull, or the caller's scopes have changed: pull, and confirm again.
  if (!cursor.IsComplete() || cursor.scopes != scopes) return v1::ConfirmReply{};

  Digests right;
  const absl::Status read = AddDigests(*snapshot, caller.tenant, scopes, cursor.periods, right);
  if (!read.ok()) return read;
  return Compare(*snapshot, caller.tenant, request.held(), right, cursor.at);
}

absl::StatusOr<uint64_t> Puller::SeqOf(const Caller& caller, absl::string_view cursor) const {
  const absl::StatusOr<DecodedCursor> decoded = DecodeCursor(cursor, caller, secrets_, {});
  if (!decoded.ok()) return decoded.status();
  return SeqIn(decoded->cursor.at);
}

}  // namespace halfterm::storage
