#include "service/summary_service.h"

#include <chrono>
#include <utility>

#include "service/answer.h"
#include "service/limits.h"
#include "service/messages.h"
#include "service/reading.h"

namespace halfterm::service {

using Bytes = grpc::ByteBuffer;
using Context = grpc::CallbackServerContext;

SummaryService::SummaryService(const Gate& gate, const storage::SummaryReader& reader,
                               storage::ReadTrail& trail, const storage::Clock& clock,
                               WorkerPool& reads, LatencyRing& times)
    : gate_(gate), reader_(reader), trail_(trail), clock_(clock), reads_(reads), times_(times) {}

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
  const Answer answer(context, reply, clock_, kUnaryMs);
  const absl::StatusOr<storage::Caller> caller = gate_.CallerOf(*context);
  if (!caller.ok()) return answer.Refuse(caller.status());
  absl::StatusOr<Request> request = Decode<Request>(bytes);
  if (!request.ok()) return answer.Refuse(request.status());

  return AnswerFrom(reads_, Urgency::kInteractive, answer,
                    [this, call, start, caller = *caller, request = *std::move(request)] {
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
