// Pages written by chance, by one person and by two at once, against plain rules of what must be
// seen.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sync/check.h"
#include "sync/core/codec.h"
#include "sync/core/delta.h"
#include "sync/view.h"
#include "tests/support/random_view.h"
#include "tests/support/seed.h"
#include "tests/support/writers.h"

namespace halfterm::sync {
namespace {

using core::Facet;
using core::Path;
using google::protobuf::Message;
using Page = std::unique_ptr<Message>;

class ViewPropertyTest : public ::testing::Test {
 protected:
  ViewPropertyTest() : random_(testing::TestSeed()), chance_(random_) {
    for (int c = 1; c < 256; ++c) {
      const FacetSchema* facet = schema_.Facet(static_cast<uint8_t>(c));
      if (facet != nullptr && !facet->server) classes_.push_back(facet);
    }
  }

  const FacetSchema& AnyClass() { return *classes_[chance_.Below(classes_.size())]; }

  static Page NewPage(const FacetSchema& facet) {
    auto* factory = google::protobuf::MessageFactory::generated_factory();
    return Page(factory->GetPrototype(facet.message)->New());
  }

  Page Shown(const FacetSchema& facet, const Facet& held, ViewReport* report = nullptr) {
    Page page = NewPage(facet);
    EXPECT_TRUE(ReadView(schema_, facet.facet_class, held, *page, report).ok());
    return page;
  }

  Facet DeltaOf(const FacetSchema& facet, const Facet& held, const Message& wanted,
                const core::Dot& dot) {
    const auto delta =
        WriteChanges(schema_, facet.facet_class, held, wanted, dot, testing::AuthorOf(dot));
    EXPECT_TRUE(delta.ok()) << delta.status();
    EXPECT_TRUE(core::IsDeltaOf(*delta, dot));
    const auto again = core::Decode(core::Encode(*delta), core::kDeltaLimits);
    EXPECT_TRUE(again.ok() && *again == *delta);
    return *delta;
  }

  // The page after an edit by chance.
  Page Edited(const FacetSchema& facet, const Facet& held) {
    Page page = Shown(facet, held);
    chance_.Edit(facet, /*as_server=*/true, *page);
    return page;
  }

  // Cells that no version of ours knows, in the middle of those that it does.
  Facet WithStrangers(Facet held, const core::Dot& dot) {
    for (int i = 0; i < 3; ++i) {
      const auto kind = static_cast<core::Kind>(1 + chance_.Below(3) * 45);
      const auto number = static_cast<uint16_t>(33 + chance_.Below(9));
      const Path path = chance_.OneIn(2)
                            ? Path::Field(number, kind)
                            : Path::Entry(static_cast<uint16_t>(1 + chance_.Below(40)),
                                          *core::Id16::FromBytes(chance_.Id()),
                                          static_cast<uint16_t>(16 + chance_.Below(9)), kind);
      strangers_.insert(path);
      held = testing::Joined(held, testing::Writes(held, path, dot, "a later word"));
    }
    return held;
  }

  const Schema& schema_ = Schema::OfThisBuild();
  std::mt19937_64 random_;
  testing::RandomView chance_;
  std::vector<const FacetSchema*> classes_;
  std::set<Path> strangers_;
};

// Whole pages as text that does not depend on the order of entries written.
std::string Sorted(const FacetSchema& facet, const Message& page) {
  std::vector<std::string> lines;
  const auto& reflection = *page.GetReflection();
  for (const FieldSchema& field : facet.fields) {
    if (!field.is_list()) {
      lines.push_back(std::to_string(field.number) + "=" + ValueOf(field, page));
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(page, field.descriptor); ++i) {
      const Message& entry = reflection.GetRepeatedMessage(page, field.descriptor, i);
      lines.push_back(std::to_string(field.number) + ":" + entry.SerializeAsString());
    }
  }
  std::sort(lines.begin(), lines.end());
  std::string all;
  for (const std::string& line : lines) all += line + '\n';
  return all;
}

TEST_F(ViewPropertyTest, WhatOnePersonWritesIsWhatThePageShows) {
  for (int round = 0; round < 2000; ++round) {
    const FacetSchema& facet = AnyClass();
    Facet held;
    strangers_.clear();
    for (uint64_t n = 1; n <= 6; ++n) {
      if (chance_.OneIn(3)) held = WithStrangers(held, testing::AmysDot(n));
      const Page wanted = Edited(facet, held);
      std::map<Path, core::Cell> before;
      for (const Path& path : strangers_) before[path] = *held.Find(path);

      held = testing::Joined(held, DeltaOf(facet, held, *wanted, testing::ZoesDot(n)));

      ViewReport report;
      const Page shown = Shown(facet, held, &report);
      ASSERT_EQ(Sorted(facet, *shown), Sorted(facet, *wanted)) << "round " << round;
      ASSERT_TRUE(report.differing.empty()) << "round " << round;
      ASSERT_EQ(report.carried + report.unread, strangers_.size()) << "round " << round;
      for (const auto& [path, cell] : before) ASSERT_EQ(*held.Find(path), cell) << round;
      ASSERT_TRUE(DeltaOf(facet, held, *shown, testing::ZoesDot(n + 1)).cells.empty());
    }
  }
}

// The values and entries of a page by path, as the plainest form of it.
std::map<Path, std::string> ByPath(const FacetSchema& facet, const Message& page) {
  std::map<Path, std::string> values;
  const auto& reflection = *page.GetReflection();
  for (const FieldSchema& field : facet.fields) {
    if (field.kind == core::Kind::kPhase) continue;
    if (!field.is_list()) {
      values[Path::Field(field.number, field.kind)] = ValueOf(field, page);
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(page, field.descriptor); ++i) {
      const Message& entry = reflection.GetRepeatedMessage(page, field.descriptor, i);
      const core::Id16 key = *KeyOf(field, entry);
      values[Path::Entry(field.number, key, 0, core::Kind::kElem)] = "here";
      for (const FieldSchema& part : field.parts) {
        values[Path::Entry(field.number, key, part.number, part.kind)] = ValueOf(part, entry);
      }
      if (field.place_descriptor != nullptr) {
        values[Path::Entry(field.number, key, 0, core::Kind::kPos)] =
            entry.GetReflection()->GetString(entry, field.place_descriptor);
      }
    }
  }
  return values;
}

std::string At(const std::map<Path, std::string>& values, const Path& path) {
  const auto found = values.find(path);
  return found == values.end() ? "" : found->second;
}

// The rule in words: a field that one of the two changed shows that; one that both changed, to
// different values, shows one of the two and reports both; an entry is there if either added or
// edited it, or neither removed it.
TEST_F(ViewPropertyTest, WhatTwoPeopleWriteAtOnceIsAllThere) {
  int differing = 0, revived = 0;
  for (int round = 0; round < 4000; ++round) {
    const FacetSchema& facet = AnyClass();
    Facet base;
    base = testing::Joined(base, DeltaOf(facet, base, *Edited(facet, base), testing::ZoesDot(1)));
    const auto was = ByPath(facet, *Shown(facet, base));
    const Page zoes_page = Edited(facet, base), amys_page = Edited(facet, base);
    const auto zoes = ByPath(facet, *zoes_page), amys = ByPath(facet, *amys_page);
    const Facet zoes_delta = DeltaOf(facet, base, *zoes_page, testing::ZoesDot(2));
    const Facet amys_delta = DeltaOf(facet, base, *amys_page, testing::AmysDot(1));
    const Facet both = testing::Joined(testing::Joined(base, zoes_delta), amys_delta);
    ASSERT_EQ(core::Encode(both),
              core::Encode(testing::Joined(amys_delta, testing::Joined(zoes_delta, base))));
    ViewReport report;
    const auto shown = ByPath(facet, *Shown(facet, both, &report));
    std::set<Path> reported;
    for (const Differing& d : report.differing) {
      reported.insert(d.path);
      ASSERT_EQ(d.waits, d.field->merge == v1::MERGE_KIND_ASK);
      ASSERT_EQ(d.values.size(), 2u);
      ASSERT_NE(d.values[0].value, d.values[1].value);
      ASSERT_NE(d.values[0].author, d.values[1].author);
    }
    differing += static_cast<int>(reported.size());

    std::set<Path> paths;
    for (const auto* values : {&was, &zoes, &amys, &shown}) {
      for (const auto& [path, value] : *values) paths.insert(path);
    }
    for (const Path& path : paths) {
      const std::string w = At(was, path), z = At(zoes, path), a = At(amys, path);
      const std::string s = At(shown, path);
      SCOPED_TRACE("round " + std::to_string(round) + " " + facet.message->name() + " field " +
                   std::to_string(path.field()) + " sub " + std::to_string(path.sub()));
      if (path.is_entry()) {
        const Path presence = Path::Entry(path.field(), path.key(), 0, core::Kind::kElem);
        const bool z_has = !At(zoes, presence).empty(), a_has = !At(amys, presence).empty();
        const bool z_wrote = zoes_delta.Find(presence) != nullptr && z_has;
        const bool a_wrote = amys_delta.Find(presence) != nullptr && a_has;
        const bool expected = z_wrote || a_wrote || (z_has && a_has);
        ASSERT_EQ(!At(shown, presence).empty(), expected);
        if (path == presence || !expected) continue;
        if (!z_has || !a_has) {
          // The one who removed it wrote none of its parts: the other's page holds.
          revived += !At(was, presence).empty();
          ASSERT_EQ(s, z_has ? z : a);
          continue;
        }
      }
      const core::Cell* of_zoe = zoes_delta.Find(path);
      const core::Cell* of_amy = amys_delta.Find(path);
      if (of_zoe == nullptr || of_amy == nullptr) {
        ASSERT_EQ(s, of_zoe != nullptr ? z : of_amy != nullptr ? a : w);
        ASSERT_EQ(reported.count(path), 0u);
      } else {
        ASSERT_TRUE(s == z || s == a);
        const bool is_place = path.kind() == core::Kind::kPos;
        ASSERT_EQ(reported.count(path), z != a && !is_place ? 1u : 0u);
      }
    }
  }
  EXPECT_GT(differing, 1000) << "chance must reach the case";
  EXPECT_GT(revived, 100) << "chance must reach the case";
}

// Bytes that nobody would write: a view and a check must live with any facet that decodes.
TEST_F(ViewPropertyTest, NoValueAndNoPathIsTooStrangeForAView) {
  for (int round = 0; round < 4000; ++round) {
    const FacetSchema& facet = AnyClass();
    Facet held;
    for (uint64_t cells = 1 + chance_.Below(12); cells > 0; --cells) {
      const auto number = static_cast<uint16_t>(chance_.Below(25));
      auto kind = static_cast<core::Kind>(chance_.Below(12));
      if (kind == core::Kind::kMaxi || kind == core::Kind::kPhase) kind = core::Kind::kReg;
      const FieldSchema* field = facet.Field(number);
      if (field != nullptr && !field->is_list() && chance_.OneIn(2) &&
          field->kind != core::Kind::kPhase) {
        kind = field->kind;
      }
      const core::Id16 key = chance_.OneIn(2) ? core::NumberKey(static_cast<uint16_t>(random_()))
                                              : *core::Id16::FromBytes(chance_.Id());
      const Path path =
          chance_.OneIn(2)
              ? Path::Field(number, kind)
              : Path::Entry(number, key, static_cast<uint16_t>(chance_.Below(18)), kind);
      std::string value(chance_.Below(20), '\0');
      for (char& byte : value) byte = static_cast<char>(random_());
      const core::Dot dot{1 + chance_.Below(3), 1 + chance_.Below(3)};
      core::JoinReport equivocal;
      held = core::Join(held, testing::Writes({}, path, dot, value), &equivocal);
    }
    ViewReport report;
    const Page page = Shown(facet, held, &report);
    const core::Id16 sub = facet.sub == v1::FACET_SUB_UNSPECIFIED ? core::Id16{} : testing::Zoe();
    const DeltaCheck check = CheckDelta(schema_, {testing::Zoe(), facet.facet_class, sub}, held);
    ASSERT_TRUE(!check.ok() || report.unread == 0) << "what the check lets through can be shown";
    // Writing back what is shown changes nothing that was not shown.
    const auto back = WriteChanges(schema_, facet.facet_class, held, *page, {9, 1});
    ASSERT_TRUE(back.ok() || !check.ok()) << back.status();
    ASSERT_TRUE(!back.ok() || back->cells.empty()) << "round " << round;
  }
}

}  // namespace
}  // namespace halfterm::sync
