// Readers whose scopes and interests grow and shrink, who lose chunks and go back to older backups,
// always end with exactly what they may hold, and are never given anything else. By chance, on a
// real store; and the same with rules left out, to see that it would be noticed.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>

#include "absl/strings/str_cat.h"
#include "storage/pull/puller.h"
#include "storage/rocks/rocks_engine.h"
#include "sync/core/limits.h"
#include "tests/support/chance.h"
#include "tests/support/fake_clock.h"
#include "tests/support/filed_school.h"
#include "tests/support/pulling_reader.h"
#include "tests/support/seed.h"
#include "tests/support/temporary_directory.h"

namespace halfterm::storage {
namespace {

using core::FacetId;
using core::Id16;
using core::Scope;
using testing::FiledFacet;
using testing::FiledRecord;
using testing::FiledSchool;
using testing::IdOf;
using testing::PullingReader;
using testing::ScopeSet;

constexpr int kReaders = 3;
constexpr int kDepartments = 4;
constexpr uint16_t kHalfTerms[] = {209, 210, 211};
constexpr uint16_t kPeriods[] = {0, 0, 209, 210, 211};

Id16 Reader(int i) { return IdOf('p', static_cast<uint64_t>(i)); }
Id16 Department(int i) { return IdOf('d', static_cast<uint64_t>(i)); }
const Id16 kSite = IdOf('s', 1);

disk::EpochsRow FirstEpoch() {
  disk::EpochsRow row;
  row.add_epochs()->set_id(1);
  return row;
}

// What is left out, to see that the test would notice.
struct Faults {
  FiledSchool::Faults filing;
  bool ignores_scope_drops = false;
};

// One school, a few readers and what happens to them, from one seed. Step() and Finish() say what
// went wrong, or nothing.
class Simulation {
 public:
  Simulation(Engine& engine, uint32_t tenant, uint64_t seed, const Faults& faults)
      : chance_(seed),
        school_(engine, Tenant(tenant), faults.filing),
        secrets_("a key"),
        epochs_(FirstEpoch()),
        puller_(engine, directories_, epochs_, secrets_, clock_) {
    for (Tablet& tablet : tablets_) {
      tablet.reader.ignores_scope_drops = faults.ignores_scope_drops;
      tablet.backups.push_back(tablet.reader);
      tablet.periods = {209, 210};
    }
    // Some readers have more scopes than a cursor can list.
    many_scopes_ = chance_.Percent(15);
    PutDirectory();
  }

  std::string Step() {
    const int what = chance_.Number(0, 99);
    if (what < 40) {
      ChangeRecords();
    } else if (what < 50) {
      ChangeGrants();
    } else if (what < 55) {
      ChangeInterest(tablets_[chance_.Index(kReaders)]);
    } else if (what < 62) {
      GoBack(tablets_[chance_.Index(kReaders)]);
    } else {
      const size_t i = chance_.Index(kReaders);
      return Pull(static_cast<int>(i), chance_.Number(1, 6));
    }
    return "";
  }

  // Everybody reads to the end, and a tablet that was never there before.
  std::string Finish() {
    for (int i = 0; i < kReaders; ++i) {
      std::string wrong = Pull(i, 100000);
      if (!wrong.empty()) return absl::StrCat("reader ", i, ": ", wrong);
      PullingReader fresh;
      fresh.ignores_scope_drops = tablets_[static_cast<size_t>(i)].reader.ignores_scope_drops;
      std::swap(fresh, tablets_[static_cast<size_t>(i)].reader);
      wrong = Pull(i, 100000);
      if (!wrong.empty()) return absl::StrCat("fresh reader ", i, ": ", wrong);
    }
    return "";
  }

  size_t chunks() const { return chunks_; }

 private:
  struct Tablet {
    PullingReader reader;
    std::vector<PullingReader> backups;
    std::vector<uint16_t> periods;
    std::set<int> departments;  // That the person heads.
    bool leads_school = false;
  };

  void PutDirectory() {
    sync::Directory::Content content;
    v1::Org& site = content.orgs.emplace_back();
    site.set_id(std::string(kSite.view()));
    site.set_kind(v1::ORG_KIND_SITE);
    for (int i = 0; i < kReaders; ++i) {
      v1::Person& person = content.people.emplace_back();
      person.set_id(std::string(Reader(i).view()));
      person.set_type(v1::PERSON_TYPE_STAFF);
      const Tablet& tablet = tablets_[static_cast<size_t>(i)];
      std::set<Id16> headed;
      for (const int department : tablet.departments) {
        headed.insert(Department(department));
        for (int more = 1; many_scopes_ && more < 9; ++more) {
          headed.insert(Department(department + 100 * more));
        }
      }
      for (const Id16& department : headed) Grant(content, i, v1::ROLE_HOD, department);
      if (tablet.leads_school) Grant(content, i, v1::ROLE_SLT, kSite);
    }
    directories_.Put(school_.tenant(), "school",
                     std::make_shared<const sync::Directory>(std::move(content)));
  }

  static void Grant(sync::Directory::Content& content, int reader, v1::Role role, const Id16& org) {
    v1::RoleGrant& grant = content.grants.emplace_back();
    grant.set_id(std::string(IdOf('g', content.grants.size()).view()));
    grant.set_person(std::string(Reader(reader).view()));
    grant.set_role(role);
    grant.set_org(std::string(org.view()));
    grant.set_state(v1::GRANT_STATE_LIVE);
  }

  ScopeSet SomeScopes() {
    ScopeSet scopes;
    for (int i = 0; i < kReaders; ++i) {
      if (chance_.Percent(30)) scopes.insert(core::PersonScope(Reader(i)));
    }
    for (int i = 0; i < kDepartments; ++i) {
      if (chance_.Percent(25))
        scopes.insert(core::DepartmentScope(Department(i + (chance_.Percent(10) ? 100 : 0))));
    }
    if (chance_.Percent(30)) scopes.insert(core::SchoolScope(kSite));
    if (chance_.Percent(10)) scopes.insert(core::StaffScope());
    return scopes;
  }

  void ChangeRecords() {
    for (int events = chance_.Number(1, 4); events > 0; --events) {
      school_.Begin();
      // An event of the server may move many records under one number.
      for (int records = chance_.Percent(15) ? chance_.Number(2, 8) : 1; records > 0; --records)
        ChangeRecord();
      school_.File();
    }
    is_committed_ = false;
  }

  void ChangeRecord() {
    const Id16 id = IdOf('r', static_cast<uint64_t>(chance_.Number(1, 12)));
    const auto found = school_.records().find(id);
    if (found != school_.records().end() && found->second.erased) return;
    const FacetId facet{id, static_cast<uint8_t>(chance_.Number(1, 4)), Id16{}};
    const bool is_there =
        found != school_.records().end() && found->second.facets.count(facet) != 0;
    const int what = chance_.Number(0, 99);
    if (!is_there || what < 35) {
      std::string bytes(static_cast<size_t>(chance_.Number(1, 600)),
                        static_cast<char>(chance_.Number(1, 255)));
      school_.Write(facet, bytes + std::to_string(chance_.Seed()));
      if (!is_there) school_.SetScopes(facet, SomeScopes());
    } else if (what < 65) {
      school_.SetScopes(facet, SomeScopes());
    } else if (what < 72) {
      for (uint8_t each = 1; each <= 4; ++each) {
        const FacetId other{id, each, Id16{}};
        if (found->second.facets.count(other) != 0) school_.SetScopes(other, {});
      }
    } else if (what < 97) {
      school_.SetPeriod(id, kPeriods[chance_.Index(std::size(kPeriods))]);
    } else {
      school_.Erase(id);
    }
  }

  void ChangeGrants() {
    Tablet& tablet = tablets_[chance_.Index(kReaders)];
    for (int changes = chance_.Number(1, 3); changes > 0; --changes) {
      if (chance_.Percent(25)) {
        tablet.leads_school = !tablet.leads_school;
      } else {
        const int department = chance_.Number(0, kDepartments - 1);
        if (tablet.departments.erase(department) == 0) tablet.departments.insert(department);
      }
    }
    PutDirectory();
  }

  void ChangeInterest(Tablet& tablet) {
    tablet.periods.clear();
    for (const uint16_t period : kHalfTerms) {
      if (chance_.Percent(60)) tablet.periods.push_back(period);
    }
    if (tablet.periods.empty()) tablet.periods.push_back(1);
  }

  // The tablet is as it was at some earlier moment: an old backup, or chunks that never arrived.
  void GoBack(Tablet& tablet) {
    const size_t to = chance_.Index(tablet.backups.size());
    tablet.reader = tablet.backups[to];
    tablet.backups.resize(to + 1);
  }

  Caller CallerOf(int reader) const { return {school_.tenant(), {}, Reader(reader), {}}; }

  ScopeSet LiveScopes(int reader) const {
    const auto scopes = directories_.Of(school_.tenant())->ScopesOf(Reader(reader));
    return {scopes.begin(), scopes.end()};
  }

  std::string Pull(int i, int max_chunks) {
    // Only now, because an fsync is what the test waits for most.
    if (!is_committed_) school_.Commit();
    is_committed_ = true;
    Tablet& tablet = tablets_[static_cast<size_t>(i)];
    for (int chunk = 0; chunk < max_chunks; ++chunk) {
      v1::PullRequest request;
      request.set_cursor(tablet.reader.cursor);
      request.set_max_bytes(
          static_cast<uint32_t>(chance_.Percent(50) ? chance_.Number(1, 3000) : 0));
      for (const uint16_t period : tablet.periods) request.mutable_interest()->add_periods(period);
      const absl::StatusOr<v1::PullReply> reply = puller_.Next(CallerOf(i), request);
      if (!reply.ok()) return reply.status().ToString();
      ++chunks_;
      std::string wrong = WhatMayNotLeave(*reply, LiveScopes(i));
      if (!wrong.empty()) return wrong;
      if (reply->cursor().size() > core::kMaxCursorBytes) return "a cursor is too long";
      if (chance_.Percent(10) && max_chunks < 1000) continue;  // The reply is lost.
      wrong = tablet.reader.Apply(*reply);
      if (!wrong.empty()) return wrong;
      tablet.backups.push_back(tablet.reader);
      if (reply->has_end()) return WhatDiffers(tablet, LiveScopes(i));
    }
    return "";
  }

  // Nothing leaves but facets of the reader's scopes, and names of records that these held once.
  std::string WhatMayNotLeave(const v1::PullReply& reply, const ScopeSet& live) const {
    for (const v1::Item& item : reply.items()) {
      const FiledRecord& record = school_.records().at(*Id16::FromBytes(item.record()));
      const bool was_held = std::any_of(live.begin(), live.end(), [&](const Scope& scope) {
        return record.places.count(scope) != 0;
      });
      if (!was_held) return "a record is named that the reader never could read";
      for (const v1::Held& held : item.held()) {
        const FiledFacet& facet = record.facets.at(*FacetId::Parse(held.facet()));
        for (const v1::ScopeId& id : held.held_by()) {
          const Scope scope{static_cast<uint8_t>(id.type()), *Id16::FromBytes(id.id())};
          if (live.count(scope) == 0) return "a scope is named that is not the reader's";
          if (facet.scopes.count(scope) == 0) return "a facet is sent that the reader may not hold";
        }
        if (!held.state().empty() && held.state() != facet.bytes) return "a facet is sent wrong";
      }
    }
    return "";
  }

  // Compares what the tablet holds with what the school's records say.
  std::string WhatDiffers(const Tablet& tablet, const ScopeSet& live) const {
    size_t expected = 0;
    for (const auto& [id, record] : school_.records()) {
      const bool in_interest =
          record.period == 0 ||
          std::count(tablet.periods.begin(), tablet.periods.end(), record.period) != 0;
      if (!in_interest) continue;
      for (const auto& [facet_id, facet] : record.facets) {
        ScopeSet held_by;
        std::set_intersection(facet.scopes.begin(), facet.scopes.end(), live.begin(), live.end(),
                              std::inserter(held_by, held_by.end()));
        if (held_by.empty()) continue;
        ++expected;
        const auto held_record = tablet.reader.records.find(id);
        if (held_record == tablet.reader.records.end()) return "a record is missing";
        const auto held = held_record->second.facets.find(facet_id);
        if (held == held_record->second.facets.end()) return "a facet is missing";
        if (held->second.bytes != facet.bytes) return "a facet is not the newest";
        if (held->second.held_by != held_by) return "a facet is held by other scopes";
      }
    }
    size_t held = 0;
    for (const auto& [id, record] : tablet.reader.records) held += record.facets.size();
    return held == expected ? "" : "something is held that should have gone";
  }

  testing::Chance chance_;
  FiledSchool school_;
  Directories directories_;
  Secrets secrets_;
  Epochs epochs_;
  testing::FakeClock clock_;
  Puller puller_;
  std::array<Tablet, kReaders> tablets_;
  bool many_scopes_ = false;
  bool is_committed_ = true;
  size_t chunks_ = 0;
};

class PullPropertyTest : public ::testing::Test {
 protected:
  PullPropertyTest() {
    RocksEngineOptions options;
    options.directory = directory_.path() + "/store";
    options.low_space_bytes = 0;
    engine_ = *OpenRocksEngine(options);
  }

  // What goes wrong first in one run from `seed`; nothing if all is well.
  std::string TrySeed(uint64_t seed, const Faults& faults) {
    Simulation run(*engine_, ++tenant_, seed, faults);
    std::string wrong;
    for (int step = 0; step < 60 && wrong.empty(); ++step) {
      wrong = run.Step();
      if (!wrong.empty()) return absl::StrCat("step ", step, ": ", wrong);
    }
    wrong = run.Finish();
    chunks_ += run.chunks();
    return wrong;
  }

  // The number of runs after which something was noticed; 0 where it never was.
  int NoticedAfter(const Faults& faults, int runs) {
    for (int run = 1; run <= runs; ++run) {
      if (!TrySeed(testing::TestSeed() + static_cast<uint64_t>(run), faults).empty()) return run;
    }
    return 0;
  }

  testing::TemporaryDirectory directory_;
  std::unique_ptr<Engine> engine_;
  uint32_t tenant_ = 0;
  size_t chunks_ = 0;
};

TEST_F(PullPropertyTest, EveryReaderEndsWithExactlyWhatItMayHold) {
  constexpr uint64_t kSeeds = 300;
  for (uint64_t i = 0; i < kSeeds; ++i) {
    const uint64_t seed = testing::TestSeed() + i;
    ASSERT_EQ(TrySeed(seed, {}), "") << "HALFTERM_SEED=" << seed;
  }
  std::printf("%llu schools, %zu chunks\n", static_cast<unsigned long long>(kSeeds), chunks_);
}

TEST_F(PullPropertyTest, ItWouldNoticeARecordThatLeavesWithoutATrace) {
  Faults faults;
  faults.filing.no_left = true;
  EXPECT_GT(NoticedAfter(faults, 100), 0);
}

TEST_F(PullPropertyTest, ItWouldNoticeAScopeThatIsNotDropped) {
  Faults faults;
  faults.ignores_scope_drops = true;
  EXPECT_GT(NoticedAfter(faults, 100), 0);
}

TEST_F(PullPropertyTest, ItWouldNoticeAPeriodThatChangesWithoutItsAudience) {
  Faults faults;
  faults.filing.no_refiling_period = true;
  EXPECT_GT(NoticedAfter(faults, 300), 0);
}

}  // namespace
}  // namespace halfterm::storage
