#include "broker/deliver/witness_board.h"

#include <algorithm>

#include "schema/directory/witnesses.h"
#include "schema/model/limits.h"
#include "schema/tlog/note.h"

namespace havenline {

void WitnessBoard::SetDirectory(std::shared_ptr<const Directory> directory) {
  directory_ = std::move(directory);
  const std::vector<tlog::WitnessKey> keys = WitnessKeys(*directory_);
  for (auto& [size, published] : published_) {
    std::erase_if(published.cosignatures, [&](const tlog::Cosignature& cosignature) {
      return std::ranges::find(keys, cosignature.witness) == keys.end();
    });
    Judge(published);
  }
  if (directory_->quorum() == 0) final_.reset();
}

void WitnessBoard::Publish(const LogHead& head, const std::string& note) {
  if (!published_.empty() && published_.begin()->second.head.epoch != head.epoch) {
    published_.clear();
    newest_.clear();
    final_.reset();
  }
  const auto text = tlog::UnverifiedText(note);
  if (!text) return;  // Not of our making; the committer's are notes.
  published_.try_emplace(head.size, Published{head, std::string(*text), note, {}});
  if (published_.size() > limits::kHeadsForWitnesses) published_.erase(published_.begin());
}

WitnessBoard::Heard WitnessBoard::Hear(const std::string& note,
                                       std::span<const tlog::WitnessKey> may, TimePoint now) {
  if (directory_ == nullptr || may.empty()) return Heard::kNoWitness;
  const auto text = tlog::UnverifiedText(note);
  if (!text) return Heard::kInvalid;
  const auto at = std::ranges::find_if(
      published_, [&](const auto& published) { return published.second.text == *text; });
  if (at == published_.end()) return Heard::kOtherHead;
  // One line for each witness: what is more costs a signature to look at, and says nothing.
  const auto lines =
      std::count(note.begin() + static_cast<std::ptrdiff_t>(text->size()) + 1, note.end(), '\n');
  if (static_cast<std::size_t>(lines) > may.size()) return Heard::kInvalid;
  auto cosignatures = tlog::CosignaturesOn(note, may);
  if (!cosignatures || cosignatures->empty()) return Heard::kInvalid;
  const bool ahead = std::ranges::any_of(*cosignatures, [&](const tlog::Cosignature& cosignature) {
    return cosignature.time() > now + limits::kFutureMarked;
  });
  if (ahead) return Heard::kAhead;
  if (!Merge(at->second, *std::move(cosignatures))) return Heard::kRepeated;
  Judge(at->second);
  return Heard::kTaken;
}

bool WitnessBoard::Merge(Published& published, std::vector<tlog::Cosignature> cosignatures) {
  bool newer = false;
  for (tlog::Cosignature& cosignature : cosignatures) {
    Newest& newest = newest_[tlog::WitnessKeyToText(cosignature.witness)];
    if (published.head.size >= newest.size)
      newest = {published.head.size, std::max(newest.time, cosignature.time())};
    const auto known =
        std::ranges::find(published.cosignatures, cosignature.witness, &tlog::Cosignature::witness);
    if (known == published.cosignatures.end()) {
      published.cosignatures.push_back(std::move(cosignature));
      newer = true;
    } else if (known->seconds < cosignature.seconds) {
      *known = std::move(cosignature);
      newer = true;
    }
  }
  return newer;
}

// What was final stays final: of an older head nothing is taken back, and nothing is said anew.
void WitnessBoard::Judge(const Published& published) {
  const auto time = QuorumTime(*directory_, published.cosignatures);
  if (!time || (final_ && final_->head.size > published.head.size)) return;
  final_ = Final{published.head, Cosigned(published), *time};
}

std::string WitnessBoard::Cosigned(const Published& published) {
  std::string note = published.note;
  for (const tlog::Cosignature& cosignature : published.cosignatures) note += cosignature.line;
  return note;
}

std::string WitnessBoard::NoteOf(const LogHead& head) const {
  const auto at = published_.find(head.size);
  return at == published_.end() || at->second.head != head ? std::string() : Cosigned(at->second);
}

std::vector<WitnessBoard::Standing> WitnessBoard::standings() const {
  std::vector<Standing> standings;
  if (directory_ == nullptr) return standings;
  for (const Witness& witness : directory_->witnesses()) {
    if (witness.retired) continue;
    const auto newest = newest_.find(tlog::WitnessKeyToText(witness.key));
    const Newest known = newest == newest_.end() ? Newest() : newest->second;
    standings.push_back({witness.agency, known.size, known.time});
  }
  return standings;
}

}  // namespace havenline
