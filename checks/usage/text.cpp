// SPDX-License-Identifier: Apache-2.0
#include "checks/usage/text.h"

#include <algorithm>

#include "checks/support/text/utf8.h"

namespace holdfast::usage {
namespace {

constexpr std::size_t kMaxTextBytes = 100;
constexpr std::size_t kMaxNamed = 4;

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

}  // namespace

std::string safe_name(std::string_view name, std::size_t digits) {
  std::string out;
  while (!name.empty()) {
    const auto number = name.substr(0, name.find_first_not_of("0123456789"));
    if (number.empty())
      out += is_control(name.front()) ? '?' : name.front();
    else
      out += number.size() >= digits ? "(number)" : number;
    name.remove_prefix(std::max<std::size_t>(1, number.size()));
  }
  return truncate_utf8(out, kMaxTextBytes);
}

std::string who(const Sessions& sessions) {
  const std::string name =
      sessions.application.empty() ? "an unnamed application" : sessions.application;
  const std::string where = sessions.client == "local"    ? "local socket"
                            : sessions.client == "hidden" ? "address hidden"
                                                          : sessions.client;
  return name + " (user " + (sessions.user.empty() ? "unknown" : sessions.user) + ", " + where +
         ")";
}

std::string who_all(const std::vector<const Sessions*>& all) {
  std::string out;
  const std::size_t named = std::min(all.size(), kMaxNamed);
  for (std::size_t i = 0; i < named; ++i) {
    const bool is_last = i + 1 == named && named == all.size();
    if (i > 0) out += is_last ? " and " : ", ";
    out += who(*all[i]);
  }
  if (const std::size_t more = all.size() - named; more > 0)
    out += " and " + std::to_string(more) + (more == 1 ? " other" : " others");
  return out;
}

std::string hidden_text(const std::vector<const Sessions*>& hidden) {
  return "Holdfast's role lacks the privilege to see the client addresses of " + who_all(hidden) +
         ", or whether these are clients at all; fix: GRANT pg_monitor TO Holdfast's role.";
}

std::string span_text(double span) {
  return span < 1 ? "less than a second" : render_value(span, Unit::seconds);
}

}  // namespace holdfast::usage
