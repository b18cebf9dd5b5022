#include "storage/commit/sessions.h"

#include "absl/strings/str_cat.h"
#include "halfterm/disk/rows.pb.h"
#include "sync/core/sha256.h"

namespace halfterm::storage {
namespace {

std::string IdKey(Tenant tenant, const core::Id16& session) { return SessionKey(tenant, session); }

}  // namespace

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
      const auto person = core::Id16::FromBytes(row.person());
      const auto device = core::Id16::FromBytes(row.device());
      if (!person || !device) return absl::DataLossError("a session's row cannot be read");
      Put(row.token_hash(), {{tenant, key->id, *person, *device}, row.key(), row.ended_ms()});
    }
    if (!rows->status().ok()) return rows->status();
  }
  return tenant_rows->status();
}

std::optional<Caller> Sessions::Find(absl::string_view token) const {
  const core::Digest32 hash = core::Sha256({token.data(), token.size()});
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = by_token_hash_.find(std::string(hash.view()));
  if (found == by_token_hash_.end() || found->second->ended_ms != 0) return std::nullopt;
  return found->second->caller;
}

std::shared_ptr<const Session> Sessions::Of(Tenant tenant, const core::Id16& session) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = by_id_.find(IdKey(tenant, session));
  return found == by_id_.end() ? nullptr : found->second;
}

void Sessions::Put(absl::string_view token_hash, Session session) {
  const auto kept = std::make_shared<const Session>(std::move(session));
  const std::lock_guard<std::mutex> lock(mutex_);
  by_token_hash_[std::string(token_hash)] = kept;
  by_id_[IdKey(kept->caller.tenant, kept->caller.session)] = kept;
}

}  // namespace halfterm::storage
