#include "tests/agents/intake/broken_files.h"

#include <algorithm>
#include <array>

namespace havenline::intake {
namespace {

constexpr const char* kMarker = "@NAME@";  // Where a child's name goes.
constexpr std::size_t kHuge = 70'000;
constexpr int kDeep = 60;
constexpr unsigned kKindsAnywhere = 4;  // Cut, a bit, a byte that is no text, UTF-16.
constexpr unsigned kKindsOfChild = 6;

std::string Repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace

std::string NightMaker::Child(int number, const Spoiled& spoiled) const {
  const std::string n = std::to_string(number);
  const std::string name = spoiled.name_value.empty() ? NameOfChild(number) : spoiled.name_value;
  std::string child;
  switch (format_) {
    case FileFormat::kCsv:
      child = "I1,2026-11-20 21:05,C" + n + ",106890," + kMarker + ",2015-03-04";
      if (!spoiled.no_flag) child += ",N";
      child += spoiled.extra_field + "\r\n";
      break;
    case FileFormat::kXml:
      child = "  <child>\n    <field name=\"CHILD\">C" + n +
              "</field><field name=\"URN\">106890</field>\n    <field name=\"NAME\">" + kMarker +
              "</field><field name=\"BORN\">2015-03-04</field>" + spoiled.extra_field;
      if (!spoiled.no_flag) child += "<field name=\"MOVED\">N</field>";
      child += "\n  </child>\n";
      break;
    case FileFormat::kJson:
      child = R"(    {"CHILD": "C)" + n + R"(", "URN": "106890", "NAME": )" + kMarker +
              R"(, "BORN": "2015-03-04")" + spoiled.extra_field;
      if (!spoiled.no_flag) child += R"(, "MOVED": "N")";
      child += "}";
      break;
  }
  const bool quoted = format_ == FileFormat::kJson && spoiled.name_value.empty();
  return child.replace(child.find(kMarker), std::string(kMarker).size(),
                       quoted ? "\"" + name + "\"" : name);
}

NightMaker::Made NightMaker::Make(int child, const Spoiled& spoiled) {
  Made made;
  const bool json = format_ == FileFormat::kJson;
  if (format_ == FileFormat::kCsv) made.bytes = "REF,WHEN,CHILD,URN,NAME,BORN,MOVED\r\n";
  if (format_ == FileFormat::kXml) {
    made.bytes =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<incident xmlns=\"urn:havenline:intake:1\">\n"
        "  <field name=\"REF\">I1</field><field name=\"WHEN\">2026-11-20 21:05</field>\n";
  }
  std::size_t incident = 0;
  for (int i = 0; i < kChildrenOfNight; ++i) {
    const bool first = i % kChildrenOfIncident == 0;
    if (json && first) {
      made.bytes += i == 0 ? "[" : ",\n";
      incident = made.bytes.size();
      made.bytes += R"({"REF": "I1", "WHEN": "2026-11-20 21:05", "children": [)"
                    "\n";
    } else if (json) {
      made.bytes += ",\n";
    }
    made.begins.push_back(json ? incident : made.bytes.size());
    made.bytes += Child(i, i == child ? spoiled : Spoiled{});
    if (json && i % kChildrenOfIncident == kChildrenOfIncident - 1) {
      made.bytes += "]}";
      made.ends.resize(static_cast<std::size_t>(i) + 1, made.bytes.size());
    } else if (!json) {
      made.ends.push_back(made.bytes.size());
    }
  }
  if (json) made.bytes += "]\n";
  if (format_ == FileFormat::kXml) made.bytes += "</incident>\n";
  return made;
}

NightMaker::Spoiled NightMaker::SpoiledBy(unsigned kind, std::mt19937& chance) const {
  const auto format = static_cast<std::size_t>(format_);
  const auto of = [&](const std::array<const char*, 3>& texts) { return texts.at(format); };
  const std::string quote = format_ == FileFormat::kJson ? "\"" : "";
  Spoiled spoiled;
  switch (kind) {
    case 0:
      spoiled.name_value = quote + std::string(kHuge, 'x') + quote;
      break;
    case 1:
      spoiled.no_flag = true;
      break;
    case 2:  // A field that is there twice: a name that somebody must choose.
      spoiled.extra_field =
          of({",N", "<field name=\"NAME\">OTHER</field>", ", \"NAME\": \"OTHER\""});
      break;
    case 3:  // One that nobody named.
      spoiled.extra_field = of({",\"\",\"\"", "<field name=\"NAM\">x</field>", ", \"NAM\": \"x\""});
      break;
    case 4:  // Of another kind.
      spoiled.name_value =
          chance() % 2 == 0
              ? of({"a\"b\"", "<name>x</name>", "true"})
              : of({"\"a\" b", "x</field><person/><field name=\"BORN\">", "{\"a\": 1.5}"});
      break;
    default:  // Nested.
      spoiled.name_value = format_ == FileFormat::kJson
                               ? Repeated("[", kDeep / 4) + Repeated("]", kDeep / 4)
                           : format_ == FileFormat::kXml ? Repeated("<a>", 8) + Repeated("</a>", 8)
                                                         : Repeated("\"\"", kDeep) + "\"";
      break;
  }
  return spoiled;
}

BrokenFile NightMaker::BreakAnywhere(unsigned kind, std::mt19937& chance) {
  constexpr std::array<const char*, kKindsAnywhere> kWords = {"cut", "a bit flipped",
                                                              "a byte that is no text", "UTF-16"};
  const Made made = Make(-1, {});
  BrokenFile broken{format_, kWords.at(kind), made.bytes, {}, {}};
  const std::size_t at = chance() % made.bytes.size();
  if (kind == 0) broken.bytes.resize(at);
  if (kind == 1) broken.bytes[at] = static_cast<char>(broken.bytes[at] ^ (1 << (chance() % 8)));
  if (kind == 2) broken.bytes.insert(at, "\xC3\x28\xFF");
  if (kind == 3) {
    broken.bytes = "\xFF\xFE";
    for (const char c : made.bytes) broken.bytes += {c, '\0'};
  }
  broken.what += " at byte " + std::to_string(at);
  for (std::size_t i = 0; i < made.ends.size(); ++i) {
    const int child = static_cast<int>(i);
    if (kind == 3) continue;
    // With a wrong byte the encoding of all of a CSV is in doubt, and it says so where it matters.
    if (made.ends[i] + (format_ == FileFormat::kJson ? 1 : 0) <= at) broken.safe.insert(child);
    if (made.begins[i] <= at && at < made.ends[i] + 2) broken.touched.insert(child);
  }
  return broken;
}

BrokenFile NightMaker::Break(unsigned seed) {
  std::mt19937 chance(seed);
  const unsigned kind = seed % (kKindsAnywhere + kKindsOfChild);
  if (kind < kKindsAnywhere) return BreakAnywhere(kind, chance);
  const int child = static_cast<int>(chance() % kChildrenOfNight);
  BrokenFile broken{format_,
                    "child " + std::to_string(child) + " spoiled, kind " + std::to_string(kind),
                    Make(child, SpoiledBy(kind - kKindsAnywhere, chance)).bytes,
                    {},
                    {child}};
  for (int i = 0; i < kChildrenOfNight; ++i) {
    // A quote in CSV that never closes takes the rows after it with it.
    const bool swallowed =
        format_ == FileFormat::kCsv && kind == kKindsAnywhere + kKindsOfChild - 1 && i > child;
    if (i != child && !swallowed) broken.safe.insert(i);
  }
  return broken;
}

}  // namespace havenline::intake
