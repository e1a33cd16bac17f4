#include "schema/wire/answer_codec.h"

#include <algorithm>

#include "schema/base/check.h"
#include "schema/model/limits.h"
#include "schema/model/names.h"
#include "schema/wire/answer_parts.h"
#include "schema/wire/envelope_parts.h"
#include "schema/wire/message.h"

namespace havenline::wire {
namespace {

Objection ReadObjection(raw::Objection::Reader reader) {
  return {.recipient = ReadName<AgencyId>(reader.getRecipient(), "objection recipient"),
          .role = ReadName<Role>(reader.getRole(), "objection role"),
          .section = ReadText(reader.getSection(), limits::kNameBytesMax, "objection section"),
          .rule = RuleId(ReadText(reader.getRule(), limits::kNameBytesMax, "objection rule"))};
}

void WriteObjection(raw::Objection::Builder builder, const Objection& value) {
  builder.setRecipient(value.recipient.value());
  builder.setRole(value.role.value());
  builder.setSection(value.section);
  builder.setRule(value.rule.value());
}

Answer ReadAnswer(raw::Answer::Reader reader) {
  switch (reader.which()) {
    case raw::Answer::ACCEPTED: {
      const auto group = reader.getAccepted();
      return Accepted{ReadPartProof(group.getProof()), group.getAheadOfTime()};
    }
    case raw::Answer::REFUSED: {
      const auto group = reader.getRefused();
      return Refused{
          ReadCode(group.getCode()),
          ReadList(group.getObjections(), limits::kObjectionsMax, "objections", ReadObjection),
          ReadPartProof(group.getProof())};
    }
    case raw::Answer::DEFERRED: {
      const auto group = reader.getDeferred();
      return Deferred{ReadCode(group.getCode()), Milliseconds(group.getRetryAfter())};
    }
    case raw::Answer::INVALID:
      return Invalid{ReadCode(reader.getInvalid().getCode())};
  }
  throw Malformed{"answer"};
}

struct AnswerWriter {
  raw::Answer::Builder builder;

  void operator()(const Accepted& accepted) {
    auto group = builder.initAccepted();
    Write(group.initProof(), accepted.proof);
    group.setAheadOfTime(accepted.ahead_of_time);
  }
  void operator()(const Refused& refused) {
    auto group = builder.initRefused();
    group.setCode(static_cast<std::uint16_t>(refused.code));
    CHECK(refused.objections.size() <= limits::kObjectionsMax);
    WriteList(
        refused.objections, [&](unsigned n) { return group.initObjections(n); }, WriteObjection);
    Write(group.initProof(), refused.proof);
  }
  void operator()(const Deferred& deferred) {
    auto group = builder.initDeferred();
    group.setCode(static_cast<std::uint16_t>(deferred.code));
    group.setRetryAfter(WholeMilliseconds(deferred.retry_after));
  }
  void operator()(const Invalid& invalid) {
    builder.initInvalid().setCode(static_cast<std::uint16_t>(invalid.code));
  }
};

AnswerItem ReadAnswerItem(raw::AnswerItem::Reader reader) {
  return {Reference(reader.getReference()), ReadAnswer(reader.getAnswer())};
}

}  // namespace

std::uint32_t WholeMilliseconds(Milliseconds duration) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(duration.count(), 0, 0xFFFFFFFF));
}

Code ReadCode(std::uint16_t code) {
  if (NameOf(static_cast<Code>(code)) == "unknown") throw Malformed{"code"};
  return static_cast<Code>(code);
}

std::vector<AnswerItem> ReadAnswers(raw::Answers::Reader reader) {
  return ReadList(reader.getItems(), limits::kItemsMax, "answers", ReadAnswerItem);
}

void WriteAnswers(raw::Answers::Builder builder, const std::vector<AnswerItem>& items) {
  WriteList(
      items, [&](unsigned n) { return builder.initItems(n); },
      [](raw::AnswerItem::Builder item, const AnswerItem& value) {
        item.setReference(value.reference.value());
        std::visit(AnswerWriter{item.initAnswer()}, value.answer);
      });
}

Bytes EncodeAnswer(const Answer& answer) {
  return EncodeMessage<raw::Answer>(
      [&](raw::Answer::Builder builder) { std::visit(AnswerWriter{builder}, answer); });
}

Result<Answer> ParseAnswer(ByteView bytes) {
  return ParseMessage<raw::Answer>(bytes, ParseLimits{limits::kFrameBytesMax, 1}, ReadAnswer);
}

}  // namespace havenline::wire
