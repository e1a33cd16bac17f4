#include "agents/desk/held_sends.h"

#include <algorithm>

#include "agents/link/outbox_rows.h"
#include "agents/link/rows.h"
#include "schema/base/check.h"
#include "schema/base/test_seam.h"
#include "schema/exchange/content.h"
#include "schema/model/names.h"

namespace havenline {
namespace {

using rows::RowView;
using text::Value;

constexpr const char* kRecordPrefix = "held-send/";
constexpr const char* kRequestPrefix = "hand/";
constexpr std::size_t kWaitingMax = 1'000;  // A queue that nobody looks at must not fill the disk.

std::string SubjectOf(std::uint64_t number) { return "held message " + std::to_string(number); }
std::string LateSubjectOf(std::uint64_t number) { return SubjectOf(number) + " waits"; }

std::string Joined(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) joined += (joined.empty() ? "" : ", ") + word;
  return joined;
}

template <class Items, class TextOf>
Value ListOf(const Items& items, const TextOf& text_of) {
  Value list = Value::List();
  for (const auto& item : items) list.Add(text_of(item));
  return list;
}
Value ListOf(const std::vector<std::string>& texts) {
  return ListOf(texts, [](const std::string& text) { return Value(text); });
}

Value RecipientRow(const Recipient& recipient) {
  return Value::Map().Set("agency", recipient.agency.value()).Set("role", recipient.role.value());
}

// Its sections stand as those of a message that is sent, for whoever reads the store.
Value RowOf(const Outbox::Request& request) {
  return rows::ToRow(request.content)
      .Set("to", ListOf(request.recipients, RecipientRow))
      .Set("reference", request.reference)
      .Set("decided-against",
           ListOf(request.decided_against, [](const Role& role) { return Value(role.value()); }));
}

Result<Outbox::Request> RequestFrom(const Value& row) {
  RowView view(row);
  Outbox::Request request;
  ASSIGN_OR_RETURN(request.content, rows::ContentFrom(row));
  for (const Value& to : view.List("to")) {
    RowView recipient(to);
    request.recipients.push_back(
        {AgencyId(recipient.Text("agency")), Role(recipient.Text("role"))});
    if (!recipient.ok()) return rows::Corrupt("held message");
  }
  request.reference = view.Text("reference");
  for (const Value& role : view.List("decided-against")) {
    if (!role.is(Value::Kind::kText)) return rows::Corrupt("held message");
    request.decided_against.emplace_back(role.text());
  }
  request.attended = true;
  if (!view.ok()) return rows::Corrupt("held message");
  return request;
}

bool SaySame(const Outbox::Request& a, const Outbox::Request& b) {
  return a.content.exchange == b.content.exchange && a.content.role == b.content.role &&
         a.content.sections == b.content.sections && a.recipients == b.recipients &&
         a.decided_against == b.decided_against;
}

}  // namespace

Value HeldSends::RowOf(const Held& held) {
  Value row = Value::Map()
                  .Set("state", static_cast<int>(held.state))
                  .Set("sender", held.sender.value())
                  .Set("role", held.role.value())
                  .Set("exchange", held.exchange.value())
                  .Set("reference", held.reference)
                  .Set("flags", ListOf(held.flags))
                  .Set("sent-by", held.sent_by)
                  .Set("since", ToMilliseconds(held.since))
                  .Set("alarmed-late", held.alarmed_late)
                  .Set("decided-by", held.decided_by);
  if (held.origin) row.Set("origin", ToText(*held.origin));
  return row;
}

Result<HeldSends::Held> HeldSends::HeldFrom(const Value& row) {
  RowView view(row);
  Held held;
  held.state = static_cast<State>(view.Integer("state"));
  held.sender = AgencyId(view.Text("sender"));
  held.role = Role(view.Text("role"));
  held.exchange = ExchangeName(view.Text("exchange"));
  held.reference = view.Text("reference");
  for (const Value& flag : view.List("flags")) {
    if (flag.is(Value::Kind::kText)) held.flags.push_back(flag.text());
  }
  held.sent_by = view.Text("sent-by");
  held.since = view.Time("since");
  held.alarmed_late = view.Bool("alarmed-late");
  held.decided_by = view.Text("decided-by");
  if (view.Has("origin")) held.origin = view.Message("origin");
  if (!view.ok()) return rows::Corrupt("held message");
  return held;
}

void HeldSends::Put(std::uint64_t number, const Held& held, StoreBatch& batch) const {
  batch.Put(Table::kMeta, kRecordPrefix + NumberText(number), RowOf(held));
}

Result<void> HeldSends::Load() {
  Result<void> read;
  const std::string prefix = kRecordPrefix;
  RETURN_IF_FAULT(
      agent_.store().Scan(Table::kMeta, prefix, [&](std::string_view key, const Value& row) {
        auto held = HeldFrom(row);
        if (!held) {
          read = tl::unexpected<Fault>(std::move(held).error());
          return false;
        }
        held_.emplace(std::stoull(std::string(key.substr(prefix.size()))), *std::move(held));
        return true;
      }));
  RETURN_IF_FAULT(read);
  for (auto& [number, held] : held_) {
    if (held.state != State::kReleasing) continue;
    auto sent = Send(number, held);
    if (sent) continue;
    if (sent.error().code != FaultCode::kInvalid) return sent;
    // The policy of now does not let it go: somebody decides again.
    held.state = State::kWaiting;
    held.decided_by.clear();
    StoreBatch batch;
    Put(number, held, batch);
    RETURN_IF_FAULT(agent_.store().Commit(batch));
  }
  return {};
}

bool HeldSends::Waits(const AgencyId& sender, const std::string& reference) const {
  return !reference.empty() && std::ranges::any_of(held_, [&](const auto& each) {
    const Held& held = each.second;
    return held.sender == sender && held.reference == reference && held.state != State::kReleased;
  });
}

// The same reference once more, before it was released.
Result<Value> HeldSends::Again(std::uint64_t number, const Held& held,
                               const Outbox::Request& request) const {
  if (held.state == State::kRejected) {
    return Fail(FaultCode::kInvalid, "this reference is that of held message " +
                                         std::to_string(number) + ", which " + held.decided_by +
                                         " rejected: it is never sent");
  }
  ASSIGN_OR_RETURN(const Outbox::Request before, RequestOf(number));
  if (SaySame(before, request)) return SummaryOf(number, held);
  return Fail(FaultCode::kInvalid, "this reference is that of held message " +
                                       std::to_string(number) +
                                       ", which says another thing, and this one was not taken. "
                                       "Give another");
}

Result<Value> HeldSends::Hold(Outbox::Request request, std::vector<std::string> flags,
                              const Person& person) {
  std::size_t waiting = 0;
  for (const auto& [number, held] : held_) {
    waiting += held.state == State::kWaiting ? 1U : 0U;
    const bool same = !request.reference.empty() && held.sender == request.content.sender &&
                      held.reference == request.reference && held.state != State::kReleased;
    if (same) return Again(number, held, request);
  }
  if (waiting >= kWaitingMax)
    return Fail(FaultCode::kUnavailable, "too many messages wait for a supervisor already");
  const TimePoint now = agent_.clock().Now();
  const std::uint64_t number = held_.empty() ? 1 : held_.rbegin()->first + 1;
  Held held;
  held.sender = request.content.sender;
  held.role = request.content.role;
  held.exchange = request.content.exchange;
  held.reference = request.reference;
  held.flags = std::move(flags);
  held.sent_by = person.login;
  held.since = now;
  // By which a crash while it is released is told from one before.
  if (request.reference.empty())
    request.reference = "held/" + HexEncode(agent_.random().Array<16>());
  StoreBatch batch;
  batch.Put(Table::kPayload, kRequestPrefix + NumberText(number), havenline::RowOf(request));
  Put(number, held, batch);
  agent_.alarms()
      .At(held.sender)
      .Raise(AlarmKind::kRowHeld, SubjectOf(number),
             "Message " + std::to_string(number) + " of " + held.sender.value() +
                 " is held for a supervisor (" + Joined(held.flags) +
                 "): nobody has been told. Another person than who sent it must release or reject "
                 "it within " +
                 std::to_string(options_.held_for.count()) + " minutes.",
             now, batch);
  FaultPoint("held.before-hold");
  RETURN_IF_FAULT(agent_.store().Commit(batch));
  FaultPoint("held.after-hold");
  const auto& added = held_.emplace(number, std::move(held)).first->second;
  return SummaryOf(number, added);
}

Value HeldSends::SummaryOf(std::uint64_t number, const Held& held) const {
  return Value::Map()
      .Set("held", number)
      .Set("from", held.sender.value())
      .Set("exchange", held.exchange.value())
      .Set("flags", ListOf(held.flags))
      .Set("sent-by", held.sent_by)
      .Set("since", ToMilliseconds(held.since))
      .Set("late", held.alarmed_late);
}

Result<void> HeldSends::Tick(TimePoint now) {
  StoreBatch batch;
  for (auto& [number, held] : held_) {
    if (held.state != State::kWaiting || held.alarmed_late || now < held.since + options_.held_for)
      continue;
    held.alarmed_late = true;
    Put(number, held, batch);
    agent_.alarms()
        .At(held.sender)
        .Raise(AlarmKind::kRowHeld, LateSubjectOf(number),
               "Message " + std::to_string(number) + " of " + held.sender.value() +
                   " has been held for " + std::to_string(options_.held_for.count()) +
                   " minutes, and nobody has been told. Another person than who sent it must "
                   "release or reject it now.",
               now, batch);
  }
  if (batch.empty()) return {};
  return agent_.store().Commit(batch);
}

bool HeldSends::MayDecide(const Person& person, const Held& held) const {
  return person.WorksAt(held.sender, held.role) &&
         (options_.supervisors.empty() || options_.supervisors.contains(person.login));
}

Result<HeldSends::Held*> HeldSends::Find(std::uint64_t number, const Person& person) {
  const auto at = held_.find(number);
  if (at == held_.end() || !MayDecide(person, at->second))
    return Fail(FaultCode::kMissing,
                "there is no held message " + std::to_string(number) + " for this login to decide");
  return &at->second;
}

Result<Outbox::Request> HeldSends::RequestOf(std::uint64_t number) const {
  ASSIGN_OR_RETURN(const auto row,
                   agent_.store().Get(Table::kPayload, kRequestPrefix + NumberText(number)));
  if (!row) return rows::Corrupt("held message");
  return RequestFrom(*row);
}

Result<Value> HeldSends::View(const Person& person) const {
  Value list = Value::List();
  for (const auto& [number, held] : held_) {
    if (held.state != State::kWaiting || !MayDecide(person, held)) continue;
    ASSIGN_OR_RETURN(const Outbox::Request request, RequestOf(number));
    const exchange::ExchangeType* const type = exchange::FindExchange(held.exchange);
    Value sections = Value::List();
    for (const exchange::Field& field :
         type == nullptr ? std::vector<exchange::Field>() : type->sections) {
      const auto bytes = request.content.sections.find(field.name);
      if (bytes == request.content.sections.end()) continue;
      ASSIGN_OR_RETURN(Value value, exchange::DecodeSection(*type, field.name, bytes->second));
      if (value.is(Value::Kind::kNull)) continue;
      sections.Add(Value::Map()
                       .Set("name", field.name)
                       .Set("label", field.label)
                       .Set("value", std::move(value)));
    }
    list.Add(SummaryOf(number, held)
                 .Set("to", ListOf(request.recipients, RecipientRow))
                 .Set("sections", std::move(sections)));
  }
  return Value::Map().Set("held", std::move(list));
}

Result<Value> HeldSends::Release(std::uint64_t number, const Person& person) {
  ASSIGN_OR_RETURN(Held* const held, Find(number, person));
  const std::string name = "held message " + std::to_string(number);
  if (held->state == State::kRejected)
    return Fail(FaultCode::kInvalid, name + " was rejected by " + held->decided_by + " before");
  if (held->sent_by == person.login) {
    return Fail(FaultCode::kInvalid,
                name + " was sent with this login: another person must release it");
  }
  if (held->state == State::kWaiting) {
    held->state = State::kReleasing;
    held->decided_by = person.login;
    StoreBatch batch;
    Put(number, *held, batch);
    // From here on it is sent, crash or not.
    FaultPoint("held.before-release");
    RETURN_IF_FAULT(agent_.store().Commit(batch));
    FaultPoint("held.after-release");
    if (const auto sent = Send(number, *held); !sent) {
      held->state = State::kWaiting;
      held->decided_by.clear();
      StoreBatch back;
      Put(number, *held, back);
      RETURN_IF_FAULT(agent_.store().Commit(back));
      return tl::unexpected<Fault>(sent.error());
    }
  }
  CHECK(held->origin.has_value());
  return SummaryOf(number, *held)
      .Set("released-by", held->decided_by)
      .Set("origin", ToText(*held->origin));
}

Result<void> HeldSends::Send(std::uint64_t number, Held& held) {
  ASSIGN_OR_RETURN(Outbox::Request request, RequestOf(number));
  const TimePoint now = agent_.clock().Now();
  ASSIGN_OR_RETURN(const MessageId origin, agent_.outbox().Take(std::move(request), now));
  held.origin = origin;
  held.state = State::kReleased;
  StoreBatch batch;
  Put(number, held, batch);
  batch.Delete(Table::kPayload, kRequestPrefix + NumberText(number));
  Settle(number, now, batch);
  FaultPoint("held.before-released");
  RETURN_IF_FAULT(agent_.store().Commit(batch));
  FaultPoint("held.after-released");
  return {};
}

Result<Value> HeldSends::Reject(std::uint64_t number, const Person& person) {
  ASSIGN_OR_RETURN(Held* const held, Find(number, person));
  if (held->state == State::kReleasing || held->state == State::kReleased) {
    return Fail(FaultCode::kInvalid, "held message " + std::to_string(number) +
                                         " was released by " + held->decided_by + " before");
  }
  if (held->state == State::kWaiting) {
    held->state = State::kRejected;
    held->decided_by = person.login;
    StoreBatch batch;
    Put(number, *held, batch);
    batch.Delete(Table::kPayload, kRequestPrefix + NumberText(number));
    Settle(number, agent_.clock().Now(), batch);
    RETURN_IF_FAULT(agent_.store().Commit(batch));
  }
  return SummaryOf(number, *held).Set("rejected-by", held->decided_by);
}

void HeldSends::Settle(std::uint64_t number, TimePoint now, StoreBatch& batch) {
  agent_.alarms().Settle(AlarmKind::kRowHeld, SubjectOf(number), now, batch);
  agent_.alarms().Settle(AlarmKind::kRowHeld, LateSubjectOf(number), now, batch);
}

}  // namespace havenline
