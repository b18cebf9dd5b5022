// The rows of accounts, read: of the store as it is, or as a batch will leave it.

#ifndef HALFTERM_STORAGE_ACCOUNTS_ACCOUNT_ROWS_H_
#define HALFTERM_STORAGE_ACCOUNTS_ACCOUNT_ROWS_H_
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "halfterm/disk/accounts.pb.h"
#include "halfterm/disk/rows.pb.h"
#include "halfterm/v1/account.pb.h"
#include "storage/accounts/subject_key.h"
#include "storage/commit/batch.h"

namespace halfterm::storage {

// How rows of the `state` family are read. NotFound as Engine's.
using ReadRow = std::function<absl::StatusOr<std::string>(const std::string& key)>;
ReadRow FromEngine(const Engine& engine);
ReadRow FromBatch(Batch& batch);

// An empty row where there is none. DataLoss: it cannot be read.
absl::StatusOr<disk::CredentialRow> CredentialOf(const ReadRow& read, Tenant tenant,
                                                 const core::Id16& person);
absl::StatusOr<disk::ProviderRow> ProviderOf(const ReadRow& read, Tenant tenant);

// NotFound: there is none.
absl::StatusOr<disk::DeviceRow> TabletOf(const ReadRow& read, Tenant tenant,
                                         const core::Id16& device);
absl::StatusOr<core::Id16> PersonNamed(const ReadRow& read, Tenant tenant,
                                       absl::string_view sign_in_name);
absl::StatusOr<core::Id16> PersonOfSubject(const ReadRow& read, Tenant tenant,
                                           absl::string_view issuer, absl::string_view subject);

// As it is looked up: lower case, without spaces around it.
std::string NormalName(absl::string_view sign_in_name);
// From what colleagues call somebody: "Ms Hana Owen" becomes "hana.owen"; "person" where there is
// no letter of ASCII.
std::string NameFrom(absl::string_view display_name);

// Whether somebody of that id is at the school, or will be, and their account has not ended.
bool MaySignIn(const sync::Directory& directory, const disk::CredentialRow& credential,
               const core::Id16& person);

v1::InvitedPerson InvitedPersonOf(const sync::Directory& directory,
                                  const disk::CredentialRow& credential, const core::Id16& person);

// The school's handle and what people call it.
struct SchoolName {
  std::string handle, display_name;
};
absl::StatusOr<SchoolName> NameOfSchool(Batch& batch, Tenant tenant);
std::string ZoneNameFor(const sync::Directory& directory, const core::Id16& person);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_ACCOUNTS_ACCOUNT_ROWS_H_
