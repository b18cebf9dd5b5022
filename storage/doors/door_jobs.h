// What changes open doors, each one job of the committer: two colleagues who want the last place
// ask one after the other.
//
// Errors are those of the proto's calls, and Committer's.

#ifndef HALFTERM_STORAGE_DOORS_DOOR_JOBS_H_
#define HALFTERM_STORAGE_DOORS_DOOR_JOBS_H_
#include <functional>
#include <memory>

#include "halfterm/v1/open_doors.pb.h"
#include "storage/caller.h"
#include "storage/commit/answering.h"
#include "storage/commit/committer.h"

namespace halfterm::storage {

std::unique_ptr<Job> MakeOpenDoor(const Caller& caller, v1::OpenDoorRequest request,
                                  ReplyTo<v1::DoorReply> done);
std::unique_ptr<Job> MakeCloseDoor(const Caller& caller, v1::CloseDoorRequest request,
                                   ReplyTo<v1::CloseDoorReply> done);
std::unique_ptr<Job> MakeTakePlace(const Caller& caller, v1::TakePlaceRequest request,
                                   ReplyTo<v1::DoorReply> done);
std::unique_ptr<Job> MakeGiveUpPlace(const Caller& caller, v1::GiveUpPlaceRequest request,
                                     ReplyTo<v1::DoorReply> done);

// Deletes those schools' doors whose half-term is over; for the server's upkeep.
std::unique_ptr<Job> MakeDoorClock(std::vector<Tenant> schools,
                                   std::function<void(absl::Status)> done);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_DOORS_DOOR_JOBS_H_
