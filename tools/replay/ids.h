// Ids as text, and ids that follow from words.

#ifndef HALFTERM_TOOLS_REPLAY_IDS_H_
#define HALFTERM_TOOLS_REPLAY_IDS_H_
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "sync/core/types.h"

namespace halfterm::tools {

// "6fa459ea-ee8a-4ca4-894e-db77e160355e"; nothing for any other form.
std::optional<core::Id16> ParseUuid(absl::string_view text);
std::string FormatUuid(const core::Id16& id);

// The same words always give the same id (a UUID of version 8).
core::Id16 NamedId(absl::string_view words);

inline std::string Bytes(const core::Id16& id) { return std::string(id.view()); }

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_REPLAY_IDS_H_
