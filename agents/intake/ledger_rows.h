// Ledger's values to rows of the store and back. Private to agents/intake.

#pragma once

#include "agents/intake/ledger.h"
#include "schema/text/value.h"

namespace havenline::intake {

text::Value ToRow(const FileRecord& file);
text::Value ToRow(const RowOutcome& outcome);
text::Value ToRow(const NoticeRecord& notice);
text::Value ToRow(const QuarantinedRow& quarantined);
text::Value ToRow(const HeldRow& held);
text::Value ToRow(const Sections& sections);
text::Value ToRow(const RegisterRecord& taken);

// kCorrupt for a row that this program did not write.
Result<FileRecord> FileFrom(const text::Value& row);
Result<RowOutcome> OutcomeFrom(const text::Value& row);
Result<NoticeRecord> NoticeFrom(const text::Value& row);
Result<QuarantinedRow> QuarantinedFrom(const text::Value& row);
Result<HeldRow> HeldFrom(const text::Value& row);
Result<Sections> SectionsFrom(const text::Value& row);
Result<RegisterRecord> RegisterFrom(const text::Value& row);

}  // namespace havenline::intake
