// Open doors: who may open, see and come; the last place is one colleague's; what is kept ends with
// the half-term.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>

#include "halfterm/disk/open_doors.pb.h"
#include "storage/commit/accounted_school.h"
#include "storage/doors/door_jobs.h"
#include "storage/doors/door_list.h"

namespace halfterm::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class DoorsTest : public DispositionTest {
 protected:
  DoorsTest() {
    people.AddOrg(east, v1::ORG_KIND_SITE, {}, "Eastgate");
    people.AddOrg(science, v1::ORG_KIND_DEPARTMENT, east, "Science");
    people.AddPerson(una, "Una Kaur", {science});
    StoreDirectory(school);
  }

  const Id16 east = IdNumber(60), science = IdNumber(61), una = IdNumber(62);
  const Id16 door = IdNumber(80);

  template <typename Reply, typename Make>
  absl::StatusOr<Reply> Ask(Make make) {
    std::promise<absl::StatusOr<Reply>> done;
    school.committer().Submit(
        make([&done](absl::StatusOr<Reply> reply) { done.set_value(std::move(reply)); }));
    return done.get_future().get();
  }
  v1::OpenDoorRequest Lesson(const Id16& id, int64_t start_ms) const {
    v1::OpenDoorRequest request;
    request.set_door(BytesOf(id));
    request.set_lesson_start_ms(start_ms);
    request.set_minutes(50);
    request.set_class_code("9M2");
    request.set_look_for("Mini whiteboards.");
    request.set_places(1);
    return request;
  }
  absl::StatusOr<v1::DoorReply> Open(const Id16& person, const v1::OpenDoorRequest& request) {
    return Ask<v1::DoorReply>([&](auto done) {
      return storage::MakeOpenDoor(CallerOf(person), request, std::move(done));
    });
  }
  absl::StatusOr<v1::DoorReply> Come(const Id16& person, const Id16& id) {
    v1::TakePlaceRequest request;
    request.set_door(BytesOf(id));
    return Ask<v1::DoorReply>([&](auto done) {
      return storage::MakeTakePlace(CallerOf(person), request, std::move(done));
    });
  }
  absl::StatusOr<v1::DoorReply> StayAway(const Id16& person, const Id16& id) {
    v1::GiveUpPlaceRequest request;
    request.set_door(BytesOf(id));
    return Ask<v1::DoorReply>([&](auto done) {
      return storage::MakeGiveUpPlace(CallerOf(person), request, std::move(done));
    });
  }
  absl::Status Close(const Id16& person, const Id16& id) {
    v1::CloseDoorRequest request;
    request.set_door(BytesOf(id));
    return Ask<v1::CloseDoorReply>([&](auto done) {
             return storage::MakeCloseDoor(CallerOf(person), request, std::move(done));
           })
        .status();
  }
  absl::StatusOr<v1::ListDoorsReply> List(const Id16& person) {
    return storage::DoorList(school.engine(), school.context().directories, school.clock)
        .List(CallerOf(person), {});
  }
  void RunClock() {
    Run([this](auto done) { return storage::MakeDoorClock({school.tenant()}, std::move(done)); });
  }
  size_t Rows() {
    const std::string prefix = storage::OpenDoorPrefix(school.tenant());
    const auto snapshot = school.engine().NewSnapshot();
    const auto cursor =
        snapshot->NewCursor(storage::Family::kState, prefix, storage::EndOfPrefix(prefix));
    size_t count = 0;
    for (; cursor->Valid(); cursor->Next()) ++count;
    return count;
  }
  int64_t Tomorrow() { return school.clock.NowMs() + 86'400'000; }
};

TEST_F(DoorsTest, TheLastPlaceIsOneColleaguesAndOnlyTheTeacherIsToldWhose) {
  ASSERT_TRUE(Open(people.tia, Lesson(door, Tomorrow())).ok());
  const auto first = Come(people.tom, door);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_TRUE(first->door().coming());
  EXPECT_THAT(first->door().visitors(), IsEmpty());
  // Asked again, it is the same place.
  EXPECT_EQ(Come(people.tom, door)->door().taken(), 1u);
  EXPECT_EQ(Come(people.ann, door).status().code(), absl::StatusCode::kFailedPrecondition);
  for (const Id16& person : {people.hana, people.sara, people.hedy}) {
    const auto list = List(person);
    ASSERT_TRUE(list.ok() && list->doors_size() == 1);
    EXPECT_EQ(list->doors(0).taken(), 1u);
    EXPECT_THAT(list->doors(0).visitors(), IsEmpty()) << "whoever leads is told no names";
  }
  const auto own = List(people.tia);
  ASSERT_EQ(own->doors(0).visitors_size(), 1);
  EXPECT_EQ(own->doors(0).visitors(0).display_name(), "Tom Baker");
  ASSERT_TRUE(StayAway(people.tom, door).ok());
  ASSERT_TRUE(StayAway(people.tom, door).ok());
  EXPECT_TRUE(Come(people.ann, door).ok());
  ExpectVerified();
  school.Reopen();
  EXPECT_EQ(List(people.ann)->doors(0).taken(), 1u);
}

TEST_F(DoorsTest, NobodyFromElsewhereSeesIsToldOrComes) {
  ASSERT_TRUE(Open(people.tia, Lesson(door, Tomorrow())).ok());
  const absl::Status not_there = Come(people.tom, IdNumber(99)).status();
  EXPECT_EQ(not_there.code(), absl::StatusCode::kNotFound);
  // A governor, somebody of another site, nobody.
  for (const Id16& person : {people.gus, una, IdNumber(200)}) {
    EXPECT_EQ(Come(person, door).status(), not_there);
    EXPECT_EQ(StayAway(person, door).status(), not_there);
    EXPECT_EQ(Close(person, door), not_there);
    EXPECT_EQ(Open(person, Lesson(door, Tomorrow())).status(), not_there);
  }
  EXPECT_EQ(List(people.gus).status(), not_there);
  EXPECT_THAT(List(una)->doors(), IsEmpty());
  // Nor is it anybody's but its teacher's to change, and nobody visits themself.
  EXPECT_EQ(Close(people.hana, door), not_there);
  EXPECT_EQ(Open(people.hana, Lesson(door, Tomorrow())).status(), not_there);
  EXPECT_EQ(Come(people.tia, door).status(), not_there);
  EXPECT_EQ(List(people.tia)->doors(0).look_for(), "Mini whiteboards.");
  ExpectVerified();
}

TEST_F(DoorsTest, ADoorIsOfALessonToComeInThisHalfTermAndWithinItsBounds) {
  const auto refused = [&](const v1::OpenDoorRequest& request) {
    return Open(people.tia, request).status();
  };
  EXPECT_EQ(refused(Lesson(door, school.clock.NowMs())).code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(refused(Lesson(door, At(2027, 2, 1))).code(), absl::StatusCode::kFailedPrecondition);
  v1::OpenDoorRequest request = Lesson(door, Tomorrow());
  request.set_look_for(std::string(501, 'x'));
  EXPECT_THAT(std::string(refused(request).message()), HasSubstr("500 bytes"));
  request = Lesson(door, Tomorrow());
  request.set_places(9);
  EXPECT_EQ(refused(request).code(), absl::StatusCode::kInvalidArgument);
  request = Lesson(door, Tomorrow());
  request.set_door("short");
  EXPECT_EQ(refused(request).code(), absl::StatusCode::kInvalidArgument);
  request = Lesson(door, Tomorrow());
  request.set_room("\xff");
  EXPECT_EQ(refused(request).code(), absl::StatusCode::kInvalidArgument);
  for (uint8_t i = 0; i < 20; ++i) {
    ASSERT_TRUE(Open(people.tia, Lesson(IdNumber(static_cast<uint8_t>(100 + i)), Tomorrow())).ok());
  }
  EXPECT_EQ(refused(Lesson(door, Tomorrow())).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(Open(people.tom, Lesson(door, Tomorrow())).ok());
  // Said anew, and never with fewer places than are taken.
  v1::OpenDoorRequest again = Lesson(door, Tomorrow());
  again.set_places(2);
  again.set_room("M4");
  ASSERT_TRUE(Open(people.tom, again).ok());
  ASSERT_TRUE(Come(people.tia, door).ok() && Come(people.ann, door).ok());
  again.set_places(1);
  EXPECT_EQ(Open(people.tom, again).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(List(people.ann)->doors_size(), 21);
  ExpectVerified();
}

TEST_F(DoorsTest, ATeacherWhoLeavesTakesTheirDoorsAlong) {
  ASSERT_TRUE(Open(people.tia, Lesson(door, Tomorrow())).ok());
  ASSERT_THAT(List(people.ann)->doors(), SizeIs(1));
  people.person(people.tia).set_state(v1::GRANT_STATE_ENDED);
  StoreDirectory(school);
  EXPECT_THAT(List(people.ann)->doors(), IsEmpty());
  RunClock();
  EXPECT_EQ(Rows(), 0u);
  EXPECT_EQ(Come(people.ann, door).status().code(), absl::StatusCode::kNotFound);
  ExpectVerified();
}

TEST_F(DoorsTest, ADoorGoesWithItsHalfTermAndNoRowIsLeft) {
  ASSERT_TRUE(Open(people.tia, Lesson(door, Tomorrow())).ok());
  ASSERT_TRUE(Come(people.tom, door).ok());
  RunClock();
  EXPECT_EQ(Rows(), 1u);
  // The week after the lesson it is no longer listed, and its teacher's list of the half-term
  // stands.
  school.clock.SetWall(school.clock.NowMs() + int64_t{8} * 86'400'000);
  EXPECT_THAT(List(people.ann)->doors(), IsEmpty());
  RunClock();
  EXPECT_EQ(Rows(), 1u);
  EXPECT_EQ(Come(people.ann, door).status().code(), absl::StatusCode::kFailedPrecondition);
  school.clock.SetWall(At(2027, 1, 10));
  RunClock();
  EXPECT_EQ(Rows(), 0u);
  EXPECT_EQ(Come(people.ann, door).status().code(), absl::StatusCode::kNotFound);
  ExpectVerified();
}

TEST_F(DoorsTest, VerificationFindsADoorThatPromisesTooMuch) {
  ASSERT_TRUE(Open(people.tia, Lesson(door, Tomorrow())).ok());
  disk::OpenDoorRow row;
  row.set_teacher(BytesOf(people.tia));
  row.set_site(BytesOf(people.site));
  row.set_places(1);
  row.add_visitors(BytesOf(people.tom));
  row.add_visitors(BytesOf(people.ann));
  storage::WriteSet writes;
  writes.Put(storage::Family::kState, storage::OpenDoorKey(school.tenant(), door),
             row.SerializeAsString());
  ASSERT_TRUE(school.engine().Commit(writes).ok());
  v1::VerifyReply last;
  ASSERT_TRUE(storage::Verify(school.engine(), {}, [&last](const v1::VerifyReply& reply) {
                last = reply;
                return true;
              }).ok());
  EXPECT_EQ(last.difference_count(), 1u) << last.ShortDebugString();
}

}  // namespace
}  // namespace halfterm::testing
