#include "broker/commit/store_verdict.h"

namespace havenline {
namespace {

using Start = StoreVerdict::Start;

std::string Named(const LogHead& head) {
  return "epoch " + std::to_string(head.epoch) + " size " + std::to_string(head.size);
}

bool IsBehind(const LogHead& head, const LogHead& promised) {
  return head.epoch < promised.epoch || (head.epoch == promised.epoch && head.size < promised.size);
}

// Whether the store is past `promised` in the same log. A head of an epoch that was closed since is
// answered for by the first entry of the later one.
bool Contains(const StoreFacts& facts, const LogHead& promised) {
  if (facts.head.epoch > promised.epoch) return true;
  const auto root = facts.root_of(promised.epoch, promised.size);
  return root && *root == promised.root;
}

// What is wrong with the store; empty if nothing.
std::string WrongWith(const StoreFacts& facts) {
  if (!facts.mark && facts.head.size > 0) {
    return "the store has " + std::to_string(facts.head.size) +
           " entries but there is no mark: the mark's directory is new or was lost";
  }
  if (facts.mark && IsBehind(facts.head, *facts.mark)) {
    return "the store is behind its mark: it has " + Named(facts.head) + ", and was at " +
           Named(*facts.mark) +
           " when it last answered. An older copy was put back, or its newest log file is lost or "
           "was cut short";
  }
  if (facts.mark && facts.mark->size > 0 && !Contains(facts, *facts.mark)) {
    return "the store is not the one the mark was made for: its first " +
           std::to_string(facts.mark->size) + " entries differ";
  }
  for (const LogHead& shown : facts.shown) {
    if (!IsBehind(facts.head, shown) && Contains(facts, shown)) continue;
    return "an agency holds a signed head of " + Named(shown) +
           ", which this store does not contain: it has " + Named(facts.head);
  }
  for (const LogHead& published : facts.published) {
    if (!IsBehind(facts.head, published) && Contains(facts, published)) continue;
    return "the log's files show a signed head of " + Named(published) +
           ", which this store does not contain: it has " + Named(facts.head);
  }
  return "";
}

}  // namespace

std::string WayBack() {
  return "keep store and mark as they are, and put the newest copy of the store back whole, if "
         "there is a newer one; if there is none, begin a new epoch with the opening that "
         "governance signed in advance: havenline-broker epoch";
}

StoreVerdict JudgeStore(const StoreFacts& facts) {
  const bool promised =
      (facts.mark && facts.mark->size > 0) || !facts.shown.empty() || !facts.published.empty();
  if (facts.head.size == 0 && !promised) return {Start::kFound, "", ""};
  const std::string found = WrongWith(facts);
  if (found.empty()) return {Start::kServe, "", ""};
  if (facts.head.size == 0) {
    return {Start::kRefuse, found,
            "Nothing can be served from an empty store: put the newest copy of the store back "
            "whole, or begin a new epoch with the opening that governance signed in advance: "
            "havenline-broker epoch"};
  }
  return {Start::kRecovery, found,
          "Nothing is accepted or delivered. What to do: stop the broker, " + WayBack()};
}

StoreVerdict JudgeUnreadable(const Fault& fault) {
  return {Start::kRefuse, fault.detail, "What to do: " + WayBack()};
}

}  // namespace havenline
