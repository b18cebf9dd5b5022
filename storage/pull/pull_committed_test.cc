// Pulls of what the committer really filed: two readers of one school, as visits go from plan to
// shared, are questioned and change hands.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "halfterm/v1/observation.pb.h"
#include "storage/pull/puller.h"
#include "sync/core/codec.h"
#include "tests/support/committed_school.h"
#include "tests/support/engine_rows.h"
#include "tests/support/pulling_reader.h"
#include "tests/support/visit_writer.h"

namespace halfterm::storage {
namespace {

using core::FacetId;
using core::Kind;
using core::Path;
using testing::BytesOf;
using testing::CommittedSchool;
using testing::Number;
using testing::PullingReader;
using testing::PushingTablet;

class PullCommittedTest : public ::testing::Test {
 protected:
  PullCommittedTest()
      : puller_(school.engine(), school.context().directories, school.context().epochs,
                school.context().secrets, school.clock) {}

  // Reads to the end. Says what is wrong, or nothing.
  std::string Pull(PullingReader& reader, const core::Id16& person,
                   const std::vector<uint16_t>& periods, uint32_t max_bytes = 0) {
    for (;;) {
      v1::PullRequest request;
      request.set_cursor(reader.cursor);
      request.set_max_bytes(max_bytes);
      for (const uint16_t period : periods) request.mutable_interest()->add_periods(period);
      const auto reply = puller_.Next({school.tenant(), {}, person, {}}, request);
      if (!reply.ok()) return reply.status().ToString();
      std::string wrong = reader.Apply(*reply);
      if (!wrong.empty() || !reply->more()) return wrong;
    }
  }

  // What a reader holds should be every stored facet under one of its scopes, to the byte;
  // `periods` of all records.
  void ExpectHoldsWhatIsStored(const PullingReader& reader, const core::Id16& person) {
    const auto live = school.context().directories.Of(school.tenant())->ScopesOf(person);
    size_t right = 0;
    const std::string prefix = FacetPrefix(school.tenant());
    for (const auto& [key, value] : testing::RowsOf(*school.engine().NewSnapshot(), Family::kState,
                                                    prefix, EndOfPrefix(prefix))) {
      disk::FacetRow row;
      ASSERT_TRUE(row.ParseFromString(value));
      const FacetId id = ParseFacetKey(key)->facet;
      std::set<core::Scope> held_by;
      for (size_t at = 0; at < row.scopes().size(); at += core::kScopeBytes) {
        const core::Scope scope{static_cast<uint8_t>(row.scopes()[at]),
                                *core::Id16::FromBytes(row.scopes().substr(at + 1, 16))};
        if (std::binary_search(live.begin(), live.end(), scope)) held_by.insert(scope);
      }
      if (held_by.empty()) continue;
      ++right;
      ASSERT_EQ(reader.records.count(id.record), 1U);
      const auto& facets = reader.records.at(id.record).facets;
      ASSERT_EQ(facets.count(id), 1U);
      EXPECT_EQ(facets.at(id).bytes, row.facet());
      EXPECT_EQ(facets.at(id).held_by, held_by);
    }
    size_t held = 0;
    for (const auto& [id, record] : reader.records) held += record.facets.size();
    EXPECT_EQ(held, right);
  }

  void WritePlan(PushingTablet& tablet, const core::Id16& teacher, int64_t start_ms) {
    tablet.Write(Facet(core::kPlan), {},
                 {{Path::Field(2, Kind::kReg), Number(v1::VISIT_KIND_DEPT)},
                  {Path::Field(3, Kind::kReg), BytesOf(teacher)},
                  {Path::Field(4, Kind::kReg), BytesOf(people.maths)},
                  {Path::Field(8, Kind::kReg), testing::Signed(start_ms)},
                  {Path::Field(16, Kind::kReg), BytesOf(people.rubric_a)}});
  }
  void WriteSheet(PushingTablet& tablet, uint32_t level) {
    const FacetId sheet = Facet(core::kSheet, tablet.person());
    const core::Id16 element = core::NumberKey(4);
    tablet.Write(sheet, school.Stored(sheet),
                 {{Path::Entry(3, element, 0, Kind::kElem), ""},
                  {Path::Entry(3, element, 1, Kind::kReg), Number(level)}});
  }
  void WriteFeedback(PushingTablet& tablet) {
    tablet.Write(Facet(core::kFeedback), {},
                 {{Path::Entry(1, testing::IdNumber(70), 0, Kind::kElem), ""},
                  {Path::Entry(1, testing::IdNumber(70), 0, Kind::kPos), "m"},
                  {Path::Entry(1, testing::IdNumber(70), 1, Kind::kPara), "calm"}});
  }
  void Share(PushingTablet& tablet) {
    v1::Intent share;
    share.mutable_share()->set_round(1);
    tablet.Intend(Facet(core::kPlan), share);
  }
  static void Push(PushingTablet& tablet) {
    const auto reply = tablet.Push();
    ASSERT_TRUE(reply.ok()) << reply.status();
    for (const v1::PushResult& result : reply->results()) {
      ASSERT_EQ(result.disposition(), v1::DISPOSITION_COMMITTED) << result.detail();
    }
  }

  FacetId Facet(core::FacetClass facet_class, const core::Id16& sub = {}) const {
    return {visit, facet_class, sub};
  }

  CommittedSchool school;
  const testing::SmallSchool& people = school.people;
  core::Id16 visit = school.NewId();
  Puller puller_;
};

TEST_F(PullCommittedTest, EverybodyHoldsWhatTheyMayWhileAVisitGoesItsWay) {
  const core::Id16 readers[] = {people.hana, people.tia, people.sara, people.hugo};
  std::map<core::Id16, PullingReader> tablets;
  const auto expect_all_right = [&](const char* when) {
    SCOPED_TRACE(when);
    for (const core::Id16& person : readers) {
      for (const uint32_t max_bytes : {0U, 100U}) {
        PullingReader fresh;
        EXPECT_EQ(Pull(fresh, person, {209}, max_bytes), "");
        ExpectHoldsWhatIsStored(fresh, person);
      }
      EXPECT_EQ(Pull(tablets[person], person, {209}), "");
      ExpectHoldsWhatIsStored(tablets[person], person);
    }
  };
  PushingTablet hana = school.Tablet(people.hana, 1), tia = school.Tablet(people.tia, 2);
  WritePlan(hana, people.tia, testing::At(2026, 9, 14));
  Push(hana);
  expect_all_right("planned");
  WriteSheet(hana, 3);
  Push(hana);
  expect_all_right("a draft");
  WriteFeedback(hana);
  Share(hana);
  Push(hana);
  expect_all_right("shared");
  tia.Write(Facet(core::kResponse, people.tia), {},
            {{Path::Entry(2, testing::IdNumber(77), 0, Kind::kElem), ""},
             {Path::Entry(2, testing::IdNumber(77), 3, Kind::kPara), "why?"}});
  Push(tia);
  expect_all_right("questioned");
  v1::Intent withdraw;
  withdraw.mutable_withdraw()->set_reason("the wrong class");
  hana.Intend(Facet(core::kPlan), withdraw);
  Push(hana);
  expect_all_right("withdrawn");
}

TEST_F(PullCommittedTest, AnOldVisitThatAQueryOpensAgainComesWhole) {
  PushingTablet hana = school.Tablet(people.hana, 1), tia = school.Tablet(people.tia, 2);
  WritePlan(hana, people.tia, testing::At(2026, 9, 14));
  WriteSheet(hana, 3);
  WriteFeedback(hana);
  Share(hana);
  Push(hana);
  // Months later a tablet that holds only the present half-term has none of it.
  PullingReader sara;
  ASSERT_EQ(Pull(sara, people.sara, {214}), "");
  EXPECT_EQ(sara.records.count(visit), 0U);

  tia.Write(Facet(core::kResponse, people.tia), {},
            {{Path::Entry(2, testing::IdNumber(77), 0, Kind::kElem), ""},
             {Path::Entry(2, testing::IdNumber(77), 3, Kind::kPara), "why?"}});
  Push(tia);
  EXPECT_EQ(Pull(sara, people.sara, {214}), "");
  ExpectHoldsWhatIsStored(sara, people.sara);
}

}  // namespace
}  // namespace halfterm::storage
