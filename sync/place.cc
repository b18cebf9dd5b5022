#include "sync/place.h"

#include <cstddef>

namespace halfterm::sync {
namespace {

using google::protobuf::Message;
using google::protobuf::Reflection;

// The place that ends the run of entries without a usable one from `begin` on; empty: the list
// ends.
std::string NextPlace(const FieldSchema& list, const Message& message, int begin,
                      const std::string& before) {
  const Reflection& reflection = *message.GetReflection();
  for (int i = begin; i < reflection.FieldSize(message, list.descriptor); ++i) {
    const Message& entry = reflection.GetRepeatedMessage(message, list.descriptor, i);
    std::string place = entry.GetReflection()->GetString(entry, list.place_descriptor);
    if (place > before) return place;
  }
  return "";
}

}  // namespace

std::string PlaceBetween(absl::string_view before, absl::string_view after) {
  std::string place;
  bool bounded = !after.empty();
  for (size_t i = 0;; ++i) {
    const unsigned low = i < before.size() ? static_cast<unsigned char>(before[i]) : 0;
    unsigned high = 256;
    if (bounded) {
      if (i >= after.size()) return std::string(before) + '\x80';
      high = static_cast<unsigned char>(after[i]);
      if (high < low) return std::string(before) + '\x80';
    }
    if (high - low >= 2) {
      place.push_back(static_cast<char>(low + (high - low) / 2));
      return place;
    }
    place.push_back(static_cast<char>(low));
    bounded = bounded && high == low;
  }
}

void GivePlaces(const FacetSchema& facet, Message& message) {
  const Reflection& reflection = *message.GetReflection();
  for (const FieldSchema& list : facet.fields) {
    if (list.place_descriptor == nullptr) continue;
    std::string before;
    for (int i = 0; i < reflection.FieldSize(message, list.descriptor); ++i) {
      Message& entry = *reflection.MutableRepeatedMessage(&message, list.descriptor, i);
      const Reflection& of_entry = *entry.GetReflection();
      std::string place = of_entry.GetString(entry, list.place_descriptor);
      if (place.empty() || place <= before) {
        place = PlaceBetween(before, NextPlace(list, message, i + 1, before));
        of_entry.SetString(&entry, list.place_descriptor, place);
      }
      before = std::move(place);
    }
  }
}

}  // namespace halfterm::sync
