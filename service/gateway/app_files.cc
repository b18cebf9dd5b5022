#include "service/gateway/app_files.h"

#include <openssl/sha.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "service/gateway/gzip.h"

namespace halfterm::service {
namespace {

namespace fs = std::filesystem;

constexpr size_t kEtagBytes = 16;
constexpr size_t kHashCharacters = 8;
constexpr size_t kWorthCompressingBytes = 1024;
constexpr absl::string_view kIndex = "/index.html";

constexpr char kMissingPage[] =
    "<!doctype html>\n<html lang=\"en-GB\"><meta charset=\"utf-8\"><title>Halfterm</title>\n"
    "<h1>The tablet app is not here</h1>\n"
    "<p>This server runs, but it found no built app. In Halfterm's source folder:</p>\n"
    "<pre>tools/setup\ntools/build release tablet_app</pre>\n"
    "<p>Then start halftermd again, or tell it where the app is: <code>halftermd --app "
    "DIR</code>.</p>\n"
    "</html>\n";

std::string TypeOf(absl::string_view path) {
  static const std::map<absl::string_view, absl::string_view> kTypes = {
      {"html", "text/html; charset=utf-8"},
      {"js", "text/javascript; charset=utf-8"},
      {"mjs", "text/javascript; charset=utf-8"},
      {"css", "text/css; charset=utf-8"},
      {"json", "application/json"},
      {"map", "application/json"},
      {"webmanifest", "application/manifest+json"},
      {"wasm", "application/wasm"},
      {"svg", "image/svg+xml"},
      {"png", "image/png"},
      {"jpg", "image/jpeg"},
      {"webp", "image/webp"},
      {"ico", "image/x-icon"},
      {"woff2", "font/woff2"},
      {"txt", "text/plain; charset=utf-8"}};
  const auto type = kTypes.find(path.substr(path.rfind('.') + 1));
  return std::string(type == kTypes.end() ? "application/octet-stream" : type->second);
}

// Pictures and fonts are compressed already.
bool IsWorthCompressing(absl::string_view type, size_t bytes) {
  return bytes >= kWorthCompressingBytes &&
         (absl::StartsWith(type, "text/") || absl::StrContains(type, "json") ||
          type == "application/wasm" || type == "image/svg+xml");
}

// What the app's build names after its content: assets/name-0a1B2c3d.js.
bool IsNamedAfterItsContent(absl::string_view path) {
  if (!absl::StartsWith(path, "/assets/")) return false;
  const absl::string_view stem = path.substr(0, path.rfind('.'));
  return stem.size() > kHashCharacters && stem[stem.size() - kHashCharacters - 1] == '-';
}

// What a path can spell without escapes.
bool IsPlainPath(absl::string_view path) {
  return std::all_of(path.begin(), path.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           absl::StrContains("/._-", absl::string_view(&c, 1));
  });
}

std::string EtagOf(absl::string_view bytes) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest);
  return absl::StrCat(
      "\"", absl::BytesToHexString(absl::string_view(reinterpret_cast<char*>(digest), kEtagBytes)),
      "\"");
}

// `gzip;q=0` is a refusal; `*` is none of our two names, and what does not name them gets neither.
bool Accepts(absl::string_view accept_encoding, absl::string_view coding) {
  for (const absl::string_view entry : absl::StrSplit(accept_encoding, ',')) {
    const std::vector<absl::string_view> parts = absl::StrSplit(entry, ';');
    if (!absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(parts[0]), coding)) continue;
    absl::string_view weight =
        parts.size() > 1 ? absl::StripAsciiWhitespace(parts[1]) : absl::string_view();
    double q = 1;
    return !absl::ConsumePrefix(&weight, "q=") || (absl::SimpleAtod(weight, &q) && q > 0);
  }
  return false;
}

bool Matches(absl::string_view if_none_match, absl::string_view etag) {
  for (absl::string_view entry : absl::StrSplit(if_none_match, ',')) {
    entry = absl::StripAsciiWhitespace(entry);
    absl::ConsumePrefix(&entry, "W/");
    if (entry == etag || entry == "*") return true;
  }
  return false;
}

// A route of the app, not a file: no part of it has a dot.
bool IsRoute(absl::string_view path) {
  return IsPlainPath(path) && !absl::StrContains(path, ".") && !absl::StrContains(path, "//");
}

WebAnswer Page(int status, std::string type, std::string body) {
  WebAnswer answer;
  answer.status = status;
  answer.fields = {{"content-type", std::move(type)}, {"cache-control", "no-cache"}};
  answer.body = std::make_shared<const std::string>(std::move(body));
  return answer;
}

}  // namespace

absl::StatusOr<AppFiles> AppFiles::Load(const std::string& folder) {
  AppFiles app;
  std::error_code error;
  fs::recursive_directory_iterator entries(folder, error), end;
  for (; !error && entries != end; entries.increment(error)) {
    if (!entries->is_regular_file(error)) continue;
    std::string path =
        absl::StrCat("/", entries->path().lexically_relative(folder).generic_string());
    if (!IsPlainPath(path)) continue;
    std::ifstream in(entries->path(), std::ios::binary);
    Copy copy;
    copy.bytes = std::make_shared<const std::string>(std::istreambuf_iterator<char>(in),
                                                     std::istreambuf_iterator<char>());
    if (!in.good() && !in.eof()) {
      return absl::UnavailableError(absl::StrCat("cannot read ", entries->path().string()));
    }
    copy.etag = EtagOf(*copy.bytes);
    std::string coding;
    if (absl::EndsWith(path, ".gz")) coding = "gzip";
    if (absl::EndsWith(path, ".br")) coding = "br";
    if (!coding.empty()) path.resize(path.rfind('.'));
    File& file = app.files_[path];
    file.type = TypeOf(path);
    file.is_immutable = IsNamedAfterItsContent(path);
    file.copies[coding] = std::move(copy);
  }
  if (error) return absl::UnavailableError(absl::StrCat("cannot read ", folder));
  for (auto file = app.files_.begin(); file != app.files_.end();) {
    std::map<std::string, Copy>& copies = file->second.copies;
    if (copies.count("") == 0) {  // A compressed copy of nothing is no file of the app.
      file = app.files_.erase(file);
      continue;
    }
    if (copies.size() == 1 && IsWorthCompressing(file->second.type, copies[""].bytes->size())) {
      std::string compressed = Gzip(*copies[""].bytes);
      const std::string etag = EtagOf(compressed);
      if (!compressed.empty()) {
        copies["gzip"] = {std::make_shared<const std::string>(std::move(compressed)), etag};
      }
    }
    ++file;
  }
  if (app.files_.count(kIndex) == 0) {
    return absl::NotFoundError(absl::StrCat("no app in ", folder, ": it has no index.html"));
  }
  return app;
}

AppFiles AppFiles::Missing() { return AppFiles(); }

std::string AppFiles::Find(const std::string& program) {
  const fs::path beside = fs::path(program).parent_path();
  for (const fs::path& place :
       {beside / "app", beside / "../share/halfterm/app", beside / "../tablet/app"}) {
    std::error_code error;
    if (fs::is_regular_file(place / "index.html", error)) return place.lexically_normal().string();
  }
  return "";
}

WebAnswer AppFiles::Get(const Request& request) const {
  if (files_.empty()) return Page(503, "text/html; charset=utf-8", kMissingPage);
  absl::string_view path = request.target;
  path = path.substr(0, path.find('?'));
  if (IsRoute(path)) path = kIndex;
  const auto found = files_.find(path);
  if (found == files_.end())
    return Page(404, "text/plain; charset=utf-8", "There is no such page.\n");
  const File& file = found->second;

  const absl::string_view accepted = request.Value("accept-encoding");
  auto copy = file.copies.find("");
  for (const char* coding : {"br", "gzip"}) {
    const auto compressed = file.copies.find(coding);
    if (compressed != file.copies.end() && Accepts(accepted, coding)) {
      copy = compressed;
      break;
    }
  }
  WebAnswer answer;
  answer.fields = {
      {"etag", copy->second.etag},
      {"cache-control", file.is_immutable ? "public, max-age=31536000, immutable" : "no-cache"}};
  if (file.copies.size() > 1) answer.fields.emplace_back("vary", "accept-encoding");
  if (Matches(request.Value("if-none-match"), copy->second.etag)) {
    answer.status = 304;
    return answer;
  }
  answer.fields.emplace_back("content-type", file.type);
  if (!copy->first.empty()) answer.fields.emplace_back("content-encoding", copy->first);
  answer.body = copy->second.bytes;
  return answer;
}

}  // namespace halfterm::service
