// SPDX-License-Identifier: Apache-2.0
// From a framed request to the bytes of its response, by cpp-httplib working on memory instead of a
// socket. Any thread; calls share no state.
#pragma once

#include <string>

#include "exporter/web/head.h"
#include "exporter/web/page.h"

namespace holdfast {

/// The bytes of the response; without the body for HEAD. An exception from `answer` becomes a 500,
/// an invalid request gets an error response and no `answer`.
[[nodiscard]] std::string render_response(const Framing& request, const Answer& answer);

}  // namespace holdfast
