#include "sync/core/group.h"

#include "sync/core/limits.h"
#include "sync/core/sha256.h"
#include "sync/core/varint.h"

namespace halfterm::core {
namespace {

constexpr std::uint8_t kVersionByte = 1;
constexpr std::uint8_t kKnownFlags = 1;

bool ReadKnown(Reader& reader, Known& known) {
  const std::size_t at = reader.offset();
  if (!reader.Byte("known phase", known.flags)) return false;
  if ((known.flags & ~kKnownFlags) != 0) {
    return reader.Refuse("known phase", "has unknown flags", at);
  }
  return reader.Big16("known phase", known.round) && reader.Byte("known phase", known.level);
}

bool ReadFacetId(Reader& reader, FacetId& id) {
  return reader.Fixed("facet id", id.record) && reader.Byte("facet id", id.facet_class) &&
         reader.Fixed("facet id", id.sub);
}

bool ReadTime(Reader& reader, GroupTime& time) {
  std::uint64_t offset = 0;
  if (!reader.Big64("time", time.wall_ms) || !reader.Big64("time", time.since_hello_ms) ||
      !reader.Big32("time", time.hello_no) || !reader.Big64("time", offset)) {
    return false;
  }
  time.offset_ms = static_cast<std::int64_t>(offset);
  return true;
}

bool ReadHeader(Reader& reader, GroupHeader& header) {
  std::uint8_t version = 0;
  if (!reader.Byte("version", version)) return false;
  if (version != kVersionByte) return reader.Refuse("version", "is not 1", 0);

  std::size_t at = reader.offset();
  std::uint8_t kind = 0;
  if (!reader.Byte("group kind", kind)) return false;
  if (kind < 1 || kind > 3) return reader.Refuse("group kind", "is unknown", at);
  header.kind = static_cast<GroupKind>(kind);

  if (!reader.Big64("replica", header.replica)) return false;
  at = reader.offset();
  if (!reader.Big64("group number", header.n)) return false;
  if (header.n == 0) return reader.Refuse("group number", "is zero", at);

  return reader.Fixed("session", header.session) && reader.Big32("base", header.base_epoch) &&
         reader.Big64("base", header.base_seq) && ReadKnown(reader, header.known) &&
         ReadFacetId(reader, header.facet) && ReadTime(reader, header.time);
}

bool ReadBody(Reader& reader, std::string_view& body) {
  const std::size_t at = reader.offset();
  std::uint64_t size = 0;
  if (!reader.Varint("body length", size)) return false;
  if (size > kMaxGroupBytes) return reader.Refuse("body length", "is over the limit", at, true);
  return reader.Bytes("body", static_cast<std::size_t>(size), body);
}

}  // namespace

std::string EncodeGroup(const GroupHeader& header, std::string_view body,
                        std::string_view session_key) {
  std::string out;
  out.reserve(kGroupHeaderBytes + kMaxVarintBytes + body.size() + Digest16::kSize);
  out.push_back(static_cast<char>(kVersionByte));
  out.push_back(static_cast<char>(header.kind));
  AppendBig64(out, header.replica);
  AppendBig64(out, header.n);
  out.append(header.session.view());
  AppendBig32(out, header.base_epoch);
  AppendBig64(out, header.base_seq);
  out.push_back(static_cast<char>(header.known.flags));
  AppendBig16(out, header.known.round);
  out.push_back(static_cast<char>(header.known.level));
  header.facet.AppendTo(out);
  AppendBig64(out, header.time.wall_ms);
  AppendBig64(out, header.time.since_hello_ms);
  AppendBig32(out, header.time.hello_no);
  AppendBig64(out, static_cast<std::uint64_t>(header.time.offset_ms));
  AppendVarint(out, body.size());
  out.append(body);
  out.append(FirstHalf(HmacSha256(session_key, {out})).view());
  return out;
}

Result<Group> DecodeGroup(std::string_view bytes) {
  Group group;
  Reader reader(bytes);
  if (bytes.size() > kMaxGroupBytes) {
    reader.Refuse("group", "is over the limit", 0, true);
    return reader.refused();
  }
  if (!ReadHeader(reader, group) || !ReadBody(reader, group.body)) return reader.refused();
  group.signed_bytes = bytes.substr(0, reader.offset());
  if (!reader.Fixed("mac", group.mac) || !reader.End("mac")) return reader.refused();
  return group;
}

bool MacIsRight(const Group& group, std::string_view session_key) {
  return EqualInConstantTime(group.mac, FirstHalf(HmacSha256(session_key, {group.signed_bytes})));
}

Digest16 ChainHash(const Digest16& before, std::uint64_t n, const Digest32& group_hash) {
  char number[8];
  WriteBig64(number, n);
  return FirstHalf(Sha256({before.view(), {number, sizeof number}, group_hash.view()}));
}

}  // namespace halfterm::core
