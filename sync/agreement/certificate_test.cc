// Certificates from calibration, and drift, on days and counts around their bounds.

#include "sync/agreement/certificate.h"

#include <gtest/gtest.h>

namespace halfterm::sync {
namespace {

core::Id16 IdOf(uint8_t number) {
  core::Id16 id;
  id.bytes[15] = number;
  return id;
}

RatedTogether Calibration(uint8_t visit, int32_t day, int elements, int far) {
  RatedTogether together{IdOf(visit), day, true, true, {}};
  for (int i = 0; i < elements; ++i) together.levels.push_back({1, uint8_t(i < far ? 3 : 2)});
  return together;
}

TEST(CertificateTest, ACalibrationThatIsNearEnoughHoldsForAYear) {
  const std::vector<RatedTogether> earned = {Calibration(1, 1000, 10, 2)};
  const CertificateFacts facts = CertificateOf(earned, 1000);
  EXPECT_EQ(facts.state, CertificateFacts::State::kValid);
  EXPECT_EQ(facts.to_day, 1365);
  EXPECT_EQ(facts.counts.pairs, 10u);
  EXPECT_EQ(facts.counts.within_one, 8u);
  EXPECT_EQ(CertificateOf(earned, 1335).state, CertificateFacts::State::kValid);
  EXPECT_EQ(CertificateOf(earned, 1336).state, CertificateFacts::State::kEndsSoon);
  EXPECT_EQ(CertificateOf(earned, 1365).state, CertificateFacts::State::kEndsSoon);
  EXPECT_EQ(CertificateOf(earned, 1366).state, CertificateFacts::State::kExpired);
}

TEST(CertificateTest, OneThatIsNotEnoughTakesNothingFromAnEarlierOne) {
  EXPECT_EQ(CertificateOf({Calibration(1, 1000, 10, 3)}, 1000).state,
            CertificateFacts::State::kNone);
  EXPECT_EQ(CertificateOf({Calibration(1, 1000, 7, 0)}, 1000).state,
            CertificateFacts::State::kNone);
  const CertificateFacts facts =
      CertificateOf({Calibration(2, 1100, 10, 5), Calibration(1, 1000, 10, 0)}, 1100);
  EXPECT_EQ(facts.state, CertificateFacts::State::kValid);
  EXPECT_EQ(facts.visit, IdOf(1));
}

TEST(CertificateTest, ItIsEarnedAgainstTheLeadOfACalibrationOnly) {
  RatedTogether with_a_colleague = Calibration(1, 1000, 10, 0);
  with_a_colleague.other_leads = false;
  EXPECT_EQ(CertificateOf({with_a_colleague}, 1000).state, CertificateFacts::State::kNone);
  RatedTogether in_a_lesson = Calibration(1, 1000, 10, 0);
  in_a_lesson.is_calibration = false;
  EXPECT_EQ(CertificateOf({in_a_lesson}, 1000).state, CertificateFacts::State::kNone);
  EXPECT_EQ(CertificateOf({Calibration(1, 1000, 10, 0)}, 999).state,
            CertificateFacts::State::kNone);
}

TEST(CertificateTest, DriftLooksAtTheLastTenPairs) {
  EXPECT_FALSE(CertificateOf({Calibration(1, 1000, 9, 9)}, 1000).drift);
  EXPECT_TRUE(CertificateOf({Calibration(1, 1000, 10, 4)}, 1000).drift);
  EXPECT_FALSE(CertificateOf({Calibration(1, 1000, 10, 3)}, 1000).drift);
  // The older ones are beyond the ten.
  EXPECT_FALSE(
      CertificateOf({Calibration(2, 1100, 10, 0), Calibration(1, 1000, 10, 10)}, 1100).drift);
}

}  // namespace
}  // namespace halfterm::sync
