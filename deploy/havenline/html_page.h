// Pages to print: HTML that needs nothing but itself, with no script, no picture and nothing from
// elsewhere. Pure.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace havenline {

// "&" as "&amp;" and so on; control characters and marks that turn the direction of writing become
// spaces. All below but kPageEnd and kTableEnd is given texts, and escapes them.
std::string HtmlText(std::string_view text);

std::string PageHead(std::string_view title);  // With its styles, and a policy that forbids more.
inline constexpr std::string_view kPageEnd = "</body>\n</html>\n";

std::string TableHead(std::string_view caption, const std::vector<std::string>& names);
std::string Cell(std::string_view text);
std::string HeadCell(std::string_view text);  // Of a column.
std::string RowHead(std::string_view text);   // The first of a row.
// Each text in a paragraph of its own.
std::string Lines(const std::vector<std::string>& texts);
inline constexpr std::string_view kTableEnd = "</tbody>\n</table>\n";

}  // namespace havenline
