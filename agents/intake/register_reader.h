// Reads the schools register's CSV files. Private to agents/intake.

#pragma once

#include <array>
#include <string>
#include <string_view>

#include "agents/intake/establishments.h"
#include "schema/text/csv.h"

namespace havenline::intake {

class RegisterReader {
 public:
  Result<void> ReadSchools(const RegisterFile& file);
  Result<void> ReadLinks(const RegisterFile& file);
  Establishments Finish();

 private:
  // A column by its index into a list of names, once the header is known.
  template <std::size_t kCount>
  struct Columns {
    std::array<std::optional<std::size_t>, kCount> at;
    bool known = false;
  };

  Result<void> AddSchool(const text::CsvTable& table, const text::CsvRow& row);
  Result<void> AddLink(const text::CsvTable& table, const text::CsvRow& row);

  Establishments read_;
  Columns<7> school_columns_;
  Columns<3> link_columns_;
};

}  // namespace havenline::intake
