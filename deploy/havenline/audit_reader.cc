#include "deploy/havenline/audit_reader.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "deploy/havenline/code_words.h"
#include "schema/base/clock.h"
#include "schema/model/limits.h"
#include "schema/seal/joined.h"
#include "schema/seal/labels.h"
#include "schema/tlog/leaf.h"
#include "schema/wire/envelope_codec.h"
#include "schema/wire/statement_codec.h"

namespace havenline {
namespace {

class Search {
 public:
  Search(BrokerLink& link, const SignedLog& log, const Auditor& auditor,
         const audit::Filter& filter, std::size_t facts_max)
      : link_(link), log_(log), auditor_(auditor), filter_(filter), facts_max_(facts_max) {}

  Result<AuditFindings> Run(std::uint64_t first, std::uint64_t end) {
    while (first < end && !findings_.more) {
      const std::uint64_t last =
          first + std::min<std::uint64_t>(limits::kLookEntriesMax, end - first);
      RETURN_IF_FAULT(Look(first, last));
      while (first < last && !findings_.more) {
        // What a look allows ends with its session: whatever came since may lack what it allowed.
        if (link_.sessions() != looked_in_) RETURN_IF_FAULT(Look(first, last));
        ASSIGN_OR_RETURN(const auto parts, ReadFrom(first, last));
        ASSIGN_OR_RETURN(const auto documents, DocumentsFrom(first, parts.until));
        if (link_.sessions() != looked_in_) continue;
        first = Take(first, parts, documents);
      }
    }
    RETURN_IF_FAULT(Prove());
    return std::move(findings_);
  }

 private:
  struct Page {
    std::map<std::uint64_t, std::vector<PartProof>> of_entry;
    std::uint64_t until = 0;  // Up to here all that may be read is here.
  };

  Result<void> Look(std::uint64_t first, std::uint64_t last) {
    const havenline::Look look{
        .partnership = log_.directory.partnership(),
        .agency = auditor_.agency,
        .role = auditor_.role,
        .person = auditor_.person,
        .reason = auditor_.reason,
        .epoch = log_.head.epoch,
        .first = first,
        .count = last - first,
        .time = SystemClock().Now(),
        .key = seal::KeyIdOf(seal::NameOf(seal::Purpose::kReceipt), auditor_.key.public_key())};
    SignedLook signed_look{.bytes = wire::EncodeLook(look), .look = look, .signature = {}};
    signed_look.signature =
        auditor_.key.Sign(seal::Joined(seal::labels::kLook).Add(signed_look.bytes).bytes());
    ASSIGN_OR_RETURN(const Answer answer, link_.Look(wire::EncodeSignedLook(signed_look)));
    looked_in_ = link_.sessions();
    if (std::holds_alternative<Accepted>(answer)) return {};
    const auto* const invalid = std::get_if<Invalid>(&answer);
    if (invalid != nullptr && invalid->code == Code::kNotEntitled) {
      return Fail(FaultCode::kInvalid, "no [[audit]] rule of the policy in force lets " +
                                           auditor_.role.value() + " look, or " +
                                           auditor_.agency.value() + " does not hold that role");
    }
    const auto* const deferred = std::get_if<Deferred>(&answer);
    if (deferred != nullptr)
      return Fail(FaultCode::kUnavailable, "the broker asks to wait: " + WordsOf(deferred->code));
    return Fail(FaultCode::kInvalid, "the broker does not take the look" +
                                         (invalid == nullptr ? "" : ": " + WordsOf(invalid->code)));
  }

  Result<Page> ReadFrom(std::uint64_t first, std::uint64_t last) {
    const auto count =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(limits::kPartEntriesMax, last - first));
    ASSIGN_OR_RETURN(const DocumentFrame frame,
                     link_.Ask(Fetch::Parts{{log_.head.epoch, LogIndex(first)}, count}));
    Page page;
    page.until = first + count;
    for (const DocumentFrame::Piece& piece : frame.pieces) {
      ASSIGN_OR_RETURN(PartProof proof, wire::ParsePartProof(piece.bytes));
      const std::uint64_t index = proof.position.index.value();
      if (proof.position.epoch != log_.head.epoch || index < first || index >= page.until)
        return Fail(FaultCode::kCorrupt, "the broker gives parts of entries not asked for");
      page.of_entry[index].push_back(std::move(proof));
    }
    if (frame.more) {
      if (page.of_entry.empty())
        return Fail(FaultCode::kCorrupt, "the broker gives nothing of more");
      page.until = page.of_entry.rbegin()->first + 1;
    }
    return page;
  }

  // What came into force there, which the leaves say in clear.
  using Documents = std::map<std::uint64_t, audit::Event>;
  Result<Documents> DocumentsFrom(std::uint64_t first, std::uint64_t until) {
    Documents documents;
    const auto take = [&](std::uint64_t index, std::string_view text) {
      const auto leaf = tlog::ParseLeaf(text);
      if (!leaf || !leaf->document) return true;
      leaves_.emplace(index, tlog::LeafHash(AsBytes(text)));
      const tlog::DocumentMark& mark = *leaf->document;
      documents.emplace(index, audit::DocumentEvent(mark.document, mark.version, mark.hash));
      return true;
    };
    RETURN_IF_FAULT(FetchLeaves(link_, log_.head.epoch, first, until, take));
    return documents;
  }

  // Returns where to go on.
  std::uint64_t Take(std::uint64_t first, const Page& page, const Documents& documents) {
    for (std::uint64_t index = first; index < page.until; ++index) {
      ++findings_.entries;
      const auto document = documents.find(index);
      if (document != documents.end()) {
        Keep(index, document->second);
        if (findings_.more) return index;
        continue;
      }
      const auto of_entry = page.of_entry.find(index);
      if (of_entry == page.of_entry.end()) {
        ++findings_.nothing_read;
        continue;
      }
      TakeEntry(index, of_entry->second);
      if (findings_.more) return index;
    }
    return page.until;
  }

  void TakeEntry(std::uint64_t index, const std::vector<PartProof>& parts) {
    std::vector<audit::Event> events;
    for (const PartProof& part : parts) {
      const auto leaf = tlog::LeafHashOf(part);
      const auto read = audit::EventsOf(AgencyId(), part.part);
      if (!leaf || !read) {
        findings_.problems.push_back(
            "entry " + std::to_string(index) + ": " +
            (read ? "a part does not lead to its leaf"
                  : "a part is not of this program's vocabulary: " + read.error().detail));
        continue;
      }
      if (leaves_.emplace(index, *leaf).first->second != *leaf) {
        findings_.problems.push_back("entry " + std::to_string(index) +
                                     ": its parts lead to two leaves");
        continue;
      }
      events.insert(events.end(), read->begin(), read->end());
    }
    for (audit::Event& event : audit::Merged(std::move(events))) Keep(index, std::move(event));
  }

  void Keep(std::uint64_t index, audit::Event event) {
    if (findings_.more || !audit::Matches(event, filter_)) return;
    findings_.more = findings_.facts.size() == facts_max_;
    if (!findings_.more) findings_.facts.push_back({LogIndex(index), std::move(event)});
  }

  // Each entry with a fact that was found: in the log that was signed.
  Result<void> Prove() {
    std::set<LogIndex> found;
    for (const AuditFact& fact : findings_.facts) found.insert(fact.index);
    const std::vector<LogIndex> indices(found.begin(), found.end());
    for (std::size_t at = 0; at < indices.size(); at += limits::kItemsMax) {
      const std::size_t end = std::min(indices.size(), at + limits::kItemsMax);
      RETURN_IF_FAULT(ProveSome({indices.begin() + static_cast<std::ptrdiff_t>(at),
                                 indices.begin() + static_cast<std::ptrdiff_t>(end)}));
    }
    return {};
  }

  Result<void> ProveSome(std::vector<LogIndex> indices) {
    while (!indices.empty()) {
      ASSIGN_OR_RETURN(const DocumentFrame frame,
                       link_.Ask(Fetch::Proofs{log_.head.epoch, log_.head.size, indices}));
      std::map<LogIndex, std::vector<Digest>> paths;
      for (const DocumentFrame::Piece& piece : frame.pieces) {
        std::vector<Digest>& path = paths[LogIndex(piece.index)];
        for (ByteView rest = piece.bytes; rest.size() >= sizeof(Digest);
             rest = rest.subspan(sizeof(Digest)))
          path.push_back(*ToArray<sizeof(Digest)>(rest.first(sizeof(Digest))));
      }
      std::vector<LogIndex> left;
      for (const LogIndex index : indices) {
        const auto path = paths.find(index);
        const bool cut = path == paths.end() && frame.more && !paths.empty();
        if (cut) {
          left.push_back(index);
        } else if (path == paths.end() ||
                   !tlog::VerifyInclusion(leaves_.at(index.value()), index.value(), log_.head.size,
                                          path->second, log_.head.root)) {
          findings_.problems.push_back("entry " + std::to_string(index.value()) +
                                       " is NOT in the log that the broker signed");
        }
      }
      indices = std::move(left);
    }
    return {};
  }

  BrokerLink& link_;
  const SignedLog& log_;
  const Auditor& auditor_;
  const audit::Filter& filter_;
  const std::size_t facts_max_;
  AuditFindings findings_;
  std::map<std::uint64_t, Digest> leaves_;
  std::uint64_t looked_in_ = 0;  // Session.
};

}  // namespace

Result<AuditFindings> SearchLog(BrokerLink& link, const SignedLog& log, const Auditor& auditor,
                                const AuditRange& range, const audit::Filter& filter) {
  const std::uint64_t first = std::min(range.first, log.head.size);
  const std::uint64_t end = first + std::min(range.count, log.head.size - first);
  return Search(link, log, auditor, filter, range.facts_max).Run(first, end);
}

}  // namespace havenline
