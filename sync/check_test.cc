// What the schema lets through, and what it names as malformed, the server's own or too large.

#include "sync/check.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "sync/core/delta.h"
#include "sync/value.h"
#include "sync/view.h"
#include "tests/support/random_view.h"
#include "tests/support/seed.h"
#include "tests/support/writers.h"

namespace halfterm::sync {
namespace {

using core::Kind;
using core::Path;
using testing::Amy;
using testing::Person;
using testing::Zoe;
using testing::ZoesDot;

const Schema& schema() { return Schema::OfThisBuild(); }

core::FacetId Facet(uint8_t facet_class, const core::Id16& sub = {}) {
  return {Person(1), facet_class, sub};
}
core::FacetId Plan() { return Facet(1); }
core::FacetId Sheet() { return Facet(2, Zoe()); }

core::Facet Cell(const Path& path, std::string value) {
  return testing::Writes({}, path, ZoesDot(1), std::move(value));
}
Path Rating(uint16_t element, Kind kind = Kind::kReg) {
  return Path::Entry(3, core::NumberKey(element), 1, kind);
}
const core::Id16 kKey = Person(9);
const std::string kId(16, '\x09');

TEST(CheckTest, EachRuleHasItsAnswer) {
  core::Facet phase;
  phase.cells.resize(1);
  phase.cells[0].path = Path::Field(60, Kind::kPhase);

  const struct {
    const char* what;
    core::FacetId id;
    core::Facet delta;
    DeltaFault fault;
  } cases[] = {
      {"nothing", Plan(), {}, DeltaFault::kNone},
      {"a kind of visit", Plan(), Cell(Path::Field(2, Kind::kReg), "\x02"), DeltaFault::kNone},
      {"a kind of visit of a later version", Plan(), Cell(Path::Field(2, Kind::kReg), "\x63"),
       DeltaFault::kNone},
      {"a cleared room", Plan(), Cell(Path::Field(12, Kind::kReg), ""), DeltaFault::kNone},
      {"a field of a later version", Plan(), Cell(Path::Field(60, Kind::kReg), "\xff\xff"),
       DeltaFault::kNone},
      {"a kind of a later version", Plan(), Cell(Path::Field(60, static_cast<Kind>(77)), "?"),
       DeltaFault::kNone},
      {"a part of a later version", Sheet(),
       Cell(Path::Entry(3, core::NumberKey(1), 7, Kind::kText2), "?"), DeltaFault::kNone},
      {"a class of a later version", Facet(99), Cell(Path::Field(1, Kind::kReg), "?"),
       DeltaFault::kNone},

      {"no record", {{}, 1, {}}, {}, DeltaFault::kMalformed},
      {"a sheet of nobody", Facet(2), {}, DeltaFault::kMalformed},
      {"a plan with an observer", Facet(1, Zoe()), {}, DeltaFault::kMalformed},
      {"no field", Plan(), Cell(Path::Field(0, Kind::kReg), "x"), DeltaFault::kMalformed},
      {"a register that says it is a paragraph", Plan(), Cell(Path::Field(12, Kind::kPara), "R1"),
       DeltaFault::kMalformed},
      {"a paragraph that says it is a register", Plan(), Cell(Path::Field(20, Kind::kReg), "why"),
       DeltaFault::kMalformed},
      {"a list as one value", Plan(), Cell(Path::Field(6, Kind::kReg), kId),
       DeltaFault::kMalformed},
      {"one value as a list", Plan(), Cell(Path::Entry(12, kKey, 0, Kind::kElem), ""),
       DeltaFault::kMalformed},
      {"a rating as a tick", Sheet(), Cell(Rating(1, Kind::kTick), "\x03"), DeltaFault::kMalformed},
      {"a kind of visit in two varints", Plan(), Cell(Path::Field(2, Kind::kReg), "\x02\x02"),
       DeltaFault::kMalformed},
      {"a yes of 2", Plan(), Cell(Path::Field(7, Kind::kReg), "\x02"), DeltaFault::kMalformed},
      {"a visit of 601 minutes", Plan(), Cell(Path::Field(9, Kind::kReg), EncodeUnsigned(601)),
       DeltaFault::kMalformed},
      {"a visit of no minutes", Plan(), Cell(Path::Field(9, Kind::kReg), EncodeUnsigned(0)),
       DeltaFault::kMalformed},
      {"a level of 11", Sheet(), Cell(Rating(1), "\x0b"), DeltaFault::kMalformed},
      {"an element 0", Sheet(), Cell(Rating(0), "\x03"), DeltaFault::kMalformed},
      {"an element 256", Sheet(), Cell(Rating(256), "\x03"), DeltaFault::kMalformed},
      {"an element by another's key", Sheet(), Cell(Path::Entry(3, kKey, 1, Kind::kReg), "\x03"),
       DeltaFault::kMalformed},
      {"a note of no key", Sheet(), Cell(Path::Entry(2, {}, 2, Kind::kPara), "seen"),
       DeltaFault::kMalformed},
      {"a presence that says something", Sheet(), Cell(Path::Entry(2, kKey, 0, Kind::kElem), "x"),
       DeltaFault::kMalformed},
      {"a teacher of 15 bytes", Plan(), Cell(Path::Field(3, Kind::kReg), kId.substr(1)),
       DeltaFault::kMalformed},
      {"a teacher of zeros", Plan(), Cell(Path::Field(3, Kind::kReg), std::string(16, '\0')),
       DeltaFault::kMalformed},
      {"a lesson in the year 12000", Plan(),
       Cell(Path::Field(8, Kind::kReg), EncodeSigned(316'000'000'000'000)), DeltaFault::kMalformed},
      {"latin-1", Plan(),
       Cell(Path::Field(11, Kind::kReg),
            "Fran\xE7"
            "ais"),
       DeltaFault::kMalformed},
      {"a digest of 16 bytes", Facet(3), Cell(Path::Entry(3, kKey, 1, Kind::kReg), kId),
       DeltaFault::kMalformed},
      {"two numbers for three", Sheet(), Cell(Path::Entry(5, kKey, 1, Kind::kTick), "\x01\x02"),
       DeltaFault::kMalformed},

      {"a phase", Plan(), Cell(Path::Field(1, Kind::kReg), ""), DeltaFault::kMalformed},
      {"a phase of a later version", Plan(), phase, DeltaFault::kServerOnly},
      {"why it was withdrawn", Plan(), Cell(Path::Field(19, Kind::kReg), "ill"),
       DeltaFault::kServerOnly},
      {"who may read", Plan(), Cell(Path::Entry(22, kKey, 0, Kind::kElem), ""),
       DeltaFault::kServerOnly},
      {"who is excused", Plan(), Cell(Path::Entry(6, kKey, 2, Kind::kReg), "\x01"),
       DeltaFault::kServerOnly},
      {"a certificate", Sheet(), Cell(Path::Field(10, Kind::kReg), kId), DeltaFault::kServerOnly},
      {"a version",
       {Person(1), 5, core::NumberKey(1)},
       Cell(Path::Field(1, Kind::kBlob), "x"),
       DeltaFault::kServerOnly},
      {"a later part of a version",
       {Person(1), 5, core::NumberKey(1)},
       Cell(Path::Field(9, Kind::kReg), "x"),
       DeltaFault::kServerOnly},
      {"a person", Facet(10), Cell(Path::Field(1, Kind::kBlob), "x"), DeltaFault::kServerOnly},

      {"a room of 32 bytes", Plan(), Cell(Path::Field(12, Kind::kReg), std::string(32, 'r')),
       DeltaFault::kNone},
      {"a room of 33 bytes", Plan(), Cell(Path::Field(12, Kind::kReg), std::string(33, 'r')),
       DeltaFault::kTooLarge},
      {"a note of 2000 bytes", Sheet(),
       Cell(Path::Entry(2, kKey, 2, Kind::kPara), std::string(2000, 'n')), DeltaFault::kNone},
      {"a note of 2001 bytes", Sheet(),
       Cell(Path::Entry(2, kKey, 2, Kind::kPara), std::string(2001, 'n')), DeltaFault::kTooLarge},
      {"a place of 65 bytes", Facet(4),
       Cell(Path::Entry(1, kKey, 0, Kind::kPos), std::string(65, 'p')), DeltaFault::kTooLarge},
      {"a place in a list without places", Sheet(),
       Cell(Path::Entry(2, kKey, 0, Kind::kPos), std::string(65, 'p')), DeltaFault::kNone},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    const DeltaCheck check = CheckDelta(schema(), c.id, c.delta);
    EXPECT_EQ(check.fault, c.fault) << check.problem;
    EXPECT_EQ(check.ok(), *check.problem == '\0');
  }
}

// So that the reason given never depends on the numbers that fields happen to have.
TEST(CheckTest, OfSeveralFaultsTheFirstInTheOrderOfTheJudgeIsNamed) {
  core::Facet delta = Cell(Path::Field(12, Kind::kReg), std::string(40, 'r'));
  EXPECT_EQ(CheckDelta(schema(), Plan(), delta).fault, DeltaFault::kTooLarge);
  core::Put(delta, core::Written({}, Path::Field(19, Kind::kReg), ZoesDot(1), Zoe(), "ill"));
  EXPECT_EQ(CheckDelta(schema(), Plan(), delta).fault, DeltaFault::kServerOnly);
  core::Put(delta, core::Written({}, Path::Field(20, Kind::kPara), ZoesDot(1), Zoe(), "\xff"));
  const DeltaCheck check = CheckDelta(schema(), Plan(), delta);
  EXPECT_EQ(check.fault, DeltaFault::kMalformed);
  EXPECT_EQ(check.cell, 2u);
}

TEST(CheckTest, ItSaysWhetherAnythingIsOnlyForTheCreation) {
  EXPECT_TRUE(CheckDelta(schema(), Plan(), Cell(Path::Field(3, Kind::kReg), kId)).writes_once);
  EXPECT_TRUE(
      CheckDelta(schema(), Plan(), Cell(Path::Entry(6, kKey, 0, Kind::kElem), "")).writes_once);
  EXPECT_FALSE(
      CheckDelta(schema(), Plan(), Cell(Path::Entry(6, kKey, 1, Kind::kReg), "\x01")).writes_once);
  EXPECT_FALSE(CheckDelta(schema(), Plan(), Cell(Path::Field(12, Kind::kReg), "R1")).writes_once);
}

TEST(CheckTest, WhateverAViewWritesIsFine) {
  std::mt19937_64 random(testing::TestSeed());
  testing::RandomView chance(random);
  for (int round = 0; round < 300; ++round) {
    for (int c = 1; c < 256; ++c) {
      const FacetSchema* facet = schema().Facet(static_cast<uint8_t>(c));
      if (facet == nullptr || facet->server) continue;
      std::unique_ptr<google::protobuf::Message> page(
          google::protobuf::MessageFactory::generated_factory()
              ->GetPrototype(facet->message)
              ->New());
      chance.Edit(*facet, /*as_server=*/false, *page);
      const auto delta = WriteChanges(schema(), facet->facet_class, {}, *page, ZoesDot(1));
      ASSERT_TRUE(delta.ok()) << delta.status();
      const core::Id16 sub = facet->sub == v1::FACET_SUB_UNSPECIFIED ? core::Id16{} : Zoe();
      const DeltaCheck check = CheckDelta(schema(), Facet(facet->facet_class, sub), *delta);
      ASSERT_TRUE(check.ok()) << check.problem << " in " << page->ShortDebugString();
    }
  }
}

}  // namespace
}  // namespace halfterm::sync
