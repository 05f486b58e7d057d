// SPDX-License-Identifier: Apache-2.0
#include "checks/usage/text.h"

#include <algorithm>

#include "checks/support/text/utf8.h"

namespace holdfast::usage {
namespace {

constexpr std::size_t kMaxTextBytes = 100;
constexpr std::size_t kMaxNamed = 4;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

}  // namespace

std::string safe_name(std::string_view name, std::size_t digits) {
  std::string out;
  for (std::size_t i = 0; i < name.size();) {
    std::size_t end = i;
    while (end < name.size() && is_digit(name[end])) ++end;
    if (end - i >= digits) {
      out += "(number)";
      i = end;
    } else if (end > i) {
      out += name.substr(i, end - i);
      i = end;
    } else {
      out += is_control(name[i]) ? '?' : name[i];
      ++i;
    }
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
  if (all.size() > named) out += " and " + std::to_string(all.size() - named) + " others";
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
