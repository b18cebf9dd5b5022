// Which database a connection string leads to.

#ifndef HALFTERM_STORAGE_POSTGRES_WHICH_DATABASE_H_
#define HALFTERM_STORAGE_POSTGRES_WHICH_DATABASE_H_
#include <string>

#include "absl/status/statusor.h"

namespace halfterm::storage {

struct WhichDatabase {
  std::string cluster;  // Its number, the same of its standbys. Empty: the role may not ask for it.
  std::string name;
};
// Errors as of opening an engine there.
absl::StatusOr<WhichDatabase> AskWhichDatabase(const std::string& conninfo);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_POSTGRES_WHICH_DATABASE_H_
