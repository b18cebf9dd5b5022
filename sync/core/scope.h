// A scope: a set of readers that records are filed under, and people are granted.
//
// Who may read a facet is decided once, when it is filed (audience.h), as a set of scopes; who a
// person is, at any moment, is a set of scopes too. Reading is their intersection and asks nobody.

#ifndef HALFTERM_SYNC_CORE_SCOPE_H_
#define HALFTERM_SYNC_CORE_SCOPE_H_
#include <cstddef>
#include <cstdint>

#include "sync/core/types.h"

namespace halfterm::core {

// The numbers are on disk and on the wire; they are never reused.
enum class ScopeType : uint8_t {
  kStaff = 1,       // Everybody with a live staff account; the id is zeros.
  kPerson = 2,      // One person.
  kDepartment = 3,  // Whoever leads this department.
  kSchool = 4,      // Senior leaders of this site.
  kReview = 5,      // The team of one review.
};

constexpr size_t kScopeBytes = 17;

// `type` is a ScopeType, or a number that this build does not know yet and must hand on unchanged.
struct Scope {
  uint8_t type = 0;
  Id16 id{};
};

inline bool operator==(const Scope& a, const Scope& b) { return a.type == b.type && a.id == b.id; }
inline bool operator!=(const Scope& a, const Scope& b) { return !(a == b); }
// The order of the seventeen bytes, and therefore that of the feeds on disk.
inline bool operator<(const Scope& a, const Scope& b) {
  return a.type != b.type ? a.type < b.type : a.id < b.id;
}

inline Scope ScopeOf(ScopeType type, const Id16& id) {
  return Scope{static_cast<uint8_t>(type), id};
}
inline Scope StaffScope() { return ScopeOf(ScopeType::kStaff, Id16{}); }
inline Scope PersonScope(const Id16& person) { return ScopeOf(ScopeType::kPerson, person); }
inline Scope DepartmentScope(const Id16& department) {
  return ScopeOf(ScopeType::kDepartment, department);
}
inline Scope SchoolScope(const Id16& site) { return ScopeOf(ScopeType::kSchool, site); }
inline Scope ReviewScope(const Id16& review) { return ScopeOf(ScopeType::kReview, review); }

}  // namespace halfterm::core

#endif  // HALFTERM_SYNC_CORE_SCOPE_H_
