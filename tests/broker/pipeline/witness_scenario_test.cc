// Brokers with all their threads, agents with theirs, and real sockets between them: a witness that
// is lost, returns, is lied to, stands alone; a quorum that is lost while notices flow.

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <thread>

#include <gtest/gtest.h>

#include "agents/link/agent.h"
#include "broker/pipeline/pipeline.h"
#include "schema/base/z85.h"
#include "schema/directory/witnesses.h"
#include "schema/wire/envelope_codec.h"
#include "tests/broker/pipeline/client.h"
#include "tests/fakes/scratch_directory.h"

namespace havenline {
namespace {

const std::vector<AgencyId> kWitnesses = {kSchoolB, kSchoolC, kCouncil};

bool Until(const std::function<bool()>& done) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!done()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

// A broker whose log begins as every other's of this test, and goes on with `more` notices of its
// own.
class BrokerAtWork {
 public:
  explicit BrokerAtWork(std::size_t more = 0) {
    const TestPartnership& partnership = broker_.partnership();
    CHECK(IsAccepted(broker_.PublishDirectory(
        [&](const std::string& text) { return partnership.WithWitnesses(text, kWitnesses, 2); })));
    for (std::size_t i = 0; i < more; ++i) CHECK(IsAccepted(broker_.Offer(broker_.Notice())));
    for (int i = 0; i < 16; ++i) notices_.push_back(broker_.Notice().bytes);
    const seal::SealKey& key = partnership.CurveKeyOf("broker");
    auto bound = Router::Bind({.endpoint = "tcp://127.0.0.1:*",
                               .public_key = Z85Encode(key.public_key()),
                               .secret_key = Z85Encode(key.ExposePrivate())});
    CHECK(bound.has_value());
    router_ = *std::move(bound);
    pipeline_ = std::make_unique<Pipeline>(PipelineParts{.router = *router_,
                                                         .committer = broker_.committer(),
                                                         .store = broker_.store(),
                                                         .reader = broker_.store(),
                                                         .mark = mark_,
                                                         .signer = partnership.log_signer(),
                                                         .clock = clock_,
                                                         .random = random_,
                                                         .observer = observer_,
                                                         .partnership = kTestPartnership,
                                                         .software = "test broker",
                                                         .gate = gate_,
                                                         .release_key = partnership.release_key()});
    pipeline_->Start();
  }

  const TestPartnership& partnership() const { return broker_.partnership(); }
  const std::string& endpoint() const { return router_->endpoint(); }
  std::uint64_t entries() const { return pipeline_->state().entries; }
  std::uint64_t final_entries() const { return pipeline_->state().final_entries; }
  std::unique_ptr<Client> Join(const AgencyId& agency) const {
    auto client = std::make_unique<Client>(broker_.partnership(), agency, router_->endpoint());
    CHECK(client->Hello());
    return client;
  }
  // One that nobody offered yet.
  Bytes TakeNotice() {
    Bytes notice = std::move(notices_.back());
    notices_.pop_back();
    return notice;
  }

 private:
  HandGate gate_;
  TestBroker broker_{&gate_};
  RunningClock clock_;
  FakeMark mark_;
  CountingObserver observer_;
  seal::SystemRandom random_;
  std::vector<Bytes> notices_;
  std::unique_ptr<Router> router_;
  std::unique_ptr<Pipeline> pipeline_;
};

// One agency's agent, with a store and keys that outlive its process.
class AgentAtWork {
 public:
  AgentAtWork(const TestPartnership& partnership, AgencyId agency)
      : partnership_(partnership), agency_(std::move(agency)) {
    partnership_.WriteKeys(agency_, scratch_ / "keys");
    auto store = AgentStore::Open({scratch_ / "store", false},
                                  seal::LockedSecret<32>(ByteArray<32>{5}), random_);
    CHECK(store.has_value());
    store_ = std::make_unique<AgentStore>(*std::move(store));
  }
  ~AgentAtWork() { Stop(); }
  AgentAtWork(const AgentAtWork&) = delete;
  AgentAtWork& operator=(const AgentAtWork&) = delete;

  void Start(const std::string& endpoint) {
    const seal::SealKey& own = partnership_.CurveKeyOf(TestPartnership::HostOf(agency_).value());
    AgentOptions options;
    options.session = {{endpoint, Z85Encode(partnership_.CurveKeyOf("broker").public_key()),
                        Z85Encode(own.public_key()), Z85Encode(own.ExposePrivate())},
                       kTestPartnership,
                       {agency_},
                       "test"};
    options.documents = {kTestPartnership, partnership_.TestGovernance(),
                         partnership_.Sign(partnership_.DirectoryText()),
                         partnership_.Sign(partnership_.PolicyText())};
    OwnAgency agency{agency_, scratch_ / "keys", {}, "01632 960000", Calendar()};
    if (std::ranges::find(kWitnesses, agency_) != kWitnesses.end())
      agency.witness_mark = scratch_ / "mark";
    options.agencies = {agency};
    options.claims = [](const ExchangeName&, const auto&) {
      return std::map<std::string, std::string>();
    };
    options.fatal = [](const Fault& fault) { ADD_FAILURE() << fault.detail; };
    auto agent = Agent::Load(std::move(options), *store_, clock_, random_);
    CHECK(agent.has_value());
    agent_ = *std::move(agent);
    agent_->Start();
  }
  void Stop() {
    if (agent_ != nullptr) agent_->Stop();
    agent_.reset();
  }

  template <class Ask>
  auto Call(Ask ask) {
    return agent_->Call([&] { return ask(*agent_); });
  }
  std::uint64_t final_size() {
    return Call([](Agent& agent) {
      const auto& known = agent.documents().final_head();
      return known ? known->head.size : 0;
    });
  }
  std::uint64_t verified_size() {
    return Call([](Agent& agent) { return agent.documents().head().size; });
  }
  std::optional<LogHead> cosigned() {
    return Call([](Agent& agent) { return agent.cosigners().at(0)->last(); });
  }
  std::ptrdiff_t alarms(AlarmKind kind) {
    return Call([kind](Agent& agent) {
      return std::ranges::count_if(agent.alarms().all(), [kind](const auto& row) {
        return row.second.kind == kind && row.second.open();
      });
    });
  }
  bool HasEvidence() const {
    bool found = false;
    CHECK(store_
              ->Scan(Table::kDocuments, "evidence/",
                     [&](std::string_view, const text::Value&) {
                       found = true;
                       return true;
                     })
              .has_value());
    return found;
  }

 private:
  const TestPartnership& partnership_;
  AgencyId agency_;
  ScratchDirectory scratch_;
  seal::SystemRandom random_;
  RunningClock clock_;
  std::unique_ptr<AgentStore> store_;
  std::unique_ptr<Agent> agent_;
};

class WitnessScenarioTest : public ::testing::Test {
 protected:
  AgentAtWork& Agent(const AgencyId& agency) {
    auto& at = agents_[agency];
    if (at == nullptr) at = std::make_unique<AgentAtWork>(partnership_, agency);
    return *at;
  }
  void Start(const std::vector<AgencyId>& agencies, const BrokerAtWork& broker) {
    for (const AgencyId& agency : agencies) Agent(agency).Start(broker.endpoint());
  }
  // A notice goes from the force to the school; whether it was accepted and handed over.
  static bool NoticeFlows(BrokerAtWork& broker, Client& police, Client& school) {
    const std::size_t answered = police.answers.size();
    const std::size_t handed = school.delivered.size();
    if (!police.Send(Submit{Lane::kUrgent, {{Reference(answered + 1), broker.TakeNotice()}}}))
      return false;
    return police.Until([&] { return police.answers.size() > answered; }) &&
           IsAccepted(police.answers.back().answer) &&
           school.Until([&] { return school.delivered.size() > handed; });
  }

  TestPartnership partnership_;
  BrokerAtWork broker_;
  std::map<AgencyId, std::unique_ptr<AgentAtWork>> agents_;
};

TEST_F(WitnessScenarioTest, TheLogBecomesFinalAndEveryAgentHearsIt) {
  Start({kSchoolB, kSchoolC, kCouncil, kSchoolA}, broker_);
  EXPECT_TRUE(Until([&] {
    return broker_.final_entries() == broker_.entries() &&
           Agent(kSchoolA).final_size() == broker_.entries();
  }));
  EXPECT_EQ(Agent(kSchoolB).alarms(AlarmKind::kWitness), 0);
}

TEST_F(WitnessScenarioTest, OneWitnessLostIsNotMissedAndGoesOnWhereItWasOnceItReturns) {
  Start(kWitnesses, broker_);
  ASSERT_TRUE(Until([&] { return Agent(kCouncil).cosigned().has_value(); }));
  const std::uint64_t before = Agent(kCouncil).cosigned()->size;
  Agent(kCouncil).Stop();
  const auto police = broker_.Join(kPolice);
  const auto school = broker_.Join(kSchoolA);
  ASSERT_TRUE(NoticeFlows(broker_, *police, *school));
  EXPECT_TRUE(Until([&] { return broker_.final_entries() == broker_.entries(); }));
  EXPECT_GT(broker_.final_entries(), before);
  Agent(kCouncil).Start(broker_.endpoint());
  EXPECT_TRUE(Until([&] { return Agent(kCouncil).cosigned()->size == broker_.entries(); }));
  EXPECT_EQ(Agent(kCouncil).alarms(AlarmKind::kWitness), 0);
}

TEST_F(WitnessScenarioTest, NoticesFlowWhileTheQuorumIsLostAndAreFinalOnceItIsBack) {
  Start(kWitnesses, broker_);
  ASSERT_TRUE(Until([&] { return broker_.final_entries() == broker_.entries(); }));
  Agent(kCouncil).Stop();
  Agent(kSchoolC).Stop();
  const std::uint64_t before = broker_.final_entries();
  const auto police = broker_.Join(kPolice);
  const auto school = broker_.Join(kSchoolA);
  // As many as a link takes that receipts nothing.
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(NoticeFlows(broker_, *police, *school)) << i;
  ASSERT_TRUE(Until([&] { return Agent(kSchoolB).cosigned()->size == broker_.entries(); }));
  EXPECT_EQ(broker_.final_entries(), before) << "one of three is no quorum";
  EXPECT_EQ(Agent(kSchoolB).final_size(), before);
  Agent(kSchoolC).Start(broker_.endpoint());
  EXPECT_TRUE(Until([&] { return Agent(kSchoolB).final_size() == broker_.entries(); }));
}

// The operator shows one history to most, and another to one witness.
TEST_F(WitnessScenarioTest, AWitnessThatIsLiedToCosignsNoSecondHistoryAndKeepsBothHeads) {
  Start(kWitnesses, broker_);
  const auto police = broker_.Join(kPolice);
  const auto school = broker_.Join(kSchoolA);
  ASSERT_TRUE(NoticeFlows(broker_, *police, *school));
  ASSERT_TRUE(Until([&] {
    return Agent(kCouncil).cosigned() && Agent(kCouncil).cosigned()->size == broker_.entries();
  }));
  const LogHead cosigned = *Agent(kCouncil).cosigned();
  const BrokerAtWork other(9);
  Agent(kCouncil).Stop();
  Agent(kCouncil).Start(other.endpoint());
  EXPECT_TRUE(Until([&] { return Agent(kCouncil).alarms(AlarmKind::kBrokerEquivocates) == 1; }));
  EXPECT_TRUE(Agent(kCouncil).HasEvidence());
  EXPECT_EQ(Agent(kCouncil).cosigned(), cosigned);
  EXPECT_EQ(other.final_entries(), 0U);
}

// Two histories from the beginning: whoever is in the minority sees a log that never gets final.
TEST_F(WitnessScenarioTest, TheHistoryThatAMinoritySeesIsNeverFinal) {
  BrokerAtWork other(9);
  Start({kSchoolB, kSchoolC}, broker_);
  Start({kCouncil, kSchoolA}, other);
  ASSERT_TRUE(Until([&] {
    return broker_.final_entries() == broker_.entries() && Agent(kCouncil).cosigned() &&
           Agent(kSchoolA).verified_size() == other.entries();
  }));
  EXPECT_EQ(other.final_entries(), 0U);
  EXPECT_EQ(Agent(kSchoolA).final_size(), 0U);
  // And who is moved from one to the other finds out.
  Agent(kSchoolB).Stop();
  Agent(kSchoolB).Start(other.endpoint());
  EXPECT_TRUE(Until([&] { return Agent(kSchoolB).alarms(AlarmKind::kBrokerEquivocates) == 1; }));
}

}  // namespace
}  // namespace havenline
