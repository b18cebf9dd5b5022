// Whose a key is: the tenant that its row is distributed by.
//
// keys.h puts the handle T4 behind a tag, or first, in every key but those of no school. Any bytes
// are a key to an engine, so one that is too short to name a tenant belongs to tenant 0 as well; a
// key's tenant follows from its first five bytes alone, which is what lets a walk within one prefix
// of keys.h go to one tenant.

#ifndef HALFTERM_STORAGE_POSTGRES_TENANT_OF_H_
#define HALFTERM_STORAGE_POSTGRES_TENANT_OF_H_
#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "storage/engine.h"

namespace halfterm::storage::postgres {

constexpr uint32_t kNoTenant = 0;

uint32_t TenantOf(Family family, absl::string_view key);

// The tenant of every key with begin <= key < end (an empty `end` is no bound); nothing where they
// may be several.
std::optional<uint32_t> OneTenantWithin(Family family, absl::string_view begin,
                                        absl::string_view end);

}  // namespace halfterm::storage::postgres

#endif  // HALFTERM_STORAGE_POSTGRES_TENANT_OF_H_
