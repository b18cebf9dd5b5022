#include "service/sign_in/guess_limits.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace halfterm::service {
namespace {

absl::string_view BytesOf(const core::Id16& id) { return {id.view().data(), id.view().size()}; }

std::string Named(absl::string_view kind, absl::string_view what) {
  return absl::StrCat(kind, "/", what);
}

}  // namespace

storage::GuessBuckets PassphraseBuckets(storage::Tenant tenant, absl::string_view name,
                                        const core::Id16& device, bool known,
                                        absl::string_view address) {
  // The tablet, of fixed width, before the name: no made-up name can reach into another's count.
  std::string account =
      known ? Named("known", absl::StrCat(BytesOf(device), name)) : Named("account", name);
  storage::GuessBuckets buckets = {{tenant, std::move(account), kTriesOfAccount},
                                   {tenant, Named("tablet", BytesOf(device)), kTriesOfTablet}};
  // A whole school has one address: who fills its count must lock nobody out of their own tablet.
  if (!known) buckets.push_back({std::nullopt, Named("address", address), kTriesOfAddress});
  return buckets;
}

storage::GuessBuckets OldPassphraseBuckets(storage::Tenant tenant, const core::Id16& person) {
  return {{tenant, Named("own", BytesOf(person)), kTriesOfAccount}};
}

storage::GuessBuckets CodeBuckets(absl::string_view address) {
  return {{std::nullopt, Named("code", address), kCodesOfAddress},
          {std::nullopt, "codes", kCodesOfAll}};
}

storage::GuessBuckets InvitationBuckets(storage::Tenant tenant, const core::Id16& device,
                                        bool is_typed) {
  storage::GuessBuckets buckets = {{tenant, Named("invited", BytesOf(device)), kCodesOfTablet}};
  if (is_typed) buckets.push_back({std::nullopt, "codes", kCodesOfAll});
  return buckets;
}

std::vector<Throttle::Bucket> SecretBuckets(absl::string_view address) {
  return {{std::string(address), kSecretsOfAddress}};
}

}  // namespace halfterm::service
