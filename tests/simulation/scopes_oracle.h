// What each person may hold, computed from the facets and the directory alone, record by record:
// the answer that feeds, digests, cursors and proofs must come to by their own way.

#ifndef HALFTERM_TESTS_SIMULATION_SCOPES_ORACLE_H_
#define HALFTERM_TESTS_SIMULATION_SCOPES_ORACLE_H_
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "storage/engine.h"
#include "storage/keys.h"
#include "sync/core/facet.h"
#include "sync/core/scope.h"
#include "sync/directory.h"
#include "sync/record.h"
#include "tests/support/pulling_reader.h"

namespace halfterm::testing {

// What the oracle reads of a server.
class FiledBy {
 public:
  virtual ~FiledBy() = default;
  virtual storage::Tenant tenant() const = 0;
  virtual storage::Engine& engine() = 0;
  virtual uint64_t commits() const = 0;
  // The directories by which some record may be filed at this moment, newest last; one when nothing
  // is being filed anew.
  virtual const std::vector<std::shared_ptr<const sync::Directory>>& filed_by() const = 0;
};

class ScopesOracle {
 public:
  explicit ScopesOracle(FiledBy& school) : school_(school) {}

  // Exactly what the person's copy with these periods should be, once everything is filed.
  std::map<core::Id16, HeldRecord> Right(const core::Id16& person,
                                         const std::set<uint16_t>& periods);

  // Whether the person may hold the facet at this moment: by the newest directory, or, while
  // records are being filed anew, by any of those by which some record is still filed. Never by
  // the filing of one and the scopes of another.
  bool MayHold(const core::Id16& person, const core::FacetId& facet);

 private:
  struct Record {
    std::map<core::FacetId, core::Facet> facets;
    std::map<core::FacetId, std::string> bytes;
    sync::RecordView View(const core::Id16& id) const;
  };
  // Reads all facets again where something was committed since.
  const std::map<core::Id16, Record>& Records();

  FiledBy& school_;
  uint64_t read_at_ = 0;
  std::map<core::Id16, Record> records_;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SIMULATION_SCOPES_ORACLE_H_
