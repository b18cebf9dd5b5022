#include "tools/roster/stable_id.h"

#include <optional>
#include <string>

#include "absl/strings/str_join.h"
#include "tools/replay/ids.h"

namespace halfterm::tools {

core::Id16 StableId(absl::string_view tenant, absl::string_view kind,
                    absl::string_view sourced_id) {
  if (const std::optional<core::Id16> uuid = ParseUuid(sourced_id)) return *uuid;
  // A zero byte cannot be in any of the parts, so no two lists of parts give the same words.
  const absl::string_view parts[] = {"halfterm roster id", tenant, kind, sourced_id};
  return NamedId(absl::StrJoin(parts, absl::string_view("\0", 1)));
}

}  // namespace halfterm::tools
