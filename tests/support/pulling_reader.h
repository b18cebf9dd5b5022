// A tablet that only reads: applies the chunks of a pull by the rules of sync.proto, and says what
// is wrong with one. Bytes that are no facet (a FiledSchool's) stand for their own content.

#ifndef HALFTERM_TESTS_SUPPORT_PULLING_READER_H_
#define HALFTERM_TESTS_SUPPORT_PULLING_READER_H_
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "halfterm/v1/sync.pb.h"
#include "sync/core/scope.h"
#include "sync/core/types.h"

namespace halfterm::testing {

struct HeldFacet {
  core::Digest32 digest;
  std::string bytes;
  std::set<core::Scope> held_by;
};

struct HeldRecord {
  uint16_t period = 0;
  std::map<core::FacetId, HeldFacet> facets;
};

// All that such a tablet keeps. A copy is a backup of it.
struct PullingReader {
  std::string cursor;
  std::map<core::Id16, HeldRecord> records;

  // What it leaves out, for tests of the tests.
  bool ignores_scope_drops = false;

  // Applies one chunk whole. Says what is wrong with it, or nothing.
  std::string Apply(const v1::PullReply& reply);

  // By (scope, period): number and sum of what is held.
  std::map<std::pair<core::Scope, uint16_t>, std::pair<uint64_t, core::Digest32>> Digests() const;

 private:
  std::string ApplyItem(const v1::Item& item);
  void Drop(const core::Scope& scope);
  std::string ApplyEnd(const v1::PullEnd& end);
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_PULLING_READER_H_
