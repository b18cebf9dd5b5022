#include "tools/replay/tablet_rows.h"

#include <utility>

#include "sync/core/varint.h"

namespace halfterm::tools {
namespace {

constexpr size_t kFacetAt = 3;  // After the kind and the store.

std::string Prefix(char kind, StoreNumber store) {
  std::string key(1, kind);
  core::AppendBig16(key, store);
  return key;
}

}  // namespace

std::string OutboxKey(StoreNumber store) { return Prefix('o', store); }
std::string BaseKey(StoreNumber store) { return Prefix('b', store); }

std::string GroupKey(StoreNumber store, uint64_t place) {
  std::string key;
  core::AppendBig16(key, store);
  core::AppendBig64(key, place);
  return key;
}

std::string FacetPrefix(FacetRows rows, StoreNumber store) {
  return Prefix(static_cast<char>(rows), store);
}

std::string FacetPrefix(FacetRows rows, StoreNumber store, const core::Id16& record) {
  std::string key = FacetPrefix(rows, store);
  key.append(record.view());
  return key;
}

std::string FacetKey(FacetRows rows, StoreNumber store, const core::FacetId& facet) {
  std::string key = FacetPrefix(rows, store);
  facet.AppendTo(key);
  return key;
}

std::string OwnGroupKey(StoreNumber store, const core::FacetId& facet, uint64_t place) {
  std::string key = FacetKey(FacetRows::kOwnGroups, store, facet);
  core::AppendBig64(key, place);
  return key;
}

std::string AfterPrefix(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xff) prefix.pop_back();
  if (!prefix.empty()) prefix.back() = static_cast<char>(prefix.back() + 1);
  return prefix;
}

core::FacetId FacetOfKey(absl::string_view key) {
  const std::string_view bytes(key.data(), key.size());
  return core::FacetId::Parse(bytes.substr(kFacetAt, core::FacetId::kSize))
      .value_or(core::FacetId{});
}

uint64_t PlaceOfKey(absl::string_view key) {
  uint64_t place = 0;
  for (const char byte : key.substr(key.size() - 8)) {
    place = place << 8 | static_cast<unsigned char>(byte);
  }
  return place;
}

}  // namespace halfterm::tools
