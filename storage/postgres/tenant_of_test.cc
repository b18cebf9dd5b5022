// Every key that keys.h builds belongs to the tenant that it was built for, and a walk within one
// of its prefixes to that tenant alone: else a row would lie where nobody looks.

#include "storage/postgres/tenant_of.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "storage/keys.h"
#include "storage/sign_in/sign_in_keys.h"

namespace halfterm::storage::postgres {
namespace {

using Keys = std::vector<std::pair<Family, std::string>>;

core::Id16 Id(uint8_t byte) {
  core::Id16 id{};
  id.bytes.fill(byte);
  return id;
}

Keys KeysOf(Tenant t) {
  core::FacetId facet{};
  core::Scope scope{};
  core::Digest32 digest{};
  return {{Family::kState, FacetKey(t, facet)},
          {Family::kState, ReplicaKey(t, 7)},
          {Family::kState, GrantKey(t, Id(1), Id(2))},
          {Family::kState, SessionKey(t, Id(1))},
          {Family::kState, DeviceKey(t, Id(1))},
          {Family::kState, AccountKey(t, Id(1))},
          {Family::kState, InvitationKey(t, digest)},
          {Family::kState, CredentialKey(t, Id(1))},
          {Family::kState, SignInNameKey(t, "")},
          {Family::kState, SubjectKey(t, digest)},
          {Family::kState, ProviderKey(t)},
          {Family::kState, FrozenKey(t, Id(1), 3)},
          {Family::kState, DirectoryKey(t, 1, "")},
          {Family::kState, ProofKey(t, Id(1), Id(2))},
          {Family::kState, ScopeHistoryKey(t, Id(1))},
          {Family::kState, BegunSignInKey(t, Id(1), digest)},
          {Family::kState, GuessKey(t, digest)},
          {Family::kState, UsedNonceKey(t, 1, "8 bytes.")},
          {Family::kLog, OplogKey(t, 1)},
          {Family::kLog, AuditKey(t, 1)},
          {Family::kFeed, FeedKey(t, scope, 1, Id(1))},
          {Family::kDerived, RecordKey(t, Id(1))},
          {Family::kDerived, RollupKey(t, 1, "")},
          {Family::kDerived, DigestKey(t, scope, 1)},
          {Family::kDerived, ChainKey(t, 1, 1)},
          {Family::kDerived, LateKey(t, Id(1), 1)},
          {Family::kDerived, QuarantineKey(t, 1, 1)},
          {Family::kDerived, ReadEndKey(t, 1, Id(1), Id(2))},
          {Family::kErased, ErasedKey(t, Id(1))},
          {Family::kMeta, HeadKey(t)},
          {Family::kMeta, ContextVersionKey(t)}};
}

Keys PrefixesOf(Tenant t) {
  core::Scope scope{};
  return {{Family::kState, FacetPrefix(t)},
          {Family::kState, FacetPrefix(t, Id(255))},
          {Family::kState, SessionPrefix(t)},
          {Family::kState, DirectoryPrefix(t, 255)},
          {Family::kState, SignInPrefix(t)},
          {Family::kState, BegunSignInPrefix(t, Id(255))},
          {Family::kLog, OplogPrefix(t)},
          {Family::kFeed, FeedPrefix(t)},
          {Family::kFeed, FeedPrefix(t, scope)},
          {Family::kDerived, RecordPrefix(t)},
          {Family::kDerived, RollupPrefix(t, 255)},
          {Family::kErased, ErasedPrefix(t)},
          {Family::kMeta, HeadKey(t)}};
}

TEST(TenantOfTest, EveryKeyOfASchoolIsItsOwn) {
  for (const uint32_t handle : {1u, 255u, 0x01020304u, 0xFF00FF00u, 0xFFFFFFFFu}) {
    for (const auto& [family, key] : KeysOf(Tenant(handle))) {
      EXPECT_EQ(TenantOf(family, key), handle)
          << FamilyName(family) << " row of kind '" << key.front() << "'";
    }
  }
}

TEST(TenantOfTest, RowsOfNoSchoolAreNobodys) {
  EXPECT_EQ(TenantOf(Family::kMeta, TenantKey("northgate")), kNoTenant);
  EXPECT_EQ(TenantOf(Family::kMeta, EpochKey()), kNoTenant);
  EXPECT_EQ(TenantOf(Family::kMeta, GuessKey(core::Digest32{})), kNoTenant);
  for (const Family family : kFamilies) {
    for (const std::string key : {"", "f", "h", "f\1\2\3"}) {
      if (family == Family::kFeed || family == Family::kErased) continue;
      EXPECT_EQ(TenantOf(family, key), kNoTenant);
    }
  }
}

TEST(TenantOfTest, AWalkWithinASchoolGoesToItAlone) {
  for (const uint32_t handle : {1u, 255u, 0x01020304u, 0xFF00FF00u, 0xFFFFFFFFu}) {
    for (const auto& [family, prefix] : PrefixesOf(Tenant(handle))) {
      SCOPED_TRACE(FamilyName(family));
      const std::string end = EndOfPrefix(prefix);
      // Of the last handle of all the feed and the erased have no end.
      if (end.empty()) continue;
      EXPECT_EQ(OneTenantWithin(family, prefix, end), handle);
      EXPECT_EQ(OneTenantWithin(family, prefix + "x", end), handle);
      EXPECT_EQ(OneTenantWithin(family, prefix, {}), std::nullopt);
      // All that follows the last handle in the feed is its own.
      if (family != Family::kFeed || handle != 0xFFFFFFFFu) {
        EXPECT_EQ(OneTenantWithin(family, prefix, "\xFF\xFF"), std::nullopt);
      }
    }
  }
  EXPECT_EQ(OneTenantWithin(Family::kMeta, TenantPrefix(), EndOfPrefix(TenantPrefix())), kNoTenant);
  EXPECT_EQ(OneTenantWithin(Family::kMeta, GuessPrefix(), EndOfPrefix(GuessPrefix())), kNoTenant);
  EXPECT_EQ(OneTenantWithin(Family::kMeta, "g", "i"), std::nullopt);
  EXPECT_EQ(OneTenantWithin(Family::kState, "f", "g"), std::nullopt);
}

}  // namespace
}  // namespace halfterm::storage::postgres
