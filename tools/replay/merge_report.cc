#include "tools/replay/merge_report.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "sync/core/codec.h"
#include "sync/facts.h"
#include "sync/value.h"
#include "sync/view.h"
#include "tools/replay/gesture.h"
#include "tools/workload/visit.h"

namespace halfterm::tools {
namespace {

std::string ValueInWords(const sync::FieldSchema& field, const std::string& value) {
  if (value.empty()) return "nothing";
  const auto number = sync::DecodeUnsigned(value);
  switch (field.form) {
    case sync::ValueForm::kText:
      return absl::StrCat("\"", value, "\"");
    case sync::ValueForm::kBool:
      return number.value_or(0) != 0 ? "yes" : "no";
    case sync::ValueForm::kUnsigned:
      return absl::StrCat(number.value_or(0));
    case sync::ValueForm::kDate: {
      const auto day = sync::DecodeDate(value);
      return day.has_value() ? absl::FormatCivilTime(absl::CivilDay(1970, 1, 1) + *day) : "a day";
    }
    default:
      return "a value";
  }
}

std::string WhatInWords(const sync::Differing& differing) {
  const core::Path& path = differing.path;
  std::string name = differing.field->descriptor->name();
  if (path.is_entry() && core::IsNumberKey(path.key())) {
    return absl::StrCat(name, " of element ", core::KeyNumber(path.key()));
  }
  return name;
}

// Everything that one person's store holds, added to the report.
class StoreReader {
 public:
  StoreReader(const TabletStore& store, MergeReport& report,
              absl::flat_hash_set<core::FacetId>& done)
      : store_(store), report_(report), done_(done) {}

  absl::Status Read() {
    absl::Status failed;
    const absl::Status read =
        store_.base().ForEach([&](const core::FacetId& id, const disk::TabletFacetRow& row) {
          if (failed.ok() && id.facet_class != core::kBody && done_.insert(id).second) {
            failed = ReadFacet(id, row.facet());
          }
        });
    return read.ok() ? failed : read;
  }

 private:
  absl::Status ReadFacet(const core::FacetId& id, const std::string& bytes) {
    const core::Result<core::Facet> facet = core::Decode(bytes, core::kFacetLimits);
    if (!facet.ok()) return absl::DataLossError(facet.reason());
    ++report_.facets;
    std::set<uint64_t> replicas;
    for (const core::Cell& cell : facet->cells) {
      for (const core::Dot& seen : cell.seen) replicas.insert(seen.replica);
    }
    if (replicas.size() > 1) ++report_.combined_facets;

    const sync::Schema& schema = sync::Schema::OfThisBuild();
    const std::unique_ptr<google::protobuf::Message> view = NewView(schema, id.facet_class);
    if (view == nullptr) return absl::OkStatus();
    sync::ViewReport seen;
    const absl::Status shown = sync::ReadView(schema, id.facet_class, *facet, *view, &seen);
    if (!shown.ok()) return shown;
    for (const sync::Differing& differing : seen.differing) {
      if (!differing.waits) {
        report_.kept_beside += differing.values.size() - 1;
        continue;
      }
      if (absl::Status added = AddChoice(id, differing); !added.ok()) return added;
    }
    return absl::OkStatus();
  }

  absl::Status AddChoice(const core::FacetId& id, const sync::Differing& differing) {
    const absl::StatusOr<Base::HeldFacet> plan = store_.base().Facet(PlanOf(id.record));
    if (!plan.ok()) return plan.status();
    Choice choice;
    choice.person = differing.values.front().author;
    choice.visit = id.record;
    choice.teacher = sync::ShownId(
        plan->facet, core::Path::Field(v1::Plan::kTeacherFieldNumber, core::Kind::kReg));
    choice.lesson_ms = sync::LessonStartMs({id.record, {{PlanOf(id.record), &plan->facet}}});
    choice.what = WhatInWords(differing);
    for (const core::Sibling& value : differing.values) {
      choice.values.push_back(ValueInWords(*differing.field, value.value));
    }
    report_.choices.push_back(std::move(choice));
    return absl::OkStatus();
  }

  const TabletStore& store_;
  MergeReport& report_;
  absl::flat_hash_set<core::FacetId>& done_;
};

}  // namespace

absl::StatusOr<MergeReport> MakeMergeReport(const std::vector<std::unique_ptr<Tablet>>& tablets) {
  MergeReport report;
  absl::flat_hash_set<core::FacetId> done;
  std::set<core::Id16> people;
  for (const std::unique_ptr<Tablet>& tablet : tablets) {
    for (const core::Id16& person : tablet->people()) {
      const TabletStore& store = *tablet->StoreOf(person);
      const absl::Status read = store.outbox().ForEach([&](const Outbox::Kept& kept) {
        const v1::PushResult& result = kept.row.result();
        ++report.groups;
        ++report.dispositions[result.disposition()];
        if (result.reason() != v1::REASON_UNSPECIFIED) ++report.reasons[result.reason()];
        if (result.outcome() != v1::OUTCOME_UNSPECIFIED) ++report.outcomes[result.outcome()];
      });
      if (!read.ok()) return read;
      // All stores of one person hold the same.
      if (!people.insert(person).second) continue;
      const absl::Status copied = StoreReader(store, report, done).Read();
      if (!copied.ok()) return copied;
    }
  }
  std::sort(report.choices.begin(), report.choices.end(), [](const Choice& a, const Choice& b) {
    return std::tie(a.person, a.lesson_ms, a.visit, a.what) <
           std::tie(b.person, b.lesson_ms, b.visit, b.what);
  });
  return report;
}

}  // namespace halfterm::tools
