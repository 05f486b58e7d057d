// SPDX-License-Identifier: Apache-2.0
// Judges the server's statistics. They are queried less often than the check runs, so they are kept
// in the memory, and their findings stay active until the next query. Pure.
#pragma once

#include "checks/postgres/postgres.h"

namespace holdfast {

/// Adds samples and findings to `reading`; new statistics replace those in `state`.
void judge_server_facts(const PostgresSettings& settings, const PostgresFacts& fetched,
                        const Now& now, PostgresState& state, Reading& reading);

}  // namespace holdfast
