// A request of every call of the public port, by somebody about their own school.

#ifndef HALFTERM_TESTS_END_TO_END_OWN_REQUESTS_H_
#define HALFTERM_TESTS_END_TO_END_OWN_REQUESTS_H_
#include <google/protobuf/message.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "halfterm/v1/account.pb.h"

namespace halfterm::testing {

// What somebody who leads and administers a school can name there. Ids are 16 bytes.
struct OwnNames {
  std::string federation, site, maths, tia, rubric, rule, cycle, visit;
  // An open door of the caller's own, and one of a colleague's.
  std::string own_door, door;
  int64_t tomorrow_ms = 0;
  // The caller's tablet and store, and where its last pull ended.
  std::string device, cursor;
  uint64_t replica = 0;
  uint32_t epoch = 0;
  // Not the caller's own.
  std::string session_to_end, device_to_end;
  // For calls without a session. A proof is good for one request.
  std::string secret, ticket, sign_in_name, passphrase, other_passphrase;
  std::function<v1::DeviceProof()> joined_proof, entering_proof;
  std::function<v1::EnrolRequest()> enrolment;
};

// A number below `count`. What may be left out of a request is there where it is 0.
using Chance = std::function<uint64_t(uint64_t count)>;
using OwnRequest = std::function<std::unique_ptr<google::protobuf::Message>(const Chance&)>;

// By "Service.Call". Left out are Push and Pull.
std::map<std::string, OwnRequest> OwnRequests(const OwnNames& own);

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_END_TO_END_OWN_REQUESTS_H_
