// The schedule of a sharing agreement and the data flows of an impact assessment, made of the
// policy and the directory in force: what is told to whom, on what ground, and who can technically
// read it. Pure.

#pragma once

#include <string>

#include "deploy/havenline/policy_source.h"
#include "schema/base/result.h"
#include "schema/directory/directory.h"
#include "schema/text/value.h"

namespace havenline {

// One page to print (html_page.h); everything from policy and directory is escaped.
std::string AgreementPage(const LoadedPolicy& loaded, const Directory& directory);
text::Value AgreementJson(const LoadedPolicy& loaded, const Directory& directory);

// A text or a note, or a folder with a directory.note or directory.toml; kInvalid with every
// problem, or if it is another partnership's.
Result<Directory> LoadDirectory(const std::string& path, const PartnershipId& partnership);

}  // namespace havenline
