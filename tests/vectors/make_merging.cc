#include "sync/core/codec.h"
#include "tests/support/random_history.h"
#include "tests/support/writers.h"
#include "tests/vectors/make_vectors.h"

namespace halfterm::testing {
namespace {

using namespace core;  // Most of the core's names occur below.

const Path kRoom = Path::Field(12, Kind::kReg);
const Path kPhasePath = Path::Field(1, Kind::kPhase);
const Id16 kNote = *Id16::FromBytes("a note's own key");
const Path kNoteItself = Path::Entry(2, kNote, 0, Kind::kElem);
const Path kNoteText = Path::Entry(2, kNote, 2, Kind::kPara);
const Path kRating = Path::Entry(3, NumberKey(5), 1, Kind::kReg);
const Path kUnknown = Path::Field(47, static_cast<Kind>(0x2a));
const Facet kNothing;

// A facet of cells in any order.
Facet Of(std::initializer_list<Facet> parts) {
  Facet facet;
  for (const Facet& part : parts) JoinInto(facet, Facet(part), nullptr);
  return facet;
}
Facet PhaseOf(bool withdrawn, std::uint16_t round, std::uint8_t level) {
  return Facet{{Cell{kPhasePath, {}, {}, {withdrawn, round, level}, 0}}};
}
Facet MaxiOf(std::uint64_t number) {
  return Facet{{Cell{Path::Field(9, Kind::kMaxi), {}, {}, {}, number}}};
}
Facet Stamped(Facet facet, const Dot& dot, std::uint64_t stamp) {
  Stamp(facet, dot, stamp);
  return facet;
}
const Facet kZoesRoom = Writes(kNothing, kRoom, ZoesDot(1), "B7");
const Facet kAmysRoom = Writes(kNothing, kRoom, AmysDot(1), "B8");

}  // namespace

Json Facets() {
  Json list = Json::array();
  const auto add = [&list](const char* name, const char* why, const Facet& facet) {
    list.push_back({{"name", name},
                    {"why", why},
                    {"cells", FacetJson(facet)},
                    {"bytes", ToHex(Encode(facet))},
                    {"content", ToHex(EncodeContent(facet))}});
  };
  add("nothing", "the least facet: three counts of zero", kNothing);
  add("one value", "one of everything: a replica, an author, a cell, a sibling", kZoesRoom);
  add("a cleared value", "an empty value is a sibling, not a removal",
      Writes(kNothing, kRoom, ZoesDot(1), ""));
  add("a removal", "a context without siblings; it must survive encoding or the value comes back",
      Removes(kZoesRoom, kRoom, AmysDot(1)));
  add("two siblings", "ascending by dot, and the tables by bytes, whoever wrote first",
      Of({kAmysRoom, kZoesRoom}));
  add("a stamp", "in the bytes, not in the content that digests are taken of",
      Stamped(kZoesRoom, ZoesDot(1), 0x0102030405060708));
  add("the largest numbers", "ten-byte varints and all bits of a replica, a count and a stamp",
      Stamped(Writes(kNothing, kRoom, {~0ull, ~0ull}, "B7"), {~0ull, ~0ull}, ~0ull));
  add("replica 0", "any 64 bits name a replica", Writes(kNothing, kRoom, {0, 1}, "B7"));
  add("a phase", "its own body; it names no replica and no author", PhaseOf(true, 0x0102, 4));
  add("a maxi number", "its own body, a varint of two bytes", MaxiOf(128));
  add("an unknown kind", "has the body of a register and is carried bit for bit",
      Writes(kNothing, kUnknown, ZoesDot(1), "from a later build"));
  add("paths that share", "an entry and its part share 19 bytes; two fields share one",
      Of({Writes(kNothing, kNoteItself, ZoesDot(1), "\1"),
          Writes(kNothing, kNoteText, ZoesDot(1), "Quiet start."), kZoesRoom}));
  add("a field beside entries of its number",
      "the order is that of the bytes: entries with zero bytes in the key come before the field",
      Of({Writes(kNothing, Path::Field(3, Kind::kReg), ZoesDot(1), "a"),
          Writes(kNothing, kRating, ZoesDot(1), "\3")}));
  add("umlauts", "values are bytes; the codec does not look into them",
      Writes(kNothing, kNoteText, ZoesDot(1), "Lebhafter Anfang, späte Ruhe"));
  add("bytes that are no UTF-8", "neither does it check them",
      Writes(kNothing, kNoteText, ZoesDot(1), std::string("\xff\x00\xfe", 3)));
  {
    Facet many;
    for (std::uint64_t i = 1; i <= 130; ++i) {
      JoinInto(many, Removes(kNothing, kRoom, {i << 40, 1}), nullptr);
    }
    add("130 replicas", "places in a table need two bytes from 128 on", many);
  }
  add("a sheet", "what a lesson's sheet looks like while two observers' tablets still differ",
      Of({Writes(kNothing, Path::Field(8, Kind::kReg), ZoesDot(1), "\x19"),
          Writes(kNothing, kRating, ZoesDot(2), "\3"), Writes(kNothing, kRating, ZoesDot(3), "\2"),
          Writes(kNothing, kRating, AmysDot(1), "\4"), PhaseOf(false, 0, 2),
          Stamped(Writes(kNothing, kNoteText, ZoesDot(4), "Pupils explain their reasoning."),
                  ZoesDot(4), 1'790'000'000'000)}));
  return list;
}

Json Joins() {
  Json list = Json::array();
  const auto add = [&list](const std::string& name, const std::string& why, const Facet& a,
                           const Facet& b) {
    JoinReport report;
    const Facet joined = Join(a, b, &report);
    Json equivocal = Json::array();
    for (const Dot& dot : report.equivocal) equivocal.push_back(DotJson(dot));
    list.push_back({{"name", name},
                    {"why", why},
                    {"a", ToHex(Encode(a))},
                    {"b", ToHex(Encode(b))},
                    {"joined", ToHex(Encode(joined))},
                    {"equivocal", equivocal}});
  };
  const Facet both = Of({kZoesRoom, kAmysRoom});
  add("nothing and a facet", "the empty facet changes nothing", kNothing, kZoesRoom);
  add("a facet and itself", "a copy that comes again changes nothing", both, both);
  add("two cells", "cells that only one copy has are kept as they are", kZoesRoom,
      Writes(kNothing, kNoteText, AmysDot(1), "Quiet start."));
  add("two offline writers", "neither saw the other: both values stay", kZoesRoom, kAmysRoom);
  add("equal values of two writers", "two siblings; a screen shows one", kZoesRoom,
      Writes(kNothing, kRoom, AmysDot(1), "B7"));
  add("a replacement", "the writer had seen the value", kZoesRoom,
      Writes(kZoesRoom, kRoom, AmysDot(1), "B8"));
  add("a late copy of a replaced value", "the context covers it: it does not come back",
      Writes(kZoesRoom, kRoom, AmysDot(1), "B8"), kZoesRoom);
  add("a replacement of one of two", "the sibling that its writer had not seen stays", both,
      Writes(kZoesRoom, kRoom, ZoesDot(2), "C1"));
  add("a replacement of both", "whoever saw both settles it", both,
      Writes(both, kRoom, ZoesDot(2), "C1"));
  add("a clearing", "an empty value replaces like any other", kZoesRoom,
      Writes(kZoesRoom, kRoom, ZoesDot(2), ""));
  add("a removal of what was seen", "no sibling is left, the context stays", kZoesRoom,
      Removes(kZoesRoom, kRoom, AmysDot(1)));
  add("a removal against a concurrent write", "removes what was seen and nothing else",
      Of({kZoesRoom, Writes(kZoesRoom, kRoom, ZoesDot(2), "B9")}),
      Removes(kZoesRoom, kRoom, AmysDot(1)));
  add("an edit of a part against a removal of the entry",
      "the edit also wrote the entry, so the note stays",
      Of({Writes(Writes(kNothing, kNoteItself, ZoesDot(1), "\1"), kNoteItself, ZoesDot(2), "\1"),
          Writes(kNothing, kNoteText, ZoesDot(2), "Quiet start.")}),
      Removes(Writes(kNothing, kNoteItself, ZoesDot(1), "\1"), kNoteItself, AmysDot(1)));
  add("an earlier write of the same tablet that comes late",
      "a tablet sees its own writes, so a later one covers it",
      Writes(kNothing, kRoom, ZoesDot(5), "B9"), Writes(kNothing, kRoom, ZoesDot(2), "B7"));
  add("three copies of knowledge", "contexts join replica by replica, by the larger count",
      Of({Writes(kNothing, kRoom, ZoesDot(3), "B7"), Removes(kNothing, kRoom, AmysDot(1))}),
      Of({Removes(kNothing, kRoom, ZoesDot(2)), Writes(kNothing, kRoom, AmysDot(4), "B8"),
          Removes(kNothing, kRoom, {7, 9})}));
  add("a stamp and none", "the larger stamp is kept: a tablet hears of the commit",
      Stamped(kZoesRoom, ZoesDot(1), 9), kZoesRoom);
  add("two stamps of one commit", "damage; the larger is kept so that copies converge",
      Stamped(kZoesRoom, ZoesDot(1), 9), Stamped(kZoesRoom, ZoesDot(1), 10));
  add("phases by round", "round before level", PhaseOf(false, 1, 5), PhaseOf(false, 2, 1));
  add("a withdrawn phase", "withdrawn is for ever, whatever round comes", PhaseOf(true, 0, 3),
      PhaseOf(false, 0xffff, 0xff));
  add("maxi numbers", "the larger one, as numbers and not as bytes", MaxiOf(255), MaxiOf(256));
  add("an unknown kind", "merges like a register", Writes(kNothing, kUnknown, ZoesDot(1), "x"),
      Writes(kNothing, kUnknown, AmysDot(1), "y"));
  add("an unknown kind in one copy", "carried bit for bit",
      Writes(kNothing, kUnknown, ZoesDot(1), "x"), kZoesRoom);
  add("one dot for two values", "a replica id used twice: the bytewise larger value, and reported",
      kZoesRoom, Writes(kNothing, kRoom, ZoesDot(1), "B8"));
  add("one dot, bytes compared unsigned", "0xc3 is larger than 'z'",
      Writes(kNothing, kRoom, ZoesDot(1), "z"), Writes(kNothing, kRoom, ZoesDot(1), "\xc3\xa4"));
  {
    Facet other = Writes(kNothing, kRoom, ZoesDot(1), "A1");
    Attribute(other, ZoesDot(1), Amy());
    add("one dot for two authors", "the larger author with its value, though the value is smaller",
        kZoesRoom, other);
  }
  add("one dot for two values, one of them replaced", "nothing to report: the value is gone",
      Of({kZoesRoom, Writes(kZoesRoom, kRoom, AmysDot(1), "C1")}),
      Writes(kNothing, kRoom, ZoesDot(1), "B8"));

  Random random(20261121);
  for (int number = 1; number <= 40; ++number) {
    const History history = RandomHistory(random);
    add("by chance " + std::to_string(number), "a history that nobody thought of",
        RandomCopy(random, history), RandomCopy(random, history));
  }
  return list;
}

Json Cells() {
  Json list = Json::array();
  const auto add = [&list](const char* name, const char* why, const Facet& held, const Path& path,
                           const Dot& dot, const std::optional<std::string>& value) {
    const Facet delta = value ? Writes(held, path, dot, *value) : Removes(held, path, dot);
    Json shown = Json::array();
    if (const Cell* cell = held.Find(path)) {
      for (const Sibling* sibling : Shown(*cell)) shown.push_back(ToHex(sibling->value));
    }
    list.push_back({{"name", name},
                    {"why", why},
                    {"held", ToHex(Encode(held))},
                    {"path", ToHex(path.bytes())},
                    {"shown", shown},
                    {"write",
                     {{"dot", DotJson(dot)},
                      {"author", ToHex(AuthorOf(dot).view())},
                      {"value", value ? Json(ToHex(*value)) : Json()}}},
                    {"delta", ToHex(Encode(delta))}});
  };
  const Facet both = Of({kZoesRoom, kAmysRoom});
  add("a first write", "the context is the write's own dot", kNothing, kRoom, ZoesDot(1), "B7");
  add("a write over a colleague's", "the context names what was on the screen", kAmysRoom, kRoom,
      ZoesDot(1), "B7");
  add("a write over one's own", "the own count is raised, not added", kZoesRoom, kRoom, ZoesDot(2),
      "B8");
  add("a write over two siblings", "settles both; the higher dot is shown first without stamps",
      both, kRoom, ZoesDot(2), "C1");
  add("a removal", "null: a context that covers what was shown, and no sibling", both, kRoom,
      AmysDot(2), std::nullopt);
  add("a clearing", "an empty value is a write", kZoesRoom, kRoom, ZoesDot(2), "");
  add("the latest stamp is shown first", "zoe's was committed after amy's",
      Stamped(Stamped(both, ZoesDot(1), 20), AmysDot(1), 10), kRoom, ZoesDot(2), "C1");
  add("a committed value before one that is not", "0 is below every stamp",
      Stamped(both, ZoesDot(1), 1), kRoom, ZoesDot(2), "C1");
  add("an equal value is shown once", "two siblings of one value, and a third",
      Of({kZoesRoom, Writes(kNothing, kRoom, AmysDot(1), "B7"),
          Writes(kNothing, kRoom, {5, 1}, "C1")}),
      kRoom, ZoesDot(2), "B7");
  return list;
}

Json Rehomes() {
  Json list = Json::array();
  const auto add = [&list](const char* name, const char* why, const Facet& facet,
                           const std::vector<Rehome>& moves) {
    const std::string bytes = Encode(facet);
    const Result<Facet> moved = Decode(bytes, kFacetLimits, moves);
    list.push_back({{"name", name},
                    {"why", why},
                    {"bytes", ToHex(bytes)},
                    {"moves", MovesJson(moves)},
                    {"moved", moved.ok() ? Json(ToHex(Encode(*moved))) : Json()}});
  };
  constexpr std::uint64_t kNew = 0x900, kNewer = 0x100;
  const std::vector<Rehome> moved = {{kZoesTablet, 5, kNew}};
  const auto zoes = [](std::uint64_t count) {
    return Writes(kNothing, kRoom, ZoesDot(count), "B" + std::to_string(count));
  };
  add("an acknowledged write", "stays under its name", zoes(5), moved);
  add("a write after it",
      "counts from 1 under the new name; the context keeps what was acknowledged", zoes(6), moved);
  add("nothing was acknowledged", "the old name disappears", zoes(2), {{kZoesTablet, 0, kNew}});
  add("a colleague's write", "is not touched", Of({kAmysRoom, zoes(5)}), moved);
  add("a removal after it", "contexts move without siblings too",
      Removes(zoes(5), kRoom, ZoesDot(7)), moved);
  add("moved twice", "in the order of the list, and sorted again", zoes(9),
      {{kZoesTablet, 5, kNew}, {kNew, 2, kNewer}});
  add("the new name is known already", "the larger count is kept",
      Of({Writes(kNothing, kRoom, {kNew, 9}, "C1"), zoes(6)}), moved);
  add("two siblings of one dot", "null: refused, since one of the two values would vanish",
      Of({Writes(kNothing, kRoom, {kNew, 1}, "C1"), zoes(6)}), moved);
  add("a phase beside it", "has no dots", Of({PhaseOf(false, 1, 4), zoes(6)}), moved);
  return list;
}

}  // namespace halfterm::testing
