// SPDX-License-Identifier: Apache-2.0
// The two connections of the latency check: one is kept and asked, one is made anew each run and
// then dropped, or kept when the other has died. Leased by Databases::lease_pair, one run at a
// time.
#pragma once

#include "checks/options.h"
#include "checks/support/pg/connection.h"

namespace holdfast {

struct PgPair {
  PgConnection kept;
  Database kept_as;  ///< How the kept one was dialled: other parameters mean dialling anew.
};

}  // namespace holdfast
