#include "storage/accounts/subject_key.h"

#include <string_view>

#include "sync/core/sha256.h"

namespace halfterm::storage {

std::string SubjectKeyOf(Tenant tenant, absl::string_view issuer, absl::string_view subject) {
  return SubjectKey(tenant, core::Sha256({{issuer.data(), issuer.size()},
                                          std::string_view("\0", 1),
                                          {subject.data(), subject.size()}}));
}

}  // namespace halfterm::storage
