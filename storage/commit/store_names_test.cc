// What becomes of the pushes of tablets that were put back or copied: under another name they go
// on, and what they write there is taken as anybody's.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "storage/commit/pushed_school.h"
#include "sync/core/delta.h"

namespace halfterm::testing {
namespace {

using ::testing::UnorderedElementsAre;

using StoreNamesTest = PushTest;

// Of three groups that were acknowledged under the name that `before` has.
void AddMove(v1::PushRequest& request, const PushingTablet& before, uint64_t name) {
  v1::Rehome& move = *request.add_rehomes();
  move.set_old_replica(before.replica());
  move.set_acked(3);
  move.set_new_replica(name);
}

// The same groups again, as the first of the new name's.
v1::PushRequest Moved(v1::PushRequest request, const PushingTablet& before, uint64_t name) {
  request.set_replica(name);
  request.set_first_n(1);
  request.clear_hash_before();
  AddMove(request, before, name);
  return request;
}

TEST_F(StoreNamesTest, ACopiedTabletGoesOnUnderAnotherNameAndLosesNothing) {
  PushingTablet hana = school.Tablet(people.hana, 1);
  WriteVisit(hana);
  PushingTablet copy = hana;
  const FacetId sheet = Facet(core::kSheet, people.hana);
  const core::Facet seen = school.Stored(sheet);
  hana.Write(sheet, seen, RatingValues(1, 1));
  ASSERT_EQ(Only(hana).disposition(), v1::DISPOSITION_COMMITTED);
  copy.Write(sheet, seen, RatingValues(1, 4));
  const auto parted = copy.Push();
  ASSERT_EQ(parted.status().code(), absl::StatusCode::kFailedPrecondition) << parted.status();
  const auto hello = copy.Hello();
  ASSERT_TRUE(hello.ok());
  ASSERT_EQ(hello->stores(0).action(), v1::STORE_ACTION_REHOME);

  const auto taken = copy.Send(Moved(copy.last_request(), hana, hello->stores(0).new_replica()));
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_EQ(taken->results(0).disposition(), v1::DISPOSITION_COMMITTED)
      << taken->results(0).detail();
  EXPECT_THAT(ValuesAt(school.Stored(sheet), Path::Entry(3, core::NumberKey(1), 1, Kind::kReg)),
              UnorderedElementsAre(Number(1), Number(4)));
}

// The context of a renumbered write says that everything acknowledged under the old name was seen,
// also where nothing of it was ever written. Such writes were put aside as malformed: after a
// restore, all unsent work.
TEST_F(StoreNamesTest, ARenumberedWriteInANewPlaceIsCommitted) {
  PushingTablet hana = school.Tablet(people.hana, 1);
  WriteVisit(hana);
  PushingTablet copy = hana;
  const FacetId sheet = Facet(core::kSheet, people.hana);
  const core::Facet seen = school.Stored(sheet);
  hana.Write(sheet, seen, RatingValues(1, 1));
  ASSERT_EQ(Only(hana).disposition(), v1::DISPOSITION_COMMITTED);
  copy.Write(sheet, seen, RatingValues(2, 4));
  ASSERT_FALSE(copy.Push().ok());
  const auto hello = copy.Hello();
  ASSERT_TRUE(hello.ok());
  const auto taken = copy.Send(Moved(copy.last_request(), hana, hello->stores(0).new_replica()));
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_EQ(taken->results(0).disposition(), v1::DISPOSITION_COMMITTED)
      << taken->results(0).detail();
  EXPECT_THAT(ValuesAt(school.Stored(sheet), Path::Entry(3, core::NumberKey(2), 1, Kind::kReg)),
              UnorderedElementsAre(Number(4)));
}

// A page on which nothing is held but what `dot` stands for, in the places of one rating.
core::Facet SeenAt(uint16_t element, const core::Dot& dot) {
  core::Facet seen;
  for (const core::Path& path :
       {core::Path::Entry(3, core::NumberKey(element), 0, core::Kind::kElem),
        core::Path::Entry(3, core::NumberKey(element), 1, core::Kind::kReg)}) {
    core::Cell cell;
    cell.path = path;
    cell.seen.push_back(dot);
    core::Put(seen, std::move(cell));
  }
  return seen;
}

// What a tablet had open when it got another name is sealed under that one, and says that it has
// seen all that was acknowledged under the old one. No group is renumbered then, so no push says
// which name that was.
TEST_F(StoreNamesTest, WhatIsSealedUnderANewNameMaySayThatItHasSeenAllOfTheOldOne) {
  PushingTablet hana = school.Tablet(people.hana, 1);
  WriteVisit(hana);
  PushingTablet copy = hana;
  const FacetId sheet = Facet(core::kSheet, people.hana);
  hana.Write(sheet, school.Stored(sheet), RatingValues(1, 1));
  ASSERT_EQ(Only(hana).disposition(), v1::DISPOSITION_COMMITTED);
  const auto hello = copy.Hello();
  ASSERT_TRUE(hello.ok());
  ASSERT_EQ(hello->stores(0).action(), v1::STORE_ACTION_REHOME);
  copy.GoOnAs(hello->stores(0).new_replica());
  copy.Write(sheet, SeenAt(2, {hana.replica(), 3}), RatingValues(2, 4));
  const v1::PushResult taken = Only(copy);
  EXPECT_EQ(taken.disposition(), v1::DISPOSITION_COMMITTED) << taken.detail();
  EXPECT_THAT(ValuesAt(school.Stored(sheet), Path::Entry(3, core::NumberKey(2), 1, Kind::kReg)),
              UnorderedElementsAre(Number(4)));

  // More than was taken under it would swallow what the tablet that was copied writes next.
  copy.Write(sheet, SeenAt(3, {hana.replica(), 5}), RatingValues(3, 1));
  EXPECT_EQ(Only(copy).reason(), v1::REASON_MALFORMED);
  hana.Write(sheet, school.Stored(sheet), RatingValues(3, 2));
  ASSERT_EQ(Only(hana).disposition(), v1::DISPOSITION_COMMITTED);
  EXPECT_THAT(ValuesAt(school.Stored(sheet), Path::Entry(3, core::NumberKey(3), 1, Kind::kReg)),
              UnorderedElementsAre(Number(2)));

  // Nor is the name of the same person's other tablet an earlier one of this.
  PushingTablet office = school.Tablet(people.hana, 2);
  office.Write(sheet, SeenAt(4, {hana.replica(), 3}), RatingValues(5, 4));
  office.Write(sheet, SeenAt(6, {hana.replica(), 3}), RatingValues(6, 4));
  const auto claimed = office.Push();
  ASSERT_TRUE(claimed.ok()) << claimed.status();
  EXPECT_EQ(claimed->results(1).reason(), v1::REASON_MALFORMED);
}

// A push says the moves of all its groups. One that was sealed under the new name is not read by
// them: the old name in its contexts is the twin's, and the twin's later writes keep it.
TEST_F(StoreNamesTest, AGroupOfTheNewNameIsNotReadByTheMovesOfTheOneBeforeIt) {
  PushingTablet hana = school.Tablet(people.hana, 1);
  WriteVisit(hana);
  PushingTablet copy = hana;
  const FacetId sheet = Facet(core::kSheet, people.hana);
  for (const uint32_t level : {1u, 2u, 3u, 4u}) {
    hana.Write(sheet, school.Stored(sheet), RatingValues(1, level));
    ASSERT_EQ(Only(hana).disposition(), v1::DISPOSITION_COMMITTED);
  }
  copy.Write(sheet, {}, RatingValues(2, 4));
  const std::string renumbered = copy.TakeSealed().groups(0);
  const auto hello = copy.Hello();
  ASSERT_TRUE(hello.ok());
  const uint64_t name = hello->stores(0).new_replica();
  copy.GoOnAs(name);
  copy.SealBytes(renumbered);
  copy.Write(sheet, school.Stored(sheet), RatingValues(1, 2));  // Over what hana wrote, 4 to 7.
  v1::PushRequest both = copy.TakeSealed();
  AddMove(both, hana, name);
  const auto taken = copy.Send(both);
  ASSERT_TRUE(taken.ok()) << taken.status();
  ASSERT_EQ(taken->results_size(), 2);
  EXPECT_EQ(taken->results(1).disposition(), v1::DISPOSITION_COMMITTED)
      << taken->results(1).detail();
  const Path level = Path::Entry(3, core::NumberKey(1), 1, Kind::kReg);
  EXPECT_THAT(ValuesAt(school.Stored(sheet), level), UnorderedElementsAre(Number(2)));
  const core::Facet stored = school.Stored(sheet);
  const core::Cell* cell = stored.Find(level);
  ASSERT_NE(cell, nullptr);
  EXPECT_EQ(core::SeenCount(*cell, hana.replica()), 7u);
  EXPECT_EQ(core::SeenCount(*cell, name), 2u);
}

}  // namespace
}  // namespace halfterm::testing
