// That a roster is found in a folder, in a zip, and in a zip's only folder; and nowhere else.

#include "tools/roster/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zip.h>

#include <fstream>
#include <string>

#include "tests/support/temporary_directory.h"

namespace halfterm::tools {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

void WriteFile(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

void WriteZip(const std::string& path, const RosterFiles& files) {
  int error = 0;
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE, &error);
  ASSERT_NE(archive, nullptr);
  for (const auto& [name, text] : files) {
    zip_source_t* source = zip_source_buffer(archive, text.data(), text.size(), 0);
    ASSERT_GE(zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8), 0);
  }
  ASSERT_EQ(zip_close(archive), 0);
}

TEST(RosterFilesTest, AFolderGivesItsRosterFilesAlone) {
  const testing::TemporaryDirectory folder;
  WriteFile(folder.Path("users.csv"), "a");
  WriteFile(folder.Path("halfterm.json"), "{}");
  WriteFile(folder.Path("notes.txt"), "no");
  WriteFile(folder.Path(".hidden.csv"), "no");
  const auto files = ReadRosterFiles(folder.path());
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_THAT(*files, ElementsAre(Pair("halfterm.json", "{}"), Pair("users.csv", "a")));
}

TEST(RosterFilesTest, AZipGivesThemFromItsTopOrItsOnlyFolder) {
  const testing::TemporaryDirectory folder;
  const std::string zip = folder.Path("roster.zip");
  WriteZip(zip, {{"users.csv", "a"}, {"orgs.csv", ""}});
  EXPECT_THAT(*ReadRosterFiles(zip), ElementsAre(Pair("orgs.csv", ""), Pair("users.csv", "a")));
  const std::string nested = folder.Path("nested.zip");
  WriteZip(nested, {{"export/users.csv", "a"}, {"__MACOSX/export/._users.csv", "x"}});
  EXPECT_THAT(*ReadRosterFiles(nested), ElementsAre(Pair("users.csv", "a")));
  const std::string several = folder.Path("several.zip");
  WriteZip(several, {{"a/users.csv", "a"}, {"b/orgs.csv", "b"}});
  EXPECT_EQ(ReadRosterFiles(several).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(RosterFilesTest, WhatIsNoRosterIsRefusedInWords) {
  const testing::TemporaryDirectory folder;
  EXPECT_EQ(ReadRosterFiles(folder.Path("nothing")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReadRosterFiles(folder.path()).status().code(), absl::StatusCode::kInvalidArgument);
  WriteFile(folder.Path("roster.zip"), "this is no zip");
  EXPECT_EQ(ReadRosterFiles(folder.Path("roster.zip")).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace halfterm::tools
