#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include "sync/core/codec.h"
#include "sync/core/varint.h"

namespace halfterm::core {
namespace {

constexpr std::uint8_t kVersionByte = 1;
constexpr std::uint8_t kPhaseFlags = 1;
constexpr std::size_t kLeastCellBytes = 4;  // shared, len, one byte of suffix, a number

constexpr const char* kNotAscending = "is not ascending";
constexpr const char* kOverLimit = "is over the limit";
constexpr const char* kNotInTable = "is not in the table";

// Ids that the cells name by their place. They are read where they lie.
class Table {
 public:
  // `what` names the whole table.
  bool Read(Reader& reader, const char* what, std::size_t id_bytes) {
    what_ = what;
    id_bytes_ = id_bytes;
    const std::size_t start = reader.offset();
    std::uint64_t count = 0;
    if (!reader.Varint(what, count)) return false;
    if (count > reader.left() / id_bytes) return reader.Refuse(what, "is cut off", start);
    at_ = reader.offset();
    reader.Bytes(what, static_cast<std::size_t>(count) * id_bytes, ids_);
    for (std::size_t i = id_bytes; i < ids_.size(); i += id_bytes) {
      const int order = std::memcmp(&ids_[i - id_bytes], &ids_[i], id_bytes);
      if (order == 0) return reader.Refuse(what, "lists an id twice", at_ + i);
      if (order > 0) return reader.Refuse(what, kNotAscending, at_ + i);
    }
    used_.assign(static_cast<std::size_t>(count), false);
    return true;
  }

  // Null if there is no such place.
  const char* Use(std::uint64_t place) {
    if (place >= used_.size()) return nullptr;
    used_[static_cast<std::size_t>(place)] = true;
    return &ids_[static_cast<std::size_t>(place) * id_bytes_];
  }

  bool AllUsed(Reader& reader) const {
    for (std::size_t i = 0; i < used_.size(); ++i) {
      if (!used_[i])
        return reader.Refuse(what_, "has an id that no cell uses", at_ + i * id_bytes_);
    }
    return true;
  }

 private:
  const char* what_ = "";
  std::size_t id_bytes_ = 1;
  std::size_t at_ = 0;
  std::string_view ids_;
  std::vector<bool> used_;
};

class Decoder {
 public:
  Decoder(std::string_view bytes, const Limits& limits) : reader_(bytes), limits_(limits) {}

  bool Read(Facet& facet) {
    if (reader_.left() > limits_.bytes) return reader_.Refuse("facet", kOverLimit, 0, true);
    std::uint8_t version = 0;
    if (!reader_.Byte("version", version)) return false;
    if (version != kVersionByte) return reader_.Refuse("version", "is not 1", 0);
    return replicas_.Read(reader_, "replica table", 8) &&
           authors_.Read(reader_, "author table", Id16::kSize) && ReadCells(facet.cells) &&
           reader_.End("last cell") && replicas_.AllUsed(reader_) && authors_.AllUsed(reader_);
  }

  const Refused& refused() const { return reader_.refused(); }

 private:
  bool ReadCells(std::vector<Cell>& cells) {
    std::size_t count = 0;
    if (!ReadCount("cell count", limits_.cells, count)) return false;
    // A count is only a claim: room is made for what the bytes can hold.
    cells.reserve(std::min(count, reader_.left() / kLeastCellBytes + 1));
    for (std::size_t i = 0; i < count; ++i) {
      Cell& cell = cells.emplace_back();
      const std::string_view before = i > 0 ? cells[i - 1].path.bytes() : std::string_view();
      if (!ReadPath(before, cell.path) || !ReadBody(cell)) return false;
    }
    return true;
  }

  bool ReadCount(const char* what, std::size_t most, std::size_t& count) {
    const std::size_t at = reader_.offset();
    std::uint64_t read = 0;
    if (!reader_.Varint(what, read)) return false;
    if (read > most) return reader_.Refuse(what, kOverLimit, at, true);
    count = static_cast<std::size_t>(read);
    return true;
  }

  bool ReadPath(std::string_view before, Path& path) {
    const std::size_t at = reader_.offset();
    std::uint64_t shared = 0, length = 0;
    std::string_view suffix;
    if (!reader_.Varint("path", shared)) return false;
    if (shared > before.size()) return reader_.Refuse("path", "shares more than there is", at);
    if (!reader_.Varint("path", length)) return false;
    if (length > Path::kEntryBytes) return reader_.Refuse("path", "has a wrong length", at);
    if (!reader_.Bytes("path", static_cast<std::size_t>(length), suffix)) return false;

    char bytes[2 * Path::kEntryBytes];
    const std::size_t kept = static_cast<std::size_t>(shared);
    if (kept > 0) std::memcpy(bytes, before.data(), kept);
    if (!suffix.empty()) std::memcpy(bytes + kept, suffix.data(), suffix.size());
    const std::optional<Path> read = Path::FromBytes({bytes, kept + suffix.size()});
    if (!read) return reader_.Refuse("path", "has a wrong length", at);
    path = *read;

    if (before.empty()) return true;
    if (suffix.empty()) {
      return reader_.Refuse("path", kept == before.size() ? "comes twice" : kNotAscending, at);
    }
    if (kept == before.size()) return true;
    const auto first = static_cast<unsigned char>(suffix[0]);
    const auto other = static_cast<unsigned char>(before[kept]);
    if (first == other) return reader_.Refuse("path", "shares more than it says", at);
    if (first < other) return reader_.Refuse("path", kNotAscending, at);
    return true;
  }

  bool ReadBody(Cell& cell) {
    switch (cell.path.kind()) {
      case Kind::kPhase:
        return ReadPhase(cell.phase);
      case Kind::kMaxi:
        return reader_.Varint("number of a MAXI cell", cell.maxi);
      default:
        return ReadContext(cell.seen) && ReadSiblings(cell);
    }
  }

  bool ReadPhase(Phase& phase) {
    const std::size_t at = reader_.offset();
    std::uint8_t flags = 0;
    if (!reader_.Byte("phase", flags)) return false;
    if ((flags & ~kPhaseFlags) != 0) return reader_.Refuse("phase", "has unknown flags", at);
    phase.withdrawn = flags != 0;
    return reader_.Big16("phase", phase.round) && reader_.Byte("phase", phase.level);
  }

  bool ReadContext(std::vector<Dot>& seen) {
    const std::size_t at = reader_.offset();
    std::size_t size = 0;
    if (!ReadCount("context size", limits_.context_replicas, size)) return false;
    if (size == 0) return reader_.Refuse("context", "is empty", at);
    seen.reserve(std::min(size, reader_.left() / 2));
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t entry_at = reader_.offset();
      Dot dot;
      if (!ReadDot("replica of a context", "count of a context", dot)) return false;
      if (!seen.empty() && !(seen.back().replica < dot.replica)) {
        return reader_.Refuse(
            "context", seen.back().replica == dot.replica ? "lists a replica twice" : kNotAscending,
            entry_at);
      }
      seen.push_back(dot);
    }
    return true;
  }

  bool ReadSiblings(Cell& cell) {
    std::size_t count = 0;
    if (!ReadCount("sibling count", limits_.siblings, count)) return false;
    cell.siblings.reserve(std::min(count, reader_.left() / kLeastSiblingBytes));
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t at = reader_.offset();
      Sibling& sibling = cell.siblings.emplace_back();
      if (!ReadDot("replica of a sibling", "count of a sibling", sibling.dot)) return false;
      if (i > 0) {
        const Dot& before = cell.siblings[i - 1].dot;
        if (before == sibling.dot) return reader_.Refuse("sibling", "comes twice", at);
        if (sibling.dot < before) return reader_.Refuse("sibling", kNotAscending, at);
      }
      if (!Covers(cell, sibling.dot)) {
        return reader_.Refuse("sibling", "is not covered by the context", at);
      }
      if (!ReadValue(sibling)) return false;
    }
    return true;
  }

  bool ReadDot(const char* replica_what, const char* count_what, Dot& dot) {
    std::size_t at = reader_.offset();
    std::uint64_t place = 0;
    if (!reader_.Varint(replica_what, place)) return false;
    const char* replica = replicas_.Use(place);
    if (replica == nullptr) return reader_.Refuse(replica_what, kNotInTable, at);
    dot.replica = LoadBig64(replica);
    at = reader_.offset();
    if (!reader_.Varint(count_what, dot.count)) return false;
    if (dot.count == 0) return reader_.Refuse(count_what, "is zero", at);
    return true;
  }

  bool ReadValue(Sibling& sibling) {
    if (!reader_.Big64("stamp", sibling.stamp)) return false;
    const std::size_t at = reader_.offset();
    std::uint64_t place = 0;
    if (!reader_.Varint("author", place)) return false;
    const char* author = authors_.Use(place);
    if (author == nullptr) return reader_.Refuse("author", kNotInTable, at);
    std::memcpy(sibling.author.bytes.data(), author, Id16::kSize);
    std::size_t size = 0;
    std::string_view value;
    if (!ReadCount("value length", limits_.value_bytes, size)) return false;
    if (!reader_.Bytes("value", size, value)) return false;
    sibling.value.assign(value);
    return true;
  }

  static constexpr std::size_t kLeastSiblingBytes = 12;

  Reader reader_;
  const Limits& limits_;
  Table replicas_;
  Table authors_;
};

}  // namespace

Result<Facet> Decode(std::string_view bytes, const Limits& limits) {
  Result<Facet> facet{Facet{}};
  Decoder decoder(bytes, limits);
  if (!decoder.Read(*facet)) return decoder.refused();
  return facet;
}

Result<Facet> Decode(std::string_view bytes, const Limits& limits,
                     const std::vector<Rehome>& moves) {
  Result<Facet> facet = Decode(bytes, limits);
  if (facet.ok() && !ApplyRehomes(*facet, moves)) {
    return Refused{"facet", "has two siblings of one dot after its replica moved", 0, false};
  }
  return facet;
}

}  // namespace halfterm::core
