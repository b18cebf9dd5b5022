// halfterm.v1.Practice for gRPC: authorise, call, answer.

#ifndef HALFTERM_SERVICE_PRACTICE_SERVICE_H_
#define HALFTERM_SERVICE_PRACTICE_SERVICE_H_
#include <grpcpp/grpcpp.h>

#include "halfterm/v1/practice.grpc.pb.h"
#include "service/caller_of.h"
#include "service/read_lane.h"
#include "service/worker_pool.h"
#include "storage/audit/read_trail.h"
#include "storage/clock.h"
#include "storage/practice/practice_reader.h"

namespace halfterm::service {

using RawPractice = v1::Practice::WithRawCallbackMethod_Load<
    v1::Practice::WithRawCallbackMethod_Trends<v1::Practice::WithRawCallbackMethod_Changes<
        v1::Practice::WithRawCallbackMethod_HeatMap<v1::Practice::WithRawCallbackMethod_WeeklyPack<
            v1::Practice::WithRawCallbackMethod_Cycle<v1::Practice::WithRawCallbackMethod_Helping<
                v1::Practice::WithRawCallbackMethod_Agreement<
                    v1::Practice::WithRawCallbackMethod_Management<v1::Practice::Service>>>>>>>>>;

// Called by gRPC's threads; nothing here waits.
class PracticeService final : public RawPractice {
 public:
  // All must outlive the service.
  PracticeService(const Gate& gate, const storage::PracticeReader& reader,
                  storage::ReadTrail& trail, const storage::Clock& clock, WorkerPool& reads)
      : reads_(gate, clock, reads), reader_(reader), trail_(trail) {}

  grpc::ServerUnaryReactor* Load(grpc::CallbackServerContext* context,
                                 const grpc::ByteBuffer* bytes, grpc::ByteBuffer* reply) override;
  grpc::ServerUnaryReactor* Trends(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* bytes, grpc::ByteBuffer* reply) override;
  grpc::ServerUnaryReactor* Changes(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* bytes,
                                    grpc::ByteBuffer* reply) override;
  grpc::ServerUnaryReactor* HeatMap(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* bytes,
                                    grpc::ByteBuffer* reply) override;
  grpc::ServerUnaryReactor* WeeklyPack(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* bytes,
                                       grpc::ByteBuffer* reply) override;
  grpc::ServerUnaryReactor* Cycle(grpc::CallbackServerContext* context,
                                  const grpc::ByteBuffer* bytes, grpc::ByteBuffer* reply) override;
  grpc::ServerUnaryReactor* Helping(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* bytes,
                                    grpc::ByteBuffer* reply) override;
  grpc::ServerUnaryReactor* Agreement(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* bytes,
                                      grpc::ByteBuffer* reply) override;
  grpc::ServerUnaryReactor* Management(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* bytes,
                                       grpc::ByteBuffer* reply) override;

 private:
  // Answers with what `page` returns for the caller and the request.
  template <class Request, class Reply>
  grpc::ServerUnaryReactor* AnswerPage(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer& bytes, grpc::ByteBuffer* reply,
                                       storage::PracticeReader::Page<Request, Reply> page);
  // The same of a page that names people: nobody reads it unnoted.
  template <class Request, class Reply>
  grpc::ServerUnaryReactor* AnswerNamedPage(grpc::CallbackServerContext* context,
                                            const grpc::ByteBuffer& bytes, grpc::ByteBuffer* reply,
                                            storage::PracticeReader::Page<Request, Reply> page);
  // `read` if what it names could be noted.
  template <class Request, class Reply>
  absl::StatusOr<Reply> Noted(const storage::Caller& caller, const Request& request,
                              absl::StatusOr<Reply> read);

  const ReadLane reads_;
  const storage::PracticeReader& reader_;
  storage::ReadTrail& trail_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_PRACTICE_SERVICE_H_
