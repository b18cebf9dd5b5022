#include "tools/workload/gesture_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tools/workload/gesture_line.h"
#include "tools/workload/json_fields.h"

namespace halfterm::tools {
namespace {

using nlohmann::json;
using Place = std::pair<size_t, core::Id16>;

// Reads one file after another into one workload.
class FileReader {
 public:
  explicit FileReader(const RosterReader& read_roster) : read_roster_(read_roster) {}

  absl::Status Read(const std::string& file) {
    file_ = file;
    number_ = 0;
    std::ifstream in(file);
    if (!in) return absl::NotFoundError(absl::StrCat(file, ": cannot be read"));
    first_phase_ = workload_.phases.size();
    std::string text;
    while (std::getline(in, text)) {
      ++number_;
      const json parsed = json::parse(text, nullptr, false);
      JsonFields line(parsed);
      absl::Status read = number_ == 1 ? ReadHead(line) : ReadLine(line);
      if (read.ok() && !line.wrong().empty()) {
        read = Wrong(absl::StrCat("`", line.wrong(), "` is missing or wrong"));
      }
      if (!read.ok()) return read;
    }
    return number_ > 0 ? absl::OkStatus() : Wrong("an empty file");
  }

  Workload Take() {
    workload_.people.resize(workload_.tablets);
    for (const auto& [tablet, person] : stores_) workload_.people[tablet].push_back(person);
    workload_.periods.assign(periods_.begin(), periods_.end());
    return std::move(workload_);
  }

 private:
  absl::Status Wrong(const std::string& what) const {
    return absl::InvalidArgumentError(absl::StrCat(file_, ":", number_, ": ", what));
  }

  absl::Status ReadHead(JsonFields& head) {
    if (head.Number("workload") != 1) return Wrong("a workload of another version");
    const std::string tenant = head.Text("tenant");
    if (!workload_.tenant.empty() && workload_.tenant != tenant) {
      return Wrong("a workload of another school");
    }
    workload_.tenant = tenant;
    workload_.sealing = Sealing::kWhenSent;
    workload_.tablets = std::max<size_t>(workload_.tablets, head.Small("tablets", 10'000));
    workload_.phases.resize(first_phase_ + head.Small("phases", 10'000));
    workload_.lost_reply_percent = static_cast<int>(head.Small("lost_reply_percent", 90));
    const uint32_t half_term = head.Small("half_term", 65'535);
    periods_.insert(half_term);
    // Lessons may be moved, and last half-term's records are still worked on.
    if (half_term % 8 > 1) periods_.insert(half_term - 1);
    if (head.Has("clock_offset_ms")) {
      for (const auto& item : head.Object("clock_offset_ms").items()) {
        size_t tablet = 0;
        if (!absl::SimpleAtoi(item.key(), &tablet) || !item.value().is_number_integer()) {
          head.Wrong("clock_offset_ms");
          continue;
        }
        workload_.clock_offset_ms[tablet] = item.value().get<int64_t>();
      }
    }
    works_.clear();
    return absl::OkStatus();
  }

  absl::Status ReadLine(JsonFields& line) {
    const size_t in_file = line.Small("phase", 10'000);
    if (in_file < 1 || first_phase_ + in_file > workload_.phases.size()) {
      line.Wrong("phase");
      return absl::OkStatus();
    }
    Phase& phase = workload_.phases[first_phase_ + in_file - 1];
    if (line.Text("do") == "import") return ReadImport(line, phase);
    const size_t tablet = line.Small("tablet", 10'000);
    Gesture gesture = ReadGesture(line);
    if (!line.wrong().empty()) return absl::OkStatus();
    if (tablet >= workload_.tablets) return Wrong("a tablet that the first line does not count");
    stores_.emplace(tablet, gesture.person);
    const auto [place, is_new] =
        works_.try_emplace({in_file, {tablet, gesture.person}}, phase.work.size());
    if (is_new) phase.work.push_back({tablet, gesture.person, {}});
    phase.work[place->second].gestures.push_back(std::move(gesture));
    return absl::OkStatus();
  }

  absl::Status ReadImport(JsonFields& line, Phase& phase) {
    const std::string folder =
        (std::filesystem::path(file_).parent_path() / line.Text("roster")).lexically_normal();
    if (!line.wrong().empty()) return absl::OkStatus();
    absl::StatusOr<v1::ImportRequest> roster = read_roster_(folder);
    if (!roster.ok()) return roster.status();
    roster->set_tenant(workload_.tenant);
    roster->set_complete(true);
    phase.import = *std::move(roster);
    return absl::OkStatus();
  }

  const RosterReader& read_roster_;
  std::string file_;
  size_t number_ = 0;
  size_t first_phase_ = 0;  // Of the file.
  Workload workload_;
  std::set<Place> stores_;
  std::set<uint32_t> periods_;
  std::map<std::pair<size_t, Place>, size_t> works_;  // By phase of the file and store.
};

}  // namespace

absl::StatusOr<Workload> ReadGestureFiles(const std::vector<std::string>& files,
                                          const RosterReader& read_roster) {
  FileReader reader(read_roster);
  for (const std::string& file : files) {
    if (absl::Status read = reader.Read(file); !read.ok()) return read;
  }
  return reader.Take();
}

}  // namespace halfterm::tools
