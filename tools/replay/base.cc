#include "tools/replay/base.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "sync/core/codec.h"

namespace halfterm::tools {
namespace {

using storage::Family;

// Ascending, each once.
std::string BytesOf(std::vector<core::Scope> scopes) {
  std::sort(scopes.begin(), scopes.end());
  std::string bytes;
  for (const core::Scope& scope : scopes) {
    bytes.push_back(static_cast<char>(scope.type));
    bytes.append(scope.id.view());
  }
  return bytes;
}

// Of the content in `state`, whatever the server said it would be.
absl::StatusOr<std::string> DigestOf(const core::FacetId& id, const std::string& state) {
  const core::Result<core::Facet> facet = core::Decode(state, core::kFacetLimits);
  if (!facet.ok()) {
    return absl::DataLossError(absl::StrCat("a facet that the server sent: ", facet.reason()));
  }
  return std::string(core::FacetDigest(id, core::EncodeContent(*facet)).view());
}

}  // namespace

core::Scope ScopeOf(const v1::ScopeId& scope) {
  return {static_cast<uint8_t>(scope.type()),
          core::Id16::FromBytes(scope.id()).value_or(core::Id16{})};
}

std::vector<core::Scope> ScopesOf(const std::string& bytes) {
  std::vector<core::Scope> scopes;
  for (size_t at = 0; at + core::kScopeBytes <= bytes.size(); at += core::kScopeBytes) {
    const std::string_view scope = std::string_view(bytes).substr(at, core::kScopeBytes);
    scopes.push_back({static_cast<uint8_t>(scope[0]),
                      core::Id16::FromBytes(scope.substr(1)).value_or(core::Id16{})});
  }
  return scopes;
}

absl::StatusOr<Base> Base::Open(storage::Engine& engine, StoreNumber store) {
  Base base(engine, store);
  absl::StatusOr<disk::TabletBaseRow> row =
      GetRow<disk::TabletBaseRow>(engine, Family::kMeta, BaseKey(store));
  if (!row.ok() && !absl::IsNotFound(row.status())) return row.status();
  if (row.ok()) base.row_ = *std::move(row);
  return base;
}

absl::StatusOr<Base::HeldFacet> Base::Facet(const core::FacetId& id) const {
  const absl::StatusOr<disk::TabletFacetRow> row = GetRow<disk::TabletFacetRow>(
      *engine_, Family::kState, FacetKey(FacetRows::kBase, store_, id));
  if (absl::IsNotFound(row.status())) return HeldFacet{};
  if (!row.ok()) return row.status();
  core::Result<core::Facet> facet = core::Decode(row->facet(), core::kFacetLimits);
  if (!facet.ok()) return absl::DataLossError(facet.reason());
  return HeldFacet{*std::move(facet), row->seq()};
}

absl::StatusOr<std::vector<core::FacetId>> Base::FacetsOf(const core::Id16& record) const {
  std::vector<core::FacetId> facets;
  const std::string prefix = FacetPrefix(FacetRows::kBase, store_, record);
  const std::unique_ptr<storage::Snapshot> snapshot = engine_->NewSnapshot();
  const std::unique_ptr<storage::Cursor> cursor =
      snapshot->NewCursor(Family::kState, prefix, AfterPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) facets.push_back(FacetOfKey(cursor->key()));
  if (!cursor->status().ok()) return cursor->status();
  return facets;
}

absl::Status Base::ForEach(
    const std::function<void(const core::FacetId&, const disk::TabletFacetRow&)>& see) const {
  const std::string prefix = FacetPrefix(FacetRows::kBase, store_);
  const std::unique_ptr<storage::Snapshot> snapshot = engine_->NewSnapshot();
  const std::unique_ptr<storage::Cursor> cursor =
      snapshot->NewCursor(Family::kState, prefix, AfterPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    disk::TabletFacetRow row;
    if (absl::Status parsed = ParseRow(cursor->value(), row); !parsed.ok()) return parsed;
    see(FacetOfKey(cursor->key()), row);
  }
  return cursor->status();
}

// The item lists all that may be held of its record: what it does not list goes.
absl::Status Base::StageItem(const v1::Item& item, uint64_t beginning) {
  const std::optional<core::Id16> record = core::Id16::FromBytes(item.record());
  if (!record.has_value()) return absl::DataLossError("an item names no record");

  const absl::StatusOr<std::vector<core::FacetId>> before = FacetsOf(*record);
  if (!before.ok()) return before.status();
  std::set<std::string> to_go;
  for (const core::FacetId& id : *before) to_go.insert(FacetKey(FacetRows::kBase, store_, id));

  for (const v1::Held& held : item.held()) {
    const std::optional<core::FacetId> id = core::FacetId::Parse(held.facet());
    if (!id.has_value() || id->record != *record) {
      return absl::DataLossError("an item lists a facet of another record");
    }
    const std::string key = FacetKey(FacetRows::kBase, store_, *id);
    disk::TabletFacetRow row;
    if (to_go.erase(key) != 0 && held.state().empty()) {
      absl::StatusOr<disk::TabletFacetRow> kept =
          GetRow<disk::TabletFacetRow>(*engine_, Family::kState, key);
      if (!kept.ok()) return kept.status();
      row = *std::move(kept);
    } else if (held.state().empty()) {
      continue;  // The server takes it to be here. The sums will differ, and it will be fetched.
    } else {
      absl::StatusOr<std::string> digest = DigestOf(*id, held.state());
      if (!digest.ok()) return digest.status();
      row.set_digest(*std::move(digest));
      row.set_facet(held.state());
    }
    std::vector<core::Scope> scopes;
    for (const v1::ScopeId& scope : held.held_by()) scopes.push_back(ScopeOf(scope));
    row.set_seq(held.seq());
    row.set_held_by(BytesOf(std::move(scopes)));
    row.set_receipt(held.receipt());
    row.set_epoch(held.epoch());
    row.set_period(item.period());
    row.set_beginning(beginning);
    staged_.Put(Family::kState, key, row.SerializeAsString());
  }
  for (const std::string& key : to_go) staged_.Delete(Family::kState, key);
  return absl::OkStatus();
}

// Takes the dropped scopes out of every facet; what no scope holds any more goes.
absl::Status Base::StageDrops(const v1::PullReply& chunk) {
  if (chunk.scope_drops().empty()) return absl::OkStatus();
  bool all = false;
  std::set<core::Scope> dropped;
  for (const v1::ScopeId& scope : chunk.scope_drops()) {
    if (scope.type() == 0) all = true;
    dropped.insert(ScopeOf(scope));
  }
  return ForEach([&](const core::FacetId& id, const disk::TabletFacetRow& row) {
    std::vector<core::Scope> scopes = ScopesOf(row.held_by());
    const size_t before = scopes.size();
    scopes.erase(
        std::remove_if(scopes.begin(), scopes.end(),
                       [&](const core::Scope& scope) { return all || dropped.count(scope) > 0; }),
        scopes.end());
    if (scopes.size() == before) return;
    const std::string key = FacetKey(FacetRows::kBase, store_, id);
    if (scopes.empty()) {
      staged_.Delete(Family::kState, key);
      return;
    }
    disk::TabletFacetRow left = row;
    left.set_held_by(BytesOf(std::move(scopes)));
    staged_.Put(Family::kState, key, left.SerializeAsString());
  });
}

absl::Status Base::Commit(disk::TabletBaseRow next) {
  staged_.Put(Family::kMeta, BaseKey(store_), next.SerializeAsString());
  const absl::Status committed = engine_->Commit(staged_);
  staged_.Clear();
  if (committed.ok()) row_ = std::move(next);
  return committed;
}

absl::Status Base::ForgetCursor() {
  disk::TabletBaseRow next = row_;
  next.clear_cursor();
  return Commit(std::move(next));
}

absl::Status Base::TakeChunk(const v1::PullReply& chunk, uint32_t epoch) {
  disk::TabletBaseRow next = row_;
  if (row_.cursor().empty()) {
    next.set_anew(true);
    next.set_beginnings(row_.beginnings() + 1);
  }
  next.set_cursor(chunk.cursor());
  // First the drops: an item of the same chunk says what is held after them.
  absl::Status staged = StageDrops(chunk);
  for (const v1::Item& item : chunk.items()) {
    if (!staged.ok()) break;
    staged = StageItem(item, next.beginnings());
  }
  if (!staged.ok()) {
    staged_.Clear();
    return staged;
  }
  if (absl::Status applied = Commit(std::move(next)); !applied.ok()) return applied;
  if (!chunk.has_end()) return absl::OkStatus();

  // The copy counts as complete only with this; a tablet that was switched off before it pulls
  // again from the last cursor, which gives another end.
  if (absl::Status dropped = DropAfter(chunk.end()); !dropped.ok()) {
    staged_.Clear();
    return dropped;
  }
  next = row_;
  next.set_anew(false);
  next.set_epoch(epoch);
  next.set_seq(chunk.end().seq());
  return Commit(std::move(next));
}

// What the end of a pull says is not to be held: anything under a scope and period that it does not
// list, and after a pull from the beginning anything that it did not name.
absl::Status Base::DropAfter(const v1::PullEnd& end) {
  std::set<std::pair<core::Scope, uint32_t>> listed;
  for (const v1::ScopeDigest& digest : end.digests()) {
    listed.emplace(ScopeOf(digest.scope()), digest.period());
  }
  return ForEach([&](const core::FacetId& id, const disk::TabletFacetRow& row) {
    bool is_held = !row_.anew() || row.beginning() == row_.beginnings();
    if (is_held) {
      const std::vector<core::Scope> scopes = ScopesOf(row.held_by());
      is_held = std::any_of(scopes.begin(), scopes.end(), [&](const core::Scope& scope) {
        return listed.count({scope, row.period()}) > 0;
      });
    }
    if (!is_held) staged_.Delete(Family::kState, FacetKey(FacetRows::kBase, store_, id));
  });
}

absl::Status Base::TakeFetched(const v1::FetchReply& reply) {
  for (const v1::Item& item : reply.items()) {
    if (absl::Status staged = StageItem(item, row_.beginnings()); !staged.ok()) {
      staged_.Clear();
      return staged;
    }
  }
  return Commit(row_);
}

absl::StatusOr<Holdings> Base::Sums() const {
  Holdings sums;
  const absl::Status read = ForEach([&](const core::FacetId& id, const disk::TabletFacetRow& row) {
    const core::Digest32 digest =
        core::HoldingDigest(id, core::Digest32::FromBytes(row.digest()).value_or(core::Digest32{}));
    for (const core::Scope& scope : ScopesOf(row.held_by())) {
      Holding& holding = sums[{scope, row.period()}];
      ++holding.count;
      holding.digest.Add(digest);
    }
  });
  if (!read.ok()) return read;
  return sums;
}

absl::StatusOr<std::map<core::Id16, core::SumDigest>> Base::RecordSums(const core::Scope& scope,
                                                                       uint32_t period) const {
  std::map<core::Id16, core::SumDigest> sums;
  const absl::Status read = ForEach([&](const core::FacetId& id, const disk::TabletFacetRow& row) {
    if (row.period() != period) return;
    const std::vector<core::Scope> scopes = ScopesOf(row.held_by());
    if (std::find(scopes.begin(), scopes.end(), scope) == scopes.end()) return;
    sums[id.record].Add(core::HoldingDigest(
        id, core::Digest32::FromBytes(row.digest()).value_or(core::Digest32{})));
  });
  if (!read.ok()) return read;
  return sums;
}

}  // namespace halfterm::tools
