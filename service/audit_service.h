// halfterm.v1.Audit on the public port and halfterm.v1.AuditTrail on the admin port, for gRPC:
// authorise, call, answer. Neither has a call that writes what it is told to.

#ifndef HALFTERM_SERVICE_AUDIT_SERVICE_H_
#define HALFTERM_SERVICE_AUDIT_SERVICE_H_
#include <grpcpp/grpcpp.h>

#include "halfterm/v1/audit.grpc.pb.h"
#include "service/caller_of.h"
#include "service/worker_pool.h"
#include "storage/audit/audit_reader.h"
#include "storage/audit/read_trail.h"
#include "storage/clock.h"
#include "storage/directory/directories.h"

namespace halfterm::service {

using RawAudit = v1::Audit::WithRawCallbackMethod_AboutMe<v1::Audit::Service>;
using RawAuditTrail = v1::AuditTrail::WithRawCallbackMethod_WhoSaw<
    v1::AuditTrail::WithRawCallbackMethod_ListAudit<v1::AuditTrail::Service>>;

// What both work with; must outlive them. `reports` walk long: they must not hold up readers.
struct AuditParts {
  const Gate& gate;
  const storage::AuditReader& reader;
  const storage::Directories& directories;
  const storage::Clock& clock;
  storage::ReadTrail& trail;
  WorkerPool& reports;
};

// Called by gRPC's threads; nothing here waits.
class AuditService final : public RawAudit {
 public:
  explicit AuditService(const AuditParts& parts) : parts_(parts) {}

  grpc::ServerUnaryReactor* AboutMe(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* bytes,
                                    grpc::ByteBuffer* reply) override;

 private:
  const AuditParts parts_;
};

// Called by gRPC's threads; nothing here waits.
class AuditTrailService final : public RawAuditTrail {
 public:
  explicit AuditTrailService(const AuditParts& parts) : parts_(parts) {}

  grpc::ServerUnaryReactor* WhoSaw(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* bytes, grpc::ByteBuffer* reply) override;
  grpc::ServerUnaryReactor* ListAudit(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* bytes,
                                      grpc::ByteBuffer* reply) override;

 private:
  // That somebody looks into the audit is in it.
  absl::Status NoteAct(const std::string& tenant, v1::AuditEvent event) const;

  const AuditParts parts_;
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_AUDIT_SERVICE_H_
