// C25: two entries of the roster turn out to be one person. Until a visit is shared its lead puts
// it right with CORRECT_PLAN; from then on every figure is what it would be had there been one
// entry from the beginning, and nothing that was written is gone. The way back is the same. What
// was shared stays with the entry that was given it to read.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sync/core/codec.h"
#include "tests/support/committed_school.h"
#include "tests/support/visit_writer.h"

namespace halfterm::testing {
namespace {

using core::FacetId;
using core::Id16;
using core::Kind;
using core::Path;

class MergedPeopleTest : public ::testing::Test {
 protected:
  // Three visits to one teacher: two heads' and a walk, of which `second` were filed under the
  // other entry.
  struct Year {
    explicit Year(bool filed_twice) {
      school.PutDirectory();
      const Id16 other = filed_twice ? school.people.tom : school.people.tia;
      Visit(hana, v1::VISIT_KIND_DEPT, school.people.tia, 2);
      Visit(hana, v1::VISIT_KIND_DEPT, other, 4);
      Visit(sara, v1::VISIT_KIND_WALK, other, 3);
    }

    void Visit(PushingTablet& lead, v1::VisitKind kind, const Id16& teacher, uint64_t level) {
      const Id16 visit = school.NewId(), strength = school.NewId();
      visits.push_back(visit);
      leads.push_back(&lead);
      lead.Write(
          {visit, core::kPlan, {}}, {},
          {{Path::Field(2, Kind::kReg), Number(kind)},
           {Path::Field(3, Kind::kReg), BytesOf(teacher)},
           {Path::Field(4, Kind::kReg), BytesOf(school.people.maths)},
           {Path::Field(5, Kind::kReg), BytesOf(lead.person())},
           {Path::Entry(6, lead.person(), 0, Kind::kElem), ""},
           {Path::Field(8, Kind::kReg), Signed(At(2026, 9, 7 + static_cast<int>(visits.size())))},
           {Path::Field(9, Kind::kReg), Number(30)},
           {Path::Field(16, Kind::kReg), BytesOf(school.people.rubric_a)}});
      lead.Write({visit, core::kSheet, lead.person()}, {},
                 {{Path::Entry(3, core::NumberKey(1), 0, Kind::kElem), ""},
                  {Path::Entry(3, core::NumberKey(1), 1, Kind::kReg), Number(level)}});
      lead.Write({visit, core::kFeedback, {}}, {},
                 {{Path::Entry(1, strength, 0, Kind::kElem), ""},
                  {Path::Entry(1, strength, 1, Kind::kPara), "calm start"}});
      v1::Intent submit;
      submit.mutable_submit();
      lead.Intend({visit, core::kSheet, lead.person()}, submit);
      EXPECT_TRUE(lead.Push().ok());
    }

    void ShareAll() {
      for (size_t i = 0; i < visits.size(); ++i) {
        v1::Intent share;
        share.mutable_share()->set_round(1);
        leads[i]->Intend({visits[i], core::kPlan, {}}, share);
        const auto reply = leads[i]->Push();
        ASSERT_TRUE(reply.ok()) << reply.status();
        ASSERT_EQ(reply->results(0).outcome(), v1::OUTCOME_DONE) << reply->results(0).detail();
      }
    }

    // By the visits' leads, as people do it.
    void FileUnder(const Id16& person, v1::Outcome expected = v1::OUTCOME_DONE) {
      for (size_t i = 1; i < visits.size(); ++i) {
        v1::Intent correct;
        correct.mutable_correct_plan()->set_field(v1::Plan::kTeacherFieldNumber);
        correct.mutable_correct_plan()->set_value(BytesOf(person));
        correct.mutable_correct_plan()->set_reason("two entries of one person");
        leads[i]->Intend({visits[i], core::kPlan, {}}, correct);
        const auto reply = leads[i]->Push();
        ASSERT_TRUE(reply.ok()) << reply.status();
        ASSERT_EQ(reply->results(0).outcome(), expected) << reply->results(0).detail();
      }
    }

    // Every word of every page but the plans, which say another teacher.
    std::vector<std::string> Written() {
      std::vector<std::string> words;
      for (size_t i = 0; i < visits.size(); ++i) {
        for (const FacetId& facet : {FacetId{visits[i], core::kSheet, leads[i]->person()},
                                     FacetId{visits[i], core::kFeedback, {}}}) {
          words.push_back(core::Encode(school.Stored(facet)));
        }
      }
      return words;
    }

    CommittedSchool school;
    PushingTablet hana = school.Tablet(school.people.hana, 1);
    PushingTablet sara = school.Tablet(school.people.sara, 2);
    std::vector<Id16> visits;
    std::vector<PushingTablet*> leads;
  };

  // Rows that name the person as a teacher.
  static size_t RowsOf(CommittedSchool& school, const Id16& person) {
    const auto rows = school.Rollups();
    const std::string name = HexOf(person);
    return static_cast<size_t>(std::count_if(rows.begin(), rows.end(), [&](const auto& row) {
      return row.first.find(name) != std::string::npos;
    }));
  }
  static std::string HexOf(const Id16& id) {
    std::string text;
    for (const unsigned char byte : id.view()) {
      constexpr char kDigits[] = "0123456789abcdef";
      text += kDigits[byte >> 4];
      text += kDigits[byte & 15];
    }
    return text;
  }
};

TEST_F(MergedPeopleTest, C25TwoEntriesOfOnePersonCountOnceAndNothingIsLost) {
  Year twice(/*filed_twice=*/true), once(/*filed_twice=*/false);
  ASSERT_NE(twice.school.Rollups(), once.school.Rollups());
  ASSERT_GT(RowsOf(twice.school, twice.school.people.tom), 0u);
  const auto before = twice.school.Rollups();
  const auto words = twice.Written();
  const size_t logged = twice.school.LogRows();

  twice.FileUnder(twice.school.people.tia);
  EXPECT_EQ(twice.school.Rollups(), once.school.Rollups());
  EXPECT_EQ(RowsOf(twice.school, twice.school.people.tom), 0u) << "no figure of the other is left";
  EXPECT_EQ(twice.Written(), words);
  EXPECT_GT(twice.school.LogRows(), logged) << "who put it right, and why, is in the log";

  // They were two after all; and one in the end.
  twice.FileUnder(twice.school.people.tom);
  EXPECT_EQ(twice.school.Rollups(), before);
  EXPECT_EQ(twice.Written(), words);
  twice.FileUnder(twice.school.people.tia);
  twice.ShareAll();
  once.ShareAll();
  EXPECT_EQ(twice.school.Rollups(), once.school.Rollups()) << "levels count once as well";
}

TEST_F(MergedPeopleTest, C25WhatWasSharedStaysWithWhomItWasGiven) {
  Year twice(/*filed_twice=*/true);
  twice.ShareAll();
  const auto before = twice.school.Rollups();
  twice.FileUnder(twice.school.people.tia, v1::OUTCOME_NOT_ALLOWED);
  EXPECT_EQ(twice.school.Rollups(), before);
}

}  // namespace
}  // namespace halfterm::testing
