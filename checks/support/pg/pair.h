// SPDX-License-Identifier: Apache-2.0
// The two connections of the latency check: a persistent one, and a new one made by each run that
// is then closed, or becomes the persistent one if that was lost. Leased by Databases::lease_pair
// to one run at a time.
#pragma once

#include "checks/base/database.h"
#include "checks/support/pg/connection.h"

namespace holdfast {

struct PgPair {
  PgConnection persistent;
  Database persistent_as;  ///< Its parameters: if they change, it is replaced.
  /// The backend of a statement that was cut off. As long as the server lists it, it counts as one
  /// of our three sessions, and no new connection is kept. 0: none.
  int cut_backend = 0;
};

}  // namespace holdfast
