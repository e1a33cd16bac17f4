// Whatever messages there may be: rapidcheck generators of every value that wire carries, each
// within its limits. Sizes are small but for the edges, which come up often.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <rapidcheck.h>

#include "schema/model/envelope.h"
#include "schema/model/frame.h"
#include "schema/model/receipt.h"
#include "schema/model/statement.h"
#include "schema/model/word.h"

namespace havenline::any {

rc::Gen<std::string> NameText();               // What IsName() takes, to its whole length.
rc::Gen<std::string> Text(std::size_t bytes);  // UTF-8 of at most so many bytes.
rc::Gen<Bytes> SomeBytes(std::size_t most);
rc::Gen<TimePoint> Time();  // 1970 to 9999.

rc::Gen<Header> AnyHeader();
rc::Gen<ClearPart> AnyClearPart();
rc::Gen<BrokersPart> AnyBrokersPart();
rc::Gen<PartProof> AnyPartProof();
rc::Gen<Envelope> AnyEnvelope();  // Of good form; no digest or signature in it holds.
rc::Gen<Delivery> AnyDelivery();
rc::Gen<Answer> AnyAnswer();

rc::Gen<Receipt> AnyReceipt();
rc::Gen<SignedReceipt> AnySignedReceipt();
rc::Gen<SignedVoid> AnySignedVoid();
rc::Gen<SignedRecall> AnySignedRecall();
rc::Gen<SignedStatement> AnySignedStatement();
rc::Gen<SignedWord> AnySignedWord();

// A frame of each kind, by its place in Frame::body.
inline constexpr std::size_t kFrameKinds = std::variant_size_v<decltype(Frame::body)>;
rc::Gen<Frame> AnyFrameOf(std::size_t kind);
rc::Gen<Frame> AnyFrame();

}  // namespace havenline::any
