#include "sync/view.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sync/check.h"
#include "sync/field_value.h"

namespace halfterm::sync {
namespace {

using google::protobuf::Message;
using google::protobuf::Reflection;

// Reads one facet into one message, noting in the report what it finds.
class ViewReader {
 public:
  ViewReader(const FacetSchema& schema, const core::Facet& facet, Message& message,
             ViewReport& report)
      : schema_(schema), cells_(facet.cells), message_(message), report_(report) {}

  void Read() {
    for (size_t i = 0; i < cells_.size();) {
      const FieldSchema* field = schema_.Field(cells_[i].path.field());
      if (field == nullptr || field->is_list() != cells_[i].path.is_entry()) {
        ++report_.carried;
        ++i;
      } else if (!field->is_list()) {
        ReadCell(*field, cells_[i], message_);
        ++i;
      } else {
        const size_t end = EndOfEntry(i);
        ReadEntry(*field, i, end);
        i = end;
      }
    }
    for (const FieldSchema& field : schema_.fields) {
      if (field.is_list()) Sort(field);
    }
  }

 private:
  size_t EndOfEntry(size_t begin) const {
    const core::Path& first = cells_[begin].path;
    const core::Id16 key = first.key();
    size_t end = begin + 1;
    while (end < cells_.size() && cells_[end].path.is_entry() &&
           cells_[end].path.field() == first.field() && cells_[end].path.key() == key) {
      ++end;
    }
    return end;
  }

  void ReadCell(const FieldSchema& field, const core::Cell& cell, Message& into) {
    if (cell.path.kind() != field.kind) {
      ++report_.carried;
    } else if (field.kind == core::Kind::kPhase) {
      ReadPhase(field, cell.phase, into);
    } else if (const core::Sibling* shown = core::ShownFirst(cell)) {
      if (!SetValue(field, shown->value, into)) ++report_.unread;
      Compare(field, cell);
    }
  }

  static void ReadPhase(const FieldSchema& field, const core::Phase& phase, Message& into) {
    Message& shown = *into.GetReflection()->MutableMessage(&into, field.descriptor);
    const Reflection& reflection = *shown.GetReflection();
    const auto* descriptor = shown.GetDescriptor();
    reflection.SetBool(&shown, descriptor->FindFieldByNumber(1), phase.withdrawn);
    reflection.SetUInt32(&shown, descriptor->FindFieldByNumber(2), phase.round);
    reflection.SetEnumValue(&shown, descriptor->FindFieldByNumber(3), phase.level);
  }

  void Compare(const FieldSchema& field, const core::Cell& cell) {
    if (cell.siblings.size() < 2) return;
    const std::vector<const core::Sibling*> shown = core::Shown(cell);
    if (shown.size() < 2) return;
    Differing differing{cell.path, &field, field.merge == v1::MERGE_KIND_ASK, {}};
    for (const core::Sibling* sibling : shown) differing.values.push_back(*sibling);
    report_.differing.push_back(std::move(differing));
  }

  void ReadEntry(const FieldSchema& list, size_t begin, size_t end) {
    const core::Id16 key = cells_[begin].path.key();
    if (!IsKeyOf(list, key)) {
      report_.unread += end - begin;
      return;
    }
    const bool present =
        std::any_of(cells_.begin() + static_cast<ptrdiff_t>(begin),
                    cells_.begin() + static_cast<ptrdiff_t>(end), [](const core::Cell& cell) {
                      return cell.path.sub() == 0 && cell.path.kind() == core::Kind::kElem &&
                             !cell.siblings.empty();
                    });
    Message* entry =
        present ? message_.GetReflection()->AddMessage(&message_, list.descriptor) : nullptr;
    if (entry != nullptr) SetKey(list, key, *entry);
    for (size_t i = begin; i < end; ++i) {
      const core::Cell& cell = cells_[i];
      if (cell.path.sub() == 0) {
        ReadPlace(list, cell, entry);
        continue;
      }
      const FieldSchema* part = list.Part(cell.path.sub());
      if (part == nullptr) {
        ++report_.carried;
      } else if (entry != nullptr) {
        ReadCell(*part, cell, *entry);
      }
    }
  }

  void ReadPlace(const FieldSchema& list, const core::Cell& cell, Message* entry) {
    if (cell.path.kind() == core::Kind::kElem) return;
    if (cell.path.kind() != core::Kind::kPos || list.place_descriptor == nullptr) {
      ++report_.carried;
      return;
    }
    const core::Sibling* shown = core::ShownFirst(cell);
    if (entry == nullptr || shown == nullptr || shown->value.empty()) return;
    entry->GetReflection()->SetString(entry, list.place_descriptor, shown->value);
  }

  // Entries were added in order of their keys, so equal ones stay in that order.
  void Sort(const FieldSchema& list) {
    const FieldSchema* part = list.order_by == 0 ? nullptr : list.Part(list.order_by);
    const auto* place = list.place_descriptor;
    if (part == nullptr && place == nullptr) return;
    const auto earlier = [&](const Message* a, const Message* b) {
      if (place == nullptr) {
        constexpr int64_t kLast = std::numeric_limits<int64_t>::max();
        return NumberOf(*part, *a).value_or(kLast) < NumberOf(*part, *b).value_or(kLast);
      }
      const Reflection& of_entry = *a->GetReflection();
      const bool a_has = of_entry.HasField(*a, place);
      if (a_has != of_entry.HasField(*b, place)) return a_has;
      return a_has && of_entry.GetString(*a, place) < of_entry.GetString(*b, place);
    };
    const Reflection& reflection = *message_.GetReflection();
    std::vector<Message*> entries(
        static_cast<size_t>(reflection.FieldSize(message_, list.descriptor)));
    for (size_t i = entries.size(); i-- > 0;) {
      entries[i] = reflection.ReleaseLast(&message_, list.descriptor);
    }
    std::stable_sort(entries.begin(), entries.end(), earlier);
    for (Message* entry : entries) {
      reflection.AddAllocatedMessage(&message_, list.descriptor, entry);
    }
  }

  const FacetSchema& schema_;
  const std::vector<core::Cell>& cells_;
  Message& message_;
  ViewReport& report_;
};

}  // namespace

absl::Status ReadView(const Schema& schema, uint8_t facet_class, const core::Facet& facet,
                      Message& message, ViewReport* report) {
  const FacetSchema* known = schema.Facet(facet_class);
  if (known == nullptr) {
    return absl::NotFoundError(absl::StrCat("no facet class ", int{facet_class}));
  }
  if (message.GetDescriptor() != known->message) {
    return absl::InvalidArgumentError(absl::StrCat(message.GetDescriptor()->full_name(),
                                                   " is not the view of facet class ",
                                                   int{facet_class}));
  }
  message.Clear();
  ViewReport unwanted;
  if (report == nullptr) report = &unwanted;
  *report = {};
  ViewReader(*known, facet, message, *report).Read();
  return absl::OkStatus();
}

}  // namespace halfterm::sync
