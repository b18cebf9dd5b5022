// The outer bounds of the requests about accounts, as check_limits.h has them of the others.
// InvalidArgument names the field.

#ifndef HALFTERM_SERVICE_SIGN_IN_ACCOUNT_LIMITS_H_
#define HALFTERM_SERVICE_SIGN_IN_ACCOUNT_LIMITS_H_
#include "absl/status/status.h"
#include "halfterm/v1/account.pb.h"

namespace halfterm::service {

absl::Status CheckLimits(const v1::EnrolRequest& request);
absl::Status CheckLimits(const v1::SignInRequest& request);
absl::Status CheckLimits(const v1::BeginProviderSignInRequest& request);
absl::Status CheckLimits(const v1::FinishProviderSignInRequest& request);
absl::Status CheckLimits(const v1::RenewSessionRequest& request);
absl::Status CheckLimits(const v1::SetPassphraseRequest& request);
absl::Status CheckLimits(const v1::ListSessionsRequest& request);
absl::Status CheckLimits(const v1::EndSessionRequest& request);
absl::Status CheckLimits(const v1::EndTabletRequest& request);
absl::Status CheckLimits(const v1::InviteRequest& request);
absl::Status CheckLimits(const v1::CourierRequest& request);
absl::Status CheckLimits(const v1::AccountsAdminInviteRequest& request);
absl::Status CheckLimits(const v1::SetAccountRequest& request);
absl::Status CheckLimits(const v1::SetProviderRequest& request);
absl::Status CheckLimits(const v1::LinkSubjectRequest& request);
absl::Status CheckLimits(const v1::AccountsAdminListRequest& request);
absl::Status CheckLimits(const v1::AccountsAdminEndRequest& request);

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_SIGN_IN_ACCOUNT_LIMITS_H_
