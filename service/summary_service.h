// halfterm.v1.Summaries for gRPC: authorise, call, answer.

#ifndef HALFTERM_SERVICE_SUMMARY_SERVICE_H_
#define HALFTERM_SERVICE_SUMMARY_SERVICE_H_
#include <grpcpp/grpcpp.h>

#include "halfterm/v1/summary.grpc.pb.h"
#include "service/caller_of.h"
#include "service/latency_ring.h"
#include "service/read_lane.h"
#include "service/worker_pool.h"
#include "storage/audit/read_trail.h"
#include "storage/clock.h"
#include "storage/summary/summary_reader.h"

namespace halfterm::service {

using RawSummaries = v1::Summaries::WithRawCallbackMethod_Teacher<
    v1::Summaries::WithRawCallbackMethod_Department<v1::Summaries::WithRawCallbackMethod_School<
        v1::Summaries::WithRawCallbackMethod_Coverage<v1::Summaries::Service>>>>;

// Called by gRPC's threads; nothing here waits.
class SummaryService final : public RawSummaries {
 public:
  // All must outlive the service. `times` gets the time of each read from the handler's start to
  // its answer, the wait for a thread included, that for the note of a first reading not.
  SummaryService(const Gate& gate, const storage::SummaryReader& reader, storage::ReadTrail& trail,
                 const storage::Clock& clock, WorkerPool& reads, LatencyRing& times);

  grpc::ServerUnaryReactor* Teacher(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* bytes,
                                    grpc::ByteBuffer* reply) override;
  grpc::ServerUnaryReactor* Department(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* bytes,
                                       grpc::ByteBuffer* reply) override;
  grpc::ServerUnaryReactor* School(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* bytes, grpc::ByteBuffer* reply) override;
  grpc::ServerUnaryReactor* Coverage(grpc::CallbackServerContext* context,
                                     const grpc::ByteBuffer* bytes,
                                     grpc::ByteBuffer* reply) override;

 private:
  template <class Request, class Reply>
  using ReaderCall = absl::StatusOr<Reply> (storage::SummaryReader::*)(const storage::Caller&,
                                                                       const Request&) const;
  template <class Request, class Reply>
  grpc::ServerUnaryReactor* Read(grpc::CallbackServerContext* context,
                                 const grpc::ByteBuffer& bytes, grpc::ByteBuffer* reply,
                                 ReaderCall<Request, Reply> call);

  const ReadLane reads_;
  const storage::SummaryReader& reader_;
  storage::ReadTrail& trail_;
  LatencyRing& times_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_SUMMARY_SERVICE_H_
