// The parts of an agent without its link: store, keys, documents, outbox and inbox of one agency of
// the test partnership, in a folder of their own. What the link would carry, a test carries by
// hand.

#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "agents/link/alarms.h"
#include "agents/link/documents.h"
#include "agents/link/inbox.h"
#include "agents/link/keyring.h"
#include "agents/link/outbox.h"
#include "agents/link/receipt_book.h"
#include "agents/store/agent_store.h"
#include "broker/commit/entry.h"
#include "schema/seal/digests.h"
#include "schema/wire/envelope_codec.h"
#include "schema/wire/statement_codec.h"
#include "tests/fakes/partnership.h"
#include "tests/fakes/scratch_directory.h"

namespace havenline {

class TestAgent {
 public:
  TestAgent(const TestPartnership& partnership, AgencyId agency, std::vector<Role> receives)
      : partnership_(partnership), agency_(std::move(agency)), receives_(std::move(receives)) {
    partnership_.WriteKeys(agency_, scratch_ / "keys");
    Open();
  }

  // As after a crash: everything in memory is gone.
  void Reopen() {
    inbox_.reset();
    outbox_.reset();
    receipts_.reset();
    documents_.reset();
    keys_.reset();
    alarms_ = std::make_unique<Alarms>();
    store_.reset();
    Open();
  }

  Outbox& outbox() { return *outbox_; }
  Inbox& inbox() { return *inbox_; }
  Alarms& alarms() { return *alarms_; }
  Documents& documents() { return *documents_; }
  Keyring& keys() { return *keys_; }
  ReceiptBook& receipts() { return *receipts_; }
  // From the next Reopen() on; at first none is voided at random, so that tests may count.
  void set_void_one_in(std::uint32_t one_in) { void_one_in_ = one_in; }
  AgentStore& store() { return *store_; }
  const AgencyId& agency() const { return agency_; }

  // Hands this agent's newest statement to another's documents, as the broker would.
  void StateTo(TestAgent& other) {
    for (const Keyring::PendingStatement& pending : keys_->pending())
      other.Notice(DocumentKind::kStatement, pending.bytes);
    StoreBatch batch;
    const auto waiting = keys_->pending();
    for (const auto& pending : waiting) keys_->Taken(pending.agency, pending.counter, batch);
    EXPECT_TRUE(store_->Commit(batch).has_value());
  }
  void Notice(DocumentKind kind, const Bytes& bytes) {
    const auto taken = documents_->Take({kind, documents_->notices() + 1, bytes});
    EXPECT_TRUE(taken.has_value()) << (taken ? "" : taken.error().detail);
  }
  void Document(DocumentKind kind, const std::string& note) {
    const auto taken = documents_->Take({kind, 0, ToBytes(note)});
    EXPECT_TRUE(taken.has_value()) << (taken ? "" : taken.error().detail);
  }

  // Open alarms of a kind.
  std::size_t AlarmsOf(AlarmKind kind) const {
    std::size_t count = 0;
    for (const auto& [number, alarm] : alarms_->all())
      count += alarm.kind == kind && alarm.open() ? 1U : 0U;
    return count;
  }

  // A word of the broker's, as the agent takes it. Whether it is one for this agent.
  bool Hear(const SignedWord& word, TimePoint now) {
    StoreBatch batch;
    if (!inbox_->OnWord(word, now, batch)) return false;
    EXPECT_TRUE(outbox_->OnWord(word, now, batch).has_value());
    EXPECT_TRUE(store_->Commit(batch).has_value());
    return true;
  }

  // The receipts signed here that still wait for the broker; they count as taken afterwards.
  std::vector<SignedReceipt> TakeReceipts() {
    std::vector<SignedReceipt> receipts;
    StoreBatch batch;
    const auto waiting = receipts_->waiting();
    for (const auto& [number, bytes] : waiting) {
      receipts.push_back(wire::ParseSignedReceipt(bytes).value());
      receipts_->Done(number, batch);
    }
    EXPECT_TRUE(store_->Commit(batch).has_value());
    return receipts;
  }

 private:
  void Open() {
    seal::SystemRandom random;
    auto store = AgentStore::Open({scratch_ / "store", false},
                                  seal::LockedSecret<32>(ByteArray<32>{5}), random_);
    ASSERT_TRUE(store.has_value()) << store.error().detail;
    store_ = std::make_unique<AgentStore>(*std::move(store));
    ASSERT_TRUE(alarms_->Load(*store_).has_value());
    auto documents = Documents::Load({kTestPartnership, partnership_.TestGovernance(),
                                      partnership_.Sign(partnership_.DirectoryText()),
                                      partnership_.Sign(partnership_.PolicyText())},
                                     *store_);
    ASSERT_TRUE(documents.has_value()) << documents.error().detail;
    documents_ = *std::move(documents);
    auto keys = Keyring::Load(kTestPartnership,
                              {{agency_, scratch_ / "keys", receives_, "01632 960000", Calendar()}},
                              *store_);
    ASSERT_TRUE(keys.has_value()) << keys.error().detail;
    keys_ = *std::move(keys);
    StoreBatch batch;
    ASSERT_TRUE(keys_->EnsureStated(kNight - std::chrono::hours(1), random_, batch).has_value());
    ASSERT_TRUE(store_->Commit(batch).has_value());
    receipts_ = std::make_unique<ReceiptBook>(kTestPartnership, *keys_, *store_);
    ASSERT_TRUE(receipts_->Load().has_value());
    outbox_ = std::make_unique<Outbox>(
        OutboxParts{*store_, *keys_, *documents_, *alarms_, random_, void_one_in_});
    ASSERT_TRUE(outbox_->Load().has_value());
    inbox_ = std::make_unique<Inbox>(
        InboxParts{*store_, *keys_, *documents_, *alarms_, *receipts_,
                   [this](const ExchangeName&, const auto&) { return claims_made_; }});
    ASSERT_TRUE(inbox_->Load().has_value());
  }

  const TestPartnership& partnership_;
  AgencyId agency_;
  std::vector<Role> receives_;
  ScratchDirectory scratch_;
  seal::SystemRandom random_;
  std::uint32_t void_one_in_ = 0;
  std::unique_ptr<AgentStore> store_;
  std::unique_ptr<Alarms> alarms_ = std::make_unique<Alarms>();
  std::unique_ptr<Documents> documents_;
  std::unique_ptr<Keyring> keys_;
  std::unique_ptr<ReceiptBook> receipts_;
  std::unique_ptr<Outbox> outbox_;
  std::unique_ptr<Inbox> inbox_;

 public:
  // What recomputing the claims of a received content gives.
  std::optional<std::map<std::string, std::string>> claims_made_ =
      std::map<std::string, std::string>{};
};

// What a broker would answer to an envelope, and hand to its recipients: an entry of one message.
class TestBroker {
 public:
  struct Taken {
    Envelope envelope;
    Entry entry;
    Accepted accepted;
  };
  Taken Accept(const Bytes& bytes) {
    Taken taken;
    taken.envelope = wire::ParseEnvelope(bytes).value();
    const std::string id = HexEncode(taken.envelope.header.id.value());
    std::vector<Part> parts = {
        {taken.envelope.header.sender, {}, ToBytes("{\"message\":\"" + id + "\"}")}};
    for (const Grant& grant : taken.envelope.grants) {
      parts.push_back({grant.clear.recipient,
                       {},
                       ToBytes("{\"grant\":\"" + HexEncode(seal::GrantDigest(grant)) + "\"}")});
    }
    taken.entry = MakeEntry({epoch, LogIndex(next_++)}, std::move(parts), 8, std::nullopt, random_);
    taken.accepted = Accepted{taken.entry.ProofOf(0), false};
    return taken;
  }
  DeliverItem DeliveryTo(const TestPartnership& partnership, const Taken& taken,
                         std::size_t grant) {
    Delivery delivery = partnership.DeliveryOf(taken.envelope, grant);
    delivery.proof = taken.entry.ProofOf(grant + 1);
    return {Reference(next_), delivery.grant.clear.recipient, Lane::kUrgent,
            wire::EncodeDelivery(delivery)};
  }
  std::uint64_t epoch = 1;  // Of the log that it writes.

  // Enters a receipt; the sender's part of the entry.
  PartProof Enter(const SignedReceipt& receipt) {
    const std::string digest = HexEncode(seal::Sha256(receipt.bytes));
    std::vector<Part> parts = {
        {receipt.receipt.recipient, {}, ToBytes("{\"kind\":\"receipts\"}")},
        {receipt.receipt.sender, {}, ToBytes("{\"receipts\":[{\"digest\":\"" + digest + "\"}]}")}};
    const Position position{epoch, LogIndex(next_++)};
    return MakeEntry(position, std::move(parts), 8, std::nullopt, random_).ProofOf(1);
  }

 private:
  CountedRandom random_{77};
  std::uint64_t next_ = 5;
};

}  // namespace havenline
