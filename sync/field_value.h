// One field of a message as the value of its cell, and back.
//
// An unset field and an empty text are the same thing: a cleared cell. So they come back as unset.

#ifndef HALFTERM_SYNC_FIELD_VALUE_H_
#define HALFTERM_SYNC_FIELD_VALUE_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "google/protobuf/message.h"
#include "sync/core/types.h"
#include "sync/schema.h"

namespace halfterm::sync {

// Empty where the field is not set. `message` holds the field; its value is not checked.
std::string ValueOf(const FieldSchema& field, const google::protobuf::Message& message);

// False, and nothing set, if the value cannot be read. An empty value sets nothing.
bool SetValue(const FieldSchema& field, absl::string_view value,
              google::protobuf::Message& message);

// The key of an entry message of `list`; nothing where it can name no entry.
absl::optional<core::Id16> KeyOf(const FieldSchema& list, const google::protobuf::Message& entry);
void SetKey(const FieldSchema& list, const core::Id16& key, google::protobuf::Message& entry);

// A part that holds a number or a date, for ordering; nothing where it is not set.
absl::optional<int64_t> NumberOf(const FieldSchema& part, const google::protobuf::Message& entry);

}  // namespace halfterm::sync

#endif  // HALFTERM_SYNC_FIELD_VALUE_H_
