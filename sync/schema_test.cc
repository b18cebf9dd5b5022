// The annotated protos say what decisions on merging need, and the tables say the same.

#include "sync/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/text_format.h"
#include "halfterm/v1/directory.pb.h"
#include "halfterm/v1/observation.pb.h"

namespace halfterm::sync {
namespace {

using core::Kind;
using core::Path;

const Schema& schema() { return Schema::OfThisBuild(); }

core::Id16 Key(uint8_t last) {
  core::Id16 key;
  key.bytes[0] = 7;
  key.bytes[15] = last;
  return key;
}

TEST(SchemaTest, NoAnnotationOfThisBuildContradictsItself) {
  EXPECT_THAT(schema().faults(), testing::IsEmpty());
}

TEST(SchemaTest, EveryFacetClassHasAView) {
  const auto& classes = *v1::FacetClass_descriptor();
  for (int i = 1; i < classes.value_count(); ++i) {
    EXPECT_NE(schema().Facet(static_cast<uint8_t>(classes.value(i)->number())), nullptr)
        << classes.value(i)->name();
  }
  EXPECT_EQ(schema().Facet(9), nullptr);
  EXPECT_EQ(schema().Facet(255), nullptr);
}

// The rows of the decisions' table of fields: one for each merge kind, in each shape that occurs.
TEST(SchemaTest, EachMergeKindHasItsCells) {
  const struct {
    const char* what;
    uint8_t facet_class;
    Path path;
    v1::MergeKind merge;
    Kind kind;
    ValueForm form;
    bool server, once;
  } cases[] = {
      {"plan phase", 1, Path::Field(1, Kind::kPhase), v1::MERGE_KIND_PHASE, Kind::kPhase,
       ValueForm::kNone, true, false},
      {"plan kind", 1, Path::Field(2, Kind::kReg), v1::MERGE_KIND_ONCE, Kind::kReg,
       ValueForm::kUnsigned, false, true},
      {"plan teacher", 1, Path::Field(3, Kind::kReg), v1::MERGE_KIND_ONCE, Kind::kReg,
       ValueForm::kId, false, true},
      {"plan observers", 1, Path::Entry(6, Key(1), 0, Kind::kElem), v1::MERGE_KIND_LIST,
       Kind::kElem, ValueForm::kNone, false, true},
      {"an observer's strand", 1, Path::Entry(6, Key(1), 1, Kind::kReg), v1::MERGE_KIND_SHOW,
       Kind::kReg, ValueForm::kUnsigned, false, false},
      {"an observer is excused", 1, Path::Entry(6, Key(1), 2, Kind::kReg), v1::MERGE_KIND_SHOW,
       Kind::kReg, ValueForm::kBool, true, false},
      {"lesson start", 1, Path::Field(8, Kind::kReg), v1::MERGE_KIND_SHOW, Kind::kReg,
       ValueForm::kMoment, false, false},
      {"withdrawn reason", 1, Path::Field(19, Kind::kReg), v1::MERGE_KIND_SHOW, Kind::kReg,
       ValueForm::kText, true, false},
      {"load reason", 1, Path::Field(20, Kind::kPara), v1::MERGE_KIND_PARA, Kind::kPara,
       ValueForm::kText, false, false},
      {"a note's text", 2, Path::Entry(2, Key(1), 2, Kind::kPara), v1::MERGE_KIND_PARA, Kind::kPara,
       ValueForm::kText, false, false},
      {"ratings", 2, Path::Entry(3, core::NumberKey(4), 0, Kind::kElem), v1::MERGE_KIND_MAP,
       Kind::kElem, ValueForm::kNone, false, false},
      {"a rating's level", 2, Path::Entry(3, core::NumberKey(4), 1, Kind::kReg), v1::MERGE_KIND_ASK,
       Kind::kReg, ValueForm::kUnsigned, false, false},
      {"a tally's code", 2, Path::Entry(4, Key(1), 1, Kind::kTick), v1::MERGE_KIND_TICK,
       Kind::kTick, ValueForm::kText, false, false},
      {"on task", 2, Path::Entry(5, Key(1), 1, Kind::kTick), v1::MERGE_KIND_TICK, Kind::kTick,
       ValueForm::kNumbers, false, false},
      {"agreement", 3, Path::Entry(3, Key(1), 1, Kind::kReg), v1::MERGE_KIND_ASK, Kind::kReg,
       ValueForm::kDigest, false, false},
      {"strengths", 4, Path::Entry(1, Key(1), 0, Kind::kElem), v1::MERGE_KIND_LIST_POS, Kind::kElem,
       ValueForm::kNone, false, false},
      {"conversation", 4, Path::Field(4, Kind::kReg), v1::MERGE_KIND_SHOW, Kind::kReg,
       ValueForm::kDate, false, false},
      {"shared version", 5, Path::Field(1, Kind::kBlob), v1::MERGE_KIND_WHOLE, Kind::kBlob,
       ValueForm::kWhole, true, false},
      {"a step's status", 7, Path::Entry(1, Key(1), 5, Kind::kReg), v1::MERGE_KIND_ASK, Kind::kReg,
       ValueForm::kUnsigned, false, false},
      {"a person", 10, Path::Field(1, Kind::kBlob), v1::MERGE_KIND_WHOLE, Kind::kBlob,
       ValueForm::kWhole, true, false},
      {"an indicator", 14, Path::Entry(3, core::NumberKey(4), 1, Kind::kReg), v1::MERGE_KIND_ASK,
       Kind::kReg, ValueForm::kSigned, false, false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    const FieldSchema* field = schema().Find(c.facet_class, c.path);
    ASSERT_NE(field, nullptr);
    EXPECT_EQ(field->merge, c.merge);
    EXPECT_EQ(field->kind, c.kind);
    EXPECT_EQ(field->form, c.form);
    EXPECT_EQ(field->server, c.server);
    EXPECT_EQ(field->once, c.once);
  }
}

TEST(SchemaTest, WhatItDoesNotKnowItDoesNotFind) {
  const struct {
    const char* what;
    uint8_t facet_class;
    Path path;
  } cases[] = {
      {"a field of a later version", 1, Path::Field(47, Kind::kReg)},
      {"a field beyond the tables", 1, Path::Field(4700, Kind::kReg)},
      {"a part of a later version", 2, Path::Entry(3, core::NumberKey(1), 9, Kind::kReg)},
      {"a part beyond the tables", 2, Path::Entry(3, core::NumberKey(1), 900, Kind::kReg)},
      {"an entry of a singular field", 1, Path::Entry(2, Key(1), 0, Kind::kElem)},
      {"a list as if it were one value", 1, Path::Field(6, Kind::kElem)},
      {"a class of a later version", 99, Path::Field(1, Kind::kReg)},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(schema().Find(c.facet_class, c.path), nullptr) << c.what;
  }
}

// The lengths that the decisions give, in UTF-8 bytes.
TEST(SchemaTest, TextsHaveTheirBounds) {
  const struct {
    uint8_t facet_class;
    Path path;
    uint32_t max_bytes;
  } cases[] = {
      {1, Path::Field(10, Kind::kReg), 32},
      {1, Path::Field(11, Kind::kReg), 64},
      {1, Path::Field(12, Kind::kReg), 32},
      {1, Path::Field(19, Kind::kReg), 500},
      {1, Path::Field(20, Kind::kPara), 500},
      {1, Path::Field(21, Kind::kReg), 10},
      {2, Path::Entry(2, Key(1), 2, Kind::kPara), 2000},
      {2, Path::Entry(6, Key(1), 1, Kind::kPara), 500},
      {2, Path::Entry(7, Key(1), 1, Kind::kPara), 500},
      {4, Path::Field(2, Kind::kPara), 2000},
      {7, Path::Entry(1, Key(1), 1, Kind::kPara), 500},
      {13, Path::Entry(7, Key(1), 1, Kind::kPara), 1000},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(schema().Find(c.facet_class, c.path)->max_bytes, c.max_bytes) << c.path.field();
  }
}

// A file made for the test, whose only facet is wrong in one way.
std::vector<std::string> FaultsOf(const std::string& field_options, const std::string& type) {
  google::protobuf::FileDescriptorProto file;
  file.set_name("wrong.proto");
  file.set_syntax("proto3");
  file.add_dependency("halfterm/v1/merge.proto");
  auto& message = *file.add_message_type();
  message.set_name("Wrong");
  message.mutable_options()->MutableExtension(v1::facet)->set_facet_class(v1::FACET_CLASS_PLAN);
  auto& field = *message.add_field();
  field.set_name("field");
  field.set_number(1);
  field.set_label(google::protobuf::FieldDescriptorProto::LABEL_OPTIONAL);
  field.set_type(type == "string" ? google::protobuf::FieldDescriptorProto::TYPE_STRING
                                  : google::protobuf::FieldDescriptorProto::TYPE_BYTES);
  v1::Merge& merge = *field.mutable_options()->MutableExtension(v1::merge);
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(field_options, &merge));
  google::protobuf::DescriptorPool pool(google::protobuf::DescriptorPool::generated_pool());
  return Schema({pool.BuildFile(file)}).faults();
}

TEST(SchemaTest, AnAnnotationThatContradictsItselfIsNamed) {
  const struct {
    const char *options, *type, *problem;
  } cases[] = {
      {"", "string", "has no merge kind"},
      {"kind: MERGE_KIND_SHOW", "string", "cannot tell unset from empty"},
      {"kind: MERGE_KIND_SHOW", "bytes", "has a type that its form does not fit"},
      {"kind: MERGE_KIND_SHOW max_bytes: 20000", "string", "is longer than a value may be"},
      {"kind: MERGE_KIND_SHOW min: 7 max: 3", "string", "has bounds that hold nothing"},
      {"kind: MERGE_KIND_PHASE", "string", "is a phase, but not the server's"},
      {"kind: MERGE_KIND_WHOLE", "string", "is whole, but no server's message"},
      {"kind: MERGE_KIND_LIST", "string", "is a list without a key"},
      {"kind: MERGE_KIND_MAP key: ENTRY_KEY_NUMBER", "string", "is no list"},
      {"kind: MERGE_KIND_PARA form: VALUE_FORM_ID", "bytes", "is a paragraph, but no text"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(FaultsOf(c.options, c.type), testing::Contains(testing::HasSubstr(c.problem)))
        << c.options;
  }
}

}  // namespace
}  // namespace halfterm::sync
