// What tablets and stores already rely on does not change: every field of the recorded protos has
// the merge kind, the form and the key that it had, and no narrower bounds.
//
// `buf breaking` compares names, numbers and types with the same image, but cannot read our
// options. tests/end_to_end/buf_test.sh --record writes the image anew.

#include <gtest/gtest.h>

#include <fstream>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "sync/schema.h"

namespace halfterm::sync {
namespace {

void ExpectStillHolds(const FieldSchema& was, const FieldSchema* is) {
  SCOPED_TRACE(was.descriptor->full_name());
  ASSERT_NE(is, nullptr);
  EXPECT_EQ(is->merge, was.merge);
  EXPECT_EQ(is->form, was.form);
  EXPECT_EQ(is->key, was.key);
  EXPECT_EQ(is->server, was.server);
  EXPECT_EQ(is->once, was.once);
  EXPECT_EQ(is->numbers, was.numbers);
  EXPECT_EQ(is->order_by, was.order_by);
  EXPECT_GE(is->max_bytes, was.max_bytes);
  EXPECT_GE(is->max_place_bytes, was.max_place_bytes);
  EXPECT_LE(is->min, was.min);
  EXPECT_GE(is->max, was.max);
  EXPECT_LE(is->min_key, was.min_key);
  EXPECT_GE(is->max_key, was.max_key);
  for (const FieldSchema& part : was.parts) ExpectStillHolds(part, is->Part(part.number));
}

TEST(SchemaBaselineTest, WhatWasReleasedStillMergesAsItDid) {
  google::protobuf::FileDescriptorSet set;
  std::ifstream image(HALFTERM_BASELINE, std::ios::binary);
  ASSERT_TRUE(set.ParseFromIstream(&image)) << HALFTERM_BASELINE;
  google::protobuf::DescriptorPool pool;
  std::vector<const google::protobuf::FileDescriptor*> files;
  for (const auto& file : set.file()) {
    files.push_back(pool.BuildFile(file));
    ASSERT_NE(files.back(), nullptr) << file.name();
  }
  const Schema baseline(files);
  EXPECT_TRUE(baseline.faults().empty());
  int fields = 0;
  for (int c = 1; c < 256; ++c) {
    const FacetSchema* was = baseline.Facet(static_cast<uint8_t>(c));
    if (was == nullptr) continue;
    const FacetSchema* is = Schema::OfThisBuild().Facet(static_cast<uint8_t>(c));
    ASSERT_NE(is, nullptr) << was->message->full_name();
    EXPECT_EQ(is->message->full_name(), was->message->full_name());
    EXPECT_EQ(is->sub, was->sub);
    EXPECT_EQ(is->server, was->server);
    for (const FieldSchema& field : was->fields) {
      ExpectStillHolds(field, is->Field(field.number));
      ++fields;
    }
  }
  EXPECT_GE(fields, 60) << "the image must hold the records";
}

}  // namespace
}  // namespace halfterm::sync
