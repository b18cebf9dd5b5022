// Where an account at an OpenID Connect provider names its person.

#ifndef HALFTERM_STORAGE_ACCOUNTS_SUBJECT_KEY_H_
#define HALFTERM_STORAGE_ACCOUNTS_SUBJECT_KEY_H_
#include <string>

#include "absl/strings/string_view.h"
#include "storage/keys.h"

namespace halfterm::storage {

// The issuer takes part, so that the same subject at another issuer is somebody else.
std::string SubjectKeyOf(Tenant tenant, absl::string_view issuer, absl::string_view subject);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ACCOUNTS_SUBJECT_KEY_H_
