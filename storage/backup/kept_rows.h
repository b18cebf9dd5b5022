// Which rows of the store must never fall back to what they were in a backup, and which part of
// them.

#ifndef HALFTERM_STORAGE_BACKUP_KEPT_ROWS_H_
#define HALFTERM_STORAGE_BACKUP_KEPT_ROWS_H_
#include <string>
#include <utility>
#include <vector>

#include "storage/engine.h"

namespace halfterm::storage {

// Schools, grants, sessions, tablets, invitations, passphrases, names and identities to sign in
// with, the provider, and figures that were frozen.
bool IsKept(Family family, const std::string& key);

// What the keys of all kept rows begin with, and those of no others.
std::vector<std::pair<Family, std::string>> KeptPrefixes();

// The value of a kept row without what changes all the time and may fall back.
std::string LastingPart(const std::string& key, const std::string& value);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_BACKUP_KEPT_ROWS_H_
