// Records of broker/commit to rows and back. Private to broker/storage.

#pragma once

#include "broker/commit/store.h"
#include "broker/deliver/reader.h"
#include "schema/base/bytes.h"
#include "schema/base/result.h"

namespace havenline::storage {

Bytes ToRow(const LogHead& head);
Bytes ToRow(const OutcomeRecord& outcome);
Bytes ToRow(const GrantRecord& grant);
Bytes ToRow(const MailboxRow& row);
Bytes ToRow(const Entry& entry);  // Its parts and digests.
Bytes ToRow(const DocumentRecord& document);
Bytes ToRow(const NoticeRecord& notice);
Bytes ToRow(const AnsweredRecord& answered);
Bytes ToRow(const SeriesRecord& series);
Bytes ToRow(const SweepRecord& sweep);

Result<LogHead> HeadFrom(ByteView row);
Result<OutcomeRecord> OutcomeFrom(const AgencyId& sender, const MessageId& id, ByteView row);
Result<GrantRecord> GrantFrom(const Digest& digest, ByteView row);
Result<MailboxRow> MailboxRowFrom(const MailboxPlace& place, ByteView bytes);
Result<EntryParts> PartsFrom(ByteView row);
Result<DocumentRecord> DocumentFrom(const Position& position, ByteView row);
Result<NoticeRecord> NoticeFrom(std::uint64_t number, ByteView row);
Result<HowAnswered> AnsweredFrom(ByteView row);
Result<SeriesRecord> SeriesFrom(const AgencyId& agency, Lane lane, ByteView row);
Result<SweepRecord> SweepFrom(const AgencyId& agency, ByteView row);

}  // namespace havenline::storage
