#include "storage/pull/puller.h"

#include <algorithm>
#include <memory>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "halfterm/disk/rows.pb.h"
#include "storage/directory/schools.h"
#include "storage/pull/holdings.h"
#include "storage/pull/interest.h"
#include "storage/pull/pull_cursor.h"
#include "storage/pull/pull_run.h"
#include "storage/pull/record_reader.h"
#include "storage/scope_bytes.h"

namespace halfterm::storage {
namespace {

constexpr int kMaxFetchRecords = 256;

absl::Status CheckEpoch(const PullCursor& cursor, uint32_t epoch, uint64_t head_seq) {
  if (cursor.epoch != epoch || SeqIn(cursor.at) > head_seq) {
    return absl::FailedPreconditionError("the cursor is of another epoch; say Hello");
  }
  return absl::OkStatus();
}

// How often a call looks again for the directory that goes with its snapshot.
constexpr int kLooks = 10'000;

}  // namespace

Puller::Puller(const Engine& engine, const Directories& directories, const Epochs& epochs,
               const Secrets& secrets, const Clock& clock)
    : engine_(engine),
      directories_(directories),
      epochs_(epochs),
      secrets_(secrets),
      clock_(clock) {}

absl::StatusOr<Puller::Sight> Puller::SightOf(const Caller& caller) const {
  for (int look = 0; look < kLooks; ++look) {
    Sight sight;
    sight.directory = directories_.Of(caller.tenant);
    if (sight.directory == nullptr) {  // Whoever is in a school that is not there holds nothing.
      sight.directory = std::make_shared<const sync::Directory>(sync::Directory::Content{});
    }
    sight.snapshot = engine_.NewSnapshot();
    const absl::StatusOr<uint64_t> version =
        ScopesVersionOf(*sight.snapshot, caller.tenant, caller.person);
    if (!version.ok()) return version.status();
    if (*version <= sight.directory->content().as_of || sight.directory->content().as_of == 0) {
      sight.scopes = sight.directory->ScopesOf(caller.person);
      return sight;
    }
    std::this_thread::yield();  // The commit is there, and its directory follows in a moment.
  }
  return absl::UnavailableError("roles are changing; try again");
}

absl::StatusOr<v1::PullReply> Puller::Next(const Caller& caller,
                                           const v1::PullRequest& request) const {
  absl::StatusOr<Sight> sight = SightOf(caller);
  if (!sight.ok()) return sight.status();
  const Snapshot& snapshot = *sight->snapshot;
  PullWish wish;
  wish.scopes = std::move(sight->scopes);
  absl::StatusOr<std::vector<uint16_t>> periods =
      PeriodsOf(request.interest(), caller.person, wish.scopes, *sight->directory, clock_.NowMs());
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
  const absl::StatusOr<disk::HeadRow> head = ReadHead(snapshot, caller.tenant);
  if (!head.ok()) return head.status();
  PullCursor& cursor = decoded->cursor;
  if (!request.cursor().empty()) {
    const absl::Status epoch = CheckEpoch(cursor, epochs_.current(), head->seq());
    if (!epoch.ok()) return epoch;
  }

  v1::PullReply reply;
  PullRun run(snapshot, caller.tenant, head->seq(), std::move(wish));
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
  const absl::StatusOr<Sight> sight = SightOf(caller);
  if (!sight.ok()) return sight.status();
  const std::vector<core::Scope>& scopes = sight->scopes;
  RecordReader reader(*sight->snapshot, caller.tenant);
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
  if (!scope || !after || request.period() > 0xFFFF ||
      request.place_prefix().size() > kMaxPlacePrefix) {
    return absl::InvalidArgumentError("no such scope, period, record or place");
  }
  const absl::StatusOr<Sight> sight = SightOf(caller);
  if (!sight.ok()) return sight.status();
  if (!std::binary_search(sight->scopes.begin(), sight->scopes.end(), *scope)) {
    return absl::PermissionDeniedError("the scope is not one of yours");
  }
  const auto period = static_cast<uint16_t>(request.period());
  if (request.sums()) {
    return SumParts(*sight->snapshot, caller.tenant, *scope, period, request.place_prefix());
  }
  return storage::Descend(*sight->snapshot, caller.tenant, *scope, period, request.place_prefix(),
                          *after);
}

absl::StatusOr<Confirmed> Puller::Confirm(const Caller& caller,
                                          const v1::ConfirmRequest& request) const {
  const absl::StatusOr<Sight> sight = SightOf(caller);
  if (!sight.ok()) return sight.status();
  const std::vector<core::Scope>& scopes = sight->scopes;
  const absl::StatusOr<DecodedCursor> decoded =
      DecodeCursor(request.cursor(), caller, secrets_, scopes);
  if (!decoded.ok()) return decoded.status();
  const PullCursor& cursor = decoded->cursor;
  const Snapshot& snapshot = *sight->snapshot;
  const absl::StatusOr<disk::HeadRow> head = ReadHead(snapshot, caller.tenant);
  if (!head.ok()) return head.status();
  const absl::Status epoch = CheckEpoch(cursor, epochs_.current(), head->seq());
  if (!epoch.ok()) return epoch;
  // Not the end of a pull, or the caller's scopes have changed: pull, and confirm again.
  Confirmed confirmed;
  if (!cursor.IsComplete() || cursor.scopes != scopes) return confirmed;

  Digests right;
  const absl::Status read = AddDigests(snapshot, caller.tenant, scopes, cursor.periods, right);
  if (!read.ok()) return read;
  absl::StatusOr<v1::ConfirmReply> reply =
      Compare(snapshot, caller.tenant, request.held(), right, cursor.at);
  if (!reply.ok()) return reply.status();
  confirmed.reply = *std::move(reply);
  if (!confirmed.reply.right()) return confirmed;
  disk::ProofRow& proof = confirmed.proof.emplace();
  proof.set_epoch(cursor.epoch);
  proof.set_seq(cursor.complete);
  proof.set_scopes(ScopeBytes(scopes));
  for (const uint16_t period : cursor.periods) proof.add_periods(period);
  uint64_t pairs = 0;
  for (const v1::ScopeDigest& digest : right) pairs += digest.count();
  proof.set_pairs(pairs);
  return confirmed;
}

absl::StatusOr<uint64_t> Puller::SeqOf(const Caller& caller, absl::string_view cursor) const {
  const absl::StatusOr<DecodedCursor> decoded = DecodeCursor(cursor, caller, secrets_, {});
  if (!decoded.ok()) return decoded.status();
  return SeqIn(decoded->cursor.at);
}

absl::StatusOr<uint64_t> Puller::CompleteOf(const Caller& caller, absl::string_view cursor) const {
  if (cursor.empty()) return 0;
  const absl::StatusOr<DecodedCursor> decoded = DecodeCursor(cursor, caller, secrets_, {});
  if (!decoded.ok()) return decoded.status();
  const PullCursor& read = decoded->cursor;
  // A first pull is under way: nothing is complete before its end.
  const bool begins = read.scopes.empty() && read.HasNew();
  return begins ? 0 : read.complete;
}

}  // namespace halfterm::storage
