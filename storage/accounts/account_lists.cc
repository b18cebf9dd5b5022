#include "storage/accounts/account_lists.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "halfterm/disk/rows.pb.h"

namespace halfterm::storage {
namespace {

constexpr size_t kMaxListed = 1000;

bool Lasts(const Sessions& sessions, const Session& session, int64_t now_ms) {
  if (session.expires_ms != 0 && now_ms >= session.expires_ms) return false;
  return session.idle_ms == 0 ||
         now_ms - sessions.SeenMs(session.caller.tenant, session.caller.session) <= session.idle_ms;
}

absl::StatusOr<std::map<core::Id16, disk::DeviceRow>> ReadTablets(const Engine& engine,
                                                                  Tenant tenant) {
  std::map<core::Id16, disk::DeviceRow> rows;
  const std::string prefix = DevicePrefix(tenant);
  const std::unique_ptr<Snapshot> snapshot = engine.NewSnapshot();
  const auto cursor = snapshot->NewCursor(Family::kState, prefix, EndOfPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    const std::optional<ParsedIdKey> key = ParseDeviceKey(cursor->key());
    disk::DeviceRow row;
    if (!key ||
        !row.ParseFromArray(cursor->value().data(), static_cast<int>(cursor->value().size()))) {
      return absl::DataLossError("a tablet's row cannot be read");
    }
    rows.emplace(key->id, std::move(row));
  }
  if (!cursor->status().ok()) return cursor->status();
  return rows;
}

}  // namespace

absl::StatusOr<std::vector<v1::SessionInfo>> SessionsOf(const Engine& engine,
                                                        const Sessions& sessions, Tenant tenant,
                                                        const core::Id16* person, int64_t now_ms,
                                                        const core::Id16* own) {
  const auto tablets = ReadTablets(engine, tenant);
  if (!tablets.ok()) return tablets.status();
  std::vector<v1::SessionInfo> list;
  for (const auto& session : sessions.NotEnded(tenant)) {
    const Caller& caller = session->caller;
    if (person != nullptr && caller.person != *person) continue;
    if (!Lasts(sessions, *session, now_ms)) continue;
    v1::SessionInfo info;
    info.set_session(std::string(caller.session.view()));
    info.set_person(std::string(caller.person.view()));
    info.set_device(std::string(caller.device.view()));
    const auto tablet = tablets->find(caller.device);
    if (tablet != tablets->end()) info.set_device_label(tablet->second.label());
    info.set_opened_ms(session->opened_ms);
    info.set_seen_ms(sessions.SeenMs(tenant, caller.session));
    info.set_expires_ms(session->expires_ms);
    info.set_own(own != nullptr && caller.session == *own);
    list.push_back(std::move(info));
  }
  std::sort(list.begin(), list.end(), [](const v1::SessionInfo& a, const v1::SessionInfo& b) {
    return a.opened_ms() != b.opened_ms() ? a.opened_ms() > b.opened_ms()
                                          : a.session() < b.session();
  });
  if (list.size() > kMaxListed) list.resize(kMaxListed);
  return list;
}

absl::StatusOr<std::vector<v1::TabletInfo>> TabletsOf(const Engine& engine,
                                                      const Sessions& sessions, Tenant tenant,
                                                      const core::Id16* person, int64_t now_ms) {
  const auto tablets = ReadTablets(engine, tenant);
  if (!tablets.ok()) return tablets.status();
  std::map<core::Id16, std::set<core::Id16>> people;
  for (const auto& session : sessions.NotEnded(tenant)) {
    if (!Lasts(sessions, *session, now_ms)) continue;
    people[session->caller.device].insert(session->caller.person);
  }
  std::vector<v1::TabletInfo> list;
  for (const auto& [device, row] : *tablets) {
    const auto here = people.find(device);
    if (person != nullptr && (here == people.end() || here->second.count(*person) == 0)) continue;
    v1::TabletInfo info;
    info.set_device(std::string(device.view()));
    info.set_label(row.label());
    info.set_enrolled_ms(row.enrolled_ms());
    info.set_seen_ms(row.seen_ms());
    info.set_app(row.app());
    info.set_people(here == people.end() ? 0 : static_cast<uint32_t>(here->second.size()));
    info.set_ended_ms(row.revoked_ms());
    list.push_back(std::move(info));
  }
  std::sort(list.begin(), list.end(), [](const v1::TabletInfo& a, const v1::TabletInfo& b) {
    return a.label() != b.label() ? a.label() < b.label() : a.device() < b.device();
  });
  if (list.size() > kMaxListed) list.resize(kMaxListed);
  return list;
}

}  // namespace halfterm::storage
