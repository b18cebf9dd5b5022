#include "sync/core/types.h"

namespace halfterm::core {

std::optional<FacetId> FacetId::Parse(std::string_view bytes) {
  if (bytes.size() != kSize) return std::nullopt;
  FacetId id;
  id.record = *Id16::FromBytes(bytes.substr(0, 16));
  id.facet_class = static_cast<std::uint8_t>(bytes[16]);
  id.sub = *Id16::FromBytes(bytes.substr(17));
  return id;
}

void FacetId::AppendTo(std::string& out) const {
  out.append(record.view());
  out.push_back(static_cast<char>(facet_class));
  out.append(sub.view());
}

std::string FacetId::Bytes() const {
  std::string bytes;
  bytes.reserve(kSize);
  AppendTo(bytes);
  return bytes;
}

std::string Refused::reason() const {
  std::string text = what;
  text += ' ';
  text += problem;
  text += ", at byte ";
  text += std::to_string(offset);
  return text;
}

}  // namespace halfterm::core
