#include "storage/practice/management_page.h"

#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "storage/practice/of_scope.h"
#include "storage/practice/org_asked.h"

namespace halfterm::storage {
namespace {

using core::Id16;

Id16 IdIn(const std::string& bytes) { return Id16::FromBytes(bytes).value_or(Id16{}); }

auto PlaceOf(const v1::ManagementCell& cell) {
  return std::make_tuple(cell.role(), cell.function(), cell.strand(), cell.scope());
}

// The owner's live grant of the cell's role, there or above or below; null where there is none.
const v1::RoleGrant* GrantOf(const Question& question, const v1::ManagementCell& cell) {
  const Id16 owner = IdIn(cell.owner()), scope = IdIn(cell.scope());
  for (const v1::RoleGrant* grant : question.directory.GrantsOf(owner)) {
    const Id16 org = IdIn(grant->org());
    if (grant->role() != cell.role()) continue;
    if (org.IsZero() || IsAtOrBelow(question.directory, scope, org) ||
        IsAtOrBelow(question.directory, org, scope)) {
      return grant;
    }
  }
  return nullptr;
}

bool IsHere(const Question& question, const Id16& person) {
  const v1::Person* known = question.directory.Person(person);
  return known != nullptr && known->state() != v1::GRANT_STATE_ENDED &&
         known->state() != v1::GRANT_STATE_COMING;
}

class ManagementPage {
 public:
  ManagementPage(const Question& question, v1::ManagementReply& reply)
      : question_(question), reply_(reply) {}

  absl::Status AddCells(const Id16& scope, v1::Strand strand) {
    const auto records = RecordsOfScope(question_, scope, v1::FACET_CLASS_MANAGEMENT_CELL);
    if (!records.ok()) return records.status();
    for (const VisibleRecord& record : *records) {
      v1::ManagementCell cell;
      sync::ViewReport report;
      if (!record.Show(v1::FACET_CLASS_MANAGEMENT_CELL, {}, cell, &report)) continue;
      if (strand != v1::STRAND_UNSPECIFIED && cell.strand() != strand) continue;
      v1::ManagementEntry& entry = *reply_.add_cells();
      entry.set_record(std::string(record.id().view()));
      entry.set_owner_name(NameOf(question_, IdIn(cell.owner())));
      entry.set_scope_name(OrgNameOf(question_, scope));
      if (const v1::RoleGrant* grant = GrantOf(question_, cell)) {
        entry.set_owner_until_day(grant->to_day());
      }
      entry.set_unresolved(
          std::any_of(report.differing.begin(), report.differing.end(),
                      [](const sync::Differing& differing) { return differing.waits; }));
      *entry.mutable_cell() = std::move(cell);
    }
    return absl::OkStatus();
  }

  void FillAxesAndGaps(v1::Strand strand) {
    std::stable_sort(reply_.mutable_cells()->begin(), reply_.mutable_cells()->end(),
                     [](const v1::ManagementEntry& a, const v1::ManagementEntry& b) {
                       return PlaceOf(a.cell()) < PlaceOf(b.cell());
                     });
    std::set<v1::Role> roles;
    std::set<std::string> functions;
    std::set<std::pair<v1::Role, std::string>> filled;
    for (const v1::ManagementEntry& entry : reply_.cells()) {
      roles.insert(entry.cell().role());
      functions.insert(entry.cell().function());
      filled.emplace(entry.cell().role(), entry.cell().function());
    }
    for (const v1::Role role : roles) reply_.add_roles(role);
    for (const std::string& function : functions) reply_.add_functions(function);
    for (const v1::Role role : roles) {
      for (const std::string& function : functions) {
        if (filled.count({role, function}) == 0) {
          AddGap(v1::MANAGEMENT_GAP_REASON_NO_CELL, role, function, strand, "");
          continue;
        }
        for (const v1::ManagementEntry& entry : reply_.cells()) {
          if (entry.cell().role() == role && entry.cell().function() == function) AddGapsOf(entry);
        }
      }
    }
  }

 private:
  void AddGap(v1::ManagementGapReason reason, v1::Role role, const std::string& function,
              v1::Strand strand, const std::string& record) {
    v1::ManagementGap& gap = *reply_.add_gaps();
    gap.set_reason(reason);
    gap.set_role(role);
    gap.set_function(function);
    gap.set_strand(strand);
    gap.set_record(record);
  }

  void AddGapsOf(const v1::ManagementEntry& entry) {
    const v1::ManagementCell& cell = entry.cell();
    const auto add = [&](v1::ManagementGapReason reason) {
      AddGap(reason, cell.role(), cell.function(), cell.strand(), entry.record());
    };
    if (cell.owner().empty()) {
      add(v1::MANAGEMENT_GAP_REASON_NO_OWNER);
    } else if (!IsHere(question_, IdIn(cell.owner())) || GrantOf(question_, cell) == nullptr) {
      add(v1::MANAGEMENT_GAP_REASON_OWNER_GONE);
    }
    if (cell.objective().empty()) add(v1::MANAGEMENT_GAP_REASON_NO_OBJECTIVE);
    const bool claims = cell.status() == v1::MANAGEMENT_STATUS_UNDER_WAY ||
                        cell.status() == v1::MANAGEMENT_STATUS_IN_PLACE;
    if (claims && cell.evidence().empty()) add(v1::MANAGEMENT_GAP_REASON_NO_EVIDENCE);
  }

  const Question& question_;
  v1::ManagementReply& reply_;
};

}  // namespace

absl::StatusOr<v1::ManagementReply> ReadManagementPage(const Question& question,
                                                       const v1::ManagementRequest& request) {
  const absl::StatusOr<OrgAsked> asked = OrgAskedFor(question, request.org());
  if (!asked.ok()) return asked.status();
  v1::ManagementReply reply;
  const absl::StatusOr<v1::Watermark> watermark =
      WatermarkFor(question, {}, 0, [](absl::string_view) { return false; });
  if (!watermark.ok()) return watermark.status();
  *reply.mutable_watermark() = *watermark;
  reply.set_name(asked->org->name());
  ManagementPage page(question, reply);
  std::vector<Id16> scopes = {asked->id};
  if (!asked->is_department) {
    for (const v1::Org* org : asked->departments) scopes.push_back(IdIn(org->id()));
  }
  for (const Id16& scope : scopes) {
    const absl::Status added = page.AddCells(scope, request.strand());
    if (!added.ok()) return added;
  }
  page.FillAxesAndGaps(request.strand());
  return reply;
}

}  // namespace halfterm::storage
