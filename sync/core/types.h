// The small values that every part of the merge core names: ids, digests, dots, facet ids, and how
// a decoder says no.
//
// Nothing in sync/core knows a clock, a thread, a file or a message: it is built with the standard
// library alone, without exceptions and RTTI, because the tablet runs the same code as WebAssembly.
// Every function of sync/core is pure, so all of it may be called from any thread on its own
// values.

#ifndef HALFTERM_SYNC_CORE_TYPES_H_
#define HALFTERM_SYNC_CORE_TYPES_H_

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace halfterm::core {

// N bytes that are compared and hashed as they stand. `Tag` keeps an id from passing as a digest.
template <std::size_t N, typename Tag>
struct FixedBytes {
  static constexpr std::size_t kSize = N;

  std::array<std::uint8_t, N> bytes{};

  // Nothing unless `text` is exactly N bytes.
  static std::optional<FixedBytes> FromBytes(std::string_view text) {
    if (text.size() != N) return std::nullopt;
    FixedBytes made;
    std::memcpy(made.bytes.data(), text.data(), N);
    return made;
  }

  // Lives as long as this value.
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), N}; }

  bool IsZero() const {
    for (const std::uint8_t byte : bytes) {
      if (byte != 0) return false;
    }
    return true;
  }

  friend bool operator==(const FixedBytes& a, const FixedBytes& b) {
    return std::memcmp(a.bytes.data(), b.bytes.data(), N) == 0;
  }
  friend bool operator!=(const FixedBytes& a, const FixedBytes& b) { return !(a == b); }
  friend bool operator<(const FixedBytes& a, const FixedBytes& b) {
    return std::memcmp(a.bytes.data(), b.bytes.data(), N) < 0;
  }
  template <typename H>
  friend H AbslHashValue(H state, const FixedBytes& value) {
    return H::combine(std::move(state), value.view());
  }
};

using Id16 = FixedBytes<16, struct Id16Tag>;          // A UUID: a record, a person, a session.
using Digest16 = FixedBytes<16, struct Digest16Tag>;  // The first half of a SHA-256 or an HMAC.
using Digest32 = FixedBytes<32, struct Digest32Tag>;  // A whole SHA-256 or HMAC.

// The count-th group of one replica: the name of everything that the group writes. Never issued
// twice; counts start at 1 and leave no gap.
struct Dot {
  std::uint64_t replica = 0;
  std::uint64_t count = 0;

  friend bool operator==(const Dot& a, const Dot& b) {
    return a.replica == b.replica && a.count == b.count;
  }
  friend bool operator!=(const Dot& a, const Dot& b) { return !(a == b); }
  friend bool operator<(const Dot& a, const Dot& b) {
    return a.replica != b.replica ? a.replica < b.replica : a.count < b.count;
  }
  template <typename H>
  friend H AbslHashValue(H state, const Dot& dot) {
    return H::combine(std::move(state), dot.replica, dot.count);
  }
};

// What a facet of a record is for. A number that is not listed is carried like the others.
enum FacetClass : std::uint8_t {
  kPlan = 1,
  kSheet = 2,
  kConsensus = 3,
  kFeedback = 4,
  kVersion = 5,
  kResponse = 6,
  kSteps = 7,
  kAnswers = 8,
  kBody = 10,
  kConsent = 11,
  kEvidence = 12,
  kReferral = 13,
  kCycleReview = 14,
  kManagementCell = 15,
};

// One facet of one record: the unit of sync, permission, digest and receipt.
struct FacetId {
  static constexpr std::size_t kSize = 33;  // record16 | class1 | sub16

  Id16 record;
  std::uint8_t facet_class = 0;
  Id16 sub;  // A person, a version's number in the last bytes, or zeros.

  // Nothing unless `bytes` is exactly 33 bytes.
  static std::optional<FacetId> Parse(std::string_view bytes);
  void AppendTo(std::string& out) const;
  std::string Bytes() const;

  friend bool operator==(const FacetId& a, const FacetId& b) {
    return a.record == b.record && a.facet_class == b.facet_class && a.sub == b.sub;
  }
  friend bool operator!=(const FacetId& a, const FacetId& b) { return !(a == b); }
  // The order of the 33 bytes.
  friend bool operator<(const FacetId& a, const FacetId& b) {
    if (a.record != b.record) return a.record < b.record;
    if (a.facet_class != b.facet_class) return a.facet_class < b.facet_class;
    return a.sub < b.sub;
  }
  template <typename H>
  friend H AbslHashValue(H state, const FacetId& id) {
    return H::combine(std::move(state), id.record, id.facet_class, id.sub);
  }
};

// Why bytes were refused, and where. Holds no byte of what was refused, so it may be logged.
struct Refused {
  const char* what = "";     // The part that was being read: "context count".
  const char* problem = "";  // What is wrong with it: "is zero".
  std::size_t offset = 0;    // Of the first byte of that part.
  bool over_limit = false;   // Well formed so far, but larger than the limits allow.

  // "context count is zero, at byte 57"
  std::string reason() const;
};

// A value, or why there is none. `value()` and `*` only after ok().
template <typename T>
class Result {
 public:
  Result(T value) : value_(std::move(value)), ok_(true) {}
  Result(const Refused& refused) : refused_(refused) {}

  bool ok() const { return ok_; }
  const T& value() const& {
    assert(ok_);
    return value_;
  }
  T& value() & {
    assert(ok_);
    return value_;
  }
  T&& value() && {
    assert(ok_);
    return std::move(value_);
  }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

  const Refused& refused() const { return refused_; }
  std::string reason() const { return refused_.reason(); }

 private:
  T value_{};
  Refused refused_;
  bool ok_ = false;
};

}  // namespace halfterm::core

#endif  // HALFTERM_SYNC_CORE_TYPES_H_
