#include "storage/import/import.h"

#include <algorithm>
#include <string>
#include <utility>

#include "storage/audit/audit_log.h"
#include "storage/directory/directory_writer.h"
#include "storage/directory/reference.h"
#include "storage/import/import_check.h"
#include "storage/import/import_plan.h"

namespace halfterm::storage {
namespace {

// A group of its own for each row; and no other import in the same batch, because two new schools
// must not be given the same handle.
constexpr size_t kWholeBatch = 512;

Tenant NextTenant(const Directories& directories) {
  const std::optional<Tenant> last = directories.Last();
  return Tenant(last ? last->handle() + 1 : 1);
}

// What stands in for a request's list when a record's id is taken by an observation.
v1::ImportRejection TakenRejection(const v1::ImportRequest& request,
                                   const v1::Reference& reference) {
  v1::ImportRejection rejection;
  rejection.set_kind(KindOf(reference));
  rejection.set_id(std::string(IdOf(reference).view()));
  rejection.set_sourced_id(SourcedIdOf(reference));
  rejection.set_field("id");
  rejection.set_reason("is already that of an observation");
  const auto index_in = [&](const auto& list) {
    for (int i = 0; i < list.size(); ++i) {
      if (list[i].id() == rejection.id()) rejection.set_index(static_cast<uint32_t>(i));
    }
  };
  index_in(request.orgs());
  index_in(request.people());
  index_in(request.calendars());
  index_in(request.policies());
  index_in(request.rubrics());
  index_in(request.templates());
  index_in(request.rules());
  index_in(request.cycles());
  return rejection;
}

class Import final : public Job {
 public:
  Import(v1::ImportRequest request, std::function<void(absl::StatusOr<v1::ImportReply>)> done)
      : request_(std::move(request)), done_(std::move(done)) {}

  void Apply(Batch& batch) override { result_ = Run(batch); }

  void Done(const absl::Status& committed) override {
    if (!committed.ok()) return done_(committed);
    done_(std::move(result_));
  }

  size_t Groups() const override { return kWholeBatch; }
  size_t Bytes() const override { return request_.ByteSizeLong(); }

 private:
  absl::StatusOr<v1::ImportReply> Run(Batch& batch) {
    const absl::Status request_stands = CheckImportRequest(request_);
    if (!request_stands.ok()) return request_stands;

    const std::optional<Tenant> known = batch.TenantNamed(request_.tenant());
    const Tenant tenant = known ? *known : NextTenant(batch.context().directories);
    const sync::Directory& held = batch.DirectoryOf(tenant);

    v1::ImportReply reply;
    for (v1::ImportRejection& rejection : CheckImportRows(request_, held)) {
      *reply.add_rejected() = std::move(rejection);
    }
    if (!reply.rejected().empty()) return Rejected(std::move(reply));

    ImportPlan plan = PlanImport(request_, held, Today(batch, held));
    const absl::StatusOr<std::vector<size_t>> taken = TakenIds(batch, tenant, plan.references);
    if (!taken.ok()) return taken.status();
    for (const size_t index : *taken) {
      *reply.add_rejected() = TakenRejection(request_, plan.references[index]);
    }
    if (!reply.rejected().empty()) return Rejected(std::move(reply));
    reply = std::move(plan.reply);
    if (request_.dry_run() || reply.refusal() != v1::IMPORT_REFUSAL_UNSPECIFIED) return reply;

    const uint64_t changes = plan.references.size() + plan.grants.size();
    const absl::Status named = PutTenant(batch, tenant, known.has_value());
    if (!named.ok()) return named;
    const absl::StatusOr<uint64_t> seq =
        WriteDirectory(batch, tenant, request_.tenant(),
                       {std::move(plan.references), std::move(plan.grants), plan.rederive});
    if (!seq.ok()) return seq.status();
    reply.set_seq(*seq);
    reply.set_applied(true);
    if (*seq == 0) return reply;
    v1::AuditEvent event;
    event.set_act(v1::AUDIT_ACT_IMPORTED);
    event.set_count(changes);
    const absl::Status noted = AppendAudit(batch, tenant, std::move(event));
    if (!noted.ok()) return noted;
    return reply;
  }

  static v1::ImportReply Rejected(v1::ImportReply reply) {
    reply.set_refusal(v1::IMPORT_REFUSAL_REJECTED_ROWS);
    return reply;
  }

  // The day that the request names; else the day in the zone that holds, or that the request
  // brings.
  int32_t Today(const Batch& batch, const sync::Directory& held) const {
    if (request_.today() != 0) return request_.today();
    if (held.content().calendars.empty() && !request_.calendars().empty()) {
      return sync::DayOf(batch.now_ms(), sync::ZoneNamed(request_.calendars(0).zone()));
    }
    return DayAt(held, core::Id16{}, batch.now_ms());
  }

  absl::Status PutTenant(Batch& batch, Tenant tenant, bool is_known) const {
    const std::string key = TenantKey(request_.tenant());
    disk::TenantRow row;
    if (is_known) {
      const absl::StatusOr<std::string> stored = batch.Get(Family::kMeta, key);
      if (!stored.ok() && !absl::IsNotFound(stored.status())) return stored.status();
      if (stored.ok() && !row.ParseFromString(*stored)) {
        return absl::DataLossError("the row of the school cannot be read; run `halfterm verify`");
      }
    }
    const std::string before = row.SerializeAsString();
    row.set_handle(tenant.handle());
    row.set_name(request_.tenant());
    if (!request_.tenant_name().empty()) row.set_display_name(request_.tenant_name());
    if (row.SerializeAsString() != before) batch.Put(Family::kMeta, key, row.SerializeAsString());
    if (is_known) return absl::OkStatus();
    // Also a school that brings no row at all is one from now on.
    batch.PutDirectory(tenant, request_.tenant(),
                       std::make_shared<const sync::Directory>(sync::Directory::Content{}));
    return batch.Head(tenant).status();
  }

  const v1::ImportRequest request_;
  const std::function<void(absl::StatusOr<v1::ImportReply>)> done_;
  absl::StatusOr<v1::ImportReply> result_ = absl::InternalError("the import was never applied");
};

}  // namespace

std::unique_ptr<Job> MakeImport(v1::ImportRequest request,
                                std::function<void(absl::StatusOr<v1::ImportReply>)> done) {
  return std::make_unique<Import>(std::move(request), std::move(done));
}

}  // namespace halfterm::storage
