#include "tools/workload/json_fields.h"

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "tools/replay/ids.h"

namespace halfterm::tools {
namespace {

using nlohmann::json;

const json& Nothing() {
  static const json* const nothing = new json;
  return *nothing;
}

}  // namespace

const json* JsonFields::Find(const char* name) const {
  if (!object_.is_object()) return nullptr;
  const auto found = object_.find(name);
  return found == object_.end() ? nullptr : &*found;
}

bool JsonFields::Has(const char* name) const { return Find(name) != nullptr; }

std::string JsonFields::Text(const char* name) {
  const json* value = Find(name);
  if (value != nullptr && value->is_string()) return value->get<std::string>();
  Wrong(name);
  return "";
}

int64_t JsonFields::Number(const char* name, int64_t least, int64_t most) {
  const json* value = Find(name);
  if (value != nullptr && value->is_number_integer()) {
    const int64_t number = value->get<int64_t>();
    if (number >= least && number <= most) return number;
  }
  Wrong(name);
  return 0;
}

bool JsonFields::Bool(const char* name) {
  const json* value = Find(name);
  if (value != nullptr && value->is_boolean()) return value->get<bool>();
  Wrong(name);
  return false;
}

core::Id16 JsonFields::Id(const char* name) {
  const std::optional<core::Id16> id = ParseUuid(Text(name));
  if (id.has_value()) return *id;
  Wrong(name);
  return {};
}

int64_t JsonFields::Moment(const char* name) {
  absl::Time moment;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, Text(name), &moment, &error)) {
    return absl::ToUnixMillis(moment);
  }
  Wrong(name);
  return 0;
}

int32_t JsonFields::Day(const char* name) {
  absl::CivilDay day;
  if (absl::ParseCivilTime(Text(name), &day)) {
    return static_cast<int32_t>(day - absl::CivilDay(1970, 1, 1));
  }
  Wrong(name);
  return 0;
}

const json& JsonFields::Object(const char* name) {
  const json* value = Find(name);
  if (value != nullptr && value->is_object()) return *value;
  Wrong(name);
  return Nothing();
}

const json& JsonFields::List(const char* name) {
  const json* value = Find(name);
  if (value != nullptr && value->is_array()) return *value;
  Wrong(name);
  return Nothing();
}

}  // namespace halfterm::tools
