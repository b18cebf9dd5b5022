// A roster's identifiers as ids of 16 bytes that stay the same from import to import.

#ifndef HALFTERM_TOOLS_ROSTER_STABLE_ID_H_
#define HALFTERM_TOOLS_ROSTER_STABLE_ID_H_
#include "absl/strings/string_view.h"
#include "sync/core/types.h"

namespace halfterm::tools {

// A UUID stands for itself. Any other identifier gives an id that follows from the school's handle,
// the kind of thing ("person", "org", ...) and the identifier.
core::Id16 StableId(absl::string_view tenant, absl::string_view kind, absl::string_view sourced_id);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_ROSTER_STABLE_ID_H_
