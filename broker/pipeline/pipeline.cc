#include "broker/pipeline/pipeline.h"

#include <optional>
#include <vector>

#include "broker/pipeline/delivery_loop.h"
#include "broker/pipeline/gateway_loop.h"
#include "broker/pipeline/publish_loop.h"
#include "broker/pipeline/verify_loop.h"
#include "schema/base/thread.h"
#include "schema/model/limits.h"

namespace havenline {
namespace {

// Every event holds a token of the window, but for those that come of sessions, checkpoints and
// time.
constexpr std::size_t kBesideWindow = 4 * limits::kSessionsMax;
constexpr std::size_t kCapacity = limits::kAdmissionWindow + kBesideWindow;
// The gateway's own channel also takes the answers' frames and the delivery thread's.
constexpr std::size_t kGatewayCapacity = 8 * kCapacity;

}  // namespace

struct Pipeline::Threads {
  explicit Threads(PipelineParts p)
      : parts(std::move(p)),
        verify_channel(limits::kAdmissionWindow),
        commit_channel(kCapacity),
        delivery_channel(kCapacity),
        gateway_channel(kGatewayCapacity, [this] { parts.router.Wake(); }),
        gateway(
            {parts.router, parts.clock, state, verify_channel, delivery_channel, gateway_channel}),
        commit({parts.committer, parts.store, parts.mark, parts.signer, parts.clock, state,
                parts.observer, commit_channel, delivery_channel, gateway_channel, directory,
                parts.partnership}),
        delivery({parts.reader, parts.clock, parts.random, state, parts.observer, delivery_channel,
                  commit_channel, gateway_channel, parts.partnership, parts.software, parts.gate,
                  parts.release_key, limits::kInFlightPool,
                  parts.log_folder != nullptr ? &publish_slot : nullptr}) {
    state.recovery = parts.recovery;
    if (parts.log_folder == nullptr) return;
    state.log_files = true;
    publish.emplace(
        PublishLoopParts{{parts.reader, *parts.log_folder, parts.partnership, parts.signer.key()},
                         parts.clock,
                         state,
                         parts.observer,
                         publish_slot});
  }

  PipelineParts parts;
  SharedState state;
  DirectoryHolder directory;
  Channel<VerifyJob> verify_channel;
  Channel<CommitEvent> commit_channel;
  Channel<DeliveryEvent> delivery_channel;
  GatewayChannel gateway_channel;
  CheckpointSlot publish_slot;
  GatewayLoop gateway;
  CommitLoop commit;
  DeliveryLoop delivery;
  std::optional<PublishLoop> publish;
  Thread publish_thread;
  Thread gateway_thread;
  std::vector<Thread> verify_threads;
  Thread commit_thread;
  Thread delivery_thread;
};

Pipeline::Pipeline(PipelineParts parts) : threads_(std::make_unique<Threads>(std::move(parts))) {}
Pipeline::~Pipeline() { Stop(); }

void Pipeline::Start() {
  Threads& t = *threads_;
  t.commit.Announce();
  if (t.publish) t.publish_thread = Thread("hl-publish", [&t] { t.publish->Run(); });
  t.delivery_thread = Thread("hl-deliver", [&t] { t.delivery.Run(); });
  t.commit_thread = Thread("hl-commit", [&t] { t.commit.Run(); });
  for (int i = 0; i < t.parts.verify_workers; ++i) {
    t.verify_threads.emplace_back("hl-verify", [&t] {
      VerifyLoop(t.verify_channel, t.commit_channel, t.parts.partnership, t.directory);
    });
  }
  t.gateway_thread = Thread("hl-gateway", [&t] { t.gateway.Run(); });
}

void Pipeline::Stop() {
  Threads& t = *threads_;
  t.gateway.Stop();
  t.gateway_thread.Join();
  // In the order of the flow, each finishing what it was given.
  t.verify_channel.Close();
  for (Thread& thread : t.verify_threads) thread.Join();
  t.commit_channel.Close();
  t.commit_thread.Join();
  t.delivery_channel.Close();
  t.delivery_thread.Join();
  t.publish_slot.Close();
  t.publish_thread.Join();
}

SharedState& Pipeline::state() { return threads_->state; }
const SharedState& Pipeline::state() const { return threads_->state; }

}  // namespace havenline
