// ReceiptBook: the receipts this host's agencies sign. Each is chained to the agency's one before
// to the same sender, signed together with the others of its frame, and kept until the broker has
// entered it.
//
// Owned by the agent's loop.

#pragma once

#include <map>
#include <string>
#include <vector>

#include "agents/link/keyring.h"
#include "agents/store/agent_store.h"
#include "schema/base/result.h"
#include "schema/model/receipt.h"

namespace havenline {

class ReceiptBook {
 public:
  ReceiptBook(PartnershipId partnership, const Keyring& keys, const AgentStore& store)
      : partnership_(std::move(partnership)), keys_(keys), store_(store) {}

  Result<void> Load();

  // Signs the drafts, all together for each agency, and adds them to `batch`; partnership, previous
  // and key are filled in. Returns them in the order of the drafts. Once the batch is committed
  // they are due to go out. CHECKs that each agency has a receipt key.
  std::vector<SignedReceipt> Sign(std::vector<Receipt> drafts, StoreBatch& batch);

  // What waits to be entered, oldest first.
  struct Waiting {
    std::uint64_t number = 0;
    Bytes bytes;
  };
  const std::map<std::uint64_t, Bytes>& waiting() const { return waiting_; }
  std::uint64_t last_number() const { return last_number_; }  // Of all that were signed here.
  // The broker entered it, or will not take it now. It is kept: see Again().
  void Done(std::uint64_t number, StoreBatch& batch);
  // The broker hands out once more what was receipted: it does not know. Every receipt of that
  // sealing that does not wait already is due to go out again, as it was signed.
  Result<void> Again(const AgencyId& agency, const Role& role, const MessageId& message,
                     StoreBatch& batch);

 private:
  PartnershipId partnership_;
  const Keyring& keys_;
  const AgentStore& store_;
  std::map<std::pair<AgencyId, AgencyId>, Digest> last_;  // By agency and sender.
  std::map<std::uint64_t, Bytes> waiting_;
  std::uint64_t last_number_ = 0;
};

}  // namespace havenline
