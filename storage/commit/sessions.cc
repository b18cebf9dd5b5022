#include "storage/commit/sessions.h"

#include <algorithm>
#include <utility>

#include "sync/core/sha256.h"

namespace halfterm::storage {
namespace {

std::string IdKey(Tenant tenant, const core::Id16& session) { return SessionKey(tenant, session); }

std::string HashOf(absl::string_view token) {
  return std::string(core::Sha256({token.data(), token.size()}).view());
}

}  // namespace

std::optional<Session> SessionFromRow(Tenant tenant, const core::Id16& session,
                                      const disk::SessionRow& row) {
  const auto person = core::Id16::FromBytes(row.person());
  const auto device = core::Id16::FromBytes(row.device());
  if (!person || !device) return std::nullopt;
  Session made{{tenant, session, *person, *device}, row.key(), 0, 0, 0, 0, 0, {}};
  made.ended_ms = row.ended_ms();
  made.opened_ms = row.opened_ms();
  made.expires_ms = row.expires_ms();
  made.idle_ms = row.idle_ms();
  made.seen_ms = std::max(row.seen_ms(), row.opened_ms());
  made.past_token_hashes.assign(row.past_token_hashes().begin(), row.past_token_hashes().end());
  return made;
}

absl::Status Sessions::Load(const Engine& engine) {
  const std::unique_ptr<Snapshot> snapshot = engine.NewSnapshot();
  const std::string tenants = TenantPrefix();
  const auto tenant_rows = snapshot->NewCursor(Family::kMeta, tenants, EndOfPrefix(tenants));
  for (; tenant_rows->Valid(); tenant_rows->Next()) {
    disk::TenantRow tenant_row;
    if (!tenant_row.ParseFromArray(tenant_rows->value().data(),
                                   static_cast<int>(tenant_rows->value().size()))) {
      return absl::DataLossError("a school's row cannot be read");
    }
    const Tenant tenant(tenant_row.handle());
    const std::string prefix = SessionPrefix(tenant);
    const auto rows = snapshot->NewCursor(Family::kState, prefix, EndOfPrefix(prefix));
    for (; rows->Valid(); rows->Next()) {
      const std::optional<ParsedIdKey> key = ParseSessionKey(rows->key());
      disk::SessionRow row;
      if (!key ||
          !row.ParseFromArray(rows->value().data(), static_cast<int>(rows->value().size()))) {
        return absl::DataLossError("a session's row cannot be read");
      }
      std::optional<Session> session = SessionFromRow(tenant, key->id, row);
      if (!session) return absl::DataLossError("a session's row cannot be read");
      Put(row.token_hash(), *std::move(session));
    }
    if (!rows->status().ok()) return rows->status();
  }
  return tenant_rows->status();
}

bool Sessions::IsLive(const Kept& kept, int64_t now_ms) {
  const Session& session = *kept.session;
  if (session.ended_ms != 0) return false;
  if (session.expires_ms != 0 && now_ms >= session.expires_ms) return false;
  return session.idle_ms == 0 || now_ms - kept.seen_ms <= session.idle_ms;
}

std::optional<Caller> Sessions::Find(absl::string_view token, int64_t now_ms, bool counts) {
  const std::string hash = HashOf(token);
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = by_token_hash_.find(hash);
  if (found == by_token_hash_.end() || found->second.past) return std::nullopt;
  const Caller& caller = found->second.session->caller;
  Kept& kept = by_id_.at(IdKey(caller.tenant, caller.session));
  if (!IsLive(kept, now_ms)) return std::nullopt;
  if (counts) {
    found->second.used = true;
    kept.seen_ms = std::max(kept.seen_ms, now_ms);
  }
  return caller;
}

Sessions::Renewable Sessions::FindForRenewal(absl::string_view token, int64_t now_ms) const {
  const std::string hash = HashOf(token);
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = by_token_hash_.find(hash);
  if (found == by_token_hash_.end()) return {};
  const Caller& caller = found->second.session->caller;
  const Kept& kept = by_id_.at(IdKey(caller.tenant, caller.session));
  if (!IsLive(kept, now_ms)) return {};
  if (!found->second.past) return {Renewable::State::kCurrent, kept.session};
  const bool newest =
      !kept.session->past_token_hashes.empty() && kept.session->past_token_hashes.back() == hash;
  const bool heard = by_token_hash_.at(kept.token_hash).used;
  return {newest && !heard ? Renewable::State::kUnheard : Renewable::State::kCopied, kept.session};
}

std::shared_ptr<const Session> Sessions::Of(Tenant tenant, const core::Id16& session) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = by_id_.find(IdKey(tenant, session));
  return found == by_id_.end() ? nullptr : found->second.session;
}

std::vector<std::shared_ptr<const Session>> Sessions::NotEnded(Tenant tenant) const {
  std::vector<std::shared_ptr<const Session>> list;
  const std::lock_guard<std::mutex> lock(mutex_);
  const std::string first = SessionPrefix(tenant);
  for (auto at = by_id_.lower_bound(first);
       at != by_id_.end() && at->first.compare(0, first.size(), first) == 0; ++at) {
    if (at->second.session->ended_ms == 0) list.push_back(at->second.session);
  }
  return list;
}

int64_t Sessions::SeenMs(Tenant tenant, const core::Id16& session) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = by_id_.find(IdKey(tenant, session));
  return found == by_id_.end() ? 0 : found->second.seen_ms;
}

void Sessions::Put(absl::string_view token_hash, Session session) {
  const auto put = std::make_shared<const Session>(std::move(session));
  const std::lock_guard<std::mutex> lock(mutex_);
  Kept& kept = by_id_[IdKey(put->caller.tenant, put->caller.session)];
  // After a restart nobody knows whether the newest token was used: it counts as used, so that an
  // old one cannot come back.
  bool used = kept.session == nullptr;
  if (const auto before = by_token_hash_.find(kept.token_hash);
      kept.session != nullptr && before != by_token_hash_.end() && kept.token_hash == token_hash) {
    used = before->second.used;
  }
  kept.session = put;
  kept.token_hash = std::string(token_hash);
  kept.seen_ms = std::max(kept.seen_ms, put->seen_ms);
  for (const std::string& past : put->past_token_hashes) by_token_hash_[past] = {put, true, true};
  by_token_hash_[kept.token_hash] = {put, false, used};
}

}  // namespace halfterm::storage
