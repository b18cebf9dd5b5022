// The merge core against the golden vectors. check_vectors.mjs holds the same files against a
// second implementation in another language.

#include <gtest/gtest.h>

#include <fstream>

#include "sync/core/codec.h"
#include "sync/core/digest.h"
#include "sync/core/group.h"
#include "sync/core/sha256.h"
#include "tests/support/writers.h"
#include "tests/vectors/facet_json.h"

namespace halfterm::testing {
namespace {

using core::Decode;
using core::Encode;
using core::Facet;
using core::kFacetLimits;
using core::Result;

Json Vectors(const std::string& name) {
  std::ifstream file(std::string(HALFTERM_VECTORS) + "/" + name + ".json");
  const Json json = Json::parse(file, nullptr, /*allow_exceptions=*/false);
  EXPECT_FALSE(json.is_discarded()) << name;
  EXPECT_FALSE(json.empty()) << name;
  return json;
}

std::string Hex(const Json& json) { return json.get<std::string>(); }

Facet Read(const Json& hex) {
  Result<Facet> facet = Decode(BytesOf(hex), kFacetLimits);
  EXPECT_TRUE(facet.ok()) << facet.reason();
  return facet.ok() ? *std::move(facet) : Facet{};
}

template <std::size_t N, typename Tag>
std::string Hex(const core::FixedBytes<N, Tag>& bytes) {
  return ToHex(bytes.view());
}

TEST(VectorsTest, Facets) {
  for (const Json& c : Vectors("facets")) {
    SCOPED_TRACE(c.at("name"));
    const Facet facet = FacetOf(c.at("cells"));
    EXPECT_EQ(ToHex(Encode(facet)), Hex(c.at("bytes")));
    EXPECT_EQ(ToHex(core::EncodeContent(facet)), Hex(c.at("content")));
    EXPECT_EQ(Read(c.at("bytes")), facet);
  }
}

TEST(VectorsTest, Joins) {
  for (const Json& c : Vectors("joins")) {
    SCOPED_TRACE(c.at("name"));
    const Facet a = Read(c.at("a")), b = Read(c.at("b"));
    core::JoinReport report;
    EXPECT_EQ(ToHex(Encode(Join(a, b, &report))), Hex(c.at("joined")));
    EXPECT_EQ(ToHex(Encode(Join(b, a, nullptr))), Hex(c.at("joined")));
    Json equivocal = Json::array();
    for (const core::Dot& dot : report.equivocal) equivocal.push_back(DotJson(dot));
    EXPECT_EQ(equivocal, c.at("equivocal"));
  }
}

TEST(VectorsTest, Cells) {
  for (const Json& c : Vectors("cells")) {
    SCOPED_TRACE(c.at("name"));
    const Facet held = Read(c.at("held"));
    const core::Path path = *core::Path::FromBytes(BytesOf(c.at("path")));
    Json shown = Json::array();
    for (const std::string& value : ShownAt(held, path)) shown.push_back(ToHex(value));
    EXPECT_EQ(shown, c.at("shown"));

    const Json& write = c.at("write");
    const core::Id16 author = *core::Id16::FromBytes(BytesOf(write.at("author")));
    const core::Dot dot = DotOf(write.at("dot"));
    const core::Cell cell = write.at("value").is_null() ? core::Removed(held, path, dot)
                                                        : core::Written(held, path, dot, author,
                                                                        BytesOf(write.at("value")));
    EXPECT_EQ(ToHex(Encode(Facet{{cell}})), Hex(c.at("delta")));
  }
}

TEST(VectorsTest, Rehomes) {
  for (const Json& c : Vectors("rehomes")) {
    SCOPED_TRACE(c.at("name"));
    const Result<Facet> moved =
        Decode(BytesOf(c.at("bytes")), kFacetLimits, MovesOf(c.at("moves")));
    ASSERT_EQ(moved.ok(), !c.at("moved").is_null());
    if (moved.ok()) {
      EXPECT_EQ(ToHex(Encode(*moved)), Hex(c.at("moved")));
    }
  }
}

core::Refused RefusalOf(const Json& c) {
  const std::string bytes = BytesOf(c.at("bytes"));
  if (c.at("form") == "group") {
    const Result<core::Group> group = core::DecodeGroup(bytes);
    EXPECT_FALSE(group.ok());
    return group.refused();
  }
  core::Limits limits;
  if (c.contains("limits")) {
    const Json& given = c.at("limits");
    limits = {given.at("bytes"), given.at("cells"), given.at("value_bytes"), given.at("siblings"),
              given.at("context_replicas")};
  }
  const Result<Facet> facet = Decode(bytes, limits);
  EXPECT_FALSE(facet.ok());
  return facet.refused();
}

TEST(VectorsTest, Refusals) {
  for (const Json& c : Vectors("refusals")) {
    SCOPED_TRACE(c.at("name"));
    const core::Refused refused = RefusalOf(c);
    EXPECT_EQ(refused.reason(), Hex(c.at("reason")));
    EXPECT_EQ(refused.over_limit, c.at("over_limit").get<bool>());
  }
}

TEST(VectorsTest, Groups) {
  for (const Json& c : Vectors("groups")) {
    SCOPED_TRACE(c.at("name"));
    const std::string bytes = BytesOf(c.at("bytes")), key = BytesOf(c.at("session_key"));
    const Result<core::Group> group = core::DecodeGroup(bytes);
    ASSERT_TRUE(group.ok()) << group.reason();
    EXPECT_EQ(static_cast<int>(group->kind), c.at("kind"));
    EXPECT_EQ(group->dot(), DotOf(c.at("dot")));
    EXPECT_EQ(Hex(group->session), Hex(c.at("session")));
    EXPECT_EQ(group->base_epoch, c.at("base_epoch"));
    EXPECT_EQ(group->base_seq, NumberOf(c.at("base_seq")));
    EXPECT_EQ(group->known.withdrawn(), c.at("known").at("withdrawn"));
    EXPECT_EQ(group->known.round, c.at("known").at("round"));
    EXPECT_EQ(group->known.level, c.at("known").at("level"));
    EXPECT_EQ(ToHex(group->facet.Bytes()), Hex(c.at("facet")));
    const Json& time = c.at("time");
    EXPECT_EQ(group->time.wall_ms, NumberOf(time.at("wall_ms")));
    EXPECT_EQ(group->time.since_hello_ms, time.at("since_hello_ms").is_null()
                                              ? core::kClockRestarted
                                              : NumberOf(time.at("since_hello_ms")));
    EXPECT_EQ(group->time.hello_no, time.at("hello_no"));
    EXPECT_EQ(std::to_string(group->time.offset_ms), Hex(time.at("offset_ms")));
    EXPECT_EQ(ToHex(group->body), Hex(c.at("body")));
    EXPECT_TRUE(core::MacIsRight(*group, key));
    EXPECT_EQ(ToHex(core::EncodeGroup(*group, group->body, key)), Hex(c.at("bytes")));

    const core::Digest32 hash = core::Sha256(bytes);
    EXPECT_EQ(Hex(hash), Hex(c.at("hash")));
    const auto before = core::Digest16::FromBytes(BytesOf(c.at("chain_before")));
    EXPECT_EQ(Hex(core::ChainHash(*before, group->n, hash)), Hex(c.at("chain")));
  }
}

TEST(VectorsTest, Digests) {
  const Json vectors = Vectors("digests");
  core::SumDigest sum;
  for (const Json& c : vectors.at("facets")) {
    SCOPED_TRACE(c.at("name"));
    const core::FacetId id = *core::FacetId::Parse(BytesOf(c.at("facet")));
    const core::Digest32 digest = core::FacetDigest(id, core::EncodeContent(Read(c.at("bytes"))));
    EXPECT_EQ(Hex(digest), Hex(c.at("digest")));
    EXPECT_EQ(Hex(core::HoldingDigest(id, digest)), Hex(c.at("holding")));
    sum.Add(core::HoldingDigest(id, digest));
    EXPECT_EQ(Hex(sum.bytes()), Hex(c.at("sum")));
  }
  for (const Json& c : vectors.at("sums")) {
    SCOPED_TRACE(c.at("why"));
    const core::Digest32 b = *core::Digest32::FromBytes(BytesOf(c.at("b")));
    core::SumDigest plus(*core::Digest32::FromBytes(BytesOf(c.at("a")))), minus = plus;
    plus.Add(b);
    minus.Subtract(b);
    EXPECT_EQ(Hex(plus.bytes()), Hex(c.at("a_plus_b")));
    EXPECT_EQ(Hex(minus.bytes()), Hex(c.at("a_minus_b")));
  }
}

}  // namespace
}  // namespace halfterm::testing
