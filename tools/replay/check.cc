#include "tools/replay/check.h"

#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "sync/facts.h"
#include "sync/value.h"
#include "tools/replay/ids.h"

namespace halfterm::tools {
namespace {

using core::Path;

std::string Hex(const core::FacetId& id) { return absl::BytesToHexString(id.Bytes()); }

// The fresh tablet's facets, each read once.
class FreshCopy {
 public:
  explicit FreshCopy(Tablet& fresh) : fresh_(fresh) {}

  // Null where the person is given no such facet.
  absl::StatusOr<const core::Facet*> Of(const core::Id16& person, const core::FacetId& id) {
    const auto [found, is_new] = facets_.try_emplace({person, id});
    if (is_new) {
      TabletStore* store = fresh_.StoreOf(person);
      if (store == nullptr) return absl::NotFoundError("the fresh tablet misses a person");
      absl::StatusOr<Base::HeldFacet> held = store->base().Facet(id);
      if (!held.ok()) return held.status();
      if (held->seq != 0) found->second = std::make_unique<core::Facet>(std::move(held->facet));
    }
    return found->second.get();
  }

 private:
  Tablet& fresh_;
  std::map<std::pair<core::Id16, core::FacetId>, std::unique_ptr<core::Facet>> facets_;
};

enum class CellFate { kPresent, kSibling, kCovered, kMissing };

// What the copy makes of a cell that somebody wrote.
CellFate FateOf(const core::Cell& written, const core::Dot& dot, const core::Cell* now) {
  if (now == nullptr || !core::Covers(*now, dot)) return CellFate::kMissing;
  if (written.siblings.empty()) return CellFate::kPresent;  // A removal was heard of.
  const std::string& value = written.siblings.front().value;
  bool is_there = false, has_others = false;
  for (const core::Sibling& sibling : now->siblings) {
    if (sibling.dot == dot && sibling.value == value) is_there = true;
    if (sibling.value != value) has_others = true;
  }
  if (!is_there) return CellFate::kCovered;
  return has_others ? CellFate::kSibling : CellFate::kPresent;
}

// A value that the copies have heard of and do not show: somebody must have replaced it.
using Covered = std::tuple<core::FacetId, Path, core::Dot>;

struct OpenGroup {
  bool any_present = false, any_sibling = false, is_lost = false;
  std::vector<Covered> covered;
};

absl::Status ForEachGroup(const std::vector<std::unique_ptr<Tablet>>& tablets,
                          const std::function<void(const TabletStore&, const Outbox::Kept&)>& see) {
  for (const std::unique_ptr<Tablet>& tablet : tablets) {
    for (const core::Id16& person : tablet->people()) {
      const TabletStore& store = *tablet->StoreOf(person);
      const absl::Status read =
          store.outbox().ForEach([&](const Outbox::Kept& kept) { see(store, kept); });
      if (!read.ok()) return read;
    }
  }
  return absl::OkStatus();
}

// Takes out of `covered` what some group of the replay had seen when it wrote the same cell.
absl::Status Justify(
    const std::vector<std::unique_ptr<Tablet>>& tablets,
    absl::flat_hash_map<std::pair<core::FacetId, Path>, std::set<core::Dot>>& left) {
  return ForEachGroup(tablets, [&](const TabletStore&, const Outbox::Kept& kept) {
    if (kept.row.result().disposition() != v1::DISPOSITION_COMMITTED) return;
    for (const core::Cell& cell : kept.delta.cells) {
      const auto found = left.find({kept.group.facet, cell.path});
      if (found == left.end()) continue;
      for (auto dot = found->second.begin(); dot != found->second.end();) {
        const bool is_own = *dot == kept.dot;
        dot = !is_own && core::Covers(cell, *dot) ? found->second.erase(dot) : std::next(dot);
      }
    }
  });
}

}  // namespace

absl::StatusOr<Fate> CheckGroups(const std::vector<std::unique_ptr<Tablet>>& tablets,
                                 Tablet& fresh) {
  Fate fate;
  FreshCopy copy(fresh);
  std::vector<OpenGroup> open;
  absl::flat_hash_map<std::pair<core::FacetId, Path>, std::set<core::Dot>> unjustified;
  absl::Status failed;
  const absl::Status read =
      ForEachGroup(tablets, [&](const TabletStore& store, const Outbox::Kept& kept) {
        if (!failed.ok() || kept.group.kind != core::GroupKind::kDelta) return;
        ++fate.all;
        if (!kept.row.has_result()) {
          ++fate.lost;  // It was never acknowledged, and the replay is over.
          return;
        }
        if (kept.row.result().disposition() != v1::DISPOSITION_COMMITTED) {
          ++fate.aside;
          return;
        }
        const absl::StatusOr<const core::Facet*> now =
            copy.Of(store.outbox().person(), kept.group.facet);
        if (!now.ok()) failed = now.status();
        if (!now.ok()) return;
        if (*now == nullptr) {
          ++fate.unseen;
          return;
        }
        OpenGroup group;
        for (const core::Cell& cell : kept.delta.cells) {
          switch (FateOf(cell, kept.dot, (*now)->Find(cell.path))) {
            case CellFate::kPresent:
              group.any_present = true;
              break;
            case CellFate::kSibling:
              group.any_sibling = true;
              break;
            case CellFate::kCovered:
              group.covered.emplace_back(kept.group.facet, cell.path, kept.dot);
              unjustified[{kept.group.facet, cell.path}].insert(kept.dot);
              break;
            case CellFate::kMissing:
              group.is_lost = true;
              break;
          }
        }
        open.push_back(std::move(group));
      });
  if (!read.ok()) return read;
  if (!failed.ok()) return failed;
  if (absl::Status justified = Justify(tablets, unjustified); !justified.ok()) return justified;
  for (const OpenGroup& group : open) {
    bool lost = group.is_lost;
    for (const auto& [facet, path, dot] : group.covered) {
      lost = lost || unjustified.at({facet, path}).count(dot) > 0;
    }
    ++(lost                ? fate.lost
       : group.any_sibling ? fate.siblings
       : group.any_present ? fate.present
                           : fate.replaced);
  }
  return fate;
}

absl::StatusOr<Fate> CheckEdits(const std::vector<Edit>& edits, Tablet& fresh) {
  constexpr uint16_t kNotes = v1::Sheet::kNotesFieldNumber,
                     kRatings = v1::Sheet::kRatingsFieldNumber;
  Fate fate;
  FreshCopy copy(fresh);
  for (const Edit& edit : edits) {
    ++fate.all;
    const bool is_status = edit.status != v1::LEVEL_UNSPECIFIED;
    const absl::StatusOr<const core::Facet*> facet =
        copy.Of(edit.observer, is_status ? PlanOf(edit.visit) : SheetOf(edit.visit, edit.observer));
    if (!facet.ok()) return facet.status();
    if (*facet == nullptr) {
      ++fate.lost;
      continue;
    }
    if (is_status) {
      const core::Phase phase = sync::PhaseOf(*facet, v1::Plan::kPhaseFieldNumber);
      ++(phase.round >= 1 && phase.level >= static_cast<int>(edit.status) ? fate.present
                                                                          : fate.lost);
      continue;
    }
    const core::Id16 key = edit.element != 0
                               ? core::NumberKey(static_cast<uint16_t>(edit.element))
                               : core::Id16::FromBytes(edit.note.key()).value_or(core::Id16{});
    const Path path =
        edit.element != 0
            ? Path::Entry(kRatings, key, v1::Rating::kLevelFieldNumber, core::Kind::kReg)
            : Path::Entry(kNotes, key, v1::Note::kTextFieldNumber, core::Kind::kPara);
    const std::string value =
        edit.element != 0 ? sync::EncodeUnsigned(edit.level) : edit.note.text();
    const core::Cell* cell = (*facet)->Find(path);
    bool is_there = false, has_others = false;
    if (cell != nullptr) {
      for (const core::Sibling& sibling : cell->siblings) {
        (sibling.value == value ? is_there : has_others) = true;
      }
    }
    ++(!is_there ? fate.lost : has_others ? fate.siblings : fate.present);
  }
  return fate;
}

absl::StatusOr<StoreComparison> CompareStores(const std::vector<std::unique_ptr<Tablet>>& tablets,
                                              Tablet& fresh) {
  StoreComparison comparison;
  for (const core::Id16& person : fresh.people()) {
    absl::flat_hash_map<core::FacetId, std::string> expected;
    const absl::Status read = fresh.StoreOf(person)->base().ForEach(
        [&](const core::FacetId& id, const disk::TabletFacetRow& row) {
          expected.emplace(id, absl::StrCat(row.held_by(), row.facet()));
        });
    if (!read.ok()) return read;
    for (size_t i = 0; i < tablets.size(); ++i) {
      TabletStore* store = tablets[i]->StoreOf(person);
      if (store == nullptr) continue;
      ++comparison.stores;
      size_t same = 0;
      std::string difference;
      const absl::Status compared = store->base().ForEach([&](const core::FacetId& id,
                                                              const disk::TabletFacetRow& row) {
        ++comparison.facets;
        const auto found = expected.find(id);
        if (found != expected.end() && found->second == absl::StrCat(row.held_by(), row.facet())) {
          ++same;
        } else if (difference.empty()) {
          difference =
              absl::StrCat("tablet ", i, ", person ", FormatUuid(person), ", facet ", Hex(id));
        }
      });
      if (!compared.ok()) return compared;
      if (difference.empty() && same == expected.size()) continue;
      ++comparison.different_stores;
      if (difference.empty()) {
        difference = absl::StrCat("tablet ", i, ", person ", FormatUuid(person), " holds ", same,
                                  " facets of ", expected.size());
      }
      if (comparison.first_difference.empty()) comparison.first_difference = difference;
    }
  }
  return comparison;
}

}  // namespace halfterm::tools
