#include "tools/message_json.h"

#include <google/protobuf/descriptor.h>

#include "absl/strings/escaping.h"
#include "tools/replay/ids.h"
#include "tools/roster/builder.h"

namespace halfterm::tools {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Json = nlohmann::ordered_json;

Json BytesAsJson(const std::string& bytes) {
  const auto id = core::Id16::FromBytes(bytes);
  return id ? Json(FormatUuid(*id)) : Json(absl::BytesToHexString(bytes));
}

// One value: `index` of a list, or -1.
Json ValueAsJson(const Message& message, const FieldDescriptor* field, int index) {
  const auto* reflection = message.GetReflection();
  const bool is_one = index < 0;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return MessageAsJson(is_one ? reflection->GetMessage(message, field)
                                  : reflection->GetRepeatedMessage(message, field, index));
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int number = is_one ? reflection->GetEnumValue(message, field)
                                : reflection->GetRepeatedEnumValue(message, field, index);
      return number == 0 ? Json("") : Json(ChoiceText(field->enum_type(), number));
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      return is_one ? reflection->GetBool(message, field)
                    : reflection->GetRepeatedBool(message, field, index);
    case FieldDescriptor::CPPTYPE_UINT32:
      return is_one ? reflection->GetUInt32(message, field)
                    : reflection->GetRepeatedUInt32(message, field, index);
    case FieldDescriptor::CPPTYPE_INT32:
      return is_one ? reflection->GetInt32(message, field)
                    : reflection->GetRepeatedInt32(message, field, index);
    case FieldDescriptor::CPPTYPE_UINT64:
      return is_one ? reflection->GetUInt64(message, field)
                    : reflection->GetRepeatedUInt64(message, field, index);
    case FieldDescriptor::CPPTYPE_INT64:
      return is_one ? reflection->GetInt64(message, field)
                    : reflection->GetRepeatedInt64(message, field, index);
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string text = is_one ? reflection->GetString(message, field)
                                      : reflection->GetRepeatedString(message, field, index);
      return field->type() == FieldDescriptor::TYPE_BYTES ? BytesAsJson(text) : Json(text);
    }
    default:
      return nullptr;
  }
}

}  // namespace

Json MessageAsJson(const Message& message) {
  Json object = Json::object();
  const auto* reflection = message.GetReflection();
  const auto* type = message.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (field->is_repeated()) {
      Json list = Json::array();
      for (int at = 0; at < reflection->FieldSize(message, field); ++at) {
        list.push_back(ValueAsJson(message, field, at));
      }
      object[field->name()] = std::move(list);
    } else if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE ||
               reflection->HasField(message, field)) {
      object[field->name()] = ValueAsJson(message, field, -1);
    }
  }
  return object;
}

}  // namespace halfterm::tools
