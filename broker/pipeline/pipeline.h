// Pipeline: the broker's threads and channels, put together. Made, started and stopped by main's
// thread.

#pragma once

#include <memory>
#include <string>

#include "broker/commit/committer.h"
#include "broker/deliver/reader.h"
#include "broker/pipeline/commit_loop.h"
#include "broker/pipeline/hand_gate.h"
#include "broker/pipeline/log_folder.h"
#include "broker/pipeline/shared.h"
#include "broker/transport/router.h"
#include "schema/base/clock.h"
#include "schema/seal/random.h"
#include "schema/seal/signing.h"
#include "schema/tlog/note.h"

namespace havenline {

struct PipelineParts {
  Router& router;
  Committer& committer;
  Store& store;
  const StoreReader& reader;
  Mark& mark;
  const tlog::NoteSigner& signer;
  const Clock& clock;
  seal::RandomSource& random;
  Observer& observer;
  PartnershipId partnership;
  std::string software;
  HandGate& gate;  // The committer's outflow.
  const seal::SigningKey& release_key;
  int verify_workers = 1;
  bool recovery = false;            // Start in recovery mode: the store is behind its mark.
  LogFolder* log_folder = nullptr;  // Where the log is published as files; null: nowhere.
};

class Pipeline {
 public:
  explicit Pipeline(PipelineParts parts);
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  void Start();
  // Takes nothing new, answers what is inside, ends the threads. Returns when all have.
  void Stop();

  // For whoever counts what the loops do not (broker/metrics).
  SharedState& state();
  const SharedState& state() const;

 private:
  struct Threads;
  std::unique_ptr<Threads> threads_;
};

}  // namespace havenline
