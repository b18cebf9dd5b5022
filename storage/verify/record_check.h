// One record against everything that follows from it: its facets from the log, its readers, its
// feed rows and what it adds to the summaries from its facets.

#ifndef HALFTERM_STORAGE_VERIFY_RECORD_CHECK_H_
#define HALFTERM_STORAGE_VERIFY_RECORD_CHECK_H_
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "halfterm/disk/rows.pb.h"
#include "storage/commit/secrets.h"
#include "storage/engine.h"
#include "storage/keys.h"
#include "storage/verify/findings.h"
#include "storage/verify/rejoin.h"
#include "storage/verify/sums.h"
#include "sync/core/facet.h"
#include "sync/directory.h"
#include "sync/record.h"

namespace halfterm::storage {

// A record's rows as they are stored.
struct StoredRecord {
  core::Id16 id;
  std::vector<std::pair<core::FacetId, std::string>> facets;  // FacetRows, ascending.
  std::optional<std::string> derived;                         // RecordRow.
};

// What is the same for all records of a school.
struct RecordCheckContext {
  const Snapshot& snapshot;
  Tenant tenant;
  const sync::Directory* directory;  // Null where it cannot be read.
  const Secrets* secrets;            // Null: receipts are not looked at.
  disk::HeadRow head;
};

class RecordCheck {
 public:
  RecordCheck(const RecordCheckContext& context, Findings& findings, SchoolSums& sums)
      : context_(context), findings_(findings), sums_(sums) {}

  // `touches` are the record's, ascending. Errors of the engine.
  absl::Status Check(const StoredRecord& record, absl::Span<const Touch> touches);

  // Feed rows that belong to the records checked so far.
  uint64_t feed_rows() const { return feed_rows_; }
  // Reference records so far; each has a row in the directory index, or a difference says so.
  uint64_t references() const { return references_; }
  // By teacher: records with a sheet, and by element the sum of the undisputed levels of all
  // sheets, whatever the visit's phase.
  const std::map<core::Id16, v1::RawSums>& raw_sums() const { return raw_sums_; }

 private:
  struct CheckedFacet {
    core::FacetId id;
    disk::FacetRow row;
    core::Facet facet;
  };

  // False where one cannot be read; what follows from the facets is then not known.
  bool ReadFacets(const StoredRecord& record);
  void CheckFacet(const CheckedFacet& facet);
  absl::Status CheckAgainstLog(const StoredRecord& record, absl::Span<const Touch> touches);
  absl::Status CheckReferences();
  absl::Status CheckDerived(const StoredRecord& record);
  void CheckScopes(const std::map<core::FacetId, std::vector<core::Scope>>& scopes);
  absl::Status CheckPlaces(const core::Id16& id, const disk::RecordRow& row, uint16_t period,
                           const std::map<core::FacetId, std::vector<core::Scope>>& scopes);
  void CheckContributions(const core::Id16& id, const disk::RecordRow& stored,
                          const disk::RecordRow& right);
  void AddRawSums(const sync::RecordView& view, const core::Id16& teacher);
  // Whether the derived rows of the record were made with the directory, and by the definition, as
  // they are now.
  bool IsCurrent(const core::Id16& id) const;

  const RecordCheckContext& context_;
  Findings& findings_;
  SchoolSums& sums_;
  std::vector<CheckedFacet> facets_;  // Of the record under way.
  uint64_t feed_rows_ = 0;
  uint64_t references_ = 0;
  std::map<core::Id16, v1::RawSums> raw_sums_;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_VERIFY_RECORD_CHECK_H_
