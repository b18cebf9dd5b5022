// Pushes that break the rules of the call: nothing of them is taken.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "sync/core/limits.h"
#include "tests/end_to_end/bad_input/bad_input.h"

namespace halfterm::testing {
namespace {

// A push of one good group by Hana, on a tablet of its own; to be bent.
struct GoodPush {
  explicit GoodPush(World& world) : tablet(world.Tablet(world.school.hana)) {
    tablet.Write({world.NewVisit(), core::kPlan, {}},
                 PlanValues(world.school, world.school.hana, world.school.tia));
    request = tablet.Request();
  }
  WireTablet tablet;
  v1::PushRequest request;

  std::string Send() { return SendPush(tablet, request); }
};

// The same after two groups were taken.
struct LaterPush : GoodPush {
  explicit LaterPush(World& world) : GoodPush(world) {
    tablet.Write({world.NewVisit(), core::kPlan, {}},
                 PlanValues(world.school, world.school.hana, world.school.tom));
    v1::PushReply reply;
    first = tablet.Request();
    EXPECT_EQ(Words(tablet.Push(&reply), reply), "COMMITTED");
    tablet.Write({world.NewVisit(), core::kPlan, {}},
                 PlanValues(world.school, world.school.hana, world.school.tom));
    request = tablet.Request();
  }
  v1::PushRequest first;
};

std::string Raw(World& world, const std::string& bytes) {
  WireTablet hana = world.Tablet(world.school.hana);
  return CodeOf(CallByName(hana, "Sync/Push", bytes));
}

std::string Repeated(const std::string& piece, int times) {
  std::string bytes;
  for (int i = 0; i < times; ++i) bytes += piece;
  return bytes;
}

// What is pushed under a store of somebody else.
std::string UnderReplica(World& world, uint64_t replica) {
  GoodPush push(world);
  push.request.set_replica(replica);
  return push.Send();
}

const BadInput kCases[] = {
    {"EmptyMessage", "INVALID_ARGUMENT", [](World& w) { return Raw(w, ""); }},
    {"BytesThatAreNoMessage", "INVALID_ARGUMENT", [](World& w) { return Raw(w, "\x22\x7fzzz"); }},
    {"NestedFiveThousandDeep", "INVALID_ARGUMENT",
     [](World& w) { return Raw(w, Repeated("\x7b", 5000)); }},
    {"QuarterOfAMillionUnknownFields", "INVALID_ARGUMENT",
     [](World& w) { return Raw(w, Repeated("\xc0\x3e\x01", 250'000)); }},
    {"HalfAMillionEmptyRehomes", "INVALID_ARGUMENT",
     [](World& w) { return Raw(w, Repeated(std::string("\x12\x00", 2), 500'000)); }},
    {"HalfAMillionEmptyGroups", "INVALID_ARGUMENT",
     [](World& w) { return Raw(w, Repeated(std::string("\x22\x00", 2), 500'000)); }},
    {"MessageOfMoreThanAMebibyte", "RESOURCE_EXHAUSTED",
     [](World& w) { return Raw(w, std::string(1'100'000, 'x')); }},
    {"NoGroups", "INVALID_ARGUMENT",
     [](World& w) {
       GoodPush push(w);
       push.request.clear_groups();
       return push.Send();
     }},
    {"TwoHundredAndOneGroups", "INVALID_ARGUMENT",
     [](World& w) {
       GoodPush push(w);
       while (push.request.groups_size() <= 200) push.request.add_groups("x");
       return push.Send();
     }},
    {"MoreThan256KiBOfGroups", "INVALID_ARGUMENT",
     [](World& w) {
       GoodPush push(w);
       for (int i = 0; i < 5; ++i) push.request.add_groups(std::string(60'000, 'x'));
       return push.Send();
     }},
    {"SeventeenRehomes", "INVALID_ARGUMENT",
     [](World& w) {
       GoodPush push(w);
       while (push.request.rehomes_size() < 17) push.request.add_rehomes();
       return push.Send();
     }},
    {"NoStore", "INVALID_ARGUMENT", [](World& w) { return UnderReplica(w, 0); }},
    {"StoreThatDoesNotExist", "PERMISSION_DENIED",
     [](World& w) { return UnderReplica(w, 0x1234567890abcdef); }},
    {"StoreOfAColleague", "PERMISSION_DENIED",
     [](World& w) { return UnderReplica(w, w.sara().replica()); }},
    {"OwnStoreOfAnotherTablet", "PERMISSION_DENIED",
     [](World& w) { return UnderReplica(w, w.hana().replica()); }},
    {"StoreOfOneselfAtAnotherSchool", "PERMISSION_DENIED",
     [](World& w) { return UnderReplica(w, w.hana_there().replica()); }},
    {"Gap", "FAILED_PRECONDITION",
     [](World& w) {
       LaterPush push(w);
       push.request.set_first_n(push.request.first_n() + 1);
       return push.Send();
     }},
    {"NumberZero", "INVALID_ARGUMENT",
     [](World& w) {
       GoodPush push(w);
       push.request.set_first_n(0);
       return push.Send();
     }},
    {"NumberTwoToThe63", "FAILED_PRECONDITION",
     [](World& w) {
       LaterPush push(w);
       push.request.set_first_n(uint64_t{1} << 63);
       return push.Send();
     }},
    {"NumberTwoToThe64Less1", "INVALID_ARGUMENT",
     [](World& w) {
       LaterPush push(w);
       push.request.set_first_n(UINT64_MAX);
       return push.Send();
     }},
    {"WrongChainHash", "FAILED_PRECONDITION",
     [](World& w) {
       LaterPush push(w);
       (*push.request.mutable_hash_before())[0] ^= 1;
       return push.Send();
     }},
    {"ChainHashOf15Bytes", "INVALID_ARGUMENT",
     [](World& w) {
       LaterPush push(w);
       push.request.mutable_hash_before()->pop_back();
       return push.Send();
     }},
    {"NoChainHashInTheMiddle", "INVALID_ARGUMENT",
     [](World& w) {
       LaterPush push(w);
       push.request.clear_hash_before();
       return push.Send();
     }},
    {"ChainHashBeforeTheFirst", "INVALID_ARGUMENT",
     [](World& w) {
       GoodPush push(w);
       push.request.set_hash_before(std::string(16, 'h'));
       return push.Send();
     }},
    {"SameNumberOtherBytes", "FAILED_PRECONDITION",
     [](World& w) {
       LaterPush push(w);
       push.first.mutable_groups(1)->back() ^= 1;
       return SendPush(push.tablet, push.first);
     }},
    {"ReplayOfAWholePush", "the same, and no second effect",
     [](World& w) -> std::string {
       LaterPush push(w);
       v1::PushReply first, second;
       const uint64_t before = w.server.Stats().dispositions(v1::DISPOSITION_COMMITTED);
       if (!push.tablet.Send(push.first, &first).ok()) return "refused";
       if (!push.tablet.Send(push.first, &second).ok()) return "refused";
       const bool same = first.SerializeAsString() == second.SerializeAsString() &&
                         first.results(0).disposition() == v1::DISPOSITION_COMMITTED;
       const bool no_effect = w.server.Stats().dispositions(v1::DISPOSITION_COMMITTED) == before;
       return same && no_effect ? "the same, and no second effect" : "something else";
     }},
    {"EpochThatWillCome", "FAILED_PRECONDITION",
     [](World& w) {
       GoodPush push(w);
       push.request.set_epoch(2);
       return push.Send();
     }},
    {"NoEpoch", "FAILED_PRECONDITION",
     [](World& w) {
       GoodPush push(w);
       push.request.clear_epoch();
       return push.Send();
     }},
    {"TwoTabletsWithACopyOfOneStore", "COMMITTED, then FAILED_PRECONDITION, then REHOME",
     [](World& w) -> std::string {
       LaterPush one(w);
       // The copy has the same session, store and chain, and writes something else.
       v1::PushRequest other = one.request;
       *other.mutable_groups(0) =
           one.tablet.Sealed(one.tablet.Header({w.NewVisit(), core::kPlan, {}}), "x");
       const std::string first = one.Send();
       const std::string second = SendPush(one.tablet, other);
       one.tablet.DropUnsent();
       one.tablet.Keep(other.groups(0));
       v1::HelloReply hello;
       const grpc::Status greeted = one.tablet.Hello(&hello);
       const bool rehomed = greeted.ok() && hello.stores(0).action() == v1::STORE_ACTION_REHOME &&
                            hello.stores(0).new_replica() != 0;
       return first + ", then " + second + ", then " + (rehomed ? "REHOME" : "OK");
     }},
};

INSTANTIATE_TEST_SUITE_P(Push, BadInputTest, ::testing::ValuesIn(kCases), NameOf);

}  // namespace
}  // namespace halfterm::testing
