// OpenSession: a person on a tablet, with a token and a key that nobody can guess.

#include <utility>

#include "absl/strings/escaping.h"
#include "storage/audit/audit_log.h"
#include "storage/commit/answering.h"
#include "storage/commit/sync_jobs.h"
#include "sync/core/sha256.h"

namespace halfterm::storage {
namespace {

using SessionDone = std::function<void(absl::StatusOr<v1::OpenSessionReply>)>;

class SessionJob final : public Job {
 public:
  SessionJob(v1::OpenSessionRequest request, SessionDone done)
      : request_(std::move(request)), done_(std::move(done)) {}

  void Apply(Batch& batch) override { error_ = TryApply(batch); }

  void Done(const absl::Status& committed) override {
    AnswerOnce(done_, error_, committed, std::move(reply_));
  }

 private:
  absl::Status TryApply(Batch& batch) {
    const auto person = core::Id16::FromBytes(request_.person());
    const auto device = core::Id16::FromBytes(request_.device());
    if (!person) return absl::InvalidArgumentError("person is not 16 bytes");
    if (!device || device->IsZero()) return absl::InvalidArgumentError("device is not 16 bytes");
    if (request_.device_label().size() > 64) {
      return absl::InvalidArgumentError("device_label is longer than 64 bytes");
    }
    const std::optional<Tenant> tenant = batch.TenantNamed(request_.tenant());
    if (!tenant) return absl::NotFoundError("no such school; see `halfterm import`");
    if (batch.DirectoryOf(*tenant).Person(*person) == nullptr) {
      return absl::NotFoundError("no such person at this school");
    }
    const auto session = core::Id16::FromBytes(batch.context().random(16));
    reply_.set_session(std::string(session->view()));
    absl::WebSafeBase64Escape(batch.context().random(32), reply_.mutable_token());
    reply_.set_key(batch.context().random(32));

    disk::SessionRow row;
    row.set_tenant(tenant->handle());
    row.set_person(request_.person());
    row.set_device(request_.device());
    row.set_key(reply_.key());
    row.set_token_hash(std::string(core::Sha256(reply_.token()).view()));
    row.set_opened_ms(batch.now_ms());
    batch.Put(Family::kState, SessionKey(*tenant, *session), row.SerializeAsString());
    batch.PutSession(row.token_hash(), *SessionFromRow(*tenant, *session, row));

    v1::AuditEvent event;
    event.set_act(v1::AUDIT_ACT_SESSION_OPENED);
    event.set_subject(request_.person());
    event.set_device(request_.device());
    const absl::Status noted = AppendAudit(batch, *tenant, std::move(event));
    if (!noted.ok()) return noted;

    const std::string tablet = DeviceKey(*tenant, *device);
    const absl::StatusOr<std::string> known = batch.Get(Family::kState, tablet);
    if (known.ok()) return absl::OkStatus();
    if (!absl::IsNotFound(known.status())) return known.status();
    disk::DeviceRow enrolled;
    enrolled.set_label(request_.device_label());
    enrolled.set_enrolled_ms(batch.now_ms());
    batch.Put(Family::kState, tablet, enrolled.SerializeAsString());
    return absl::OkStatus();
  }

  const v1::OpenSessionRequest request_;
  const SessionDone done_;
  v1::OpenSessionReply reply_;
  absl::Status error_;
};

}  // namespace

std::unique_ptr<Job> MakeOpenSession(v1::OpenSessionRequest request, SessionDone done) {
  return std::make_unique<SessionJob>(std::move(request), std::move(done));
}

}  // namespace halfterm::storage
