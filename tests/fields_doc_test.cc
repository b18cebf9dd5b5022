// docs/fields.md names every field of the records, the directory and the summaries, as the protos
// do.
//
// The tables are made from the protos and their comments, which the build hands over as a
// descriptor set. HALFTERM_RECORD=1 writes them anew.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "halfterm/v1/merge.pb.h"

namespace halfterm {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

constexpr absl::string_view kBegin = "<!-- From here on made by fields_doc_test. -->\n";
const std::string kDoc = HALFTERM_ROOT "/docs/fields.md";

v1::Merge MergeOf(const FieldDescriptor& field) { return field.options().GetExtension(v1::merge); }

std::string RuleOf(const FieldDescriptor& field) {
  const v1::Merge merge = MergeOf(field);
  std::string rule(absl::StripPrefix(v1::MergeKind_Name(merge.kind()), "MERGE_KIND_"));
  if (merge.kind() == v1::MERGE_KIND_UNSPECIFIED) rule = "-";
  if (merge.role() == v1::ENTRY_ROLE_KEY) rule = "key";
  if (merge.role() == v1::ENTRY_ROLE_PLACE) rule = "place";
  if (merge.once()) rule += ", once";
  if (merge.server() || field.containing_type()->options().GetExtension(v1::facet).server())
    rule += ", server";
  return rule;
}

std::string TypeOf(const FieldDescriptor& field) {
  std::string type = field.type_name();
  if (field.message_type() != nullptr) type = field.message_type()->name();
  if (field.enum_type() != nullptr) type = field.enum_type()->name();
  if (field.is_repeated()) type = "list of " + type;
  const v1::Merge merge = MergeOf(field);
  if (merge.max_bytes() != 0) absl::StrAppend(&type, ", at most ", merge.max_bytes(), " bytes");
  if (merge.max() != 0) absl::StrAppend(&type, ", ", merge.min(), " to ", merge.max());
  return type;
}

std::string MeaningOf(const FieldDescriptor& field) {
  google::protobuf::SourceLocation location;
  EXPECT_TRUE(field.GetSourceLocation(&location)) << field.full_name();
  std::string words(absl::StripAsciiWhitespace(location.leading_comments));
  return absl::StrReplaceAll(words, {{"\n ", " "}, {"|", "\\|"}});
}

std::string TablesOf(const FileDescriptor& file) {
  std::string out;
  for (int m = 0; m < file.message_type_count(); ++m) {
    const Descriptor& message = *file.message_type(m);
    if (message.field_count() == 0) continue;
    absl::StrAppend(&out, "\n### ", message.name(),
                    "\n\n| field | number | merge | type | meaning |\n",
                    "| --- | --- | --- | --- | --- |\n");
    for (int f = 0; f < message.field_count(); ++f) {
      const FieldDescriptor& field = *message.field(f);
      absl::StrAppend(&out, "| `", field.name(), "` | ", field.number(), " | ", RuleOf(field),
                      " | ", TypeOf(field), " | ", MeaningOf(field), " |\n");
    }
  }
  return out;
}

std::string Tables() {
  google::protobuf::FileDescriptorSet set;
  std::ifstream descriptors(HALFTERM_DESCRIPTORS, std::ios::binary);
  EXPECT_TRUE(set.ParseFromIstream(&descriptors));
  google::protobuf::DescriptorPool pool;
  for (const auto& file : set.file()) EXPECT_NE(pool.BuildFile(file), nullptr) << file.name();
  std::string out;
  const char* const files[][2] = {{"observation", "Visits"},
                                  {"referral", "Referrals and cycle reviews"},
                                  {"management", "The management matrix"},
                                  {"directory", "The directory"},
                                  {"summary", "Summaries"},
                                  {"load", "Load"},
                                  {"trend", "Trends, changes and the heat map"},
                                  {"leadership", "The weekly pack and cycles"},
                                  {"help", "Help"},
                                  {"agreement", "Agreement of observers"},
                                  {"open_doors", "Open doors"}};
  for (const auto& [name, title] : files) {
    const FileDescriptor* file = pool.FindFileByName(absl::StrCat("halfterm/v1/", name, ".proto"));
    if (file == nullptr) {
      ADD_FAILURE() << "no file halfterm/v1/" << name << ".proto";
      continue;
    }
    absl::StrAppend(&out, "\n## ", title, "\n", TablesOf(*file));
  }
  return out;
}

TEST(FieldsDocTest, EveryFieldIsInTheDocumentAsTheProtosSayIt) {
  std::stringstream read;
  read << std::ifstream(kDoc).rdbuf();
  const std::string doc = read.str();
  const size_t begin = doc.find(std::string(kBegin));
  ASSERT_NE(begin, std::string::npos) << kDoc;
  const std::string words = doc.substr(0, begin + kBegin.size());
  const std::string wanted = words + Tables();
  if (std::getenv("HALFTERM_RECORD") != nullptr) std::ofstream(kDoc) << wanted;
  EXPECT_TRUE(doc == wanted) << "docs/fields.md is not what the protos say; "
                                "HALFTERM_RECORD=1 fields_doc_test writes it anew";
}

}  // namespace
}  // namespace halfterm
