// What an agent keeps of one message: who was told what, under which rule, who looked, and its own
// parts of the log's entries. Read from the agent's store, beside the agent.

#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agents/link/inbox.h"
#include "agents/link/outbox.h"
#include "agents/store/agent_store.h"
#include "schema/base/result.h"
#include "schema/model/envelope.h"
#include "schema/text/value.h"

namespace havenline {

// A receipt that counted, and the sender's part of the entry that holds it.
struct ReceiptRecord {
  Recipient from;
  ReceiptKind kind = ReceiptKind::kStored;
  TimePoint time;
  Bytes bytes;                     // As the recipient signed it; none: only the time is kept.
  std::optional<PartProof> proof;  // None: it cannot be proved from here.
};

struct SentRecord {
  OutMessage message;
  std::optional<PartProof> proof;  // The sender's part of the entry that accepted it.
  std::vector<ReceiptRecord> receipts;
};

struct ReceivedRecord {
  InMessage message;
  std::optional<PartProof> proof;    // The recipient's part of the same entry.
  std::vector<text::Value> journal;  // Reads and acts at this desk, oldest first.
};

struct MessageRecord {
  std::vector<SentRecord> sent;
  std::vector<ReceivedRecord> received;  // A hosted desk may have several.

  bool empty() const { return sent.empty() && received.empty(); }
};

// By the id of the message or of its first sealing. kCorrupt if a row does not read.
Result<MessageRecord> RecordOf(const AgentStore& store, const MessageId& id);

// Inclusion proofs by index, under one checkpoint that was verified.
struct Inclusion {
  std::string checkpoint;
  LogHead head;
  std::map<LogIndex, std::vector<Digest>> paths;
};

text::Value JsonOf(const MessageRecord& record, const Inclusion* inclusion);
std::string WordsOf(const MessageRecord& record, const Inclusion* inclusion);

// True if the proof's part leads to a leaf, and that leaf to the checkpoint's root.
bool IsIncluded(const PartProof& proof, const Inclusion& inclusion);

}  // namespace havenline
