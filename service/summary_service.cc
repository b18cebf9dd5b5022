#include "service/summary_service.h"

#include <chrono>
#include <utility>

namespace halfterm::service {

using Bytes = grpc::ByteBuffer;
using Context = grpc::CallbackServerContext;

SummaryService::SummaryService(const Gate& gate, const storage::SummaryReader& reader,
                               storage::ReadTrail& trail, const storage::Clock& clock,
                               WorkerPool& reads, LatencyRing& times)
    : reads_(gate, clock, reads), reader_(reader), trail_(trail), times_(times) {}

grpc::ServerUnaryReactor* SummaryService::Teacher(Context* context, const Bytes* bytes,
                                                  Bytes* reply) {
  return Read(context, *bytes, reply, &storage::SummaryReader::Teacher);
}

grpc::ServerUnaryReactor* SummaryService::Department(Context* context, const Bytes* bytes,
                                                     Bytes* reply) {
  return Read(context, *bytes, reply, &storage::SummaryReader::Department);
}

grpc::ServerUnaryReactor* SummaryService::School(Context* context, const Bytes* bytes,
                                                 Bytes* reply) {
  return Read(context, *bytes, reply, &storage::SummaryReader::School);
}

grpc::ServerUnaryReactor* SummaryService::Coverage(Context* context, const Bytes* bytes,
                                                   Bytes* reply) {
  return Read(context, *bytes, reply, &storage::SummaryReader::Coverage);
}

template <class Request, class Reply>
grpc::ServerUnaryReactor* SummaryService::Read(Context* context, const Bytes& bytes, Bytes* reply,
                                               ReaderCall<Request, Reply> call) {
  // A measurement, in microseconds; no rule reads it.
  const auto start = std::chrono::steady_clock::now();
  return reads_.ForReader<Request>(
      context, bytes, reply, trail_,
      [this, call, start](const storage::Caller& caller, const Request& request) {
        absl::StatusOr<Reply> read = (reader_.*call)(caller, request);
        if (read.ok()) {
          absl::Status noted = trail_.Note(caller, *read);
          if (!noted.ok()) read = std::move(noted);
        }
        const auto took = std::chrono::steady_clock::now() - start;
        times_.Add(static_cast<uint64_t>(
            std::chrono::duration_cast<std::chrono::microseconds>(took).count()));
        return read;
      });
}

}  // namespace halfterm::service
