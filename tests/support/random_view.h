// Facet messages made by chance: every field, part and key of a schema, within its bounds.

#ifndef HALFTERM_TESTS_SUPPORT_RANDOM_VIEW_H_
#define HALFTERM_TESTS_SUPPORT_RANDOM_VIEW_H_

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "google/protobuf/message.h"
#include "sync/field_value.h"
#include "sync/schema.h"
#include "sync/value.h"

namespace halfterm::testing {

class RandomView {
 public:
  // `random` must outlive this.
  explicit RandomView(std::mt19937_64& random) : random_(random) {}

  uint64_t Below(uint64_t bound) { return random_() % bound; }
  bool OneIn(uint64_t n) { return Below(n) == 0; }

  // A value that CheckValue takes, seldom empty. Small ranges, so that two writers often agree.
  std::string Value(const sync::FieldSchema& field) {
    if (OneIn(8)) return "";
    switch (field.form) {
      case sync::ValueForm::kNone:
      case sync::ValueForm::kWhole:
        return "";
      case sync::ValueForm::kBool:
        return sync::EncodeUnsigned(Below(2));
      case sync::ValueForm::kUnsigned:
        return sync::EncodeUnsigned(field.min +
                                    Below(std::min<uint64_t>(field.max - field.min, 5) + 1));
      case sync::ValueForm::kSigned:
        return sync::EncodeSigned(static_cast<int64_t>(random_()) >> Below(64));
      case sync::ValueForm::kDate:
        return sync::EncodeSigned(20000 + static_cast<int64_t>(Below(400)) * (OneIn(9) ? -60 : 1));
      case sync::ValueForm::kMoment:
        return sync::EncodeSigned(1'788'000'000'000 + static_cast<int64_t>(Below(1'000'000)));
      case sync::ValueForm::kText:
        return Text(field.max_bytes);
      case sync::ValueForm::kId:
        return Id();
      case sync::ValueForm::kDigest:
        return Id() + Id();
      case sync::ValueForm::kNumbers: {
        std::string numbers;
        for (int i = 0; i < field.numbers; ++i) numbers += sync::EncodeUnsigned(Below(1000));
        return numbers;
      }
    }
    return "";
  }

  // One of few, never zeros.
  std::string Id() {
    std::string id(16, static_cast<char>(0x40 + Below(6)));
    return id;
  }

  core::Id16 Key(const sync::FieldSchema& list) {
    if (list.key != v1::ENTRY_KEY_NUMBER) return *core::Id16::FromBytes(Id());
    return core::NumberKey(static_cast<uint16_t>(list.min_key + Below(6)));
  }

  // What a person does to a page: changes some fields, adds, edits and removes some entries. The
  // server's own fields too, if `as_server`; phases and whole cells are left alone.
  void Edit(const sync::FacetSchema& facet, bool as_server, google::protobuf::Message& message) {
    for (const sync::FieldSchema& field : facet.fields) {
      if (field.server && !as_server) continue;
      if (field.is_list()) {
        EditList(field, as_server, message);
      } else if (OneIn(3) && field.merge != v1::MERGE_KIND_PHASE) {
        Replace(field, message);
      }
    }
  }

 private:
  std::string Text(uint32_t max_bytes) {
    static const char* const kWords[] = {"settled", "at once", "na\xC3\xAFve", "\xE2\x82\xAC",
                                         "why?"};
    std::string text;
    for (uint64_t words = 1 + Below(4); words > 0; --words) {
      const std::string word = kWords[Below(5)];
      if (text.size() + word.size() <= max_bytes) text += word;
    }
    return text;
  }

  void Replace(const sync::FieldSchema& field, google::protobuf::Message& message) {
    message.GetReflection()->ClearField(&message, field.descriptor);
    sync::SetValue(field, Value(field), message);
  }

  void EditList(const sync::FieldSchema& list, bool as_server, google::protobuf::Message& message) {
    const auto& reflection = *message.GetReflection();
    std::vector<core::Id16> held;
    for (int i = reflection.FieldSize(message, list.descriptor); i-- > 0;) {
      if (OneIn(5)) {
        reflection.SwapElements(&message, list.descriptor, i,
                                reflection.FieldSize(message, list.descriptor) - 1);
        reflection.RemoveLast(&message, list.descriptor);
      }
    }
    for (int i = 0; i < reflection.FieldSize(message, list.descriptor); ++i) {
      auto& entry = *reflection.MutableRepeatedMessage(&message, list.descriptor, i);
      held.push_back(*sync::KeyOf(list, entry));
      EditEntry(list, as_server, entry);
    }
    for (uint64_t added = Below(3); added > 0; --added) {
      const core::Id16 key = Key(list);
      if (std::find(held.begin(), held.end(), key) != held.end()) continue;
      held.push_back(key);
      auto& entry = *reflection.AddMessage(&message, list.descriptor);
      sync::SetKey(list, key, entry);
      EditEntry(list, as_server, entry);
    }
  }

  void EditEntry(const sync::FieldSchema& list, bool as_server, google::protobuf::Message& entry) {
    for (const sync::FieldSchema& part : list.parts) {
      if (OneIn(2) && (as_server || !part.server)) Replace(part, entry);
    }
    if (list.place_descriptor != nullptr && OneIn(3)) {
      entry.GetReflection()->SetString(&entry, list.place_descriptor,
                                       std::string(1, static_cast<char>(1 + Below(255))));
    }
  }

  std::mt19937_64& random_;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_RANDOM_VIEW_H_
