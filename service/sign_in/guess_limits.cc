#include "service/sign_in/guess_limits.h"

#include "absl/strings/str_cat.h"

namespace halfterm::service {
namespace {

absl::string_view BytesOf(const core::Id16& id) { return {id.view().data(), id.view().size()}; }

std::string InSchool(absl::string_view kind, storage::Tenant tenant, absl::string_view what) {
  return absl::StrCat(kind, tenant.handle(), "/", what);
}

}  // namespace

std::vector<Throttle::Bucket> PassphraseBuckets(storage::Tenant tenant, absl::string_view name,
                                                const core::Id16& device, bool known,
                                                absl::string_view address) {
  // The tablet, of fixed width, before the name: no made-up name can reach into another's count.
  std::string account = known ? InSchool("known", tenant, absl::StrCat(BytesOf(device), name))
                              : InSchool("account", tenant, name);
  return {{std::move(account), kTriesOfAccount},
          {InSchool("tablet", tenant, BytesOf(device)), kTriesOfTablet},
          {absl::StrCat("address", address), kTriesOfAddress}};
}

std::vector<Throttle::Bucket> OldPassphraseBuckets(storage::Tenant tenant,
                                                   const core::Id16& person) {
  return {{InSchool("own", tenant, BytesOf(person)), kTriesOfAccount}};
}

std::vector<Throttle::Bucket> EnrolBuckets(bool typed, absl::string_view address) {
  if (!typed) return {{absl::StrCat("secret", address), kSecretsOfAddress}};
  return {{absl::StrCat("code", address), kCodesOfAddress}, {"codes", kCodesOfAll}};
}

std::vector<Throttle::Bucket> InvitationBuckets(storage::Tenant tenant, const core::Id16& device) {
  return {{InSchool("invited", tenant, BytesOf(device)), kCodesOfTablet}, {"codes", kCodesOfAll}};
}

}  // namespace halfterm::service
