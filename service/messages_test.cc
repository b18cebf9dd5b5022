// Requests that are none, and limits on what is one, case by case; and our errors as gRPC's.
#include "service/messages.h"

#include <grpcpp/support/slice.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "halfterm/v1/directory.pb.h"
#include "halfterm/v1/sync.pb.h"
#include "service/check_limits.h"
#include "service/grpc_status.h"
#include "service/limits.h"
#include "sync/core/limits.h"

namespace halfterm::service {
namespace {

grpc::ByteBuffer Buffer(const std::string& bytes) {
  // In two slices, as bytes come from a network.
  const std::string first = bytes.substr(0, bytes.size() / 2);
  const std::string second = bytes.substr(bytes.size() / 2);
  const grpc::Slice slices[] = {grpc::Slice(first), grpc::Slice(second)};
  return grpc::ByteBuffer(slices, 2);
}

// `count` times the unknown field 1000 with the value 1.
std::string UnknownFields(int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) bytes += "\xc0\x3e\x01";
  return bytes;
}

TEST(MessagesTest, WhatWasEncodedIsDecoded) {
  v1::PushRequest request;
  request.set_replica(7);
  request.add_groups(std::string(60'000, 'g'));
  const absl::StatusOr<v1::PushRequest> decoded = Decode<v1::PushRequest>(Encode(request));
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(decoded->SerializeAsString(), request.SerializeAsString());
  EXPECT_TRUE(Decode<v1::PushRequest>(Buffer("")).ok());
}

TEST(MessagesTest, WhatIsNoMessageIsRefusedAsTheCallersFault) {
  std::string nested;  // A group of field 15 inside a group, 5,000 deep.
  for (int i = 0; i < 5000; ++i) nested += "\x7b";
  const std::string person = UnknownFields(500);  // In a row: people, field 11, length 1,500.
  const std::string inside = "\x5a\xdc\x0b" + person;
  const struct {
    const char* what;
    std::string bytes;
  } cases[] = {
      {"a tag cut off", std::string("\x80", 1)},
      {"a length beyond the end", std::string("\x22\x7f", 2)},
      {"nested 5,000 deep", nested},
      {"field number 0", std::string("\x00\x01", 2)},
      {"250,000 unknown fields", UnknownFields(250'000)},
      {"500 unknown fields", UnknownFields(500)},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    EXPECT_TRUE(absl::IsInvalidArgument(Decode<v1::PushRequest>(Buffer(c.bytes)).status()));
  }
  EXPECT_TRUE(absl::IsInvalidArgument(Decode<v1::ImportRequest>(Buffer(inside)).status()))
      << "unknown fields inside a row";
  const std::string no_utf8 = std::string("\x2a\x02\xc3\x28", 4);  // HelloRequest.app
  EXPECT_TRUE(absl::IsInvalidArgument(Decode<v1::HelloRequest>(Buffer(no_utf8)).status()));
  EXPECT_TRUE(Decode<v1::PushRequest>(Buffer(UnknownFields(3))).ok()) << "a newer app's few fields";
}

TEST(CheckLimitsTest, APushOutsideItsBoundsIsRefused) {
  v1::PushRequest good;
  good.set_replica(1);
  good.set_first_n(1);
  good.add_groups("g");
  ASSERT_TRUE(CheckLimits(good).ok());

  const struct {
    const char* what;
    std::function<void(v1::PushRequest&)> bend;
  } cases[] = {
      {"no groups", [](v1::PushRequest& r) { r.clear_groups(); }},
      {"201 groups",
       [](v1::PushRequest& r) {
         while (r.groups_size() <= static_cast<int>(core::kMaxPushGroups)) r.add_groups("g");
       }},
      {"more than 256 KiB", [](v1::PushRequest& r) { r.set_groups(0, std::string(262'145, 'g')); }},
      {"no replica", [](v1::PushRequest& r) { r.clear_replica(); }},
      {"first_n 0", [](v1::PushRequest& r) { r.clear_first_n(); }},
      {"first_n 2^64-1", [](v1::PushRequest& r) { r.set_first_n(UINT64_MAX); }},
      {"17 rehomes",
       [](v1::PushRequest& r) {
         while (r.rehomes_size() < 17) r.add_rehomes();
       }},
      {"a hash of 15 bytes", [](v1::PushRequest& r) { r.set_hash_before(std::string(15, 'h')); }},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    v1::PushRequest bad = good;
    c.bend(bad);
    EXPECT_TRUE(absl::IsInvalidArgument(CheckLimits(bad)));
  }
  v1::PushRequest full = good;
  full.set_groups(0, std::string(262'144, 'g'));
  EXPECT_TRUE(CheckLimits(full).ok());
}

TEST(GrpcStatusTest, CodesAndWordsGoOutButNotThoseOfTheStore) {
  const grpc::Status refused = ToGrpc(absl::FailedPreconditionError("a gap; call Hello"));
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(refused.error_message(), "a gap; call Hello");
  for (const absl::Status& own : {absl::DataLossError("row f0a1 of /var/lib/halfterm"),
                                  absl::InternalError("row f0a1 of /var/lib/halfterm"),
                                  absl::UnknownError("row f0a1 of /var/lib/halfterm")}) {
    const grpc::Status status = ToGrpc(own);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
    EXPECT_EQ(status.error_message().find("f0a1"), std::string::npos);
  }
  std::string long_words = "x";
  while (long_words.size() < 600) long_words += "\xc3\xa9";
  const grpc::Status cut = ToGrpc(absl::NotFoundError(long_words));
  EXPECT_EQ(cut.error_message().size(), 511u) << "whole characters only";
}

TEST(GrpcStatusTest, WhoIsTurnedAwayHearsWhenToComeAgain) {
  EXPECT_EQ(RetryMs(Later("busy", 250)), 250);
  EXPECT_EQ(RetryMs(absl::ResourceExhaustedError("no space")), kNoSpacePushbackMs);
  EXPECT_EQ(RetryMs(absl::UnavailableError("stopping")), std::nullopt);
}

}  // namespace
}  // namespace halfterm::service
