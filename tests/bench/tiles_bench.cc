// The log as files: what it costs to publish, to verify and to prove, and what it takes on disk,
// for 10^4, 10^5 and 10^6 entries. In a folder of its own below TMPDIR, synced as a broker does.

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "broker/pipeline/log_publisher.h"
#include "broker/published_folder.h"
#include "deploy/runtime/files.h"
#include "schema/base/check.h"
#include "schema/seal/hash.h"
#include "schema/tlog/checkpoint.h"
#include "schema/tlog/leaf_rules.h"
#include "schema/tlog/tile_audit.h"

namespace havenline {
namespace {

const PartnershipId kPartnership("rotherham");

// A store that holds leaves as a broker's, and their tree; leaves are made when they are read.
class LeanLog final : public StoreReader {
 public:
  explicit LeanLog(std::uint64_t size) {
    tlog::TreeEdge edge;
    for (std::uint64_t i = 0; i < size; ++i) {
      for (const tlog::Node& node : edge.Append(tlog::LeafHash(AsBytes(LeafAt(i))))) {
        if (node.id.level >= levels_.size()) levels_.resize(node.id.level + 1);
        levels_[node.id.level].push_back(node.hash);
      }
    }
    head_ = {1, size, edge.root()};
  }
  const LogHead& head() const { return head_; }
  static std::string LeafAt(std::uint64_t index) {
    tlog::Leaf leaf{seal::Sha256(AsBytes(std::to_string(index))), LogIndex(index), std::nullopt};
    if (index == 0) leaf.document = tlog::DocumentMark{"opening", 1, Digest{1}};
    return tlog::LeafText(leaf);
  }

  Result<std::vector<std::string>> ReadLeaves(const Position& from,
                                              std::size_t count_max) const override {
    std::vector<std::string> leaves;
    for (std::uint64_t i = from.index.value(); i < head_.size && leaves.size() < count_max; ++i)
      leaves.push_back(LeafAt(i));
    return leaves;
  }
  std::optional<Digest> ReadNode(std::uint64_t, const tlog::NodeId& id) const override {
    if (id.level >= levels_.size() || id.index >= levels_[id.level].size()) return std::nullopt;
    return levels_[id.level][id.index];
  }
  Result<std::optional<DocumentRecord>> ReadDocument(const Digest&) const override { return {}; }
  Result<std::vector<MailboxRow>> Rows(const MailboxPlace&, std::size_t) const override {
    return {};
  }
  Result<std::optional<GrantRecord>> ReadGrant(const Digest&) const override { return {}; }
  Result<std::optional<Bytes>> ReadMessage(const Position&) const override { return {}; }
  Result<std::optional<EntryParts>> ReadParts(const Position&) const override { return {}; }
  Result<std::vector<NoticeRecord>> ReadNotices(std::uint64_t, std::size_t) const override {
    return {};
  }

 private:
  std::vector<std::vector<Digest>> levels_;
  LogHead head_;
};

tlog::NoteSigner Signer() {
  return {tlog::OriginOf(kPartnership, 1), seal::SigningKey::FromSeed(ByteArray<32>{7})};
}

struct Scratch {
  Scratch() {
    path = std::filesystem::temp_directory_path() / ("tiles_bench." + std::to_string(::getpid()));
    std::filesystem::remove_all(path);
  }
  ~Scratch() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

void Publish(const LeanLog& log, const std::filesystem::path& path) {
  PublishedFolder folder(path);
  LogPublisher publisher({log, folder, kPartnership, Signer().key()});
  const CheckpointNews news{log.head(), tlog::MakeCheckpoint(kPartnership, log.head(), Signer())};
  for (bool done = false; !done;) done = publisher.Step(news).value();
}

tlog::TileSource SourceIn(const std::filesystem::path& folder) {
  tlog::TileSource source;
  source.read = [folder](const tlog::TileId& id) {
    return ReadFile(folder / "1" / tlog::TilePath(id), tlog::kBundleBytesMax);
  };
  source.partials = [](const tlog::TileId&) { return std::vector<std::uint32_t>(); };
  return source;
}

double PeakKilobytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6));
  }
  return 0;
}

// From nothing to a folder that is whole, every file synced.
void PublishFromNothing(benchmark::State& state) {
  const LeanLog log(static_cast<std::uint64_t>(state.range(0)));
  for (auto _ : state) {
    const Scratch scratch;
    Publish(log, scratch.path);
    state.PauseTiming();
    std::uint64_t bytes = 0;
    std::uint64_t files = 0;
    std::uint64_t blocks = 0;
    for (const auto& each : std::filesystem::recursive_directory_iterator(scratch.path)) {
      if (!each.is_regular_file()) continue;
      bytes += each.file_size();
      blocks += (each.file_size() + 4095) / 4096 * 4096;
      ++files;
    }
    state.counters["bytes"] = static_cast<double>(bytes);
    state.counters["on_disk"] = static_cast<double>(blocks);
    state.counters["files"] = static_cast<double>(files);
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(PublishFromNothing)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

// One more checkpoint of 40 entries: what the publishing thread does in a second.
void PublishOneMoreSecond(benchmark::State& state) {
  const auto size = static_cast<std::uint64_t>(state.range(0));
  const LeanLog log(size);
  const Scratch scratch;
  PublishedFolder folder(scratch.path);
  LogPublisher publisher({log, folder, kPartnership, Signer().key()});
  std::uint64_t at = size / 2;
  for (auto _ : state) {
    at += 40;
    CHECK(at <= size);
    const auto root = tlog::RootOf(at, [&](const auto& id) { return log.ReadNode(1, id); });
    const LogHead head{1, at, *root};
    const CheckpointNews news{head, tlog::MakeCheckpoint(kPartnership, head, Signer())};
    for (bool done = false; !done;) done = publisher.Step(news).value();
  }
}
BENCHMARK(PublishOneMoreSecond)->Arg(100'000)->Iterations(200)->Unit(benchmark::kMillisecond);

// Every entry and every tile of a folder, and the rules of leaves; the memory it takes at most.
void VerifyFolder(benchmark::State& state) {
  auto log = std::make_unique<LeanLog>(static_cast<std::uint64_t>(state.range(0)));
  const LogHead head = log->head();
  const Scratch scratch;
  Publish(*log, scratch.path);
  log.reset();
  for (auto _ : state) {
    std::ofstream("/proc/self/clear_refs") << "5";
    const double before = PeakKilobytes();
    tlog::LeafRules rules(1);
    std::uint64_t broken = 0;
    tlog::TileAudit audit(head, {}, SourceIn(scratch.path),
                          [&](std::uint64_t, std::string_view text) {
                            if (rules.Add(text)) ++broken;
                          });
    while (audit.Step()) continue;
    CHECK(audit.Judge().is() == tlog::Verdict::Is::kValid && broken == 0);
    state.counters["more_kB"] = PeakKilobytes() - before;
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(VerifyFolder)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Iterations(3)
    ->Unit(benchmark::kMillisecond);

// An inclusion proof out of the files of a folder, the tiles read anew each time, and verified.
void ProveFromFolder(benchmark::State& state) {
  auto log = std::make_unique<LeanLog>(static_cast<std::uint64_t>(state.range(0)));
  const LogHead head = log->head();
  const Scratch scratch;
  Publish(*log, scratch.path);
  log.reset();
  std::uint64_t index = 1;
  for (auto _ : state) {
    index = (index * 6364136223846793005U + 1442695040888963407U) % head.size;
    const auto proof = tlog::InclusionProof(
        index, head.size,
        tlog::NodesOfTiles(head.size, [&](const tlog::TileId& id) -> std::optional<Bytes> {
          auto bytes = ReadFile(scratch.path / "1" / tlog::TilePath(id), tlog::kTileBytesMax);
          return bytes ? std::optional(*std::move(bytes)) : std::nullopt;
        }));
    CHECK(tlog::VerifyInclusion(tlog::LeafHash(AsBytes(LeanLog::LeafAt(index))), index, head.size,
                                *proof, head.root));
  }
}
BENCHMARK(ProveFromFolder)->Arg(10'000)->Arg(1'000'000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace havenline

BENCHMARK_MAIN();
