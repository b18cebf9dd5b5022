// Every call of the protos against tests/matrix/calls.md; and docs/permissions.md, made of the same
// files.

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "storage/doors/open_door.h"
#include "storage/keeping/keeping_reader.h"
#include "storage/summary/access.h"
#include "sync/facts.h"
#include "tests/matrix/askers.h"

namespace halfterm::testing {
namespace {

TEST(CallsMatrixTest, S2EveryCallOfTheProtosIsNamedWithWhoMayMakeIt) {
  google::protobuf::FileDescriptorSet files;
  std::ifstream in(HALFTERM_DESCRIPTORS, std::ios::binary);
  ASSERT_TRUE(files.ParseFromIstream(&in));
  std::set<std::string> there, named;
  for (const google::protobuf::FileDescriptorProto& file : files.file()) {
    if (file.package() != "halfterm.v1") continue;
    for (const auto& service : file.service()) {
      for (const auto& method : service.method()) {
        there.insert(service.name() + "." + method.name());
      }
    }
  }
  const std::set<std::string> words = {
      "staff",       "own",     "no session",         "this machine",
      "the teacher", "leaders", "head of department", "senior leaders",
      "keeper"};
  for (const std::vector<std::string>& row : Calls().rows()) {
    named.insert(row[0]);
    for (const std::string& who : PartsOf(row[2])) {
      v1::Role role;
      EXPECT_TRUE(words.count(who) > 0 || v1::Role_Parse("ROLE_" + who, &role))
          << row[0] << " is for `" << who << "`, which is none of the matrix' words";
    }
  }
  EXPECT_GT(there.size(), 15u);
  for (const std::string& call : there) {
    EXPECT_EQ(named.count(call), 1u)
        << call << " is not named: add a line to tests/matrix/calls.md that says who may make it, "
        << "and record docs/permissions.md with HALFTERM_RECORD=1";
  }
  for (const std::string& call : named) EXPECT_EQ(there.count(call), 1u) << call << " is no call";
}

TEST(CallsMatrixTest, S2WhoReadsFiguresAndCountsIsWhatTheMatrixSays) {
  size_t cells = 0;
  for (const Asker& asker : AllAskers()) {
    MatrixSchool school;
    const sync::Directory directory = asker.InSchool(school);
    const storage::SummaryAccess access(directory, school.one);
    const core::Id16& teacher = asker.is_teacher ? school.one : school.teacher;
    SCOPED_TRACE(asker.Words());
    EXPECT_EQ(access.OwnPage(teacher) || access.LeadsPage(teacher, school.maths),
              MayCall("Summaries.Teacher", "a teacher", asker));
    for (const char* call : {"Summaries.Department", "Summaries.Coverage"}) {
      EXPECT_EQ(access.Department(school.maths), MayCall(call, "a department", asker));
    }
    for (const char* call : {"Summaries.School", "Summaries.Coverage"}) {
      EXPECT_EQ(access.School(school.site), MayCall(call, "a school", asker));
    }
    EXPECT_EQ(storage::MaySeeCounts(school.one, directory), MayCall("Keeping.Counts", "-", asker));
    cells += 6;
  }
  std::printf("%zu cells of who may call\n", cells);
}

TEST(CallsMatrixTest, S2WhoSeesOpenDoorsIsWhatTheMatrixSays) {
  for (const Asker& asker : AllAskers()) {
    MatrixSchool school;
    const sync::Directory directory = asker.InSchool(school);
    SCOPED_TRACE(asker.Words());
    for (const char* call : {"OpenDoors.ListDoors", "OpenDoors.OpenDoor", "OpenDoors.TakePlace",
                             "OpenDoors.GiveUpPlace"}) {
      EXPECT_EQ(storage::IsStaffOf(school.one, school.site, directory),
                MayCall(call, "a school", asker))
          << call;
    }
    EXPECT_FALSE(storage::IsStaffOf(IdNumber(250), school.site, directory));
  }
}

TEST(CallsMatrixTest, APersonWhoHasLeftReadsNothingWhateverTheirGrantsSay) {
  for (const v1::Role role : AllRoles()) {
    MatrixSchool school;
    school.Give(role, true);
    school.person(school.one).set_state(v1::GRANT_STATE_ENDED);
    const sync::Directory directory = school.Made();
    EXPECT_TRUE(directory.ScopesOf(school.one).empty()) << RoleName(role);
    EXPECT_FALSE(storage::MaySeeCounts(school.one, directory)) << RoleName(role);
    EXPECT_FALSE(storage::IsStaffOf(school.one, school.site, directory)) << RoleName(role);
  }
}

TEST(CallsMatrixTest, ThePageOfPermissionsIsMadeOfTheMatrix) {
  std::string page;
  for (const char* file :
       {"about.md", "reading.md", "writing.md", "asking.md", "dispositions.md", "calls.md"}) {
    if (!page.empty()) page += "\n";
    page += FileText(std::string(HALFTERM_ROOT) + "/tests/matrix/" + file);
  }
  const std::string path = std::string(HALFTERM_ROOT) + "/docs/permissions.md";
  if (std::getenv("HALFTERM_RECORD") != nullptr) {
    std::ofstream(path, std::ios::binary) << page;
  }
  EXPECT_TRUE(FileText(path) == page)
      << "docs/permissions.md is not what tests/matrix says; HALFTERM_RECORD=1 writes it anew";
}

// Each disposition and reason has its line.
TEST(CallsMatrixTest, EveryDispositionAndReasonIsExplained) {
  const Table dispositions("dispositions.md", {"disposition"});
  const Table reasons("dispositions.md", {"reason of QUARANTINED"});
  EXPECT_EQ(dispositions.rows().size(), static_cast<size_t>(v1::Disposition_MAX));
  EXPECT_EQ(reasons.rows().size(), static_cast<size_t>(v1::Reason_MAX));
  for (int d = 1; d <= v1::Disposition_MAX; ++d) {
    dispositions.Row({v1::Disposition_Name(static_cast<v1::Disposition>(d)).substr(12)});
  }
  for (int r = 1; r <= v1::Reason_MAX; ++r) {
    reasons.Row({v1::Reason_Name(static_cast<v1::Reason>(r)).substr(7)});
  }
}

}  // namespace
}  // namespace halfterm::testing
