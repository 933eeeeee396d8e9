// WebP, still and animated, over libwebp, libwebpdemux and libwebpmux.
#include "image.h"

#include <webp/decode.h>
#include <webp/demux.h>
#include <webp/encode.h>
#include <webp/mux.h>

namespace pgan {
namespace {

std::string status_text(VP8StatusCode status) {
    switch (status) {
        case VP8_STATUS_OUT_OF_MEMORY: return "out of memory";
        case VP8_STATUS_UNSUPPORTED_FEATURE: return "unsupported feature";
        case VP8_STATUS_NOT_ENOUGH_DATA:
        case VP8_STATUS_SUSPENDED: return "the file ends inside the image";
        default: return "damaged data";
    }
}

WebPBitstreamFeatures features(View file) {
    WebPBitstreamFeatures result;
    const VP8StatusCode status = WebPGetFeatures(file.data, file.size, &result);
    if (status == VP8_STATUS_NOT_ENOUGH_DATA) throw Incomplete();
    if (status != VP8_STATUS_OK) fail("WebP: " + status_text(status));
    check_size(result.width, result.height);
    return result;
}

int32_t frame_count(View file) {
    const WebPData data{file.data, file.size};
    WebPDemuxState state;
    WebPDemuxer* demuxer = WebPDemuxPartial(&data, &state);
    if (!demuxer) return 1;
    const uint32_t count = WebPDemuxGetI(demuxer, WEBP_FF_FRAME_COUNT);
    WebPDemuxDelete(demuxer);
    return static_cast<int32_t>(count);
}

Info describe(View file, const WebPBitstreamFeatures& found) {
    Info info;
    info.format = WebP;
    info.width = found.width;
    info.height = found.height;
    // An animation's first frame is composed on its canvas, which has alpha.
    info.channels = found.has_alpha || found.has_animation ? 4 : 3;
    if (found.has_animation) info.frames = frame_count(file);
    return info;
}

struct AnimationDecoder {
    WebPAnimDecoder* decoder = nullptr;
    explicit AnimationDecoder(View file) {
        WebPAnimDecoderOptions options;
        if (!WebPAnimDecoderOptionsInit(&options)) fail("libwebpdemux has another version");
        options.color_mode = MODE_RGBA;
        const WebPData data{file.data, file.size};
        decoder = WebPAnimDecoderNew(&data, &options);
        if (!decoder) fail("WebP: damaged animation");
    }
    ~AnimationDecoder() { WebPAnimDecoderDelete(decoder); }
    AnimationDecoder(const AnimationDecoder&) = delete;
    AnimationDecoder& operator=(const AnimationDecoder&) = delete;
};

Pixels decode_first_frame(View file, Info& info) {
    AnimationDecoder animation(file);
    WebPAnimInfo found;
    uint8_t* canvas = nullptr;
    int timestamp = 0;
    if (!WebPAnimDecoderGetInfo(animation.decoder, &found) || found.canvas_width != static_cast<uint32_t>(info.width) ||
        found.canvas_height != static_cast<uint32_t>(info.height) || !WebPAnimDecoderGetNext(animation.decoder, &canvas, &timestamp))
        fail("WebP: damaged animation");
    Pixels pixels = allocate(info);
    std::copy(canvas, canvas + static_cast<size_t>(info.width) * static_cast<size_t>(info.height) * 4, pixels.get());
    return pixels;
}

struct Picture {
    WebPPicture picture;
    explicit Picture(const Raster& image) {
        if (!WebPPictureInit(&picture)) fail("libwebp has another version");
        picture.use_argb = 1;
        picture.width = image.width;
        picture.height = image.height;
        if (image.width > WEBP_MAX_DIMENSION || image.height > WEBP_MAX_DIMENSION)
            fail("WebP holds at most 16383x16383 pixels, not " + std::to_string(image.width) + "x" + std::to_string(image.height));
        if (!import(image)) {
            WebPPictureFree(&picture);
            fail("no memory for a WebP picture");
        }
    }
    ~Picture() { WebPPictureFree(&picture); }
    Picture(const Picture&) = delete;
    Picture& operator=(const Picture&) = delete;

private:
    bool import(const Raster& image) {
        if (image.channels == 3) return WebPPictureImportRGB(&picture, image.pixels, image.width * 3) != 0;
        if (image.channels == 4) return WebPPictureImportRGBA(&picture, image.pixels, image.width * 4) != 0;
        const size_t count = static_cast<size_t>(image.width) * static_cast<size_t>(image.height);
        std::vector<uint8_t> wide(count * 4);
        for (size_t i = 0; i < count; ++i) {
            const uint8_t* pixel = image.pixels + i * static_cast<size_t>(image.channels);
            wide[4 * i] = wide[4 * i + 1] = wide[4 * i + 2] = pixel[0];
            wide[4 * i + 3] = image.channels == 2 ? pixel[1] : 255;
        }
        return WebPPictureImportRGBA(&picture, wide.data(), image.width * 4) != 0;
    }
};

WebPConfig configure(float quality, bool lossless) {
    WebPConfig config;
    if (!WebPConfigInit(&config)) fail("libwebp has another version");
    config.quality = quality;
    config.lossless = lossless ? 1 : 0;
    // Transparent pixels keep their colour, so that lossless means lossless.
    config.exact = lossless ? 1 : 0;
    if (!WebPValidateConfig(&config)) fail("WebP quality " + std::to_string(quality) + " is outside 0 to 100");
    return config;
}

}  // namespace

Info probe_webp(View file) { return describe(file, features(file)); }

Pixels decode_webp(View file, Info& info) {
    const WebPBitstreamFeatures found = features(file);
    info = describe(file, found);
    if (found.has_animation) return decode_first_frame(file, info);
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config)) fail("libwebp has another version");
    Pixels pixels = allocate(info);
    config.output.colorspace = info.channels == 4 ? MODE_RGBA : MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = pixels.get();
    config.output.u.RGBA.stride = info.width * info.channels;
    config.output.u.RGBA.size = static_cast<size_t>(info.width) * static_cast<size_t>(info.height) * static_cast<size_t>(info.channels);
    const VP8StatusCode status = WebPDecode(file.data, file.size, &config);
    WebPFreeDecBuffer(&config.output);
    if (status != VP8_STATUS_OK) fail("WebP: " + status_text(status));
    return pixels;
}

std::vector<uint8_t> encode_webp(const Raster& image, float quality, bool lossless) {
    const WebPConfig config = configure(quality, lossless);
    Picture source(image);
    struct Memory : WebPMemoryWriter {
        Memory() { WebPMemoryWriterInit(this); }
        ~Memory() { WebPMemoryWriterClear(this); }
    } memory;
    source.picture.writer = WebPMemoryWrite;
    source.picture.custom_ptr = &memory;
    if (!WebPEncode(&config, &source.picture)) fail("WebP: encoder error " + std::to_string(source.picture.error_code));
    return std::vector<uint8_t>(memory.mem, memory.mem + memory.size);
}

struct Animation::State {
    WebPAnimEncoder* encoder = nullptr;
    WebPConfig config;
    int32_t width = 0;
    int32_t height = 0;
    ~State() { WebPAnimEncoderDelete(encoder); }
};

Animation::Animation(int32_t width, int32_t height, float quality, int32_t loops) : state_(new State) {
    check_size(width, height);
    state_->config = configure(quality, false);
    state_->width = width;
    state_->height = height;
    WebPAnimEncoderOptions options;
    if (!WebPAnimEncoderOptionsInit(&options)) fail("libwebpmux has another version");
    options.anim_params.loop_count = loops;
    state_->encoder = WebPAnimEncoderNew(width, height, &options);
    if (!state_->encoder) fail("no memory for a WebP animation");
}

Animation::~Animation() = default;

void Animation::add(const Raster& frame, int32_t timestamp_ms) {
    if (frame.width != state_->width || frame.height != state_->height) fail("an animation's frames must have one size");
    Picture source(frame);
    if (!WebPAnimEncoderAdd(state_->encoder, &source.picture, timestamp_ms, &state_->config))
        fail(std::string("WebP: ") + WebPAnimEncoderGetError(state_->encoder));
}

std::vector<uint8_t> Animation::finish(int32_t end_ms) {
    struct Data : WebPData {
        Data() { WebPDataInit(this); }
        ~Data() { WebPDataClear(this); }
    } data;
    if (!WebPAnimEncoderAdd(state_->encoder, nullptr, end_ms, nullptr) || !WebPAnimEncoderAssemble(state_->encoder, &data))
        fail(std::string("WebP: ") + WebPAnimEncoderGetError(state_->encoder));
    return std::vector<uint8_t>(data.bytes, data.bytes + data.size);
}

}  // namespace pgan
