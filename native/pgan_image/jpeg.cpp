// JPEG over TurboJPEG; the header scan (size, EXIF orientation, Adobe marker) is our own, since TurboJPEG reports neither
// orientation nor the Adobe marker.
#include "image.h"

#include <turbojpeg.h>

#include <cstring>

namespace pgan {
namespace {

struct Header {
    Info info;
    bool adobe = false;
};

uint32_t number(const uint8_t* bytes, size_t count, bool little) {
    uint32_t value = 0;
    for (size_t i = 0; i < count; ++i) value |= uint32_t{bytes[i]} << (8 * (little ? i : count - 1 - i));
    return value;
}

// TIFF directory inside APP1: tag 0x0112, a 16-bit number 1 to 8. Anything odd means upright.
int32_t exif_orientation(View segment) {
    if (segment.size < 14 || std::memcmp(segment.data, "Exif\0\0", 6) != 0) return 1;
    const View tiff{segment.data + 6, segment.size - 6};
    const bool little = tiff.data[0] == 'I';
    const size_t directory = number(tiff.data + 4, 4, little);
    if (directory > tiff.size || tiff.size - directory < 2) return 1;
    const size_t entries = number(tiff.data + directory, 2, little);
    for (size_t i = 0; i < entries; ++i) {
        const size_t at = directory + 2 + i * 12;
        if (at + 12 > tiff.size) return 1;
        if (number(tiff.data + at, 2, little) != 0x0112) continue;
        const uint32_t value = number(tiff.data + at + 8, 2, little);
        return value >= 1 && value <= 8 ? static_cast<int32_t>(value) : 1;
    }
    return 1;
}

bool is_frame(uint8_t marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

void read_frame(View segment, Info& info) {
    if (segment.size < 6) fail("its JPEG frame header is too short");
    const int64_t height = number(segment.data + 1, 2, false), width = number(segment.data + 3, 2, false);
    check_size(width, height);
    info.width = static_cast<int32_t>(width);
    info.height = static_cast<int32_t>(height);
    // CMYK and YCCK (4 components) come out as RGB.
    info.channels = segment.data[5] == 1 ? 1 : 3;
}

Header scan(View file) {
    Header header;
    header.info.format = Jpeg;
    for (size_t position = 2;;) {
        if (position + 4 > file.size) throw Incomplete();
        if (file.data[position] != 0xFF) fail("its JPEG header is damaged");
        const uint8_t marker = file.data[position + 1];
        if (marker == 0xFF || marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) {
            position += marker == 0xFF ? 1 : 2;
            continue;
        }
        const size_t length = number(file.data + position + 2, 2, false);
        if (length < 2) fail("its JPEG header is damaged");
        if (position + 2 + length > file.size) throw Incomplete();
        const View segment{file.data + position + 4, length - 2};
        if (marker == 0xE1 && header.info.orientation == 1) header.info.orientation = exif_orientation(segment);
        if (marker == 0xEE && segment.size >= 5 && std::memcmp(segment.data, "Adobe", 5) == 0) header.adobe = true;
        if (is_frame(marker)) read_frame(segment, header.info);
        if (marker == 0xDA || marker == 0xD9) break;
        // The orientation stands before the frame header in every writer's output, so the scan may end there.
        if (is_frame(marker)) break;
        position += 2 + length;
    }
    if (header.info.width == 0) fail("it is a JPEG without a frame");
    return header;
}

uint8_t scale(uint8_t a, uint8_t b) {
    const uint32_t product = uint32_t{a} * b + 128;
    return static_cast<uint8_t>((product + (product >> 8)) >> 8);
}

// Adobe stores CMYK inverted (255 is no ink); others as ink.
void cmyk_to_rgb(const uint8_t* cmyk, uint8_t* rgb, size_t count, bool inverted) {
    const uint8_t flip = inverted ? 0 : 255;
    for (size_t i = 0; i < count; ++i, cmyk += 4, rgb += 3)
        for (int c = 0; c < 3; ++c)
            rgb[c] = scale(static_cast<uint8_t>(cmyk[c] ^ flip), static_cast<uint8_t>(cmyk[3] ^ flip));
}

struct Decoder {
    tjhandle handle = tjInitDecompress();
    Decoder() {
        if (!handle) fail(std::string("TurboJPEG could not start: ") + tjGetErrorStr2(nullptr));
    }
    ~Decoder() { tjDestroy(handle); }
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;
};

// TurboJPEG finishes the image after a warning. Bytes between segments harm nothing; every other warning (premature
// end, bad code) means pixels that are not the photographer's.
void check(Decoder& decoder, int result) {
    if (result == 0) return;
    const std::string text = tjGetErrorStr2(decoder.handle);
    if (tjGetErrorCode(decoder.handle) == TJERR_WARNING && text.find("extraneous bytes") != std::string::npos) return;
    fail("JPEG: " + text);
}

}  // namespace

Info probe_jpeg(View file) { return scan(file).info; }

Pixels decode_jpeg(View file, Info& info) {
    const Header header = scan(file);
    info = header.info;
    Decoder decoder;
    int width = 0, height = 0, subsampling = 0, space = 0;
    check(decoder, tjDecompressHeader3(decoder.handle, file.data, file.size, &width, &height, &subsampling, &space));
    check_size(width, height);
    info.width = width;
    info.height = height;
    info.channels = space == TJCS_GRAY ? 1 : 3;
    // The scan limit stops progressive files that spend minutes on thousands of passes.
    const int flags = TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS;
    if (space != TJCS_CMYK && space != TJCS_YCCK) {
        Pixels pixels = allocate(info);
        check(decoder, tjDecompress2(decoder.handle, file.data, file.size, pixels.get(), width, 0, height,
                                     space == TJCS_GRAY ? TJPF_GRAY : TJPF_RGB, flags));
        return pixels;
    }
    const size_t count = static_cast<size_t>(width) * static_cast<size_t>(height);
    Pixels cmyk = allocate(count * 4);
    check(decoder, tjDecompress2(decoder.handle, file.data, file.size, cmyk.get(), width, 0, height, TJPF_CMYK, flags));
    Pixels pixels = allocate(info);
    cmyk_to_rgb(cmyk.get(), pixels.get(), count, header.adobe);
    return pixels;
}

}  // namespace pgan
