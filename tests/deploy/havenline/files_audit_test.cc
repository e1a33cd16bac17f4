// A whole published log, as a broker writes it: nothing in it can be changed, swapped, cut or taken
// away unnoticed, and the verdict is never one for another.

#include "deploy/havenline/files_audit.h"

#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "schema/seal/hash.h"
#include "schema/tlog/checkpoint.h"
#include "tests/fakes/openings.h"
#include "tests/fakes/partnership.h"
#include "tests/fakes/tiled_log.h"

namespace havenline {
namespace {

using Is = tlog::Verdict::Is;
using Files = std::map<std::string, Bytes>;

constexpr std::uint64_t kSize = 266;  // A full tile and a partial one of ten.

struct Published {
  TestPartnership partnership;
  tlog::TiledLog log;
  Files files;
  std::map<std::string, std::string> document_of;  // Its word, by path.

  void AddDocument(const std::string& word, std::uint64_t version, const std::string& note) {
    const Digest hash = tlog::NoteTextHash(tlog::UnverifiedText(note).value());
    AddLeaf(tlog::DocumentMark{word, version, hash});
    const std::string path = "documents/" + HexEncode(hash) + ".note";
    files[path] = ToBytes(note);
    document_of[path] = word;
  }
  void AddLeaf(const std::optional<tlog::DocumentMark>& document) {
    const LogIndex index(log.size());
    const Digest digest = seal::Sha256(AsBytes(std::to_string(index.value())));
    log.Add(tlog::LeafText({digest, index, document}));
  }
  LogHead HeadAt(std::uint64_t size) const { return {2, size, log.RootAt(size)}; }
  void Publish(std::uint64_t size) {
    for (auto& [path, bytes] : log.Files({size})) files["2/" + path] = bytes;
    files["2/checkpoint"] =
        ToBytes(tlog::MakeCheckpoint(kTestPartnership, HeadAt(size), LogSignerOf(2)));
  }
};

// Of the second epoch: nobody knows its key but by the opening in the folder.
Published MakePublished() {
  Published published;
  const TestPartnership& partnership = published.partnership;
  published.AddDocument("opening", 2, OpeningNoteOf(partnership, 2));
  published.AddDocument("directory", 1, partnership.Sign(partnership.DirectoryText()));
  published.AddDocument("policy", 1, partnership.Sign(partnership.PolicyText()));
  while (published.log.size() < kSize) published.AddLeaf(std::nullopt);
  published.Publish(260);
  published.Publish(kSize);
  return published;
}

const Published& Log() {
  static const Published published = MakePublished();
  return published;
}

struct Answered {
  tlog::Verdict verdict;
  FilesFindings findings;
};

Answered Audit(const Files& files, const FilesRun& asked = {},
               std::set<std::string>* read = nullptr) {
  LogFiles source;
  source.read = [&](const std::string& name, std::size_t bytes_max) -> Result<Bytes> {
    if (read != nullptr) read->insert(name);
    const auto file = files.find(name);
    if (file == files.end()) return Fail(FaultCode::kMissing, "is not there");
    if (file->second.size() > bytes_max) return Fail(FaultCode::kInvalid, "is too large");
    return file->second;
  };
  source.list = [&](const std::string& folder, std::size_t) {
    std::vector<std::string> names;
    for (const auto& [path, bytes] : files) {
      if (path.starts_with(folder + "/") && path.find('/', folder.size() + 1) == std::string::npos)
        names.push_back(path.substr(folder.size() + 1));
    }
    return names;
  };
  LinkConfiguration configuration;
  configuration.partnership = kTestPartnership;
  configuration.governance = Log().partnership.TestGovernance();
  const FilesTrust trust{configuration, {}, 2};
  const OpenedFiles opened = OpenFiles(source, trust);
  Answered answered{opened.verdict, {}};
  if (!opened.head) return answered;
  FilesRun run = asked;
  if (!run.tell) run.tell = [](const AuditProgress&, std::uint64_t) {};
  answered.findings = AuditFiles(source, trust, opened, run);
  answered.verdict.Add(answered.findings.verdict);
  return answered;
}

bool Names(const std::vector<tlog::Place>& places, const std::string& file) {
  return std::ranges::find(places, file, &tlog::Place::file) != places.end();
}

TEST(FilesAuditTest, AnUntouchedLogIsValid) {
  const Answered answered = Audit(Log().files);
  EXPECT_EQ(answered.verdict.is(), Is::kValid);
  EXPECT_EQ(answered.findings.documents, 3U);
  ASSERT_TRUE(answered.findings.progress.has_value());
  EXPECT_EQ(answered.findings.progress->mark.size, 256U);
  EXPECT_EQ(answered.findings.progress->documents.size(), 3U);
}

// One test a kind of file, so that they run side by side.
class EveryByteTest : public ::testing::TestWithParam<const char*> {};

TEST_P(EveryByteTest, ChangedIsTamperedAndTheFileIsNamed) {
  Files files = Log().files;
  int swept = 0;
  for (auto& [path, bytes] : files) {
    const auto document = Log().document_of.find(path);
    const std::string kind = document == Log().document_of.end() ? path : document->second;
    if (!kind.starts_with(GetParam())) continue;
    ++swept;
    // Of large tiles and bundles some: tests/schema/tlog/tile_audit_test.cc sweeps every byte.
    const std::size_t step = bytes.size() > 1000 && path.starts_with("2/tile/") ? 7 : 1;
    for (std::size_t i = 0; i < bytes.size(); i += step) {
      bytes[i] ^= 0x01U;
      const Answered answered = Audit(files);
      bytes[i] ^= 0x01U;
      ASSERT_EQ(answered.verdict.is(), Is::kTampered) << path << " byte " << i;
      ASSERT_TRUE(Names(answered.verdict.tampered(), path))
          << path << " byte " << i << ": " << answered.verdict.tampered()[0].file;
      ASSERT_FALSE(answered.findings.progress.has_value());
    }
  }
  EXPECT_GT(swept, 0);
}

INSTANTIATE_TEST_SUITE_P(OfEachKind, EveryByteTest,
                         ::testing::Values("2/checkpoint", "2/tile/0/", "2/tile/1/",
                                           "2/tile/entries/", "opening", "directory", "policy"),
                         [](const auto& of) {
                           std::string name(of.param);
                           std::erase_if(name, [](char c) { return c == '/' || c == '2'; });
                           return name;
                         });

TEST(FilesAuditTest, EveryRemovedFileIsMissingAndNothingIsCalledTampered) {
  int needed = 0;
  for (const auto& [path, bytes] : Log().files) {
    Files fewer = Log().files;
    fewer.erase(path);
    const Answered answered = Audit(fewer);
    const bool older = path.find(".p/260") != std::string::npos || path.ends_with(".p/4");
    if (older) {
      EXPECT_EQ(answered.verdict.is(), Is::kValid) << path << " may be deleted";
      continue;
    }
    ++needed;
    EXPECT_EQ(answered.verdict.is(), Is::kUnverifiable) << path;
    // Without the opening nobody can say whose the checkpoint is: the folder is named.
    const bool opening =
        Log().document_of.contains(path) && Log().document_of.at(path) == "opening";
    EXPECT_TRUE(Names(answered.verdict.missing(), opening ? "documents" : path)) << path;
  }
  EXPECT_EQ(needed, 9);
}

TEST(FilesAuditTest, EveryFileCutShortEmptiedOrAppendedToIsTampered) {
  for (const auto& [path, bytes] : Log().files) {
    for (const std::size_t size : {std::size_t{0}, bytes.size() / 2, bytes.size() - 1}) {
      Files cut = Log().files;
      cut.at(path).resize(size);
      const Answered answered = Audit(cut);
      EXPECT_EQ(answered.verdict.is(), Is::kTampered) << path << " cut to " << size;
      EXPECT_TRUE(Names(answered.verdict.tampered(), path)) << path << " cut to " << size;
    }
    Files longer = Log().files;
    longer.at(path).push_back('x');
    const Answered answered = Audit(longer);
    EXPECT_EQ(answered.verdict.is(), Is::kTampered) << path;
    EXPECT_TRUE(Names(answered.verdict.tampered(), path)) << path;
  }
}

TEST(FilesAuditTest, EveryTwoFilesInEachOthersPlaceAreTampered) {
  const Files& files = Log().files;
  for (auto a = files.begin(); a != files.end(); ++a) {
    for (auto b = std::next(a); b != files.end(); ++b) {
      Files swapped = files;
      std::swap(swapped.at(a->first), swapped.at(b->first));
      const Answered answered = Audit(swapped);
      EXPECT_EQ(answered.verdict.is(), Is::kTampered) << a->first << " and " << b->first;
    }
  }
}

TEST(FilesAuditTest, EntriesTakenOutSwappedOrAddedAreTampered) {
  const auto with = [](const std::function<void(std::vector<std::string>&)>& change) {
    Files files = Log().files;
    std::vector<std::string> entries(Log().log.entries().begin() + 256, Log().log.entries().end());
    change(entries);
    files.at("2/tile/entries/001.p/10") = tlog::EncodeBundle(entries);
    const Answered answered = Audit(files);
    EXPECT_TRUE(Names(answered.verdict.tampered(), "2/tile/entries/001.p/10"));
    return answered.verdict.is();
  };
  EXPECT_EQ(with([](auto& entries) { entries.erase(entries.begin() + 3); }), Is::kTampered);
  EXPECT_EQ(with([](auto& entries) { entries.pop_back(); }), Is::kTampered);
  EXPECT_EQ(with([](auto& entries) { std::swap(entries[3], entries[4]); }), Is::kTampered);
  EXPECT_EQ(with([](auto& entries) { entries.push_back(entries.back()); }), Is::kTampered);
}

// It contradicts nothing, and it does not hold what is known to be in the log.
TEST(FilesAuditTest, AnOlderCopyOfTheFolderIsFoundAgainstWhatWasSeenAndAccusesNobody) {
  Published older = MakePublished();
  older.Publish(200);
  EXPECT_EQ(Audit(older.files).verdict.is(), Is::kValid) << "by itself it is a log";
  FilesRun run;
  run.remembered = Log().HeadAt(kSize);
  const Answered answered = Audit(older.files, run);
  EXPECT_EQ(answered.verdict.is(), Is::kUnverifiable);
  EXPECT_EQ(answered.verdict.missing().at(0).index, LogIndex(200));
}

TEST(FilesAuditTest, AForkSignedByTheSameKeyIsFoundAgainstWhatWasSeen) {
  FilesRun run;
  run.remembered = Log().HeadAt(100);
  EXPECT_EQ(Audit(Log().files, run).verdict.is(), Is::kValid);
  run.remembered->root[0] ^= 1U;
  const Answered answered = Audit(Log().files, run);
  EXPECT_EQ(answered.verdict.is(), Is::kTampered);
  EXPECT_NE(answered.verdict.tampered()[0].what.find("forked"), std::string::npos);
}

TEST(FilesAuditTest, GoingOnLooksOnlyAtWhatIsNewAndStillFindsThePlaceOfWhatIsNot) {
  FilesRun run;
  run.from = Audit(Log().files).findings.progress;
  ASSERT_TRUE(run.from.has_value());
  std::set<std::string> read;
  const Answered answered = Audit(Log().files, run, &read);
  EXPECT_EQ(answered.verdict.is(), Is::kValid);
  EXPECT_EQ(answered.findings.entries_before, 256U);
  EXPECT_FALSE(read.contains("2/tile/entries/000"));
  EXPECT_EQ(answered.findings.documents, 3U) << "documents are looked at in every run";
  Files changed = Log().files;
  changed.at("2/tile/entries/001.p/10")[9] ^= 1U;
  const Answered found = Audit(changed, run);
  EXPECT_EQ(found.verdict.is(), Is::kTampered);
  EXPECT_TRUE(Names(found.verdict.tampered(), "2/tile/entries/001.p/10"));
}

TEST(FilesAuditTest, ProgressThatDoesNotFitIsNotBelieved) {
  FilesRun run;
  run.from = Audit(Log().files).findings.progress;
  run.from->mark.root[0] ^= 1U;
  const Answered answered = Audit(Log().files, run);
  EXPECT_EQ(answered.verdict.is(), Is::kValid);
  EXPECT_EQ(answered.findings.entries_before, 0U);
  // What was seen behind the mark was not held to it: it is, by beginning at the beginning.
  run.from = Audit(Log().files).findings.progress;
  run.remembered = LogHead{2, 100, Digest{1}};
  EXPECT_EQ(Audit(Log().files, run).verdict.is(), Is::kTampered);
}

TEST(FilesAuditTest, ASignedLogThatBreaksItsRulesIsTampered) {
  Published published;
  published.AddDocument("opening", 2, OpeningNoteOf(published.partnership, 2));
  published.AddLeaf(std::nullopt);
  published.log.Add(R"({"d":"00","n":2,"v":1})");
  published.Publish(3);
  const Answered answered = Audit(published.files);
  EXPECT_EQ(answered.verdict.is(), Is::kTampered);
  EXPECT_EQ(answered.verdict.tampered()[0].index, LogIndex(2));
}

TEST(FilesAuditTest, AnOpeningThatGovernanceDidNotSignNamesNoKey) {
  Published published = MakePublished();
  std::string note = OpeningText({kTestPartnership, 2, LogSignerOf(2).key()});
  note = tlog::MakeNote(note, std::array{LogSignerOf(2).SignatureLine(note)});
  for (auto& [path, word] : published.document_of) {
    if (word == "opening") published.files.at(path) = ToBytes(note);
  }
  EXPECT_NE(Audit(published.files).verdict.is(), Is::kValid);
}

}  // namespace
}  // namespace havenline
