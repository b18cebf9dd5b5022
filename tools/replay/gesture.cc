#include "tools/replay/gesture.h"

#include <string>

#include "sync/core/path.h"
#include "sync/place.h"

namespace halfterm::tools {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// The key of an entry as sixteen bytes, whichever type its field has.
core::Id16 KeyOf(const Message& entry, const FieldDescriptor& key) {
  const Reflection& reflection = *entry.GetReflection();
  if (key.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    std::string scratch;
    return core::Id16::FromBytes(reflection.GetStringReference(entry, &key, &scratch))
        .value_or(core::Id16{});
  }
  return core::NumberKey(static_cast<uint16_t>(reflection.GetUInt32(entry, &key)));
}

// -1: no such entry.
int PlaceOf(const Message& view, const sync::FieldSchema& list, const core::Id16& key) {
  const Reflection& reflection = *view.GetReflection();
  for (int i = 0; i < reflection.FieldSize(view, list.descriptor); ++i) {
    const Message& entry = reflection.GetRepeatedMessage(view, list.descriptor, i);
    if (KeyOf(entry, *list.key_descriptor) == key) return i;
  }
  return -1;
}

void ChangeList(const sync::FieldSchema& list, const Message& change, Message& view) {
  const Reflection& reflection = *view.GetReflection();
  for (int i = 0; i < reflection.FieldSize(change, list.descriptor); ++i) {
    const Message& entry = reflection.GetRepeatedMessage(change, list.descriptor, i);
    const int place = PlaceOf(view, list, KeyOf(entry, *list.key_descriptor));
    Message* changed = place < 0 ? reflection.AddMessage(&view, list.descriptor)
                                 : reflection.MutableRepeatedMessage(&view, list.descriptor, place);
    changed->MergeFrom(entry);
  }
}

void Remove(const sync::FieldSchema& list, const core::Id16& key, Message& view) {
  const Reflection& reflection = *view.GetReflection();
  const int place = PlaceOf(view, list, key);
  if (place < 0) return;
  const int last = reflection.FieldSize(view, list.descriptor) - 1;
  for (int i = place; i < last; ++i) reflection.SwapElements(&view, list.descriptor, i, i + 1);
  reflection.RemoveLast(&view, list.descriptor);
}

}  // namespace

absl::Status ChangeView(const sync::Schema& schema, const Gesture& gesture, Message& view) {
  const sync::FacetSchema* facet = schema.Facet(gesture.facet.facet_class);
  if (facet == nullptr) return absl::NotFoundError("a gesture on a facet of an unknown class");
  if (gesture.change != nullptr) {
    if (gesture.change->GetDescriptor() != view.GetDescriptor()) {
      return absl::InvalidArgumentError("a gesture changes a facet of another class");
    }
    std::unique_ptr<Message> single(gesture.change->New());
    single->CopyFrom(*gesture.change);
    for (const sync::FieldSchema& field : facet->fields) {
      if (!field.is_list()) continue;
      ChangeList(field, *gesture.change, view);
      single->GetReflection()->ClearField(single.get(), field.descriptor);
    }
    view.MergeFrom(*single);
  }
  for (const EntryName& name : gesture.removed) {
    const sync::FieldSchema* field = facet->Field(name.field);
    if (field == nullptr || !field->is_list()) {
      return absl::InvalidArgumentError("a gesture removes an entry of no list");
    }
    Remove(*field, name.key, view);
  }
  sync::GivePlaces(*facet, view);
  return absl::OkStatus();
}

std::unique_ptr<Message> NewView(const sync::Schema& schema, uint8_t facet_class) {
  const sync::FacetSchema* facet = schema.Facet(facet_class);
  if (facet == nullptr) return nullptr;
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(facet->message)->New());
}

}  // namespace halfterm::tools
