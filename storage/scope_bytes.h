// Scopes as the rows hold them: 17 bytes each, ascending, joined.

#ifndef HALFTERM_STORAGE_SCOPE_BYTES_H_
#define HALFTERM_STORAGE_SCOPE_BYTES_H_
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "sync/core/scope.h"

namespace halfterm::storage {

inline void AppendScope(std::string& bytes, const core::Scope& scope) {
  bytes.push_back(static_cast<char>(scope.type));
  bytes.append(scope.id.view());
}

inline std::string ScopeBytes(const std::vector<core::Scope>& scopes) {
  std::string bytes;
  bytes.reserve(scopes.size() * core::kScopeBytes);
  for (const core::Scope& scope : scopes) AppendScope(bytes, scope);
  return bytes;
}

// False unless `bytes` is whole scopes. Replaces `scopes`.
inline bool ParseScopes(absl::string_view bytes, std::vector<core::Scope>& scopes) {
  scopes.clear();
  if (bytes.size() % core::kScopeBytes != 0) return false;
  for (size_t at = 0; at < bytes.size(); at += core::kScopeBytes) {
    const auto id = core::Id16::FromBytes({bytes.data() + at + 1, 16});
    scopes.push_back({static_cast<uint8_t>(bytes[at]), *id});
  }
  return true;
}

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_SCOPE_BYTES_H_
