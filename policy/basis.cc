#include "policy/basis.h"

#include <algorithm>
#include <array>

namespace havenline::policy {
namespace {

// To add one is to say that it is law in England and Wales: with the section that says so.
constexpr std::array kBases = {
    Basis{"daa2021-s49a",
          "Domestic Abuse Act 2021 s49A: the force's duty to notify the child's school or setting"},
    Basis{"daa2021-s77",
          "Domestic Abuse Act 2021 s77: the police disclose, having regard to the guidance on the "
          "domestic violence disclosure scheme (Clare's Law)"},
    Basis{"daa2021-pt3",
          "Domestic Abuse Act 2021 Part 3 (s22, s27): giving, seeking and enforcing a domestic "
          "abuse protection notice or order"},
    Basis{"ca1989-s17",
          "Children Act 1989 s17: safeguarding and promoting the welfare of children in "
          "need"},
    Basis{"ca1989-s47",
          "Children Act 1989 s47: enquiries where a child is suffering, or likely to "
          "suffer, significant harm"},
    Basis{"ca2004-s10",
          "Children Act 2004 s10: co-operation to improve the well-being of children"},
    Basis{"ca2004-s11",
          "Children Act 2004 s11: safeguarding and promoting the welfare of children"},
    Basis{"care2014-s42", "Care Act 2014 s42: enquiry about an adult at risk of abuse or neglect"},
    Basis{"care2014-s45",
          "Care Act 2014 s45: supplying information to a safeguarding adults board"},
    Basis{"cda1998-s115",
          "Crime and Disorder Act 1998 s115: the power to disclose to a relevant "
          "authority for the purposes of the Act"},
    Basis{"cja2003-s325",
          "Criminal Justice Act 2003 s325: managing the risks that certain offenders "
          "pose"},
    Basis{"dpa2018-sch1-18",
          "Data Protection Act 2018 Schedule 1 paragraph 18: protecting a child or "
          "an adult at risk, where consent cannot be given, cannot reasonably be "
          "obtained, or asking would prejudice the protection"},
    Basis{"dpa2018-sch8-4",
          "Data Protection Act 2018 Schedule 8 paragraph 4: the same, where the "
          "police process for law enforcement"},
    Basis{"ukgdpr-6-1-c", "UK GDPR Article 6(1)(c): a legal obligation"},
    Basis{"ukgdpr-6-1-d", "UK GDPR Article 6(1)(d): vital interests"},
    Basis{"ukgdpr-6-1-e",
          "UK GDPR Article 6(1)(e): a task in the public interest or official "
          "authority"},
    Basis{"ukgdpr-6-1-f", "UK GDPR Article 6(1)(f): legitimate interests"},
    Basis{"ukgdpr-6-1-a", "UK GDPR Article 6(1)(a): the person's consent", true},
    Basis{"hra2017-s10",
          "Homelessness Reduction Act 2017 s10: the duty to refer, with the person's "
          "consent",
          true},
};

}  // namespace

std::span<const Basis> AllBases() { return kBases; }

const Basis* FindBasis(std::string_view code) {
  const auto* const at = std::ranges::find(kBases, code, &Basis::code);
  return at == kBases.end() ? nullptr : at;
}

}  // namespace havenline::policy
