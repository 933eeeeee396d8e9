// The C interface. 0: done; 1: error, text by pgan_image_last_error (of this thread); 2: the bytes end inside the header.
// Buffers that a function hands out are released with pgan_image_free. Every function may run on many threads at once.
#include "image.h"

#include <cstring>

#define PGAN_API extern "C" __attribute__((visibility("default")))

using namespace pgan;

namespace {

thread_local std::string last_error;

template <typename Body>
int guard(Body body) noexcept {
    try {
        body();
        return 0;
    } catch (const Incomplete& error) {
        try {
            last_error = error.what();
        } catch (...) {
        }
        return 2;
    } catch (const std::exception& error) {
        try {
            last_error = error.what();
        } catch (...) {
        }
        return 1;
    } catch (...) {
        return 1;
    }
}

void hand_out(const std::vector<uint8_t>& bytes, uint8_t** data, size_t* size) {
    Pixels memory = allocate(bytes.size());
    std::memcpy(memory.get(), bytes.data(), bytes.size());
    *size = bytes.size();
    *data = memory.release();
}

void check_raster(const Raster& image) {
    check_size(image.width, image.height);
    if (image.channels < 1 || image.channels > 4) fail("an image has 1 to 4 channels, not " + std::to_string(image.channels));
}

}  // namespace

PGAN_API const char* pgan_image_last_error() { return last_error.c_str(); }

PGAN_API void pgan_image_free(uint8_t* memory) { std::free(memory); }

PGAN_API int pgan_image_probe(const uint8_t* data, size_t size, Info* info) {
    return guard([&] {
        const View file{data, size};
        switch (detect(file)) {
            case Png: *info = probe_png(file); break;
            case Jpeg: *info = probe_jpeg(file); break;
            case WebP: *info = probe_webp(file); break;
            default: fail("it is no PNG, JPEG or WebP file");
        }
    });
}

PGAN_API int pgan_image_decode(const uint8_t* data, size_t size, Info* info, uint8_t** pixels) {
    return guard([&] {
        const View file{data, size};
        Info found;
        Pixels result;
        switch (detect(file)) {
            case Png: result = decode_png(file, found); break;
            case Jpeg: result = decode_jpeg(file, found); break;
            case WebP: result = decode_webp(file, found); break;
            default: fail("it is no PNG, JPEG or WebP file");
        }
        *info = found;
        *pixels = result.release();
    });
}

PGAN_API int pgan_image_encode_png(const uint8_t* pixels, int32_t width, int32_t height, int32_t channels, int32_t effort,
                                   uint8_t** data, size_t* size) {
    return guard([&] {
        const Raster image{pixels, width, height, channels};
        check_raster(image);
        hand_out(encode_png(image, static_cast<PngEffort>(effort)), data, size);
    });
}

PGAN_API int pgan_image_encode_webp(const uint8_t* pixels, int32_t width, int32_t height, int32_t channels, float quality,
                                    int32_t lossless, uint8_t** data, size_t* size) {
    return guard([&] {
        const Raster image{pixels, width, height, channels};
        check_raster(image);
        hand_out(encode_webp(image, quality, lossless != 0), data, size);
    });
}

PGAN_API int pgan_image_animation_create(int32_t width, int32_t height, float quality, int32_t loops, Animation** animation) {
    return guard([&] { *animation = new Animation(width, height, quality, loops); });
}

PGAN_API int pgan_image_animation_add(Animation* animation, const uint8_t* pixels, int32_t width, int32_t height, int32_t channels,
                                      int32_t timestamp_ms) {
    return guard([&] {
        const Raster image{pixels, width, height, channels};
        check_raster(image);
        animation->add(image, timestamp_ms);
    });
}

PGAN_API int pgan_image_animation_finish(Animation* animation, int32_t end_ms, uint8_t** data, size_t* size) {
    return guard([&] { hand_out(animation->finish(end_ms), data, size); });
}

PGAN_API void pgan_image_animation_destroy(Animation* animation) { delete animation; }
