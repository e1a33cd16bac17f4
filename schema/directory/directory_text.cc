// Directory::Parse(): from the TOML text to a Directory, every problem named at once.

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "schema/base/check.h"
#include "schema/directory/directory.h"
#include "schema/directory/witnesses.h"
#include "schema/model/limits.h"
#include "schema/text/reader.h"
#include "schema/text/toml.h"

namespace havenline {
namespace {

using text::MapReader;

constexpr std::array<std::string_view, 3> kStates = {"current", "retired", "compromised"};
constexpr std::array<std::string_view, 2> kWitnessStates = {"current", "retired"};
constexpr std::array<std::string_view, 6> kPurposes = {"envelope", "receipt",   "void",
                                                       "recall",   "statement", "release"};

template <std::size_t kSize>
ByteArray<kSize> ReadBase64(MapReader& reader, std::string_view key) {
  const auto bytes = Base64Decode(reader.Text(key));
  const auto array = bytes ? ToArray<kSize>(*bytes) : std::nullopt;
  if (!array) {
    reader.Problem(key, "must be " + std::to_string(kSize) + " bytes in base64");
    return {};
  }
  return *array;
}

}  // namespace

// Reads one directory; keeps what must be unique over the whole text.
class DirectoryReader {
 public:
  explicit DirectoryReader(MapReader top) : top_(std::move(top)) {}

  Result<Directory> Read(std::string_view text) {
    if (top_.Name("document") != "directory") top_.Problem("document", "must be \"directory\"");
    directory_.partnership_ = PartnershipId(top_.Name("partnership"));
    directory_.version_.version =
        static_cast<std::uint64_t>(top_.Integer("version", 1, 1'000'000'000));
    directory_.version_.hash = tlog::NoteTextHash(text);
    ReadPrevious();
    if (top_.Integer("minimum-suite", 1, 1) != 1) top_.Problem("minimum-suite", "must be 1");
    ReadGovernance(top_.Map("governance"));
    ReadBroker(top_.Map("broker"));
    for (MapReader& host : top_.MapList("host")) ReadHost(host);
    for (MapReader& agency : top_.MapList("agency")) ReadAgency(agency);
    directory_.Index();
    for (MapReader& witness : top_.OptionalMapList("witness")) ReadWitness(witness);
    ReadQuorum();
    RETURN_IF_FAULT(top_.Finish());
    return std::move(directory_);
  }

 private:
  void ReadPrevious() {
    const auto text = top_.OptionalText("previous");
    if (text.has_value() != (directory_.version_.version > 1)) {
      top_.Problem(
          "a directory of version 1 names no `previous`; every later one names the hash of the one "
          "before");
      return;
    }
    if (!text) return;
    const auto bytes = HexDecode(*text);
    const auto hash = bytes ? ToArray<32>(*bytes) : std::nullopt;
    if (!hash) top_.Problem("previous", "must be 64 hexadecimal digits");
    directory_.previous_ = hash.value_or(Digest{});
  }

  std::vector<tlog::NoteKey> ReadNoteKeys(MapReader& reader, std::string_view key) {
    std::vector<tlog::NoteKey> keys;
    for (const std::string& text : reader.TextList(key)) {
      auto parsed = tlog::NoteKeyFromText(text);
      if (!parsed) {
        reader.Problem(key, parsed.error().detail);
        continue;
      }
      Claim(reader, key, parsed->key);
      keys.push_back(*std::move(parsed));
    }
    if (keys.empty()) reader.Problem(key, "must name at least one key");
    return keys;
  }

  void ReadGovernance(MapReader reader) {
    directory_.governance_.keys = ReadNoteKeys(reader, "keys");
    const auto count = static_cast<std::int64_t>(directory_.governance_.keys.size());
    directory_.governance_.threshold =
        static_cast<std::size_t>(reader.Integer("threshold", 1, std::max<std::int64_t>(1, count)));
  }

  void ReadBroker(MapReader reader) {
    directory_.broker_curve_ = ReadCurve(reader, "curve", reader.Text("curve"));
    directory_.broker_release_key_ = ReadBase64<32>(reader, "release");
    CheckKey(reader, "release", directory_.broker_release_key_);
    directory_.log_keys_ = ReadNoteKeys(reader, "log-keys");
  }

  void ReadHost(MapReader& reader) {
    Host host;
    host.id = HostId(reader.Name("name"));
    if (!hosts_.insert(host.id.value()).second)
      reader.Problem("name", "stands twice: a host has one entry");
    host.operated_by = reader.Text("operated-by");
    host.operator_link = reader.OptionalBool("operator-link").value_or(false);
    for (const std::string& key : reader.TextList("curve"))
      host.curve.push_back(ReadCurve(reader, "curve", key));
    if (host.curve.empty()) reader.Problem("curve", "must name at least one key");
    directory_.hosts_.push_back(std::move(host));
  }

  void ReadAgency(MapReader& reader) {
    Agency agency;
    agency.id = AgencyId(reader.Name("name"));
    if (!agencies_.insert(agency.id.value()).second)
      reader.Problem("name", "stands twice: an agency has one entry");
    agency.title = reader.Text("title");
    for (std::string& role : reader.NameList("roles")) agency.roles.emplace_back(std::move(role));
    if (agency.roles.empty()) reader.Problem("roles", "must name at least one role");
    agency.host = HostId(reader.Name("host"));
    if (!hosts_.contains(agency.host.value()))
      reader.Problem("host", "names no [[host]] of this directory");
    if (++agencies_of_[agency.host.value()] == limits::kAgenciesPerHostMax + 1)
      reader.Problem("host", "has too many agencies: at most 2048 fit the hello of one link");
    agency.areas = reader.OptionalNameList("areas");
    for (MapReader& key : reader.OptionalMapList("key"))
      agency.keys.push_back(ReadAgencyKey(key, agency.id));
    CheckCurrentKeys(reader, agency);
    directory_.agencies_.push_back(std::move(agency));
  }

  AgencyKey ReadAgencyKey(MapReader& reader, const AgencyId& agency) {
    AgencyKey key;
    key.purpose = static_cast<seal::Purpose>(reader.Choice("purpose", kPurposes));
    key.key = ReadBase64<32>(reader, "public");
    key.id = seal::KeyIdOf(seal::NameOf(key.purpose), key.key);
    key.state = static_cast<KeyState>(reader.OptionalChoice("state", kStates).value_or(0));
    const Signature proof = ReadBase64<64>(reader, "proof");
    CheckKey(reader, "public", key.key);
    if (!seal::PossessionHolds(key.key, agency.value(), seal::NameOf(key.purpose), proof)) {
      reader.Problem("proof", "does not prove that the agency holds this key");
    }
    return key;
  }

  static void CheckCurrentKeys(MapReader& reader, const Agency& agency) {
    std::set<seal::Purpose> current;
    for (const AgencyKey& key : agency.keys) {
      if (key.state == KeyState::kCurrent && !current.insert(key.purpose).second) {
        reader.Problem("key", "has two current keys for one purpose: retire one");
      }
    }
  }

  void ReadWitness(MapReader& reader) {
    Witness witness;
    witness.agency = AgencyId(reader.Name("agency"));
    witness.since = static_cast<std::uint64_t>(reader.Integer("since", 1, 1'000'000'000));
    witness.retired = reader.OptionalChoice("state", kWitnessStates).value_or(0) == 1;
    const Signature proof = ReadBase64<64>(reader, "proof");
    auto key = tlog::WitnessKeyFromText(reader.Text("key"));
    if (!key) {
      reader.Problem("key", key.error().detail);
      return;
    }
    witness.key = *std::move(key);
    Claim(reader, "key", witness.key.key);
    if (witness.key.name != WitnessName(directory_.partnership_, witness.agency))
      reader.Problem("key", "must be named <partnership>/witness/<agency>");
    if (!seal::PossessionHolds(witness.key.key, witness.agency.value(), kWitnessPurpose, proof))
      reader.Problem("proof", "does not prove that the agency holds this key");
    if (witness.since > directory_.version_.version)
      reader.Problem("since", "is later than this directory's version");
    if (!witness.retired) CheckCounts(reader, witness.agency);
    directory_.witnesses_.push_back(std::move(witness));
  }

  void CheckCounts(MapReader& reader, const AgencyId& agency) {
    if (!agencies_.contains(agency.value()))
      reader.Problem("agency", "names no [[agency]] of this directory");
    if (!current_witnesses_.insert(agency.value()).second)
      reader.Problem("agency", "has two witness keys that are not retired: retire one");
  }

  // A quorum of more than half the operators: two heads that contradict each other cannot both
  // have one, unless a witness lies.
  void ReadQuorum() {
    const auto quorum = top_.OptionalInteger("quorum", 1, kWitnessesMax);
    const std::size_t count = current_witnesses_.size();
    if (count == 0) {
      if (quorum) top_.Problem("quorum", "needs witnesses: there is no [[witness]] that counts");
      return;
    }
    if (count < kWitnessesMin || count > kWitnessesMax) {
      return top_.Problem("there must be three to seven witnesses that are not retired, or none");
    }
    if (!quorum) return top_.Problem("witnesses need a `quorum`");
    directory_.quorum_ = static_cast<std::size_t>(*quorum);
    const std::size_t operators = OperatorsOfWitnesses(directory_);
    if (directory_.quorum_ > operators) {
      top_.Problem("quorum", "cannot be reached: the witnesses have " + std::to_string(operators) +
                                 " distinct operators");
    } else if (directory_.quorum_ * 2 <= operators) {
      top_.Problem("quorum", "must be more than half of the witnesses' " +
                                 std::to_string(operators) + " distinct operators");
    }
  }

  CurveKey ReadCurve(MapReader& reader, std::string_view at, std::string text) {
    if (!IsCurveKey(text)) {
      reader.Problem(at, "must be a CURVE public key: 40 characters of Z85");
    } else if (!curve_keys_.insert(text).second) {
      reader.Problem(at, "is the key of another host: keys are never shared");
    }
    return CurveKey(std::move(text));
  }

  // Weak keys verify forgeries; a shared key lets one party claim another's signatures.
  void CheckKey(MapReader& reader, std::string_view at, const seal::VerifyKey& key) {
    if (!seal::IsAcceptable(key)) reader.Problem(at, "is not an acceptable Ed25519 key");
    Claim(reader, at, key);
  }

  void Claim(MapReader& reader, std::string_view at, const seal::VerifyKey& key) {
    if (!verify_keys_.insert(key).second) reader.Problem(at, "stands twice: keys are never shared");
  }

  MapReader top_;
  Directory directory_;
  std::set<std::string> hosts_;
  std::set<std::string> agencies_;
  std::map<std::string, std::size_t> agencies_of_;
  std::set<std::string> curve_keys_;
  std::set<seal::VerifyKey> verify_keys_;
  std::set<std::string> current_witnesses_;
};

Result<Directory> Directory::Parse(std::string_view text, const std::string& source_name) {
  ASSIGN_OR_RETURN(const text::Value value, text::ParseToml(text, source_name));
  return DirectoryReader(MapReader(value, source_name)).Read(text);
}

}  // namespace havenline
