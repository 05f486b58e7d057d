// SPDX-License-Identifier: Apache-2.0
// The only three requests that Holdfast sends to PM2, as constant bytes. A wrong request (a missing
// argument, a null, broken JSON) makes PM2's daemon restart itself and all its processes, and a
// client that can connect can control PM2. So no request is built from input, and a test compares
// each byte by byte. Immutable; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace holdfast {

enum class Pm2Request : std::uint8_t { ping, get_version, get_monitor_data };
inline constexpr std::array kPm2Requests{Pm2Request::ping, Pm2Request::get_version,
                                         Pm2Request::get_monitor_data};

/// The complete frame.
[[nodiscard]] std::string_view bytes_of(Pm2Request request);
/// The id the reply must carry, with its type prefix: "s:1".
[[nodiscard]] std::string_view id_of(Pm2Request request);
/// PM2's name of the method, for the trace: "ping".
[[nodiscard]] std::string_view name_of(Pm2Request request);

}  // namespace holdfast
