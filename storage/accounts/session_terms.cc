#include "storage/accounts/session_terms.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "storage/accounts/account_rows.h"

namespace halfterm::storage {
namespace {

constexpr int64_t kMinuteMs = 60'000;
constexpr int64_t kHourMs = 60 * kMinuteMs;
constexpr int64_t kDayMs = 24 * kHourMs;
constexpr v1::Role kAtADesk[] = {v1::ROLE_ADMIN, v1::ROLE_DPO, v1::ROLE_EXEC, v1::ROLE_GOVERNOR};

absl::StatusOr<disk::SessionRow> RowOf(Batch& batch, Tenant tenant, const core::Id16& session) {
  const absl::StatusOr<std::string> bytes = batch.Get(Family::kState, SessionKey(tenant, session));
  if (absl::IsNotFound(bytes.status())) return absl::NotFoundError("no such session");
  if (!bytes.ok()) return bytes.status();
  disk::SessionRow row;
  if (!row.ParseFromString(*bytes)) return absl::DataLossError("a session's row cannot be read");
  return row;
}

absl::Status PutRow(Batch& batch, Tenant tenant, const core::Id16& session,
                    const disk::SessionRow& row) {
  std::optional<Session> made = SessionFromRow(tenant, session, row);
  if (!made) return absl::DataLossError("a session's row cannot be read");
  batch.Put(Family::kState, SessionKey(tenant, session), row.SerializeAsString());
  batch.PutSession(row.token_hash(), *std::move(made));
  return absl::OkStatus();
}

class SchoolClock {
 public:
  SchoolClock(Batch& batch, Tenant tenant) : batch_(batch), tenant_(tenant) {}

  absl::Status Run() {
    const sync::Directory& directory = batch_.DirectoryOf(tenant_);
    const Sessions& sessions = batch_.context().sessions;
    std::map<std::pair<core::Id16, core::Id16>, std::pair<int64_t, core::Id16>> newest;
    for (const auto& session : sessions.NotEnded(tenant_)) {
      const core::Id16& id = session->caller.session;
      const int64_t seen_ms = sessions.SeenMs(tenant_, id);
      absl::Status done;
      if (const v1::SessionEnd why = WhyOver(directory, *session, seen_ms)) {
        done = EndSession(batch_, tenant_, id, why);
      } else if (session->idle_ms != 0 && seen_ms - session->seen_ms >= kMinuteMs) {
        done = NoteSeen(id, seen_ms);
      }
      if (!done.ok()) return done;
      if (session->expires_ms == 0) continue;  // An administrator's tools open many.
      const std::pair<int64_t, core::Id16> here(session->opened_ms, id);
      const auto [other, first] =
          newest.try_emplace({session->caller.person, session->caller.device}, here);
      if (first) continue;
      const core::Id16 older = std::min(other->second, here).second;
      other->second = std::max(other->second, here);
      done = EndSession(batch_, tenant_, older, v1::SESSION_END_REPLACED);
      if (!done.ok()) return done;
    }
    return absl::OkStatus();
  }

 private:
  v1::SessionEnd WhyOver(const sync::Directory& directory, const Session& session,
                         int64_t seen_ms) const {
    const v1::Person* const person = directory.Person(session.caller.person);
    if (person == nullptr || person->state() == v1::GRANT_STATE_ENDED) {
      return v1::SESSION_END_ACCOUNT;
    }
    const int64_t now_ms = batch_.now_ms();
    const bool over = session.expires_ms != 0 && now_ms >= session.expires_ms;
    const bool idle = session.idle_ms != 0 && now_ms - seen_ms > session.idle_ms;
    return over || idle ? v1::SESSION_END_EXPIRED : v1::SESSION_END_UNSPECIFIED;
  }

  absl::Status NoteSeen(const core::Id16& session, int64_t seen_ms) {
    absl::StatusOr<disk::SessionRow> row = RowOf(batch_, tenant_, session);
    if (!row.ok()) return row.status();
    row->set_seen_ms(seen_ms);
    return PutRow(batch_, tenant_, session, *row);
  }

  Batch& batch_;
  const Tenant tenant_;
};

}  // namespace

std::set<v1::Role> LiveRolesOf(const sync::Directory& directory, const core::Id16& person) {
  std::set<v1::Role> roles;
  for (const v1::RoleGrant* grant : directory.GrantsOf(person)) roles.insert(grant->role());
  return roles;
}

SessionTerms TermsFor(const sync::Directory& directory, const core::Id16& person) {
  for (const v1::Role role : kAtADesk) {
    if (directory.Holds(person, role)) return {12 * kHourMs, 30 * kMinuteMs, 12 * kHourMs};
  }
  return {7 * kDayMs, 0, 0};
}

absl::Status EndSession(Batch& batch, Tenant tenant, const core::Id16& session,
                        v1::SessionEnd why) {
  absl::StatusOr<disk::SessionRow> row = RowOf(batch, tenant, session);
  if (!row.ok()) return row.status();
  if (row->ended_ms() != 0) return absl::OkStatus();
  row->set_ended_ms(batch.now_ms());
  row->set_ended_why(static_cast<uint32_t>(why));
  return PutRow(batch, tenant, session, *row);
}

absl::StatusOr<uint32_t> EndSessions(Batch& batch, Tenant tenant, v1::SessionEnd why,
                                     const std::function<bool(const Session&)>& which) {
  uint32_t ended = 0;
  for (const auto& session : batch.context().sessions.NotEnded(tenant)) {
    if (!which(*session)) continue;
    if (absl::Status done = EndSession(batch, tenant, session->caller.session, why); !done.ok()) {
      return done;
    }
    ++ended;
  }
  return ended;
}

std::unique_ptr<Job> MakeSessionClock(std::vector<Tenant> schools,
                                      std::function<void(absl::Status)> done) {
  struct Nothing {};
  return MakeAccountWork<Nothing>(
      [schools = std::move(schools)](Batch& batch, Nothing&) {
        absl::Status all;
        for (const Tenant tenant : schools) all.Update(SchoolClock(batch, tenant).Run());
        return all;
      },
      [done = std::move(done)](const absl::StatusOr<Nothing>& ran) { done(ran.status()); });
}

}  // namespace halfterm::storage
