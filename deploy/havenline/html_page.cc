#include "deploy/havenline/html_page.h"

#include "deploy/havenline/table.h"

namespace havenline {
namespace {

constexpr std::string_view kHead = R"(<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>)";

constexpr std::string_view kStyle = R"(</title>
<style>
@page { size: A4 landscape; margin: 12mm; }
body { font: 10pt/1.4 Arial, sans-serif; margin: 2em; color: #000; background: #fff; }
h1 { font-size: 18pt; } h2 { font-size: 14pt; margin-top: 2em; }
table { border-collapse: collapse; width: 100%; margin: 1em 0; }
caption { text-align: left; font-weight: bold; padding: .3em 0; }
td p { margin: 0; }
th, td { border: 1px solid #666; padding: .3em .5em; text-align: left; vertical-align: top; }
thead th { background: #eee; }
td.mark { text-align: center; } th, td { overflow-wrap: anywhere; }
.sign td { height: 3em; }
code { overflow-wrap: anywhere; }
@media print {
  body { margin: 0; font-size: 8pt; }
  thead { display: table-header-group; }
  h2 { break-before: page; }
  tr { break-inside: avoid; }
}
</style>
</head>
<body>
)";

}  // namespace

std::string HtmlText(std::string_view text) {
  std::string html;
  for (const char c : tool::Plain(text)) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      case '\'':
        html += "&#39;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

std::string PageHead(std::string_view title) {
  return std::string(kHead) + HtmlText(title) + std::string(kStyle);
}

std::string Cell(std::string_view text) { return "<td>" + HtmlText(text) + "</td>"; }
std::string HeadCell(std::string_view text) {
  return "<th scope=\"col\">" + HtmlText(text) + "</th>";
}
std::string RowHead(std::string_view text) {
  return "<th scope=\"row\">" + HtmlText(text) + "</th>";
}

std::string TableHead(std::string_view caption, const std::vector<std::string>& names) {
  std::string html = "<table>\n<caption>" + HtmlText(caption) + "</caption>\n<thead><tr>";
  for (const std::string& name : names) html += HeadCell(name);
  return html + "</tr></thead>\n<tbody>\n";
}

std::string Lines(const std::vector<std::string>& texts) {
  std::string html = "<td>";
  for (const std::string& text : texts) html += "<p>" + HtmlText(text) + "</p>";
  return html + "</td>";
}

}  // namespace havenline
