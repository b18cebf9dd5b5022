#include "sync/check.h"

#include "sync/core/varint.h"
#include "sync/value.h"

namespace halfterm::sync {
namespace {

// The worst fault so far, and where it was first seen.
class Finding {
 public:
  explicit Finding(DeltaCheck& check) : check_(check) {}
  void Add(DeltaFault fault, size_t cell, const char* problem) {
    if (fault >= check_.fault) return;
    check_.fault = fault;
    check_.cell = cell;
    check_.problem = problem;
  }

 private:
  DeltaCheck& check_;
};

bool IsSubOf(v1::FacetSub form, const core::Id16& sub) {
  switch (form) {
    case v1::FACET_SUB_PERSON:
      return !sub.IsZero();
    case v1::FACET_SUB_NUMBER:
      for (size_t i = 0; i < 12; ++i) {
        if (sub.bytes[i] != 0) return false;
      }
      return !sub.IsZero();
    default:
      return sub.IsZero();
  }
}

// `count` unsigned numbers below 2^32, one after the other.
bool AreNumbers(absl::string_view value, uint8_t count) {
  core::Reader reader({value.data(), value.size()});
  for (uint8_t i = 0; i < count; ++i) {
    uint64_t number = 0;
    if (!reader.Varint("number", number) || number > 0xFFFFFFFFu) return false;
  }
  return reader.left() == 0;
}

const char* CheckUnsigned(const FieldSchema& field, absl::string_view value) {
  const absl::optional<uint64_t> number = DecodeUnsigned(value);
  if (!number) return "the value is not one number";
  return *number < field.min || *number > field.max ? "the number is out of its bounds" : nullptr;
}

void CheckValues(const FieldSchema& field, const core::Cell& cell, size_t index, Finding& found) {
  for (const core::Sibling& sibling : cell.siblings) {
    const char* problem = "";
    const DeltaFault fault = CheckValue(field, sibling.value, &problem);
    found.Add(fault, index, problem);
  }
}

// The presence or the place of an entry.
void CheckEntryItself(const FieldSchema& list, const core::Cell& cell, size_t index,
                      Finding& found) {
  const core::Kind kind = cell.path.kind();
  const bool is_place = kind == core::Kind::kPos && list.max_place_bytes != 0;
  if (kind != core::Kind::kElem && !is_place) return;  // Of a later version: carried.
  for (const core::Sibling& sibling : cell.siblings) {
    if (!is_place && !sibling.value.empty()) {
      found.Add(DeltaFault::kMalformed, index, "the presence of an entry has a value");
    }
    if (is_place && sibling.value.size() > list.max_place_bytes) {
      found.Add(DeltaFault::kTooLarge, index, "the place of an entry is too long");
    }
  }
}

// `known` is the field, or null where the schema has none of that number.
void CheckCell(const FieldSchema* known, const core::Cell& cell, size_t index, DeltaCheck& check) {
  Finding found(check);
  const core::Path& path = cell.path;
  if (path.kind() == core::Kind::kPhase) {
    found.Add(DeltaFault::kServerOnly, index, "only the server writes a phase");
  }
  if (known == nullptr) {
    if (path.field() == 0) found.Add(DeltaFault::kMalformed, index, "the path names no field");
    return;
  }
  if (known->server) found.Add(DeltaFault::kServerOnly, index, "only the server writes the field");
  if (known->is_list() != path.is_entry()) {
    return found.Add(DeltaFault::kMalformed, index, "the path has another shape than its field");
  }
  if (!known->is_list()) {
    if (path.kind() != known->kind) {
      return found.Add(DeltaFault::kMalformed, index, "the path has another kind than its field");
    }
    check.writes_once = check.writes_once || known->once;
    return CheckValues(*known, cell, index, found);
  }
  if (!IsKeyOf(*known, path.key())) {
    found.Add(DeltaFault::kMalformed, index, "the key cannot name an entry of its field");
  }
  const uint16_t sub = path.sub();
  if (sub == 0) {
    check.writes_once = check.writes_once || known->once;
    return CheckEntryItself(*known, cell, index, found);
  }
  const FieldSchema* part = known->Part(sub);
  if (part == nullptr) return;
  if (part->server) found.Add(DeltaFault::kServerOnly, index, "only the server writes the part");
  if (path.kind() != part->kind) {
    return found.Add(DeltaFault::kMalformed, index, "the path has another kind than its part");
  }
  check.writes_once = check.writes_once || part->once;
  CheckValues(*part, cell, index, found);
}

}  // namespace

bool IsKeyOf(const FieldSchema& list, const core::Id16& key) {
  if (list.key != v1::ENTRY_KEY_NUMBER) return !key.IsZero();
  const uint16_t number = core::KeyNumber(key);
  return core::IsNumberKey(key) && number >= list.min_key && number <= list.max_key;
}

DeltaFault CheckValue(const FieldSchema& field, absl::string_view value, const char** problem) {
  if (value.empty()) return DeltaFault::kNone;
  const auto malformed = [&](const char* why) {
    *problem = why;
    return DeltaFault::kMalformed;
  };
  switch (field.form) {
    case ValueForm::kNone:
      return DeltaFault::kNone;
    case ValueForm::kBool:
    case ValueForm::kUnsigned: {
      const char* why = CheckUnsigned(field, value);
      return why == nullptr ? DeltaFault::kNone : malformed(why);
    }
    case ValueForm::kSigned:
      if (!DecodeSigned(value)) return malformed("the value is not one number");
      return DeltaFault::kNone;
    case ValueForm::kDate:
      if (!DecodeDate(value)) return malformed("the value is no date");
      return DeltaFault::kNone;
    case ValueForm::kMoment:
      if (!DecodeMoment(value)) return malformed("the value is no moment");
      return DeltaFault::kNone;
    case ValueForm::kId:
      if (value.size() != core::Id16::kSize) return malformed("the id is not 16 bytes");
      if (value.find_first_not_of('\0') == value.npos) return malformed("the id is all zeros");
      return DeltaFault::kNone;
    case ValueForm::kDigest:
      if (value.size() != core::Digest32::kSize) return malformed("the digest is not 32 bytes");
      return DeltaFault::kNone;
    case ValueForm::kNumbers:
      if (!AreNumbers(value, field.numbers)) return malformed("the value is not its numbers");
      return DeltaFault::kNone;
    case ValueForm::kText:
      if (!IsUtf8(value)) return malformed("the text is not UTF-8");
      break;
    case ValueForm::kWhole:
      break;  // Only the server writes it.
  }
  if (value.size() <= field.max_bytes) return DeltaFault::kNone;
  *problem = "the value is longer than its field allows";
  return DeltaFault::kTooLarge;
}

DeltaCheck CheckDelta(const Schema& schema, const core::FacetId& id, const core::Facet& delta) {
  DeltaCheck check;
  Finding found(check);
  const FacetSchema* facet = schema.Facet(id.facet_class);
  if (facet != nullptr && facet->server) {
    found.Add(DeltaFault::kServerOnly, 0, "only the server writes the facet");
  }
  if (id.record.IsZero()) found.Add(DeltaFault::kMalformed, 0, "the facet id names no record");
  if (facet != nullptr && !IsSubOf(facet->sub, id.sub)) {
    found.Add(DeltaFault::kMalformed, 0, "the facet id ends in another form than its class");
  }
  for (size_t i = 0; i < delta.cells.size(); ++i) {
    const core::Cell& cell = delta.cells[i];
    CheckCell(facet == nullptr ? nullptr : facet->Field(cell.path.field()), cell, i, check);
  }
  return check;
}

}  // namespace halfterm::sync
