// The writing half of view.h.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "sync/check.h"
#include "sync/core/delta.h"
#include "sync/field_value.h"
#include "sync/view.h"

namespace halfterm::sync {
namespace {

using google::protobuf::Message;
using google::protobuf::Reflection;

absl::Status Fault(const google::protobuf::FieldDescriptor& field, absl::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat(field.full_name(), ": ", problem));
}

// What the cell shows; empty where there is none.
const std::string& ShownValue(const core::Facet& held, const core::Path& path) {
  static const std::string* const nothing = new std::string;
  const core::Cell* cell = held.Find(path);
  const core::Sibling* shown = cell == nullptr ? nullptr : core::ShownFirst(*cell);
  return shown == nullptr ? *nothing : shown->value;
}

core::Path PresenceOf(const FieldSchema& list, const core::Id16& key) {
  return core::Path::Entry(list.number, key, 0, core::Kind::kElem);
}

// Gathers the cells of one group over one held facet.
class ChangeWriter {
 public:
  ChangeWriter(const core::Facet& held, const core::Dot& dot, const core::Id16& author)
      : held_(held), dot_(dot), author_(author) {}

  absl::Status WriteFacet(const FacetSchema& schema, const Message& wanted) {
    for (const FieldSchema& field : schema.fields) {
      absl::Status written = field.is_list()                    ? WriteList(field, wanted)
                             : field.kind == core::Kind::kPhase ? WritePhase(field, wanted)
                                                                : WriteField(field, wanted);
      if (!written.ok()) return written;
    }
    return absl::OkStatus();
  }

  void Write(const core::Path& path, std::string value) {
    core::Put(delta_, core::Written(held_, path, dot_, author_, std::move(value)));
  }

  core::Facet Take() { return std::move(delta_); }

 private:
  // Whether there was anything to write. A value of a later version, which the view could not show,
  // was not cleared by whoever did not see it.
  bool WriteIfOther(const FieldSchema& field, const core::Path& path, std::string value) {
    const std::string& shown = ShownValue(held_, path);
    const char* problem = "";
    if (shown == value) return false;
    if (value.empty() && CheckValue(field, shown, &problem) == DeltaFault::kMalformed) return false;
    Write(path, std::move(value));
    return true;
  }

  absl::Status WriteField(const FieldSchema& field, const Message& wanted) {
    std::string value = ValueOf(field, wanted);
    const char* problem = "";
    if (CheckValue(field, value, &problem) != DeltaFault::kNone) {
      return Fault(*field.descriptor, problem);
    }
    WriteIfOther(field, core::Path::Field(field.number, field.kind), std::move(value));
    return absl::OkStatus();
  }

  absl::Status WritePhase(const FieldSchema& field, const Message& wanted) {
    const Message& phase = wanted.GetReflection()->GetMessage(wanted, field.descriptor);
    const Reflection& reflection = *phase.GetReflection();
    const auto* descriptor = phase.GetDescriptor();
    const uint32_t round = reflection.GetUInt32(phase, descriptor->FindFieldByNumber(2));
    const int level = reflection.GetEnumValue(phase, descriptor->FindFieldByNumber(3));
    if (round > 0xFFFF || level < 0 || level > 0xFF) {
      return Fault(*field.descriptor, "the phase is out of its bounds");
    }
    core::Cell cell;
    cell.path = core::Path::Field(field.number, field.kind);
    cell.phase = {reflection.GetBool(phase, descriptor->FindFieldByNumber(1)),
                  static_cast<uint16_t>(round), static_cast<uint8_t>(level)};
    const core::Cell* before = held_.Find(cell.path);
    const core::Phase held = before == nullptr ? core::Phase{} : before->phase;
    if (cell.phase < held) return Fault(*field.descriptor, "a phase never falls");
    if (cell.phase != held) core::Put(delta_, std::move(cell));
    return absl::OkStatus();
  }

  absl::Status WriteList(const FieldSchema& list, const Message& wanted) {
    const Reflection& reflection = *wanted.GetReflection();
    std::map<core::Id16, const Message*> entries;
    for (int i = 0; i < reflection.FieldSize(wanted, list.descriptor); ++i) {
      const Message& entry = reflection.GetRepeatedMessage(wanted, list.descriptor, i);
      const absl::optional<core::Id16> key = KeyOf(list, entry);
      if (!key) return Fault(*list.descriptor, "an entry has no key that could name it");
      if (!entries.emplace(*key, &entry).second) {
        return Fault(*list.descriptor, "two entries have one key");
      }
    }
    RemoveMissing(list, entries);
    for (const auto& [key, entry] : entries) {
      absl::Status written = WriteEntry(list, key, *entry);
      if (!written.ok()) return written;
    }
    return absl::OkStatus();
  }

  void RemoveMissing(const FieldSchema& list, const std::map<core::Id16, const Message*>& entries) {
    for (const core::Cell& cell : held_.cells) {
      const core::Path& path = cell.path;
      if (path.field() != list.number || !path.is_entry() || path.sub() != 0 ||
          path.kind() != core::Kind::kElem || cell.siblings.empty() || !IsKeyOf(list, path.key())) {
        continue;
      }
      if (entries.count(path.key()) == 0) core::Put(delta_, core::Removed(held_, path, dot_));
    }
  }

  absl::Status WriteEntry(const FieldSchema& list, const core::Id16& key, const Message& entry) {
    bool changed = false;
    for (const FieldSchema& part : list.parts) {
      std::string value = ValueOf(part, entry);
      const char* problem = "";
      if (CheckValue(part, value, &problem) != DeltaFault::kNone) {
        return Fault(*part.descriptor, problem);
      }
      const core::Path path = core::Path::Entry(list.number, key, part.number, part.kind);
      changed = WriteIfOther(part, path, std::move(value)) || changed;
    }
    if (list.place_descriptor != nullptr) {
      std::string place = entry.GetReflection()->GetString(entry, list.place_descriptor);
      if (place.size() > list.max_place_bytes) {
        return Fault(*list.place_descriptor, "the place of an entry is too long");
      }
      const core::Path path = core::Path::Entry(list.number, key, 0, core::Kind::kPos);
      if (ShownValue(held_, path) != place) {
        Write(path, std::move(place));
        changed = true;
      }
    }
    const core::Path presence = PresenceOf(list, key);
    const core::Cell* before = held_.Find(presence);
    const bool present = before != nullptr && !before->siblings.empty();
    if (!present || (changed && !list.once)) Write(presence, "");
    return absl::OkStatus();
  }

  const core::Facet& held_;
  const core::Dot dot_;
  const core::Id16 author_;
  core::Facet delta_;
};

}  // namespace

absl::StatusOr<core::Facet> WriteChanges(const Schema& schema, uint8_t facet_class,
                                         const core::Facet& held, const Message& wanted,
                                         const core::Dot& dot, const core::Id16& author) {
  const FacetSchema* known = schema.Facet(facet_class);
  if (known == nullptr) {
    return absl::NotFoundError(absl::StrCat("no facet class ", int{facet_class}));
  }
  if (wanted.GetDescriptor() != known->message) {
    return absl::InvalidArgumentError(absl::StrCat(
        wanted.GetDescriptor()->full_name(), " is not the view of facet class ", int{facet_class}));
  }
  ChangeWriter writer(held, dot, author);
  absl::Status written = writer.WriteFacet(*known, wanted);
  if (!written.ok()) return written;
  return writer.Take();
}

absl::StatusOr<core::Facet> Choose(const Schema& schema, uint8_t facet_class,
                                   const core::Facet& held, const core::Path& path,
                                   const std::string& value, const core::Dot& dot,
                                   const core::Id16& author) {
  const FieldSchema* field = schema.Find(facet_class, path);
  if (field == nullptr || field->kind != path.kind() || field->is_list() ||
      field->kind == core::Kind::kPhase) {
    return absl::NotFoundError("no such field holds values to choose from");
  }
  const char* problem = "";
  if (CheckValue(*field, value, &problem) != DeltaFault::kNone) {
    return Fault(*field->descriptor, problem);
  }
  ChangeWriter writer(held, dot, author);
  writer.Write(path, value);
  if (path.is_entry()) {
    const FieldSchema* list = schema.Facet(facet_class)->Field(path.field());
    if (!list->once) writer.Write(PresenceOf(*list, path.key()), "");
  }
  return writer.Take();
}

}  // namespace halfterm::sync
