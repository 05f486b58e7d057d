// SPDX-License-Identifier: Apache-2.0
// Sends one report to one target: a file, a webhook, a Telegram chat. All I/O is under the
// deadline, redirects are not followed, and no error text contains a URL, a token or a response.
// Thread-safe.
#pragma once

#include <string>

#include "checks/support/io/resolver.h"
#include "exporter/config/config.h"
#include "exporter/report/report.h"

namespace holdfast {

/// Telegram refuses messages of more than 4,096 characters, so a longer text is truncated.
inline constexpr std::size_t kMaxTelegramBytes = 4000;

/// The report in the format of that name: text, markdown, html or json.
[[nodiscard]] std::string render_report(const Report& report, const std::string& format);

/// Sends it. `key` is the Idempotency-Key header, the same for each attempt, by which receivers
/// drop duplicates. `day` replaces "{date}" in file names.
[[nodiscard]] Result<Done> send_report(const Report& report, const ReportTarget& target,
                                       const std::string& key, const std::string& day,
                                       Resolver& resolver, const Deadline& deadline);

/// The JSON body of Telegram's sendMessage, the text truncated to kMaxTelegramBytes. Pure.
[[nodiscard]] std::string telegram_message(const std::string& chat, const std::string& text);

}  // namespace holdfast
