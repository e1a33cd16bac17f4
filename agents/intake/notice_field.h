// A field of the notice, as a mapping file names it: "childBirth", "presence.where",
// "collection[2].who". Pure.

#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agents/intake/notice.h"
#include "schema/base/result.h"
#include "schema/exchange/exchange_type.h"
#include "schema/text/value.h"

namespace havenline::intake {

struct NoticeField {
  std::string path;                 // As written.
  std::string section;              // Its first part.
  std::optional<std::size_t> item;  // From 1, if the section is a list.
  std::vector<std::string> members;
  const exchange::Field* field =
      nullptr;  // Text, choice or truth; of the registry, so it lives for ever.
};

// kInvalid says what is wrong and what there is instead.
Result<NoticeField> FindNoticeField(const exchange::ExchangeType& type, std::string_view path);

// What a text means for a field, its codes replaced: null if it is empty; else checked against the
// field's choices, format and length. "yes" and "no" are truths. kInvalid says what is wrong,
// without the text.
Result<text::Value> ValueFor(const exchange::Field& field, const std::string& content);

// Sections put together field by field. Items of a list for which nothing came are left out.
class SectionsBuilder {
 public:
  void Put(const NoticeField& at, text::Value value);
  Sections Finish() &&;

 private:
  Sections sections_;
  std::map<std::string, std::map<std::size_t, text::Value>> lists_;
};

}  // namespace havenline::intake
