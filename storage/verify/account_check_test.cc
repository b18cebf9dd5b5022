// Rows of accounts that agree are found right; each is damaged, dropped or bent by itself, and the
// difference names it without a name, a hash or a secret.

#include "storage/verify/account_check.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "halfterm/disk/accounts.pb.h"
#include "halfterm/disk/proofs.pb.h"
#include "storage/accounts/subject_key.h"
#include "storage/scope_bytes.h"
#include "tests/support/memory_engine.h"
#include "tests/support/small_school.h"

namespace halfterm::storage {
namespace {

using core::Id16;
using testing::BytesOf;
using testing::IdNumber;

const Tenant kSchool(3);
const Id16 kHana = IdNumber(1), kTia = IdNumber(2), kTablet = IdNumber(7), kSession = IdNumber(8);
constexpr char kName[] = "hana.owen", kIssuer[] = "https://issuer.example", kSubject[] = "sub-17";
constexpr char kHash[] = "$argon2id$v=19$m=8192,t=1,p=1$c2FsdA$aGFzaA";

class AccountCheckTest : public ::testing::Test {
 protected:
  AccountCheckTest() {
    head_.set_seq(100);
    disk::DeviceRow tablet;
    tablet.set_label("Maths 1");
    Put(DeviceKey(kSchool, kTablet), tablet.SerializeAsString());
    session_.set_tenant(kSchool.handle());
    session_.set_person(BytesOf(kHana));
    session_.set_device(BytesOf(kTablet));
    session_.set_key(std::string(32, 'k'));
    session_.set_token_hash(std::string(32, 'h'));
    Put(SessionKey(kSchool, kSession), session_.SerializeAsString());
    store_.set_tenant(kSchool.handle());
    store_.set_person(BytesOf(kHana));
    store_.set_device(BytesOf(kTablet));
    Put(ReplicaKey(kSchool, 5), store_.SerializeAsString());
    disk::AccountRow account;
    account.set_scopes_version(100);
    Put(AccountKey(kSchool, kHana), account.SerializeAsString());
    invitation_.set_code_digest(std::string(32, 'c'));
    invitation_.set_person(BytesOf(kHana));
    invitation_.set_used_ms(1);
    invitation_.set_used_by(BytesOf(kTablet));
    Put(InvitationKey(kSchool, core::Digest32{}), invitation_.SerializeAsString());
    credential_.set_sign_in_name(kName);
    credential_.set_passphrase_hash(kHash);
    credential_.add_known_devices(BytesOf(kTablet));
    disk::SubjectLink& link = *credential_.add_links();
    link.set_issuer(kIssuer);
    link.set_subject(kSubject);
    Put(CredentialKey(kSchool, kHana), credential_.SerializeAsString());
    Put(SignInNameKey(kSchool, kName), BytesOf(kHana));
    Put(SubjectKeyOf(kSchool, kIssuer, kSubject), BytesOf(kHana));
    disk::ScopeHistoryRow history;
    history.set_held_back(ScopeBytes({core::DepartmentScope(IdNumber(9))}));
    Put(ScopeHistoryKey(kSchool, kHana), history.SerializeAsString());
    disk::ProofRow proof;
    proof.set_scopes(ScopeBytes({core::PersonScope(kHana)}));
    Put(ProofKey(kSchool, kHana, kTablet), proof.SerializeAsString());
  }

  void Put(const std::string& key, const std::string& value) {
    WriteSet writes;
    writes.Put(Family::kState, key, value);
    ASSERT_TRUE(engine_->Commit(writes).ok());
  }
  void Delete(const std::string& key) {
    WriteSet writes;
    writes.Delete(Family::kState, key);
    ASSERT_TRUE(engine_->Commit(writes).ok());
  }
  // In words; empty where all is right.
  std::string Differences() {
    std::string words;
    const std::function<bool(const v1::VerifyReply&)> take =
        [&words](const v1::VerifyReply& reply) {
          words.clear();
          for (const v1::Difference& one : reply.differences()) {
            absl::StrAppend(&words, one.what(), ": ", one.where(), " ", one.detail(), "\n");
          }
          return true;
        };
    Findings findings(take);
    const absl::Status checked = CheckAccounts(*engine_->NewSnapshot(), kSchool, head_, findings);
    EXPECT_TRUE(checked.ok()) << checked;
    findings.Finish();
    return words;
  }

  testing::MemoryDisk disk_;
  std::unique_ptr<Engine> engine_ = testing::OpenMemoryEngine(disk_);
  disk::HeadRow head_;
  disk::SessionRow session_;
  disk::ReplicaRow store_;
  disk::InvitationRow invitation_;
  disk::CredentialRow credential_;
};

TEST_F(AccountCheckTest, RowsThatAgreeAreRight) { EXPECT_EQ(Differences(), ""); }

TEST_F(AccountCheckTest, EachRowThatIsDamagedBentOrMissingIsNamedAndNothingElseIsTold) {
  const auto bent = [](auto row, const std::function<void(decltype(row)&)>& how) {
    how(row);
    return row.SerializeAsString();
  };
  using Bend = std::function<void()>;
  disk::AccountRow ahead;
  ahead.set_scopes_version(101);
  disk::ScopeHistoryRow no_scope, lost_later;
  no_scope.set_held_back("17 bytes it is not");
  lost_later.add_lost()->set_scope(ScopeBytes({core::StaffScope()}));
  lost_later.mutable_lost(0)->set_seq(101);
  const std::string session = SessionKey(kSchool, kSession), store = ReplicaKey(kSchool, 5),
                    credential = CredentialKey(kSchool, kHana),
                    invitation = InvitationKey(kSchool, core::Digest32{});
  const struct {
    const char* what;
    const char* kind;
    Bend bend;
  } cases[] = {
      {"a tablet's row is damaged", "tablet", [&] { Put(DeviceKey(kSchool, kTablet), "\xff"); }},
      {"a tablet is missing", "session", [&] { Delete(DeviceKey(kSchool, kTablet)); }},
      {"a session's row is damaged", "session", [&] { Put(session, "\xff"); }},
      {"a session of another school", "session",
       [&] { Put(session, bent(session_, [](auto& row) { row.set_tenant(4); })); }},
      {"a session of nobody", "session",
       [&] { Put(session, bent(session_, [](auto& row) { row.clear_person(); })); }},
      {"a session without its key", "session",
       [&] { Put(session, bent(session_, [](auto& row) { row.clear_key(); })); }},
      {"a token in clear", "session",
       [&] { Put(session, bent(session_, [](auto& row) { row.set_token_hash("a token"); })); }},
      {"a store of another school", "store",
       [&] { Put(store, bent(store_, [](auto& row) { row.set_tenant(4); })); }},
      {"a store of no tablet", "store",
       [&] { Put(store, bent(store_, [](auto& row) { row.set_device(BytesOf(kTia)); })); }},
      {"scopes of a day to come", "scopes",
       [&] { Put(AccountKey(kSchool, kHana), ahead.SerializeAsString()); }},
      {"an invitation's code in clear", "invitation",
       [&] {
         Put(invitation, bent(invitation_, [](auto& row) { row.set_code_digest("ABCDE"); }));
       }},
      {"an invitation's ticket in clear", "invitation",
       [&] {
         Put(invitation, bent(invitation_, [](auto& row) { row.set_ticket_hash("a token"); }));
       }},
      {"an invitation used by nothing", "invitation",
       [&] { Put(invitation, bent(invitation_, [](auto& row) { row.clear_used_by(); })); }},
      {"a passphrase in clear", "credential",
       [&] {
         Put(credential, bent(credential_, [](auto& row) { row.set_passphrase_hash("heron 7"); }));
       }},
      {"a link's session that is none", "credential",
       [&] {
         Put(credential,
             bent(credential_, [](auto& row) { row.mutable_links(0)->add_sessions("a token"); }));
       }},
      {"a credential's row is damaged", "credential", [&] { Put(credential, "\xff"); }},
      {"a credential is missing", "name", [&] { Delete(credential); }},
      {"a name leads to a colleague", "name",
       [&] { Put(SignInNameKey(kSchool, kName), BytesOf(kTia)); }},
      {"a name leads nowhere", "name", [&] { Delete(SignInNameKey(kSchool, kName)); }},
      {"a name that nobody has", "name",
       [&] { Put(SignInNameKey(kSchool, "tia"), BytesOf(kHana)); }},
      {"two have the same name", "name",
       [&] {
         disk::CredentialRow tia;
         tia.set_sign_in_name(kName);
         Put(CredentialKey(kSchool, kTia), tia.SerializeAsString());
       }},
      {"a provider's account leads to a colleague", "link",
       [&] { Put(SubjectKeyOf(kSchool, kIssuer, kSubject), BytesOf(kTia)); }},
      {"a provider's account leads nowhere", "link",
       [&] { Delete(SubjectKeyOf(kSchool, kIssuer, kSubject)); }},
      {"a provider's account that nobody has", "link",
       [&] { Put(SubjectKeyOf(kSchool, kIssuer, "sub-18"), BytesOf(kHana)); }},
      {"a provider's row is damaged", "provider", [&] { Put(ProviderKey(kSchool), "\xff"); }},
      {"a history that names no scope", "history of scopes",
       [&] { Put(ScopeHistoryKey(kSchool, kHana), no_scope.SerializeAsString()); }},
      {"a scope lost on a day to come", "history of scopes",
       [&] { Put(ScopeHistoryKey(kSchool, kHana), lost_later.SerializeAsString()); }},
      {"a proof of no tablet", "proof",
       [&] { Put(ProofKey(kSchool, kHana, kTia), disk::ProofRow().SerializeAsString()); }},
  };
  const testing::MemoryDisk right = disk_;
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    disk_ = right;
    engine_ = testing::OpenMemoryEngine(disk_);
    c.bend();
    const std::string words = Differences();
    EXPECT_TRUE(absl::StrContains(words, absl::StrCat("account: ", c.kind, " "))) << words;
    for (const char* secret : {kName, kIssuer, kSubject, kHash, "a token", "ABCDE", "heron"}) {
      EXPECT_FALSE(absl::StrContains(words, secret)) << words;
    }
  }
  disk_ = right;
  engine_ = testing::OpenMemoryEngine(disk_);
  EXPECT_EQ(Differences(), "");
}

}  // namespace
}  // namespace halfterm::storage
