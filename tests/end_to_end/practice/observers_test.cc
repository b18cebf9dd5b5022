// Whose levels may be relied on: the certificate that an observer held on the day of a lesson
// stands on the sheet.

#include "tests/end_to_end/practice/school.h"

namespace halfterm::testing {
namespace {

class ObserversPracticeTest : public PracticeTest {
 protected:
  // Sara leads, and her levels are what the other's are compared with.
  Id16 Calibrate(const Id16& observer, uint32_t apart, int64_t start_ms = At(2026, 9, 7)) {
    const Id16 visit = Plan(
        school.sara, {v1::VISIT_KIND_CALIB,
                      {},
                      {},
                      start_ms,
                      30,
                      {{school.sara, v1::STRAND_UNSPECIFIED}, {observer, v1::STRAND_UNSPECIFIED}}});
    Push(school.sara);
    for (uint16_t element = 1; element <= 9; ++element) {
      Rate(school.sara, visit, element, 1);
      Rate(observer, visit, element, 1 + apart);
    }
    Submit(school.sara, visit);
    Push(school.sara);
    Submit(observer, visit);
    Push(observer);
    return visit;
  }
  v1::Sheet SheetOf(const Id16& observer, const Id16& visit) {
    return Shown<v1::Sheet>(observer, {visit, core::kSheet, observer});
  }
};

TEST_F(ObserversPracticeTest, ObserverTrainingTheCertificateOfTheLessonsDayStandsOnTheSheet) {
  const Id16 before = Observed(school.hana, {v1::VISIT_KIND_DEPT, school.tia});
  EXPECT_FALSE(SheetOf(school.hana, before).has_certificate()) << "nothing was earned yet";
  const Id16 calibration = Calibrate(school.hana, 1);

  const Id16 after = Observed(school.hana, {v1::VISIT_KIND_DEPT, school.tom});
  const v1::Sheet sheet = SheetOf(school.hana, after);
  EXPECT_EQ(sheet.certificate(), calibration.view());
  EXPECT_FALSE(SheetOf(school.hana, before).has_certificate()) << "nothing is certified afterwards";

  const Id16 earlier = Observed(school.hana, {v1::VISIT_KIND_DEPT, school.tia, {}, At(2026, 9, 4)});
  EXPECT_FALSE(SheetOf(school.hana, earlier).has_certificate())
      << "a lesson before the calibration";
  Calibrate(school.hugo, 2);
  const Id16 art = Observed(school.hugo, {v1::VISIT_KIND_DEPT, school.ann, school.art});
  EXPECT_FALSE(SheetOf(school.hugo, art).has_certificate())
      << "two levels apart is not near enough";
}

// It holds for a year from the calibration's day, wherever in the calendar that lies.
TEST_F(ObserversPracticeTest, ObserverTrainingACertificateHoldsOnItsLastDayAndNotOnTheNext) {
  Calibrate(school.hana, 1, At(2025, 9, 14));
  const Id16 last = Observed(school.hana, {v1::VISIT_KIND_DEPT, school.tia, {}, At(2026, 9, 14)});
  EXPECT_TRUE(SheetOf(school.hana, last).has_certificate());
  const Id16 late = Observed(school.hana, {v1::VISIT_KIND_DEPT, school.tom, {}, At(2026, 9, 15)});
  EXPECT_FALSE(SheetOf(school.hana, late).has_certificate());
}

TEST_F(ObserversPracticeTest, ObserverTrainingASheetBroughtByATabletCarriesNoCertificateOfItsOwn) {
  const Id16 calibration = Calibrate(school.hana, 1);
  const Id16 visit = Plan(school.hugo, {v1::VISIT_KIND_DEPT, school.ann, school.art});
  Tablet(school.hugo)
      .Write({visit, core::kSheet, school.hugo},
             {{Path::Field(v1::Sheet::kCertificateFieldNumber, Kind::kReg), BytesOf(calibration)}});
  EXPECT_NE(Pushed(school.hugo).find("QUARANTINED"), std::string::npos);
}

}  // namespace
}  // namespace halfterm::testing
