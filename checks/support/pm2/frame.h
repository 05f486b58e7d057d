// SPDX-License-Identifier: Apache-2.0
// PM2's reply framing (AMP): one byte 0x12, then twice a big-endian length and that many bytes:
// the JSON and the id of the request. A reply carries every environment value of every process,
// so it is held in memory that is wiped and never copied. Not thread-safe: one reader a reply.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "checks/base/result.h"

namespace holdfast {

/// A PM2 of 200 processes with 8 KiB of environment each answers with about 4 MiB.
inline constexpr std::size_t kMaxPm2ReplyBytes = 32 * 1024 * 1024;

/// Overwrites memory so that the compiler cannot leave it out.
void wipe(std::span<char> bytes) noexcept;

/// Bytes that leave no trace: wiped when they grow out of their place and at the end.
class WipedBuffer {
 public:
  WipedBuffer() = default;
  ~WipedBuffer();
  WipedBuffer(const WipedBuffer&) = delete;
  WipedBuffer& operator=(const WipedBuffer&) = delete;
  void append(std::span<const char> bytes);
  void clear() noexcept;
  [[nodiscard]] std::string_view view() const { return {data_.get(), size_}; }

 private:
  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

class FrameReader {
 public:
  /// Reads the reply to the request of that id ("s:3"); `max_bytes` bounds its JSON.
  explicit FrameReader(std::string_view id, std::size_t max_bytes = kMaxPm2ReplyBytes)
      : id_(id), max_bytes_(max_bytes) {}

  /// Takes what came off the wire: true when the reply is whole. Errors: `too_large` as soon as
  /// the length says so; `garbage` for another frame, another id, or bytes after the end.
  [[nodiscard]] Result<bool> feed(std::span<const char> bytes);
  /// The JSON of a whole reply, without its "j:"; valid as long as the reader.
  [[nodiscard]] std::string_view json() const;
  /// Whether anything came at all: silence and half a reply are told apart.
  [[nodiscard]] bool has_begun() const { return has_begun_; }

 private:
  enum class Part : std::uint8_t { meta, json_length, json, id_length, id, whole };
  // Each takes from the front of `bytes` what its part needs.
  Result<Done> take_length(std::span<const char>& bytes);
  Result<Done> take_json(std::span<const char>& bytes);
  Result<Done> take_id(std::span<const char>& bytes);

  std::string_view id_;
  std::size_t max_bytes_;
  Part part_ = Part::meta;
  bool has_begun_ = false;
  std::array<unsigned char, 4> length_bytes_{};
  std::size_t length_bytes_seen_ = 0;
  std::size_t needed_ = 0;
  std::size_t id_seen_ = 0;
  WipedBuffer json_;
};

}  // namespace holdfast
