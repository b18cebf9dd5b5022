#include "sync/core/varint.h"

namespace halfterm::core {
namespace {

constexpr const char* kCut = "is cut off";

template <typename T>
void AppendBig(std::string& out, T value) {
  for (int shift = 8 * (static_cast<int>(sizeof(T)) - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift));
  }
}

template <typename T>
T LoadBig(std::string_view bytes) {
  T value = 0;
  for (const char byte : bytes) {
    value = static_cast<T>((value << 8) | static_cast<unsigned char>(byte));
  }
  return value;
}

}  // namespace

void AppendVarint(std::string& out, std::uint64_t value) {
  char buffer[kMaxVarintBytes];
  const char* end = WriteVarint(buffer, value);
  out.append(buffer, static_cast<std::size_t>(end - buffer));
}

void AppendBig16(std::string& out, std::uint16_t value) { AppendBig(out, value); }
void AppendBig32(std::string& out, std::uint32_t value) { AppendBig(out, value); }
void AppendBig64(std::string& out, std::uint64_t value) { AppendBig(out, value); }

std::size_t VarintSize(std::uint64_t value) {
  std::size_t size = 1;
  for (; value >= 0x80; value >>= 7) ++size;
  return size;
}

bool Reader::Byte(const char* what, std::uint8_t& value) {
  if (next_ == end_) return Refuse(what, kCut, offset());
  value = static_cast<std::uint8_t>(*next_++);
  return true;
}

bool Reader::Big16(const char* what, std::uint16_t& value) {
  std::string_view read;
  if (!Bytes(what, 2, read)) return false;
  value = LoadBig<std::uint16_t>(read);
  return true;
}

bool Reader::Big32(const char* what, std::uint32_t& value) {
  std::string_view read;
  if (!Bytes(what, 4, read)) return false;
  value = LoadBig<std::uint32_t>(read);
  return true;
}

bool Reader::Big64(const char* what, std::uint64_t& value) {
  std::string_view read;
  if (!Bytes(what, 8, read)) return false;
  value = LoadBig64(read.data());
  return true;
}

bool Reader::Bytes(const char* what, std::size_t size, std::string_view& value) {
  if (left() < size) return Refuse(what, kCut, offset());
  value = {next_, size};
  next_ += size;
  return true;
}

bool Reader::End(const char* what) {
  if (next_ != end_) return Refuse(what, "is followed by more bytes", offset());
  return true;
}

bool Reader::LongVarint(const char* what, std::uint64_t& value) {
  const std::size_t at = offset();
  std::uint64_t read = 0;
  for (unsigned shift = 0; shift < 70; shift += 7) {
    if (next_ == end_) return Refuse(what, kCut, at);
    const unsigned byte = static_cast<unsigned char>(*next_++);
    if (shift == 63 && byte > 1) return Refuse(what, "is larger than 64 bits", at);
    read |= std::uint64_t{byte & 0x7f} << shift;
    if (byte >= 0x80) continue;
    if (byte == 0 && shift > 0) return Refuse(what, "is not a minimal varint", at);
    value = read;
    return true;
  }
  return Refuse(what, "is larger than 64 bits", at);
}

}  // namespace halfterm::core
