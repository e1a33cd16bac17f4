#include <utility>

#include "broker/storage/broker_store.h"
#include "broker/storage/keys.h"
#include "broker/storage/records.h"
#include "deploy/runtime/files.h"
#include "schema/model/names.h"

namespace havenline {

Result<Survey> BrokerStore::TakeSurvey(TimePoint now, std::size_t rows_max) const {
  using storage::kMailbox;
  Survey survey;
  survey.at = now;
  ASSIGN_OR_RETURN(survey.free_bytes, FreeBytes(options_.path));
  struct Oldest {
    std::optional<Position> position;
    Digest grant{};
  };
  std::array<Oldest, 2> oldest;
  Result<void> read;
  std::size_t rows = 0;
  RETURN_IF_FAULT(store_.Scan(kMailbox, KeyRange::All(), [&](ByteView key, ByteView bytes) {
    if (++rows > rows_max) {
      survey.whole = false;
      return false;
    }
    const auto place = storage::MailboxPlaceFrom(key);
    const auto row = place ? storage::MailboxRowFrom(*place, bytes)
                           : Result<MailboxRow>(tl::unexpected<Fault>(place.error()));
    if (!row) {
      read = tl::unexpected<Fault>(row.error());
      return false;
    }
    const auto lane = static_cast<std::size_t>(row->place.lane);
    ++survey.lanes.at(lane).waiting;
    Oldest& first = oldest.at(lane);
    if (row->kind == MailboxRow::Kind::kGrant &&
        (!first.position || row->position < *first.position))
      first = {row->position, row->grant};
    return true;
  }));
  RETURN_IF_FAULT(read);
  for (std::size_t lane = 0; lane < oldest.size(); ++lane) {
    if (!oldest.at(lane).position) continue;
    ASSIGN_OR_RETURN(const auto grant, FindGrant(oldest.at(lane).grant));
    if (grant) survey.lanes.at(lane).oldest = TimeOf(grant->message);
  }
  return survey;
}

}  // namespace havenline
