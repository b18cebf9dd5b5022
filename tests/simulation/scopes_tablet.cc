#include "tests/simulation/scopes_tablet.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "halfterm/disk/rows.pb.h"
#include "storage/commit/sync_jobs.h"
#include "storage/proofs/note_proof.h"
#include "storage/pull/holdings.h"
#include "storage/pull/pull_cursor.h"
#include "sync/core/codec.h"
#include "sync/core/delta.h"
#include "sync/core/sha256.h"
#include "tests/support/hex.h"

namespace halfterm::testing {
namespace {

std::string Text(const core::Digest32& digest) { return std::string(digest.view()); }

}  // namespace

ScopesTablet::ScopesTablet(ScopesSchool& school, ScopesOracle& oracle, const core::Id16& person,
                           uint8_t device)
    : school_(school),
      oracle_(oracle),
      caller_{school.tenant(), {}, person, IdNumber(static_cast<uint8_t>(200 + device))} {
  v1::OpenSessionRequest request;
  request.set_tenant(school_.name());
  request.set_person(BytesOf(person));
  request.set_device(BytesOf(caller_.device));
  school_.Run(
      *storage::MakeOpenSession(request, [this](absl::StatusOr<v1::OpenSessionReply> reply) {
        if (!reply.ok()) return;
        caller_.session = *core::Id16::FromBytes(reply->session());
        key_ = reply->key();
      }));
  Hello();
}

void ScopesTablet::Hello() {
  v1::HelloRequest request;
  v1::Store& store = *request.add_stores();
  store.set_replica(replica_);
  store.set_last_n(last_n_);
  if (last_n_ > 0) store.set_last_hash(std::string(hash_.view()));
  school_.Run(*storage::MakeHello(caller_, request, [this](absl::StatusOr<v1::HelloReply> reply) {
    if (!reply.ok()) return;
    replica_ = reply->stores(0).replica();
    hello_no_ = reply->hello_no();
  }));
}

void ScopesTablet::Write(const core::FacetId& facet, const Values& values, bool over_what_is_held) {
  core::Facet held;
  const auto stored =
      school_.engine().Get(storage::Family::kState, storage::FacetKey(school_.tenant(), facet));
  disk::FacetRow row;
  if (over_what_is_held && stored.ok() && row.ParseFromString(*stored)) {
    held = *core::Decode(row.facet(), core::kFacetLimits);
  }
  core::Facet delta;
  for (const auto& [path, value] : values) {
    core::Put(delta,
              core::Written(held, path, core::Dot{replica_, last_n_ + 1}, core::Id16{}, value));
  }
  Push(core::GroupKind::kDelta, facet, core::Encode(delta));
}

void ScopesTablet::Intend(const core::FacetId& facet, const v1::Intent& intent) {
  Push(core::GroupKind::kIntent, facet, intent.SerializeAsString());
}

void ScopesTablet::Push(core::GroupKind kind, const core::FacetId& facet, const std::string& body) {
  core::GroupHeader header;
  header.kind = kind;
  header.replica = replica_;
  header.n = last_n_ + 1;
  header.session = caller_.session;
  header.facet = facet;
  header.time.wall_ms = static_cast<uint64_t>(school_.clock().NowMs());
  header.time.hello_no = hello_no_;
  v1::PushRequest request;
  request.set_replica(replica_);
  request.set_first_n(header.n);
  request.set_epoch(1);
  if (last_n_ > 0) request.set_hash_before(std::string(hash_.view()));
  *request.add_groups() = core::EncodeGroup(header, body, key_);
  hash_ = core::ChainHash(hash_, ++last_n_, core::Sha256(request.groups(0)));
  school_.Run(*storage::MakePush(caller_, request, [](const absl::StatusOr<v1::PushReply>&) {}));
}

absl::StatusOr<v1::PullReply> ScopesTablet::Ask(uint32_t max_bytes) {
  v1::PullRequest request;
  request.set_cursor(reader_.cursor);
  request.set_max_bytes(max_bytes);
  for (const uint16_t period : periods_) request.mutable_interest()->add_periods(period);
  if (school_.missing() == Missing::kRegainedBackfill && !reader_.cursor.empty()) {
    const std::vector<core::Scope> live = school_.filed_by().back()->ScopesOf(caller_.person);
    auto decoded = storage::DecodeCursor(reader_.cursor, caller_, school_.secrets(), live);
    if (decoded.ok() && !decoded->scopes_unknown && !decoded->cursor.HasNew()) {
      std::vector<core::Scope>& scopes = decoded->cursor.scopes;
      for (const core::Scope& scope : live) {
        if (had_.count(scope) != 0 &&
            std::find(scopes.begin(), scopes.end(), scope) == scopes.end())
          scopes.push_back(scope);
      }
      std::sort(scopes.begin(), scopes.end());
      request.set_cursor(storage::EncodeCursor(decoded->cursor, caller_, school_.secrets()));
    }
  }
  absl::StatusOr<v1::PullReply> reply = school_.puller().Next(caller_, request);
  if (reply.ok() && school_.missing() == Missing::kScopeDrop) reply->clear_scope_drops();
  return reply;
}

std::string ScopesTablet::Apply(const std::string& from, const v1::PullReply& reply) {
  if (reader_.cursor != from) return "";  // A chunk of another time.
  std::string wrong = reader_.Apply(reply);
  if (!reply.has_end()) return wrong;
  held_periods_.clear();
  for (const v1::ScopeDigest& digest : reply.end().digests()) {
    held_periods_.insert(static_cast<uint16_t>(digest.period()));
    had_.insert(*storage::ScopeOf(digest.scope()));
  }
  if (!wrong.empty() && rotten_) wrong = Heal();
  return wrong;
}

std::string ScopesTablet::Pull(Chance& chance, int chunks, bool faults) {
  is_complete_ = false;
  const auto max_bytes = static_cast<uint32_t>(chance.Percent(50) ? chance.Number(200, 4000) : 0);
  for (; chunks > 0; --chunks) {
    if (late_ && chance.Percent(30)) {  // Something old comes first.
      const std::string wrong = Apply(late_->first, late_->second);
      late_.reset();
      if (!wrong.empty()) return wrong;
    }
    const std::string from = reader_.cursor;
    const absl::StatusOr<v1::PullReply> reply = Ask(max_bytes);
    if (!reply.ok()) return absl::StrCat("a pull failed: ", reply.status().ToString());
    ++chunks_;
    for (const v1::Item& item : reply->items()) {
      for (const v1::Held& held : item.held()) {
        const auto facet = core::FacetId::Parse(held.facet());
        if (!facet || !oracle_.MayHold(caller_.person, *facet)) {
          return absl::StrCat("was sent facet ", ToHex(held.facet()), ", which they may not read");
        }
      }
    }
    if (faults && chance.Percent(12)) {
      late_ = {from, *reply};  // The answer is lost, or comes much later.
      continue;
    }
    if (school_.missing() == Missing::kUnreadPage && reply->more() && chance.Percent(20)) {
      reader_.cursor = reply->cursor();
      continue;
    }
    std::string wrong = Apply(from, *reply);
    if (wrong.empty() && faults && chance.Percent(10)) wrong = Apply(from, *reply);
    if (!wrong.empty()) return wrong;
    // What comes late may end a pull too, but as of a time that is over.
    is_complete_ = reply->has_end();
    if (is_complete_) break;
  }
  return is_complete_ ? Check() : "";
}

std::string ScopesTablet::Check() {
  for (const auto& [id, record] : reader_.records) {
    for (const auto& [facet_id, facet] : record.facets) {
      if (!oracle_.MayHold(caller_.person, facet_id)) {
        return absl::StrCat("holds facet ", ToHex(facet_id.Bytes()), ", which they may not read");
      }
    }
  }
  if (school_.is_filing()) return Confirm();
  const auto right = oracle_.Right(caller_.person, held_periods_);
  for (const auto& [id, record] : right) {
    const auto held = reader_.records.find(id);
    if (held == reader_.records.end()) return absl::StrCat("lacks record ", ToHex(id.view()));
    if (held->second.period != record.period) return "has a record under another period";
    if (held->second.facets.size() != record.facets.size()) return "has other facets of a record";
    for (const auto& [facet_id, facet] : record.facets) {
      const auto mine = held->second.facets.find(facet_id);
      if (mine == held->second.facets.end()) return "lacks a facet";
      if (mine->second.bytes != facet.bytes) return "has other content in a facet";
      if (mine->second.held_by != facet.held_by) return "has a facet by other scopes";
    }
  }
  if (reader_.records.size() != right.size()) return "has records that are not theirs";
  return Confirm();
}

v1::ConfirmRequest ScopesTablet::Sums() const {
  v1::ConfirmRequest request;
  request.set_cursor(reader_.cursor);
  for (const auto& [pair, sum] : reader_.Digests()) {
    v1::ScopeDigest& digest = *request.add_held();
    storage::SetScope(pair.first, *digest.mutable_scope());
    digest.set_period(pair.second);
    digest.set_count(sum.first);
    digest.set_digest(Text(sum.second));
  }
  return request;
}

std::string ScopesTablet::Confirm() {
  absl::StatusOr<storage::Confirmed> confirmed = school_.puller().Confirm(caller_, Sums());
  if (!confirmed.ok()) return absl::StrCat("a proof failed: ", confirmed.status().ToString());
  if (!confirmed->reply.right() || !confirmed->proof) return "its proof is not accepted";
  school_.Run(*storage::MakeNoteProof(caller_, *confirmed->proof, [](const absl::Status&) {}));
  return "";
}

std::map<core::Id16, core::SumDigest> ScopesTablet::RecordSums(const core::Scope& scope,
                                                               uint16_t period) const {
  std::map<core::Id16, core::SumDigest> sums;
  for (const auto& [id, record] : reader_.records) {
    if (record.period != period) continue;
    for (const auto& [facet_id, facet] : record.facets) {
      if (facet.held_by.count(scope) != 0) {
        sums[id].Add(core::HoldingDigest(facet_id, facet.digest));
      }
    }
  }
  return sums;
}

std::string ScopesTablet::HealPair(const v1::ScopeDigest& pair) {
  const core::Scope scope = *storage::ScopeOf(pair.scope());
  const auto mine = RecordSums(scope, static_cast<uint16_t>(pair.period()));
  std::map<uint32_t, core::SumDigest> parts;
  for (const auto& [id, sum] : mine) {
    parts[core::Sha256(id.view()).bytes[0]].Add(sum.bytes());
  }
  v1::DescendRequest request;
  *request.mutable_scope() = pair.scope();
  request.set_period(pair.period());
  request.set_sums(true);
  const auto sums = school_.puller().Descend(caller_, request);
  if (!sums.ok()) return sums.status().ToString();
  std::set<uint32_t> differing;
  for (const v1::PartDigest& part : sums->parts()) {
    const auto found = parts.find(part.next_byte());
    if (found == parts.end() || Text(found->second.bytes()) != part.digest()) {
      differing.insert(part.next_byte());
    }
    parts.erase(part.next_byte());
  }
  for (const auto& [byte, sum] : parts) differing.insert(byte);
  request.set_sums(false);
  v1::FetchRequest wanted;
  for (const uint32_t byte : differing) {
    request.set_place_prefix(std::string(1, static_cast<char>(byte)));
    const auto listed = school_.puller().Descend(caller_, request);
    if (!listed.ok()) return listed.status().ToString();
    std::map<std::string, std::string> right;
    for (const v1::RecordDigest& entry : listed->records()) right[entry.record()] = entry.digest();
    for (const auto& [id, sum] : mine) {
      if (core::Sha256(id.view()).bytes[0] != byte) continue;
      const auto found = right.find(std::string(id.view()));
      if (found != right.end() && found->second == Text(sum.bytes())) {
        right.erase(found);
      } else {
        right[std::string(id.view())];
      }
    }
    for (const auto& [record, digest] : right) wanted.add_records(record);
  }
  if (wanted.records().empty()) return "";
  const auto fetched = school_.puller().Fetch(caller_, wanted);
  if (!fetched.ok()) return fetched.status().ToString();
  v1::PullReply as_chunk;
  *as_chunk.mutable_items() = fetched->items();
  as_chunk.set_cursor(reader_.cursor);
  as_chunk.set_more(true);
  healed_ += static_cast<uint64_t>(fetched->items_size());
  return reader_.Apply(as_chunk);
}

std::string ScopesTablet::Heal() {
  rotten_ = false;
  const auto compared = school_.puller().Confirm(caller_, Sums());
  if (!compared.ok()) return compared.status().ToString();
  for (const v1::ScopeDigest& pair : compared->reply.differing()) {
    const std::string wrong = HealPair(pair);
    if (!wrong.empty()) return wrong;
  }
  return "";
}

void ScopesTablet::Restore(Chance& chance) {
  if (backups_.empty()) return;
  reader_ = backups_[chance.Index(backups_.size())];
  is_complete_ = rotten_ = false;
}

void ScopesTablet::StartAfresh() {
  reader_ = PullingReader();
  is_complete_ = rotten_ = false;
}

void ScopesTablet::Rot(Chance& chance) {
  if (reader_.records.empty()) return;
  auto record = reader_.records.begin();
  std::advance(record, chance.Number(0, static_cast<int>(reader_.records.size()) - 1));
  if (record->second.period == 0 && chance.Percent(50)) return;
  if (chance.Percent(50)) {
    record->second.facets.begin()->second.digest.bytes[3] ^= 1;
  } else {
    reader_.records.erase(record);
  }
  rotten_ = true;
}

}  // namespace halfterm::testing
