// Publishing: a document that governance signed goes to the broker, over the operator's link.

#pragma once

#include "deploy/havenline/document_file.h"
#include "deploy/havenline/link_configuration.h"
#include "deploy/havenline/tool.h"
#include "schema/base/result.h"
#include "schema/model/answer.h"
#include "schema/model/position.h"

namespace havenline {

// Checks a directory or policy here first, so that what is wrong is said in full, and then against
// what the broker says is in force. The answer's code is kOk only if it is in force; kTemporary if
// the broker wants it offered again later.
Result<tool::Answer> PublishDocument(const DocumentFile& file, DocumentKind kind,
                                     const LinkConfiguration& configuration);

// The broker's answer to a publication, in words and as JSON.
tool::Answer PublicationAnswer(DocumentKind kind, const DocumentVersion& version,
                               const Answer& answer);

}  // namespace havenline
