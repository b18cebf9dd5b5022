// A message as JSON for programs: fields by their names, ids as UUIDs, choices as lower-case words.

#ifndef HALFTERM_TOOLS_MESSAGE_JSON_H_
#define HALFTERM_TOOLS_MESSAGE_JSON_H_
#include <google/protobuf/message.h>

#include <nlohmann/json.hpp>

namespace halfterm::tools {

// Every field is there, set or not, but messages within only if they are set. Bytes of other
// lengths than 16 are hexadecimal.
nlohmann::ordered_json MessageAsJson(const google::protobuf::Message& message);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_MESSAGE_JSON_H_
