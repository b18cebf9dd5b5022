#include "tablet/core/cases.h"

#include <utility>

#include "sync/core/codec.h"

namespace halfterm::testing {
namespace {

constexpr std::uint32_t kCasesOfAHistory = 50;

// Empty where one of them is refused, which no case is.
std::string Joined(const std::string& a, const std::string& b) {
  core::Result<core::Facet> into = core::Decode(a, core::kFacetLimits);
  core::Result<core::Facet> from = core::Decode(b, core::kFacetLimits);
  if (!into.ok() || !from.ok()) return {};
  core::JoinInto(*into, *std::move(from), nullptr);
  return core::Encode(*into);
}

void Append(std::string& out, const std::string& bytes) {
  for (int shift = 0; shift < 32; shift += 8) {
    out.push_back(static_cast<char>(bytes.size() >> shift));
  }
  out.append(bytes);
}

}  // namespace

CaseSource::CaseSource(std::uint64_t seed, std::uint64_t block)
    : random_(seed ^ (block * 0x9E3779B97F4A7C15u)) {}

std::string CaseSource::Next() {
  if (left_ == 0) {
    history_ = RandomHistory(random_);
    left_ = kCasesOfAHistory;
  }
  --left_;
  const std::string a = core::Encode(RandomCopy(random_, history_));
  const std::string b = core::Encode(RandomCopy(random_, history_));
  std::string found;
  Append(found, a);
  Append(found, b);
  Append(found, Joined(a, b));
  return found;
}

std::uint64_t OutcomeOfBlock(std::uint64_t seed, std::uint64_t block, std::uint32_t count) {
  CaseSource source(seed, block);
  std::uint64_t hash = 0xCBF29CE484222325u;
  for (std::uint32_t i = 0; i < count; ++i) {
    for (const char byte : source.Next()) {
      hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001B3u;
    }
  }
  return hash;
}

std::string CaseOfBlock(std::uint64_t seed, std::uint64_t block, std::uint32_t index) {
  CaseSource source(seed, block);
  for (std::uint32_t i = 0; i < index; ++i) source.Next();
  return source.Next();
}

}  // namespace halfterm::testing
