// What a row comes to, before anything is done about it: the one judgement for files, for what is
// posted, and for a dry run. Pure but for what it is given to look at.

#pragma once

#include <string>
#include <variant>
#include <vector>

#include "agents/intake/draft.h"
#include "agents/intake/file_rows.h"
#include "agents/intake/ledger.h"
#include "agents/intake/notice.h"
#include "agents/intake/setup.h"
#include "schema/base/clock.h"

namespace havenline::intake {

// By what a row is judged. All must outlive the judgement.
struct JudgeView {
  const Setup& setup;
  const RouteView& route;
  const std::vector<std::string>& hold_flags;
  TimePoint now;
};

// The policy's list of flags that hold a notice of this exchange.
std::vector<std::string> HoldFlagsOf(const policy::Policy& policy);

using RowDraft = std::variant<NoticeDraft, RowProblem>;
// The notice that the row asks for, or why none can be made of it.
RowDraft DraftOfRow(const FileRows& rows, std::size_t row, const JudgeView& view);
// Which notice a row would make that cannot go.
RowIdentity IdentityOfRow(const FileRows& rows, std::size_t row, const JudgeView& view);

// A notice that nothing stands in the way of. One with flags waits for a supervisor.
struct Sendable {
  Content content;
  std::vector<Recipient> recipients;
  std::vector<std::string> notes;
};
// It says again what went before.
struct Repeated {
  std::uint64_t notice = 0;
};
using Judgement = std::variant<Sendable, Repeated, RowProblem>;

// `known`: the notice that has the draft's reference already, or nullptr. `place`: of the row, as
// FileRows::PlaceOf has it.
Judgement Judge(const NoticeDraft& draft, const NoticeRecord* known, const std::string& place,
                const JudgeView& view);

// The reason of a problem that is not of one cell, with where the row stands.
std::string AtPlace(const std::string& place, std::string reason);

}  // namespace havenline::intake
