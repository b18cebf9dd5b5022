// A school whose rows a test files itself, its heads of department, and the calls by which tablets
// pull from it.

#ifndef HALFTERM_STORAGE_PULL_PULLED_SCHOOL_H_
#define HALFTERM_STORAGE_PULL_PULLED_SCHOOL_H_
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "storage/pull/puller.h"
#include "storage/rocks/rocks_engine.h"
#include "tests/support/fake_clock.h"
#include "tests/support/filed_school.h"
#include "tests/support/temporary_directory.h"

namespace halfterm::storage {

class PullerTest : public ::testing::Test {
 protected:
  using Id16 = core::Id16;
  using FacetId = core::FacetId;
  using ScopeSet = testing::ScopeSet;

  static inline const Id16 kZoe = testing::IdOf('p', 1), kAmy = testing::IdOf('p', 2);
  static inline const Id16 kMaths = testing::IdOf('d', 1), kArt = testing::IdOf('d', 2);
  static inline const Id16 kSite = testing::IdOf('s', 1);
  static constexpr uint16_t kAutumn1 = 209, kAutumn2 = 210;

  static Id16 Record(uint64_t number) { return testing::IdOf('r', number); }
  static FacetId FacetOf(uint64_t record, uint8_t facet_class = 1) {
    return {Record(record), facet_class, Id16{}};
  }
  static std::string Text(const Id16& id) { return std::string(id.view()); }

  PullerTest() {
    RocksEngineOptions options;
    options.directory = directory_.path() + "/store";
    options.low_space_bytes = 0;
    engine_ = *OpenRocksEngine(options);
    school_ = std::make_unique<testing::FiledSchool>(*engine_, Tenant(1));
    PutEpoch(1);
    Heads(kZoe, {kMaths});
  }

  void PutEpoch(uint32_t id) {
    disk::EpochsRow row;
    row.add_epochs()->set_id(id);
    epochs_ = std::make_unique<Epochs>(row);
    puller_ = std::make_unique<Puller>(*engine_, directories_, *epochs_, secrets_, clock_);
  }

  // The person heads exactly these departments, and every other person none.
  void Heads(const Id16& person, const std::vector<Id16>& departments) {
    sync::Directory::Content content;
    v1::Org& site = content.orgs.emplace_back();
    site.set_id(Text(kSite));
    site.set_kind(v1::ORG_KIND_SITE);
    for (const Id16& department : departments) {
      v1::Org& org = content.orgs.emplace_back();
      org.set_id(Text(department));
      org.set_parent(Text(kSite));
      org.set_kind(v1::ORG_KIND_DEPARTMENT);
      v1::RoleGrant& grant = content.grants.emplace_back();
      grant.set_id(Text(testing::IdOf('g', content.grants.size())));
      grant.set_person(Text(person));
      grant.set_role(v1::ROLE_HOD);
      grant.set_org(Text(department));
      grant.set_state(v1::GRANT_STATE_LIVE);
    }
    for (const Id16& id : {kZoe, kAmy}) {
      v1::Person& anybody = content.people.emplace_back();
      anybody.set_id(Text(id));
      anybody.set_type(v1::PERSON_TYPE_STAFF);
    }
    v1::Calendar& calendar = content.calendars.emplace_back();
    calendar.set_id(Text(testing::IdOf('c', 1)));
    calendar.set_org(Text(kSite));
    calendar.set_zone("Europe/London");
    v1::SchoolYear& year = *calendar.add_years();
    year.set_first_year(2026);
    AddHalfTerm(year, 1, 20697, 20749);  // 2026-09-01 to 2026-10-23.
    AddHalfTerm(year, 2, 20759, 20805);  // 2026-11-02 to 2026-12-18.
    for (const Tenant tenant : {Tenant(1), Tenant(2)}) {
      directories_.Put(tenant, tenant == Tenant(1) ? "one" : "two",
                       std::make_shared<const sync::Directory>(content));
    }
  }

  static void AddHalfTerm(v1::SchoolYear& year, uint32_t number, int32_t start, int32_t end) {
    v1::HalfTerm& half_term = *year.add_half_terms();
    half_term.set_number(number);
    half_term.set_start_day(start);
    half_term.set_end_day(end);
  }

  void Put(const FacetId& facet, const std::string& bytes, const ScopeSet& scopes,
           uint16_t period = 0) {
    school_->Begin();
    school_->Write(facet, bytes);
    school_->SetScopes(facet, scopes);
    school_->SetPeriod(facet.record, period);
    school_->File();
    school_->Commit();
  }

  static Caller CallerOf(const Id16& person, Tenant tenant = Tenant(1)) {
    return {tenant, {}, person, {}};
  }

  absl::StatusOr<v1::PullReply> Pull(const Id16& person, const std::string& cursor,
                                     uint32_t max_bytes = 0, std::vector<uint16_t> periods = {}) {
    v1::PullRequest request;
    request.set_cursor(cursor);
    request.set_max_bytes(max_bytes);
    for (const uint16_t period : periods) request.mutable_interest()->add_periods(period);
    return puller_->Next(CallerOf(person), request);
  }

  // Every chunk after the cursor.
  std::vector<v1::PullReply> PullAll(const Id16& person, std::string cursor, uint32_t max_bytes = 0,
                                     std::vector<uint16_t> periods = {}) {
    std::vector<v1::PullReply> replies;
    do {
      const absl::StatusOr<v1::PullReply> reply = Pull(person, cursor, max_bytes, periods);
      EXPECT_TRUE(reply.ok()) << reply.status();
      if (!reply.ok()) break;
      cursor = reply->cursor();
      replies.push_back(*reply);
    } while (replies.back().more());
    return replies;
  }

  static std::vector<Id16> RecordsOf(const std::vector<v1::PullReply>& replies) {
    std::vector<Id16> records;
    for (const v1::PullReply& reply : replies) {
      for (const v1::Item& item : reply.items()) {
        records.push_back(*Id16::FromBytes(item.record()));
      }
    }
    return records;
  }

  const ScopeSet maths_ = {core::DepartmentScope(kMaths)};
  const ScopeSet art_ = {core::DepartmentScope(kArt)};
  testing::TemporaryDirectory directory_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<testing::FiledSchool> school_;
  Directories directories_;
  Secrets secrets_{"a key"};
  testing::FakeClock clock_;
  std::unique_ptr<Epochs> epochs_;
  std::unique_ptr<Puller> puller_;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_PULL_PULLED_SCHOOL_H_
