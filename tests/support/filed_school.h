// A school whose rows a test writes itself: facets under scopes of its choosing, filed as the
// committer files them, without groups and rules.
//
// It knows what is right by itself, from a plain map of records; the rows in the engine follow.

#ifndef HALFTERM_TESTS_SUPPORT_FILED_SCHOOL_H_
#define HALFTERM_TESTS_SUPPORT_FILED_SCHOOL_H_
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "halfterm/disk/rows.pb.h"
#include "storage/engine.h"
#include "storage/feed_row.h"
#include "storage/keys.h"
#include "sync/core/scope.h"
#include "sync/core/types.h"

namespace halfterm::testing {

using ScopeSet = std::set<core::Scope>;

struct FiledFacet {
  std::string bytes;
  ScopeSet scopes;
  uint64_t seq = 0;
  uint64_t audience_seq = 0;
  core::Digest32 digest;
};

struct FiledRecord {
  std::map<core::FacetId, FiledFacet> facets;
  uint16_t period = 0;
  bool erased = false;
  // Where its feed rows stand.
  struct Place {
    storage::FeedKind kind;
    uint64_t seq;
    uint32_t count;
    core::Digest32 digest;
  };
  std::map<core::Scope, Place> places;
};

class FiledSchool {
 public:
  // What the filing leaves out, for tests of the tests.
  struct Faults {
    bool no_left = false;             // A record that leaves a scope leaves no row.
    bool no_refiling_period = false;  // A change of period does not count as one of the audience.
  };

  FiledSchool(storage::Engine& engine, storage::Tenant tenant, Faults faults);
  FiledSchool(storage::Engine& engine, storage::Tenant tenant)
      : FiledSchool(engine, tenant, Faults()) {}

  storage::Tenant tenant() const { return tenant_; }
  uint64_t head_seq() const { return head_seq_; }
  const std::map<core::Id16, FiledRecord>& records() const { return records_; }

  // One event of the school: everything between Begin and File has one number. The record is made
  // when there is none.
  void Begin() { ++head_seq_; }
  void Write(const core::FacetId& facet, std::string bytes);
  void SetScopes(const core::FacetId& facet, ScopeSet scopes);
  void SetPeriod(const core::Id16& record, uint16_t period);
  void Erase(const core::Id16& record);
  void File();

  // Makes durable all that was filed since the last time.
  void Commit();

 private:
  void FileRecord(const core::Id16& id, FiledRecord& record);
  void AddToDigest(const core::Scope& scope, uint16_t period, int64_t sign,
                   const FiledRecord::Place& place);

  storage::Engine& engine_;
  storage::Tenant tenant_;
  Faults faults_;
  uint64_t head_seq_ = 0;
  std::map<core::Id16, FiledRecord> records_;
  std::map<std::pair<core::Scope, uint16_t>, storage::DigestRow> digests_;
  // Of the event under way: the records, and the period that each had before.
  std::map<core::Id16, uint16_t> touched_;
  storage::WriteSet writes_;
};

core::Id16 IdOf(uint8_t kind, uint64_t number);

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_FILED_SCHOOL_H_
