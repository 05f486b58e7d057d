// SPDX-License-Identifier: Apache-2.0
// The parts of the reference beyond the kinds and metrics: the settings of a file. Constant tables.
#pragma once

#include <span>
#include <string_view>

namespace holdfast {

struct Setting {
  std::string_view name;
  std::string_view fallback;  ///< As Markdown.
  std::string_view help;
};
struct SettingSection {
  std::string_view intro;  ///< Its heading and what stands before the table, as Markdown.
  std::span<const Setting> settings;
};
/// The settings of the file, of a database, a check, a window and a report.
[[nodiscard]] std::span<const SettingSection> setting_sections();

/// The syntax of values, as Markdown.
inline constexpr std::string_view kValuesText =
    "## Values\n\n"
    "| value | written as |\n"
    "| --- | --- |\n"
    "| duration | `250ms`, `15s`, `5m`, `1h30m`, `7d`; the unit is required |\n"
    "| size | `512MiB`, `10GB`, or bytes |\n"
    "| ratio | `80%` or `0.8` |\n"
    "| rate | `5` or `5/h`, `2/m`, `100/d`: events an hour |\n"
    "| limit | `{warning: 100ms, critical: 500ms}`; a bound that is not set keeps its "
    "default, `off` removes it |\n"
    "| timestamp | `2025-11-06T16:56:00+03:00`, with UTC offset |\n\n"
    "An upper limit is crossed by a value over it, a lower limit by a value under it. `${VAR}` and "
    "`${VAR:-default}` are\nexpanded in values after parsing; `$${` is a literal `${`. Names are 1 "
    "to 64 characters of `a-z 0-9 _ -`. A file has at\nmost 1 MiB; aliases and tags are not "
    "supported.\n";

/// The findings about the history itself, as Markdown.
inline constexpr std::string_view kHistoryText =
    "\n## Findings of the history\n\nThey belong to no check. The status page, "
    "`/api/v1/status` (`history_findings`) and every report begin\nwith them. All are warnings.\n\n"
    "| finding | description |\n"
    "| --- | --- |\n"
    "| `history_not_kept` | The file cannot be used or written (disk full, read-only, written by a "
    "newer Holdfast): current readings may be missing in windows. |\n"
    "| `history_set_aside` | A damaged file was moved aside and a new one created: its data is "
    "missing in windows and reports. |\n"
    "| `history_silent` | Nothing was written for two minutes: the daemon is not running, or it "
    "cannot write. |\n";

}  // namespace holdfast
