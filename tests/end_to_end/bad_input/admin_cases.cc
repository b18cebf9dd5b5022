// Administration: what its calls refuse, and that tablets have none of them.
#include <gtest/gtest.h>

#include <string>

#include "tests/end_to_end/bad_input/bad_input.h"

namespace halfterm::testing {
namespace {

std::string OpenSession(World& world, const std::function<void(v1::OpenSessionRequest&)>& bend) {
  v1::OpenSessionRequest request;
  request.set_tenant(World::kHere);
  request.set_person(BytesOf(world.school.hana));
  request.set_device(BytesOf(IdNumber(200)));
  bend(request);
  grpc::ClientContext context;
  v1::OpenSessionReply reply;
  return CodeOf(world.server.admin().OpenSession(&context, request, &reply));
}

std::string List(World& world, const std::function<void(v1::ListRequest&)>& bend) {
  v1::ListRequest request;
  request.set_tenant(World::kHere);
  request.set_kind(v1::RECORD_KIND_PERSON);
  bend(request);
  grpc::ClientContext context;
  v1::ListReply reply;
  return CodeOf(world.server.directory().List(&context, request, &reply));
}

v1::ImportReply TryImport(World& world, const v1::ImportRequest& request, grpc::Status& status) {
  grpc::ClientContext context;
  v1::ImportReply reply;
  status = world.server.directory().Import(&context, request, &reply);
  return reply;
}

int People(World& world) {
  v1::ListRequest request;
  request.set_tenant(World::kHere);
  request.set_kind(v1::RECORD_KIND_PERSON);
  grpc::ClientContext context;
  v1::ListReply reply;
  EXPECT_TRUE(world.server.directory().List(&context, request, &reply).ok());
  return reply.records_size();
}

std::string FromATablet(World& world, const char* method) {
  return CodeOf(CallByName(world.hana(), method, ""));
}

const BadInput kCases[] = {
    {"SessionAtNoSchool", "NOT_FOUND",
     [](World& w) {
       return OpenSession(w, [](v1::OpenSessionRequest& r) { r.set_tenant("eastgate"); });
     }},
    {"SessionOfNobody", "NOT_FOUND",
     [](World& w) {
       return OpenSession(w,
                          [](v1::OpenSessionRequest& r) { r.set_person(BytesOf(IdNumber(99))); });
     }},
    {"SessionOnATabletOf15Bytes", "INVALID_ARGUMENT",
     [](World& w) {
       return OpenSession(w, [](v1::OpenSessionRequest& r) { r.set_device(std::string(15, 'd')); });
     }},
    {"SchoolWithAPathForAName", "INVALID_ARGUMENT",
     [](World& w) {
       grpc::Status status;
       TryImport(w, ImportOf(w.school, "../northgate"), status);
       return CodeOf(status);
     }},
    {"RosterWithWrongRows", "named, and nothing is half imported",
     [](World& w) -> std::string {
       const int before = People(w);
       v1::ImportRequest request = ImportOf(w.school, World::kHere);
       v1::Person& good = *request.add_people();
       good.set_id(BytesOf(IdNumber(70)));
       good.set_display_name("Nobody Yet");
       request.add_people()->set_id("short");
       v1::RoleGrant& grant = *request.add_grants();
       grant.set_id(BytesOf(IdNumber(71)));
       grant.set_person(BytesOf(IdNumber(99)));
       grant.set_role(static_cast<v1::Role>(77));
       grpc::Status status;
       const v1::ImportReply reply = TryImport(w, request, status);
       if (!status.ok()) return CodeOf(status);
       if (reply.applied() || reply.rejected_size() < 2) return "applied";
       return People(w) == before ? "named, and nothing is half imported" : "half imported";
     }},
    {"RosterWithUnknownFieldsInEachRow", "INVALID_ARGUMENT",
     [](World& w) {
       v1::ImportRequest request;
       request.set_tenant(World::kHere);
       for (int i = 0; i < 500; ++i) {
         v1::Person& person = *request.add_people();
         person.GetReflection()->MutableUnknownFields(&person)->AddVarint(1000, 1);
       }
       grpc::Status status;
       TryImport(w, request, status);
       return CodeOf(status);
     }},
    {"RosterOfTooManyRows", "INVALID_ARGUMENT",
     [](World& w) {
       v1::ImportRequest request;
       request.set_tenant(World::kHere);
       while (request.people_size() <= 20'000) request.add_people();
       grpc::Status status;
       TryImport(w, request, status);
       return CodeOf(status);
     }},
    {"ListOfAnUnknownKind", "INVALID_ARGUMENT",
     [](World& w) {
       return List(w, [](v1::ListRequest& r) { r.set_kind(static_cast<v1::RecordKind>(99)); });
     }},
    {"ListFromAMadeUpPage", "INVALID_ARGUMENT",
     [](World& w) { return List(w, [](v1::ListRequest& r) { r.set_page_token("../../etc"); }); }},
    {"ListOfNoSchool", "NOT_FOUND",
     [](World& w) { return List(w, [](v1::ListRequest& r) { r.set_tenant("eastgate"); }); }},
    {"VerificationOfNoSchool", "NOT_FOUND",
     [](World& w) {
       v1::VerifyRequest request;
       request.set_tenant("eastgate");
       grpc::ClientContext context;
       const auto stream = w.server.admin().Verify(&context, request);
       v1::VerifyReply reply;
       while (stream->Read(&reply)) {
       }
       return CodeOf(stream->Finish());
     }},
    {"OpenSessionFromATablet", "UNIMPLEMENTED",
     [](World& w) { return FromATablet(w, "Admin/OpenSession"); }},
    {"StatsFromATablet", "UNIMPLEMENTED", [](World& w) { return FromATablet(w, "Admin/Stats"); }},
    {"ImportFromATablet", "UNIMPLEMENTED",
     [](World& w) { return FromATablet(w, "Directory/Import"); }},
    {"CallThatDoesNotExist", "UNIMPLEMENTED",
     [](World& w) { return FromATablet(w, "Sync/DropAllTables"); }},
};
INSTANTIATE_TEST_SUITE_P(Admin, BadInputTest, ::testing::ValuesIn(kCases), NameOf);

}  // namespace
}  // namespace halfterm::testing
