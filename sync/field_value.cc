#include "sync/field_value.h"

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "sync/check.h"
#include "sync/core/varint.h"
#include "sync/value.h"

namespace halfterm::sync {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// The same bytes each time within one build, so that writing what is held changes nothing.
std::string Serialized(const Message& message) {
  std::string out;
  google::protobuf::io::StringOutputStream stream(&out);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializePartialToCodedStream(&coded);
  coded.Trim();
  return out;
}

std::string NumbersOf(const Message& numbers) {
  const Reflection& reflection = *numbers.GetReflection();
  std::string out;
  for (int i = 0; i < numbers.GetDescriptor()->field_count(); ++i) {
    core::AppendVarint(out, reflection.GetUInt32(numbers, numbers.GetDescriptor()->field(i)));
  }
  return out;
}

void SetNumbers(absl::string_view value, Message& numbers) {
  const Reflection& reflection = *numbers.GetReflection();
  core::Reader reader({value.data(), value.size()});
  for (int i = 0; i < numbers.GetDescriptor()->field_count(); ++i) {
    uint64_t number = 0;
    if (!reader.Varint("number", number)) return;
    reflection.SetUInt32(&numbers, numbers.GetDescriptor()->field(i),
                         static_cast<uint32_t>(number));
  }
}

uint64_t UnsignedOf(const Message& message, const FieldDescriptor* field) {
  const Reflection& reflection = *message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(message, field) ? 1 : 0;
    case FieldDescriptor::CPPTYPE_ENUM:
      // A negative number is a fault of the caller; as a large one it is out of bounds.
      return static_cast<uint64_t>(int64_t{reflection.GetEnumValue(message, field)});
    case FieldDescriptor::CPPTYPE_UINT64:
      return reflection.GetUInt64(message, field);
    default:
      return reflection.GetUInt32(message, field);
  }
}

void SetUnsigned(uint64_t number, const FieldDescriptor* field, Message& message) {
  const Reflection& reflection = *message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.SetBool(&message, field, number != 0);
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection.SetEnumValue(&message, field, static_cast<int>(number));
    case FieldDescriptor::CPPTYPE_UINT64:
      return reflection.SetUInt64(&message, field, number);
    default:
      return reflection.SetUInt32(&message, field, static_cast<uint32_t>(number));
  }
}

}  // namespace

std::string ValueOf(const FieldSchema& field, const Message& message) {
  const Reflection& reflection = *message.GetReflection();
  const FieldDescriptor* descriptor = field.descriptor;
  if (!reflection.HasField(message, descriptor)) return "";
  switch (field.form) {
    case ValueForm::kNone:
      return "";
    case ValueForm::kBool:
    case ValueForm::kUnsigned:
      return EncodeUnsigned(UnsignedOf(message, descriptor));
    case ValueForm::kDate:
      return EncodeSigned(reflection.GetInt32(message, descriptor));
    case ValueForm::kSigned:
    case ValueForm::kMoment:
      return EncodeSigned(reflection.GetInt64(message, descriptor));
    case ValueForm::kText:
    case ValueForm::kId:
    case ValueForm::kDigest:
      return reflection.GetString(message, descriptor);
    case ValueForm::kNumbers:
      return NumbersOf(reflection.GetMessage(message, descriptor));
    case ValueForm::kWhole:
      return Serialized(reflection.GetMessage(message, descriptor));
  }
  return "";
}

bool SetValue(const FieldSchema& field, absl::string_view value, Message& message) {
  if (value.empty()) return true;
  const char* problem = "";
  if (CheckValue(field, value, &problem) == DeltaFault::kMalformed) return false;
  const Reflection& reflection = *message.GetReflection();
  const FieldDescriptor* descriptor = field.descriptor;
  switch (field.form) {
    case ValueForm::kNone:
      return true;
    case ValueForm::kBool:
    case ValueForm::kUnsigned:
      SetUnsigned(*DecodeUnsigned(value), descriptor, message);
      return true;
    case ValueForm::kDate:
      reflection.SetInt32(&message, descriptor, *DecodeDate(value));
      return true;
    case ValueForm::kSigned:
    case ValueForm::kMoment:
      reflection.SetInt64(&message, descriptor, *DecodeSigned(value));
      return true;
    case ValueForm::kText:
    case ValueForm::kId:
    case ValueForm::kDigest:
      reflection.SetString(&message, descriptor, std::string(value));
      return true;
    case ValueForm::kNumbers:
      SetNumbers(value, *reflection.MutableMessage(&message, descriptor));
      return true;
    case ValueForm::kWhole:
      if (reflection.MutableMessage(&message, descriptor)
              ->ParsePartialFromArray(value.data(), static_cast<int>(value.size()))) {
        return true;
      }
      reflection.ClearField(&message, descriptor);
      return false;
  }
  return false;
}

absl::optional<core::Id16> KeyOf(const FieldSchema& list, const Message& entry) {
  const Reflection& reflection = *entry.GetReflection();
  if (list.key == v1::ENTRY_KEY_NUMBER) {
    const uint32_t number = reflection.GetUInt32(entry, list.key_descriptor);
    if (number < list.min_key || number > list.max_key) return absl::nullopt;
    return core::NumberKey(static_cast<uint16_t>(number));
  }
  const std::string bytes = reflection.GetString(entry, list.key_descriptor);
  const auto key = core::Id16::FromBytes(bytes);
  if (!key || key->IsZero()) return absl::nullopt;
  return *key;
}

void SetKey(const FieldSchema& list, const core::Id16& key, Message& entry) {
  const Reflection& reflection = *entry.GetReflection();
  if (list.key == v1::ENTRY_KEY_NUMBER) {
    reflection.SetUInt32(&entry, list.key_descriptor, core::KeyNumber(key));
  } else {
    reflection.SetString(&entry, list.key_descriptor, std::string(key.view()));
  }
}

absl::optional<int64_t> NumberOf(const FieldSchema& part, const Message& entry) {
  const Reflection& reflection = *entry.GetReflection();
  if (!reflection.HasField(entry, part.descriptor)) return absl::nullopt;
  if (part.form == ValueForm::kDate) return reflection.GetInt32(entry, part.descriptor);
  return static_cast<int64_t>(UnsignedOf(entry, part.descriptor));
}

}  // namespace halfterm::sync
