#include "tools/roster/friendly_json.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tools/replay/ids.h"
#include "tools/roster/csv_table.h"
#include "tools/roster/stable_id.h"

namespace halfterm::tools {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using nlohmann::json;

constexpr int kMaxDepth = 8;

// Finds where a text stops being JSON.
class ErrorFinder : public nlohmann::json_sax<json> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    offset = position;
    return false;
  }

  size_t offset = 0;
};

bool EndsIn(const FieldDescriptor* field, absl::string_view end) {
  return absl::EndsWith(field->name(), end);
}

class Filler {
 public:
  Filler(const std::string& file, RosterBuilder& builder) : file_(file), builder_(builder) {}

  bool Fill(const json& object, const std::string& at, int depth, Message& message) {
    if (!object.is_object() || depth > kMaxDepth) return Fail(at, "is no object");
    bool right = true;
    for (const auto& [name, value] : object.items()) {
      const std::string here = absl::StrCat(at, "/", name);
      const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
      if (field == nullptr) {
        right = Fail(here, "is no member that this file has");
      } else if (name == "id" && depth == 0) {
        continue;
      } else if (field->is_repeated()) {
        right = Each(value, here, depth, field, message) && right;
      } else {
        right = One(value, here, depth, field, message) && right;
      }
    }
    return right;
  }

 private:
  bool Fail(const std::string& at, const std::string& reason) {
    builder_.Fail({file_, 0}, at, reason);
    return false;
  }

  bool Each(const json& list, const std::string& at, int depth, const FieldDescriptor* field,
            Message& message) {
    if (!list.is_array()) return Fail(at, "is no list");
    bool right = true;
    for (size_t i = 0; i < list.size(); ++i) {
      right = One(list[i], absl::StrCat(at, "/", i), depth, field, message) && right;
    }
    return right;
  }

  bool One(const json& value, const std::string& at, int depth, const FieldDescriptor* field,
           Message& message) {
    const auto* reflection = message.GetReflection();
    const bool add = field->is_repeated();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE: {
        Message* inner = add ? reflection->AddMessage(&message, field)
                             : reflection->MutableMessage(&message, field);
        return Fill(value, at, depth + 1, *inner);
      }
      case FieldDescriptor::CPPTYPE_BOOL:
        if (!value.is_boolean()) return Fail(at, "is neither true nor false");
        add ? reflection->AddBool(&message, field, value.get<bool>())
            : reflection->SetBool(&message, field, value.get<bool>());
        return true;
      case FieldDescriptor::CPPTYPE_ENUM: {
        const auto choice = value.is_string()
                                ? ParseChoice(field->enum_type(), value.get<std::string>())
                                : std::nullopt;
        if (!choice) return Fail(at, absl::StrCat("is not one of: ", ChoicesOf(field)));
        add ? reflection->AddEnumValue(&message, field, *choice)
            : reflection->SetEnumValue(&message, field, *choice);
        return true;
      }
      case FieldDescriptor::CPPTYPE_UINT32: {
        if (!value.is_number_unsigned() ||
            value.get<uint64_t>() > std::numeric_limits<uint32_t>::max()) {
          return Fail(at, "is no whole number");
        }
        const auto number = value.get<uint32_t>();
        add ? reflection->AddUInt32(&message, field, number)
            : reflection->SetUInt32(&message, field, number);
        return true;
      }
      case FieldDescriptor::CPPTYPE_INT32: {  // Every one of them is a day.
        const auto day =
            value.is_string() ? ParseDay(value.get<std::string>()) : std::optional<int32_t>();
        if (!day) return Fail(at, "is no day such as \"2026-09-01\"");
        add ? reflection->AddInt32(&message, field, *day)
            : reflection->SetInt32(&message, field, *day);
        return true;
      }
      case FieldDescriptor::CPPTYPE_STRING: {
        if (!value.is_string()) return Fail(at, "is no text");
        std::string text = value.get<std::string>();
        if (field->type() == FieldDescriptor::TYPE_BYTES) {
          const std::optional<core::Id16> id = IdOf(field, text);
          if (!id) {
            return Fail(at, absl::StrCat("\"", text, "\" is nothing that the roster names"));
          }
          text = Bytes(*id);
        }
        add ? reflection->AddString(&message, field, text)
            : reflection->SetString(&message, field, text);
        return true;
      }
      default:
        return Fail(at, "cannot be said in this file");
    }
  }

  static std::string ChoicesOf(const FieldDescriptor* field) {
    std::string words;
    for (int i = 1; i < field->enum_type()->value_count(); ++i) {
      absl::StrAppend(&words, i > 1 ? ", " : "",
                      ChoiceText(field->enum_type(), field->enum_type()->value(i)->number()));
    }
    return words;
  }

  std::optional<core::Id16> IdOf(const FieldDescriptor* field, const std::string& name) const {
    if (EndsIn(field, "rubric_version")) return builder_.RubricNamed(name);
    if (field->name() == "rubric") return StableId(builder_.tenant(), "rubric family", name);
    if (field->name() == "person") {
      const v1::Person* person = builder_.FindPerson(name);
      return person == nullptr ? std::nullopt : core::Id16::FromBytes(person->id());
    }
    const v1::Org* org = builder_.FindOrg(name);
    return org == nullptr ? std::nullopt : core::Id16::FromBytes(org->id());
  }

  const std::string& file_;
  RosterBuilder& builder_;
};

}  // namespace

std::optional<json> ParseJson(const std::string& file, absl::string_view bytes,
                              RosterBuilder& builder) {
  const std::optional<std::string> text = PlainText(file, bytes, builder.faults());
  if (!text) return std::nullopt;
  json parsed = json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_discarded()) return parsed;
  ErrorFinder finder;
  json::sax_parse(*text, &finder);
  const size_t offset = std::min(finder.offset, text->size());
  const auto line = static_cast<size_t>(
      std::count(text->begin(), text->begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
  builder.Fail({file, line + 1}, "", "is no JSON here or just before");
  return std::nullopt;
}

bool FillFromJson(const json& object, const std::string& file, const std::string& at,
                  RosterBuilder& builder, Message& message) {
  return Filler(file, builder).Fill(object, at, 0, message);
}

}  // namespace halfterm::tools
