// Inner interfaces of pgan_image: every function here throws std::exception on bad input and never aborts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace pgan {

enum Format : int32_t { UnknownFormat = 0, Png = 1, Jpeg = 2, WebP = 3 };

// What C# sees: keep in step with ImageInfo's native layout in ImageNative.cs.
struct Info {
    int32_t format = UnknownFormat;
    int32_t width = 0;
    int32_t height = 0;
    int32_t channels = 0;     // 1 grey, 2 grey + alpha, 3 RGB, 4 RGBA
    int32_t orientation = 1;  // EXIF 1 to 8; only JPEG reports one
    int32_t frames = 1;
};

struct View {
    const uint8_t* data;
    size_t size;
};

// The header goes on beyond the bytes that were given.
struct Incomplete : std::runtime_error {
    Incomplete() : std::runtime_error("the file ends inside its header") {}
};

struct Free {
    void operator()(uint8_t* memory) const { std::free(memory); }
};
using Pixels = std::unique_ptr<uint8_t, Free>;

[[noreturn]] void fail(const std::string& message);

Format detect(View file);

// A few bytes of header can ask for gigabytes of memory: refuse more than 100 million pixels.
void check_size(int64_t width, int64_t height);
Pixels allocate(const Info& info);
Pixels allocate(size_t bytes);

Info probe_png(View file);
Info probe_jpeg(View file);
Info probe_webp(View file);

Pixels decode_png(View file, Info& info);
Pixels decode_jpeg(View file, Info& info);
Pixels decode_webp(View file, Info& info);

struct Raster {
    const uint8_t* pixels;
    int32_t width;
    int32_t height;
    int32_t channels;
};

enum class PngEffort : int32_t { Stored = 0, Fast = 1, Small = 2 };

std::vector<uint8_t> encode_png(const Raster& image, PngEffort effort);
std::vector<uint8_t> encode_webp(const Raster& image, float quality, bool lossless);

class Animation {
public:
    Animation(int32_t width, int32_t height, float quality, int32_t loops);
    ~Animation();
    Animation(const Animation&) = delete;
    Animation& operator=(const Animation&) = delete;
    void add(const Raster& frame, int32_t timestamp_ms);
    std::vector<uint8_t> finish(int32_t end_ms);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace pgan
