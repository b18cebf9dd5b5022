// A school's server that is backed up and restored, for tests: the real server, the real backups,
// and tablets that keep what they were answered, as tablets do until it is durable.

#ifndef HALFTERM_TESTS_SUPPORT_RESTORED_SCHOOL_H_
#define HALFTERM_TESTS_SUPPORT_RESTORED_SCHOOL_H_
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "halfterm/v1/backup.grpc.pb.h"
#include "halfterm/v1/recovery.grpc.pb.h"
#include "storage/backup/restore.h"
#include "tests/support/running_server.h"
#include "tests/support/wire_tablet.h"

namespace halfterm::testing {

class RestoredSchool : public ::testing::Test {
 protected:
  using FacetId = core::FacetId;

  RestoredSchool() { server.Import(people, "northgate"); }

  std::string Folder() const { return elsewhere.Path("backups"); }

  // The generation's number; 0 and a failure where none was made.
  uint32_t BackUp();
  grpc::Status TryBackUp(const std::string& folder);
  uint64_t DurableSeq();

  absl::StatusOr<storage::Restored> TryRestore(uint32_t generation);
  void Restore(uint32_t generation);

  // A visit of Tia's lesson with one rating, pushed. What is needed to hand it back is kept.
  FacetId WriteVisit(WireTablet& tablet, uint8_t number, uint32_t level = 3);
  void Push(WireTablet& tablet);

  // A greeting as a tablet makes it that adopted `epoch` last. `newest`: the newest group of which
  // it holds an answer; null: it shows none.
  v1::HelloReply Greet(WireTablet& tablet, uint32_t epoch,
                       const v1::RefilledGroup* newest = nullptr);
  v1::RefillReply Refill(WireTablet& tablet, v1::RefillRequest request, uint32_t epoch);
  // The facet as the tablet is handed it, with its proof; empty where it is not.
  v1::Held HeldOf(WireTablet& tablet, const FacetId& facet);
  static v1::RefilledFacet HandedBack(const v1::Held& held);
  // What a tablet that starts from nothing is given of the facet. Each such tablet needs a device
  // of its own.
  std::string Served(const core::Id16& person, const FacetId& facet, uint8_t device = 40);
  // What recomputing everything finds; the first is a failure.
  uint64_t Differences();
  static std::vector<v1::Refilled> EachOf(
      const google::protobuf::RepeatedPtrField<v1::RefillResult>& all);

  SmallSchool people;
  TemporaryDirectory elsewhere;
  RunningServer server;
  v1::BackupGeneration last_made;
  std::map<core::Id16, v1::RefillRequest> kept;  // By author: every acknowledged group.
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_RESTORED_SCHOOL_H_
