// The merge core as the tablet app calls it: bytes in, bytes out.
//
// A call's arguments lie one after another in the input buffer, each a length (4 bytes,
// little-endian, as all numbers here) and its bytes; core.ts writes them and reads the answer. An
// answer of 1 is a result, of 0 a refusal, in words that hold no byte of what was refused. Result
// and input stay where they are until the next call.
//
// There is no rule in this file: each function unpacks, calls the core, and packs.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sync/core/audience.h"
#include "sync/core/codec.h"
#include "sync/core/delta.h"
#include "sync/core/digest.h"
#include "sync/core/field_cells.h"
#include "sync/core/group.h"
#include "sync/core/sha256.h"

#define HALFTERM_EXPORT(name) __attribute__((export_name(name))) int32_t

namespace halfterm::core {
namespace {

std::string input;
std::string result;

// Reads the arguments in their order. A missing one is empty, and a short number is zero: the one
// caller is core.ts.
class Arguments {
 public:
  std::string_view Bytes() {
    if (input.size() - at_ < 4) return {};
    const std::size_t size = static_cast<std::size_t>(Little(4));
    const std::string_view bytes = std::string_view(input).substr(at_, size);
    at_ += bytes.size();
    return bytes;
  }
  template <typename Fixed>
  Fixed Of() {
    return Fixed::FromBytes(Bytes()).value_or(Fixed{});
  }
  std::uint64_t Number() { return input.size() - at_ < 8 ? 0 : Little(8); }
  core::Dot Dot() {
    const std::uint64_t replica = Number();
    return {replica, Number()};
  }
  std::vector<Rehome> Moves() {
    std::vector<Rehome> moves(static_cast<std::size_t>(Number()));
    for (Rehome& move : moves) {
      move.old_replica = Number();
      move.acked = Number();
      move.new_replica = Number();
    }
    return moves;
  }
  FacetId Facet() { return FacetId::Parse(Bytes()).value_or(FacetId{}); }

 private:
  std::uint64_t Little(std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = size; i-- > 0;) {
      value = value << 8 | static_cast<unsigned char>(input[at_ + i]);
    }
    at_ += size;
    return value;
  }

  std::size_t at_ = 0;
};

void PutNumber(std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) result.push_back(static_cast<char>(value >> 8 * i));
}

void PutBytes(std::string_view bytes) {
  PutNumber(bytes.size(), 4);
  result.append(bytes);
}

void PutPhase(const Phase& phase) {
  PutNumber(phase.withdrawn ? 1 : 0, 1);
  PutNumber(phase.round, 2);
  PutNumber(phase.level, 1);
}

int32_t Done(std::string bytes) {
  result = std::move(bytes);
  return 1;
}

int32_t No(const Refused& refused) {
  result = refused.reason();
  return 0;
}

// Highest (stamp, dot) first, as screens show them.
std::vector<const Sibling*> InOrderOfShowing(const Cell& cell) {
  std::vector<const Sibling*> siblings;
  for (const Sibling& sibling : cell.siblings) siblings.push_back(&sibling);
  const auto above = [](const Sibling* a, const Sibling* b) {
    return a->stamp != b->stamp ? a->stamp > b->stamp : b->dot < a->dot;
  };
  for (std::size_t i = 1; i < siblings.size(); ++i) {
    for (std::size_t j = i; j > 0 && above(siblings[j], siblings[j - 1]); --j) {
      std::swap(siblings[j], siblings[j - 1]);
    }
  }
  return siblings;
}

void PutCell(const Cell& cell) {
  PutBytes(cell.path.bytes());
  if (cell.path.kind() == Kind::kPhase) {
    PutPhase(cell.phase);
    return;
  }
  if (cell.path.kind() == Kind::kMaxi) {
    PutNumber(cell.maxi, 8);
    return;
  }
  PutNumber(cell.siblings.size(), 4);
  for (const Sibling* sibling : InOrderOfShowing(cell)) {
    PutNumber(sibling->dot.replica, 8);
    PutNumber(sibling->dot.count, 8);
    PutNumber(sibling->stamp, 8);
    result.append(sibling->author.view());
    PutBytes(sibling->value);
  }
}

}  // namespace

// Makes room for the arguments of the next call; the address is where they go.
extern "C" __attribute__((export_name("input"))) char* Input(std::size_t size) {
  input.resize(size);
  return &input[0];
}
extern "C" __attribute__((export_name("result"))) const char* ResultAt() { return result.data(); }
extern "C" __attribute__((export_name("result_size"))) std::size_t ResultSize() {
  return result.size();
}

// facet, facet -> their join.
extern "C" HALFTERM_EXPORT("join") JoinFacets() {
  Arguments arguments;
  Result<Facet> into = Decode(arguments.Bytes(), kFacetLimits);
  if (!into.ok()) return No(into.refused());
  Result<Facet> from = Decode(arguments.Bytes(), kFacetLimits);
  if (!from.ok()) return No(from.refused());
  JoinInto(*into, *std::move(from), nullptr);
  return Done(Encode(*into));
}

// facet -> its cells: u32 count, then for each: bytes path, and a phase (u8 withdrawn, u16 round,
// u8 level), a number (u64), or u32 count of siblings: u64 replica, u64 count, u64 stamp, author16,
// bytes value. The sibling that a screen shows first comes first.
extern "C" HALFTERM_EXPORT("cells") Cells() {
  const Result<Facet> facet = Decode(Arguments().Bytes(), kFacetLimits);
  if (!facet.ok()) return No(facet.refused());
  result.clear();
  PutNumber(facet->cells.size(), 4);
  for (const Cell& cell : facet->cells) PutCell(cell);
  return 1;
}

// facet held, u64 replica, u64 n, u64 number of changes, then for each: bytes path, u64 1 to write
// and bytes value, or u64 0 to remove -> a delta of the dot (replica, n), without authors.
extern "C" HALFTERM_EXPORT("write") Write() {
  Arguments arguments;
  const Result<Facet> held = Decode(arguments.Bytes(), kFacetLimits);
  if (!held.ok()) return No(held.refused());
  const core::Dot dot = arguments.Dot();
  Facet delta;
  for (std::uint64_t left = arguments.Number(); left > 0; --left) {
    const std::optional<Path> path = Path::FromBytes(arguments.Bytes());
    if (!path.has_value() || path->kind() == Kind::kPhase || path->kind() == Kind::kMaxi) {
      return No({"change", "is of a path that a tablet cannot write", 0});
    }
    if (arguments.Number() == 0) {
      Put(delta, Removed(*held, *path, dot));
    } else {
      Put(delta, Written(*held, *path, dot, Id16{}, std::string(arguments.Bytes())));
    }
  }
  return Done(Encode(delta));
}

// delta open, delta gesture, dot of both -> the open delta with the gesture in it.
extern "C" HALFTERM_EXPORT("squash") SquashInto() {
  Arguments arguments;
  Result<Facet> open = Decode(arguments.Bytes(), kDeltaLimits);
  if (!open.ok()) return No(open.refused());
  Result<Facet> gesture = Decode(arguments.Bytes(), kDeltaLimits);
  if (!gesture.ok()) return No(gesture.refused());
  Squash(*open, *std::move(gesture), arguments.Dot());
  return Done(Encode(*open));
}

// delta, moves, dot it carries afterwards, dot it is to carry -> the delta with its number.
extern "C" HALFTERM_EXPORT("renumber") RenumberDelta() {
  Arguments arguments;
  const std::string_view bytes = arguments.Bytes();
  Result<Facet> delta = Decode(bytes, kDeltaLimits, arguments.Moves());
  if (!delta.ok()) return No(delta.refused());
  const core::Dot from = arguments.Dot();
  Renumber(*delta, from, arguments.Dot());
  return Done(Encode(*delta));
}

// delta, moves, dot before the moves, author16 -> the delta as its author's tablet shows it.
extern "C" HALFTERM_EXPORT("own") Own() {
  Arguments arguments;
  const std::string_view bytes = arguments.Bytes();
  const std::vector<Rehome> moves = arguments.Moves();
  Result<Facet> delta = Decode(bytes, kDeltaLimits, moves);
  if (!delta.ok()) return No(delta.refused());
  const core::Dot dot = Rehomed(arguments.Dot(), moves);
  Attribute(*delta, dot, arguments.Of<Id16>());
  return Done(Encode(*delta));
}

// facet id, facet -> digest32 of its content, then digest32 of holding it.
extern "C" HALFTERM_EXPORT("digests") Digests() {
  Arguments arguments;
  const FacetId id = arguments.Facet();
  const Result<Facet> facet = Decode(arguments.Bytes(), kFacetLimits);
  if (!facet.ok()) return No(facet.refused());
  const Digest32 digest = FacetDigest(id, EncodeContent(*facet));
  result = std::string(digest.view());
  result.append(HoldingDigest(id, digest).view());
  return 1;
}

// facet, u64 field -> SHA-256 of the content of that field's cells.
extern "C" HALFTERM_EXPORT("field_digest") FieldDigest() {
  Arguments arguments;
  const Result<Facet> facet = Decode(arguments.Bytes(), kFacetLimits);
  if (!facet.ok()) return No(facet.refused());
  const auto field = static_cast<std::uint16_t>(arguments.Number());
  return Done(std::string(Sha256(EncodeContent(CellsOfField(*facet, field))).view()));
}

// sum32, digest32 -> their sum modulo 2^256.
extern "C" HALFTERM_EXPORT("add") Add() {
  Arguments arguments;
  SumDigest sum(arguments.Of<Digest32>());
  sum.Add(arguments.Of<Digest32>());
  return Done(std::string(sum.bytes().view()));
}

// u64 kind, replica, n, session16, u64 base epoch, base seq, withdrawn, round, level, facet id, u64
// wall, since hello, hello number, offset, body -> the bytes of a group, before its code.
extern "C" HALFTERM_EXPORT("group") SealGroup() {
  Arguments arguments;
  GroupHeader header;
  header.kind = static_cast<GroupKind>(arguments.Number());
  header.replica = arguments.Number();
  header.n = arguments.Number();
  header.session = arguments.Of<Id16>();
  header.base_epoch = static_cast<std::uint32_t>(arguments.Number());
  header.base_seq = arguments.Number();
  header.known.flags = static_cast<std::uint8_t>(arguments.Number());
  header.known.round = static_cast<std::uint16_t>(arguments.Number());
  header.known.level = static_cast<std::uint8_t>(arguments.Number());
  header.facet = arguments.Facet();
  header.time.wall_ms = arguments.Number();
  header.time.since_hello_ms = arguments.Number();
  header.time.hello_no = static_cast<std::uint32_t>(arguments.Number());
  header.time.offset_ms = static_cast<std::int64_t>(arguments.Number());
  result = EncodeGroup(header, arguments.Bytes(), "");
  // The key stays in the browser's keeping, which makes the code and never shows the key.
  result.resize(result.size() - Digest16::kSize);
  return 1;
}

// group -> u64 kind, replica, n, wall ms; facet id33; bytes body.
extern "C" HALFTERM_EXPORT("open_group") OpenGroup() {
  const Result<Group> group = DecodeGroup(Arguments().Bytes());
  if (!group.ok()) return No(group.refused());
  result.clear();
  PutNumber(static_cast<std::uint64_t>(group->kind), 8);
  PutNumber(group->replica, 8);
  PutNumber(group->n, 8);
  PutNumber(group->time.wall_ms, 8);
  result.append(group->facet.Bytes());
  PutBytes(group->body);
  return 1;
}

// hash16 before, u64 n, group -> the chain's hash16 after it.
extern "C" HALFTERM_EXPORT("chain") Chain() {
  Arguments arguments;
  const Digest16 before = arguments.Of<Digest16>();
  const std::uint64_t n = arguments.Number();
  return Done(std::string(ChainHash(before, n, Sha256(arguments.Bytes())).view()));
}

// facet id, author16, u64 has plan, kind, withdrawn, round, level, revealed, announced; lead16,
// teacher16, department16, school16, review16; u64 lead rule; observers, heads, readers (16 bytes
// each, joined); u64 feedback asked, sort, agreed; helper16 (these four may be left out: a visit)
// -> the scopes that may hold the facet, 17 bytes each.
extern "C" HALFTERM_EXPORT("audience") AudienceOf() {
  Arguments arguments;
  const FacetId facet = arguments.Facet();
  const Id16 author = arguments.Of<Id16>();
  VisitFacts facts;
  facts.has_plan = arguments.Number() != 0;
  facts.kind = static_cast<VisitKind>(arguments.Number());
  facts.phase.withdrawn = arguments.Number() != 0;
  facts.phase.round = static_cast<std::uint16_t>(arguments.Number());
  facts.phase.level = static_cast<std::uint8_t>(arguments.Number());
  facts.revealed = arguments.Number() != 0;
  facts.announced = arguments.Number() != 0;
  facts.lead = arguments.Of<Id16>();
  facts.teacher = arguments.Of<Id16>();
  facts.department = arguments.Of<Id16>();
  facts.school = arguments.Of<Id16>();
  facts.review = arguments.Of<Id16>();
  facts.lead_rule = static_cast<LeadRule>(arguments.Number());
  for (std::vector<Id16>* people : {&facts.observers, &facts.heads, &facts.readers}) {
    for (std::string_view bytes = arguments.Bytes(); bytes.size() >= Id16::kSize;
         bytes.remove_prefix(Id16::kSize)) {
      people->push_back(Id16::FromBytes(bytes.substr(0, Id16::kSize)).value_or(Id16{}));
    }
  }
  facts.feedback_asked = arguments.Number() != 0;
  facts.sort = static_cast<RecordSort>(arguments.Number());
  facts.agreed = arguments.Number() != 0;
  facts.helper = arguments.Of<Id16>();
  result.clear();
  for (const Scope& scope : Audience(facts, facet, author)) {
    PutNumber(scope.type, 1);
    result.append(scope.id.view());
  }
  return 1;
}

}  // namespace halfterm::core
