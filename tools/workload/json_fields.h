// Reads the members of a JSON object, and remembers the first that is missing or of another type,
// so that a reader of a line says all it wants and asks once whether it got it.

#ifndef HALFTERM_TOOLS_WORKLOAD_JSON_FIELDS_H_
#define HALFTERM_TOOLS_WORKLOAD_JSON_FIELDS_H_
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "sync/core/types.h"

namespace halfterm::tools {

class JsonFields {
 public:
  explicit JsonFields(const nlohmann::json& object) : object_(object) {}

  // Whether the object has the member, whatever its type.
  bool Has(const char* name) const;

  // Empty, 0 or zeros where the member is wrong; then wrong() names it.
  std::string Text(const char* name);
  int64_t Number(const char* name, int64_t least = 0,
                 int64_t most = std::numeric_limits<int64_t>::max());
  uint32_t Small(const char* name, uint32_t most) {
    return static_cast<uint32_t>(Number(name, 0, most));
  }
  bool Bool(const char* name);
  core::Id16 Id(const char* name);   // UUID text.
  int64_t Moment(const char* name);  // RFC 3339; milliseconds since 1970.
  int32_t Day(const char* name);     // 2026-09-14; days since 1970.
  const nlohmann::json& Object(const char* name);
  const nlohmann::json& List(const char* name);

  void Wrong(const char* name) {
    if (wrong_.empty()) wrong_ = name;
  }
  // Takes over what another reader found wrong in a part of this object.
  void Within(const JsonFields& part) {
    if (wrong_.empty()) wrong_ = part.wrong_;
  }
  // Empty: everything was there.
  const std::string& wrong() const { return wrong_; }

 private:
  const nlohmann::json* Find(const char* name) const;

  const nlohmann::json& object_;
  std::string wrong_;
};

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_WORKLOAD_JSON_FIELDS_H_
