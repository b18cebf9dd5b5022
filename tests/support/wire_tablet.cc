#include "tests/support/wire_tablet.h"

#include <gtest/gtest.h>

#include "halfterm/v1/observation.pb.h"
#include "sync/core/codec.h"
#include "sync/core/delta.h"
#include "sync/core/sha256.h"
#include "sync/core/varint.h"

namespace halfterm::testing {
namespace {

std::string Number(uint64_t number) {
  std::string value;
  core::AppendVarint(value, number);
  return value;
}

}  // namespace

WireTablet::WireTablet(TabletServer& server, const std::string& tenant, const core::Id16& person,
                       uint8_t device)
    : server_(server),
      person_(person),
      device_(IdNumber(static_cast<uint8_t>(200 + device))),
      session_(server.OpenSession(tenant, person, device_)),
      channel_(server.PublicChannel()),
      sync_(v1::Sync::NewStub(channel_)) {
  const grpc::Status greeted = Hello();
  EXPECT_TRUE(greeted.ok()) << greeted.error_message();
}

void WireTablet::Reconnect() {
  channel_ = server_.PublicChannel();
  sync_ = v1::Sync::NewStub(channel_);
}

void WireTablet::Prepare(grpc::ClientContext& context) const {
  context.AddMetadata("authorization", "Bearer " + session_.token());
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
}

grpc::Status WireTablet::Hello(v1::HelloReply* reply) {
  v1::HelloRequest request;
  request.set_device(BytesOf(device_));
  request.set_epoch(epoch_);
  request.set_app("wire tablet");
  v1::Store& store = *request.add_stores();
  store.set_replica(replica_);
  store.set_last_n(last_n_);
  if (last_n_ > 0) store.set_last_hash(std::string(hash_.view()));
  v1::HelloReply own;
  if (reply == nullptr) reply = &own;
  grpc::ClientContext context;
  Prepare(context);
  const grpc::Status status = sync_->Hello(&context, request, reply);
  if (!status.ok() || reply->stores_size() != 1) return status;
  replica_ = reply->stores(0).replica();
  epoch_ = reply->epoch();
  hello_no_ = reply->hello_no();
  return status;
}

core::GroupHeader WireTablet::Header(const core::FacetId& facet, core::GroupKind kind) const {
  core::GroupHeader header;
  header.kind = kind;
  header.replica = replica_;
  header.n = last_n_ + 1;
  header.session = *core::Id16::FromBytes(session_.session());
  header.facet = facet;
  header.time.wall_ms = static_cast<uint64_t>(server_.NowMs());
  header.time.hello_no = hello_no_;
  return header;
}

core::Facet WireTablet::DeltaOf(const core::FacetId& facet, const Values& values) const {
  const auto found = written_.find(facet);
  const core::Facet nothing;
  const core::Facet& before = found == written_.end() ? nothing : found->second;
  core::Facet delta;
  for (const auto& [path, value] : values) {
    core::Put(delta, core::Written(before, path, next_dot(), core::Id16{}, value));
  }
  return delta;
}

void WireTablet::Keep(std::string bytes) {
  hash_ = core::ChainHash(hash_, ++last_n_, core::Sha256(bytes));
  kept_.push_back(std::move(bytes));
}

void WireTablet::Write(const core::FacetId& facet, const Values& values) {
  core::Facet delta = DeltaOf(facet, values);
  Keep(Sealed(Header(facet), core::Encode(delta)));
  core::JoinInto(written_[facet], std::move(delta), nullptr);
}

void WireTablet::Intend(const core::FacetId& facet, const v1::Intent& intent) {
  Keep(Sealed(Header(facet, core::GroupKind::kIntent), intent.SerializeAsString()));
}

v1::PushRequest WireTablet::Request() const {
  v1::PushRequest request;
  request.set_replica(replica_);
  request.set_first_n(acked_n_ + 1);
  for (const std::string& group : kept_) request.add_groups(group);
  request.set_epoch(epoch_);
  if (acked_n_ > 0) request.set_hash_before(std::string(acked_hash_.view()));
  return request;
}

grpc::Status WireTablet::Push(v1::PushReply* reply) {
  v1::PushReply own;
  if (reply == nullptr) reply = &own;
  const grpc::Status status = Send(Request(), reply);
  if (!status.ok()) return status;
  EXPECT_EQ(reply->applied_n(), last_n_);
  EXPECT_EQ(reply->applied_hash(), hash_.view());
  acked_n_ = last_n_;
  acked_hash_ = hash_;
  kept_.clear();
  return status;
}

grpc::Status WireTablet::Send(const v1::PushRequest& request, v1::PushReply* reply) {
  grpc::ClientContext context;
  Prepare(context);
  return sync_->Push(&context, request, reply);
}

void WireTablet::GoOnAs(uint64_t replica, uint32_t epoch) {
  DropUnsent();
  replica_ = replica;
  epoch_ = epoch;
  last_n_ = acked_n_ = 0;
  hash_ = acked_hash_ = {};
}

void WireTablet::DropUnsent() {
  kept_.clear();
  last_n_ = acked_n_;
  hash_ = acked_hash_;
}

grpc::Status WireTablet::Pull(uint32_t max_bytes, int* chunks) {
  v1::PullRequest request;
  request.set_cursor(held.cursor);
  request.set_max_bytes(max_bytes);
  grpc::ClientContext context;
  Prepare(context);
  const auto reader = sync_->Pull(&context, request);
  v1::PullReply reply;
  while (reader->Read(&reply)) {
    if (chunks != nullptr) ++*chunks;
    EXPECT_EQ(held.Apply(reply), "");
  }
  return reader->Finish();
}

std::string WireTablet::Held(const core::FacetId& facet) const {
  const auto record = held.records.find(facet.record);
  if (record == held.records.end()) return "";
  const auto found = record->second.facets.find(facet);
  return found == record->second.facets.end() ? "" : found->second.bytes;
}

WireTablet::Values PlanValues(const SmallSchool& school, const core::Id16& lead,
                              const core::Id16& teacher) {
  using core::Kind;
  using core::Path;
  return {
      {Path::Field(v1::Plan::kKindFieldNumber, Kind::kReg), Number(v1::VISIT_KIND_DEPT)},
      {Path::Field(v1::Plan::kTeacherFieldNumber, Kind::kReg), BytesOf(teacher)},
      {Path::Field(v1::Plan::kDepartmentAtLessonFieldNumber, Kind::kReg), BytesOf(school.maths)},
      {Path::Field(v1::Plan::kLeadFieldNumber, Kind::kReg), BytesOf(lead)},
      {Path::Entry(v1::Plan::kObserversFieldNumber, lead, 0, Kind::kElem), ""},
      {Path::Field(v1::Plan::kLessonStartMsFieldNumber, Kind::kReg),
       Number(core::ZigZag(At(2026, 9, 14)))},
      {Path::Field(v1::Plan::kMinutesFieldNumber, Kind::kReg), Number(50)},
      {Path::Field(v1::Plan::kRubricVersionFieldNumber, Kind::kReg), BytesOf(school.rubric_a)}};
}

WireTablet::Values RatingValues(uint16_t element, uint32_t level) {
  using core::Kind;
  using core::Path;
  const core::Id16 key = core::NumberKey(element);
  return {
      {Path::Entry(v1::Sheet::kRatingsFieldNumber, key, 0, Kind::kElem), ""},
      {Path::Entry(v1::Sheet::kRatingsFieldNumber, key, v1::Rating::kLevelFieldNumber, Kind::kReg),
       Number(level)}};
}

}  // namespace halfterm::testing
