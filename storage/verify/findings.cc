#include "storage/verify/findings.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace halfterm::storage {
namespace {

constexpr int kDifferencesKept = 100;
constexpr size_t kStepsBetweenTellings = 1024;

std::string Hex(const core::Id16& id) {
  return absl::BytesToHexString({id.view().data(), id.view().size()});
}

}  // namespace

void Findings::Differs(absl::string_view what, std::string where, std::string detail) {
  reply_.set_difference_count(reply_.difference_count() + 1);
  if (reply_.differences_size() >= kDifferencesKept) return;
  v1::Difference& difference = *reply_.add_differences();
  difference.set_what(std::string(what));
  difference.set_where(std::move(where));
  difference.set_detail(std::move(detail));
}

bool Findings::GoOn() {
  if (++steps_ % kStepsBetweenTellings == 0 && !stopped_) stopped_ = !progress_(reply_);
  return !stopped_;
}

void Findings::Finish() {
  reply_.set_done(true);
  progress_(reply_);
}

std::string Named(absl::string_view what, absl::string_view bytes) {
  return absl::StrCat(what, " ", absl::BytesToHexString(bytes));
}

std::string Named(const core::Id16& record) { return absl::StrCat("record ", Hex(record)); }

std::string Named(const core::FacetId& facet) {
  std::string name =
      absl::StrCat("record ", Hex(facet.record), " facet ", static_cast<int>(facet.facet_class));
  if (!facet.sub.IsZero()) absl::StrAppend(&name, " of ", Hex(facet.sub));
  return name;
}

std::string Named(const core::Scope& scope) {
  return absl::StrCat("scope ", static_cast<int>(scope.type), " ", Hex(scope.id));
}

}  // namespace halfterm::storage
