// The register of establishments: taken up when it is new, and only if it can be whole.

#include "agents/intake/intake.h"
#include "deploy/runtime/log.h"
#include "schema/base/test_seam.h"

namespace havenline::intake {
namespace {

constexpr const char* kSubject = "register of establishments";

}  // namespace

// Why the register that was found at the start is not taken, if so.
std::optional<std::string> Intake::CheckRegister(const Establishments& found) {
  const auto& before = ledger_.taken_register();
  auto why = before ? WhyTooFew(before->open, found.open_count()) : std::nullopt;
  register_in_doubt_ = why ? std::optional(found.open_count()) : std::nullopt;
  return why;
}

// The next one is held to the one in use.
void Intake::RegisterTaken(TimePoint now, StoreBatch& batch) {
  alarms_.Settle(AlarmKind::kDocuments, kSubject, now, batch);
  const std::size_t open = setup_->establishments().open_count();
  const auto& before = ledger_.taken_register();
  // With another number it is not the one that somebody confirmed.
  if (!before || before->open != open) ledger_.Put(RegisterRecord{open, ""}, batch);
}

Result<void> Intake::WatchRegister(TimePoint now, Monotonic mono) {
  const auto& before = ledger_.taken_register();
  const auto news = setup_->Watch(mono, before ? before->open : 0);
  if (!news) return {};
  register_in_doubt_ = setup_->too_few();
  StoreBatch batch;
  if (*news) {
    LogEvent(LogLevel::kInfo, "intake.register-taken",
             {{"establishments", setup_->establishments().size()}});
    RegisterTaken(now, batch);
  } else {
    const std::string words =
        "The newer register of establishments cannot be used, and the older stays: " +
        news->error().detail;
    alarms_.Raise(AlarmKind::kDocuments, kSubject, words, now, batch);
    alarms_.Renew(AlarmKind::kDocuments, kSubject, words, batch);
  }
  if (batch.empty()) return {};
  return parts_.store.Commit(batch);
}

Result<void> Intake::ConfirmRegister(std::size_t open, const std::string& login) {
  if (!register_in_doubt_) return Fail(FaultCode::kInvalid, "no register waits for a person");
  if (*register_in_doubt_ != open) {
    return Fail(FaultCode::kInvalid, "the register that waits has " +
                                         std::to_string(*register_in_doubt_) +
                                         " open establishments, and that number must be confirmed");
  }
  StoreBatch batch;
  ledger_.Put(RegisterRecord{open, login}, batch);
  FaultPoint("intake.before-confirm");
  RETURN_IF_FAULT(parts_.store.Commit(batch));
  FaultPoint("intake.after-confirm");
  LogEvent(LogLevel::kInfo, "intake.register-confirmed", {{"open", open}});
  register_in_doubt_.reset();
  next_setup_ = {};
  if (setup_ != nullptr) setup_->LookAgain();
  return {};
}

}  // namespace havenline::intake
