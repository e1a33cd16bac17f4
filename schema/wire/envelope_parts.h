// Readers and writers of the structs that several messages share. Private to schema/wire; the
// readers throw Malformed.

#pragma once

#include "schema/model/envelope.h"
#include "schema/wire/envelope.capnp.h"

namespace havenline::wire {

DocumentVersion ReadDocumentVersion(raw::DocumentVersion::Reader reader);
void Write(raw::DocumentVersion::Builder builder, const DocumentVersion& value);

LogHead ReadLogHead(raw::LogHead::Reader reader);
void Write(raw::LogHead::Builder builder, const LogHead& value);

TreeSignature ReadTreeSignature(raw::TreeSignature::Reader reader);
void Write(raw::TreeSignature::Builder builder, const TreeSignature& value);

Position ReadPosition(raw::Position::Reader reader);
void Write(raw::Position::Builder builder, const Position& value);

PartProof ReadPartProof(raw::PartProof::Reader reader);
void Write(raw::PartProof::Builder builder, const PartProof& value);

}  // namespace havenline::wire
