#include "deploy/havenline/files_audit.h"

#include <algorithm>
#include <set>

#include "deploy/havenline/log_fetch.h"
#include "schema/directory/opening.h"
#include "schema/model/limits.h"
#include "schema/tlog/checkpoint.h"
#include "schema/tlog/leaf_rules.h"
#include "schema/tlog/tile.h"
#include "schema/tlog/tile_audit.h"

namespace havenline {
namespace {

using tlog::TileId;

constexpr std::size_t kCheckpointBytesMax = 64U << 10U;
constexpr std::size_t kDocumentsMax = 10'000;
constexpr std::size_t kOpeningTextMax = 1024;  // Three short lines.
constexpr std::uint64_t kTellEvery = 100'000;  // Entries.
constexpr std::string_view kDocuments = "documents";

std::string InEpoch(std::uint64_t epoch, const std::string& name) {
  return std::to_string(epoch) + "/" + name;
}

std::string DocumentName(const Digest& hash) {
  return std::string(kDocuments) + "/" + HexEncode(hash) + ".note";
}

bool HasHash(const std::string& note, const Digest& hash) {
  const auto text = tlog::UnverifiedText(note);
  return text && tlog::NoteTextHash(*text) == hash;
}

// What a note is an opening of, whoever signed it; nothing for any other document.
std::optional<Opening> ClaimedOpening(std::string_view note) {
  const auto text = tlog::UnverifiedText(note);
  if (!text || text->size() > kOpeningTextMax) return std::nullopt;
  const auto opening = ParseOpening(*text);
  return opening ? std::optional(*opening) : std::nullopt;
}

// The epoch's opening among the documents, whatever the entries say: they are not verified yet.
std::optional<Opening> FindOpening(const LogFiles& files, const FilesTrust& trust,
                                   tlog::Verdict& verdict) {
  for (const std::string& name : files.list(std::string(kDocuments), kDocumentsMax)) {
    const std::string path = std::string(kDocuments) + "/" + name;
    const auto note = files.read(path, limits::kDocumentBytesMax);
    if (!note) continue;
    const auto claimed = ClaimedOpening(AsText(*note));
    if (claimed && claimed->partnership == trust.configuration.partnership &&
        claimed->epoch == trust.epoch) {
      const auto opening = OpenOpening(AsText(*note), trust.configuration.governance);
      if (opening) return *opening;
      verdict.Tampered({path, LogIndex(0), opening.error().detail});
    }
    const auto hash = HexDecode(name.substr(0, 64));
    const auto named = hash ? ToArray<32>(*hash) : std::nullopt;
    if (name.ends_with(".note") && named && !HasHash(ToText(*note), *named))
      verdict.Tampered({path, std::nullopt, "has another hash than its name says"});
  }
  return std::nullopt;
}

tlog::TileSource SourceOf(const LogFiles& files, std::uint64_t epoch) {
  tlog::TileSource source;
  source.read = [&files, epoch](const TileId& id) {
    return files.read(InEpoch(epoch, tlog::TilePath(id)), id.kind == TileId::Kind::kHashes
                                                              ? tlog::kTileBytesMax
                                                              : tlog::kBundleBytesMax);
  };
  source.partials = [&files, epoch](const TileId& id) {
    std::vector<std::uint32_t> widths;
    const std::string folder = tlog::PartialsPath(id);
    for (const std::string& name : files.list(InEpoch(epoch, folder), tlog::kTileWidth)) {
      const auto older = tlog::TileFromPath(folder + "/" + name);
      if (older) widths.push_back(older->width);
    }
    return widths;
  };
  return source;
}

class FilesAudit {
 public:
  FilesAudit(const LogFiles& files, const FilesTrust& trust, const OpenedFiles& opened,
             const FilesRun& run)
      : files_(files),
        trust_(trust),
        opened_(opened),
        run_(run),
        rules_(trust.epoch),
        audit_(*opened.head, Remembered(), SourceOf(files, trust.epoch),
               [this](std::uint64_t index, std::string_view text) { Take(index, text); }) {}

  FilesFindings Audit() {
    FilesFindings findings;
    if (auto behind = Behind()) findings.verdict.Missing(*std::move(behind));
    if (MayGoOn() && audit_.Resume(run_.from->mark)) {
      rules_ = tlog::LeafRules(trust_.epoch, run_.from->mark.size, run_.from->documents);
      findings.entries_before = run_.from->mark.size;
    }
    for (std::uint64_t told = audit_.next(); audit_.Step();) {
      if (audit_.next() - told < kTellEvery) continue;
      told = audit_.next();
      if (const auto progress = Progress()) run_.tell(*progress, told);
    }
    Named(audit_.Judge(), findings.verdict);
    const bool sound = findings.verdict.is() != tlog::Verdict::Is::kTampered;
    if (sound && in_order_) findings.verdict.Add(rule_breaks_);
    findings.documents = CheckDocuments(findings.verdict, sound);
    if (findings.verdict.is() == tlog::Verdict::Is::kValid) findings.progress = Progress();
    return findings;
  }

 private:
  // A copy may be older than what was seen elsewhere, and is no forgery for that: it lacks what
  // came since.
  std::optional<tlog::Place> Behind() const {
    const LogHead& head = *opened_.head;
    if (!run_.remembered || run_.remembered->epoch != head.epoch ||
        run_.remembered->size <= head.size)
      return std::nullopt;
    return tlog::Place{InEpoch(trust_.epoch, "checkpoint"), LogIndex(head.size),
                       "the files end here, and a signed checkpoint of " +
                           std::to_string(run_.remembered->size) + " entries was seen before"};
  }

  // Of another epoch it says nothing about this tree.
  std::optional<LogHead> Remembered() const {
    if (!run_.remembered || run_.remembered->epoch != opened_.head->epoch ||
        run_.remembered->size > opened_.head->size)
      return std::nullopt;
    return run_.remembered;
  }

  // What was remembered behind the mark can only be compared by beginning at the beginning.
  bool MayGoOn() const {
    if (!run_.from || run_.from->epoch != trust_.epoch || run_.from->mark.size == 0) return false;
    const auto remembered = Remembered();
    return !remembered || remembered->size >= run_.from->mark.size ||
           run_.from->held_to == remembered;
  }

  void Take(std::uint64_t index, std::string_view text) {
    in_order_ = in_order_ && index == rules_.next();
    if (!in_order_) return;
    auto wrong = rules_.Add(text);
    if (!wrong) return;
    const auto bundle = tlog::BundleAt(index / tlog::kTileWidth, opened_.head->size);
    rule_breaks_.Tampered(
        {InEpoch(trust_.epoch, tlog::TilePath(*bundle)), LogIndex(index), *std::move(wrong)});
  }

  // The audit names files within the epoch.
  void Named(const tlog::Verdict& of_tiles, tlog::Verdict& verdict) const {
    tlog::Verdict named;
    const auto add = [&](const tlog::Place& place) {
      return tlog::Place{place.file.empty() ? InEpoch(trust_.epoch, "checkpoint")
                                            : InEpoch(trust_.epoch, place.file),
                         place.index, place.what};
    };
    for (const tlog::Place& place : of_tiles.tampered()) named.Tampered(add(place));
    for (const tlog::Place& place : of_tiles.missing()) named.Missing(add(place));
    verdict.Add(named);
  }

  std::optional<AuditProgress> Progress() const {
    const auto mark = audit_.Mark();
    if (!mark || !in_order_ || rule_breaks_.is() != tlog::Verdict::Is::kValid) return std::nullopt;
    AuditProgress progress{trust_.epoch, *mark, std::nullopt, {}};
    const auto remembered = Remembered();
    if (remembered && remembered->size < mark->size) progress.held_to = remembered;
    for (const tlog::LoggedDocument& document : rules_.documents()) {
      if (document.index.value() < mark->size) progress.documents.push_back(document);
    }
    return progress;
  }

  // Returns how many there are. What a false entry names need not be there.
  std::size_t CheckDocuments(tlog::Verdict& verdict, bool sound) const {
    std::set<Digest> seen;
    for (const tlog::LoggedDocument& document : rules_.documents()) {
      if (seen.insert(document.mark.hash).second) CheckDocument(document, verdict, sound);
    }
    return seen.size();
  }

  void CheckDocument(const tlog::LoggedDocument& document, tlog::Verdict& verdict,
                     bool sound) const {
    const std::string path = DocumentName(document.mark.hash);
    const auto bytes = files_.read(path, limits::kDocumentBytesMax);
    const auto kind = KindNamed(document.mark.document);
    if (!bytes && bytes.error().code == FaultCode::kInvalid)
      return verdict.Tampered({path, document.index, bytes.error().detail});
    if (!bytes || !kind) {
      if (sound)
        verdict.Missing(
            {path, document.index,
             bytes ? "is of a kind that this version does not know" : bytes.error().detail});
      return;
    }
    const std::string note = ToText(*bytes);
    if (!HasHash(note, document.mark.hash))
      return verdict.Tampered({path, document.index, "has another hash than the entry says"});
    if (const auto wrong = WrongWith(*kind, note, trust_.configuration))
      return verdict.Tampered({path, document.index, *wrong});
    if (*kind == DocumentKind::kOpening) CheckOpening(note, verdict);
  }

  // Governance said which key signs this epoch's checkpoints: it must be the one that did.
  void CheckOpening(const std::string& note, tlog::Verdict& verdict) const {
    const auto opening = OpenOpening(note, trust_.configuration.governance);
    if (!opening || opening->epoch != trust_.epoch) return;  // Named already.
    const std::vector<tlog::NoteKey> keys = {opening->log_key};
    if (!tlog::OpenCheckpoint(trust_.configuration.partnership, opened_.checkpoint, keys)) {
      verdict.Tampered({InEpoch(trust_.epoch, "checkpoint"), std::nullopt,
                        "is not signed by the key that the epoch's opening names"});
    }
  }

  const LogFiles& files_;
  const FilesTrust& trust_;
  const OpenedFiles& opened_;
  const FilesRun& run_;
  tlog::LeafRules rules_;
  bool in_order_ = true;  // Every entry so far was there.
  tlog::Verdict rule_breaks_;
  tlog::TileAudit audit_;
};

}  // namespace

OpenedFiles OpenFiles(const LogFiles& files, const FilesTrust& trust) {
  OpenedFiles opened;
  const PartnershipId& partnership = trust.configuration.partnership;
  const std::string path = InEpoch(trust.epoch, "checkpoint");
  const std::string origin = tlog::OriginOf(partnership, trust.epoch);
  opened.keys = trust.keys;
  bool known = std::ranges::find(trust.keys, origin, &tlog::NoteKey::name) != trust.keys.end();
  if (!known) {
    const auto opening = FindOpening(files, trust, opened.verdict);
    if (opening) opened.keys.push_back(opening->log_key);
    known = opening.has_value();
  }
  const auto note = files.read(path, kCheckpointBytesMax);
  if (!note) {
    tlog::Place place{path, std::nullopt, note.error().detail};
    if (note.error().code == FaultCode::kInvalid) {
      opened.verdict.Tampered(std::move(place));
    } else {
      opened.verdict.Missing(std::move(place));
    }
  }
  if (!known) {
    opened.verdict.Missing({std::string(kDocuments), std::nullopt,
                            "no opening of epoch " + std::to_string(trust.epoch) +
                                " that governance signed: it says which key signs checkpoints"});
  }
  if (!note || !known) return opened;
  opened.checkpoint = ToText(*note);
  const auto head = tlog::OpenCheckpoint(partnership, opened.checkpoint, opened.keys);
  if (!head || head->epoch != trust.epoch) {
    opened.verdict.Tampered(
        {path, std::nullopt, head ? "is another epoch's" : head.error().detail});
    return opened;
  }
  opened.head = *head;
  return opened;
}

FilesFindings AuditFiles(const LogFiles& files, const FilesTrust& trust, const OpenedFiles& opened,
                         const FilesRun& run) {
  FilesFindings findings = FilesAudit(files, trust, opened, run).Audit();
  if (findings.entries_before == 0 || findings.verdict.is() == tlog::Verdict::Is::kValid)
    return findings;
  // Something does not hold, perhaps in what was not looked at: the place is found by looking.
  FilesRun whole = run;
  whole.from.reset();
  return FilesAudit(files, trust, opened, whole).Audit();
}

}  // namespace havenline
