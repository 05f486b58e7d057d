// SPDX-License-Identifier: Apache-2.0
// The only three things Holdfast ever says to PM2, as constant bytes. One wrong request (a missing
// argument, a null, broken JSON) makes PM2's daemon restart itself and every process under it, and
// the right to connect is the right to control; so nothing here is ever built from input, and a
// test holds each request byte for byte. Immutable: safe from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace holdfast {

enum class Pm2Request : std::uint8_t { ping, get_version, get_monitor_data };
inline constexpr std::array kPm2Requests{Pm2Request::ping, Pm2Request::get_version,
                                         Pm2Request::get_monitor_data};

/// The whole frame, as it goes on the wire.
[[nodiscard]] std::string_view bytes_of(Pm2Request request);
/// The id the reply must carry, with its type prefix: "s:1".
[[nodiscard]] std::string_view id_of(Pm2Request request);
/// PM2's name of the method, for the trace: "ping".
[[nodiscard]] std::string_view name_of(Pm2Request request);

}  // namespace holdfast
