#include "deploy/havenline/witness_commands.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <string>
#include <vector>

#include "deploy/havenline/document_check.h"
#include "deploy/havenline/document_file.h"
#include "deploy/havenline/key_files.h"
#include "deploy/havenline/parties.h"
#include "deploy/havenline/table.h"
#include "deploy/havenline/tool.h"
#include "deploy/runtime/files.h"
#include "schema/directory/witnesses.h"
#include "schema/text/reader.h"
#include "schema/text/toml.h"
#include "schema/tlog/cosignature.h"

namespace havenline {
namespace {

using text::Value;

constexpr std::size_t kEntryBytesMax = 16U << 10U;

struct Options {
  std::string partnership;
  std::string agency;
  std::string keys;
  std::string directory;
  std::vector<std::string> entries;
  std::vector<std::string> retired;
  std::string quorum;
  std::string out;
  bool json = false;
};

Result<tool::Answer> MakeKey(const Options& options) {
  seal::SystemRandom random;
  ASSIGN_OR_RETURN(const Value entry,
                   MakeWitnessKey(PartnershipId(options.partnership), AgencyId(options.agency), 1,
                                  options.keys, random));
  const Value file = Value::Map().Set("witness", Value::List().Add(entry));
  RETURN_IF_FAULT(tool::WriteText(options.out, text::ToToml(file)));
  return tool::Answer{options.out +
                          ": the public half, with proof, for governance (havenline "
                          "witness enter). The key stays in " +
                          options.keys +
                          " and is never copied: two that hold it can cosign two "
                          "histories.\n",
                      entry, ExitCode::kOk};
}

Result<Value::Items> ReadEntries(const std::vector<std::string>& paths) {
  Value::Items entries;
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(const Bytes bytes, ReadFile(path, kEntryBytesMax));
    ASSIGN_OR_RETURN(const Value value, text::ParseToml(AsText(bytes), path));
    const Value* const list = value.Find("witness");
    if (list == nullptr || !list->is(Value::Kind::kList) || list->items().empty())
      return Fail(FaultCode::kInvalid, path + ": has no [[witness]]");
    for (const Value& entry : list->items()) entries.push_back(entry);
  }
  return entries;
}

std::string TextOf(const Value& entry, const char* key) {
  const Value* const value = entry.is(Value::Kind::kMap) ? entry.Find(key) : nullptr;
  return value != nullptr && value->is(Value::Kind::kText) ? value->text() : "";
}

// The list as it is to be: who is replaced or leaves is retired, never struck out.
Result<Value> NextWitnesses(const Value& before, Value::Items added, const Options& options,
                            std::uint64_t version) {
  std::vector<std::string> retired = options.retired;
  for (const Value& entry : added) retired.push_back(TextOf(entry, "agency"));
  Value next = Value::List();
  const Value* const listed = before.Find("witness");
  for (Value entry : listed == nullptr ? Value::Items() : listed->items()) {
    if (std::ranges::find(retired, TextOf(entry, "agency")) != retired.end())
      entry.Set("state", "retired");
    next.Add(std::move(entry));
  }
  for (const std::string& agency : options.retired) {
    const bool known = std::ranges::any_of(
        next.items(), [&](const Value& entry) { return TextOf(entry, "agency") == agency; });
    if (!known) return Fail(FaultCode::kInvalid, agency + " is no witness of this directory");
  }
  for (Value& entry : added) {
    if (!entry.is(Value::Kind::kMap)) return Fail(FaultCode::kInvalid, "a [[witness]] is a table");
    next.Add(std::move(entry.Set("since", version)));
  }
  return next;
}

Result<void> SetQuorum(const std::string& quorum, Value& next) {
  if (quorum.empty()) return {};
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(quorum.data(), quorum.data() + quorum.size(), number);
  if (error != std::errc() || end != quorum.data() + quorum.size())
    return Fail(FaultCode::kInvalid, "--quorum must be a whole number");
  next.Set("quorum", number);
  return {};
}

Result<tool::Answer> Enter(const Options& options) {
  if (options.entries.empty() && options.retired.empty())
    return Fail(FaultCode::kInvalid, "give at least one --entry or --retire");
  ASSIGN_OR_RETURN(const DocumentFile file, ReadDocumentFile(options.directory));
  const CheckedDocument before = CheckDocument(file, DocumentKind::kDirectory, nullptr);
  if (!before.directory) return Fail(FaultCode::kInvalid, tool::Join(before.problems, "\n"));
  ASSIGN_OR_RETURN(Value next, text::ParseToml(file.text, file.source));
  const std::uint64_t version = before.version()->version + 1;
  ASSIGN_OR_RETURN(Value::Items added, ReadEntries(options.entries));
  ASSIGN_OR_RETURN(Value witnesses, NextWitnesses(next, std::move(added), options, version));
  RETURN_IF_FAULT(SetQuorum(options.quorum, next));
  next.Set("version", version)
      .Set("previous", HexEncode(before.version()->hash))
      .Set("witness", std::move(witnesses));
  const std::string text = text::ToToml(next);
  CheckedDocument after =
      CheckDocument(DocumentFrom(text, "the new directory"), DocumentKind::kDirectory, nullptr);
  if (after.directory) CheckSuccession(after, before);
  if (!after.problems.empty()) return Fail(FaultCode::kInvalid, tool::Join(after.problems, "\n"));
  RETURN_IF_FAULT(tool::WriteText(options.out, text));
  const std::size_t count = WitnessKeys(*after.directory).size();
  return tool::Answer{options.out + ": directory version " + std::to_string(version) + ", " +
                          tool::Count(count, "witness", "witnesses") + ", a quorum of " +
                          std::to_string(after.directory->quorum()) +
                          ".\nNext: havenline directory sign, check and publish\n",
                      Value::Map()
                          .Set("version", version)
                          .Set("witnesses", count)
                          .Set("quorum", after.directory->quorum()),
                      ExitCode::kOk};
}

void AddKey(Command& group) {
  auto options = std::make_shared<Options>();
  group.Add("key", "Makes a witness's key: its first, or one in the place of a retired one.")
      .Text({"--partnership", "its name", kRequired}, options->partnership)
      .Text({"--agency", "whose; stands in the directory", kRequired}, options->agency)
      .Text({"--keys",
             "the agency's key folder, on its machine: move a retired witness.key away "
             "first",
             kRequired},
            options->keys)
      .Text({"--out", "the [[witness]] to write, for governance", kRequired}, options->out)
      .Flag({"--json", "one JSON value on stdout"}, options->json)
      .Example(
          "havenline witness key --partnership rotherham --agency police.south-yorkshire "
          "--keys keys/agency-1 --out police.witness.toml")
      .Handler([options] { return tool::Finish(MakeKey(*options), options->json); });
}

void AddEnter(Command& group) {
  auto options = std::make_shared<Options>();
  group.Add("enter", "The next directory with witnesses entered, replaced or retired.")
      .Text({"--directory", "the directory in force, to be followed", kRequired},
            options->directory)
      .Texts({"--entry",
              "what `witness key` wrote; may be given repeatedly. An agency's witness "
              "key of before is retired"},
             options->entries)
      .Texts({"--retire", "an agency that is to be a witness no longer; may be given repeatedly"},
             options->retired)
      .Text({"--quorum", "how many distinct operators must cosign"}, options->quorum)
      .Text({"--out", "the directory's text to write", kRequired}, options->out)
      .Flag({"--json", "one JSON value on stdout"}, options->json)
      .Example(
          "havenline witness enter --directory directory.note --entry police.witness.toml "
          "--entry council.witness.toml --entry trust.witness.toml --quorum 2 "
          "--out directory.toml")
      .Handler([options] { return tool::Finish(Enter(*options), options->json); });
}

}  // namespace

Result<Value> MakeWitnessKey(const PartnershipId& partnership, const AgencyId& agency,
                             std::uint64_t since, const std::filesystem::path& keys,
                             seal::RandomSource& random) {
  const std::string purpose(kWitnessPurpose);
  ASSIGN_OR_RETURN(const seal::Secret<32> seed,
                   MakeKeyFile(purpose, keys / (purpose + ".key"), random));
  const seal::SigningKey key = seal::SigningKey::FromSeed(seed.ExposeSecret());
  return Value::Map()
      .Set("agency", agency.value())
      .Set("key", tlog::WitnessKeyToText({WitnessName(partnership, agency), key.public_key()}))
      .Set("proof", Base64Encode(seal::ProvePossession(key, agency.value(), purpose)))
      .Set("since", since);
}

void AddWitnessCommands(Command& root) {
  Command& group = root.Add("witness", "Witnesses of the log: their keys, and who is one.");
  AddKey(group);
  AddEnter(group);
}

}  // namespace havenline
