#include "storage/postgres/tenant_walk.h"

#include <algorithm>
#include <utility>

#include "storage/postgres/reads.h"

namespace halfterm::storage::postgres {
namespace {

// Many walks want the first row or few; one that goes on wants many.
constexpr int64_t kFirstPage = 16, kLargestPage = 1024, kGrowth = 4;

}  // namespace

TenantWalk::TenantWalk(Connection& connection, uint32_t tenant, int16_t family,
                       absl::string_view begin, absl::string_view end)
    : connection_(&connection),
      tenant_(Int8(tenant)),
      family_(Int2(family)),
      begin_(begin),
      end_(end),
      is_empty_(!end.empty() && end <= begin) {}

void TenantWalk::Seek(absl::string_view key) {
  if (key < begin_) key = begin_;
  if (rows_ > 0 && page_->Text(0, 0) <= key && key <= page_->Text(rows_ - 1, 0)) {
    int low = 0, high = rows_ - 1;
    while (low < high) {
      const int middle = low + (high - low) / 2;
      if (page_->Text(middle, 0) < key) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    row_ = low;
    return;
  }
  page_rows_ = 0;
  Load(std::string(key));
}

void TenantWalk::Next() {
  if (++row_ < rows_ || rows_ < page_rows_) return;
  std::string after(page_->Text(rows_ - 1, 0));
  after.push_back('\0');
  Load(after);
}

void TenantWalk::Load(absl::string_view from) {
  rows_ = row_ = 0;
  if (is_empty_ || !status_.ok() || (!end_.empty() && from >= end_)) return;
  page_rows_ = page_rows_ == 0 ? kFirstPage : std::min(page_rows_ * kGrowth, kLargestPage);
  const std::string most = Int8(page_rows_);
  Call call{Statement::kWalk, {tenant_, family_, from, most}};
  if (!end_.empty()) call = {Statement::kWalkTo, {tenant_, family_, from, end_, most}};
  Answer answer = connection_->Run({}, {&call, 1});
  if (!answer.ok()) {
    status_ = ReadError(answer);
    return;
  }
  page_.emplace(std::move(answer.results.front()));
  rows_ = page_->rows();
}

}  // namespace halfterm::storage::postgres
