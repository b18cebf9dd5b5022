#include "storage/aggregates/disclosure.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace halfterm::storage {
namespace {

TableKind KindOf(const disk::FrozenAttribute& table) {
  return static_cast<TableKind>(table.key().empty() ? 0 : table.key()[0]);
}

using ByDepartment = std::map<std::string, Shares>;

ByDepartment DepartmentsOf(const disk::FrozenVersion& version) {
  ByDepartment departments;
  for (const disk::FrozenShare& share : version.shares()) {
    departments[share.department()].push_back(&share);
  }
  return departments;
}

// The shares of the departments that are not in `shown`.
Shares Left(const ByDepartment& departments, const std::set<std::string>& shown,
            const std::string& and_without = "") {
  Shares left;
  for (const auto& [department, shares] : departments) {
    if (shown.count(department) > 0 || department == and_without) continue;
    left.insert(left.end(), shares.begin(), shares.end());
  }
  return left;
}

// Whether the total may stand beside the figures of these departments.
bool MayTotal(TableKind kind, const ByDepartment& departments, const std::set<std::string>& shown,
              const DisclosureRules& rules) {
  if (!rules.look_at_what_is_left) return true;
  const Shares left = Left(departments, shown);
  if (left.empty()) return true;
  if (!MayShow(kind, left, rules)) return false;
  if (!rules.look_at_insiders) return true;
  return std::all_of(departments.begin(), departments.end(), [&](const auto& department) {
    if (shown.count(department.first) > 0) return true;
    const size_t others = Left(departments, shown, department.first).size();
    return others == 0 || others >= rules.min_teachers;
  });
}

std::set<std::string> ShownIn(const disk::FrozenAttribute& table) {
  std::set<std::string> shown;
  for (const disk::FrozenMark& mark : table.departments()) {
    if (mark.shown()) shown.insert(mark.department());
  }
  return shown;
}

// One number of a share: its presence, its weight, or one of its values.
int64_t Part(const disk::FrozenShare* share, int part) {
  if (share == nullptr) return 0;
  if (part == 0) return 1;
  if (part == 1) return static_cast<int64_t>(share->weight());
  const int value = part - 2;
  return value < share->values_size() ? share->values(value) : 0;
}

// Whether, of each number that is added up, nobody's part differs or enough teachers' do.
bool EnoughChanged(TableKind kind, const Shares& before, const Shares& now, uint32_t min_changed) {
  std::map<std::string, std::pair<const disk::FrozenShare*, const disk::FrozenShare*>> teachers;
  int parts = 2;
  for (const disk::FrozenShare* share : before) {
    teachers[share->teacher()].first = share;
    parts = std::max(parts, 2 + share->values_size());
  }
  for (const disk::FrozenShare* share : now) {
    teachers[share->teacher()].second = share;
    parts = std::max(parts, 2 + share->values_size());
  }
  // Of the lags only a median is shown: they count as one number.
  const bool values_together = kind == TableKind::kSharing;
  uint32_t with_other_values = 0;
  for (const auto& [teacher, shares] : teachers) {
    bool differs = false;
    for (int part = 2; part < parts; ++part) {
      differs = differs || Part(shares.first, part) != Part(shares.second, part);
    }
    with_other_values += differs ? 1 : 0;
  }
  if (values_together && with_other_values > 0 && with_other_values < min_changed) return false;
  for (int part = 0; part < (values_together ? 2 : parts); ++part) {
    uint32_t changed = 0;
    for (const auto& [teacher, shares] : teachers) {
      changed += Part(shares.first, part) != Part(shares.second, part) ? 1 : 0;
    }
    if (changed > 0 && changed < min_changed) return false;
  }
  return true;
}

bool SameShares(const disk::FrozenVersion& a, const disk::FrozenVersion& b) {
  return std::equal(a.shares().begin(), a.shares().end(), b.shares().begin(), b.shares().end(),
                    [](const disk::FrozenShare& x, const disk::FrozenShare& y) {
                      return x.SerializeAsString() == y.SerializeAsString();
                    });
}

}  // namespace

bool MayShow(TableKind kind, const Shares& shares, const DisclosureRules& rules) {
  if (shares.size() < rules.min_teachers || shares.empty()) return false;
  uint64_t weight = 0, most = 0;
  std::set<uint32_t> levels;
  for (const disk::FrozenShare* share : shares) {
    weight += share->weight();
    most = std::max(most, share->weight());
    levels.insert(share->level());
  }
  if (kind == TableKind::kCoverage) return true;
  if (weight < rules.min_weight) return false;
  if (most * 100 > weight * rules.max_percent_of_one) return false;
  return kind != TableKind::kLevels || !rules.hide_one_level || levels.size() > 1;
}

void Suppress(disk::FrozenAttribute& table, const DisclosureRules& rules) {
  const TableKind kind = KindOf(table);
  const disk::FrozenVersion& version = table.versions(table.versions_size() - 1);
  const ByDepartment departments = DepartmentsOf(version);
  std::set<std::string> may_be_shown;
  for (const auto& [department, shares] : departments) {
    if (MayShow(kind, shares, rules)) may_be_shown.insert(department);
  }
  // The next smallest goes with the hidden ones, until what is left of the total tells enough.
  std::set<std::string> shown = may_be_shown;
  while (!shown.empty() && !MayTotal(kind, departments, shown, rules)) {
    shown.erase(std::min_element(
        shown.begin(), shown.end(), [&](const std::string& a, const std::string& b) {
          return std::pair(departments.at(a).size(), a) < std::pair(departments.at(b).size(), b);
        }));
  }
  table.set_total_shown(MayShow(kind, SharesOf(version), rules) &&
                        MayTotal(kind, departments, shown, rules));
  if (shown.empty() || !table.total_shown()) {
    const bool total_alone = table.total_shown() && may_be_shown.empty();
    table.set_total_shown(total_alone);
    shown = may_be_shown;
  }
  table.clear_departments();
  for (const auto& [department, shares] : departments) {
    disk::FrozenMark& mark = *table.add_departments();
    mark.set_department(department);
    mark.set_shown(shown.count(department) > 0);
  }
}

bool ShowsAnything(const disk::FrozenAttribute& table) {
  return table.total_shown() || !ShownIn(table).empty();
}

Replacement Replace(disk::FrozenAttribute& table, disk::FrozenVersion now,
                    const DisclosureRules& rules) {
  const disk::FrozenVersion& last = table.versions(table.versions_size() - 1);
  if (SameShares(last, now)) return Replacement::kSame;
  if (static_cast<size_t>(table.versions_size()) >= rules.max_versions) {
    return Replacement::kWithheld;
  }
  if (!rules.keep_units) {
    *table.add_versions() = std::move(now);
    Suppress(table, rules);
    return Replacement::kReplaced;
  }
  const TableKind kind = KindOf(table);
  const std::set<std::string> shown = ShownIn(table);
  const ByDepartment departments = DepartmentsOf(now);
  for (const std::string& department : shown) {
    const auto found = departments.find(department);
    if (found == departments.end() || !MayShow(kind, found->second, rules)) {
      return Replacement::kWithheld;
    }
  }
  if (table.total_shown() &&
      (!MayShow(kind, SharesOf(now), rules) || !MayTotal(kind, departments, shown, rules))) {
    return Replacement::kWithheld;
  }
  for (const disk::FrozenVersion& earlier : table.versions()) {
    const ByDepartment before = DepartmentsOf(earlier);
    for (const std::string& department : shown) {
      const auto then = before.find(department);
      if (!EnoughChanged(kind, then == before.end() ? Shares{} : then->second,
                         departments.at(department), rules.min_changed)) {
        return Replacement::kWithheld;
      }
    }
    if (!table.total_shown()) continue;
    if (!EnoughChanged(kind, Left(before, shown), Left(departments, shown), rules.min_changed)) {
      return Replacement::kWithheld;
    }
    // Whoever heads one of the hidden departments knows what changed there.
    for (const disk::FrozenMark& mark : table.departments()) {
      if (mark.shown() || !rules.look_at_insiders) continue;
      if (!EnoughChanged(kind, Left(before, shown, mark.department()),
                         Left(departments, shown, mark.department()), rules.min_changed)) {
        return Replacement::kWithheld;
      }
    }
  }
  *table.add_versions() = std::move(now);
  return Replacement::kReplaced;
}

Shares SharesOf(const disk::FrozenVersion& version, const core::Id16& department) {
  Shares shares;
  for (const disk::FrozenShare& share : version.shares()) {
    if (department.IsZero() || share.department() == department.view()) shares.push_back(&share);
  }
  return shares;
}

}  // namespace halfterm::storage
