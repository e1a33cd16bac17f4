#include "schema/text/xml.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/text/json.h"
#include "tests/schema/text/faults.h"

namespace havenline::text {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

XmlDocument Parsed(std::string_view text) { return ParseXml(AsBytes(text)); }

const XmlElement& RootOf(const XmlDocument& document) {
  static const XmlElement kNone;
  EXPECT_EQ(document.problem, "");
  EXPECT_EQ(document.roots.size(), 1U);
  return document.roots.empty() ? kNone : document.roots.front();
}

TEST(XmlTest, ReadsElementsAttributesAndTextWithTheirLines) {
  const XmlDocument document = Parsed(
      "<?xml version=\"1.0\"?>\n<!-- a note -->\n<a xmlns=\"urn:x\" n=\"1 &amp; 2\">\n"
      "<b>t&lt;<![CDATA[<raw>]]>&#233;</b>\n<b/></a>\n");
  const XmlElement& root = RootOf(document);
  EXPECT_EQ(root.name, "a");
  EXPECT_EQ(root.space, "urn:x");
  EXPECT_EQ(*root.Attribute("n"), "1 & 2");
  EXPECT_EQ(root.Attribute("none"), nullptr);
  EXPECT_EQ(root.mark.line, 3U);
  ASSERT_EQ(root.children.size(), 2U);
  EXPECT_EQ(root.children[0].text, "t<<raw>é");
  EXPECT_EQ(root.children[0].mark.line, 4U);
  EXPECT_EQ(root.children[1].space, "urn:x");
  EXPECT_TRUE(root.whole && root.children[0].whole && root.children[1].whole);
}

TEST(XmlTest, ReadsWhatADocumentSaysThatItIs) {
  for (const char* const name : {"windows-1252", "ISO-8859-1", "Latin1"}) {
    const std::string text =
        std::string("<?xml version='1.0' encoding='") + name + "'?><a>\xC9</a>";
    EXPECT_EQ(RootOf(Parsed(text)).text, "É") << name;
  }
  EXPECT_EQ(RootOf(Parsed("\xEF\xBB\xBF<a>É</a>")).text, "É");
  EXPECT_EQ(RootOf(Parsed("<?xml version='1.0' encoding='UTF-8'?><a>É</a>")).text, "É");
  EXPECT_THAT(Parsed("<?xml version='1.0' encoding='EBCDIC'?><a/>").problem,
              HasSubstr("save it as UTF-8"));
  EXPECT_THAT(Parsed(std::string("\xFF\xFE<\0a\0/\0>\0", 10)).problem, HasSubstr("UTF-16"));
}

TEST(XmlTest, NoDocumentNamesAFileANetworkOrAnEntity) {
  for (const char* const text :
       {"<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><a>&e;</a>",
        "<!DOCTYPE a SYSTEM \"http://127.0.0.1/a.dtd\"><a/>",
        "<!DOCTYPE a [<!ENTITY % p SYSTEM \"http://127.0.0.1/\"> %p;]><a/>",
        "<!-- <a> --><!DOCTYPE a><a/>"}) {
    const XmlDocument document = Parsed(text);
    EXPECT_THAT(document.problem, AllOf(HasSubstr("line 1"), HasSubstr("DOCTYPE"))) << text;
    EXPECT_TRUE(document.roots.empty()) << text;
  }
  // An inclusion is an element like any other, and an unknown entity is none.
  EXPECT_EQ(RootOf(Parsed("<a xmlns:i=\"http://www.w3.org/2001/XInclude\">"
                          "<i:include href=\"/etc/passwd\" parse=\"text\"/></a>"))
                .children[0]
                .text,
            "");
  EXPECT_THAT(Parsed("<a>&passwd;</a>").problem, HasSubstr("write the character itself"));
}

TEST(XmlTest, ABillionLaughsAreRefusedBeforeTheFirst) {
  std::string text = "<!DOCTYPE a [<!ENTITY l0 \"lol\">";
  for (int i = 1; i < 10; ++i) {
    text += "<!ENTITY l" + std::to_string(i) + " \"";
    for (int j = 0; j < 10; ++j) text += "&l" + std::to_string(i - 1) + ";";
    text += "\">";
  }
  text += "]><a>&l9;</a>";
  const auto began = std::chrono::steady_clock::now();
  EXPECT_THAT(Parsed(text).problem, HasSubstr("DOCTYPE"));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(1));
}

TEST(XmlTest, WhatIsTooDeepTooManyOrTooLargeIsRefusedInTime) {
  std::string deep;
  for (std::size_t i = 0; i < 100'000; ++i) deep += "<a>";
  std::string many = "<a>";
  for (std::size_t i = 0; i <= kXmlElementsMax; ++i) many += "<b/>";
  std::string attributes = "<a";
  for (int i = 0; i < 300'000; ++i) attributes += " a" + std::to_string(i) + "=''";
  attributes += "/>";
  const auto began = std::chrono::steady_clock::now();
  EXPECT_THAT(Parsed(deep).problem, HasSubstr("nested more than 16 deep"));
  EXPECT_THAT(Parsed(many).problem, HasSubstr("more than 200000 elements"));
  EXPECT_THAT(Parsed(attributes).problem, HasSubstr("a tag is longer than"));
  EXPECT_THAT(ParseXml(AsBytes(std::string_view("<a>12345678</a>")), 10).problem,
              HasSubstr("larger than 10 bytes"));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(20));
}

TEST(XmlTest, WhatCameBeforeAFaultIsKeptAndKnownToBeWhole) {
  const std::string text = "<a>\n<b>1</b>\n<b>2</b>\n<b>3</b></a>";
  const XmlDocument document = Parsed(text.substr(0, text.find("3")));
  EXPECT_THAT(document.problem, StartsWith("line 4: "));
  ASSERT_EQ(document.roots.size(), 1U);
  const XmlElement& root = document.roots[0];
  EXPECT_FALSE(root.whole);
  ASSERT_EQ(root.children.size(), 3U);
  EXPECT_TRUE(root.children[0].whole && root.children[1].whole);
  EXPECT_FALSE(root.children[2].whole);
}

TEST(XmlTest, EachFaultSaysWhereAndWhatToDoAndQuotesNothing) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "empty"},
      {"plain", "must hold one"},
      {"<a>\n<b>Testcase</a>", "correct the tags"},
      {"<a>\n Testcase & more</a>", "&amp;"},
      {"<a>\n<b n='Testcase' n='2'/></a>", "keep one"},
      {"<a>\n<x:b>Testcase</x:b></a>", "declare it"},
      {"<a>\n\x01Testcase</a>", "take it away"},
      {"<a>\nTestcase</a><b/>", "one element"},
      {"<a>\nTestcase\xFF</a>", "save the file as UTF-8"},
      {"<a>\n<b>Testcase", "never ends"},
      {"<a>\nshouted <Testcase>", "never ends"},
      {"<a>\nTestcase <Testcase & more>", "&amp;"},
  };
  for (const auto& [text, words] : cases) {
    const std::string problem = Parsed(text).problem;
    EXPECT_THAT(problem, AllOf(HasSubstr("line "), HasSubstr(words), Not(HasSubstr("Testcase"))))
        << text;
  }
}

TEST(XmlTest, WhatIsWrittenReadsAsItWas) {
  const std::string text =
      "<a xmlns=\"urn:x\"><f n=\"&quot;&amp;#38;&#38;\">1 &lt; &amp; 2\n&#13;\n "
      "é</f><e/><g><h xmlns=\"u&amp;:1\">x</h></g></a>";
  const XmlDocument document = Parsed(text);
  const std::string written = ToXml(RootOf(document));
  const XmlDocument again = Parsed(written);
  EXPECT_EQ(RootOf(again).children[0].text, "1 < & 2\n\r\n é");
  EXPECT_EQ(*RootOf(again).children[0].Attribute("n"), "\"&#38;&");
  EXPECT_EQ(RootOf(again).space, "urn:x");
  EXPECT_EQ(RootOf(document).children[2].children[0].space, "u&:1");
  EXPECT_EQ(ToXml(RootOf(again)), written);
}

// --- a list of JSON, taken apart

TEST(JsonItemsTest, OneItemThatCannotBeReadSpoilsNoOther) {
  const std::string text = "\n[{\"a\": \"[,]\\\"\"},\n {\"b\" 1}, {\"c\": [1, {}]}\n]\n";
  const JsonItems split = SplitJson(text);
  EXPECT_TRUE(split.list);
  EXPECT_EQ(split.problem, "");
  ASSERT_EQ(split.items.size(), 3U);
  EXPECT_EQ(split.items[0].line, 2U);
  EXPECT_EQ(split.items[1].line, 3U);
  EXPECT_TRUE(ParseJson(split.items[0].text, "").has_value());
  EXPECT_TRUE(ParseJson(split.items[2].text, "").has_value());
  JsonOptions options;
  options.first_line = split.items[1].line;
  EXPECT_THAT(FaultOf(ParseJson(split.items[1].text, "night.json", options)),
              HasSubstr("night.json:3:"));
}

TEST(JsonItemsTest, AListCutShortHasItsWholeItems) {
  for (const char* const text : {"[{\"a\":1},{\"b\":", "[{\"a\":1},{\"b\":\"x", "[{\"a\":1},"}) {
    const JsonItems split = SplitJson(text);
    EXPECT_EQ(split.items.size(), 1U) << text;
    EXPECT_THAT(split.problem, AllOf(HasSubstr("line 1"), HasSubstr("cut short"))) << text;
  }
  EXPECT_THAT(SplitJson("[1]]").problem, HasSubstr("after its list"));
  EXPECT_TRUE(SplitJson(" [ ] ").items.empty());
  EXPECT_EQ(SplitJson("{\"a\":1}").items.size(), 1U);
  EXPECT_EQ(SplitJson("").items.size(), 1U);
}

TEST(JsonItemsTest, AKeyThatIsThereTwiceIsKeptUnderAnotherNameWhereAsked) {
  JsonOptions options;
  options.twice_suffix = " (2)";
  const auto read = ParseJson("{\"a\":1,\"a\":2}", "x", options);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(CanonicalJson(*read), "{\"a\":1,\"a (2)\":2}");
  EXPECT_THAT(FaultOf(ParseJson("{\"a\":1,\"a\":2,\"a\":3}", "x", options)), HasSubstr("twice"));
  EXPECT_THAT(FaultOf(ParseJson("{\"a\":1,\"a\":2}", "x")), HasSubstr("twice"));
}

}  // namespace
}  // namespace havenline::text
