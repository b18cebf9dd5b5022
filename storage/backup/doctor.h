// Says what would be lost before anything is: compares a store with its witness, its ledger, its keys and
// its backups. Reads only, and may be used beside a running server.

#ifndef HALFTERM_STORAGE_BACKUP_DOCTOR_H_
#define HALFTERM_STORAGE_BACKUP_DOCTOR_H_
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace halfterm::storage {

struct Finding {
  enum class Kind {
    kWell,   // As it should be.
    kNote,   // Worth knowing.
    kWrong,  // Something is, or would be, lost; or the server will not start.
  };
  Kind kind;
  std::string what;        // A sentence.
  std::string what_to_do;  // A sentence; empty where nothing is to be done.
};

struct DoctorWish {
  std::string data;
  std::string folder;  // Of the backups; empty: those that the ledger names.
  int64_t now_ms = 0;
};

// NotFound: there is no such data directory. Everything else is a finding.
absl::StatusOr<std::vector<Finding>> Examine(const DoctorWish& wish);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_BACKUP_DOCTOR_H_
