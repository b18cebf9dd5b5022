// Which field has which merge kind, read once from the annotated protos into flat tables.
//
// The (halfterm.v1.merge) option of a field is the only place that says how it merges; everybody
// else asks here. What the tables do not know (a field, a part or a facet class of a later version)
// is carried like the rest and is never a fault.
//
// A Schema never changes once it is made, so it may be used from any thread.

#ifndef HALFTERM_SYNC_SCHEMA_H_
#define HALFTERM_SYNC_SCHEMA_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "halfterm/v1/merge.pb.h"
#include "sync/core/path.h"
#include "sync/core/types.h"

namespace halfterm::sync {

// How the bytes of a cell's value are to be read (sync/value.h).
enum class ValueForm : uint8_t {
  kNone,  // The cell has no value of its own: PHASE, and a list, whose presence cells are empty.
  kBool,
  kUnsigned,
  kSigned,
  kDate,
  kMoment,
  kText,
  kId,
  kDigest,
  kNumbers,  // As many unsigned numbers as the field's message has fields.
  kWhole,    // A protobuf message.
};

// A singular field of a facet, a list or map of it, or a part of an entry.
struct FieldSchema {
  uint16_t number = 0;  // Of the field in its message; of a part: its `sub`.
  v1::MergeKind merge = v1::MERGE_KIND_UNSPECIFIED;
  core::Kind kind = core::Kind::kReg;  // Of its cell; of a list or map: ELEM.
  ValueForm form = ValueForm::kNone;
  bool server = false;  // Only the server's replica writes it, or anything in it.
  bool once = false;    // Set by the group that creates the record; of a list: its entries are.
  uint8_t numbers = 0;  // kNumbers: how many.
  uint32_t max_bytes = 0;
  uint64_t min = 0;  // Of unsigned values.
  uint64_t max = 0;

  // Lists and maps only.
  v1::EntryKey key = v1::ENTRY_KEY_UNSPECIFIED;
  uint64_t min_key = 0;  // Of NUMBER keys.
  uint64_t max_key = 0;
  uint32_t max_place_bytes = 0;  // 0: the entries have no place.
  uint16_t order_by = 0;         // The part by which entries are shown; 0: none.
  std::vector<FieldSchema> parts;

  const google::protobuf::FieldDescriptor* descriptor = nullptr;
  const google::protobuf::FieldDescriptor* key_descriptor = nullptr;    // Of the entry message.
  const google::protobuf::FieldDescriptor* place_descriptor = nullptr;  // Null: no place.

  bool is_list() const { return key != v1::ENTRY_KEY_UNSPECIFIED; }
  // Null where the entries have no such part.
  const FieldSchema* Part(uint16_t sub) const {
    const uint8_t place = sub < part_at.size() ? part_at[sub] : 0;
    return place == 0 ? nullptr : &parts[place - 1u];
  }

  std::array<uint8_t, 16> part_at{};  // By sub: one more than the place in `parts`; 0: none.
};

// One facet class and the message that is its view.
struct FacetSchema {
  uint8_t facet_class = 0;
  v1::FacetSub sub = v1::FACET_SUB_UNSPECIFIED;
  bool server = false;  // Only the server's replica writes any of it, known or not.
  const google::protobuf::Descriptor* message = nullptr;
  std::vector<FieldSchema> fields;  // Ascending by number.

  // Null where the facet has no such field.
  const FieldSchema* Field(uint16_t number) const {
    const uint8_t place = number < field_at.size() ? field_at[number] : 0;
    return place == 0 ? nullptr : &fields[place - 1u];
  }

  std::array<uint8_t, 64> field_at{};  // As part_at.
};

class Schema {
 public:
  // The schema of this build's protos. Made at the first call.
  static const Schema& OfThisBuild();

  // Reads the messages of `files` that carry the facet option. An annotation that contradicts
  // itself is left out, and named in faults(); a test keeps that list empty for this build.
  explicit Schema(const std::vector<const google::protobuf::FileDescriptor*>& files);

  // Null for a class that this build does not know.
  const FacetSchema* Facet(uint8_t facet_class) const { return by_class_[facet_class].get(); }
  // The singular field, list or map that a path lies in, or the part of an entry that it names;
  // null where any of it is not known. The path's kind is not looked at.
  const FieldSchema* Find(uint8_t facet_class, const core::Path& path) const;

  const std::vector<std::string>& faults() const { return faults_; }

 private:
  std::array<std::unique_ptr<FacetSchema>, 256> by_class_;
  std::vector<std::string> faults_;
};

}  // namespace halfterm::sync

#endif  // HALFTERM_SYNC_SCHEMA_H_
