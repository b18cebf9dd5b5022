// What the cases of bad input share: two schools whose ids are the same, people who bend what they
// send, and people who work honestly beside them.
//
// A case is a name, an expected answer in words, and an attempt that says what the answer was.
// After each attempt the honest people push and pull, and what they hold is compared with what they
// held before.

#ifndef HALFTERM_TESTS_END_TO_END_BAD_INPUT_BAD_INPUT_H_
#define HALFTERM_TESTS_END_TO_END_BAD_INPUT_BAD_INPUT_H_
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "halfterm/v1/sync.pb.h"
#include "sync/core/types.h"
#include "tests/support/running_server.h"
#include "tests/support/wire_tablet.h"

namespace halfterm::testing {

class World {
 public:
  // The world of this program; made at its first use.
  static World& Get();

  RunningServer server;
  SmallSchool school;  // Of both.
  static constexpr char kHere[] = "northgate", kThere[] = "southgate";

  // A visit of Tia's lesson by Hana, with a note; the same id stands for another visit in the other
  // school. `there_only` is a visit that only the other school has.
  const core::Id16 treasure = IdNumber(90), there_only = IdNumber(91);
  core::FacetId Plan() const { return {treasure, core::kPlan, {}}; }
  core::FacetId Sheet() const { return {treasure, core::kSheet, school.hana}; }

  // A tablet that nobody used before.
  WireTablet Tablet(const core::Id16& person) { return TabletAt(kHere, person); }
  WireTablet TabletAt(const std::string& tenant, const core::Id16& person);
  core::Id16 NewVisit();

  // People who work on, and what they hold.
  WireTablet& hana() { return *hana_; }
  WireTablet& sara() { return *sara_; }
  WireTablet& hana_there() { return *hana_there_; }

  // Pushes a new visit and pulls it by somebody else, in both schools; and sees that the treasure
  // is as it was. Says what is wrong, or nothing.
  std::string Unharmed();

 private:
  World();
  std::string RoundTrip(WireTablet& writer, WireTablet& reader);
  std::string Treasure(WireTablet& reader);

  std::unique_ptr<WireTablet> hana_, sara_, hana_there_, sara_there_;
  std::string treasure_here_, treasure_there_;
  uint8_t devices_ = 10;
  uint32_t visits_ = 0;
};

// "INVALID_ARGUMENT"; for OK "OK".
std::string CodeOf(const grpc::Status& status);

// The first result of a push: "COMMITTED", "QUARANTINED MALFORMED", "COMMITTED NOT_ALLOWED"; or the
// code where the call failed.
std::string Words(const grpc::Status& status, const v1::PushReply& reply);
// Pushes these bytes as the tablet's next group.
std::string PushBytes(WireTablet& tablet, std::string group);
// The last group that is kept is changed by the test before it goes out.
std::string PushDelta(WireTablet& tablet, const core::FacetId& facet,
                      const WireTablet::Values& values);
std::string PushIntent(WireTablet& tablet, const core::FacetId& facet, const v1::Intent& intent);
std::string SendPush(WireTablet& tablet, const v1::PushRequest& request);

// Any bytes to any call, with the tablet's token. The reply's bytes, if they are wanted.
grpc::Status CallByName(WireTablet& tablet, const std::string& method, const std::string& request,
                        std::string* reply = nullptr);

struct BadInput {
  const char* name;
  const char* answer;
  std::function<std::string(World&)> attempt;
};

inline void PrintTo(const BadInput& c, std::ostream* out) { *out << c.name; }
inline std::string NameOf(const ::testing::TestParamInfo<BadInput>& info) {
  return info.param.name;
}

class BadInputTest : public ::testing::TestWithParam<BadInput> {
 protected:
  // After each table of cases: the store is what its recomputation says.
  static void TearDownTestSuite();
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_END_TO_END_BAD_INPUT_BAD_INPUT_H_
