#include "tests/simulation/whole/ledger.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "halfterm/disk/rows.pb.h"
#include "sync/core/codec.h"
#include "sync/core/delta.h"
#include "sync/core/group.h"
#include "sync/core/rehome.h"
#include "sync/core/sha256.h"
#include "tests/support/hex.h"
#include "tools/replay/tablet_rows.h"

namespace halfterm::testing {
namespace {

using storage::Family;

std::string HashOf(const std::string& bytes) {
  return std::string(core::Sha256(bytes).view().substr(0, 16));
}

// A row as it was first written, whatever erasures and releases did to it since.
std::string FixedPart(disk::LogRow row) {
  row.clear_group();
  row.clear_effects();
  row.clear_grants();
  row.clear_released_seq();
  row.clear_content_erased();
  return HashOf(row.SerializeAsString());
}

bool IsWord(const std::string& value) { return value.compare(0, 4, "word") == 0; }

std::string Named(const core::FacetId& id) { return ToHex(id.Bytes()); }

// Whether the disk can bring back the page that says the word. What the teacher read may say it
// too: that is the server's own, and comes from its ledger also where the page went.
bool HoldsPageWith(const MemoryDisk& disk, const std::string& word) {
  return disk.Mentions(word, [](storage::Family family, absl::string_view key) {
    const bool is_pulled =
        family == storage::Family::kState && key[0] == static_cast<char>(tools::FacetRows::kBase);
    return !is_pulled || tools::FacetOfKey(key).facet_class != core::kVersion;
  });
}

}  // namespace

void Ledger::Wrote(Word word) { words_.push_back(std::move(word)); }

void Ledger::DiskWasPutBack(const std::vector<const MemoryDisk*>& surviving) {
  for (Word& word : words_) {
    if (arrived_.count(word.text) != 0) continue;
    word.went_with_its_tablet =
        std::none_of(surviving.begin(), surviving.end(),
                     [&](const MemoryDisk* disk) { return HoldsPageWith(*disk, word.text); });
  }
}

std::string Ledger::ServerWasRestored(const std::vector<const MemoryDisk*>& surviving) {
  log_.clear();
  seq_of_.clear();
  arrived_.clear();
  arrived_at_.clear();
  committed_.clear();
  stamps_.clear();
  dispositions_.clear();
  if (std::string wrong = ReadLog(); !wrong.empty()) return wrong;
  DiskWasPutBack(surviving);
  return "";
}

std::string Ledger::CheckKept(uint64_t durable, const std::vector<const MemoryDisk*>& disks,
                              const std::set<size_t>& put_back) const {
  for (const Word& word : words_) {
    const auto at = arrived_at_.find(word.text);
    if (at == arrived_at_.end() || at->second <= durable) continue;
    if (IsErased(word.facet.record) || put_back.count(word.tablet) != 0) continue;
    if (disks[word.tablet]->Mentions(word.text)) continue;
    return absl::StrCat("I15: ", word.text, " was taken as ", at->second, ", the backups reach to ",
                        durable, ", and its tablet has let go of it");
  }
  return "";
}

uint64_t Ledger::went() const {
  return static_cast<uint64_t>(std::count_if(
      words_.begin(), words_.end(), [](const Word& word) { return word.went_with_its_tablet; }));
}

bool Ledger::IsErased(const core::Id16& record) const {
  return server_.engine().Get(Family::kErased, storage::ErasedKey(server_.tenant(), record)).ok();
}

std::string Ledger::ReadLog() {
  if (!server_.is_up()) return "";
  const uint64_t last = log_.empty() ? 0 : log_.rbegin()->first;
  const auto snapshot = server_.engine().NewSnapshot();
  const auto cursor =
      snapshot->NewCursor(Family::kLog, storage::OplogKey(server_.tenant(), last + 1),
                          storage::OplogKey(server_.tenant(), ~uint64_t{0}));
  for (; cursor->Valid(); cursor->Next()) {
    const uint64_t seq = storage::ParseOplogKey(cursor->key())->number;
    std::string wrong = Read(seq, std::string(cursor->value()));
    if (!wrong.empty()) return wrong;
  }
  return cursor->status().ok() ? "" : cursor->status().ToString();
}

// What the server wrote itself; pages that tablets handed back to a restored server are among it.
void Ledger::ReadEffects(const disk::LogRow& row) {
  for (const disk::ServerEffect& effect : row.effects()) {
    core::Result<core::Facet> delta = core::Decode(effect.delta(), core::kFacetLimits);
    const auto facet = core::FacetId::Parse(effect.facet());
    if (!delta.ok() || !facet) continue;
    for (const core::Cell& cell : delta->cells) {
      for (const core::Sibling& sibling : cell.siblings) {
        if (IsWord(sibling.value)) arrived_.emplace(sibling.value, v1::DISPOSITION_COMMITTED);
      }
    }
    core::JoinInto(committed_[*facet], *std::move(delta), nullptr);
  }
}

std::string Ledger::Read(uint64_t seq, const std::string& bytes) {
  if (!log_.empty() && seq != log_.rbegin()->first + 1) {
    return absl::StrCat("I12: the log goes from ", log_.rbegin()->first, " to ", seq);
  }
  disk::LogRow row;
  if (!row.ParseFromString(bytes)) return "a log row cannot be read";
  trace_ = HashOf(trace_ + bytes);
  Logged& logged = log_[seq];
  logged.row_hash = FixedPart(row);
  logged.disposition = row.disposition();
  ReadEffects(row);
  if (row.replica() == 0) return "";  // The server's own.
  ++dispositions_[row.disposition()];
  if (row.group().empty()) return "";  // The words of an erased record are not kept.
  logged.group_hash = HashOf(row.group());
  // A copied tablet may send what its twin has sent, under a name of its own; never under the same.
  const auto [taken, is_new] = seq_of_.emplace(core::Dot{row.replica(), row.n()}, seq);
  if (!is_new) {
    return absl::StrCat("I4: one group was taken twice, at ", taken->second, " and ", seq);
  }
  const core::Result<core::Group> group = core::DecodeGroup(row.group());
  if (!group.ok()) return "";  // Kept for the doctor.
  logged.record = group->facet.record;
  if (row.lower_ms() > row.upper_ms())
    return absl::StrCat("I8: the times of ", seq, " are crossed");
  if (group->kind != core::GroupKind::kDelta) return "";
  std::vector<core::Rehome> moves;
  for (const disk::RehomeRow& move : row.rehomes()) {
    moves.push_back({move.old_replica(), move.acked(), move.new_replica()});
  }
  core::Result<core::Facet> delta = core::Decode(group->body, core::kDeltaLimits, moves);
  if (!delta.ok()) return "";
  for (const core::Cell& cell : delta->cells) {
    for (const core::Sibling& sibling : cell.siblings) {
      if (!IsWord(sibling.value)) continue;
      arrived_[sibling.value] = row.disposition();
      arrived_at_.emplace(sibling.value, seq);
    }
  }
  if (row.disposition() != v1::DISPOSITION_COMMITTED) return "";
  const core::Dot dot{row.replica(), row.n()};
  if (!stamps_.emplace(dot, row.stamp()).second) {
    return absl::StrCat("I3: a dot was committed twice, the second time at ", seq);
  }
  for (const core::Cell& cell : delta->cells) {
    for (const core::Dot& seen : cell.seen) {
      const auto before = stamps_.find(seen);
      if (seen == dot || before == stamps_.end() || before->second < row.stamp()) continue;
      return absl::StrCat("I8: group ", seq, " of ", row.replica() % 1000, "/", row.n(),
                          " is timed ", row.stamp(),
                          ", before what its writer had seen: ", seen.replica % 1000, "/",
                          seen.count, " at ", before->second, row.refilled() ? ", refilled" : "");
    }
  }
  core::Attribute(*delta, dot, *core::Id16::FromBytes(row.author()));
  core::Stamp(*delta, dot, row.stamp());
  core::JoinInto(committed_[group->facet], *std::move(delta), nullptr);
  return "";
}

std::string Ledger::CheckFacet(const core::FacetId& id, const core::Facet& committed,
                               const core::Facet& held, uint64_t server_replica) const {
  for (const core::Cell& cell : committed.cells) {
    const core::Cell* there = held.Find(cell.path);
    if (there == nullptr) return absl::StrCat("I2: a cell of ", Named(id), " is gone");
    for (const core::Dot& seen : cell.seen) {
      if (!core::Covers(*there, seen)) {
        return absl::StrCat("I2: facet ", Named(id), " has not heard of a committed value");
      }
    }
    // The server itself replaces a value only where an intent asks it to.
    if (core::SeenCount(*there, server_replica) != 0) continue;
    for (const core::Sibling& sibling : cell.siblings) {
      const auto same =
          std::find_if(there->siblings.begin(), there->siblings.end(),
                       [&](const core::Sibling& other) { return other.dot == sibling.dot; });
      if (same == there->siblings.end()) {
        return absl::StrCat("I2: a value in ", Named(id),
                            " is gone, and nobody who saw it replaced it");
      }
      if (!(*same == sibling)) {
        return absl::StrCat("I3: a value in ", Named(id), " has another author, time or content");
      }
    }
  }
  for (const core::Cell& cell : held.cells) {
    for (size_t i = 1; i < cell.siblings.size(); ++i) {
      if (cell.siblings[i].dot.replica != cell.siblings[i - 1].dot.replica) continue;
      if (cell.siblings[i].dot.replica == server_replica) continue;
      return absl::StrCat("I2: a tablet wrote in ", Named(id),
                          " without seeing its own earlier words");
    }
  }
  return "";
}

std::string Ledger::CheckServer() {
  if (!server_.is_up()) return "";
  if (std::string wrong = ReadLog(); !wrong.empty()) return wrong;
  disk::HeadRow head;
  const auto stored = server_.engine().Get(Family::kMeta, storage::HeadKey(server_.tenant()));
  if (!stored.ok() || !head.ParseFromString(*stored)) return "the head cannot be read";
  if (!log_.empty() && head.seq() != log_.rbegin()->first) {
    return absl::StrCat("I12: the head stands at ", head.seq(), ", the log at ",
                        log_.rbegin()->first);
  }
  uint64_t taken = 0;
  for (const auto& [disposition, count] : dispositions_) {
    taken += count;
    const int d = static_cast<int>(disposition);
    if (d >= head.dispositions_size() || head.dispositions(d) != count) {
      return absl::StrCat("I16: ", count, " groups of disposition ", d, " were taken, ",
                          d < head.dispositions_size() ? head.dispositions(d) : 0, " are counted");
    }
  }
  for (const auto& [seq, logged] : log_) {
    const auto bytes = server_.engine().Get(Family::kLog, storage::OplogKey(server_.tenant(), seq));
    disk::LogRow row;
    if (!bytes.ok() || !row.ParseFromString(*bytes)) {
      return absl::StrCat("I16: what was taken as ", seq, " is not in the log");
    }
    if (FixedPart(row) != logged.row_hash) {
      return absl::StrCat("I3: what became of ", seq, " was decided again");
    }
    if (!row.group().empty() && HashOf(row.group()) != logged.group_hash) {
      return absl::StrCat("I3: the number ", seq, " was given twice");
    }
    if (row.group().empty() && !logged.group_hash.empty() && !IsErased(logged.record)) {
      return absl::StrCat("I2: the words of ", seq, " are gone");
    }
  }
  for (const auto& [id, committed] : committed_) {
    const auto bytes =
        server_.engine().Get(Family::kState, storage::FacetKey(server_.tenant(), id));
    disk::FacetRow row;
    if (!bytes.ok() || !row.ParseFromString(*bytes)) {
      if (IsErased(id.record)) continue;
      return absl::StrCat("I2: facet ", Named(id), " is gone");
    }
    const core::Result<core::Facet> held = core::Decode(row.facet(), core::kFacetLimits);
    if (!held.ok()) return absl::StrCat("facet ", Named(id), " cannot be read");
    std::string wrong = CheckFacet(id, committed, *held, head.replica());
    if (!wrong.empty()) return wrong;
  }
  const std::string prefix = storage::FacetPrefix(server_.tenant());
  const auto snapshot = server_.engine().NewSnapshot();
  const auto cursor = snapshot->NewCursor(Family::kState, prefix, storage::EndOfPrefix(prefix));
  for (; cursor->Valid(); cursor->Next()) {
    const core::FacetId id = storage::ParseFacetKey(cursor->key())->facet;
    if (IsErased(id.record)) return absl::StrCat("I7: facet ", Named(id), " of an erased record");
    if (id.facet_class != core::kVersion) continue;
    disk::FacetRow row;
    row.ParseFromArray(cursor->value().data(), static_cast<int>(cursor->value().size()));
    const auto [version, is_new] = versions_.try_emplace(id, row.digest());
    if (!is_new && version->second != row.digest()) {
      return absl::StrCat("I10: version ", Named(id), " was shared, and changed since");
    }
  }
  return cursor->status().ok() ? "" : cursor->status().ToString();
}

std::string Ledger::CheckAnswers(SimulatedTablet& tablet) {
  if (!server_.is_up()) return "";
  for (const core::Id16& person : tablet.people()) {
    std::string wrong;
    const absl::Status read =
        tablet.StoreOf(person).outbox().ForEach([&](const tools::Outbox::Kept& kept) {
          if (!kept.row.has_result() || kept.row.unproven() || !wrong.empty()) return;
          const v1::PushResult& result = kept.row.result();
          const auto logged = log_.find(result.seq());
          if (logged == log_.end()) {
            wrong = absl::StrCat("I16: a tablet was answered for ", result.seq(),
                                 ", which nobody knows");
          } else if (!logged->second.group_hash.empty() &&
                     logged->second.group_hash != HashOf(kept.row.group())) {
            wrong = absl::StrCat("I2: a tablet was answered for ", result.seq(),
                                 ", which is another group");
          } else if (logged->second.disposition != static_cast<uint32_t>(result.disposition())) {
            wrong = absl::StrCat("I3: ", result.seq(), " was answered as something else");
          }
        });
    if (!read.ok()) return read.ToString();
    if (!wrong.empty()) return wrong;
  }
  return "";
}

std::string Ledger::CheckWords() {
  if (std::string wrong = CheckServer(); !wrong.empty()) return wrong;
  std::set<std::string> replaced = removed_;
  for (const Word& word : words_) {
    const auto arrived = arrived_.find(word.text);
    // What was written over it on the same tablet before it was sent may have gone instead of it.
    if (arrived == arrived_.end() && !word.went_with_its_tablet && !IsErased(word.facet.record) &&
        removed_.count(word.text) == 0) {
      bool was_squashed = false;
      for (const Word& other : words_) {
        was_squashed =
            was_squashed || (other.tablet == word.tablet && other.facet == word.facet &&
                             other.path == word.path && other.seen.count(word.text) != 0);
      }
      if (!was_squashed) return absl::StrCat("I2: ", word.text, " never arrived");
    }
    if (arrived != arrived_.end() && arrived->second == v1::DISPOSITION_COMMITTED) {
      replaced.insert(word.seen.begin(), word.seen.end());
    }
  }
  // A word that was replaced before it was committed had replaced others: whoever replaced it, on
  // the tablet that alone shows it, had seen those go. Later words come later.
  for (auto word = words_.rbegin(); word != words_.rend(); ++word) {
    const auto arrived = arrived_.find(word->text);
    const bool is_committed =
        arrived != arrived_.end() && arrived->second == v1::DISPOSITION_COMMITTED;
    if (is_committed || replaced.count(word->text) == 0) continue;
    replaced.insert(word->seen.begin(), word->seen.end());
  }
  for (const Word& word : words_) {
    const auto arrived = arrived_.find(word.text);
    if (arrived == arrived_.end() || arrived->second != v1::DISPOSITION_COMMITTED) continue;
    if (replaced.count(word.text) != 0 || IsErased(word.facet.record)) continue;
    const auto bytes =
        server_.engine().Get(Family::kState, storage::FacetKey(server_.tenant(), word.facet));
    disk::FacetRow row;
    if (!bytes.ok() || !row.ParseFromString(*bytes)) {
      return absl::StrCat("I2: the page with ", word.text, " is gone");
    }
    const core::Facet held = *core::Decode(row.facet(), core::kFacetLimits);
    const core::Cell* cell = held.Find(word.path);
    const bool is_there =
        cell != nullptr &&
        std::any_of(cell->siblings.begin(), cell->siblings.end(),
                    [&](const core::Sibling& one) { return one.value == word.text; });
    if (!is_there) {
      return absl::StrCat("I2: ", word.text, " was replaced by somebody who never saw it");
    }
  }
  return "";
}

}  // namespace halfterm::testing
