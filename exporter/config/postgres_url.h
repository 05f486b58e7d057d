// SPDX-License-Identifier: Apache-2.0
// postgres:// and postgresql:// URLs, as in DATABASE_URL. Pure functions.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "exporter/config/values.h"

namespace holdfast {

/// The parts of a URL, percent-decoded; missing ones are empty.
struct PostgresUrl {
  std::string host;
  std::string port;
  std::string dbname;
  std::string user;
  std::string password;
  std::map<std::string, std::string> parameters;  ///< sslmode, sslrootcert and others.
};

/// The parts, or a predicate that quotes nothing of the URL: "contains an invalid percent escape".
[[nodiscard]] Parsed<PostgresUrl> parse_postgres_url(std::string_view url);

}  // namespace holdfast
