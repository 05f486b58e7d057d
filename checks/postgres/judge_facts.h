// SPDX-License-Identifier: Apache-2.0
// Judging what the server says of itself. Its statistics are asked less often than the check
// runs, so they are remembered, and their findings stand until they are asked again. Pure.
#pragma once

#include "checks/postgres/postgres.h"

namespace holdfast {

/// Adds samples and findings to `reading`; its memory, which must be there, is read and renewed.
void judge_server_facts(const PostgresSettings& settings, const PostgresLook& look, const Now& now,
                        Reading& reading);

}  // namespace holdfast
