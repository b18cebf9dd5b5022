// A school in which everything that is pushed is accounted for, roles end, and people ask for what
// a right allows them: behind the real committer on a real engine.

#ifndef HALFTERM_STORAGE_COMMIT_ACCOUNTED_SCHOOL_H_
#define HALFTERM_STORAGE_COMMIT_ACCOUNTED_SCHOOL_H_
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "halfterm/v1/observation.pb.h"
#include "storage/commit/read_ends.h"
#include "storage/keeping/keeping_reader.h"
#include "storage/verify/verifier.h"
#include "sync/facts.h"
#include "tests/support/committed_school.h"
#include "tests/support/stored_directory.h"
#include "tests/support/visit_writer.h"

namespace halfterm::testing {

class DispositionTest : public ::testing::Test {
 protected:
  using FacetId = core::FacetId;
  using Id16 = core::Id16;
  using Kind = core::Kind;
  using Path = core::Path;
  using Values = std::vector<std::pair<Path, std::string>>;

  // Of the grants that End() ends.
  static inline const int32_t kLastDay = Day(2026, 9, 15);

  static Values RatingValues(uint16_t element, uint32_t level) {
    const Id16 key = core::NumberKey(element);
    return {{Path::Entry(3, key, 0, Kind::kElem), ""},
            {Path::Entry(3, key, 1, Kind::kReg), Number(level)}};
  }

  static Values StrengthValues(const std::string& words) {
    const Id16 key = IdNumber(77);
    return {{Path::Entry(1, key, 0, Kind::kElem), ""},
            {Path::Entry(1, key, 0, Kind::kPos), "m"},
            {Path::Entry(1, key, 1, Kind::kPara), words}};
  }
  static std::string InWords(const v1::PushResult& result) {
    std::string words = v1::Disposition_Name(result.disposition()).substr(12);
    if (result.reason() != 0) words += " " + v1::Reason_Name(result.reason()).substr(7);
    if (result.outcome() != 0) words += " " + v1::Outcome_Name(result.outcome()).substr(8);
    return words;
  }

  DispositionTest() { StoreDirectory(school); }

  CommittedSchool school;
  SmallSchool& people = school.people;
  Id16 visit = school.NewId();
  uint8_t devices = 0;

  FacetId Facet(core::FacetClass facet_class, const Id16& sub = {}) const {
    return {visit, facet_class, sub};
  }
  PushingTablet Tablet(const Id16& person) { return school.Tablet(person, ++devices); }
  Values PlanValues(v1::VisitKind kind, const Id16& teacher, const Id16& second = {}) const {
    Values values = {{Path::Field(2, Kind::kReg), Number(kind)},
                     {Path::Field(3, Kind::kReg), BytesOf(teacher)},
                     {Path::Field(4, Kind::kReg), BytesOf(people.maths)},
                     {Path::Field(8, Kind::kReg), Signed(At(2026, 9, 14))},
                     {Path::Field(16, Kind::kReg), BytesOf(people.rubric_a)}};
    if (!second.IsZero()) {
      values.emplace_back(Path::Entry(6, people.sara, 0, Kind::kElem), "");
      values.emplace_back(Path::Entry(6, second, 0, Kind::kElem), "");
    }
    return values;
  }
  // The grants of that person and role have ended on kLastDay.
  void End(const Id16& person, v1::Role role) {
    for (v1::RoleGrant& grant : people.content.grants) {
      if (grant.person() != BytesOf(person) || grant.role() != role) continue;
      grant.set_state(v1::GRANT_STATE_ENDED);
      grant.set_to_day(kLastDay);
    }
    StoreDirectory(school, /*rederive=*/true);
  }
  v1::PushResult Only(PushingTablet& tablet) {
    const auto reply = tablet.Push();
    EXPECT_TRUE(reply.ok()) << reply.status();
    if (!reply.ok() || reply->results_size() != 1) return {};
    return reply->results(0);
  }
  std::vector<std::string> PushAll(PushingTablet& tablet) {
    const auto reply = tablet.Push();
    EXPECT_TRUE(reply.ok()) << reply.status();
    std::vector<std::string> words;
    if (!reply.ok()) return words;
    for (const v1::PushResult& result : reply->results()) words.push_back(InWords(result));
    return words;
  }
  v1::PushResult Intend(PushingTablet& tablet, const v1::Intent& intent,
                        core::FacetClass facet_class = core::kPlan, const Id16& sub = {}) {
    tablet.Intend(Facet(facet_class, sub), intent);
    return Only(tablet);
  }
  v1::PushResult Release(PushingTablet& tablet, uint64_t seq) {
    v1::Intent intent;
    intent.mutable_release()->set_seq(seq);
    return Intend(tablet, intent);
  }
  v1::PushResult Submit(PushingTablet& tablet) {
    v1::Intent intent;
    intent.mutable_submit();
    return Intend(tablet, intent, core::kSheet, tablet.person());
  }
  v1::PushResult Share(PushingTablet& tablet, uint32_t round) {
    v1::Intent intent;
    intent.mutable_share()->set_round(round);
    return Intend(tablet, intent);
  }
  // A rated visit to Tia with a strength, shared for the first time.
  void WriteShared(PushingTablet& lead) {
    lead.Write(Facet(core::kPlan), {}, PlanValues(v1::VISIT_KIND_DEPT, people.tia));
    lead.Write(Facet(core::kSheet, lead.person()), {}, RatingValues(4, 3));
    lead.Write(Facet(core::kFeedback), {}, StrengthValues("a calm start"));
    PushAll(lead);
    ASSERT_EQ(Share(lead, 1).outcome(), v1::OUTCOME_DONE);
  }
  void ErasePeer(PushingTablet& tablet, const std::string& expected) {
    v1::Intent intent;
    intent.mutable_erase_peer();
    EXPECT_EQ(InWords(Intend(tablet, intent)), expected);
  }
  storage::Caller CallerOf(const Id16& person) const {
    return {school_tenant(), Id16{}, person, Id16{}};
  }
  storage::Tenant school_tenant() const { return storage::Tenant(CommittedSchool::kTenant); }
  v1::KeptReply Kept(const Id16& person) {
    const auto reply = storage::KeepingReader(school.engine(), school.context().directories)
                           .Kept(CallerOf(person), {});
    EXPECT_TRUE(reply.ok()) << reply.status();
    return reply.ok() ? *reply : v1::KeptReply();
  }
  v1::OwnReply Own(const Id16& person) {
    const auto reply = storage::KeepingReader(school.engine(), school.context().directories)
                           .Own(CallerOf(person), {});
    EXPECT_TRUE(reply.ok()) << reply.status();
    return reply.ok() ? *reply : v1::OwnReply();
  }
  v1::CountsReply Counts() {
    const auto reply = storage::CountsOf(*school.engine().NewSnapshot(), school.tenant());
    EXPECT_TRUE(reply.ok()) << reply.status();
    if (!reply.ok()) return {};
    EXPECT_TRUE(reply->accounts_for_everything()) << reply->ShortDebugString();
    return *reply;
  }
  void ExpectVerified() {
    // What a change of roles made stale is made again behind other work.
    while (school.Head().recomputing_since_ms() != 0) {
      Run([this](auto done) { return storage::MakeReadEnds({school.tenant()}, std::move(done)); });
    }
    v1::VerifyReply last;
    const absl::Status verified =
        storage::Verify(school.engine(), {}, [&last](const v1::VerifyReply& reply) {
          last = reply;
          return true;
        });
    EXPECT_TRUE(verified.ok()) << verified;
    EXPECT_EQ(last.difference_count(), 0u) << last.ShortDebugString();
  }
  template <typename Make>
  void Run(Make make) {
    std::promise<absl::Status> done;
    school.committer().Submit(make([&done](const auto& result) {
      if constexpr (std::is_same_v<std::decay_t<decltype(result)>, absl::Status>) {
        done.set_value(result);
      } else {
        done.set_value(result.status());
      }
    }));
    const absl::Status status = done.get_future().get();
    EXPECT_TRUE(status.ok()) << status;
  }
  std::vector<std::string> Levels(const Id16& observer, uint16_t element) {
    std::vector<std::string> values;
    const core::Facet sheet = school.Stored(Facet(core::kSheet, observer));
    const core::Cell* cell = sheet.Find(Path::Entry(3, core::NumberKey(element), 1, Kind::kReg));
    if (cell == nullptr) return values;
    for (const core::Sibling& sibling : cell->siblings) values.push_back(sibling.value);
    return values;
  }
};

}  // namespace halfterm::testing

#endif  // HALFTERM_STORAGE_COMMIT_ACCOUNTED_SCHOOL_H_
