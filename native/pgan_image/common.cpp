#include "image.h"

#include <cstring>

namespace pgan {

static constexpr int64_t MaxPixels = 100'000'000;

void fail(const std::string& message) { throw std::runtime_error(message); }

Format detect(View file) {
    static const uint8_t png[8] = {0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A};
    if (file.size >= 8 && std::memcmp(file.data, png, 8) == 0) return Png;
    if (file.size >= 3 && file.data[0] == 0xFF && file.data[1] == 0xD8 && file.data[2] == 0xFF) return Jpeg;
    if (file.size >= 12 && std::memcmp(file.data, "RIFF", 4) == 0 && std::memcmp(file.data + 8, "WEBP", 4) == 0) return WebP;
    return UnknownFormat;
}

void check_size(int64_t width, int64_t height) {
    if (width <= 0 || height <= 0)
        fail("its header says " + std::to_string(width) + "x" + std::to_string(height) + " pixels");
    if (width > MaxPixels / height)
        fail("its header says " + std::to_string(width) + "x" + std::to_string(height) + " pixels, more than the limit of 100 million");
}

Pixels allocate(size_t bytes) {
    Pixels memory(static_cast<uint8_t*>(std::malloc(bytes > 0 ? bytes : 1)));
    if (!memory) fail("no memory for " + std::to_string(bytes) + " bytes");
    return memory;
}

Pixels allocate(const Info& info) {
    return allocate(static_cast<size_t>(info.width) * static_cast<size_t>(info.height) * static_cast<size_t>(info.channels));
}

}  // namespace pgan
