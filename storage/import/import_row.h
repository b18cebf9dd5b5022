// One row of an import, and what can be said of it without looking at any other.

#ifndef HALFTERM_STORAGE_IMPORT_IMPORT_ROW_H_
#define HALFTERM_STORAGE_IMPORT_IMPORT_ROW_H_
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "halfterm/v1/directory.pb.h"

namespace halfterm::storage {

// Collects the faults of one row. The strings and the list must outlive it.
class ImportRow {
 public:
  ImportRow(v1::RecordKind kind, int index, const std::string& id, const std::string& sourced_id,
            std::vector<v1::ImportRejection>& rejected)
      : kind_(kind), index_(index), id_(id), sourced_id_(sourced_id), rejected_(rejected) {}

  void Reject(absl::string_view field, absl::string_view reason);
  void Unless(bool holds, absl::string_view field, absl::string_view reason) {
    if (!holds) Reject(field, reason);
  }
  // A name, title or code: shown on one line.
  void Line(const std::string& text, absl::string_view field, size_t max_bytes, bool required);
  void Text(const std::string& text, absl::string_view field, size_t max_bytes);
  // A range of days, 0 for an open end.
  void Days(int32_t from_day, int32_t to_day, absl::string_view field);
  // Only if it is set.
  void Range(bool is_set, uint32_t value, uint32_t min, uint32_t max, absl::string_view field);

 private:
  v1::RecordKind kind_;
  int index_;
  const std::string& id_;
  const std::string& sourced_id_;
  std::vector<v1::ImportRejection>& rejected_;
};

// Bounds and forms of each message, as directory.proto says them; not its id, and nothing that it
// refers to.
void CheckAlone(ImportRow& row, const v1::Org& org);
void CheckAlone(ImportRow& row, const v1::Person& person);
void CheckAlone(ImportRow& row, const v1::RoleGrant& grant);
void CheckAlone(ImportRow& row, const v1::Calendar& calendar);
void CheckAlone(ImportRow& row, const v1::Policy& policy);
void CheckAlone(ImportRow& row, const v1::RubricVersion& rubric);
void CheckAlone(ImportRow& row, const v1::Template& form);
void CheckAlone(ImportRow& row, const v1::CoverageRule& rule);
void CheckAlone(ImportRow& row, const v1::Cycle& cycle);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_IMPORT_IMPORT_ROW_H_
