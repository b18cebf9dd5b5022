#include "storage/proofs/note_proof.h"

#include <utility>

namespace halfterm::storage {
namespace {

class NoteProof final : public Job {
 public:
  NoteProof(const Caller& caller, disk::ProofRow proof, std::function<void(absl::Status)> done)
      : caller_(caller), proof_(std::move(proof)), done_(std::move(done)) {}

  void Apply(Batch& batch) override {
    const std::string key = ProofKey(caller_.tenant, caller_.person, caller_.device);
    const absl::StatusOr<std::string> stored = batch.Get(Family::kState, key);
    if (!stored.ok() && !absl::IsNotFound(stored.status())) {
      error_ = stored.status();
      return;
    }
    disk::ProofRow before;
    const bool known = stored.ok() && before.ParseFromString(*stored);
    if (known && before.epoch() == proof_.epoch() && before.seq() > proof_.seq()) return;
    proof_.set_proved_ms(batch.now_ms());
    batch.Put(Family::kState, key, proof_.SerializeAsString());
  }

  void Done(const absl::Status& committed) override { done_(error_.ok() ? committed : error_); }

 private:
  const Caller caller_;
  disk::ProofRow proof_;
  const std::function<void(absl::Status)> done_;
  absl::Status error_;
};

}  // namespace

std::unique_ptr<Job> MakeNoteProof(const Caller& caller, disk::ProofRow proof,
                                   std::function<void(absl::Status)> done) {
  return std::make_unique<NoteProof>(caller, std::move(proof), std::move(done));
}

}  // namespace halfterm::storage
