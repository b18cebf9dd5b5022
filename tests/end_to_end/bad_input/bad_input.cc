#include "tests/end_to_end/bad_input/bad_input.h"

#include <grpcpp/generic/generic_stub.h>

#include <chrono>
#include <future>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "halfterm/v1/observation.pb.h"

namespace halfterm::testing {
namespace {

using core::Kind;
using core::Path;

void WriteTreasure(World& world, WireTablet& hana, const core::Id16& visit,
                   const std::string& words) {
  hana.Write({visit, core::kPlan, {}},
             PlanValues(world.school, world.school.hana, world.school.tia));
  const core::Id16 note = IdNumber(1);
  WireTablet::Values values = RatingValues(3, 2);
  values.emplace_back(Path::Entry(v1::Sheet::kNotesFieldNumber, note, 0, Kind::kElem), "");
  values.emplace_back(
      Path::Entry(v1::Sheet::kNotesFieldNumber, note, v1::Note::kTextFieldNumber, Kind::kPara),
      words);
  hana.Write({visit, core::kSheet, world.school.hana}, values);
  v1::PushReply reply;
  ASSERT_EQ(Words(hana.Push(&reply), reply), "COMMITTED");
}

}  // namespace

World& World::Get() {
  static World* const world = new World;  // Ends with the program: its threads outlive its tests.
  return *world;
}

World::World() {
  server.Import(school, kHere);
  server.Import(school, kThere);
  hana_ = std::make_unique<WireTablet>(server, kHere, school.hana, 1);
  sara_ = std::make_unique<WireTablet>(server, kHere, school.sara, 2);
  hana_there_ = std::make_unique<WireTablet>(server, kThere, school.hana, 1);
  sara_there_ = std::make_unique<WireTablet>(server, kThere, school.sara, 2);
  WriteTreasure(*this, *hana_, treasure, "The class was ready to learn.");
  WriteTreasure(*this, *hana_there_, treasure, "Another lesson at another school.");
  WriteTreasure(*this, *hana_there_, there_only, "Nobody here may know of it.");
  EXPECT_TRUE(hana_->Pull().ok() && hana_there_->Pull().ok());
  treasure_here_ = Treasure(*hana_);
  treasure_there_ = Treasure(*hana_there_);
  EXPECT_NE(treasure_here_, treasure_there_);
}

WireTablet World::TabletAt(const std::string& tenant, const core::Id16& person) {
  return WireTablet(server, tenant, person, ++devices_);
}

core::Id16 World::NewVisit() {
  core::Id16 id = IdNumber(92);
  ++visits_;
  id.bytes[1] = static_cast<uint8_t>(visits_ >> 8);
  id.bytes[2] = static_cast<uint8_t>(visits_);
  return id;
}

std::string World::Unharmed() {
  std::string wrong = RoundTrip(*hana_, *sara_);
  if (wrong.empty()) wrong = RoundTrip(*hana_there_, *sara_there_);
  if (wrong.empty() && !hana_->Pull().ok()) wrong = "Hana cannot pull";
  if (wrong.empty() && !hana_there_->Pull().ok()) wrong = "the other Hana cannot pull";
  if (wrong.empty() && Treasure(*hana_) != treasure_here_) wrong = "the visit was changed";
  if (wrong.empty() && Treasure(*hana_there_) != treasure_there_) {
    wrong = "the other school's visit was changed";
  }
  return wrong;
}

std::string World::RoundTrip(WireTablet& writer, WireTablet& reader) {
  const core::FacetId plan{NewVisit(), core::kPlan, {}};
  const std::string pushed = PushDelta(writer, plan, PlanValues(school, school.hana, school.tom));
  if (pushed != "COMMITTED") return "an honest push was answered " + pushed;
  const grpc::Status pulled = reader.Pull();
  if (!pulled.ok()) return "an honest pull was answered " + CodeOf(pulled);
  return reader.Held(plan).empty() ? "what was pushed does not arrive" : "";
}

std::string World::Treasure(WireTablet& reader) {
  return absl::StrCat(reader.Held(Plan()), "|", reader.Held(Sheet()), "|",
                      reader.held.records.count(there_only));
}

std::string CodeOf(const grpc::Status& status) {
  static constexpr const char* kNames[] = {"OK",
                                           "CANCELLED",
                                           "UNKNOWN",
                                           "INVALID_ARGUMENT",
                                           "DEADLINE_EXCEEDED",
                                           "NOT_FOUND",
                                           "ALREADY_EXISTS",
                                           "PERMISSION_DENIED",
                                           "RESOURCE_EXHAUSTED",
                                           "FAILED_PRECONDITION",
                                           "ABORTED",
                                           "OUT_OF_RANGE",
                                           "UNIMPLEMENTED",
                                           "INTERNAL",
                                           "UNAVAILABLE",
                                           "DATA_LOSS",
                                           "UNAUTHENTICATED"};
  return kNames[status.error_code()];
}

std::string Words(const grpc::Status& status, const v1::PushReply& reply) {
  if (!status.ok()) return CodeOf(status);
  if (reply.results_size() == 0) return "NOTHING";
  const v1::PushResult& result = reply.results(reply.results_size() - 1);
  const auto plain = [](std::string name, absl::string_view prefix) {
    return std::string(absl::StripPrefix(name, prefix));
  };
  std::string words = plain(v1::Disposition_Name(result.disposition()), "DISPOSITION_");
  if (result.reason() != v1::REASON_UNSPECIFIED) {
    absl::StrAppend(&words, " ", plain(v1::Reason_Name(result.reason()), "REASON_"));
  }
  if (result.outcome() != v1::OUTCOME_UNSPECIFIED) {
    absl::StrAppend(&words, " ", plain(v1::Outcome_Name(result.outcome()), "OUTCOME_"));
  }
  return words;
}

std::string PushBytes(WireTablet& tablet, std::string group) {
  tablet.Keep(std::move(group));
  v1::PushReply reply;
  return Words(tablet.Push(&reply), reply);
}

std::string PushDelta(WireTablet& tablet, const core::FacetId& facet,
                      const WireTablet::Values& values) {
  tablet.Write(facet, values);
  v1::PushReply reply;
  return Words(tablet.Push(&reply), reply);
}

std::string PushIntent(WireTablet& tablet, const core::FacetId& facet, const v1::Intent& intent) {
  tablet.Intend(facet, intent);
  v1::PushReply reply;
  return Words(tablet.Push(&reply), reply);
}

std::string SendPush(WireTablet& tablet, const v1::PushRequest& request) {
  v1::PushReply reply;
  return Words(tablet.Send(request, &reply), reply);
}

grpc::Status CallByName(WireTablet& tablet, const std::string& method, const std::string& request,
                        std::string* reply) {
  grpc::ClientContext context;
  tablet.Prepare(context);
  const grpc::Slice slice(request);
  const grpc::ByteBuffer bytes(&slice, 1);
  grpc::ByteBuffer answer;
  grpc::GenericStub stub(tablet.channel());
  std::promise<grpc::Status> done;
  stub.UnaryCall(&context, "/halfterm.v1." + method, grpc::StubOptions(), &bytes, &answer,
                 [&done](grpc::Status status) { done.set_value(std::move(status)); });
  const grpc::Status status = done.get_future().get();
  if (reply != nullptr && status.ok()) {
    grpc::Slice whole;
    if (answer.DumpToSingleSlice(&whole).ok()) {
      reply->assign(reinterpret_cast<const char*>(whole.begin()), whole.size());
    }
  }
  return status;
}

TEST_P(BadInputTest, IsAnsweredAndHarmsNobody) {
  World& world = World::Get();
  EXPECT_EQ(GetParam().attempt(world), GetParam().answer);
  EXPECT_EQ(world.Unharmed(), "");
}

void BadInputTest::TearDownTestSuite() {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  const auto stream = World::Get().server.admin().Verify(&context, v1::VerifyRequest());
  v1::VerifyReply reply;
  while (stream->Read(&reply)) {
  }
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_TRUE(reply.done());
  EXPECT_EQ(reply.difference_count(), 0u) << reply.DebugString();
}

}  // namespace halfterm::testing
