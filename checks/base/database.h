// SPDX-License-Identifier: Apache-2.0
// One database as configured. A plain value.
#pragma once

#include <string>

#include "checks/base/secret.h"

namespace holdfast {

/// `sslmode` as libpq names it; verify-full unless configured otherwise.
struct Database {
  std::string name;
  std::string host;
  std::string port = "5432";
  std::string dbname;
  std::string user;
  Secret password;
  std::string sslmode = "verify-full";
  std::string sslrootcert;
  std::string sslcert;
  std::string sslkey;
  bool operator==(const Database&) const = default;
};

}  // namespace holdfast
