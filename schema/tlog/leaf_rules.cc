#include "schema/tlog/leaf_rules.h"

#include "schema/tlog/checkpoint.h"

namespace havenline::tlog {

std::optional<std::string> LeafRules::Add(std::string_view text) {
  const LogIndex index(next_++);
  const auto leaf = ParseLeaf(text);
  if (!leaf || leaf->index != index) return "is not a leaf as the protocol has it";
  if (!leaf->document) {
    if (index == LogIndex(0)) return "is not the opening of the epoch";
    return std::nullopt;
  }
  documents_.push_back({index, *leaf->document});
  return CheckDocument(documents_.back());
}

std::optional<std::string> LeafRules::CheckDocument(const LoggedDocument& document) const {
  const DocumentMark& mark = document.mark;
  const bool opening = mark.document == "opening";
  if (opening != (document.index == LogIndex(0)) || (opening && mark.version != epoch_))
    return opening ? "is an opening out of place" : "is not the epoch's opening";
  if (mark.document != "directory" && mark.document != "policy") return std::nullopt;
  const LoggedDocument* before = nullptr;
  for (const LoggedDocument& each : documents_) {
    if (each.index < document.index && each.mark.document == mark.document) before = &each;
  }
  // In an epoch that followed a loss the versions between may be lost, too.
  const bool follows = before == nullptr || mark.version == before->mark.version + 1 ||
                       (epoch_ > kFirstEpoch && mark.version > before->mark.version);
  if (follows) return std::nullopt;
  return "puts version " + std::to_string(mark.version) + " of the " + mark.document +
         " in force, after version " + std::to_string(before->mark.version);
}

}  // namespace havenline::tlog
