#include "service/practice_service.h"

#include "storage/practice/agreement_page.h"
#include "storage/practice/changes_page.h"
#include "storage/practice/cycle_page.h"
#include "storage/practice/heat_map.h"
#include "storage/practice/load_page.h"
#include "storage/practice/management_page.h"
#include "storage/practice/pack_page.h"
#include "storage/practice/trends_page.h"

namespace halfterm::service {

using Bytes = grpc::ByteBuffer;
using Context = grpc::CallbackServerContext;

template <class Request, class Reply>
grpc::ServerUnaryReactor* PracticeService::AnswerPage(
    Context* context, const Bytes& bytes, Bytes* reply,
    storage::PracticeReader::Page<Request, Reply> page) {
  return reads_.ForCaller<Request>(
      context, bytes, reply, [this, page](const storage::Caller& caller, const Request& request) {
        return reader_.Read(caller, request, page);
      });
}

template <class Request, class Reply>
absl::StatusOr<Reply> PracticeService::Noted(const storage::Caller& caller, const Request& request,
                                             absl::StatusOr<Reply> read) {
  if (!read.ok()) return read;
  absl::Status noted = trail_.Note(caller, storage::NamedIn(request, *read));
  if (!noted.ok()) return noted;
  return read;
}

template <class Request, class Reply>
grpc::ServerUnaryReactor* PracticeService::AnswerNamedPage(
    Context* context, const Bytes& bytes, Bytes* reply,
    storage::PracticeReader::Page<Request, Reply> page) {
  return reads_.ForReader<Request>(
      context, bytes, reply, trail_,
      [this, page](const storage::Caller& caller, const Request& request) {
        return Noted(caller, request, reader_.Read(caller, request, page));
      });
}

grpc::ServerUnaryReactor* PracticeService::Load(Context* context, const Bytes* bytes,
                                                Bytes* reply) {
  return AnswerNamedPage(context, *bytes, reply, &storage::ReadLoadPage);
}

grpc::ServerUnaryReactor* PracticeService::Changes(Context* context, const Bytes* bytes,
                                                   Bytes* reply) {
  return AnswerNamedPage(context, *bytes, reply, &storage::ReadChangesPage);
}

grpc::ServerUnaryReactor* PracticeService::HeatMap(Context* context, const Bytes* bytes,
                                                   Bytes* reply) {
  return AnswerPage(context, *bytes, reply, &storage::ReadHeatMap);
}

grpc::ServerUnaryReactor* PracticeService::WeeklyPack(Context* context, const Bytes* bytes,
                                                      Bytes* reply) {
  return AnswerNamedPage(context, *bytes, reply, &storage::ReadPackPage);
}

grpc::ServerUnaryReactor* PracticeService::Cycle(Context* context, const Bytes* bytes,
                                                 Bytes* reply) {
  return AnswerPage(context, *bytes, reply, &storage::ReadCyclePage);
}

grpc::ServerUnaryReactor* PracticeService::Agreement(Context* context, const Bytes* bytes,
                                                     Bytes* reply) {
  return AnswerNamedPage(context, *bytes, reply, &storage::ReadAgreementPage);
}

grpc::ServerUnaryReactor* PracticeService::Management(Context* context, const Bytes* bytes,
                                                      Bytes* reply) {
  return AnswerPage(context, *bytes, reply, &storage::ReadManagementPage);
}

grpc::ServerUnaryReactor* PracticeService::Helping(Context* context, const Bytes* bytes,
                                                   Bytes* reply) {
  return reads_.ForReader<v1::HelpingRequest>(
      context, *bytes, reply, trail_,
      [this](const storage::Caller& caller, const v1::HelpingRequest& request) {
        return Noted(caller, request, reader_.Helping(caller, request));
      });
}

// Lines of a teacher are read like the teacher's summary, and noted like it.
grpc::ServerUnaryReactor* PracticeService::Trends(Context* context, const Bytes* bytes,
                                                  Bytes* reply) {
  return reads_.ForReader<v1::TrendsRequest>(
      context, *bytes, reply, trail_,
      [this](const storage::Caller& caller,
             const v1::TrendsRequest& request) -> absl::StatusOr<v1::TrendsReply> {
        absl::StatusOr<v1::TrendsReply> lines =
            reader_.Read(caller, request, &storage::ReadTrendsPage);
        if (!lines.ok() || lines->teacher().empty() || lines->half_terms().empty()) return lines;
        v1::TeacherReply seen;
        seen.set_teacher(lines->teacher());
        seen.set_h2(lines->half_terms(lines->half_terms_size() - 1));
        if (absl::Status noted = trail_.Note(caller, seen); !noted.ok()) return noted;
        return lines;
      });
}

}  // namespace halfterm::service
