#include <algorithm>
#include <cstring>
#include <vector>

#include "sync/core/codec.h"
#include "sync/core/varint.h"

namespace halfterm::core {
namespace {

constexpr char kVersionByte = 1;

// The ids that a facet names, each once, ascending. Most facets know a handful of writers.
template <typename Id>
class Table {
 public:
  void Add(const Id& id) {
    const auto recent = ids_.size() > kRecent ? ids_.end() - kRecent : ids_.begin();
    if (std::find(recent, ids_.end(), id) == ids_.end()) ids_.push_back(id);
  }

  void Sort() {
    std::sort(ids_.begin(), ids_.end());
    ids_.erase(std::unique(ids_.begin(), ids_.end()), ids_.end());
  }

  std::size_t PlaceOf(const Id& id) const {
    std::size_t place = 0;
    if (ids_.size() <= kRecent) {
      while (ids_[place] != id) ++place;
      return place;
    }
    return static_cast<std::size_t>(std::lower_bound(ids_.begin(), ids_.end(), id) - ids_.begin());
  }

  const std::vector<Id>& ids() const { return ids_; }

 private:
  static constexpr std::ptrdiff_t kRecent = 8;

  std::vector<Id> ids_;
};

struct Tables {
  Table<std::uint64_t> replicas;
  Table<Id16> authors;
};

// Every sibling's replica is in its cell's context, so the contexts alone name all replicas.
Tables TablesOf(const Facet& facet) {
  Tables tables;
  for (const Cell& cell : facet.cells) {
    for (const Dot& dot : cell.seen) tables.replicas.Add(dot.replica);
    for (const Sibling& sibling : cell.siblings) tables.authors.Add(sibling.author);
  }
  tables.replicas.Sort();
  tables.authors.Sort();
  return tables;
}

// No encoding of the facet is longer.
std::size_t MostBytes(const Facet& facet, const Tables& tables) {
  const std::size_t replicas = tables.replicas.ids().size(), authors = tables.authors.ids().size();
  const std::size_t replica_bytes = VarintSize(replicas), author_bytes = VarintSize(authors);
  std::size_t most =
      1 + replica_bytes + 8 * replicas + author_bytes + Id16::kSize * authors + kMaxVarintBytes;
  for (const Cell& cell : facet.cells) {
    most += 2 + Path::kEntryBytes + kMaxVarintBytes + VarintSize(cell.seen.size()) +
            VarintSize(cell.siblings.size());
    for (const Dot& dot : cell.seen) most += replica_bytes + VarintSize(dot.count);
    for (const Sibling& sibling : cell.siblings) {
      most += replica_bytes + VarintSize(sibling.dot.count) + 8 + author_bytes +
              VarintSize(sibling.value.size()) + sibling.value.size();
    }
  }
  return most;
}

char* WriteText(char* out, std::string_view text) {
  if (!text.empty()) std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

char* WritePath(char* out, std::string_view path, std::string_view before) {
  const std::size_t most = std::min(path.size(), before.size());
  std::size_t shared = 0;
  while (shared < most && path[shared] == before[shared]) ++shared;
  out = WriteVarint(out, shared);
  out = WriteVarint(out, path.size() - shared);
  return WriteText(out, path.substr(shared));
}

char* WriteDot(char* out, const Dot& dot, const Tables& tables) {
  out = WriteVarint(out, tables.replicas.PlaceOf(dot.replica));
  return WriteVarint(out, dot.count);
}

char* WriteBody(char* out, const Cell& cell, const Tables& tables, std::vector<char*>* stamps) {
  out = WriteVarint(out, cell.seen.size());
  for (const Dot& dot : cell.seen) out = WriteDot(out, dot, tables);
  out = WriteVarint(out, cell.siblings.size());
  for (const Sibling& sibling : cell.siblings) {
    out = WriteDot(out, sibling.dot, tables);
    if (stamps != nullptr) stamps->push_back(out);
    out = WriteBig64(out, sibling.stamp);
    out = WriteVarint(out, tables.authors.PlaceOf(sibling.author));
    out = WriteVarint(out, sibling.value.size());
    out = WriteText(out, sibling.value);
  }
  return out;
}

char* WritePhase(char* out, const Phase& phase) {
  *out++ = phase.withdrawn ? 1 : 0;
  *out++ = static_cast<char>(phase.round >> 8);
  *out++ = static_cast<char>(phase.round);
  *out++ = static_cast<char>(phase.level);
  return out;
}

// `content` is the same with every stamp 0; it may be null.
std::string Encoded(const Facet& facet, std::string* content) {
  std::vector<char*> stamps;
  const Tables tables = TablesOf(facet);
  std::string bytes(MostBytes(facet, tables), '\0');
  char* out = bytes.data();
  *out++ = kVersionByte;
  out = WriteVarint(out, tables.replicas.ids().size());
  for (const std::uint64_t replica : tables.replicas.ids()) out = WriteBig64(out, replica);
  out = WriteVarint(out, tables.authors.ids().size());
  for (const Id16& author : tables.authors.ids()) out = WriteText(out, author.view());
  out = WriteVarint(out, facet.cells.size());
  std::string_view before;
  for (const Cell& cell : facet.cells) {
    out = WritePath(out, cell.path.bytes(), before);
    before = cell.path.bytes();
    switch (cell.path.kind()) {
      case Kind::kPhase:
        out = WritePhase(out, cell.phase);
        break;
      case Kind::kMaxi:
        out = WriteVarint(out, cell.maxi);
        break;
      default:
        out = WriteBody(out, cell, tables, content != nullptr ? &stamps : nullptr);
    }
  }
  bytes.resize(static_cast<std::size_t>(out - bytes.data()));
  if (content == nullptr) return bytes;

  *content = bytes;
  for (const char* stamp : stamps) WriteBig64(content->data() + (stamp - bytes.data()), 0);
  return bytes;
}

}  // namespace

std::string Encode(const Facet& facet) { return Encoded(facet, nullptr); }

std::string EncodeContent(const Facet& facet) { return EncodeWithContent(facet).content; }

Encoding EncodeWithContent(const Facet& facet) {
  Encoding encoding;
  encoding.bytes = Encoded(facet, &encoding.content);
  return encoding;
}

}  // namespace halfterm::core
