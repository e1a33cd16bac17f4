// XML 1.0, as far as other people's records systems need it: elements, attributes, text. Pure; any
// thread. libxml2 reads it; what makes XML dangerous is refused before libxml2 sees it: no document
// type, so no entity but the five that XML has, nothing fetched, no name resolved.
//
// What was read before the first fault is kept, with what is whole marked so: a file cut short has
// good parts. Nothing after a fault is looked at.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schema/base/bytes.h"
#include "schema/base/result.h"
#include "schema/text/mark.h"

namespace havenline::text {

inline constexpr std::size_t kXmlBytesMax = 16U << 20U;
inline constexpr std::size_t kXmlNestingMax = 16;
inline constexpr std::size_t kXmlElementsMax = 200'000;
// From '<' to '>'. libxml2 compares each attribute of a tag with every other.
inline constexpr std::size_t kXmlTagBytesMax = 1024;

struct XmlElement {
  std::string name;                                             // Without its prefix.
  std::string space;                                            // The namespace it is in, or empty.
  std::vector<std::pair<std::string, std::string>> attributes;  // Of a namespace: "{space}name".
  std::string text;  // All of its own, put together; line ends are LF.
  std::vector<XmlElement> children;
  Mark mark;           // Of the end of its start tag.
  bool whole = false;  // Its end was there.

  // Its attribute, or nullptr.
  const std::string* Attribute(std::string_view attribute) const;
};

struct XmlDocument {
  std::vector<XmlElement> roots;  // One, or none if not even that was there.
  // "line 7: what, and what to do"; empty: the document is whole. Quotes nothing: after a "<" that
  // stands in a text, somebody's name is the name of an element.
  std::string problem;
};

// UTF-8 with or without its mark, or what the document says it is: Windows-1252 (also by the name
// of ISO-8859-1), US-ASCII.
XmlDocument ParseXml(ByteView bytes, std::size_t bytes_max = kXmlBytesMax);

// As text, indented, with the declaration; what XML cannot hold is U+FFFD. `space` of the root is
// declared as the default and holds for all below it.
std::string ToXml(const XmlElement& root);

}  // namespace havenline::text
