// The current Directory of each school, and the people's sessions, kept in memory.
//
// Only the committer replaces them, after the write that changed them is durable; readers take what
// is current and keep it for the length of one call.

#ifndef HALFTERM_STORAGE_DIRECTORY_DIRECTORIES_H_
#define HALFTERM_STORAGE_DIRECTORY_DIRECTORIES_H_
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/caller.h"
#include "storage/engine.h"
#include "storage/keys.h"
#include "sync/directory.h"

namespace halfterm::storage {

// Safe to call from any thread.
class Directories {
 public:
  // Reads every school's reference records and grants. DataLoss names the row that cannot be read.
  absl::Status Load(const Engine& engine);

  // Null for a school that is not there.
  std::shared_ptr<const sync::Directory> Of(Tenant tenant) const;
  std::optional<Tenant> TenantNamed(absl::string_view name) const;
  // All schools, by name. A copy: for what is done for each of them, not for each call.
  std::vector<std::pair<std::string, Tenant>> Tenants() const;
  // At most `most` schools by handle, the first after `last`; from the beginning where there is
  // none.
  std::vector<Tenant> After(std::optional<Tenant> last, size_t most) const;
  size_t Count() const;
  // Empty for a school that is not there.
  std::string NameOf(Tenant tenant) const;
  // The school that began last; nothing where there is none.
  std::optional<Tenant> Last() const;

  // By the committer, after the commit.
  void Put(Tenant tenant, absl::string_view name, std::shared_ptr<const sync::Directory> directory);

 private:
  mutable std::mutex mutex_;
  struct School {
    std::string name;
    std::shared_ptr<const sync::Directory> directory;
  };
  std::map<std::string, Tenant, std::less<>> tenants_;
  std::map<uint32_t, School> schools_;  // By handle.
};

// Reads one school's directory as `snapshot` holds it: the reference records that the directory
// index names, and the grants, each ascending by id. Reads nothing of the school's observations.
// Errors as Load's.
absl::StatusOr<std::shared_ptr<const sync::Directory>> ReadDirectory(const Snapshot& snapshot,
                                                                     Tenant tenant);

// A number that grows with every change of the person's scopes; 0 for somebody who never had any.
absl::StatusOr<uint64_t> ScopesVersionOf(const Snapshot& snapshot, Tenant tenant,
                                         const core::Id16& person);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_DIRECTORY_DIRECTORIES_H_
