#include "storage/accounts/invitations.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "storage/accounts/account_rows.h"
#include "sync/core/sha256.h"

namespace halfterm::storage {
namespace {

constexpr absl::string_view kAlphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
static_assert(kAlphabet.size() == 32);
constexpr size_t kMaxNameBytes = 64;

bool IsName(absl::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' ||
                  c == '_';
         });
}

// A letter for each byte, by its last five bits.
std::string InLetters(std::string_view bytes) {
  std::string letters;
  for (const char byte : bytes) letters.push_back(kAlphabet[static_cast<unsigned char>(byte) % 32]);
  return letters;
}

std::string StartOfCodes(const AccountKeys& keys, Tenant tenant) {
  std::string text(keys.start_of_codes().view());
  absl::StrAppend(&text, tenant.handle());
  return InLetters(core::Sha256(text).view().substr(0, kCodeCharacters - kCodeRandomBytes));
}

// A name that nobody in the school signs in with yet.
absl::StatusOr<std::string> FreeName(Batch& batch, Tenant tenant, const std::string& wanted) {
  const ReadRow read = FromBatch(batch);
  for (int number = 1;; ++number) {
    std::string name = number == 1 ? wanted : absl::StrCat(wanted, number);
    const absl::StatusOr<core::Id16> taken = PersonNamed(read, tenant, name);
    if (absl::IsNotFound(taken.status())) return name;
    if (!taken.ok()) return taken.status();
  }
}

}  // namespace

std::string NormalCode(absl::string_view typed) {
  std::string code;
  for (const char letter : typed) {
    if (letter == ' ' || letter == '-') continue;
    const char upper = absl::ascii_toupper(static_cast<unsigned char>(letter));
    if (kAlphabet.find(upper) == absl::string_view::npos) return "";
    code.push_back(upper);
  }
  return code.size() == kCodeCharacters ? code : "";
}

std::string NewCode(const AccountKeys& keys, Tenant tenant, absl::string_view random) {
  return absl::StrCat(StartOfCodes(keys, tenant), InLetters({random.data(), random.size()}));
}

bool BeginsAsCodesOf(const AccountKeys& keys, Tenant tenant, absl::string_view code) {
  return absl::StartsWith(code, StartOfCodes(keys, tenant));
}

std::string QrText(absl::string_view url, absl::string_view school, absl::string_view secret) {
  std::string text = absl::WebSafeBase64Escape(secret);
  while (!text.empty() && text.back() == '=') text.pop_back();
  return absl::StrCat(url, "#join=", school, ".", text);
}

absl::Status ForEachInvitation(Batch& batch, Tenant tenant, const VisitInvitation& visit) {
  return ForEachInvitation(batch, *batch.context().engine.NewSnapshot(), tenant, visit);
}

absl::Status ForEachInvitation(Batch& batch, const Snapshot& stored, Tenant tenant,
                               const VisitInvitation& visit) {
  const std::string prefix = InvitationPrefix(tenant);
  std::vector<std::string> keys;
  {
    const auto cursor = stored.NewCursor(Family::kState, prefix, EndOfPrefix(prefix));
    for (; cursor->Valid(); cursor->Next()) keys.emplace_back(cursor->key());
    if (!cursor->status().ok()) return cursor->status();
  }
  for (const std::string& key : keys) {
    const absl::StatusOr<std::string> bytes = batch.Get(Family::kState, key);
    if (absl::IsNotFound(bytes.status())) continue;
    if (!bytes.ok()) return bytes.status();
    disk::InvitationRow row;
    if (!row.ParseFromString(*bytes)) {
      return absl::DataLossError("an invitation's row cannot be read");
    }
    visit(key, std::move(row));
  }
  return absl::OkStatus();
}

absl::StatusOr<FoundInvitation> FindInvitation(Batch& batch, const AccountKeys& keys,
                                               const Tenant* tenant, const v1::InvitationKey& key) {
  const absl::Status none = absl::NotFoundError("there is no such invitation");
  std::vector<Tenant> schools;
  if (tenant != nullptr) {
    schools.push_back(*tenant);
  } else {
    for (const auto& [name, school] : batch.context().directories.Tenants()) {
      schools.push_back(school);
    }
  }
  if (key.key_case() == v1::InvitationKey::kSecret) {
    if (key.secret().size() != kSecretBytes) {
      return absl::InvalidArgumentError("invitation.secret must have 16 bytes");
    }
    const core::Digest32 digest = keys.DigestOfSecret(key.secret());
    for (const Tenant school : schools) {
      FoundInvitation found{school, InvitationKey(school, digest), {}};
      const absl::StatusOr<std::string> bytes = batch.Get(Family::kState, found.key);
      if (absl::IsNotFound(bytes.status())) continue;
      if (!bytes.ok()) return bytes.status();
      if (!found.row.ParseFromString(*bytes)) {
        return absl::DataLossError("an invitation's row cannot be read");
      }
      return found;
    }
    return none;
  }
  const std::string code = NormalCode(key.code());
  if (code.empty()) return none;
  const core::Digest32 digest = keys.DigestOfCode(code);
  for (const Tenant school : schools) {
    if (tenant == nullptr && !BeginsAsCodesOf(keys, school, code)) continue;
    std::optional<FoundInvitation> found;
    const absl::Status walked =
        ForEachInvitation(batch, school, [&](const std::string& at, disk::InvitationRow row) {
          if (row.code_digest() == digest.view()) found = {school, at, std::move(row)};
        });
    if (!walked.ok()) return walked;
    if (found) return *std::move(found);
  }
  return none;
}

absl::Status MayUse(const disk::InvitationRow& row, const core::Id16& device, int64_t now_ms) {
  if (row.used_ms() != 0 && row.used_by() != device.view()) {
    return absl::AlreadyExistsError("this invitation was used already");
  }
  if (now_ms >= row.expires_ms()) {
    return absl::FailedPreconditionError("this invitation has ended; ask for a new one");
  }
  return absl::OkStatus();
}

absl::Status EndInvitationsOf(Batch& batch, Tenant tenant, const core::Id16& person) {
  return ForEachInvitation(batch, tenant, [&](const std::string& key, disk::InvitationRow row) {
    if (row.person() != person.view() || row.expires_ms() <= batch.now_ms()) return;
    row.set_expires_ms(batch.now_ms());
    batch.Put(Family::kState, key, row.SerializeAsString());
  });
}

absl::Status Invite(Batch& batch, const AccountKeys& keys, Tenant tenant,
                    const v1::InviteRequest& request, v1::InviteReply& reply) {
  const absl::StatusOr<SchoolName> school = NameOfSchool(batch, tenant);
  if (!school.ok()) return school.status();
  const core::Id16 person = core::Id16::FromBytes(request.person()).value_or(core::Id16{});
  disk::InvitationRow row;
  if (!request.person().empty()) {
    const sync::Directory& directory = batch.DirectoryOf(tenant);
    absl::StatusOr<disk::CredentialRow> credential = CredentialOf(FromBatch(batch), tenant, person);
    if (!credential.ok()) return credential.status();
    if (!MaySignIn(directory, *credential, person)) {
      return absl::NotFoundError("no such person at this school, or the account has ended");
    }
    if (credential->sign_in_name().empty()) {
      const std::string wanted = NormalName(request.sign_in_name());
      if (!wanted.empty() && !IsName(wanted)) {
        return absl::InvalidArgumentError(
            "sign_in_name has letters, digits, dots, hyphens and underscores, at most 64");
      }
      const absl::StatusOr<std::string> name =
          FreeName(batch, tenant,
                   wanted.empty() ? NameFrom(directory.Person(person)->display_name()) : wanted);
      if (!name.ok()) return name.status();
      if (!wanted.empty() && *name != wanted) {
        return absl::AlreadyExistsError("somebody else signs in with that name");
      }
      credential->set_sign_in_name(*name);
    }
    if (absl::Status ended = EndInvitationsOf(batch, tenant, person); !ended.ok()) return ended;
    batch.Put(Family::kState, SignInNameKey(tenant, credential->sign_in_name()),
              std::string(person.view()));
    batch.Put(Family::kState, CredentialKey(tenant, person), credential->SerializeAsString());
    *reply.mutable_person() = InvitedPersonOf(directory, *credential, person);
    row.set_person(request.person());
  }
  reply.set_secret(batch.context().random(kSecretBytes));
  reply.set_code(NewCode(keys, tenant, batch.context().random(kCodeRandomBytes)));
  reply.set_expires_ms(batch.now_ms() + kInvitationMs);
  reply.set_school(school->handle);
  row.set_code_digest(std::string(keys.DigestOfCode(reply.code()).view()));
  row.set_made_ms(batch.now_ms());
  row.set_expires_ms(reply.expires_ms());
  batch.Put(Family::kState, InvitationKey(tenant, keys.DigestOfSecret(reply.secret())),
            row.SerializeAsString());
  return absl::OkStatus();
}

}  // namespace halfterm::storage
