// A message from the JSON that a school's office writes.
//
// Members are named as the fields are. Choices are lower-case words ("dept"), days are 2026-09-01,
// and people, organisations and rubric versions are named by the identifiers of the roster, so that
// nobody has to know what a record's id is. A member that the message does not have is a fault,
// because it is most often a slip of the pen.

#ifndef HALFTERM_TOOLS_ROSTER_FRIENDLY_JSON_H_
#define HALFTERM_TOOLS_ROSTER_FRIENDLY_JSON_H_
#include <google/protobuf/message.h>

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "tools/roster/builder.h"

namespace halfterm::tools {

// Nothing, with a fault that names the line, where the text is no JSON.
std::optional<nlohmann::json> ParseJson(const std::string& file, absl::string_view bytes,
                                        RosterBuilder& builder);

// Fills `message` from an object; `at` is its place in the file, such as "/0/elements/2". Its own
// `id` is left to the caller. False, with faults, where something is wrong.
bool FillFromJson(const nlohmann::json& object, const std::string& file, const std::string& at,
                  RosterBuilder& builder, google::protobuf::Message& message);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_ROSTER_FRIENDLY_JSON_H_
