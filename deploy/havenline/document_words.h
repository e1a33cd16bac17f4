// Directories, policies and their changes, in words and as JSON. Pure.

#pragma once

#include <span>
#include <string>

#include "deploy/havenline/directory_changes.h"
#include "deploy/havenline/document_check.h"
#include "policy/policy.h"
#include "schema/text/value.h"

namespace havenline {

// What stands in the document; it must have parsed. The JSON is a map.
std::string WordsOf(const CheckedDocument& document);
text::Value JsonOf(const CheckedDocument& document);

// "policy of rotherham, version 2 (hash …)".
std::string TitleOf(const CheckedDocument& document);

std::string WordsOf(const DirectoryChange& change);
text::Value JsonOf(const DirectoryChange& change);

// "by the recipient's ready-by time, at least 20 minutes after sending".
std::string WordsOf(const policy::Deadline& deadline);

}  // namespace havenline
