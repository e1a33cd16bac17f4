// The agent whole, on real sockets, with a broker that says only what the test tells it to.

#pragma once

#include "agents/link/agent.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>

#include <gtest/gtest.h>

#include "broker/transport/router.h"
#include "schema/base/z85.h"
#include "schema/tlog/checkpoint.h"
#include "schema/wire/frame_codec.h"
#include "tests/fakes/test_agent.h"

namespace havenline {

// Runs, and can be moved ahead.
class MovableClock final : public Clock {
 public:
  TimePoint Now() const override {
    return kNight + std::chrono::duration_cast<Milliseconds>(Monotonic() - start_);
  }
  std::chrono::steady_clock::time_point Monotonic() const override {
    return std::chrono::steady_clock::now() + Milliseconds(ahead_);
  }
  void Wait(Milliseconds time) { ahead_ += time.count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::atomic<std::int64_t> ahead_{0};
};

// The broker's end of one link.
class ScriptedBroker {
 public:
  ScriptedBroker(const TestPartnership& partnership, const AgencyId& agency) {
    const seal::SealKey& key = partnership.CurveKeyOf("broker");
    auto bound = Router::Bind(
        {"tcp://127.0.0.1:*", Z85Encode(key.public_key()), Z85Encode(key.ExposePrivate()), 1});
    CHECK(bound.has_value());
    router_ = *std::move(bound);
    const HostId host = TestPartnership::HostOf(agency);
    router_->SetKeys({{Z85Encode(partnership.CurveKeyOf(host.value()).public_key()), host}});
  }

  const std::string& endpoint() const { return router_->endpoint(); }

  void Poll() {
    for (const Inbound& inbound : router_->Poll(std::chrono::milliseconds(5), 64)) {
      link_ = inbound.link;
      auto frame = wire::ParseFrame(inbound.payload);
      CHECK(frame.has_value());
      if (std::holds_alternative<Hello>(frame->body)) ++hellos;
      if (auto* fetch = std::get_if<Fetch>(&frame->body)) fetches.push_back(*std::move(fetch));
      if (auto* stated = std::get_if<StatementFrame>(&frame->body))
        std::ranges::move(stated->items, std::back_inserter(statements));
      if (auto* receipted = std::get_if<ReceiptFrame>(&frame->body)) {
        for (const ReceiptItem& item : receipted->items)
          receipts.push_back(wire::ParseSignedReceipt(item.bytes).value().receipt.kind);
      }
      if (heard) heard(*frame);
    }
  }
  bool Until(const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!done()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      Poll();
    }
    return true;
  }
  // Listens for as long as the agent takes for several of its turns.
  void Listen() {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(700);
    while (std::chrono::steady_clock::now() < until) Poll();
  }
  void Send(decltype(Frame::body) body) {
    EXPECT_EQ(router_->Send(link_, wire::EncodeFrame({session_, std::move(body)})), Sent::kYes);
  }

  std::function<void(const Frame&)> heard;
  int hellos = 0;
  std::vector<Fetch> fetches;
  std::vector<Item> statements;
  std::vector<ReceiptKind> receipts;

 private:
  const SessionId session_{ByteArray<16>{9}};
  std::unique_ptr<Router> router_;
  LinkId link_;
};

class AgentTest : public ::testing::Test {
 protected:
  explicit AgentTest(const AgencyId& agency = kSchoolA, const Role& role = kSchoolRole)
      : broker_(partnership_, agency) {
    partnership_.WriteKeys(agency, scratch_ / "keys");
    auto store = AgentStore::Open({scratch_ / "store", false},
                                  seal::LockedSecret<32>(ByteArray<32>{5}), random_);
    CHECK(store.has_value());
    store_ = std::make_unique<AgentStore>(*std::move(store));
    const seal::SealKey& own = partnership_.CurveKeyOf(TestPartnership::HostOf(agency).value());
    AgentOptions options;
    options.session = {
        {broker_.endpoint(), Z85Encode(partnership_.CurveKeyOf("broker").public_key()),
         Z85Encode(own.public_key()), Z85Encode(own.ExposePrivate())},
        kTestPartnership,
        {agency},
        "test"};
    options.documents = {kTestPartnership, partnership_.TestGovernance(),
                         partnership_.Sign(partnership_.DirectoryText()),
                         partnership_.Sign(partnership_.PolicyText())};
    options.agencies = {{agency, scratch_ / "keys", {role}, "01632 960000", Calendar()}};
    options.claims = [](const ExchangeName&, const auto&) {
      return std::map<std::string, std::string>();
    };
    options.follow_statements = false;
    options.fatal = [](const Fault& fault) { ADD_FAILURE() << fault.detail; };
    auto agent = Agent::Load(std::move(options), *store_, clock_, random_);
    CHECK(agent.has_value());
    agent_ = *std::move(agent);
    agent_->Start();
  }
  ~AgentTest() override { agent_->Stop(); }

  void Welcome(const DocumentVersion& policy) {
    havenline::Welcome welcome;
    welcome.head = {1, 5, {}};
    welcome.directory = partnership_.directory().version();
    welcome.policy = policy;
    welcome.time = clock_.Now();
    welcome.credit_messages = 64;
    welcome.credit_bytes = 1U << 20U;
    broker_.Send(welcome);
  }
  // A session in which this policy is in force, and the first thing that comes are notices that
  // were accepted under the first one.
  void ComeBackTo(const DocumentVersion& policy, std::size_t notices = 1) {
    ASSERT_TRUE(broker_.Until([&] { return broker_.hellos > 0; }));
    Welcome(policy);
    // Its own keys are known to the police from an earlier day.
    ASSERT_TRUE(broker_.Until([&] { return !broker_.statements.empty(); }));
    police_.Notice(DocumentKind::kStatement, broker_.statements.front().bytes);
    Deliver deliver;
    for (std::size_t i = 0; i < notices; ++i) {
      ASSERT_TRUE(police_.outbox()
                      .Take({partnership_.MakeContent(partnership_.NoticeContent()),
                             {{kSchoolA, kSchoolRole}},
                             ""},
                            clock_.Now())
                      .has_value());
      const auto offer = police_.outbox().NextOffer(3U << 20U).value();
      ASSERT_TRUE(offer.has_value());
      deliver.items.push_back(log_.DeliveryTo(partnership_, log_.Accept(offer->bytes), 0));
    }
    broker_.Send(std::move(deliver));
  }
  // The answer to the one fetch of a document that was made.
  void Answer(const std::string& note) {
    ASSERT_EQ(broker_.fetches.size(), 1U);
    ASSERT_TRUE(std::holds_alternative<Fetch::Document>(broker_.fetches[0].what));
    broker_.Send(DocumentFrame{
        broker_.fetches[0].reference, {{DocumentKind::kPolicy, 0, ToBytes(note)}}, false});
  }
  // The next version of the policy, which releases less to a school.
  std::string Stricter() const {
    return TestPartnership::Replace(
        partnership_.PolicyText(2, partnership_.policy().version().hash),
        "\"circumstances\", \"otherSafeguarding\", \"collection\"",
        "\"otherSafeguarding\", \"collection\"");
  }
  static DocumentVersion VersionOf(const std::string& text) {
    return policy::Policy::Parse(text, "policy").value().version();
  }
  std::ptrdiff_t Alarms(AlarmKind kind) {
    return agent_->Call([&] {
      return std::ranges::count_if(agent_->alarms().all(),
                                   [&](const auto& row) { return row.second.kind == kind; });
    });
  }

  DocumentVersion Policy() {
    return agent_->Call([&] { return agent_->documents().policy().version(); });
  }

  TestPartnership partnership_;
  ScratchDirectory scratch_;
  seal::SystemRandom random_;
  MovableClock clock_;
  ScriptedBroker broker_;
  TestAgent police_{partnership_, kPolice, {}};
  TestBroker log_;
  std::unique_ptr<AgentStore> store_;
  std::unique_ptr<Agent> agent_;
};

}  // namespace havenline
