// SPDX-License-Identifier: Apache-2.0
// One report to one target: a file, a webhook, a Telegram chat. Every wait is under the deadline,
// no redirect is followed, and no error text holds a URL, a token or an answer. One thread a call.
#pragma once

#include <string>

#include "checks/support/io/resolver.h"
#include "exporter/config/config.h"
#include "exporter/report/report.h"

namespace holdfast {

/// Telegram takes 4,096 characters a message; more is refused, so it is cut and said.
inline constexpr std::size_t kMaxTelegramBytes = 4000;

/// The report in the format of that name: text, markdown, html or json.
[[nodiscard]] std::string render_report(const Report& report, const std::string& format);

/// Sends it. `key` is the same for each attempt of one report: receivers that know the header
/// Idempotency-Key drop what a lost answer made us send again. `day` fills "{date}".
[[nodiscard]] Result<Done> send_report(const Report& report, const ReportTarget& target,
                                       const std::string& key, const std::string& day,
                                       Resolver& resolver, const Deadline& deadline);

/// The JSON body of Telegram's sendMessage, with the text cut to kMaxTelegramBytes. Pure.
[[nodiscard]] std::string telegram_message(const std::string& chat, const std::string& text);

}  // namespace holdfast
