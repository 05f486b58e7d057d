// SPDX-License-Identifier: Apache-2.0
// The high-water mark of the live keys of one type in one session, over 24 hours. Keys that expire
// by their own date lower it; keys that disappear do not. Pure values; safe from any thread.
#pragma once

#include <array>
#include <vector>

namespace holdfast::whatsapp {

/// For each of these spans in seconds, how many live keys expire within it; one more for "ever".
/// Fine where runs are frequent, coarse for the time Holdfast was away.
inline constexpr std::array<double, 5> kHorizons{60, 600, 3600, 21'600, 86'400};
inline constexpr std::size_t kDayHorizon = 4;
using Due = std::array<double, kHorizons.size() + 1>;

/// The keys of one type at one moment.
struct KeyCount {
  double live = 0;
  double expired = 0;  ///< Expired, and still in the table.
  Due due{};           ///< Live keys that expire within each of kHorizons, and ever.
  KeyCount& operator+=(const KeyCount& other);
  bool operator==(const KeyCount&) const = default;
};

/// A count, and when it was made in epoch seconds of the server.
struct TimedCount {
  KeyCount keys;
  double at = 0;
};

/// What the counts so far add up to. Empty (accepted by the operator, or the first run): the next
/// count is the new high-water mark.
struct Marks {
  struct Mark {
    double hour;
    double height;  ///< Live keys and all that had expired until then.
  };
  double gone = 0;          ///< Keys that expired and left since the first count.
  std::vector<Mark> marks;  ///< Hours rise, heights fall: the first is the high-water mark.
};

class HighWaterMark {
 public:
  HighWaterMark() = default;
  /// Continues from what an earlier run kept.
  HighWaterMark(const TimedCount& last, Marks baseline)
      : last_(last), baseline_(std::move(baseline)), counts_(baseline_.marks.empty() ? 0 : 1) {}

  /// Adds a count made at `at`. A loss is explained by what was due to expire since the last count,
  /// or by keys that are now expired.
  void observe(const KeyCount& count, double at);
  /// Forgets what is older than 24 hours. Not to be called while a loss is reported.
  void forget(double at);

  [[nodiscard]] bool is_new() const { return counts_ < 2; }
  [[nodiscard]] const KeyCount& count() const { return last_.keys; }
  /// How many keys would be live if none had disappeared; at least the live ones.
  [[nodiscard]] double high() const;
  [[nodiscard]] double lost() const { return high() - count().live; }

  [[nodiscard]] const TimedCount& last() const { return last_; }
  [[nodiscard]] const Marks& baseline() const { return baseline_; }

 private:
  TimedCount last_;
  Marks baseline_;
  int counts_ = 0;
};

}  // namespace holdfast::whatsapp
