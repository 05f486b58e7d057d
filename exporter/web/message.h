// SPDX-License-Identifier: Apache-2.0
// From a framed request to the bytes of its response, by cpp-httplib, which sees memory and never a
// socket. Any thread; each call stands alone.
#pragma once

#include <string>

#include "exporter/web/head.h"
#include "exporter/web/page.h"

namespace holdfast {

/// The bytes of the response. Bodies are left out for HEAD. Whatever `answer` throws becomes a 500
/// with a sentence of ours.
[[nodiscard]] std::string render_response(const RequestHead& head, const Answer& answer);
/// The bytes that refuse a request that could not be framed, and announce the end.
[[nodiscard]] std::string render_refusal(int status);

}  // namespace holdfast
