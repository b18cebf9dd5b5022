#include "storage/practice/load_page.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/feed_row.h"
#include "storage/practice/org_asked.h"
#include "storage/practice/visible_record.h"
#include "storage/summary/coverage.h"
#include "storage/summary/rows.h"
#include "sync/contribution.h"
#include "sync/rollup_rows.h"

namespace halfterm::storage {
namespace {

using core::Id16;
using sync::RollupKind;
using sync::RowKey;

uint32_t At(const std::vector<int64_t>& row, size_t position) {
  return position < row.size() && row[position] > 0 ? static_cast<uint32_t>(row[position]) : 0u;
}

struct Sum {
  uint32_t visits = 0, minutes = 0, reasons = 0;
};

// What a row counts towards the cap, as the reader may know it.
Sum CountedOf(v1::VisitKind kind, const std::vector<int64_t>& row, bool is_own,
              const v1::Policy& policy) {
  Sum sum{At(row, sync::kLoadVisits), At(row, sync::kLoadMinutes), At(row, sync::kLoadReasons)};
  const bool is_private = kind == v1::VISIT_KIND_COACH || kind == v1::VISIT_KIND_PEER;
  if (!is_own && kind == v1::VISIT_KIND_INFORMAL) return {};
  if (!is_own && is_private) {
    return {At(row, sync::kLoadToldVisits), At(row, sync::kLoadToldMinutes), 0};
  }
  if (kind == v1::VISIT_KIND_WALK && !policy.walk_counts_to_cap()) {
    sum.visits -= std::min(sum.visits, At(row, sync::kLoadShortVisits));
    sum.minutes -= std::min(sum.minutes, At(row, sync::kLoadShortMinutes));
  }
  return sum;
}

class LoadPage {
 public:
  LoadPage(const Question& question, const Id16& site, uint16_t year)
      : question_(question),
        policy_(question.directory.PolicyOf(site)),
        year_(year),
        rows_(question.snapshot, question.tenant) {}

  absl::Status Add(const Id16& person, v1::LoadReply& reply) {
    const bool is_own = person == question_.caller;
    v1::PersonLoad& load = *reply.add_people();
    load.set_person(std::string(person.view()));
    load.set_display_name(NameOf(question_, person));
    Sum had;
    const auto take = [&](uint8_t kind_number, const std::vector<int64_t>& row) {
      const auto kind = static_cast<v1::VisitKind>(kind_number);
      const Sum counted = CountedOf(kind, row, is_own, policy_);
      had.visits += counted.visits;
      had.minutes += counted.minutes;
      had.reasons += counted.reasons;
      if (!is_own) return;
      v1::KindLoad& by_kind = *load.add_by_kind();
      by_kind.set_kind(kind);
      by_kind.set_visits(At(row, sync::kLoadVisits));
      by_kind.set_minutes(At(row, sync::kLoadMinutes));
    };
    const RowKey key = RowKey(RollupKind::kLoad).Id(person).U16(year_);
    const absl::Status read =
        is_own ? ForEachOwn(key, take)
               : rows_.ForEach(key, [&](KeyRest rest, const std::vector<int64_t>& row) {
                   take(static_cast<uint8_t>(rest.Number(1)), row);
                   return true;
                 });
    if (!read.ok()) return read;
    load.set_visits(had.visits);
    load.set_minutes(had.minutes);
    load.set_agreed_visits(policy_.load_cap_visits());
    load.set_agreed_minutes(policy_.load_cap_minutes());
    load.set_visits_above(had.visits - std::min(had.visits, load.agreed_visits()));
    load.set_visits_with_reason(had.reasons);
    load.set_reason_wanted(load.visits_above() > had.reasons);
    load.set_next_needs_reason(had.visits >= load.agreed_visits() ||
                               had.minutes >= load.agreed_minutes());
    return AddAsObserver(person, is_own, load);
  }

 private:
  // The caller's own rows below `key`, by kind: of the visits that are filed for them. What leaders
  // count holds planned visits that their teacher is not told of, and an unannounced one would show
  // in the difference of two days.
  template <class Take>
  absl::Status ForEachOwn(const RowKey& key, const Take& take) {
    const core::Scope own = core::PersonScope(question_.caller);
    const std::string feed = FeedPrefix(question_.tenant, own);
    std::map<uint8_t, std::vector<int64_t>> by_kind;
    const auto cursor = question_.snapshot.NewCursor(Family::kFeed, feed, EndOfPrefix(feed));
    for (; cursor->Valid(); cursor->Next()) {
      const std::optional<ParsedFeedKey> at = ParseFeedKey(cursor->key());
      const std::optional<FeedRow> row = ParseFeedRow(cursor->value());
      if (!at || !row) return absl::DataLossError("a feed row cannot be read");
      if (row->kind != FeedKind::kHeld) continue;
      const absl::StatusOr<VisibleRecord> record = VisibleRecord::Read(question_, at->record);
      if (!record.ok()) return record.status();
      if (!record->facts().has_plan || record->facts().teacher != question_.caller) continue;
      for (const sync::Contribution& one :
           sync::ContributionOf(record->view(), record->facts(), question_.directory)) {
        if (one.key.size() != key.bytes().size() + 1 ||
            one.key.compare(0, key.bytes().size(), key.bytes()) != 0) {
          continue;
        }
        std::vector<int64_t>& sum = by_kind[static_cast<uint8_t>(one.key.back())];
        sum.resize(std::max(sum.size(), one.vector.size()));
        for (size_t i = 0; i < one.vector.size(); ++i) sum[i] += one.vector[i];
      }
    }
    if (!cursor->status().ok()) return cursor->status();
    for (const auto& [kind, sum] : by_kind) take(kind, sum);
    return absl::OkStatus();
  }

  absl::Status AddAsObserver(const Id16& person, bool is_own, v1::PersonLoad& load) {
    Sum made;
    const absl::Status read = rows_.ForEach(
        RowKey(RollupKind::kObserverLoad).Id(person).U16(year_),
        [&](KeyRest rest, const std::vector<int64_t>& row) {
          const auto kind = static_cast<v1::VisitKind>(rest.Number(1));
          const bool is_private = kind == v1::VISIT_KIND_COACH || kind == v1::VISIT_KIND_PEER ||
                                  kind == v1::VISIT_KIND_INFORMAL;
          // With whom somebody works in confidence is not to be guessed from a count.
          if (is_private && !is_own) return true;
          made.visits += At(row, sync::kLoadVisits);
          made.minutes += At(row, sync::kLoadMinutes);
          return true;
        });
    load.set_visits_as_observer(made.visits);
    load.set_minutes_as_observer(made.minutes);
    return read;
  }

  const Question& question_;
  const v1::Policy& policy_;
  const uint16_t year_;
  RollupRows rows_;
};

// Whether the caller reads the person's load.
bool MayRead(const Question& question, const v1::Person& person) {
  if (person.id() == question.caller.view()) return question.access.OwnPage(question.caller);
  const auto& departments = person.departments();
  return std::any_of(departments.begin(), departments.end(), [&](const auto& membership) {
    return question.access.LeadsPage(*Id16::FromBytes(person.id()),
                                     Id16::FromBytes(membership.org()).value_or(Id16{}));
  });
}

// The half-term of that school year whose people are listed: today's, or the year's last.
uint16_t HalfTermOf(const Question& question, const Id16& org, uint16_t year) {
  const uint16_t today = question.directory.HalfTermAt(org, question.now_ms);
  if (2000 + today / 8 == year) return today;
  const auto last = static_cast<uint16_t>((year - 2000) * 8 + 7);
  return HalfTermBefore(question.directory, org, last);
}

}  // namespace

absl::StatusOr<v1::LoadReply> ReadLoadPage(const Question& question,
                                           const v1::LoadRequest& request) {
  if (request.person().empty() == request.org().empty()) {
    return absl::InvalidArgumentError("exactly one of person and org is set");
  }
  if (request.year() != 0 && (request.year() < 2000 || request.year() > 2100)) {
    return absl::InvalidArgumentError("year is not within 2000 and 2100");
  }
  std::vector<Id16> people;
  Id16 home;
  OrgAsked asked;
  if (!request.person().empty()) {
    const absl::StatusOr<Id16> id = RequiredId(request.person(), "person");
    if (!id.ok()) return id.status();
    const v1::Person* person = question.directory.Person(*id);
    if (person == nullptr || !MayRead(question, *person)) return NotThereOrNotYours();
    people.push_back(*id);
    home = question.directory.FirstDepartmentOf(*id);
  } else {
    absl::StatusOr<OrgAsked> org = OrgAskedFor(question, request.org());
    if (!org.ok()) return org.status();
    asked = *std::move(org);
    home = asked.id;
  }
  const uint16_t today = question.directory.HalfTermAt(home, question.now_ms);
  const auto year =
      static_cast<uint16_t>(request.year() != 0 ? request.year() : 2000u + today / 8u);
  if (people.empty()) {
    const uint16_t half_term = HalfTermOf(question, home, year);
    std::vector<const v1::Person*> members;
    for (const auto& [department, here] : PeopleOf(question.directory, asked.departments,
                                                   question.directory.HalfTerm(home, half_term))) {
      for (const v1::Person* person : here) {
        if (MayRead(question, *person)) members.push_back(person);
      }
    }
    std::stable_sort(members.begin(), members.end(), [](const v1::Person* a, const v1::Person* b) {
      return a->display_name() < b->display_name();
    });
    for (const v1::Person* person : members) people.push_back(*Id16::FromBytes(person->id()));
  }

  v1::LoadReply reply;
  const absl::StatusOr<v1::Watermark> watermark =
      WatermarkFor(question, {}, 0, [](absl::string_view) { return false; });
  if (!watermark.ok()) return watermark.status();
  *reply.mutable_watermark() = *watermark;
  reply.set_year(year);
  const Id16 site = question.directory.SiteOf(home);
  reply.set_policy_version(question.directory.PolicyOf(site).version());
  LoadPage page(question, site, year);
  for (const Id16& person : people) {
    const absl::Status added = page.Add(person, reply);
    if (!added.ok()) return added;
  }
  return reply;
}

}  // namespace halfterm::storage
