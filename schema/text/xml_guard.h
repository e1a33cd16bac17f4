// What is looked at before libxml2 gets a document: its encoding, and that it holds nothing that we
// refuse. Private to schema/text.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace havenline::text {

struct XmlGuarded {
  std::string text;     // UTF-8 without a mark, up to the first thing refused.
  std::string problem;  // What that was, with its line; or empty.
};

XmlGuarded GuardXml(std::string_view bytes);

}  // namespace havenline::text
