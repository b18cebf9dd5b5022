#include "storage/audit/audit_reader.h"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "halfterm/disk/audit.pb.h"
#include "storage/audit/audit_log.h"
#include "storage/directory/schools.h"
#include "storage/summary/question.h"

namespace halfterm::storage {
namespace {

using core::Id16;

constexpr int64_t kDayMs = 86'400'000;
constexpr int64_t kYearMs = 366 * kDayMs;
constexpr int kMaxAboutMe = 500;
constexpr int kMaxWhoSaw = 5000;
constexpr int kMaxLines = 2000;

absl::Status Unreadable() {
  return absl::DataLossError("a row of the audit cannot be read; run `halfterm verify`");
}

// Walks the events in order. Gives how many there were.
absl::StatusOr<uint64_t> ForEachEvent(const Snapshot& snapshot, Tenant tenant,
                                      const std::function<void(const v1::AuditEvent&)>& use) {
  uint64_t rows = 0;
  const std::string prefix = AuditPrefix(tenant);
  const auto cursor = snapshot.NewCursor(Family::kLog, prefix, EndOfPrefix(prefix));
  for (; cursor->Valid(); cursor->Next(), ++rows) {
    disk::AuditRow row;
    v1::AuditEvent event;
    if (!row.ParseFromArray(cursor->value().data(), static_cast<int>(cursor->value().size())) ||
        !event.ParseFromString(row.event())) {
      return Unreadable();
    }
    use(event);
  }
  if (!cursor->status().ok()) return cursor->status();
  return rows;
}

bool IsReading(const v1::AuditEvent& event) {
  return event.act() == v1::AUDIT_ACT_READ_FEEDBACK || event.act() == v1::AUDIT_ACT_READ_FIGURES ||
         event.act() == v1::AUDIT_ACT_READ_LIST;
}

// One entry a reader, day and kind.
class Readings {
 public:
  void Add(const v1::AuditEvent& event, const std::string& only_record = "") {
    v1::Reading& reading = by_day_[{event.at_ms() / kDayMs, event.person(), event.act()}];
    if (reading.reader().empty()) {
      reading.set_reader(event.person());
      reading.set_at_ms(event.at_ms());
      reading.set_act(event.act());
    }
    for (const std::string& record : event.records()) {
      if (!only_record.empty() && record != only_record) continue;
      if (reading.records_size() < kMaxAuditRecords) reading.add_records(record);
    }
  }

  size_t Readers() const {
    std::set<std::string> readers;
    for (const auto& [key, reading] : by_day_) readers.insert(reading.reader());
    return readers.size();
  }

  // Newest first. Whether there are more.
  bool Take(const sync::Directory& directory, int most,
            google::protobuf::RepeatedPtrField<v1::Reading>* list) {
    for (auto entry = by_day_.rbegin(); entry != by_day_.rend(); ++entry) {
      if (list->size() == most) return true;
      v1::Reading& reading = entry->second;
      const auto id = Id16::FromBytes(reading.reader());
      const v1::Person* person = id ? directory.Person(*id) : nullptr;
      if (person != nullptr) reading.set_display_name(person->display_name());
      *list->Add() = std::move(reading);
    }
    return false;
  }

 private:
  std::map<std::tuple<int64_t, std::string, int>, v1::Reading> by_day_;
};

}  // namespace

absl::StatusOr<v1::AboutMeReply> AuditReader::AboutMe(const Caller& caller,
                                                      const v1::AboutMeRequest& request) const {
  const int64_t since_ms = request.since_ms() != 0 ? request.since_ms() : clock_.NowMs() - kYearMs;
  const std::shared_ptr<const sync::Directory> directory = directories_.Of(caller.tenant);
  v1::AboutMeReply reply;
  if (directory == nullptr) return reply;
  Readings readings;
  const absl::StatusOr<uint64_t> walked =
      ForEachEvent(*engine_.NewSnapshot(), caller.tenant, [&](const v1::AuditEvent& event) {
        if (event.subject() == caller.person.view() && IsReading(event) &&
            event.at_ms() >= since_ms) {
          readings.Add(event);
        }
      });
  if (!walked.ok()) return walked.status();
  reply.set_readers(static_cast<uint32_t>(readings.Readers()));
  reply.set_more(readings.Take(*directory, kMaxAboutMe, reply.mutable_readings()));
  return reply;
}

absl::StatusOr<v1::WhoSawReply> AuditReader::WhoSaw(const v1::WhoSawRequest& request) const {
  const std::optional<Tenant> tenant = directories_.TenantNamed(request.tenant());
  if (!tenant) return absl::NotFoundError("no such school");
  for (const absl::Status& checked : {OptionalId(request.person(), "person").status(),
                                      OptionalId(request.record(), "record").status()}) {
    if (!checked.ok()) return checked;
  }
  if (request.person().empty() && request.record().empty()) {
    return absl::InvalidArgumentError("name a person or a record");
  }
  Readings readings;
  const absl::StatusOr<uint64_t> walked =
      ForEachEvent(*engine_.NewSnapshot(), *tenant, [&](const v1::AuditEvent& event) {
        if (!IsReading(event) || event.at_ms() < request.since_ms()) return;
        if (!request.person().empty() && event.subject() != request.person()) return;
        if (!request.record().empty() && std::find(event.records().begin(), event.records().end(),
                                                   request.record()) == event.records().end()) {
          return;
        }
        readings.Add(event, request.record());
      });
  if (!walked.ok()) return walked.status();
  v1::WhoSawReply reply;
  reply.set_rows(*walked);
  reply.set_more(readings.Take(*directories_.Of(*tenant), kMaxWhoSaw, reply.mutable_readings()));
  return reply;
}

absl::StatusOr<v1::ListAuditReply> AuditReader::List(const v1::ListAuditRequest& request) const {
  const std::optional<Tenant> tenant = directories_.TenantNamed(request.tenant());
  if (!tenant) return absl::NotFoundError("no such school");
  const std::unique_ptr<Snapshot> snapshot = engine_.NewSnapshot();
  const absl::StatusOr<disk::HeadRow> head = ReadHead(*snapshot, *tenant);
  if (!head.ok()) return head.status();
  v1::ListAuditReply reply;
  reply.set_last_n(head->audit_n());
  reply.set_last_chain(head->audit_chain());
  if (request.after_n() >= head->audit_n()) return reply;
  const auto cursor = snapshot->NewCursor(Family::kLog, AuditKey(*tenant, request.after_n() + 1),
                                          EndOfPrefix(AuditPrefix(*tenant)));
  for (; cursor->Valid(); cursor->Next()) {
    if (reply.lines_size() == kMaxLines) {
      reply.set_more(true);
      break;
    }
    const std::optional<ParsedLogKey> key = ParseAuditKey(cursor->key());
    disk::AuditRow row;
    if (!key ||
        !row.ParseFromArray(cursor->value().data(), static_cast<int>(cursor->value().size()))) {
      return Unreadable();
    }
    v1::AuditLine& line = *reply.add_lines();
    line.set_n(key->number);
    line.set_event(row.event());
    line.set_chain(row.chain());
  }
  if (!cursor->status().ok()) return cursor->status();
  return reply;
}

}  // namespace halfterm::storage
