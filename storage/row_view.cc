#include "storage/row_view.h"

#include "halfterm/disk/rows.pb.h"
#include "sync/core/scope.h"
#include "sync/core/types.h"

namespace halfterm::storage {
namespace {

// The fields of an encoded message, one after another.
class Fields {
 public:
  explicit Fields(absl::string_view bytes) : rest_(bytes) {}

  // False at the end, and where the bytes are no message.
  bool Next() {
    uint64_t tag = 0;
    if (rest_.empty() || !Varint(tag)) return false;
    number_ = tag >> 3;
    switch (tag & 7) {
      case 0:
        return Varint(value_);
      case 1:
        return Skip(8);
      case 2: {
        uint64_t size = 0;
        if (!Varint(size) || size > rest_.size()) return ok_ = false;
        bytes_ = rest_.substr(0, static_cast<size_t>(size));
        return Skip(static_cast<size_t>(size));
      }
      case 5:
        return Skip(4);
      default:
        return ok_ = false;
    }
  }

  uint64_t number() const { return number_; }
  uint64_t value() const { return value_; }
  absl::string_view bytes() const { return bytes_; }
  bool ok() const { return ok_; }

 private:
  bool Varint(uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      value |= uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return true;
    }
    return ok_ = false;
  }
  bool Skip(size_t bytes) {
    if (bytes > rest_.size()) return ok_ = false;
    rest_.remove_prefix(bytes);
    return true;
  }

  absl::string_view rest_, bytes_;
  uint64_t number_ = 0, value_ = 0;
  bool ok_ = true;
};

bool ReadPlace(absl::string_view bytes, PlaceView& place) {
  Fields fields(bytes);
  while (fields.Next()) {
    switch (fields.number()) {
      case disk::FeedPlace::kScopeFieldNumber:
        place.scope = fields.bytes();
        break;
      case disk::FeedPlace::kSeqFieldNumber:
        place.seq = fields.value();
        break;
      case disk::FeedPlace::kKindFieldNumber:
        place.kind = static_cast<uint32_t>(fields.value());
        break;
      default:
        break;
    }
  }
  return fields.ok() && place.scope.size() == core::kScopeBytes;
}

}  // namespace

bool ReadFacetRow(absl::string_view row, FacetRowView& view) {
  view = {};
  Fields fields(row);
  while (fields.Next()) {
    switch (fields.number()) {
      case disk::FacetRow::kSeqFieldNumber:
        view.seq = fields.value();
        break;
      case disk::FacetRow::kAudienceSeqFieldNumber:
        view.audience_seq = fields.value();
        break;
      case disk::FacetRow::kScopesFieldNumber:
        view.scopes = fields.bytes();
        break;
      case disk::FacetRow::kDigestFieldNumber:
        view.digest = fields.bytes();
        break;
      case disk::FacetRow::kFacetFieldNumber:
        view.facet = fields.bytes();
        break;
      case disk::FacetRow::kReceiptFieldNumber:
        view.receipt = fields.bytes();
        break;
      case disk::FacetRow::kEpochFieldNumber:
        view.epoch = static_cast<uint32_t>(fields.value());
        break;
      default:
        break;
    }
  }
  return fields.ok() && view.scopes.size() % core::kScopeBytes == 0 &&
         view.digest.size() == core::Digest32::kSize;
}

bool ReadRecordRow(absl::string_view row, RecordRowView& view) {
  view.places.clear();
  view.period = 0;
  Fields fields(row);
  while (fields.Next()) {
    if (fields.number() == disk::RecordRow::kFeedFieldNumber) {
      if (!ReadPlace(fields.bytes(), view.places.emplace_back())) return false;
    } else if (fields.number() == disk::RecordRow::kPeriodFieldNumber) {
      view.period = static_cast<uint16_t>(fields.value());
    }
  }
  return fields.ok();
}

}  // namespace halfterm::storage
