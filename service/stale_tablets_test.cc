// A tablet that is behind, and somebody who makes the most of it: a head of department whose role
// ended while their tablet was away, cursors of a history that this server has not, and a reader
// who has everything healed again and again.

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "halfterm/v1/disposition.grpc.pb.h"
#include "halfterm/v1/practice.grpc.pb.h"
#include "halfterm/v1/summary.grpc.pb.h"
#include "service/role_changes_school.h"
#include "storage/pull/pull_cursor.h"
#include "sync/core/codec.h"

namespace halfterm::service {
namespace {

class StaleTabletsTest : public RoleChangesSchool {
 protected:
  grpc::Status Fetch(WireTablet& tablet, const std::vector<Id16>& records,
                     v1::FetchReply* reply = nullptr) {
    v1::FetchRequest request;
    for (const Id16& record : records) request.add_records(BytesOf(record));
    v1::FetchReply unread;
    grpc::ClientContext context;
    tablet.Prepare(context);
    return tablet.sync().Fetch(&context, request, reply == nullptr ? &unread : reply);
  }
  // The classes of the facets that the person is given of the record.
  std::set<int> Given(WireTablet& tablet, const Id16& record) {
    v1::FetchReply reply;
    EXPECT_TRUE(Fetch(tablet, {record}, &reply).ok());
    std::set<int> classes;
    for (const v1::Item& item : reply.items()) {
      for (const v1::Held& held : item.held()) {
        classes.insert(static_cast<uint8_t>(held.facet()[Id16::kSize]));
      }
    }
    return classes;
  }
  // What became of everything that was pushed, in words.
  std::string Pushed(WireTablet& tablet) {
    v1::PushReply reply;
    const grpc::Status status = tablet.Push(&reply);
    if (!status.ok()) return status.error_message();
    std::string said;
    for (const v1::PushResult& result : reply.results()) {
      said += (said.empty() ? "" : ", ") + v1::Disposition_Name(result.disposition()).substr(12);
      if (result.reason() != v1::REASON_UNSPECIFIED) {
        said += " " + v1::Reason_Name(result.reason()).substr(7);
      }
      if (result.outcome() != v1::OUTCOME_UNSPECIFIED) {
        said += " " + v1::Outcome_Name(result.outcome()).substr(8);
      }
      last_seq_ = result.seq();
    }
    return said;
  }
  // All that somebody holds, byte for byte.
  static std::map<FacetId, std::string> HeldBy(const WireTablet& tablet) {
    std::map<FacetId, std::string> all;
    for (const auto& [id, record] : tablet.held.records) {
      for (const auto& [facet, held] : record.facets) all[facet] = tablet.Held(facet);
    }
    return all;
  }
  v1::KeptReply Kept(WireTablet& tablet) {
    v1::KeptReply reply;
    grpc::ClientContext context;
    tablet.Prepare(context);
    const auto keeping = v1::Keeping::NewStub(tablet.channel());
    EXPECT_TRUE(keeping->Kept(&context, {}, &reply).ok());
    return reply;
  }

  uint64_t last_seq_ = 0;
};

// Hana leads maths; her tablet is away when that ends. What she may do next is what a colleague
// without a role may, whatever her tablet says.
TEST_F(StaleTabletsTest, Z8AHeadWhoseRoleEndedWhileTheirTabletWasAwayGetsAndChangesNothing) {
  WireTablet hana = Tablet(school_.hana, 1), sara = Tablet(school_.sara, 2);
  WireTablet tom = Tablet(school_.tom, 3), hugo = Tablet(school_.hugo, 4);
  const Id16 own = SharedVisit(hana, school_.tia), saras = SharedVisit(sara, school_.tia);
  ASSERT_TRUE(hana.Pull().ok());
  ASSERT_NE(hana.Held(SheetOf(saras, sara)), "");
  const testing::PullingReader as_it_left = hana.held;
  v1::HelloReply hello;
  ASSERT_TRUE(hana.Hello(&hello).ok());

  // Away, she goes on; then the role ends.
  const Id16 begun = IdNumber(240);
  hana.Write(PlanOf(begun), PlanValues(school_, school_.hana, school_.tom));
  hana.Write(SheetOf(own, hana), RatingValues(5, 1));
  hana.Write({saras, core::kAnswers, {}}, {{Path::Entry(2, IdNumber(241), 0, Kind::kElem), ""}});
  hana.Write({saras, core::kFeedback, {}}, {{Path::Field(2, Kind::kPara), "in Sara's name"}});
  server_.clock.Advance(kDayMs);
  End(school_.hana, v1::ROLE_HOD);
  for (WireTablet* colleague : {&sara, &tom, &hugo}) ASSERT_TRUE(colleague->Pull().ok());
  const auto of_sara = HeldBy(sara), of_tom = HeldBy(tom), of_hugo = HeldBy(hugo);

  // Before she pushes she asks for what she used to read.
  EXPECT_TRUE(Given(hana, saras).empty());
  const auto summaries = v1::Summaries::NewStub(hana.channel());
  const auto practice = v1::Practice::NewStub(hana.channel());
  const auto said = [](const grpc::Status& status) {
    return std::to_string(status.error_code()) + " " + status.error_message();
  };
  for (const Id16& org : {school_.maths, IdNumber(250)}) {
    grpc::ClientContext of_summary, of_load, of_pack, of_descent;
    v1::DepartmentRequest department;
    department.set_department(BytesOf(org));
    v1::DepartmentReply figures;
    hana.Prepare(of_summary);
    const grpc::Status summary = summaries->Department(&of_summary, department, &figures);
    EXPECT_EQ(summary.error_code(), grpc::StatusCode::NOT_FOUND);
    v1::LoadRequest load;
    load.set_org(BytesOf(org));
    v1::LoadReply loads;
    hana.Prepare(of_load);
    EXPECT_EQ(said(practice->Load(&of_load, load, &loads)), said(summary));
    v1::WeeklyPackRequest pack;
    pack.set_org(BytesOf(org));
    v1::WeeklyPackReply items;
    hana.Prepare(of_pack);
    EXPECT_EQ(said(practice->WeeklyPack(&of_pack, pack, &items)), said(summary));
    v1::DescendRequest descent;
    storage::SetScope(core::DepartmentScope(org), *descent.mutable_scope());
    v1::DescendReply records;
    hana.Prepare(of_descent);
    EXPECT_NE(hana.sync().Descend(&of_descent, descent, &records).error_code(),
              grpc::StatusCode::OK);
  }

  // What she wrote is kept, and nothing of it is merged.
  EXPECT_EQ(Pushed(hana), "LATE ENDED, LATE ENDED, QUARANTINED ENDED, QUARANTINED NEVER_ALLOWED");
  // She takes it in herself, hands the visit to a friend, and goes on as one who has not heard.
  v1::Intent release, to_a_friend;
  release.mutable_release()->set_seq(last_seq_ - 2);
  to_a_friend.mutable_correct_plan()->set_field(v1::Plan::kLeadFieldNumber);
  to_a_friend.mutable_correct_plan()->set_value(BytesOf(school_.hugo));
  to_a_friend.mutable_correct_plan()->set_reason("mine no longer");
  hana.Intend(PlanOf(own), release);
  hana.Intend(PlanOf(saras), to_a_friend);
  EXPECT_EQ(Pushed(hana), "COMMITTED MISSING, COMMITTED MISSING")
      << "no group that waits for her, and no visit that she knows of";
  ASSERT_TRUE(hana.Hello().ok());
  core::GroupHeader header = hana.Header(SheetOf(own, hana));
  header.time.hello_no = hello.hello_no();  // Told since, it says that it was not.
  header.base_seq = 0;
  hana.Keep(
      hana.Sealed(header, core::Encode(hana.DeltaOf(SheetOf(own, hana), RatingValues(6, 1)))));
  hana.Write(SheetOf(own, hana), RatingValues(7, 1));
  EXPECT_EQ(Pushed(hana), "LATE ENDED, QUARANTINED ENDED")
      << "a lie about what it had heard is kept for the lead too, and merges nothing";

  // Nobody else's tablet has changed by any of this.
  for (WireTablet* colleague : {&sara, &tom, &hugo}) ASSERT_TRUE(colleague->Pull().ok());
  EXPECT_EQ(HeldBy(sara), of_sara);
  EXPECT_EQ(HeldBy(tom), of_tom);
  EXPECT_EQ(HeldBy(hugo), of_hugo);

  // With the old cursor and the old copy she gets what is hers, and no proof for the rest.
  hana.held = as_it_left;
  EXPECT_FALSE(Confirm(hana));
  EXPECT_THAT(Copy(hana).unproven(), SizeIs(1));
  ExpectPulledAndProved(hana);
  EXPECT_EQ(hana.Held(SheetOf(saras, sara)), "");
  EXPECT_NE(hana.Held(SheetOf(own, hana)), "");

  // Her work is not lost: whoever leads the teacher takes it in, in her name.
  uint64_t kept_sheet = 0;
  const v1::KeptReply waiting = Kept(sara);
  for (const v1::KeptGroup& kept : waiting.groups()) {
    EXPECT_EQ(kept.author(), BytesOf(school_.hana));
    if (kept.facet() == SheetOf(own, hana).Bytes() && kept_sheet == 0) kept_sheet = kept.seq();
  }
  ASSERT_NE(kept_sheet, 0u);
  EXPECT_EQ(Kept(hugo).groups_size(), 0);
  v1::Intent take_in;
  take_in.mutable_release()->set_seq(kept_sheet);
  sara.Intend(PlanOf(own), take_in);
  EXPECT_EQ(Pushed(sara), "COMMITTED DONE");
  ASSERT_TRUE(sara.Pull().ok());
  EXPECT_NE(sara.Held(SheetOf(own, hana)), of_sara.at(SheetOf(own, hana)));
}

TEST_F(StaleTabletsTest, Z11ACursorOfAHistoryThatThisServerHasNotIsSentToHello) {
  WireTablet hana = Tablet(school_.hana, 1);
  SharedVisit(hana, school_.tia);
  ASSERT_TRUE(hana.Pull().ok());
  std::ifstream file(server_.data() + "/keys/receipt.key", std::ios::binary);
  const std::string key{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  ASSERT_EQ(key.size(), 32u);
  const storage::Secrets secrets(key);
  const storage::Caller caller{storage::Tenant(1), {}, school_.hana, hana.device()};
  const std::vector<core::Scope> scopes = {core::StaffScope(), core::PersonScope(school_.hana)};
  const auto right = storage::DecodeCursor(hana.held.cursor, caller, secrets, scopes);
  ASSERT_TRUE(right.ok()) << right.status();
  const struct {
    const char* what;
    std::function<void(storage::PullCursor&)> bend;
  } cases[] = {
      {"of an epoch to come", [](storage::PullCursor& cursor) { ++cursor.epoch; }},
      {"of no epoch", [](storage::PullCursor& cursor) { cursor.epoch = 0; }},
      {"of a far epoch", [](storage::PullCursor& cursor) { cursor.epoch = 0xFFFFFFFF; }},
      {"after the last number",
       [](storage::PullCursor& cursor) {
         cursor.complete += 1'000'000;
         cursor.at = storage::EndOf(cursor.complete);
       }},
  };
  const testing::PullingReader before = hana.held;
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    storage::PullCursor cursor = right->cursor;
    c.bend(cursor);
    hana.held = before;
    hana.held.cursor = storage::EncodeCursor(cursor, caller, secrets);
    const grpc::Status pulled = hana.Pull();
    EXPECT_EQ(pulled.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
    EXPECT_NE(pulled.error_message().find("Hello"), std::string::npos) << pulled.error_message();
    grpc::ClientContext watching;
    hana.Prepare(watching);
    v1::WatchRequest watch;
    watch.set_cursor(hana.held.cursor);
    const auto stream = hana.sync().Watch(&watching, watch);
    v1::WatchReply news;
    EXPECT_FALSE(stream->Read(&news));
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::FAILED_PRECONDITION);
    grpc::ClientContext confirming;
    hana.Prepare(confirming);
    v1::ConfirmRequest confirm;
    confirm.set_cursor(hana.held.cursor);
    v1::ConfirmReply proof;
    EXPECT_EQ(hana.sync().Confirm(&confirming, confirm, &proof).error_code(),
              grpc::StatusCode::FAILED_PRECONDITION);
    EXPECT_EQ(hana.held.records.size(), before.records.size());
  }
  hana.held = before;
  EXPECT_TRUE(hana.Pull().ok());
}

TEST_F(StaleTabletsTest, Y15HealingWhatIsNotIllIsPaidFromTheSameAllowance) {
  WireTablet sara = Tablet(school_.sara, 1), hana = Tablet(school_.hana, 2);
  std::vector<Id16> visits;
  // Long sheets, so that the loop is short.
  for (int v = 0; v < 8; ++v) {
    visits.push_back(SharedVisit(sara, school_.tia));
    for (int i = 0; i < 120; ++i) {
      const Id16 key = IdNumber(static_cast<uint8_t>(i));
      sara.Write(
          SheetOf(visits.back(), sara),
          {{Path::Entry(v1::Sheet::kNotesFieldNumber, key, 0, Kind::kElem), ""},
           {Path::Entry(v1::Sheet::kNotesFieldNumber, key, v1::Note::kTextFieldNumber, Kind::kPara),
            std::string(1500, 'n')}});
      if (i % 60 == 59) {
        ASSERT_TRUE(sara.Push().ok());
      }
    }
  }
  grpc::Status status = grpc::Status::OK;
  int fetches = 0;
  for (; fetches < 2000 && status.ok(); ++fetches) status = Fetch(hana, visits);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_GT(fetches, 20) << "an honest tablet never comes here";
  EXPECT_TRUE(hana.Pull().ok()) << "what is new is free";
  EXPECT_TRUE(Fetch(sara, visits).ok()) << "another person's";
  server_.clock.Advance(3'600'000);
  EXPECT_TRUE(Fetch(hana, visits).ok()) << "it may go on later";
}

}  // namespace
}  // namespace halfterm::service
