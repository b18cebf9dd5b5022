// How the vectors spell out what bytes mean.
//
// Bytes and replicas are hexadecimal text, counts and stamps decimal text: JSON numbers are doubles
// in the languages that read these files, and a dot may be any 64 bits.

#ifndef HALFTERM_TESTS_VECTORS_FACET_JSON_H_
#define HALFTERM_TESTS_VECTORS_FACET_JSON_H_
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sync/core/facet.h"
#include "sync/core/rehome.h"
#include "sync/core/varint.h"
#include "tests/support/hex.h"

namespace halfterm::testing {

using Json = nlohmann::ordered_json;

inline std::string BytesOf(const Json& hex) { return FromHex(hex.get<std::string>()); }

inline std::uint64_t NumberOf(const Json& decimal) {
  return std::stoull(decimal.get<std::string>());
}

inline Json ReplicaJson(std::uint64_t replica) {
  std::string bytes;
  core::AppendBig64(bytes, replica);
  return ToHex(bytes);
}

inline std::uint64_t ReplicaOf(const Json& hex) { return core::LoadBig64(BytesOf(hex).data()); }

inline Json DotJson(const core::Dot& dot) {
  return {{"replica", ReplicaJson(dot.replica)}, {"count", std::to_string(dot.count)}};
}

inline core::Dot DotOf(const Json& json) {
  return {ReplicaOf(json.at("replica")), NumberOf(json.at("count"))};
}

inline Json CellJson(const core::Cell& cell) {
  Json json = {{"path", ToHex(cell.path.bytes())}};
  if (cell.path.kind() == core::Kind::kPhase) {
    json["phase"] = {{"withdrawn", cell.phase.withdrawn},
                     {"round", cell.phase.round},
                     {"level", cell.phase.level}};
  } else if (cell.path.kind() == core::Kind::kMaxi) {
    json["maxi"] = std::to_string(cell.maxi);
  } else {
    json["seen"] = Json::array();
    for (const core::Dot& dot : cell.seen) json["seen"].push_back(DotJson(dot));
    json["siblings"] = Json::array();
    for (const core::Sibling& sibling : cell.siblings) {
      Json one = DotJson(sibling.dot);
      one["stamp"] = std::to_string(sibling.stamp);
      one["author"] = ToHex(sibling.author.view());
      one["value"] = ToHex(sibling.value);
      json["siblings"].push_back(one);
    }
  }
  return json;
}

inline Json FacetJson(const core::Facet& facet) {
  Json cells = Json::array();
  for (const core::Cell& cell : facet.cells) cells.push_back(CellJson(cell));
  return cells;
}

inline core::Cell CellOf(const Json& json) {
  core::Cell cell;
  cell.path = *core::Path::FromBytes(BytesOf(json.at("path")));
  if (json.contains("phase")) {
    const Json& phase = json.at("phase");
    cell.phase = {phase.at("withdrawn"), phase.at("round"), phase.at("level")};
  } else if (json.contains("maxi")) {
    cell.maxi = NumberOf(json.at("maxi"));
  } else {
    for (const Json& dot : json.at("seen")) cell.seen.push_back(DotOf(dot));
    for (const Json& one : json.at("siblings")) {
      cell.siblings.push_back({DotOf(one), NumberOf(one.at("stamp")),
                               *core::Id16::FromBytes(BytesOf(one.at("author"))),
                               BytesOf(one.at("value"))});
    }
  }
  return cell;
}

inline core::Facet FacetOf(const Json& cells) {
  core::Facet facet;
  for (const Json& cell : cells) facet.cells.push_back(CellOf(cell));
  return facet;
}

inline Json MovesJson(const std::vector<core::Rehome>& moves) {
  Json json = Json::array();
  for (const core::Rehome& move : moves) {
    json.push_back({{"old", ReplicaJson(move.old_replica)},
                    {"acked", std::to_string(move.acked)},
                    {"new", ReplicaJson(move.new_replica)}});
  }
  return json;
}

inline std::vector<core::Rehome> MovesOf(const Json& json) {
  std::vector<core::Rehome> moves;
  for (const Json& move : json) {
    moves.push_back(
        {ReplicaOf(move.at("old")), NumberOf(move.at("acked")), ReplicaOf(move.at("new"))});
  }
  return moves;
}

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_VECTORS_FACET_JSON_H_
