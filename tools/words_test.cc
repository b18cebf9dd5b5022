// How figures are put: half-terms by name, means with one decimal, columns that line up.

#include <gtest/gtest.h>

#include <sstream>

#include "tools/figures.h"
#include "tools/half_term_name.h"
#include "tools/keeping_command.h"
#include "tools/table.h"

namespace halfterm::tools {
namespace {

TEST(HalfTermNameTest, EveryHalfTermIsFoundByItsOwnName) {
  EXPECT_EQ(HalfTermName(209), "Autumn 1 2026-27");
  EXPECT_EQ(HalfTermName(99 * 8 + 6), "Summer 2 2099-00");
  for (uint32_t year = 0; year <= 100; ++year) {
    for (uint32_t number = 1; number <= 6; ++number) {
      const uint32_t h2 = year * 8 + number;
      EXPECT_EQ(ParseHalfTerm(HalfTermName(h2)), h2) << h2;
    }
  }
}

TEST(HalfTermNameTest, PeopleSayItInSeveralWays) {
  for (const char* text : {"209", "2026-1", "2026/1", "autumn 1 2026", "AUTUMN-1-2026-27"}) {
    EXPECT_EQ(ParseHalfTerm(text), 209u) << text;
  }
  for (const char* text : {"", "208", "215", "2026-7", "autumn", "autumn 3 2026", "winter 1 2026",
                           "autumn 1 2026-28", "1 autumn 2026", "2026-1-1", "-1"}) {
    EXPECT_EQ(ParseHalfTerm(text), std::nullopt) << text;
  }
  EXPECT_EQ(HalfTermName(0), "no half-term");
  EXPECT_EQ(HalfTermName(215), "no half-term");
}

TEST(KeepingTest, TheAccountSaysWhetherItAccountsForEverything) {
  v1::CountsReply counts;
  counts.set_pushed(12);
  counts.set_committed(9);
  counts.set_late(1);
  counts.set_quarantined(2);
  counts.set_accounts_for_everything(true);
  v1::ReasonCount& kept = *counts.add_kept();
  kept.set_disposition(v1::DISPOSITION_QUARANTINED);
  kept.set_reason(v1::REASON_NEVER_ALLOWED);
  kept.set_groups(2);
  kept.set_released(1);
  std::ostringstream out;
  PrintCounts(out, counts);
  EXPECT_NE(out.str().find("pushed 12 groups"), std::string::npos) << out.str();
  EXPECT_NE(out.str().find("never allowed"), std::string::npos) << out.str();
  EXPECT_NE(out.str().find("accounts for everything"), std::string::npos) << out.str();
  counts.set_committed(8);
  counts.set_accounts_for_everything(false);
  std::ostringstream less;
  PrintCounts(less, counts);
  EXPECT_NE(less.str().find("accounts for 11 of 12"), std::string::npos) << less.str();
}

TEST(FiguresTest, AMeanIsRoundedHalfUpOnce) {
  EXPECT_EQ(MeanText(2'650'000), "2.7");
  EXPECT_EQ(MeanText(2'649'999), "2.6");
  EXPECT_EQ(MeanText(2'950'000), "3.0");
  EXPECT_EQ(MeanText(1'000'000), "1.0");
}

TEST(FiguresTest, AWatermarkSaysWhatIsMissing) {
  v1::Watermark watermark;
  watermark.set_as_of_seq(12);
  EXPECT_EQ(WatermarkText(watermark, absl::UTCTimeZone()),
            "As of Thu  1 Jan 1970 00:00 (group 12); nothing waits.\n");
  watermark.set_tablets_not_seen(2);
  EXPECT_EQ(WatermarkText(watermark, absl::UTCTimeZone()),
            "As of Thu  1 Jan 1970 00:00 (group 12).\n"
            "2 tablets have not been heard of for a week and may hold work.\n");
}

TEST(FiguresTest, ATrendWithoutEnoughBehindItSaysSo) {
  EXPECT_EQ(TrendText({}), kNotEnoughYet);
  v1::Trend trend;
  trend.set_state(v1::TREND_STATE_FALLING);
  trend.set_difference_millionths(-650'000);
  trend.set_n_before(3);
  trend.set_n_now(4);
  EXPECT_EQ(TrendText(trend), "falling by 0.7 (3 then 4)");
}

TEST(TableTest, ColumnsLineUpByLettersAndLongCellsGoOnBelow) {
  Table table;
  table.AddColumn("name", Table::Align::kLeft, 10);
  table.AddColumn("n", Table::Align::kRight);
  table.AddRow({"Zo\xc3\xab Reid", "7"});
  table.AddRow({"a name that is long", "12"});
  std::ostringstream out;
  table.Print(out, 1);
  EXPECT_EQ(out.str(),
            " name         n\n"
            " ----------  --\n"
            " Zo\xc3\xab Reid     7\n"
            " a name      12\n"
            " that is\n"
            " long\n");
}

}  // namespace
}  // namespace halfterm::tools
