#include "storage/practice/visible_record.h"

#include <algorithm>
#include <utility>

#include "storage/row_view.h"
#include "storage/scope_bytes.h"
#include "sync/core/codec.h"
#include "sync/facts.h"
#include "sync/schema.h"

namespace halfterm::storage {
namespace {

absl::Status Damaged() {
  return absl::DataLossError("a record cannot be read; run `halfterm verify`");
}

}  // namespace

absl::StatusOr<VisibleRecord> VisibleRecord::Read(const Question& question,
                                                  const core::Id16& record) {
  VisibleRecord read;
  read.view_.id = record;
  const std::vector<core::Scope> mine = question.access.FeedScopes();
  const std::string prefix = FacetPrefix(question.tenant, record);
  const std::unique_ptr<Cursor> cursor =
      question.snapshot.NewCursor(Family::kState, prefix, EndOfPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    const auto key = ParseFacetKey(cursor->key());
    FacetRowView row;
    std::vector<core::Scope> scopes;
    if (!key || !ReadFacetRow(cursor->value(), row) || !ParseScopes(row.scopes, scopes)) {
      return Damaged();
    }
    const bool is_visible =
        std::any_of(scopes.begin(), scopes.end(), [&mine](const core::Scope& scope) {
          return std::binary_search(mine.begin(), mine.end(), scope);
        });
    if (!is_visible) continue;
    core::Result<core::Facet> facet =
        core::Decode({row.facet.data(), row.facet.size()}, core::kFacetLimits);
    if (!facet.ok()) return Damaged();
    read.facets_.push_back(std::make_unique<core::Facet>(std::move(facet).value()));
    read.view_.facets.push_back({key->facet, read.facets_.back().get()});
  }
  if (!cursor->status().ok()) return cursor->status();
  read.facts_ = sync::FactsOf(read.view_, question.directory);
  return read;
}

bool VisibleRecord::Show(v1::FacetClass facet_class, const core::Id16& sub,
                         google::protobuf::Message& message, sync::ViewReport* report) const {
  const auto number = static_cast<core::FacetClass>(facet_class);
  const core::Facet* facet = view_.Find(number, sub);
  if (facet == nullptr) return false;
  return sync::ReadView(sync::Schema::OfThisBuild(), number, *facet, message, report).ok();
}

}  // namespace halfterm::storage
