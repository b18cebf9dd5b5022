// A walk over rows of one tenant and one family, a page at a time.

#ifndef HALFTERM_STORAGE_POSTGRES_TENANT_WALK_H_
#define HALFTERM_STORAGE_POSTGRES_TENANT_WALK_H_
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "storage/postgres/connection.h"

namespace halfterm::storage::postgres {

// For one thread at a time; must not outlive its connection.
class TenantWalk {
 public:
  // Rows with begin <= key < end; an empty `end` is no bound. Stands nowhere until Seek.
  TenantWalk(Connection& connection, uint32_t tenant, int16_t family, absl::string_view begin,
             absl::string_view end);

  // To the first row at or after `key`.
  void Seek(absl::string_view key);
  bool Valid() const { return row_ < rows_; }
  // The three ask for Valid(). Views last until the next Seek or Next.
  void Next();
  absl::string_view key() const { return page_->Text(row_, 0); }
  absl::string_view value() const { return page_->Text(row_, 1); }

  const absl::Status& status() const { return status_; }

 private:
  void Load(absl::string_view from);

  Connection* connection_;
  std::string tenant_, family_;  // As parameters.
  std::string begin_, end_;
  bool is_empty_ = false;  // No key lies within the bounds.
  std::optional<Result> page_;
  int rows_ = 0, row_ = 0;
  int64_t page_rows_ = 0;  // How many were asked for: a page with fewer is the last.
  absl::Status status_;
};

}  // namespace halfterm::storage::postgres

#endif  // HALFTERM_STORAGE_POSTGRES_TENANT_WALK_H_
