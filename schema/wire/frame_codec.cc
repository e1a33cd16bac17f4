#include "schema/wire/frame_codec.h"

#include <algorithm>

#include "schema/base/check.h"
#include "schema/wire/answer_parts.h"
#include "schema/wire/envelope_parts.h"
#include "schema/wire/frame.capnp.h"
#include "schema/wire/message.h"

namespace havenline::wire {
namespace {

constexpr std::size_t kNoteBytesMax = 16U << 10U;  // A checkpoint with its cosignatures.
constexpr ParseLimits kWholeFrame{};

Lane ReadLane(std::uint8_t lane) {
  if (lane > static_cast<std::uint8_t>(Lane::kNormal)) throw Malformed{"lane"};
  return static_cast<Lane>(lane);
}

Item ReadItem(raw::Item::Reader reader) {
  return {Reference(reader.getReference()),
          ReadBytes(reader.getBytes(), limits::kMessageBytesMax, "item")};
}

void WriteItem(raw::Item::Builder builder, const Item& item) {
  builder.setReference(item.reference.value());
  builder.setBytes(Data(item.bytes));
}

std::vector<Item> ReadItems(capnp::List<raw::Item>::Reader list) {
  return ReadList(list, limits::kItemsMax, "items", ReadItem);
}

template <class Builder>
void WriteItems(Builder builder, const std::vector<Item>& items) {
  WriteList(
      items, [&](unsigned n) { return builder.initItems(n); }, WriteItem);
}

// --- fetches and documents

Fetch ReadFetch(raw::Fetch::Reader reader) {
  Fetch fetch{Reference(reader.getReference()), Fetch::Status{}};
  switch (reader.which()) {
    case raw::Fetch::DOCUMENT:
      fetch.what = Fetch::Document{ReadArray<32>(reader.getDocument().getHash(), "document hash")};
      return fetch;
    case raw::Fetch::LEAVES: {
      const auto group = reader.getLeaves();
      fetch.what = Fetch::Leaves{group.getEpoch(), group.getFirst(), group.getCount()};
      return fetch;
    }
    case raw::Fetch::PROOFS: {
      const auto group = reader.getProofs();
      fetch.what = Fetch::Proofs{group.getEpoch(), group.getSize(),
                                 ReadList(group.getIndices(), limits::kItemsMax, "indices",
                                          [](std::uint64_t index) { return LogIndex(index); })};
      return fetch;
    }
    case raw::Fetch::PARTS:
      fetch.what = Fetch::Parts{ReadPosition(reader.getParts().getPosition()),
                                std::max(1U, reader.getParts().getCount())};
      return fetch;
    case raw::Fetch::STATEMENTS:
      fetch.what = Fetch::Statements{reader.getStatements().getAfter()};
      return fetch;
    case raw::Fetch::STATUS:
      return fetch;
  }
  throw Malformed{"fetch"};
}

struct FetchWriter {
  raw::Fetch::Builder builder;

  void operator()(const Fetch::Document& what) { builder.initDocument().setHash(Data(what.hash)); }
  void operator()(const Fetch::Leaves& what) {
    auto group = builder.initLeaves();
    group.setEpoch(what.epoch);
    group.setFirst(what.first);
    group.setCount(what.count);
  }
  void operator()(const Fetch::Proofs& what) {
    auto group = builder.initProofs();
    group.setEpoch(what.epoch);
    group.setSize(what.size);
    auto indices = group.initIndices(static_cast<unsigned>(what.indices.size()));
    for (unsigned i = 0; i < what.indices.size(); ++i) indices.set(i, what.indices[i].value());
  }
  void operator()(const Fetch::Parts& what) {
    auto parts = builder.initParts();
    Write(parts.initPosition(), what.position);
    parts.setCount(what.count);
  }
  void operator()(const Fetch::Statements& what) { builder.initStatements().setAfter(what.after); }
  void operator()(const Fetch::Status&) { builder.setStatus(); }
};

DocumentFrame ReadDocument(raw::Document::Reader reader) {
  return {.reference = Reference(reader.getReference()),
          .pieces = ReadList(
              reader.getPieces(), limits::kItemsMax, "pieces",
              [](raw::Document::Piece::Reader piece) {
                return DocumentFrame::Piece{
                    .kind = ReadEnum(piece.getKind(), DocumentKind::kStatus, "document kind"),
                    .index = piece.getIndex(),
                    .bytes = ReadBytes(piece.getBytes(), limits::kDocumentBytesMax, "document")};
              }),
          .more = reader.getMore()};
}

// --- one function a frame

std::vector<AgencyId> ReadAgencies(capnp::List<capnp::Text>::Reader list) {
  return ReadList(list, limits::kAgenciesPerHostMax, "agencies",
                  [](capnp::Text::Reader text) { return ReadName<AgencyId>(text, "agency"); });
}

template <class Builder>
void WriteAgencies(Builder builder, const std::vector<AgencyId>& agencies) {
  auto list = builder.initAgencies(static_cast<unsigned>(agencies.size()));
  for (unsigned i = 0; i < agencies.size(); ++i) list.set(i, agencies[i].value());
}

Hello ReadHello(raw::Hello::Reader reader) {
  return {.minor_lowest = reader.getMinorLowest(),
          .minor_highest = reader.getMinorHighest(),
          .partnership = ReadName<PartnershipId>(reader.getPartnership(), "partnership"),
          .agencies = ReadAgencies(reader.getAgencies()),
          .checkpoint = ReadText(reader.getCheckpoint(), kNoteBytesMax, "checkpoint"),
          .time = ReadTime(reader.getTime(), "time"),
          .software = ReadText(reader.getSoftware(), limits::kNameBytesMax, "software")};
}

Welcome ReadWelcome(raw::Welcome::Reader reader) {
  return {
      .minor = reader.getMinor(),
      .head = ReadLogHead(reader.getHead()),
      .checkpoint = ReadText(reader.getCheckpoint(), kNoteBytesMax, "checkpoint"),
      .consistency = ReadDigests(reader.getConsistency(), limits::kProofHashesMax, "consistency"),
      .directory = ReadDocumentVersion(reader.getDirectory()),
      .policy = ReadDocumentVersion(reader.getPolicy()),
      .statements = reader.getStatements(),
      .time = ReadTime(reader.getTime(), "time"),
      .credit_messages = reader.getCreditMessages(),
      .credit_bytes = reader.getCreditBytes(),
      .recovery = reader.getRecovery()};
}

Deliver ReadDeliver(raw::Deliver::Reader reader) {
  return {ReadList(
      reader.getItems(), limits::kItemsMax, "deliveries", [](raw::Deliver::Item::Reader item) {
        return DeliverItem{
            .reference = Reference(item.getReference()),
            .agency = ReadName<AgencyId>(item.getAgency(), "agency"),
            .lane = ReadLane(item.getLane()),
            .bytes = ReadBytes(item.getBytes(), limits::kDeliveryBytesMax, "delivery")};
      })};
}

std::vector<ReceiptItem> ReadReceipts(raw::Receipts::Reader reader) {
  return ReadList(
      reader.getItems(), limits::kItemsMax, "receipts", [](raw::Receipts::Item::Reader item) {
        ReceiptItem value{.reference = Reference(item.getReference()),
                          .bytes = ReadBytes(item.getBytes(), limits::kHeaderBytesMax, "receipt"),
                          .proof = {}};
        if (item.hasProof()) value.proof.push_back(ReadPartProof(item.getProof()));
        return value;
      });
}

void WriteReceipts(raw::Receipts::Builder builder, const std::vector<ReceiptItem>& items) {
  WriteList(
      items, [&](unsigned n) { return builder.initItems(n); },
      [](raw::Receipts::Item::Builder item, const ReceiptItem& value) {
        item.setReference(value.reference.value());
        item.setBytes(Data(value.bytes));
        if (!value.proof.empty()) Write(item.initProof(), value.proof.front());
      });
}

Head ReadHead(raw::Head::Reader reader) {
  return {
      .checkpoint = ReadText(reader.getCheckpoint(), kNoteBytesMax, "checkpoint"),
      .from_size = reader.getFromSize(),
      .consistency = ReadDigests(reader.getConsistency(), limits::kProofHashesMax, "consistency"),
      .directory = ReadDocumentVersion(reader.getDirectory()),
      .policy = ReadDocumentVersion(reader.getPolicy()),
      .statements = reader.getStatements()};
}

AlarmFrame ReadAlarm(raw::Alarm::Reader reader) {
  return {.kind = ReadEnum(reader.getKind(), AlarmFrame::Kind::kCheckpointLate, "alarm kind"),
          .message = MessageId(ReadArray<16>(reader.getMessage(), "alarm message")),
          .grant = ReadArray<32>(reader.getGrant(), "alarm grant")};
}

Reconciled ReadReconciled(raw::Reconciled::Reader reader) {
  return {.reference = Reference(reader.getReference()),
          .epoch = reader.getEpoch(),
          .agencies = ReadAgencies(reader.getAgencies())};
}

decltype(Frame::body) ReadBody(raw::Frame::Reader reader) {
  switch (reader.which()) {
    case raw::Frame::HELLO:
      return ReadHello(reader.getHello());
    case raw::Frame::WELCOME:
      return ReadWelcome(reader.getWelcome());
    case raw::Frame::REHELLO: {
      const auto rehello = reader.getRehello();
      return Rehello{ReadCode(rehello.getCode()), Milliseconds(rehello.getRetryAfter())};
    }
    case raw::Frame::SUBMIT: {
      const auto submit = reader.getSubmit();
      return Submit{ReadLane(submit.getLane()), ReadItems(submit.getItems())};
    }
    case raw::Frame::ANSWER:
      return AnswerFrame{ReadAnswers(reader.getAnswer())};
    case raw::Frame::DELIVER:
      return ReadDeliver(reader.getDeliver());
    case raw::Frame::RECEIPT:
      return ReceiptFrame{ReadReceipts(reader.getReceipt())};
    case raw::Frame::RECEIPTED:
      return Receipted{ReadAnswers(reader.getReceipted())};
    case raw::Frame::RECALL:
      return RecallFrame{ReadItems(reader.getRecall().getItems())};
    case raw::Frame::VOID:
      return VoidFrame{ReadItems(reader.getVoid().getItems())};
    case raw::Frame::STATEMENT:
      return StatementFrame{ReadItems(reader.getStatement().getItems())};
    case raw::Frame::HEAD:
      return ReadHead(reader.getHead());
    case raw::Frame::COSIGN:
      return Cosign{ReadText(reader.getCosign().getCosignatures(), kNoteBytesMax, "cosignatures")};
    case raw::Frame::CREDIT: {
      const auto credit = reader.getCredit();
      return Credit{credit.getMessages(), credit.getBytes(),
                    ReadBytes(credit.getPadding(), limits::kHeaderBytesMax, "padding"),
                    credit.getDrained()};
    }
    case raw::Frame::FETCH:
      return ReadFetch(reader.getFetch());
    case raw::Frame::DOCUMENT:
      return ReadDocument(reader.getDocument());
    case raw::Frame::ALARM:
      return ReadAlarm(reader.getAlarm());
    case raw::Frame::RECONCILED:
      return ReadReconciled(reader.getReconciled());
    case raw::Frame::WORD:
      return WordFrame{ReadReceipts(reader.getWord())};
    case raw::Frame::LOOK:
      return LookFrame{ReadItems(reader.getLook().getItems())};
  }
  throw Malformed{"a kind of frame this version does not know"};
}

struct BodyWriter {
  raw::Frame::Builder frame;

  void operator()(const Hello& hello) {
    auto builder = frame.initHello();
    builder.setMinorLowest(hello.minor_lowest);
    builder.setMinorHighest(hello.minor_highest);
    builder.setPartnership(hello.partnership.value());
    WriteAgencies(builder, hello.agencies);
    builder.setCheckpoint(hello.checkpoint);
    builder.setTime(ToMilliseconds(hello.time));
    builder.setSoftware(hello.software);
  }
  void operator()(const Welcome& welcome) {
    auto builder = frame.initWelcome();
    builder.setMinor(welcome.minor);
    Write(builder.initHead(), welcome.head);
    builder.setCheckpoint(welcome.checkpoint);
    WriteDigests(welcome.consistency, [&](unsigned n) { return builder.initConsistency(n); });
    Write(builder.initDirectory(), welcome.directory);
    Write(builder.initPolicy(), welcome.policy);
    builder.setStatements(welcome.statements);
    builder.setTime(ToMilliseconds(welcome.time));
    builder.setCreditMessages(welcome.credit_messages);
    builder.setCreditBytes(welcome.credit_bytes);
    builder.setRecovery(welcome.recovery);
  }
  void operator()(const Rehello& rehello) {
    auto builder = frame.initRehello();
    builder.setCode(static_cast<std::uint16_t>(rehello.code));
    builder.setRetryAfter(WholeMilliseconds(rehello.retry_after));
  }
  void operator()(const Submit& submit) {
    auto builder = frame.initSubmit();
    builder.setLane(static_cast<std::uint8_t>(submit.lane));
    WriteItems(builder, submit.items);
  }
  void operator()(const AnswerFrame& answers) { WriteAnswers(frame.initAnswer(), answers.items); }
  void operator()(const Deliver& deliver) {
    auto builder = frame.initDeliver();
    WriteList(
        deliver.items, [&](unsigned n) { return builder.initItems(n); },
        [](raw::Deliver::Item::Builder item, const DeliverItem& value) {
          item.setReference(value.reference.value());
          item.setAgency(value.agency.value());
          item.setLane(static_cast<std::uint8_t>(value.lane));
          item.setBytes(Data(value.bytes));
        });
  }
  void operator()(const ReceiptFrame& receipts) {
    WriteReceipts(frame.initReceipt(), receipts.items);
  }
  void operator()(const WordFrame& words) { WriteReceipts(frame.initWord(), words.items); }
  void operator()(const Receipted& receipted) {
    WriteAnswers(frame.initReceipted(), receipted.items);
  }
  void operator()(const RecallFrame& recall) { WriteItems(frame.initRecall(), recall.items); }
  void operator()(const LookFrame& looks) { WriteItems(frame.initLook(), looks.items); }
  void operator()(const VoidFrame& voids) { WriteItems(frame.initVoid(), voids.items); }
  void operator()(const StatementFrame& statements) {
    WriteItems(frame.initStatement(), statements.items);
  }
  void operator()(const Head& head) {
    auto builder = frame.initHead();
    builder.setCheckpoint(head.checkpoint);
    builder.setFromSize(head.from_size);
    WriteDigests(head.consistency, [&](unsigned n) { return builder.initConsistency(n); });
    Write(builder.initDirectory(), head.directory);
    Write(builder.initPolicy(), head.policy);
    builder.setStatements(head.statements);
  }
  void operator()(const Cosign& cosign) { frame.initCosign().setCosignatures(cosign.cosignatures); }
  void operator()(const Credit& credit) {
    auto builder = frame.initCredit();
    builder.setMessages(credit.messages);
    builder.setBytes(credit.bytes);
    builder.setPadding(Data(credit.padding));
    builder.setDrained(credit.drained);
  }
  void operator()(const Fetch& fetch) {
    auto builder = frame.initFetch();
    builder.setReference(fetch.reference.value());
    std::visit(FetchWriter{builder}, fetch.what);
  }
  void operator()(const DocumentFrame& document) {
    auto builder = frame.initDocument();
    builder.setReference(document.reference.value());
    builder.setMore(document.more);
    WriteList(
        document.pieces, [&](unsigned n) { return builder.initPieces(n); },
        [](raw::Document::Piece::Builder piece, const DocumentFrame::Piece& value) {
          piece.setKind(static_cast<raw::DocumentKind>(value.kind));
          piece.setIndex(value.index);
          piece.setBytes(Data(value.bytes));
        });
  }
  void operator()(const AlarmFrame& alarm) {
    auto builder = frame.initAlarm();
    builder.setKind(static_cast<raw::Alarm::Kind>(alarm.kind));
    builder.setMessage(Data(alarm.message.value()));
    builder.setGrant(Data(alarm.grant));
  }
  void operator()(const Reconciled& reconciled) {
    auto builder = frame.initReconciled();
    builder.setReference(reconciled.reference.value());
    builder.setEpoch(reconciled.epoch);
    WriteAgencies(builder, reconciled.agencies);
  }
};

}  // namespace

Bytes EncodeFrame(const Frame& frame) {
  Bytes bytes = EncodeMessage<raw::Frame>([&](raw::Frame::Builder builder) {
    builder.setSession(Data(frame.session.value()));
    std::visit(BodyWriter{builder}, frame.body);
  });
  CHECK(bytes.size() <= limits::kFrameBytesMax);
  return bytes;
}

Result<Frame> ParseFrame(ByteView bytes) {
  return ParseMessage<raw::Frame>(bytes, kWholeFrame, [](raw::Frame::Reader reader) {
    return Frame{SessionId(ReadArray<16>(reader.getSession(), "session")), ReadBody(reader)};
  });
}

}  // namespace havenline::wire
