// What becomes of a roster's files: read whole with every person where they belong, or refused with
// each fault named by file, line and reason. Each case changes one thing in files that are right.

#include "tools/roster/roster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "storage/import/import_check.h"
#include "tools/replay/ids.h"

namespace halfterm::tools {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

RosterFiles OneRoster12() {
  return {{"halfterm.json", R"({"school":"riverside","name":"Riverside","zone":"Europe/London"})"},
          {"manifest.csv",
           "propertyName,value\nmanifest.version,1.0\noneroster.version,1.2\n"
           "file.orgs,bulk\nfile.users,bulk\nfile.roles,bulk\nfile.academicSessions,absent\n"},
          {"orgs.csv",
           "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n"
           "school,,,Riverside School,school,,\n"
           "maths,,,Mathematics,department,,school\n"
           "art,,,Art,department,,school\n"},
          {"users.csv",
           "sourcedId,status,dateLastModified,enabledUser,givenName,familyName,identifier\n"
           "t1,,,true,Ann,Reid,ARE\n"
           "t2,,,true,Ben,Shah,BSH\n"
           "p1,,,true,Pupil,One,\n"
           "g1,,,true,Parent,One,\n"},
          {"roles.csv",
           "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,"
           "orgSourcedId\n"
           "r1,,,t1,secondary,teacher,,,art\n"
           "r2,,,t1,primary,teacher,2026-09-01,,maths\n"
           "r3,,,t2,primary,teacher,,,art\n"
           "r4,,,p1,primary,student,,,school\n"
           "r5,,,g1,primary,parent,,,school\n"}};
}

RosterFiles OneRoster11() {
  RosterFiles files = OneRoster12();
  files["manifest.csv"] =
      "propertyName,value\noneroster.version,1.1\nfile.orgs,bulk\nfile.users,bulk\n";
  files.erase("roles.csv");
  files["users.csv"] =
      "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,givenName,familyName\n"
      "t1,,,true,\"school, maths,art\",teacher,Ann,Reid\n"
      "t2,,,true,art,administrator,Ben,Shah\n"
      "p1,,,true,school,student,Pupil,One\n";
  return files;
}

Roster Read(const RosterFiles& files, const sync::Directory::Content& held = {}) {
  RosterOptions options;
  options.today = 20700;
  absl::StatusOr<Roster> roster = ReadRoster(files, options, held);
  EXPECT_TRUE(roster.ok()) << roster.status();
  return roster.ok() ? *std::move(roster) : Roster();
}

std::vector<std::string> FaultsIn(const RosterFiles& files) {
  std::vector<std::string> words;
  for (const Fault& fault : Read(files).faults) words.push_back(InWords(fault));
  return words;
}

const v1::Person& PersonNamed(const v1::ImportRequest& request, const std::string& name) {
  static const v1::Person kNobody;
  for (const v1::Person& person : request.people()) {
    if (person.display_name() == name) return person;
  }
  return kNobody;
}

std::string OrgNamed(const v1::ImportRequest& request, const std::string& name) {
  for (const v1::Org& org : request.orgs()) {
    if (org.name() == name) return org.id();
  }
  return "no such org";
}

std::string Replaced(std::string text, const std::string& what, const std::string& with) {
  const size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

TEST(RosterTest, Version12IsReadWithItsRoles) {
  const Roster roster = Read(OneRoster12());
  EXPECT_THAT(roster.faults, IsEmpty());
  EXPECT_EQ(roster.request.tenant(), "riverside");
  EXPECT_TRUE(roster.request.complete());
  EXPECT_THAT(roster.request.people(), SizeIs(2));
  const v1::Person& ann = PersonNamed(roster.request, "Ann Reid");
  ASSERT_THAT(ann.departments(), SizeIs(2));
  EXPECT_EQ(ann.departments(0).org(), OrgNamed(roster.request, "Mathematics")) << "primary first";
  EXPECT_EQ(ann.departments(0).from_day(), *ParseDay("2026-09-01"));
  EXPECT_EQ(ann.staff_code(), "ARE");
  EXPECT_THAT(storage::CheckImportRows(roster.request, sync::Directory({})), IsEmpty());
}

TEST(RosterTest, Version11IsReadWithRolesInUsers) {
  const Roster roster = Read(OneRoster11());
  EXPECT_THAT(roster.faults, IsEmpty());
  EXPECT_THAT(roster.request.people(), SizeIs(2));
  const v1::Person& ann = PersonNamed(roster.request, "Ann Reid");
  ASSERT_THAT(ann.departments(), SizeIs(2));
  EXPECT_EQ(ann.departments(0).org(), OrgNamed(roster.request, "Mathematics"));
}

TEST(RosterTest, StudentsAreCountedAndNothingOfThemIsKept) {
  for (const RosterFiles& files : {OneRoster11(), OneRoster12()}) {
    const Roster roster = Read(files);
    EXPECT_THAT(roster.notes, Contains(HasSubstr("students, not read: 1")));
    const std::string sent = roster.request.SerializeAsString();
    EXPECT_EQ(sent.find("Pupil"), std::string::npos);
    EXPECT_EQ(sent.find("p1"), std::string::npos);
    EXPECT_EQ(sent.find("Parent"), std::string::npos);
  }
}

TEST(RosterTest, NoOneRosterRoleGrantsAnything) {
  RosterFiles files = OneRoster12();
  files["roles.csv"] =
      Replaced(files["roles.csv"], "primary,teacher,,,art", "primary,principal,,,art");
  EXPECT_THAT(Read(files).request.grants(), IsEmpty());
}

TEST(RosterTest, TheSameRosterGivesTheSameIdsAndAnotherSchoolOthers) {
  const RosterFiles files = OneRoster12();
  EXPECT_EQ(Read(files).request.SerializeAsString(), Read(files).request.SerializeAsString());
  RosterFiles other = files;
  other["halfterm.json"] = R"({"school":"hilltop","zone":"Europe/London"})";
  EXPECT_NE(PersonNamed(Read(files).request, "Ann Reid").id(),
            PersonNamed(Read(other).request, "Ann Reid").id());
  RosterFiles uuid = files;
  const std::string id = "6fa459ea-ee8a-4ca4-894e-db77e160355e";
  for (const char* file : {"users.csv", "roles.csv"})
    uuid[file] = Replaced(uuid[file], "t2,", id + ",");
  EXPECT_EQ(PersonNamed(Read(uuid).request, "Ben Shah").id(), Bytes(*ParseUuid(id)));
}

TEST(RosterTest, WaysOfWritingACsvFileMakeNoDifference) {
  const std::string expected = Read(OneRoster12()).request.SerializeAsString();
  const struct {
    const char* what;
    std::function<std::string(std::string)> rewrite;
  } cases[] = {
      {"a byte order mark", [](std::string text) { return "\xef\xbb\xbf" + text; }},
      {"lines that end in CRLF",
       [](const std::string& text) {
         std::string out;
         for (const char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
         return out;
       }},
      {"no end of the last line",
       [](std::string text) {
         text.pop_back();
         return text;
       }},
      {"quotes round a field", [](std::string text) { return Replaced(text, "Reid", "\"Reid\""); }},
      {"blank lines", [](std::string text) { return Replaced(text, "\nt2", "\n\n\nt2"); }},
  };
  for (const auto& c : cases) {
    RosterFiles files = OneRoster12();
    files["users.csv"] = c.rewrite(files["users.csv"]);
    const Roster roster = Read(files);
    EXPECT_THAT(roster.faults, IsEmpty()) << c.what;
    EXPECT_EQ(roster.request.SerializeAsString(), expected) << c.what;
  }
}

TEST(RosterTest, ALineBreakInsideQuotesDoesNotShiftTheLinesBelow) {
  RosterFiles files = OneRoster12();
  files["users.csv"] =
      Replaced(files["users.csv"], "t1,,,true,Ann,Reid,ARE\n", "t1,,,true,Ann,Reid,\"A\nR\nE\"\n");
  files["users.csv"] = Replaced(files["users.csv"], "t2,,,true", "t2,,,perhaps");
  EXPECT_THAT(FaultsIn(files),
              Contains("users.csv line 5, enabledUser: is neither true nor false"));
}

TEST(RosterTest, EachFaultNamesFileLineAndReason) {
  const struct {
    const char* what;
    const char* file;
    const char* from;
    const char* to;
    const char* fault;
  } cases[] = {
      {"Latin-1", "users.csv", "Reid", "R\xe9id",
       "users.csv line 2: holds a letter that is not UTF-8"},
      {"an open quote", "users.csv", "Ben", "\"Ben", "users.csv line 3: opens a quote"},
      {"a quote within", "users.csv", "Ben", "B\"en", "users.csv line 3: has a quote"},
      {"a control character", "users.csv", "Ben", "B\x01n", "users.csv line 3: holds a control"},
      {"a row too wide", "users.csv", "Shah,BSH", "Shah,BSH,x",
       "users.csv line 3: has 8 fields, but the header has 7"},
      {"a missing column", "users.csv", "familyName", "surname",
       "users.csv line 1, familyName: is a column that is missing"},
      {"a column twice", "users.csv", "identifier", "givenName",
       "users.csv line 1, givenName: is the name of two columns"},
      {"an identifier twice", "orgs.csv", "art,,,Art", "maths,,,Art",
       "orgs.csv line 4, sourcedId: stands in an earlier row too"},
      {"an unknown parent", "orgs.csv", "department,,school", "department,,college",
       "orgs.csv line 3, parentSourcedId: \"college\" is no organisation"},
      {"an unknown type", "orgs.csv", "Art,department", "Art,faculty",
       "orgs.csv line 4, type: is \"faculty\""},
      {"an unknown org in a role", "roles.csv", "teacher,,,art\nr2", "teacher,,,music\nr2",
       "roles.csv line 2, orgSourcedId: \"music\" is no organisation"},
      {"a role of nobody", "roles.csv", "r3,,,t2", "r3,,,t9",
       "roles.csv line 4, userSourcedId: \"t9\" is no user"},
      {"a user without role", "roles.csv", "r3,,,t2,primary,teacher,,,art\n", "",
       "users.csv line 3, role: is in no row of roles.csv"},
      {"an unknown role", "roles.csv", "t2,primary,teacher", "t2,primary,wizard",
       "roles.csv line 4, role: is \"wizard\""},
      {"a day that is none", "roles.csv", "2026-09-01", "01/09/2026",
       "roles.csv line 3, beginDate: is no day"},
      {"a mode that is none", "manifest.csv", "users,bulk", "users,all",
       "manifest.csv line 5, value: is \"all\""},
      {"a file that is not there", "manifest.csv", "academicSessions,absent",
       "academicSessions,bulk",
       "manifest.csv line 7, value: is bulk, but academicSessions.csv is not there"},
      {"another version", "manifest.csv", "version,1.2", "version,2.0",
       "manifest.csv, oneroster.version: is \"2.0\""},
      {"no JSON", "halfterm.json", "}", "", "halfterm.json line 1: is no JSON"},
      {"a slip of the pen", "halfterm.json", "zone", "zones",
       "halfterm.json, /zones: is no member"},
  };
  for (const auto& c : cases) {
    RosterFiles files = OneRoster12();
    files[c.file] = Replaced(files[c.file], c.from, c.to);
    EXPECT_THAT(FaultsIn(files), Contains(HasSubstr(c.fault))) << c.what;
  }
}

TEST(RosterTest, WithoutAManifestNobodyKnowsWhatIsMissing) {
  RosterFiles files = OneRoster12();
  files.erase("manifest.csv");
  EXPECT_THAT(FaultsIn(files), ElementsAre(HasSubstr("manifest.csv: is missing")));
}

TEST(RosterTest, WithoutASchoolsNameNothingIsRead) {
  RosterFiles files = OneRoster12();
  files.erase("halfterm.json");
  EXPECT_EQ(ReadRoster(files, {}, {}).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(RosterTest, ADeltaChangesWhatIsHeldAndNothingElse) {
  const Roster before = Read(OneRoster12());
  sync::Directory::Content held;
  held.people.assign(before.request.people().begin(), before.request.people().end());
  held.orgs.assign(before.request.orgs().begin(), before.request.orgs().end());
  RosterFiles delta = OneRoster12();
  delta["manifest.csv"] =
      "propertyName,value\noneroster.version,1.2\nfile.orgs,absent\nfile.users,delta\n"
      "file.roles,delta\n";
  delta.erase("orgs.csv");
  delta["users.csv"] =
      "sourcedId,status,dateLastModified,enabledUser,givenName,familyName,identifier\n"
      "t1,active,2026-11-01,true,Ann,Baker,ARE\nt2,tobedeleted,2026-11-01,true,Ben,Shah,BSH\n";
  delta["roles.csv"] =
      "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,"
      "orgSourcedId\nr1,tobedeleted,2026-11-01,t1,secondary,teacher,,,art\n";
  const Roster roster = Read(delta, held);
  EXPECT_THAT(roster.faults, IsEmpty());
  EXPECT_FALSE(roster.request.complete()) << "whoever is missing stays";
  ASSERT_THAT(roster.request.people(), SizeIs(2));
  const v1::Person& ann = PersonNamed(roster.request, "Ann Baker");
  ASSERT_THAT(ann.departments(), SizeIs(2));
  EXPECT_EQ(ann.departments(0).to_day(), 0);
  EXPECT_EQ(ann.departments(1).to_day(), 20699);
  EXPECT_EQ(PersonNamed(roster.request, "Ben Shah").to_day(), 20699);
}

TEST(RosterTest, TheFilesBesideTheRosterSayWhoLeadsAndWhen) {
  RosterFiles files = OneRoster12();
  files["grants.csv"] = "person,role,org,people,from,to\nt1,hod,maths,,2026-09-01,\n";
  files["pairings.csv"] = "role,observer,teacher,from,to\ncoach,t1,t2,,\n";
  files["half_terms.csv"] = "year,number,from,to\n2026,1,2026-09-02,2026-10-23\n";
  files["closed_days.csv"] = "from,to\n2026-09-24,2026-09-25\n";
  files["rubrics.json"] =
      R"([{"id":"A","title":"Ours","version":"1","elements":[{"number":1,"title":"Talk","levels":["a","b"]}]}])";
  files["templates.json"] = R"([{"id":"dept","kind":"dept","title":"Visit","rubric_version":"A"}])";
  files["coverage.json"] =
      R"([{"id":"c","org":"school","title":"Once","kinds":["dept"],"exemptions":[{"person":"t2","from_day":"2026-09-01"}]}])";
  files["policies.json"] = R"([{"org":"school","walk_rated":true}])";
  const Roster roster = Read(files);
  EXPECT_THAT(roster.faults, IsEmpty());
  EXPECT_THAT(roster.request.grants(), SizeIs(2));
  EXPECT_THAT(roster.request.calendars(0).years(0).half_terms(0).closed_days(), SizeIs(2));
  EXPECT_EQ(roster.request.templates(0).rubric_version(), roster.request.rubrics(0).id());
  EXPECT_TRUE(roster.request.policies(0).walk_rated());
  EXPECT_THAT(storage::CheckImportRows(roster.request, sync::Directory({})), IsEmpty());
}

// A school takes a rubric in without a roster beside it.
TEST(RosterTest, APackOfARubricIsImportedAloneWithItsLicenceAndAttribution) {
  for (const char* pack : {"nine-things", "teach-primary"}) {
    SCOPED_TRACE(pack);
    const auto files = ReadRosterFiles(std::string(HALFTERM_PACKS) + "/" + pack);
    ASSERT_TRUE(files.ok()) << files.status();
    RosterOptions options;
    options.school = "riverside";
    const auto roster = ReadRoster(*files, options, {});
    ASSERT_TRUE(roster.ok()) << roster.status();
    EXPECT_THAT(roster->faults, IsEmpty());
    EXPECT_THAT(roster->request.people(), IsEmpty());
    EXPECT_FALSE(roster->request.complete());
    ASSERT_THAT(roster->request.rubrics(), SizeIs(1));
    const v1::RubricVersion& rubric = roster->request.rubrics(0);
    EXPECT_THAT(rubric.elements(), SizeIs(9));
    EXPECT_FALSE(rubric.licence().empty());
    EXPECT_FALSE(rubric.attribution().empty());
    EXPECT_EQ(roster->request.templates(0).rubric_version(), rubric.id());
    EXPECT_THAT(storage::CheckImportRows(roster->request, sync::Directory({})), IsEmpty());
  }
}

TEST(RosterTest, FaultsInTheFilesBesideItAreNamedToo) {
  const struct {
    const char* file;
    const char* text;
    const char* fault;
  } cases[] = {
      {"grants.csv", "person,role,org\nt9,hod,maths\n", "grants.csv line 2, person: \"t9\""},
      {"grants.csv", "person,role,org\nt1,boss,maths\n", "grants.csv line 2, role: is \"boss\""},
      {"grants.csv", "person,role,org\nt1,hod,music\n", "grants.csv line 2, org: \"music\""},
      {"pairings.csv", "role,observer,teacher\ncoach,t1,t2\n", "grants.csv: is missing"},
      {"closed_days.csv", "from\n2026-09-24\n", "closed_days.csv: needs half-terms"},
      {"half_terms.csv", "year,number,from,to\n2026,7,2026-09-02,2026-10-23\n",
       "half_terms.csv line 2, number: is not 1 to 6"},
      {"policies.json", R"([{"org":"school","walk_rate":true}])", "/0/walk_rate: is no member"},
      {"coverage.json", R"([{"id":"c","org":"school","kinds":["visit"]}])",
       "/0/kinds/0: is not one of: dept, walk"},
      {"templates.json", R"([{"id":"t","rubric_version":"Z"}])", "/0/rubric_version: \"Z\""},
  };
  for (const auto& c : cases) {
    RosterFiles files = OneRoster12();
    files[c.file] = c.text;
    EXPECT_THAT(FaultsIn(files), Contains(HasSubstr(c.fault))) << c.text;
  }
}

// Staff without identifiers were skipped, and the office heard nothing of it.
TEST(RosterFieldTest, C26_ARowWithoutAnIdentifierIsNamedAndNotSkipped) {
  RosterFiles files = OneRoster11();
  files["users.csv"] = Replaced(files["users.csv"], "t2,", ",");
  EXPECT_THAT(FaultsIn(files), Contains("users.csv line 3, sourcedId: is missing"));
}

// One person came in a hundred and fifty times.
TEST(RosterFieldTest, C26_ARepeatedPersonIsAFaultAndANamesakeIsSaid) {
  RosterFiles files = OneRoster12();
  files["users.csv"] += "t1,,,true,Ann,Reid,ARE\n";
  EXPECT_THAT(FaultsIn(files),
              Contains("users.csv line 6, sourcedId: stands in an earlier row too"));
  RosterFiles namesakes = OneRoster12();
  namesakes["users.csv"] = Replaced(namesakes["users.csv"], "Ben,Shah", "Ann,Reid");
  const Roster roster = Read(namesakes);
  EXPECT_THAT(roster.faults, IsEmpty());
  EXPECT_THAT(roster.notes, Contains(HasSubstr("Ann Reid")));
}

TEST(StaffListTest, APlainListIsReadByItsOwnColumnNames) {
  RosterFiles files = {
      {"halfterm.json", R"({"school":"riverside","name":"Riverside"})"},
      {"staff.csv", "Staff ID,Full name,Dept\n1,Ann Reid,Maths; Art\n2,Ben Shah,art\n"}};
  RosterOptions options;
  options.columns = *ParseColumnMap("id=Staff ID,name=Full name,departments=Dept");
  const absl::StatusOr<Roster> roster = ReadRoster(files, options, {});
  ASSERT_TRUE(roster.ok());
  EXPECT_THAT(roster->faults, IsEmpty());
  EXPECT_THAT(roster->request.people(), SizeIs(2));
  EXPECT_THAT(roster->request.orgs(), SizeIs(3)) << "the school, Maths, and Art once";
  EXPECT_THAT(storage::CheckImportRows(roster->request, sync::Directory({})), IsEmpty());
  EXPECT_FALSE(ParseColumnMap("surname=X").ok());
}

}  // namespace
}  // namespace halfterm::tools
