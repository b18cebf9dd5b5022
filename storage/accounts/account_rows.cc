#include "storage/accounts/account_rows.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace halfterm::storage {
namespace {

constexpr absl::string_view kTitles[] = {"mr", "mrs", "ms", "miss", "mx", "dr", "sir", "rev"};

absl::Status Damaged() { return absl::DataLossError("an account's row cannot be read"); }

template <class Row>
absl::StatusOr<Row> RowAt(const ReadRow& read, const std::string& key) {
  const absl::StatusOr<std::string> bytes = read(key);
  if (!bytes.ok()) return bytes.status();
  Row row;
  if (!row.ParseFromString(*bytes)) return Damaged();
  return row;
}

template <class Row>
absl::StatusOr<Row> RowOrEmpty(const ReadRow& read, const std::string& key) {
  absl::StatusOr<Row> row = RowAt<Row>(read, key);
  if (absl::IsNotFound(row.status())) return Row();
  return row;
}

absl::StatusOr<core::Id16> IdAt(const ReadRow& read, const std::string& key) {
  const absl::StatusOr<std::string> bytes = read(key);
  if (!bytes.ok()) return bytes.status();
  const auto id = core::Id16::FromBytes(*bytes);
  if (!id) return Damaged();
  return *id;
}

}  // namespace

ReadRow FromEngine(const Engine& engine) {
  return [&engine](const std::string& key) { return engine.Get(Family::kState, key); };
}

ReadRow FromBatch(Batch& batch) {
  return [&batch](const std::string& key) { return batch.Get(Family::kState, key); };
}

absl::StatusOr<disk::CredentialRow> CredentialOf(const ReadRow& read, Tenant tenant,
                                                 const core::Id16& person) {
  return RowOrEmpty<disk::CredentialRow>(read, CredentialKey(tenant, person));
}

absl::StatusOr<disk::ProviderRow> ProviderOf(const ReadRow& read, Tenant tenant) {
  return RowOrEmpty<disk::ProviderRow>(read, ProviderKey(tenant));
}

absl::StatusOr<disk::DeviceRow> TabletOf(const ReadRow& read, Tenant tenant,
                                         const core::Id16& device) {
  return RowAt<disk::DeviceRow>(read, DeviceKey(tenant, device));
}

absl::StatusOr<core::Id16> PersonNamed(const ReadRow& read, Tenant tenant,
                                       absl::string_view sign_in_name) {
  return IdAt(read, SignInNameKey(tenant, NormalName(sign_in_name)));
}

absl::StatusOr<core::Id16> PersonOfSubject(const ReadRow& read, Tenant tenant,
                                           absl::string_view issuer, absl::string_view subject) {
  return IdAt(read, SubjectKeyOf(tenant, issuer, subject));
}

std::string NormalName(absl::string_view sign_in_name) {
  return absl::AsciiStrToLower(absl::StripAsciiWhitespace(sign_in_name));
}

std::string NameFrom(absl::string_view display_name) {
  std::string name;
  for (const absl::string_view word : absl::StrSplit(display_name, absl::ByAnyChar(" \t-"))) {
    std::string letters;
    for (const char letter : word) {
      if (absl::ascii_isalnum(static_cast<unsigned char>(letter))) {
        letters.push_back(absl::ascii_tolower(static_cast<unsigned char>(letter)));
      }
    }
    bool is_title = letters.empty();
    for (const absl::string_view title : kTitles) is_title = is_title || letters == title;
    if (!is_title) absl::StrAppend(&name, name.empty() ? "" : ".", letters);
  }
  if (name.size() > 56) name.resize(56);  // Room for a number after it.
  return name.empty() ? "person" : name;
}

bool MaySignIn(const sync::Directory& directory, const disk::CredentialRow& credential,
               const core::Id16& person) {
  const v1::Person* const found = directory.Person(person);
  return found != nullptr && found->state() != v1::GRANT_STATE_ENDED && credential.ended_ms() == 0;
}

v1::InvitedPerson InvitedPersonOf(const sync::Directory& directory,
                                  const disk::CredentialRow& credential, const core::Id16& person) {
  v1::InvitedPerson invited;
  invited.set_person(std::string(person.view()));
  if (const v1::Person* const found = directory.Person(person)) {
    invited.set_display_name(found->display_name());
  }
  invited.set_sign_in_name(credential.sign_in_name());
  invited.set_has_passphrase(!credential.passphrase_hash().empty());
  return invited;
}

absl::StatusOr<SchoolName> NameOfSchool(Batch& batch, Tenant tenant) {
  SchoolName names;
  names.handle = batch.context().directories.NameOf(tenant);
  const absl::StatusOr<std::string> bytes = batch.Get(Family::kMeta, TenantKey(names.handle));
  if (!bytes.ok()) return bytes.status();
  disk::TenantRow row;
  if (!row.ParseFromString(*bytes)) return Damaged();
  names.display_name = row.display_name().empty() ? names.handle : row.display_name();
  return names;
}

std::string ZoneNameFor(const sync::Directory& directory, const core::Id16& person) {
  core::Id16 org = directory.FirstDepartmentOf(person);
  if (org.IsZero() && !directory.content().orgs.empty()) {
    org = core::Id16::FromBytes(directory.content().orgs[0].id()).value_or(org);
  }
  return directory.ZoneOf(directory.SiteOf(org)).name();
}

}  // namespace halfterm::storage
