#include "sync/schema.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "halfterm/v1/directory.pb.h"
#include "halfterm/v1/management.pb.h"
#include "halfterm/v1/observation.pb.h"
#include "halfterm/v1/referral.pb.h"
#include "sync/core/limits.h"

namespace halfterm::sync {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

constexpr uint16_t kKeyField = 15;
constexpr uint16_t kPlaceField = 14;
constexpr uint32_t kMostEnum = std::numeric_limits<int32_t>::max();

// Collects what is wrong, under the name of the field that it is wrong with.
class Faults {
 public:
  Faults(std::vector<std::string>& list, absl::string_view name) : list_(list), name_(name) {}
  // Whether `holds`; if not, `what` is noted.
  bool Unless(bool holds, absl::string_view what) {
    if (!holds) list_.push_back(absl::StrCat(name_, ": ", what)), ++count_;
    return holds;
  }
  bool none() const { return count_ == 0; }

 private:
  std::vector<std::string>& list_;
  std::string name_;
  int count_ = 0;
};

core::Kind CellKindOf(v1::MergeKind merge) {
  switch (merge) {
    case v1::MERGE_KIND_PHASE:
      return core::Kind::kPhase;
    case v1::MERGE_KIND_PARA:
      return core::Kind::kPara;
    case v1::MERGE_KIND_TICK:
      return core::Kind::kTick;
    case v1::MERGE_KIND_LIST:
    case v1::MERGE_KIND_LIST_POS:
    case v1::MERGE_KIND_MAP:
      return core::Kind::kElem;
    case v1::MERGE_KIND_WHOLE:
      return core::Kind::kBlob;
    default:
      return core::Kind::kReg;
  }
}

bool IsListKind(v1::MergeKind merge) { return CellKindOf(merge) == core::Kind::kElem; }

ValueForm FormOfMessage(const v1::Merge& merge) {
  if (merge.kind() == v1::MERGE_KIND_WHOLE) return ValueForm::kWhole;
  if (merge.form() == v1::VALUE_FORM_NUMBERS) return ValueForm::kNumbers;
  return ValueForm::kNone;
}

// kNone where type and annotation do not agree, and for PHASE.
ValueForm FormOf(const FieldDescriptor& field, const v1::Merge& merge) {
  const v1::ValueForm form = merge.form();
  switch (field.type()) {
    case FieldDescriptor::TYPE_MESSAGE:
      return FormOfMessage(merge);
    case FieldDescriptor::TYPE_BYTES:
      if (form == v1::VALUE_FORM_ID) return ValueForm::kId;
      return form == v1::VALUE_FORM_DIGEST ? ValueForm::kDigest : ValueForm::kNone;
    case FieldDescriptor::TYPE_SINT32:
      return form == v1::VALUE_FORM_DATE ? ValueForm::kDate : ValueForm::kNone;
    case FieldDescriptor::TYPE_SINT64:
      if (form == v1::VALUE_FORM_MOMENT) return ValueForm::kMoment;
      return form == v1::VALUE_FORM_UNSPECIFIED ? ValueForm::kSigned : ValueForm::kNone;
    default:
      break;
  }
  if (form != v1::VALUE_FORM_UNSPECIFIED) return ValueForm::kNone;
  switch (field.type()) {
    case FieldDescriptor::TYPE_BOOL:
      return ValueForm::kBool;
    case FieldDescriptor::TYPE_ENUM:
    case FieldDescriptor::TYPE_UINT32:
    case FieldDescriptor::TYPE_UINT64:
      return ValueForm::kUnsigned;
    case FieldDescriptor::TYPE_STRING:
      return ValueForm::kText;
    default:
      return ValueForm::kNone;
  }
}

uint64_t MostOf(const FieldDescriptor& field) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_BOOL:
      return 1;
    case FieldDescriptor::TYPE_ENUM:
      return kMostEnum;
    case FieldDescriptor::TYPE_UINT64:
      return std::numeric_limits<uint64_t>::max();
    default:
      return std::numeric_limits<uint32_t>::max();
  }
}

bool IsPhaseMessage(const Descriptor& message) {
  const FieldDescriptor* withdrawn = message.FindFieldByNumber(1);
  const FieldDescriptor* round = message.FindFieldByNumber(2);
  const FieldDescriptor* level = message.FindFieldByNumber(3);
  return message.field_count() == 3 && withdrawn != nullptr && round != nullptr &&
         level != nullptr && withdrawn->type() == FieldDescriptor::TYPE_BOOL &&
         round->type() == FieldDescriptor::TYPE_UINT32 &&
         level->type() == FieldDescriptor::TYPE_ENUM;
}

bool IsAllUnsigned(const Descriptor& message) {
  for (int i = 0; i < message.field_count(); ++i) {
    if (message.field(i)->type() != FieldDescriptor::TYPE_UINT32) return false;
    if (message.field(i)->number() != i + 1) return false;
  }
  return message.field_count() > 0;
}

// What is the same for a singular field and for a part.
bool ReadValue(const FieldDescriptor& field, const v1::Merge& merge, FieldSchema& out,
               std::vector<std::string>& list) {
  Faults faults(list, field.full_name());
  out.form = FormOf(field, merge);
  out.max_bytes = merge.max_bytes() == 0 ? core::kMaxValueBytes : merge.max_bytes();
  out.min = merge.min();
  out.max = merge.max() == 0 ? MostOf(field) : merge.max();
  faults.Unless(!field.is_repeated(), "is repeated, but its kind is not that of a list");
  faults.Unless(merge.key() == v1::ENTRY_KEY_UNSPECIFIED, "has a key, but is no list");
  faults.Unless(out.max_bytes <= core::kMaxValueBytes, "is longer than a value may be");
  faults.Unless(out.min <= out.max && out.max <= MostOf(field), "has bounds that hold nothing");
  if (out.merge == v1::MERGE_KIND_PHASE) {
    faults.Unless(out.server, "is a phase, but not the server's");
    faults.Unless(field.message_type() != nullptr && IsPhaseMessage(*field.message_type()),
                  "is a phase, but not {bool, uint32, enum}");
    return faults.none();
  }
  faults.Unless(out.form != ValueForm::kNone, "has a type that its form does not fit");
  if (out.merge == v1::MERGE_KIND_WHOLE) {
    faults.Unless(out.form == ValueForm::kWhole && out.server, "is whole, but no server's message");
  } else {
    const bool in_oneof = field.real_containing_oneof() != nullptr;
    faults.Unless(field.has_presence() && !in_oneof, "cannot tell unset from empty");
  }
  if (out.merge == v1::MERGE_KIND_PARA) {
    faults.Unless(out.form == ValueForm::kText, "is a paragraph, but no text");
  }
  if (out.form == ValueForm::kNumbers) {
    faults.Unless(IsAllUnsigned(*field.message_type()), "is not numbered uint32 from 1");
    out.numbers = static_cast<uint8_t>(field.message_type()->field_count());
  }
  return faults.none();
}

FieldSchema Common(const FieldDescriptor& field, const v1::Merge& merge) {
  FieldSchema out;
  out.number = static_cast<uint16_t>(field.number());
  out.merge = merge.kind();
  out.kind = CellKindOf(merge.kind());
  out.server = merge.server();
  out.once = merge.once() || merge.kind() == v1::MERGE_KIND_ONCE;
  out.descriptor = &field;
  return out;
}

void ReadKey(const FieldDescriptor& field, const v1::Merge& merge, FieldSchema& list,
             Faults& faults) {
  const bool is_number = list.key == v1::ENTRY_KEY_NUMBER;
  list.key_descriptor = &field;
  list.min_key = std::max<uint64_t>(1, merge.min());
  list.max_key = merge.max() == 0 ? 0xFFFF : merge.max();
  faults.Unless(field.number() == kKeyField, "has a key that is not field 15");
  faults.Unless(list.max_key <= 0xFFFF && list.min_key <= list.max_key, "has keys out of range");
  faults.Unless(!field.is_repeated() && field.type() == (is_number ? FieldDescriptor::TYPE_UINT32
                                                                   : FieldDescriptor::TYPE_BYTES),
                "has a key of the wrong type");
}

bool ReadList(const FieldDescriptor& field, const v1::Merge& merge, FieldSchema& out,
              std::vector<std::string>& list) {
  Faults faults(list, field.full_name());
  out.key = merge.key();
  out.order_by = static_cast<uint16_t>(merge.order_by());
  faults.Unless(merge.key() != v1::ENTRY_KEY_UNSPECIFIED, "is a list without a key");
  if (!faults.Unless(field.is_repeated() && field.message_type() != nullptr, "is no list")) {
    return false;
  }
  const Descriptor& entry = *field.message_type();
  for (int i = 0; i < entry.field_count(); ++i) {
    const FieldDescriptor& part = *entry.field(i);
    const v1::Merge& rule = part.options().GetExtension(v1::merge);
    if (rule.role() == v1::ENTRY_ROLE_KEY) {
      ReadKey(part, rule, out, faults);
    } else if (rule.role() == v1::ENTRY_ROLE_PLACE) {
      faults.Unless(part.number() == kPlaceField && part.type() == FieldDescriptor::TYPE_BYTES &&
                        part.has_presence() && rule.max_bytes() > 0,
                    "has a place that is no bounded, optional bytes field 14");
      out.place_descriptor = &part;
      out.max_place_bytes = rule.max_bytes();
    } else {
      faults.Unless(part.number() < kPlaceField, "has a part with a number above 13");
      faults.Unless(rule.kind() != v1::MERGE_KIND_UNSPECIFIED && !IsListKind(rule.kind()) &&
                        rule.kind() != v1::MERGE_KIND_PHASE,
                    "has a part without a rule that a part can have");
      FieldSchema made = Common(part, rule);
      if (faults.none() && ReadValue(part, rule, made, list)) out.parts.push_back(std::move(made));
    }
  }
  faults.Unless(out.key_descriptor != nullptr, "has entries without a key");
  faults.Unless((out.merge == v1::MERGE_KIND_LIST_POS) == (out.place_descriptor != nullptr),
                "has a place, or lacks one");
  if (!faults.none()) return false;
  for (size_t i = 0; i < out.parts.size(); ++i) {
    out.part_at[out.parts[i].number] = static_cast<uint8_t>(i + 1);
  }
  if (out.order_by == 0) return true;
  const FieldSchema* order = out.Part(out.order_by);
  return faults.Unless(
      order != nullptr && (order->form == ValueForm::kUnsigned || order->form == ValueForm::kDate),
      "is ordered by what is no number of its entries");
}

void ReadFacet(const Descriptor& message, FacetSchema& out, std::vector<std::string>& list) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    const v1::Merge& merge = field.options().GetExtension(v1::merge);
    Faults faults(list, field.full_name());
    faults.Unless(merge.kind() != v1::MERGE_KIND_UNSPECIFIED, "has no merge kind");
    faults.Unless(field.number() < static_cast<int>(out.field_at.size()), "has a number above 63");
    if (!faults.none()) continue;
    FieldSchema made = Common(field, merge);
    made.server = made.server || out.server;
    const bool read = IsListKind(merge.kind()) ? ReadList(field, merge, made, list)
                                               : ReadValue(field, merge, made, list);
    if (read) out.fields.push_back(std::move(made));
  }
  std::sort(out.fields.begin(), out.fields.end(),
            [](const FieldSchema& a, const FieldSchema& b) { return a.number < b.number; });
  for (size_t i = 0; i < out.fields.size(); ++i) {
    out.field_at[out.fields[i].number] = static_cast<uint8_t>(i + 1);
  }
}

}  // namespace

const Schema& Schema::OfThisBuild() {
  static const Schema* const schema =
      new Schema({v1::Plan::descriptor()->file(), v1::ReferralBody::descriptor()->file(),
                  v1::Reference::descriptor()->file(), v1::ManagementCell::descriptor()->file()});
  return *schema;
}

Schema::Schema(const std::vector<const FileDescriptor*>& files) {
  for (const FileDescriptor* file : files) {
    for (int i = 0; i < file->message_type_count(); ++i) {
      const Descriptor& message = *file->message_type(i);
      if (!message.options().HasExtension(v1::facet)) continue;
      const v1::FacetView& option = message.options().GetExtension(v1::facet);
      Faults faults(faults_, message.full_name());
      const int number = option.facet_class();
      faults.Unless(number > 0 && number < 256, "names no facet class");
      if (!faults.none() || !faults.Unless(Facet(static_cast<uint8_t>(number)) == nullptr,
                                           "names the class of another message")) {
        continue;
      }
      auto facet = std::make_unique<FacetSchema>();
      facet->facet_class = static_cast<uint8_t>(number);
      facet->sub = option.sub();
      facet->server = option.server();
      facet->message = &message;
      ReadFacet(message, *facet, faults_);
      by_class_[static_cast<size_t>(number)] = std::move(facet);
    }
  }
}

const FieldSchema* Schema::Find(uint8_t facet_class, const core::Path& path) const {
  const FacetSchema* facet = Facet(facet_class);
  if (facet == nullptr) return nullptr;
  const FieldSchema* field = facet->Field(path.field());
  if (field == nullptr || field->is_list() != path.is_entry()) return nullptr;
  return path.sub() == 0 ? field : field->Part(path.sub());
}

}  // namespace halfterm::sync
