// SPDX-License-Identifier: Apache-2.0
// The two connections of the latency check: one is kept and asked, one is made anew each run and
// then dropped, or kept when the other has died. Leased by Databases::lease_pair, one run at a
// time.
#pragma once

#include "checks/base/database.h"
#include "checks/support/pg/connection.h"

namespace holdfast {

struct PgPair {
  PgConnection kept;
  Database kept_as;  ///< How the kept one was dialled: other parameters mean dialling anew.
  /// The backend whose statement was cut and that may still be there: as long as the server lists
  /// it, it counts as one of our three sessions and nothing new is kept. 0: none.
  int cut_backend = 0;
};

}  // namespace holdfast
