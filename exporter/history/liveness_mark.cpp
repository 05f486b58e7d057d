// SPDX-License-Identifier: Apache-2.0
#include "exporter/history/liveness_mark.h"

#include <charconv>

#include "exporter/history/sqlite.h"

namespace holdfast {
namespace {

// Less is clock slewing or a scheduling delay.
constexpr Duration kJump = std::chrono::seconds(2);

}  // namespace

std::string render_liveness_mark(const LivenessMark& mark) {
  return std::to_string(to_file_time(mark.at)) + (mark.is_clean_stop ? " stopped " : " running ") +
         mark.boot_id;
}

std::optional<LivenessMark> parse_liveness_mark(const std::string& text) {
  std::int64_t at = 0;
  const char* end = text.data() + text.size();
  const auto [rest_begin, error] = std::from_chars(text.data(), end, at);
  if (error != std::errc{}) return std::nullopt;
  const std::string rest(rest_begin, end);
  for (const auto& [word, is_clean] : {std::pair(" stopped ", true), std::pair(" running ", false)})
    if (rest.starts_with(word)) return LivenessMark{from_file_time(at), rest.substr(9), is_clean};
  return std::nullopt;
}

std::optional<Gap> gap_at_start(const LivenessMark& last, WallTime now,
                                const std::string& boot_id) {
  if (now <= last.at) return std::nullopt;
  const GapCause cause = last.is_clean_stop        ? GapCause::stopped
                         : last.boot_id != boot_id ? GapCause::host_down
                                                   : GapCause::killed;
  return Gap{{last.at, now}, cause};
}

std::optional<Gap> gap_between(const Moment& before, const Moment& now) {
  const Duration asleep = (now.since_boot - before.since_boot) - (now.awake - before.awake);
  if (asleep > kJump) {
    const auto since = std::chrono::time_point_cast<WallTime::duration>(now.wall - asleep);
    return Gap{{since, now.wall}, GapCause::suspended};
  }
  const Duration jumped = (now.wall - before.wall) - (now.since_boot - before.since_boot);
  if (jumped > kJump) {
    const auto since = std::chrono::time_point_cast<WallTime::duration>(now.wall - jumped);
    return Gap{{since, now.wall}, GapCause::clock};
  }
  // Set back: no time is missing, but the evidence shows it.
  if (jumped < -kJump) return Gap{{now.wall, now.wall}, GapCause::clock};
  return std::nullopt;
}

}  // namespace holdfast
