// A school whose roles change while its tablets are away, behind a running server.

#ifndef HALFTERM_SERVICE_ROLE_CHANGES_SCHOOL_H_
#define HALFTERM_SERVICE_ROLE_CHANGES_SCHOOL_H_
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "halfterm/v1/holdings.grpc.pb.h"
#include "storage/pull/holdings.h"
#include "sync/core/varint.h"
#include "tests/support/running_server.h"
#include "tests/support/wire_tablet.h"

namespace halfterm::service {

using core::FacetId;
using core::Id16;
using core::Kind;
using core::Path;
using testing::BytesOf;
using testing::Day;
using testing::IdNumber;
using testing::PlanValues;
using testing::RatingValues;
using ::testing::SizeIs;
using testing::SmallSchool;
using testing::WireTablet;

inline constexpr int64_t kDayMs = 86'400'000;

class RoleChangesSchool : public ::testing::Test {
 protected:
  RoleChangesSchool() { server_.Import(school_, "northgate"); }

  WireTablet Tablet(const Id16& person, uint8_t device) {
    return WireTablet(server_, "northgate", person, device);
  }

  // The school as it is from now on.
  void Change() {
    server_.Import(school_, "northgate");
    // The tablets hear of it when they next call; sessions go on.
  }
  v1::RoleGrant& GrantOf(const Id16& person, v1::Role role) {
    for (v1::RoleGrant& grant : school_.content.grants) {
      if (grant.person() == person.view() && grant.role() == role) return grant;
    }
    std::abort();
  }
  // As of yesterday.
  void End(const Id16& person, v1::Role role) {
    const auto today = static_cast<int32_t>(server_.clock.NowMs() / kDayMs);
    GrantOf(person, role).set_to_day(today - 1);
    Change();
  }

  // A visit by the tablet's person with a sheet that is in and shared, so that leaders read it.
  Id16 SharedVisit(WireTablet& lead, const Id16& teacher, uint32_t kind = v1::VISIT_KIND_WALK) {
    Id16 visit = IdNumber(0);
    visit.bytes[1] = ++visits_;
    WireTablet::Values plan = PlanValues(school_, lead.person(), teacher);
    for (auto& [path, value] : plan) {
      if (path == Path::Field(v1::Plan::kKindFieldNumber, Kind::kReg)) {
        value.clear();
        core::AppendVarint(value, kind);
      }
    }
    lead.Write({visit, core::kPlan, {}}, plan);
    lead.Write({visit, core::kSheet, lead.person()}, RatingValues(3, 2));
    v1::Intent share;
    share.mutable_share()->set_round(1);
    lead.Intend({visit, core::kPlan, {}}, share);
    v1::PushReply reply;
    EXPECT_TRUE(lead.Push(&reply).ok());
    for (const v1::PushResult& result : reply.results()) {
      EXPECT_EQ(result.disposition(), v1::DISPOSITION_COMMITTED) << result.ShortDebugString();
    }
    return visit;
  }
  static FacetId SheetOf(const Id16& visit, const WireTablet& author) {
    return {visit, core::kSheet, author.person()};
  }
  static FacetId PlanOf(const Id16& visit) { return {visit, core::kPlan, {}}; }

  bool Confirm(WireTablet& tablet) {
    v1::ConfirmRequest request;
    request.set_cursor(tablet.held.cursor);
    for (const auto& [pair, sum] : tablet.held.Digests()) {
      v1::ScopeDigest& digest = *request.add_held();
      storage::SetScope(pair.first, *digest.mutable_scope());
      digest.set_period(pair.second);
      digest.set_count(sum.first);
      digest.set_digest(std::string(sum.second.view()));
    }
    grpc::ClientContext context;
    tablet.Prepare(context);
    v1::ConfirmReply reply;
    const grpc::Status status = tablet.sync().Confirm(&context, request, &reply);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return reply.right();
  }
  // As the administrator sees the tablet.
  v1::TabletCopy Copy(const WireTablet& tablet) {
    const auto holdings = v1::Holdings::NewStub(
        grpc::CreateChannel(server_.admin_address(), grpc::InsecureChannelCredentials()));
    v1::ListCopiesRequest request;
    request.set_tenant("northgate");
    grpc::ClientContext context;
    v1::ListCopiesReply reply;
    const grpc::Status status = holdings->ListCopies(&context, request, &reply);
    EXPECT_TRUE(status.ok()) << status.error_message();
    for (const v1::TabletCopy& copy : reply.copies()) {
      if (copy.person() == tablet.person().view() && copy.device() == tablet.device().view()) {
        return copy;
      }
    }
    ADD_FAILURE() << "the copy is not listed";
    return {};
  }
  void ExpectPulledAndProved(WireTablet& tablet) {
    ASSERT_TRUE(tablet.Pull().ok());
    EXPECT_TRUE(Confirm(tablet));
    const v1::TabletCopy copy = Copy(tablet);
    EXPECT_THAT(copy.unproven(), SizeIs(0));
    EXPECT_GT(copy.proved_seq(), 0u);
  }

  SmallSchool school_;
  testing::RunningServer server_;
  uint8_t visits_ = 0;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_ROLE_CHANGES_SCHOOL_H_
