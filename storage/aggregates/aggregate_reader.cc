#include "storage/aggregates/aggregate_reader.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "halfterm/disk/aggregate.pb.h"
#include "storage/aggregates/disclosure.h"
#include "storage/summary/access.h"
#include "storage/summary/figures.h"
#include "storage/summary/group_page.h"
#include "storage/summary/question.h"

namespace halfterm::storage {
namespace {

using core::Id16;

absl::Status NothingFrozen() {
  return absl::NotFoundError("there is no such frozen half-term, or you may not see it");
}

bool IsOneOf(v1::Role role, std::initializer_list<v1::Role> roles) {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

uint64_t SumOf(const Shares& shares, int value) {
  uint64_t sum = 0;
  for (const disk::FrozenShare* share : shares) {
    if (value < share->values_size()) sum += static_cast<uint64_t>(share->values(value));
  }
  return sum;
}

uint64_t WeightOf(const Shares& shares) {
  uint64_t weight = 0;
  for (const disk::FrozenShare* share : shares) weight += share->weight();
  return weight;
}

uint64_t MedianLag(const Shares& shares) {
  const uint64_t n = WeightOf(shares);
  uint64_t below = 0;
  for (int lag = 0; lag <= sync::kLoopLastLag; ++lag) {
    below += SumOf(shares, lag);
    if (below >= (n + 1) / 2) return static_cast<uint64_t>(lag);
  }
  return static_cast<uint64_t>(sync::kLoopLastLag);
}

uint32_t Tenths(int64_t millionths) {
  return static_cast<uint32_t>((millionths + 50'000) / 100'000);
}

// A number without its words says nothing to whoever holds no rubric.
void SetTitles(const v1::RubricVersion* rubric, v1::FrozenLevels& levels) {
  if (rubric == nullptr) return;
  levels.set_rubric_title(rubric->version().empty() ? rubric->title()
                                                    : rubric->title() + ", " + rubric->version());
  for (const v1::RubricElement& element : rubric->elements()) {
    if (element.number() == levels.element()) levels.set_element_title(element.title());
  }
}

// Adds the figure of one table to a department's or a school's.
void AddFigure(const std::string& key, const disk::FrozenVersion& version, const Shares& shares,
               const sync::Directory& directory, v1::FrozenUnit& unit) {
  const auto kind = static_cast<TableKind>(key[0]);
  const auto teachers = static_cast<uint32_t>(shares.size());
  const auto of = Id16::FromBytes(key.substr(1, Id16::kSize));
  if (kind == TableKind::kLevels && key.size() == 1 + Id16::kSize + 2) {
    v1::FrozenLevels& levels = *unit.add_levels();
    levels.set_rubric_version(std::string(of->view()));
    levels.set_element(static_cast<uint32_t>(static_cast<uint8_t>(key[key.size() - 2])) << 8 |
                       static_cast<uint8_t>(key.back()));
    levels.set_teachers(teachers);
    levels.set_lessons(WeightOf(shares));
    levels.set_mean_tenths(
        Tenths(MeanOfMeansMillionths(static_cast<int64_t>(SumOf(shares, 0)), teachers)));
    levels.set_made_ms(version.made_ms());
    SetTitles(directory.Rubric(*of), levels);
    return;
  }
  if (kind == TableKind::kCoverage && of) {
    v1::FrozenCoverage& coverage = *unit.add_coverage();
    coverage.set_rule(std::string(of->view()));
    for (const v1::CoverageRule& rule : directory.content().rules) {
      if (rule.id() == of->view()) coverage.set_title(rule.title());
    }
    coverage.set_done(static_cast<uint32_t>(SumOf(shares, 0)));
    coverage.set_eligible(teachers);
    coverage.set_made_ms(version.made_ms());
    return;
  }
  v1::FrozenLoop& loop = *unit.add_loop();
  loop.set_teachers(teachers);
  loop.set_of(WeightOf(shares));
  loop.set_made_ms(version.made_ms());
  loop.set_part(kind == TableKind::kSharing           ? v1::FROZEN_LOOP_PART_SHARING
                : kind == TableKind::kAcknowledgement ? v1::FROZEN_LOOP_PART_ACKNOWLEDGEMENT
                                                      : v1::FROZEN_LOOP_PART_STEPS);
  loop.set_value(kind == TableKind::kSharing ? MedianLag(shares) : SumOf(shares, 0));
}

v1::FrozenUnit UnitOf(const disk::FrozenRow& row, const sync::Directory& directory, const Id16& org,
                      bool is_total) {
  v1::FrozenUnit unit;
  unit.set_org(std::string(org.view()));
  const v1::Org* known = directory.Org(org);
  if (known != nullptr) unit.set_name(known->name());
  for (const disk::FrozenAttribute& table : row.attributes()) {
    if (table.key().empty() || table.versions().empty()) continue;
    const bool is_shown =
        is_total ? table.total_shown()
                 : std::any_of(table.departments().begin(), table.departments().end(),
                               [&org](const disk::FrozenMark& mark) {
                                 return mark.shown() && mark.department() == org.view();
                               });
    if (!is_shown) continue;
    const disk::FrozenVersion& version = table.versions(table.versions_size() - 1);
    AddFigure(table.key(), version, SharesOf(version, is_total ? Id16{} : org), directory, unit);
  }
  std::stable_sort(unit.mutable_coverage()->begin(), unit.mutable_coverage()->end(),
                   [](const auto& a, const auto& b) { return a.title() < b.title(); });
  return unit;
}

absl::StatusOr<disk::FrozenRow> Parsed(const absl::StatusOr<std::string>& stored) {
  if (absl::IsNotFound(stored.status())) return NothingFrozen();
  if (!stored.ok()) return stored.status();
  disk::FrozenRow row;
  if (!row.ParseFromString(*stored))
    return absl::DataLossError("a frozen half-term cannot be read");
  return row;
}

// The site's last frozen half-term; 0 where there is none.
absl::StatusOr<uint16_t> LastFrozen(const Snapshot& snapshot, Tenant tenant, const Id16& site) {
  uint16_t last = 0;
  const std::string prefix = FrozenPrefix(tenant, site);
  const auto cursor = snapshot.NewCursor(Family::kState, prefix, EndOfPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    const std::optional<ParsedFrozenKey> key = ParseFrozenKey(cursor->key());
    if (key) last = std::max(last, key->half_term);
  }
  if (!cursor->status().ok()) return cursor->status();
  return last;
}

}  // namespace

bool MayReadFrozen(const sync::Directory& directory, const Id16& person, const Id16& site) {
  for (const v1::RoleGrant* grant : directory.GrantsOf(person)) {
    const Id16 org = Id16::FromBytes(grant->org()).value_or(Id16{});
    const bool from_above =
        IsOneOf(grant->role(), {v1::ROLE_GOVERNOR, v1::ROLE_EXEC, v1::ROLE_EXTERNAL, v1::ROLE_SLT,
                                v1::ROLE_HEAD}) &&
        !org.IsZero() && IsAtOrBelow(directory, site, org);
    const Id16 home = org.IsZero() ? directory.FirstDepartmentOf(person) : org;
    const bool from_within =
        IsOneOf(grant->role(), {v1::ROLE_HOD, v1::ROLE_AST}) && directory.SiteOf(home) == site;
    if (from_above || from_within) return true;
  }
  return false;
}

absl::StatusOr<v1::FrozenSchoolReply> AggregateReader::FrozenSchool(
    const Caller& caller, const v1::FrozenSchoolRequest& request) const {
  const absl::StatusOr<Id16> site = RequiredId(request.school(), "school");
  if (!site.ok()) return site.status();
  const std::shared_ptr<const sync::Directory> directory = directories_.Of(caller.tenant);
  if (directory == nullptr || directory->Org(*site) == nullptr ||
      !MayReadFrozen(*directory, caller.person, *site) || request.h2() > 0xFFFF) {
    return NothingFrozen();
  }
  const std::unique_ptr<Snapshot> snapshot = engine_.NewSnapshot();
  absl::StatusOr<uint16_t> half_term = static_cast<uint16_t>(request.h2());
  if (*half_term == 0) half_term = LastFrozen(*snapshot, caller.tenant, *site);
  if (!half_term.ok()) return half_term.status();
  const absl::StatusOr<disk::FrozenRow> row =
      Parsed(snapshot->Get(Family::kState, FrozenKey(caller.tenant, *site, *half_term)));
  if (!row.ok()) return row.status();

  v1::FrozenSchoolReply reply;
  reply.set_h2(*half_term);
  reply.set_frozen_ms(row->frozen_ms());
  for (const disk::FrozenAttribute& table : row->attributes()) {
    if (table.versions_size() < 2) continue;
    reply.set_replaced_ms(
        std::max(reply.replaced_ms(), table.versions(table.versions_size() - 1).made_ms()));
  }
  *reply.mutable_school() = UnitOf(*row, *directory, *site, /*is_total=*/true);
  for (const v1::Org* org : DepartmentsBelow(*directory, *site)) {
    *reply.add_departments() =
        UnitOf(*row, *directory, *Id16::FromBytes(org->id()), /*is_total=*/false);
  }
  return reply;
}

absl::StatusOr<v1::FrozenFederationReply> AggregateReader::FrozenFederation(
    const Caller& caller, const v1::FrozenFederationRequest& request) const {
  const absl::StatusOr<Id16> above = RequiredId(request.org(), "org");
  if (!above.ok()) return above.status();
  const std::shared_ptr<const sync::Directory> directory = directories_.Of(caller.tenant);
  if (directory == nullptr || request.h2() > 0xFFFF) return NothingFrozen();
  const auto grants = directory->GrantsOf(caller.person);
  const bool may_read = std::any_of(grants.begin(), grants.end(), [&](const v1::RoleGrant* grant) {
    const auto org = Id16::FromBytes(grant->org());
    return IsOneOf(grant->role(), {v1::ROLE_GOVERNOR, v1::ROLE_EXEC, v1::ROLE_HEAD}) && org &&
           !org->IsZero() && IsAtOrBelow(*directory, *above, *org);
  });
  if (directory->Org(*above) == nullptr || !may_read) return NothingFrozen();

  const std::unique_ptr<Snapshot> snapshot = engine_.NewSnapshot();
  std::vector<Id16> sites;
  auto half_term = static_cast<uint16_t>(request.h2());
  for (const v1::Org& org : directory->content().orgs) {
    const Id16 site = *Id16::FromBytes(org.id());
    if (!IsAtOrBelow(*directory, site, *above)) continue;
    sites.push_back(site);
    if (request.h2() != 0) continue;
    const absl::StatusOr<uint16_t> last = LastFrozen(*snapshot, caller.tenant, site);
    if (last.ok()) half_term = std::max(half_term, *last);
    if (!last.ok() && !absl::IsNotFound(last.status())) return last.status();
  }
  v1::FrozenFederationReply reply;
  reply.set_h2(half_term);
  for (const Id16& site : sites) {
    const absl::StatusOr<disk::FrozenRow> row =
        Parsed(snapshot->Get(Family::kState, FrozenKey(caller.tenant, site, half_term)));
    if (absl::IsNotFound(row.status())) continue;
    if (!row.ok()) return row.status();
    *reply.add_schools() = UnitOf(*row, *directory, site, /*is_total=*/true);
  }
  if (reply.schools().empty()) return NothingFrozen();
  std::stable_sort(reply.mutable_schools()->begin(), reply.mutable_schools()->end(),
                   [](const auto& a, const auto& b) { return a.name() < b.name(); });
  return reply;
}

}  // namespace halfterm::storage
