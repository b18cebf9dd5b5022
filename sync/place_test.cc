// There is room between any two places, and a list keeps the order in which it was written down.

#include "sync/place.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "halfterm/v1/observation.pb.h"
#include "tests/support/seed.h"

namespace halfterm::sync {
namespace {

TEST(PlaceTest, ThereIsRoomBetweenAnyTwo) {
  const std::string cases[][2] = {
      {"", ""},
      {"", "\x01"},
      {"", std::string("\0\x01", 2)},
      {"\x80", ""},
      {"\xff", ""},
      {"\xff\xff", ""},
      {"\x01", "\x02"},
      {"\x01", "\x01\x01"},
      {"\x01\xff", "\x02"},
      {"\x7f\xff\xff", "\x80"},
      {"a", "b"},
      {"a", "ab"},
  };
  for (const auto& [before, after] : cases) {
    const std::string between = PlaceBetween(before, after);
    EXPECT_LT(before, between);
    EXPECT_TRUE(after.empty() || between < after);
    EXPECT_NE(between.back(), '\0');
  }
}

TEST(PlaceTest, BetweenEqualPlacesComesRightAfterTheFirst) {
  EXPECT_GT(PlaceBetween("a", "a"), "a");
  EXPECT_GT(PlaceBetween("b", "a"), "b");
  EXPECT_GT(PlaceBetween("a", std::string("a\0", 2)), "a");
}

TEST(PlaceTest, AThousandParagraphsWrittenAnywhereKeepTheirOrderInShortPlaces) {
  std::mt19937_64 random(testing::TestSeed());
  std::vector<std::string> places;
  for (int i = 0; i < 1000; ++i) {
    const size_t at = random() % (places.size() + 1);
    const std::string before = at == 0 ? "" : places[at - 1];
    const std::string after = at == places.size() ? "" : places[at];
    places.insert(places.begin() + static_cast<ptrdiff_t>(at), PlaceBetween(before, after));
  }
  for (size_t i = 1; i < places.size(); ++i) ASSERT_LT(places[i - 1], places[i]);
  for (const std::string& place : places) ASSERT_LE(place.size(), 64u);
}

TEST(PlaceTest, FiveHundredParagraphsAtOneSpotFitTheBound) {
  std::string last, first = "\x80";
  for (int i = 0; i < 500; ++i) {
    last = PlaceBetween(last, "");
    first = PlaceBetween("", first);
  }
  EXPECT_LE(last.size(), 64u);
  EXPECT_LE(first.size(), 64u);
}

TEST(PlaceTest, AListKeepsTheOrderInWhichItStandsAndThePlacesThatItHas) {
  v1::Feedback feedback;
  const auto add = [&](const char* text, const char* place) {
    v1::Paragraph& paragraph = *feedback.add_strengths();
    paragraph.set_text(text);
    if (*place != '\0') paragraph.set_place(place);
  };
  add("new at the top", "");
  add("as before", "m");
  add("new in the middle", "");
  add("new too", "");
  add("as before", "t");
  add("moved here from the top", "c");
  add("new at the end", "");
  GivePlaces(*Schema::OfThisBuild().Facet(v1::FACET_CLASS_FEEDBACK), feedback);
  for (int i = 1; i < feedback.strengths_size(); ++i) {
    EXPECT_LT(feedback.strengths(i - 1).place(), feedback.strengths(i).place()) << i;
  }
  EXPECT_EQ(feedback.strengths(1).place(), "m");
  EXPECT_EQ(feedback.strengths(4).place(), "t");
}

}  // namespace
}  // namespace halfterm::sync
