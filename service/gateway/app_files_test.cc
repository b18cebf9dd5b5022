// A built app in a folder, and what a browser gets of it.
#include "service/gateway/app_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "tests/support/temporary_directory.h"

namespace halfterm::service {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class AppFilesTest : public ::testing::Test {
 protected:
  AppFilesTest() {
    Write("index.html", "the page");
    Write("sw.js", "the worker");
    Write("manifest.webmanifest", "{}");
    Write("assets/app-0a1B2c3d.js", "the app");
    Write("assets/app-0a1B2c3d.js.gz", "the app in gzip");
    Write("assets/app-0a1B2c3d.js.br", "the app in brotli");
    Write("assets/core-abcd_123.wasm", "the core");
    Write("assets/logo.svg", "the logo");
  }

  void Write(const std::string& path, const std::string& content) {
    const fs::path file = fs::path(folder_.path()) / path;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << content;
  }

  WebAnswer Get(const std::string& target, std::vector<Request::Field> fields = {}) {
    const absl::StatusOr<AppFiles> app = AppFiles::Load(folder_.path());
    if (!app.ok()) {
      ADD_FAILURE() << app.status();
      return {};
    }
    Request request;
    request.target = target;
    request.fields = std::move(fields);
    return app->Get(request);
  }

  static std::string Field(const WebAnswer& answer, const std::string& name) {
    const std::map<std::string, std::string> fields(answer.fields.begin(), answer.fields.end());
    const auto field = fields.find(name);
    return field == fields.end() ? "" : field->second;
  }

  testing::TemporaryDirectory folder_;
};

TEST_F(AppFilesTest, EachKindOfFileHasItsTypeAndItsLifetime) {
  const std::string for_ever = "public, max-age=31536000, immutable";
  const struct {
    const char *target, *content, *type, *lifetime;
  } cases[] = {
      {"/", "the page", "text/html; charset=utf-8", "no-cache"},
      {"/index.html", "the page", "text/html; charset=utf-8", "no-cache"},
      {"/visits/today?day=1", "the page", "text/html; charset=utf-8", "no-cache"},
      {"/sw.js", "the worker", "text/javascript; charset=utf-8", "no-cache"},
      {"/manifest.webmanifest", "{}", "application/manifest+json", "no-cache"},
      {"/assets/app-0a1B2c3d.js", "the app", "text/javascript; charset=utf-8", for_ever.c_str()},
      {"/assets/core-abcd_123.wasm", "the core", "application/wasm", for_ever.c_str()},
      {"/assets/logo.svg", "the logo", "image/svg+xml", "no-cache"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.target);
    const WebAnswer answer = Get(c.target);
    EXPECT_EQ(answer.status, 200);
    ASSERT_NE(answer.body, nullptr);
    EXPECT_EQ(*answer.body, c.content);
    EXPECT_EQ(Field(answer, "content-type"), c.type);
    EXPECT_EQ(Field(answer, "cache-control"), c.lifetime);
  }
}

TEST_F(AppFilesTest, ACompressedCopyGoesToWhoeverTakesIt) {
  const struct {
    const char *accepted, *content, *coding;
  } cases[] = {
      {"", "the app", ""},
      {"gzip", "the app in gzip", "gzip"},
      {"gzip, deflate, br", "the app in brotli", "br"},
      {"BR;q=0.1, gzip", "the app in brotli", "br"},
      {"br;q=0, gzip", "the app in gzip", "gzip"},
      {"gzip;q=0.0", "the app", ""},
      {"gzip;q=nonsense", "the app", ""},
      {"xgzip, *", "the app", ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.accepted);
    const WebAnswer answer = Get("/assets/app-0a1B2c3d.js", {{"accept-encoding", c.accepted}});
    EXPECT_EQ(*answer.body, c.content);
    EXPECT_EQ(Field(answer, "content-encoding"), c.coding);
    EXPECT_EQ(Field(answer, "content-type"), "text/javascript; charset=utf-8");
    EXPECT_EQ(Field(answer, "vary"), "accept-encoding") << "whatever was taken this time";
  }
  EXPECT_EQ(Field(Get("/sw.js"), "vary"), "");
}

TEST_F(AppFilesTest, ALongTextWithoutACompressedCopyGetsOne) {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "word " + std::to_string(i) + "\n";
  Write("long.css", text);
  Write("long.png", text);
  const std::vector<Request::Field> accepts = {{"accept-encoding", "gzip"}};
  const WebAnswer answer = Get("/long.css", accepts);
  EXPECT_EQ(Field(answer, "content-encoding"), "gzip");
  EXPECT_LT(answer.body->size(), text.size() / 2);
  std::string plain(text.size() + 1, '\0');
  z_stream stream{};
  ASSERT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(answer.body->data()));
  stream.avail_in = static_cast<uInt>(answer.body->size());
  stream.next_out = reinterpret_cast<Bytef*>(plain.data());
  stream.avail_out = static_cast<uInt>(plain.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  plain.resize(stream.total_out);
  inflateEnd(&stream);
  EXPECT_EQ(plain, text);
  EXPECT_EQ(Field(Get("/long.png", accepts), "content-encoding"), "") << "a picture";
  EXPECT_EQ(Field(Get("/sw.js", accepts), "content-encoding"), "") << "too short to be worth it";
}

TEST_F(AppFilesTest, WhatABrowserHoldsIsNotSentAgain) {
  const std::string etag = Field(Get("/index.html"), "etag");
  const std::string other = Field(Get("/sw.js"), "etag");
  EXPECT_NE(etag, other);
  for (const std::string& held : {etag, "W/" + etag, "\"a\", " + etag, std::string("*")}) {
    const WebAnswer answer = Get("/index.html", {{"if-none-match", held}});
    EXPECT_EQ(answer.status, 304) << held;
    EXPECT_EQ(answer.body, nullptr);
    EXPECT_EQ(Field(answer, "etag"), etag);
    EXPECT_EQ(Field(answer, "cache-control"), "no-cache");
  }
  EXPECT_EQ(Get("/index.html", {{"if-none-match", other}}).status, 200);
  EXPECT_NE(Field(Get("/assets/app-0a1B2c3d.js"), "etag"),
            Field(Get("/assets/app-0a1B2c3d.js", {{"accept-encoding", "br"}}), "etag"))
      << "each copy has its own";
}

TEST_F(AppFilesTest, WhatIsNoFileIsNotFoundAndAFileAddedLaterIsNone) {
  Write("assets/b.js.gz", "a copy of nothing");
  const absl::StatusOr<AppFiles> app = AppFiles::Load(folder_.path());
  ASSERT_TRUE(app.ok());
  EXPECT_EQ(app->count(), 6u);
  Write("later.js", "later");
  for (const char* target : {"/nothing.js", "/assets", "/assets/b.js", "/assets/b.js.gz",
                             "/later.js", "/assets/../index.html", "//index.html"}) {
    Request request;
    request.target = target;
    const int status = app->Get(request).status;
    EXPECT_EQ(status, std::string(target) == "/assets" ? 200 : 404)
        << target << " is a route or not";
  }
}

TEST_F(AppFilesTest, AFolderWithoutAPageIsNoAppAndAServerWithoutAnAppSaysHowToBuildOne) {
  fs::remove(fs::path(folder_.path()) / "index.html");
  EXPECT_EQ(AppFiles::Load(folder_.path()).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(AppFiles::Load(folder_.Path("nowhere")).status().code(),
            absl::StatusCode::kUnavailable);
  const WebAnswer answer = AppFiles::Missing().Get({});
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(*answer.body, HasSubstr("tools/build release tablet_app"));
  EXPECT_EQ(Field(answer, "cache-control"), "no-cache");
}

TEST_F(AppFilesTest, TheAppIsLookedForBesideTheProgramAndWhereItIsBuilt) {
  const fs::path root = folder_.path();
  const std::string program = (root / ".build/release/service/halftermd").string();
  fs::create_directories(root / ".build/release/service");
  EXPECT_EQ(AppFiles::Find(program), "");
  Write(".build/release/tablet/app/index.html", "built");
  EXPECT_EQ(AppFiles::Find(program), (root / ".build/release/tablet/app").string());
  Write(".build/release/share/halfterm/app/index.html", "installed");
  EXPECT_EQ(AppFiles::Find(program), (root / ".build/release/share/halfterm/app").string());
  Write(".build/release/service/app/index.html", "beside");
  EXPECT_EQ(AppFiles::Find(program), (root / ".build/release/service/app").string());
}

}  // namespace
}  // namespace halfterm::service
