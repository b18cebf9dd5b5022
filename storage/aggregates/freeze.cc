#include "storage/aggregates/freeze.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "halfterm/disk/aggregate.pb.h"
#include "storage/aggregates/disclosure.h"
#include "storage/aggregates/tables.h"
#include "storage/audit/audit_log.h"
#include "storage/commit/answering.h"
#include "storage/commit/group_time.h"
#include "storage/directory/schools.h"
#include "storage/summary/question.h"
#include "sync/school_calendar.h"

namespace halfterm::storage {
namespace {

using core::Id16;

// Sites and schools that have departments of their own.
std::vector<Id16> SitesOf(const sync::Directory& directory) {
  std::vector<Id16> sites;
  for (const v1::Org& org : directory.content().orgs) {
    if (org.kind() != v1::ORG_KIND_DEPARTMENT) continue;
    const Id16 site = directory.SiteOf(Id16::FromBytes(org.id()).value_or(Id16{}));
    if (!site.IsZero() && std::find(sites.begin(), sites.end(), site) == sites.end()) {
      sites.push_back(site);
    }
  }
  return sites;
}

DisclosureRules RulesOf(const sync::Directory& directory, const Id16& site) {
  DisclosureRules rules;
  rules.min_teachers = std::max(rules.min_teachers, directory.PolicyOf(site).k_min());
  rules.min_changed = rules.min_teachers;
  return rules;
}

absl::StatusOr<disk::FrozenRow> FrozenRowOf(Batch& batch, const FrozenTerm& term) {
  disk::FrozenRow row;
  const absl::StatusOr<std::string> stored =
      batch.Get(Family::kState, FrozenKey(term.tenant, term.site, term.half_term));
  if (absl::IsNotFound(stored.status())) return row;
  if (!stored.ok()) return stored.status();
  if (!row.ParseFromString(*stored))
    return absl::DataLossError("a frozen half-term cannot be read");
  return row;
}

// Freezes one half-term of one site, or looks at it again. `closed`: the last that has.
absl::Status Freeze(Batch& batch, const FrozenTerm& term, uint16_t closed, v1::FreezeReply& reply) {
  const sync::Directory& directory = batch.DirectoryOf(term.tenant);
  const std::unique_ptr<Snapshot> snapshot = batch.context().engine.NewSnapshot();
  const absl::StatusOr<disk::HeadRow> head = ReadHead(*snapshot, term.tenant);
  if (!head.ok()) return head.status();
  if (head->recomputing_since_ms() != 0) {
    return absl::FailedPreconditionError("the figures are being recomputed; try again");
  }
  absl::StatusOr<std::vector<disk::FrozenAttribute>> tables =
      TablesNow(*snapshot, directory, term, head->seq(), batch.now_ms());
  if (!tables.ok()) return tables.status();
  absl::StatusOr<disk::FrozenRow> row = FrozenRowOf(batch, term);
  if (!row.ok()) return row.status();

  const DisclosureRules rules = RulesOf(directory, term.site);
  uint64_t changes = 0;
  for (disk::FrozenAttribute& table : *tables) {
    auto& kept = *row->mutable_attributes();
    const auto found =
        std::find_if(kept.begin(), kept.end(), [&table](const disk::FrozenAttribute& attribute) {
          return attribute.key() == table.key();
        });
    if (found != kept.end()) {
      const Replacement replacement = Replace(*found, std::move(*table.mutable_versions(0)), rules);
      if (replacement == Replacement::kReplaced) reply.set_replaced(reply.replaced() + 1);
      if (replacement == Replacement::kWithheld) reply.set_withheld(reply.withheld() + 1);
      changes += replacement == Replacement::kReplaced ? 1 : 0;
      continue;
    }
    Suppress(table, rules);
    if (!ShowsAnything(table)) {
      reply.set_hidden(reply.hidden() + 1);
      continue;
    }
    reply.set_published(reply.published() + 1);
    ++changes;
    *kept.Add() = std::move(table);
  }
  std::sort(row->mutable_attributes()->begin(), row->mutable_attributes()->end(),
            [](const auto& a, const auto& b) { return a.key() < b.key(); });
  if (row->frozen_ms() == 0) row->set_frozen_ms(std::max<int64_t>(batch.now_ms(), 1));
  row->set_looked_at_h2(std::max<uint32_t>(row->looked_at_h2(), closed));
  reply.set_h2(term.half_term);
  batch.Put(Family::kState, FrozenKey(term.tenant, term.site, term.half_term),
            row->SerializeAsString());
  v1::AuditEvent event;
  event.set_act(v1::AUDIT_ACT_FROZEN);
  event.set_org(std::string(term.site.view()));
  event.set_h2(term.half_term);
  event.set_count(changes);
  return AppendAudit(batch, term.tenant, std::move(event));
}

class FreezeJob final : public Job {
 public:
  FreezeJob(v1::FreezeRequest request, std::function<void(absl::StatusOr<v1::FreezeReply>)> done)
      : request_(std::move(request)), done_(std::move(done)) {}

  void Apply(Batch& batch) override { result_ = TryApply(batch); }

  void Done(const absl::Status& committed) override {
    AnswerOnce(done_, result_, committed, std::move(reply_));
  }

 private:
  absl::Status TryApply(Batch& batch) {
    const std::optional<Tenant> tenant = batch.TenantNamed(request_.tenant());
    if (!tenant) return absl::NotFoundError("no such school");
    const sync::Directory& directory = batch.DirectoryOf(*tenant);
    std::vector<Id16> sites = SitesOf(directory);
    if (!request_.site().empty()) {
      const absl::StatusOr<Id16> site = RequiredId(request_.site(), "site");
      if (!site.ok()) return site.status();
      if (std::find(sites.begin(), sites.end(), *site) == sites.end()) {
        return absl::NotFoundError("no such school or site with departments");
      }
      sites = {*site};
    }
    for (const Id16& site : sites) {
      const uint16_t closed = LastClosed(directory, site, batch.now_ms(), 1);
      const auto half_term =
          request_.h2() == 0 ? closed : static_cast<uint16_t>(std::min(request_.h2(), 0xFFFFu));
      if (half_term == 0 || half_term > closed || directory.HalfTerm(site, half_term) == nullptr) {
        return absl::FailedPreconditionError("the half-term has not closed, or there is none such");
      }
      const absl::Status frozen = Freeze(batch, {*tenant, site, half_term}, closed, reply_);
      if (!frozen.ok()) return frozen;
    }
    return absl::OkStatus();
  }

  const v1::FreezeRequest request_;
  const std::function<void(absl::StatusOr<v1::FreezeReply>)> done_;
  v1::FreezeReply reply_;
  absl::Status result_;
};

// When the school's history began here, milliseconds since 1970; 0 where it has none.
absl::StatusOr<int64_t> BeganMs(const Engine& engine, Tenant tenant) {
  const absl::StatusOr<std::string> stored = engine.Get(Family::kLog, OplogKey(tenant, 1));
  if (absl::IsNotFound(stored.status())) return 0;
  if (!stored.ok()) return stored.status();
  disk::LogRow row;
  if (!row.ParseFromString(*stored)) return absl::DataLossError("the first log row cannot be read");
  return row.upper_ms() != 0 ? row.upper_ms() : MsOfStamp(row.stamp());
}

class FreezeClock final : public Job {
 public:
  FreezeClock(std::vector<Tenant> schools, std::function<void(absl::Status)> done)
      : schools_(std::move(schools)), done_(std::move(done)) {}

  void Apply(Batch& batch) override {
    for (const Tenant tenant : schools_) {
      for (const Id16& site : SitesOf(batch.DirectoryOf(tenant))) {
        const absl::Status frozen = FreezeWhatIsDue(batch, tenant, site);
        // Of a school whose figures are being recomputed the next minute is early enough.
        if (!frozen.ok() && !absl::IsFailedPrecondition(frozen)) result_ = frozen;
      }
    }
  }

  void Done(const absl::Status& committed) override { done_(committed.ok() ? result_ : committed); }

 private:
  static absl::Status FreezeWhatIsDue(Batch& batch, Tenant tenant, const Id16& site) {
    const sync::Directory& directory = batch.DirectoryOf(tenant);
    const uint16_t closed = LastClosed(directory, site, batch.now_ms(), kFreezeAfterDays);
    if (closed == 0) return absl::OkStatus();
    const absl::StatusOr<disk::FrozenRow> row = FrozenRowOf(batch, {tenant, site, closed});
    if (!row.ok()) return row.status();
    if (row->looked_at_h2() >= closed) return absl::OkStatus();
    const absl::StatusOr<int64_t> began_ms = BeganMs(batch.context().engine, tenant);
    if (!began_ms.ok()) return began_ms.status();
    const int32_t began = sync::DayOf(*began_ms, directory.ZoneOf(site));
    if (*began_ms == 0 || began > directory.HalfTerm(site, closed)->end_day()) {
      return absl::OkStatus();
    }
    v1::FreezeReply unused;
    absl::Status frozen = Freeze(batch, {tenant, site, closed}, closed, unused);
    if (!frozen.ok()) return frozen;
    const std::string prefix = FrozenPrefix(tenant, site);
    const std::unique_ptr<Snapshot> snapshot = batch.context().engine.NewSnapshot();
    const std::unique_ptr<Cursor> cursor =
        snapshot->NewCursor(Family::kState, prefix, EndOfPrefix(prefix));
    for (; cursor->Valid(); cursor->Next()) {
      const std::optional<ParsedFrozenKey> key = ParseFrozenKey(cursor->key());
      // A correction that comes later than a school year is history.
      if (!key || key->half_term >= closed || key->half_term + 8 < closed) continue;
      frozen = Freeze(batch, {tenant, site, key->half_term}, closed, unused);
      if (!frozen.ok()) return frozen;
    }
    return cursor->status();
  }

  const std::vector<Tenant> schools_;
  const std::function<void(absl::Status)> done_;
  absl::Status result_;
};

}  // namespace

uint16_t LastClosed(const sync::Directory& directory, const Id16& site, int64_t now_ms,
                    int32_t days) {
  const int32_t today = sync::DayOf(now_ms, directory.ZoneOf(site));
  uint16_t half_term = directory.HalfTermAt(site, now_ms);
  while (half_term != 0) {
    const v1::HalfTerm* days_of = directory.HalfTerm(site, half_term);
    if (days_of != nullptr && days_of->end_day() + days <= today) return half_term;
    half_term = HalfTermBefore(directory, site, half_term);
  }
  return 0;
}

std::unique_ptr<Job> MakeFreeze(v1::FreezeRequest request,
                                std::function<void(absl::StatusOr<v1::FreezeReply>)> done) {
  return std::make_unique<FreezeJob>(std::move(request), std::move(done));
}

std::unique_ptr<Job> MakeFreezeClock(std::vector<Tenant> schools,
                                     std::function<void(absl::Status)> done) {
  return std::make_unique<FreezeClock>(std::move(schools), std::move(done));
}

}  // namespace halfterm::storage
