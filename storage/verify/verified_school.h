// A school in which most things have happened, written through the real committer, and ways to
// damage a row of it by itself.

#ifndef HALFTERM_STORAGE_VERIFY_VERIFIED_SCHOOL_H_
#define HALFTERM_STORAGE_VERIFY_VERIFIED_SCHOOL_H_
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "halfterm/v1/observation.pb.h"
#include "storage/verify/verifier.h"
#include "tests/support/committed_school.h"
#include "tests/support/engine_rows.h"
#include "tests/support/hex.h"
#include "tests/support/stored_directory.h"
#include "tests/support/visit_writer.h"

namespace halfterm::storage {

// Shared and open visits, two values of one rating, a query, groups kept aside and one that came
// late.
class VerifierTest : public ::testing::Test {
 protected:
  VerifierTest() {
    v1::RoleGrant& ended = school.people.AddGrant(people.hugo, v1::ROLE_HOD, people.maths);
    ended.set_state(v1::GRANT_STATE_ENDED);
    ended.set_to_day(testing::Day(2026, 9, 14));
    StoreDirectory(school);

    PushingTablet hana = school.Tablet(people.hana, 1), office = school.Tablet(people.hana, 2);
    for (int i = 0; i < 4; ++i) {
      visits.push_back(school.NewId());
      WriteVisit(hana, visits.back(), i);
    }
    const FacetId sheet{visits[0], core::kSheet, people.hana};
    const core::Facet seen = school.Stored(sheet);
    hana.Write(sheet, seen, RatingValues(4, 1));
    office.Write(sheet, seen, RatingValues(4, 4));
    hana.SealBytes(std::string(80, '\xfe'));
    Push(hana);
    Push(office);
    PushingTablet tia = school.Tablet(people.tia, 3), hugo = school.Tablet(people.hugo, 4);
    tia.Write({visits[1], core::kResponse, people.tia}, {},
              {{Path::Entry(2, testing::IdNumber(77), 0, Kind::kElem), ""},
               {Path::Entry(2, testing::IdNumber(77), 3, Kind::kPara), kWords}});
    Push(tia);
    hugo.Write({school.NewId(), core::kPlan, {}}, {},
               PlanValues(people.tia, people.maths, people.rubric_a));
    Push(hugo);
    school.committer().Drain();
  }

  using Path = core::Path;
  using Kind = core::Kind;
  using FacetId = core::FacetId;
  using PushingTablet = testing::PushingTablet;
  using Values = std::vector<std::pair<core::Path, std::string>>;

  static constexpr char kWords[] = "a calm start, and clear instructions";

  static Values PlanValues(const core::Id16& teacher, const core::Id16& department,
                           const core::Id16& rubric) {
    return {{Path::Field(2, Kind::kReg), testing::Number(v1::VISIT_KIND_DEPT)},
            {Path::Field(3, Kind::kReg), testing::BytesOf(teacher)},
            {Path::Field(4, Kind::kReg), testing::BytesOf(department)},
            {Path::Field(8, Kind::kReg), testing::Signed(testing::At(2026, 9, 14))},
            {Path::Field(9, Kind::kReg), testing::Number(50)},
            {Path::Field(16, Kind::kReg), testing::BytesOf(rubric)}};
  }
  static Values RatingValues(uint16_t element, uint32_t level) {
    const core::Id16 key = core::NumberKey(element);
    return {{Path::Entry(3, key, 0, Kind::kElem), ""},
            {Path::Entry(3, key, 1, Kind::kReg), testing::Number(level)}};
  }

  void WriteVisit(PushingTablet& hana, const core::Id16& visit, int how_far) {
    const FacetId sheet{visit, core::kSheet, people.hana};
    hana.Write({visit, core::kPlan, {}}, {},
               PlanValues(how_far == 2 ? people.tom : people.tia, people.maths, people.rubric_a));
    hana.Write(sheet, {}, RatingValues(4, 3));
    Push(hana);
    hana.Write(sheet, school.Stored(sheet), RatingValues(5, 2));
    hana.Write({visit, core::kFeedback, {}}, {},
               {{Path::Entry(1, testing::IdNumber(70), 0, Kind::kElem), ""},
                {Path::Entry(1, testing::IdNumber(70), 0, Kind::kPos), "m"},
                {Path::Entry(1, testing::IdNumber(70), 1, Kind::kPara), kWords}});
    if (how_far > 0) {
      v1::Intent submit, share;
      submit.mutable_submit();
      share.mutable_share()->set_round(1);
      hana.Intend(sheet, submit);
      hana.Intend({visit, core::kPlan, {}}, share);
    }
    Push(hana);
  }

  static void Push(PushingTablet& tablet) {
    const auto reply = tablet.Push();
    ASSERT_TRUE(reply.ok()) << reply.status();
  }

  v1::VerifyReply Verified(bool raw_sums = false) {
    v1::VerifyRequest request;
    request.set_tenant("Northgate");
    request.set_raw_sums(raw_sums);
    v1::VerifyReply last;
    const Secrets secrets(std::string(32, 'k'));
    const absl::Status verified = Verify(
        school.engine(), request,
        [&last](const v1::VerifyReply& reply) {
          last = reply;
          return true;
        },
        &secrets);
    EXPECT_TRUE(verified.ok()) << verified;
    return last;
  }

  absl::StatusOr<std::string> Get(Family family, const std::string& key) {
    return school.engine().Get(family, key);
  }
  void Put(Family family, const std::string& key, const std::optional<std::string>& value) {
    WriteSet writes;
    if (value) {
      writes.Put(family, key, *value);
    } else {
      writes.Delete(family, key);
    }
    ASSERT_TRUE(school.engine().Commit(writes).ok());
  }
  // The rows of a kind, and the first of them.
  testing::Rows RowsUnder(Family family, const std::string& prefix) {
    return testing::RowsOf(*school.engine().NewSnapshot(), family, prefix, EndOfPrefix(prefix));
  }
  std::string FirstKey(Family family, const std::string& prefix) {
    return RowsUnder(family, prefix).at(0).first;
  }

  template <typename Row>
  std::string Changed(Family family, const std::string& key,
                      const std::function<void(Row&)>& change) {
    Row row;
    EXPECT_TRUE(row.ParseFromString(*Get(family, key)));
    change(row);
    return row.SerializeAsString();
  }

  // One damage by itself: the row as it will be (nothing: dropped), and one of the differences that
  // it must give.
  struct Damage {
    const char* name;
    Family family;
    std::string key;
    std::optional<std::string> value;
    const char* what;
    std::string where;
  };
  void ExpectEachIsNoticed(const std::vector<Damage>& damages) {
    for (const Damage& damage : damages) {
      SCOPED_TRACE(damage.name);
      const absl::StatusOr<std::string> before = Get(damage.family, damage.key);
      Put(damage.family, damage.key, damage.value);
      const v1::VerifyReply reply = Verified();
      bool named = false;
      std::string said;
      for (const v1::Difference& difference : reply.differences()) {
        named = named || (difference.what() == damage.what &&
                          absl::StrContains(difference.where(), damage.where));
        absl::StrAppend(&said, "\n  ", difference.what(), " | ", difference.where(), " | ",
                        difference.detail());
      }
      EXPECT_TRUE(named) << "wanted " << damage.what << " at " << damage.where << ", heard" << said;
      EXPECT_THAT(reply.SerializeAsString(), ::testing::Not(::testing::HasSubstr("calm")));
      Put(damage.family, damage.key,
          before.ok() ? std::optional<std::string>(*before) : std::nullopt);
    }
    EXPECT_EQ(Verified().difference_count(), 0U) << "a damage was not taken back";
  }

  static std::string Hex(const core::Id16& id) { return testing::ToHex(id.view()); }

  testing::CommittedSchool school;
  const testing::SmallSchool& people = school.people;
  const Tenant tenant = Tenant(testing::CommittedSchool::kTenant);
  std::vector<core::Id16> visits;  // Open and disputed; with a query; shared; shared.
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_VERIFY_VERIFIED_SCHOOL_H_
