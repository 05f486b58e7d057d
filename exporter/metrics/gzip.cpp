// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/gzip.h"

// Makes zlib take const pointers.
#define ZLIB_CONST
#include <zlib.h>

#include <limits>
#include <stdexcept>

namespace holdfast {

std::string gzip(std::string_view text) {
  constexpr int kGzipWindow = 15 + 16;  // The largest window; 16 asks for gzip's header.
  constexpr int kMemoryLevel = 8;       // zlib's default.
  if (text.size() > std::numeric_limits<uInt>::max()) throw std::length_error("page over 4 GiB");
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, kMemoryLevel,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  std::string out(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<const Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);  // The bound makes one call enough.
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace holdfast
