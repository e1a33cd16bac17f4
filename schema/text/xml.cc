#include "schema/text/xml.h"

#include <algorithm>
#include <memory>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "schema/text/xml_guard.h"

namespace havenline::text {
namespace {

std::string TextOf(const xmlChar* text) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libxml2's bytes are UTF-8.
  return text == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(text));
}
std::string TextOf(const xmlChar* first, std::ptrdiff_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): likewise.
  return {reinterpret_cast<const char*>(first), static_cast<std::size_t>(size)};
}

// Of an attribute: libxml2 leaves an ampersand as a reference, for a tree that we do not build.
std::string AttributeText(std::string text) {
  constexpr std::string_view kAmpersand = "&#38;";
  for (std::size_t at = text.find(kAmpersand); at != std::string::npos;
       at = text.find(kAmpersand, at + 1))
    text.replace(at, kAmpersand.size(), "&");
  return text;
}

struct FreeContext {
  void operator()(xmlParserCtxt* context) const { xmlFreeParserCtxt(context); }
};

// Builds the elements from libxml2's events. After the first problem nothing more is taken.
class ElementBuilder {
 public:
  XmlDocument Read(const std::string& text) {
    [[maybe_unused]] static const bool kReady = (xmlInitParser(), true);
    context_.reset(xmlCreateMemoryParserCtxt(text.data(), static_cast<int>(text.size())));
    if (context_ == nullptr) {  // Only for an empty text, and without memory.
      document_.problem = "line 1: the file is empty: it must hold one element";
      return std::move(document_);
    }
    xmlCtxtUseOptions(context_.get(), XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
    *context_->sax = Events();
    context_->userData = this;
    xmlParseDocument(context_.get());
    if (document_.problem.empty() && context_->wellFormed == 0) Stop("it is no XML");
    // What is still open is not whole; it goes to where it belongs all the same.
    while (!open_.empty()) Close(false);
    return std::move(document_);
  }

 private:
  static ElementBuilder& Of(void* user) { return *static_cast<ElementBuilder*>(user); }

  static xmlSAXHandler Events() {
    xmlSAXHandler events{};
    events.initialized = XML_SAX2_MAGIC;
    events.internalSubset = [](void* user, const xmlChar*, const xmlChar*, const xmlChar*) {
      Of(user).Stop("a document type is declared: leave <!DOCTYPE …> out");
    };
    events.reference = [](void* user, const xmlChar*) {
      Of(user).Stop("an entity is named that XML does not have: write the character itself");
    };
    events.startElementNs = [](void* user, const xmlChar* name, const xmlChar*,
                               const xmlChar* space, int, const xmlChar**, int count, int,
                               const xmlChar** attributes) {
      Of(user).Start(TextOf(name), TextOf(space), attributes, count);
    };
    events.endElementNs = [](void* user, const xmlChar*, const xmlChar*, const xmlChar*) {
      if (!Of(user).stopped_) Of(user).Close(true);
    };
    events.characters = [](void* user, const xmlChar* text, int size) {
      Of(user).Text(TextOf(text, size));
    };
    events.ignorableWhitespace = events.characters;
    events.cdataBlock = events.characters;
    // Its own words quote the document, which no log may (C5): so it is only told where.
    events.serror = [](void* user, auto* error) {
      if (error->level > XML_ERR_WARNING) Of(user).Stop(WordsOf(error->code));
    };
    return events;
  }

  static std::string WordsOf(int code) {
    switch (code) {
      case XML_ERR_DOCUMENT_EMPTY:
        return "the file holds no element: it must hold one";
      case XML_ERR_DOCUMENT_END:
        return "something stands before or after the document's one element: take it away";
      case XML_ERR_TAG_NAME_MISMATCH:
        return "a tag closes another element than the one that is open: correct the tags";
      case XML_ERR_TAG_NOT_FINISHED:
        return "an element never ends: the file was cut short, or a closing tag is missing";
      case XML_ERR_INVALID_CHAR:
        return "a control character is not XML: take it away";
      case XML_ERR_UNDECLARED_ENTITY:
      case XML_WAR_UNDECLARED_ENTITY:
        return "an entity is named that XML does not have: write the character itself";
      case XML_ERR_ENTITYREF_SEMICOL_MISSING:
      case XML_ERR_NAME_REQUIRED:
        return "a \"&\" or \"<\" stands in the text: write \"&amp;\" or \"&lt;\"";
      case XML_ERR_ATTRIBUTE_REDEFINED:
        return "an attribute is there twice: keep one";
      case XML_NS_ERR_UNDEFINED_NAMESPACE:
        return "a prefix has no namespace: declare it, or leave it out";
      default:
        return "it is not well-formed XML there: was the file cut short? If not, look at the tags, "
               "quotes and \"&\"";
    }
  }

  void Start(std::string name, std::string space, const xmlChar** attributes, int count) {
    if (stopped_) return;
    if (open_.size() == kXmlNestingMax)
      return Stop("nested more than " + std::to_string(kXmlNestingMax) + " deep: flatten it");
    if (++elements_ > kXmlElementsMax)
      return Stop("more than " + std::to_string(kXmlElementsMax) + " elements: split the file");
    XmlElement element;
    element.name = std::move(name);
    element.space = AttributeText(std::move(space));  // It comes as an attribute's value does.
    element.mark = Here();
    constexpr std::size_t kParts = 5;  // Name, prefix, namespace, value's begin and end.
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      const xmlChar** const parts = attributes + i * kParts;
      std::string attribute = TextOf(parts[0]);
      if (parts[2] != nullptr) attribute.insert(0, "{" + AttributeText(TextOf(parts[2])) + "}");
      element.attributes.emplace_back(std::move(attribute),
                                      AttributeText(TextOf(parts[3], parts[4] - parts[3])));
    }
    open_.push_back(std::move(element));
  }

  void Close(bool whole) {
    XmlElement element = std::move(open_.back());
    open_.pop_back();
    element.whole = whole;
    (open_.empty() ? document_.roots : open_.back().children).push_back(std::move(element));
  }

  void Text(const std::string& text) {
    if (!stopped_ && !open_.empty()) open_.back().text += text;
  }

  Mark Here() const {
    const auto* const input = context_->input;
    if (input == nullptr) return {1, 1};
    return {static_cast<std::uint32_t>(std::max(input->line, 1)),
            static_cast<std::uint32_t>(std::max(input->col, 1))};
  }

  void Stop(std::string_view why) {
    if (stopped_) return;
    stopped_ = true;
    document_.problem = "line " + std::to_string(Here().line) + ": ";
    document_.problem += why;
    xmlStopParser(context_.get());
  }

  std::unique_ptr<xmlParserCtxt, FreeContext> context_;
  XmlDocument document_;
  std::vector<XmlElement> open_;
  std::size_t elements_ = 0;
  bool stopped_ = false;
};

// --- writing

void AppendEscaped(std::string& to, std::string_view text, bool attribute) {
  constexpr std::string_view kLost = "\uFFFD";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&') {
      to += "&amp;";
    } else if (c == '<') {
      to += "&lt;";
    } else if (c == '>') {
      to += "&gt;";
    } else if (c == '"' && attribute) {
      to += "&quot;";
    } else if (c == '\r' || (attribute && (c == '\n' || c == '\t'))) {
      to += "&#" + std::to_string(byte) + ";";  // Else a reader makes it a blank, or drops it.
    } else if (byte < 0x20 && c != '\n' && c != '\t') {
      to += kLost;
    } else {
      to += c;
    }
  }
}

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

void AppendElement(std::string& to, const XmlElement& element, const std::string& space,
                   std::size_t depth) {
  const std::string indent(2 * depth, ' ');
  to += indent + "<" + element.name;
  if (element.space != space) {
    to += " xmlns=\"";
    AppendEscaped(to, element.space, true);
    to += '"';
  }
  for (const auto& [name, value] : element.attributes) {
    if (name.starts_with('{')) continue;  // Nobody here asks for one of another namespace.
    to += " " + name + "=\"";
    AppendEscaped(to, value, true);
    to += '"';
  }
  if (element.children.empty() && element.text.empty()) {
    to += "/>\n";
    return;
  }
  to += '>';
  if (element.children.empty() || !IsBlank(element.text)) AppendEscaped(to, element.text, false);
  if (!element.children.empty()) {
    to += '\n';
    for (const XmlElement& child : element.children)
      AppendElement(to, child, element.space, depth + 1);
    to += indent;
  }
  to += "</" + element.name + ">\n";
}

}  // namespace

const std::string* XmlElement::Attribute(std::string_view attribute) const {
  const auto at =
      std::ranges::find_if(attributes, [&](const auto& each) { return each.first == attribute; });
  return at == attributes.end() ? nullptr : &at->second;
}

XmlDocument ParseXml(ByteView bytes, std::size_t bytes_max) {
  XmlDocument document;
  if (bytes.size() > bytes_max) {
    document.problem = "the file is larger than " + std::to_string(bytes_max) + " bytes: split it";
    return document;
  }
  XmlGuarded guarded = GuardXml(AsText(bytes));
  if (guarded.text.empty() && !guarded.problem.empty()) {
    document.problem = std::move(guarded.problem);
    return document;
  }
  document = ElementBuilder().Read(guarded.text);
  // The first of the two: what was refused is where the text was cut.
  if (!guarded.problem.empty()) document.problem = std::move(guarded.problem);
  return document;
}

std::string ToXml(const XmlElement& root) {
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  AppendElement(text, root, "", 0);
  return text;
}

}  // namespace havenline::text
