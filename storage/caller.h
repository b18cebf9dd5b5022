// Who is calling: the person and the tablet behind a session, never what a message claims.

#ifndef HALFTERM_STORAGE_CALLER_H_
#define HALFTERM_STORAGE_CALLER_H_
#include "storage/keys.h"
#include "sync/core/types.h"

namespace halfterm::storage {

struct Caller {
  Tenant tenant;
  core::Id16 session;
  core::Id16 person;
  core::Id16 device;
};

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_CALLER_H_
