// SPDX-License-Identifier: Apache-2.0
// Judging what the server says of itself. Its statistics are asked less often than the check
// runs, so they are remembered, and their findings stand until they are asked again. Pure.
#pragma once

#include "checks/postgres/postgres.h"

namespace holdfast {

/// Adds samples, findings and memory to `reading`.
void judge_server_facts(const PostgresSettings& settings, const PostgresLook& look,
                        const Memory& memory, const Now& now, Reading& reading);

}  // namespace holdfast
