// Statistics of agreement against values of an independent implementation, and what they say of
// small cases that can be worked out by hand.

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "sync/agreement/statistics.h"

namespace halfterm::sync {
namespace {

using nlohmann::json;

JointVisit VisitOf(const json& given) {
  JointVisit visit;
  for (const json& pair : given["levels"]) {
    visit.levels.push_back({pair[0].get<uint8_t>(), pair[1].get<uint8_t>()});
  }
  for (const json& pair : given["sheets"]) {
    visit.sheets.push_back({pair[0].get<double>(), pair[1].get<double>()});
  }
  return visit;
}

TEST(AgreementStatisticsTest, TheyAreWhatAnIndependentImplementationSays) {
  constexpr double kNear = 1e-9;
  std::ifstream in(std::string(HALFTERM_AGREEMENT) + "/agreement.json");
  ASSERT_TRUE(in.good());
  const json vectors = json::parse(in);
  ASSERT_GE(vectors["cases"].size(), 5u);
  for (const json& given : vectors["cases"]) {
    SCOPED_TRACE(given["why"].get<std::string>());
    std::vector<JointVisit> visits;
    for (const json& visit : given["visits"]) visits.push_back(VisitOf(visit));
    const PairCounts counts = CountPairs(visits);
    EXPECT_EQ(counts.pairs, given["pairs"].get<uint32_t>());
    EXPECT_EQ(counts.exact, given["exact"].get<uint32_t>());
    EXPECT_EQ(counts.within_one, given["within_one"].get<uint32_t>());
    EXPECT_NEAR(QuadraticKappa(visits).value(), given["kappa"].get<double>(), kNear);
    EXPECT_NEAR(Icc21(visits).value(), given["icc"].get<double>(), kNear);

    const auto seed = given["seed"].get<uint32_t>();
    const int draws = given["draws"].get<int>();
    const auto kappa = BootstrapInterval(visits, &QuadraticKappa, seed, draws);
    EXPECT_NEAR(kappa.value().low, given["kappa_interval"][0].get<double>(), kNear);
    EXPECT_NEAR(kappa.value().high, given["kappa_interval"][1].get<double>(), kNear);
    const auto icc = BootstrapInterval(visits, &Icc21, seed, draws);
    EXPECT_NEAR(icc.value().low, given["icc_interval"][0].get<double>(), kNear);
    EXPECT_NEAR(icc.value().high, given["icc_interval"][1].get<double>(), kNear);
  }
}

TEST(AgreementStatisticsTest, FullAgreementIsOneAndNoDifferenceAtAllIsNothing) {
  const std::vector<JointVisit> full = {{{{1, 1}, {4, 4}}, {{1, 1}}}, {{{3, 3}}, {{3, 3}}}};
  EXPECT_DOUBLE_EQ(QuadraticKappa(full).value(), 1);
  EXPECT_DOUBLE_EQ(Icc21(full).value(), 1);
  const std::vector<JointVisit> flat = {{{{2, 2}, {2, 2}}, {{2, 2}}}, {{{2, 2}}, {{2, 2}}}};
  EXPECT_FALSE(QuadraticKappa(flat).has_value());
  EXPECT_FALSE(Icc21(flat).has_value());
  EXPECT_FALSE(BootstrapInterval(flat, &QuadraticKappa, 1, 100).has_value());
  EXPECT_FALSE(QuadraticKappa({}).has_value());
  EXPECT_FALSE(Icc21({}).has_value());
  EXPECT_EQ(CountPairs({}).pairs, 0u);
}

TEST(AgreementStatisticsTest, WhichOfTwoSheetsComesFirstDoesNotShowInKappa) {
  const std::vector<JointVisit> one = {{{{1, 2}, {3, 3}, {4, 2}}, {}}};
  const std::vector<JointVisit> other = {{{{2, 1}, {3, 3}, {2, 4}}, {}}};
  EXPECT_DOUBLE_EQ(QuadraticKappa(one).value(), QuadraticKappa(other).value());
}

}  // namespace
}  // namespace halfterm::sync
