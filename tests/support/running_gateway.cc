#include "tests/support/running_gateway.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace halfterm::testing {
namespace {

grpc::ByteBuffer BufferOf(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::string BytesOfBuffer(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  buffer.Dump(&slices);
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

class AskedCall final : public grpc::ServerGenericBidiReactor {
 public:
  AskedCall(grpc::GenericCallbackServerContext* context, AskedServices& services)
      : context_(context), services_(services), method_(context->method()) {
    StartRead(&request_);
  }

 private:
  void OnReadDone(bool ok) override {
    if (!ok) return Finish({grpc::StatusCode::INVALID_ARGUMENT, "no message"});
    const std::string asked = BytesOfBuffer(request_);
    if (method_ == "/test.Calls/Stream") {
      const std::vector<std::string> numbers = absl::StrSplit(asked, ' ');
      left_ = std::stoi(numbers[0]);
      reply_ = BufferOf(std::string(std::stoul(numbers[1]), 's'));
    } else if (method_ == "/test.Calls/Fail") {
      const std::pair<std::string, std::string> words =
          absl::StrSplit(asked, absl::MaxSplits(' ', 1));
      context_->AddTrailingMetadata("grpc-retry-pushback-ms", "750");
      context_->AddTrailingMetadata("x-halfterm-why", "asked");
      context_->AddTrailingMetadata("x-other", "stays inside");
      return Finish({static_cast<grpc::StatusCode>(std::stoi(words.first)), words.second});
    } else if (method_ == "/test.Calls/Seen") {
      reply_ = BufferOf(Seen());
    } else if (method_ == "/test.Calls/Echo" || method_ == "/test.Calls/Half" ||
               method_ == "/test.Calls/Wait") {
      reply_ = request_;
    } else {
      return Finish({grpc::StatusCode::UNIMPLEMENTED, ""});
    }
    if (method_ == "/test.Calls/Wait") {
      waits_ = true;
      ++services_.waiting;
    }
    GoOn();
  }

  std::string Seen() const {
    std::vector<std::string> lines;
    for (const auto& [name, value] : context_->client_metadata()) {
      lines.push_back(absl::StrCat(std::string(name.data(), name.size()), ": ",
                                   std::string(value.data(), value.size())));
    }
    std::sort(lines.begin(), lines.end());
    const auto left = context_->deadline() - std::chrono::system_clock::now();
    if (left < std::chrono::hours(24)) {
      lines.push_back(absl::StrCat(
          "deadline ", std::chrono::duration_cast<std::chrono::milliseconds>(left).count()));
    }
    return absl::StrJoin(lines, "\n");
  }

  void GoOn() {
    if (left_-- > 0) {
      StartWrite(&reply_);
    } else if (method_ == "/test.Calls/Half") {
      Finish({grpc::StatusCode::ABORTED, "half way"});
    } else if (!waits_) {
      Finish(grpc::Status::OK);
    }
  }

  void OnWriteDone(bool ok) override {
    if (!ok) {
      if (!waits_) Finish({grpc::StatusCode::CANCELLED, ""});
      return;
    }
    if (method_ == "/test.Calls/Stream") ++services_.written;
    GoOn();
  }

  void OnCancel() override {
    if (waits_) Finish({grpc::StatusCode::CANCELLED, ""});
  }

  void OnDone() override {
    if (waits_) --services_.waiting;
    delete this;
  }

  grpc::GenericCallbackServerContext* const context_;
  AskedServices& services_;
  const std::string method_;
  grpc::ByteBuffer request_, reply_;
  int left_ = 1;
  std::atomic<bool> waits_{false};
};

}  // namespace

grpc::ServerGenericBidiReactor* AskedServices::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  ++begun;
  return new AskedCall(context, *this);
}

RunningGateway::RunningGateway(const service::WebLimits& limits) {
  const std::filesystem::path app = std::filesystem::path(folder()) / "app";
  std::filesystem::create_directories(app / "assets");
  std::ofstream(app / "index.html") << "<!doctype html><title>A page</title>\n";
  std::ofstream(app / "assets/app-0a1B2c3d.js") << "1;\n";
  std::ofstream(std::filesystem::path(folder()) / "secret.txt") << "secret";

  grpc::ServerBuilder builder;
  builder.RegisterCallbackGenericService(&services);
  server_ = builder.BuildAndStart();
  absl::StatusOr<service::AppFiles> files = service::AppFiles::Load(app.string());
  EXPECT_TRUE(files.ok()) << files.status();
  absl::StatusOr<std::unique_ptr<service::Gateway>> gateway =
      service::Gateway::Start({"127.0.0.1:0", limits}, *std::move(files),
                              server_->InProcessChannel(grpc::ChannelArguments()));
  EXPECT_TRUE(gateway.ok()) << gateway.status();
  gateway_ = *std::move(gateway);
}

RunningGateway::~RunningGateway() {
  gateway_->Drain(std::chrono::milliseconds(0));
  server_->Shutdown();
  server_->Wait();
}

std::string RunningGateway::Post(const std::string& method, const std::string& body,
                                 const std::string& fields, const std::string& type) {
  return absl::StrCat("POST /test.Calls/", method,
                      " HTTP/1.1\r\nHost: a.school\r\nContent-Type: ", type, "\r\n", fields,
                      "Content-Length: ", body.size(), "\r\n\r\n", body);
}

std::string RunningGateway::Get(const std::string& target, const std::string& fields) {
  return absl::StrCat("GET ", target, " HTTP/1.1\r\nHost: a.school\r\n", fields, "\r\n");
}

RawAnswer RunningGateway::Ask(const std::string& bytes) {
  RawHttp http(port());
  http.Send(bytes);
  return http.Read();
}

void RunningGateway::ExpectItServes() {
  const RawFrames frames = FramesOf(Ask(Post("Echo", Framed("an honest call"))));
  EXPECT_THAT(frames.messages, ::testing::ElementsAre("an honest call"));
  const auto status = frames.trailers.find("grpc-status");
  EXPECT_EQ(status == frames.trailers.end() ? "none" : status->second, "0");
}

}  // namespace halfterm::testing
