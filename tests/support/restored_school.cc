#include "tests/support/restored_school.h"

#include <memory>

#include "halfterm/v1/observation.pb.h"
#include "sync/core/sha256.h"

namespace halfterm::testing {

uint32_t RestoredSchool::BackUp() {
  const grpc::Status made = TryBackUp(Folder());
  EXPECT_TRUE(made.ok()) << made.error_message();
  return last_made.generation();
}

grpc::Status RestoredSchool::TryBackUp(const std::string& folder) {
  const auto stub = v1::Backups::NewStub(
      grpc::CreateChannel(server.admin_address(), grpc::InsecureChannelCredentials()));
  v1::MakeBackupRequest request;
  request.set_folder(folder);
  grpc::ClientContext context;
  const auto reader = stub->MakeBackup(&context, request);
  v1::MakeBackupReply reply;
  last_made.Clear();
  while (reader->Read(&reply)) {
    if (reply.has_made()) last_made = reply.made();
  }
  return reader->Finish();
}

uint64_t RestoredSchool::DurableSeq() {
  const auto stub = v1::Backups::NewStub(
      grpc::CreateChannel(server.admin_address(), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  v1::ListBackupsReply reply;
  EXPECT_TRUE(stub->ListBackups(&context, v1::ListBackupsRequest(), &reply).ok());
  return reply.schools_size() == 1 ? reply.schools(0).durable_seq() : 0;
}

absl::StatusOr<storage::Restored> RestoredSchool::TryRestore(uint32_t generation) {
  return storage::RestoreStore({server.data(), Folder(), generation}, server.clock);
}

void RestoredSchool::Restore(uint32_t generation) {
  server.Restart([&] {
    const auto restored = TryRestore(generation);
    ASSERT_TRUE(restored.ok()) << restored.status();
  });
}

core::FacetId RestoredSchool::WriteVisit(WireTablet& tablet, uint8_t number, uint32_t level) {
  const core::Id16 record = IdNumber(number);
  const FacetId sheet{record, core::kSheet, tablet.person()};
  tablet.Write({record, core::kPlan, {}}, PlanValues(people, tablet.person(), people.tia));
  tablet.Write(sheet, RatingValues(1, level));
  Push(tablet);
  return sheet;
}

void RestoredSchool::Push(WireTablet& tablet) {
  const v1::PushRequest request = tablet.Request();
  v1::PushReply reply;
  const grpc::Status pushed = tablet.Push(&reply);
  ASSERT_TRUE(pushed.ok()) << pushed.error_message();
  for (int i = 0; i < reply.results_size(); ++i) {
    v1::RefilledGroup& group = *kept[tablet.person()].add_groups();
    group.set_group(request.groups(i));
    group.set_replica(request.replica());
    *group.mutable_result() = reply.results(i);
  }
}

v1::HelloReply RestoredSchool::Greet(WireTablet& tablet, uint32_t epoch,
                                     const v1::RefilledGroup* newest) {
  tablet.Reconnect();
  v1::HelloRequest request;
  request.set_device(BytesOf(tablet.device()));
  request.set_epoch(epoch);
  request.set_cursor(tablet.held.cursor);
  v1::Store& store = *request.add_stores();
  store.set_replica(tablet.replica());
  store.set_last_n(tablet.last_n());
  if (newest != nullptr) {
    v1::AckedProof& proof = *store.mutable_newest_acked();
    proof.set_replica(newest->replica());
    proof.set_group_hash(std::string(core::Sha256(newest->group()).view()));
    *proof.mutable_result() = newest->result();
  }
  v1::HelloReply reply;
  grpc::ClientContext context;
  tablet.Prepare(context);
  const grpc::Status greeted = tablet.sync().Hello(&context, request, &reply);
  EXPECT_TRUE(greeted.ok()) << greeted.error_message();
  return reply;
}

v1::RefillReply RestoredSchool::Refill(WireTablet& tablet, v1::RefillRequest request,
                                       uint32_t epoch) {
  request.set_epoch(epoch);
  v1::RefillReply reply;
  grpc::ClientContext context;
  tablet.Prepare(context);
  const grpc::Status refilled =
      v1::Recovery::NewStub(tablet.channel())->Refill(&context, request, &reply);
  EXPECT_TRUE(refilled.ok()) << refilled.error_message();
  return reply;
}

v1::Held RestoredSchool::HeldOf(WireTablet& tablet, const FacetId& facet) {
  v1::FetchRequest request;
  request.add_records(BytesOf(facet.record));
  v1::FetchReply reply;
  grpc::ClientContext context;
  tablet.Prepare(context);
  EXPECT_TRUE(tablet.sync().Fetch(&context, request, &reply).ok());
  for (const v1::Item& item : reply.items()) {
    for (const v1::Held& held : item.held()) {
      if (held.facet() == facet.Bytes()) return held;
    }
  }
  return {};
}

v1::RefilledFacet RestoredSchool::HandedBack(const v1::Held& held) {
  v1::RefilledFacet facet;
  facet.set_facet(held.facet());
  facet.set_epoch(held.epoch());
  facet.set_seq(held.seq());
  facet.set_state(held.state());
  facet.set_receipt(held.receipt());
  return facet;
}

std::string RestoredSchool::Served(const core::Id16& person, const FacetId& facet, uint8_t device) {
  WireTablet fresh(server, "northgate", person, device);
  const grpc::Status pulled = fresh.Pull();
  EXPECT_TRUE(pulled.ok()) << pulled.error_message();
  return fresh.Held(facet);
}

uint64_t RestoredSchool::Differences() {
  grpc::ClientContext context;
  const auto reader = server.admin().Verify(&context, v1::VerifyRequest());
  v1::VerifyReply reply, last;
  while (reader->Read(&reply)) last = reply;
  EXPECT_TRUE(reader->Finish().ok());
  if (last.differences_size() > 0) ADD_FAILURE() << last.differences(0).ShortDebugString();
  return last.difference_count();
}

std::vector<v1::Refilled> RestoredSchool::EachOf(
    const google::protobuf::RepeatedPtrField<v1::RefillResult>& all) {
  std::vector<v1::Refilled> each;
  for (const v1::RefillResult& result : all) each.push_back(result.refilled());
  return each;
}

}  // namespace halfterm::testing
