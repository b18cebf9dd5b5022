#include "service/sign_in/account_limits.h"

#include <cstddef>
#include <initializer_list>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "service/limits.h"
#include "storage/accounts/p256.h"
#include "sync/core/limits.h"

namespace halfterm::service {
namespace {

constexpr size_t kIdBytes = 16, kNonceBytes = 32;
constexpr size_t kMaxSchoolBytes = 63, kMaxLabelBytes = 64, kMaxNameBytes = 128;
constexpr size_t kMaxPassphraseBytes = 1024, kMaxCodeBytes = 32, kMaxUrlBytes = 256;
constexpr size_t kMaxStateBytes = 64, kMaxProviderCodeBytes = 2048, kMaxSubjectBytes = 255;
constexpr size_t kMaxCourierStores = 16, kMaxSealedOverhead = 128;

struct Bound {
  absl::string_view field;
  size_t size, least, most;
};

absl::Status Check(std::initializer_list<Bound> bounds) {
  for (const Bound& bound : bounds) {
    if (bound.size >= bound.least && bound.size <= bound.most) continue;
    const std::string wanted =
        bound.least == bound.most ? absl::StrCat("must have ", bound.most, " bytes")
        : bound.size > bound.most ? absl::StrCat("is longer than ", bound.most)
                                  : "is missing";
    return absl::InvalidArgumentError(absl::StrCat(bound.field, " ", wanted));
  }
  return absl::OkStatus();
}

absl::Status CheckProof(const v1::DeviceProof& proof) {
  return Check({{"proof.device", proof.device().size(), kIdBytes, kIdBytes},
                {"proof.nonce", proof.nonce().size(), kNonceBytes, kNonceBytes},
                {"proof.signature", proof.signature().size(), storage::kSignatureBytes,
                 storage::kSignatureBytes}});
}

absl::Status CheckInvitation(const v1::InvitationKey& invitation) {
  switch (invitation.key_case()) {
    case v1::InvitationKey::kSecret:
      return Check({{"invitation.secret", invitation.secret().size(), kIdBytes, kIdBytes}});
    case v1::InvitationKey::kCode:
      return Check({{"invitation.code", invitation.code().size(), 1, kMaxCodeBytes}});
    default:
      return absl::InvalidArgumentError("invitation is missing");
  }
}

absl::Status CheckHow(const v1::SignInRequest& request) {
  switch (request.how_case()) {
    case v1::SignInRequest::kPassphrase:
      return Check(
          {{"sign_in_name", request.passphrase().sign_in_name().size(), 1, kMaxNameBytes},
           {"passphrase", request.passphrase().passphrase().size(), 1, kMaxPassphraseBytes}});
    case v1::SignInRequest::kInvitation: {
      const absl::Status key = CheckInvitation(request.invitation().invitation());
      if (!key.ok()) return key;
      return Check({{"new_passphrase", request.invitation().new_passphrase().size(), 0,
                     kMaxPassphraseBytes}});
    }
    case v1::SignInRequest::kTicket:
      return Check(
          {{"ticket", request.ticket().ticket().size(), kNonceBytes, kNonceBytes},
           {"new_passphrase", request.ticket().new_passphrase().size(), 0, kMaxPassphraseBytes}});
    default:
      return absl::InvalidArgumentError("how is missing");
  }
}

absl::Status CheckSchool(absl::string_view field, const std::string& school) {
  return Check({{field, school.size(), 1, kMaxSchoolBytes}});
}

// The first that is not OK.
absl::Status First(std::initializer_list<absl::Status> checks) {
  for (const absl::Status& check : checks) {
    if (!check.ok()) return check;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckLimits(const v1::EnrolRequest& request) {
  return First({CheckInvitation(request.invitation()), CheckProof(request.proof()),
                Check({{"school", request.school().size(), 0, kMaxSchoolBytes},
                       {"device_label", request.device_label().size(), 0, kMaxLabelBytes},
                       {"device_key", request.device_key().size(), storage::kPointBytes, 128}})});
}

absl::Status CheckLimits(const v1::SignInRequest& request) {
  return First(
      {CheckSchool("school", request.school()), CheckProof(request.proof()), CheckHow(request)});
}

absl::Status CheckLimits(const v1::BeginProviderSignInRequest& request) {
  absl::Status checked =
      First({CheckSchool("school", request.school()), CheckProof(request.proof())});
  if (!checked.ok()) return checked;
  if (request.link_case() == v1::BeginProviderSignInRequest::kTicket) {
    return Check({{"ticket", request.ticket().size(), kNonceBytes, kNonceBytes}});
  }
  if (request.link_case() == v1::BeginProviderSignInRequest::kInvitation) {
    return CheckInvitation(request.invitation());
  }
  return checked;
}

absl::Status CheckLimits(const v1::FinishProviderSignInRequest& request) {
  return First({CheckSchool("school", request.school()), CheckProof(request.proof()),
                Check({{"state", request.state().size(), 1, kMaxStateBytes},
                       {"code", request.code().size(), 1, kMaxProviderCodeBytes}})});
}

absl::Status CheckLimits(const v1::RenewSessionRequest& request) {
  return CheckProof(request.proof());
}

absl::Status CheckLimits(const v1::SetPassphraseRequest& request) {
  return Check({{"old_passphrase", request.old_passphrase().size(), 1, kMaxPassphraseBytes},
                {"new_passphrase", request.new_passphrase().size(), 1, kMaxPassphraseBytes}});
}

absl::Status CheckLimits(const v1::ListSessionsRequest& request) {
  if (request.person().empty()) return absl::OkStatus();
  return Check({{"person", request.person().size(), kIdBytes, kIdBytes}});
}

absl::Status CheckLimits(const v1::EndSessionRequest& request) {
  return Check({{"session", request.session().size(), kIdBytes, kIdBytes}});
}

absl::Status CheckLimits(const v1::EndTabletRequest& request) {
  return Check({{"device", request.device().size(), kIdBytes, kIdBytes}});
}

absl::Status CheckLimits(const v1::InviteRequest& request) {
  return First({Check({{"sign_in_name", request.sign_in_name().size(), 0, kMaxLabelBytes}}),
                request.person().empty()
                    ? absl::OkStatus()
                    : Check({{"person", request.person().size(), kIdBytes, kIdBytes}})});
}

absl::Status CheckLimits(const v1::CourierRequest& request) {
  absl::Status checked = First(
      {CheckSchool("school", request.school()), CheckProof(request.proof()),
       Check({{"stores", static_cast<size_t>(request.stores_size()), 1, kMaxCourierStores}})});
  size_t groups = 0, bytes = 0;
  for (const v1::SealedStore& store : request.stores()) {
    if (!checked.ok()) return checked;
    groups += static_cast<size_t>(store.groups_size());
    for (const std::string& group : store.groups()) bytes += group.size();
    checked = Check({{"stores.rehomes", static_cast<size_t>(store.rehomes_size()), 0, kMaxRehomes},
                     {"stores.hash_before", store.hash_before().size(), 0, kIdBytes},
                     {"stores.last_hash", store.last_hash().size(), 0, kIdBytes}});
    if (checked.ok() && !store.sealed_by().empty()) {
      checked = Check({{"stores.sealed_by", store.sealed_by().size(), kIdBytes, kIdBytes}});
    }
    if (checked.ok() && store.replica() == 0) {
      checked = absl::InvalidArgumentError("stores.replica is missing");
    }
  }
  if (!checked.ok()) return checked;
  return Check({{"groups", groups, 0, core::kMaxPushGroups},
                {"bytes of groups", bytes, 0,
                 core::kMaxPushBytes + kMaxSealedOverhead * core::kMaxPushGroups}});
}

absl::Status CheckLimits(const v1::AccountsAdminInviteRequest& request) {
  return First({CheckSchool("tenant", request.tenant()), CheckLimits(request.invite())});
}

absl::Status CheckLimits(const v1::SetAccountRequest& request) {
  return First({CheckSchool("tenant", request.tenant()),
                Check({{"person", request.person().size(), kIdBytes, kIdBytes}})});
}

absl::Status CheckLimits(const v1::SetProviderRequest& request) {
  return First({CheckSchool("tenant", request.tenant()),
                Check({{"issuer", request.issuer().size(), 0, kMaxUrlBytes},
                       {"name", request.name().size(), 0, kMaxLabelBytes},
                       {"client_id", request.client_id().size(), 0, kMaxUrlBytes},
                       {"client_secret", request.client_secret().size(), 0, kMaxUrlBytes},
                       {"redirect_uri", request.redirect_uri().size(), 0, kMaxUrlBytes}})});
}

absl::Status CheckLimits(const v1::LinkSubjectRequest& request) {
  return First({CheckSchool("tenant", request.tenant()),
                Check({{"person", request.person().size(), kIdBytes, kIdBytes},
                       {"subject", request.subject().size(), 0, kMaxSubjectBytes}})});
}

absl::Status CheckLimits(const v1::AccountsAdminListRequest& request) {
  return First({CheckSchool("tenant", request.tenant()),
                request.person().empty()
                    ? absl::OkStatus()
                    : Check({{"person", request.person().size(), kIdBytes, kIdBytes}})});
}

absl::Status CheckLimits(const v1::AccountsAdminEndRequest& request) {
  const bool is_session = request.what_case() == v1::AccountsAdminEndRequest::kSession;
  return First({CheckSchool("tenant", request.tenant()),
                Check({{is_session ? "session" : "device",
                        is_session ? request.session().size() : request.device().size(), kIdBytes,
                        kIdBytes}})});
}

}  // namespace halfterm::service
