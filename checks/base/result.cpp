// SPDX-License-Identifier: Apache-2.0
#include "checks/base/result.h"

#include <array>

namespace holdfast {
namespace {

struct ReasonRow {
  std::string_view name;
  Status status;
  std::string_view sentence;
};

constexpr std::array<ReasonRow, kReasonCount> kReasons{{
#define HOLDFAST_REASON(code, status, sentence) {#code, Status::status, sentence},
#include "checks/base/reasons.def"
#undef HOLDFAST_REASON
}};

const ReasonRow& row(Reason reason) { return kReasons.at(static_cast<std::size_t>(reason)); }

}  // namespace

std::string_view name_of(Status status) {
  switch (status) {
    case Status::ok:
      return "ok";
    case Status::warning:
      return "warning";
    case Status::critical:
      return "critical";
    case Status::unknown:
      break;
  }
  return "unknown";
}

std::string_view name_of(Reason reason) { return row(reason).name; }
std::string_view sentence_of(Reason reason) { return row(reason).sentence; }
Status status_of(Reason reason) { return row(reason).status; }

}  // namespace holdfast
