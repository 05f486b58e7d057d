// SPDX-License-Identifier: Apache-2.0
// Fields of Kind that tell exporter/ how to show and to find a kind that it does not know by name.
// Plain values.
#pragma once

#include <string_view>

namespace holdfast {

/// A metric that reports draw as bars: one for each value of `label`, summed over other labels.
struct ReportNumber {
  std::string_view metric;
  std::string_view title;  ///< "Session keys present".
  std::string_view label{};
  std::string_view max_metric{};  ///< The most a bar may reach; empty: not limited.
};

/// What reports announce a day ahead. A metric named `…_timestamp_seconds` says when it expires,
/// any other counts what expires within 24 hours.
struct Expiry {
  std::string_view metric;
  std::string_view noun;       ///< What expires: "certificate".
  std::string_view label{};    ///< The label that tells several apart.
  std::string_view finding{};  ///< The finding code that warns of it.
};

/// How a start without a config file finds something to watch: the option that receives it. With
/// `variable` it is a directory, named by that environment variable or else below the home
/// directory; without, it is the database that the environment names.
struct Discovery {
  std::string_view option{};  ///< Empty: only a config file can ask for this kind.
  std::string_view variable{};
  std::string_view below_home{};
};

}  // namespace holdfast
