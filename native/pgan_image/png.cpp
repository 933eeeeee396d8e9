// PNG over libpng. libpng reports errors by longjmp: functions that call setjmp hold no object with a destructor, and
// everything that must be released belongs to a caller that no jump can skip.
#include "image.h"

#include <png.h>

#include <csetjmp>
#include <cstring>

namespace pgan {
namespace {

struct Channel {
    View source{nullptr, 0};
    size_t position = 0;
    std::vector<uint8_t>* sink = nullptr;
    char message[256] = "unknown error";
};

void on_error(png_structp png, png_const_charp text) {
    auto* channel = static_cast<Channel*>(png_get_error_ptr(png));
    std::strncpy(channel->message, text ? text : "unknown error", sizeof channel->message - 1);
    channel->message[sizeof channel->message - 1] = '\0';
    png_longjmp(png, 1);
}

void on_warning(png_structp, png_const_charp) {}

void on_read(png_structp png, png_bytep destination, size_t count) {
    auto* channel = static_cast<Channel*>(png_get_io_ptr(png));
    if (count > channel->source.size - channel->position) png_error(png, "the file ends inside the image");
    std::memcpy(destination, channel->source.data + channel->position, count);
    channel->position += count;
}

// An exception may not cross libpng's C frames.
bool append(std::vector<uint8_t>& sink, const uint8_t* bytes, size_t count) noexcept {
    try {
        sink.insert(sink.end(), bytes, bytes + count);
        return true;
    } catch (...) {
        return false;
    }
}

void on_write(png_structp png, png_bytep bytes, size_t count) {
    if (!append(*static_cast<Channel*>(png_get_io_ptr(png))->sink, bytes, count)) png_error(png, "out of memory");
}

void on_flush(png_structp) {}

struct Reader {
    Channel channel;
    png_structp png = nullptr;
    png_infop info = nullptr;

    explicit Reader(View file) {
        channel.source = file;
        png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &channel, on_error, on_warning);
        if (png) info = png_create_info_struct(png);
        if (!info) {
            png_destroy_read_struct(&png, nullptr, nullptr);
            fail("libpng could not start");
        }
    }
    ~Reader() { png_destroy_read_struct(&png, &info, nullptr); }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
};

bool read_header(Reader& reader, Info& info) {
    if (setjmp(png_jmpbuf(reader.png))) return false;
    png_set_read_fn(reader.png, &reader.channel, on_read);
    png_read_info(reader.png, reader.info);
    info.width = static_cast<int32_t>(png_get_image_width(reader.png, reader.info));
    info.height = static_cast<int32_t>(png_get_image_height(reader.png, reader.info));
    return true;
}

// Every colour type and depth becomes 8 bits of grey, grey + alpha, RGB or RGBA.
bool set_transforms(Reader& reader, Info& info) {
    if (setjmp(png_jmpbuf(reader.png))) return false;
    const int type = png_get_color_type(reader.png, reader.info);
    const int depth = png_get_bit_depth(reader.png, reader.info);
    if (type == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(reader.png);
    if (type == PNG_COLOR_TYPE_GRAY && depth < 8) png_set_expand_gray_1_2_4_to_8(reader.png);
    if (png_get_valid(reader.png, reader.info, PNG_INFO_tRNS)) png_set_tRNS_to_alpha(reader.png);
    if (depth == 16) png_set_scale_16(reader.png);
    png_set_interlace_handling(reader.png);
    png_read_update_info(reader.png, reader.info);
    info.channels = png_get_channels(reader.png, reader.info);
    const size_t row = png_get_rowbytes(reader.png, reader.info);
    if (row != static_cast<size_t>(info.width) * static_cast<size_t>(info.channels)) png_error(reader.png, "unexpected row size");
    return true;
}

bool read_rows(Reader& reader, png_bytepp rows) {
    if (setjmp(png_jmpbuf(reader.png))) return false;
    png_read_image(reader.png, rows);
    return true;
}

struct Writer {
    Channel channel;
    png_structp png = nullptr;
    png_infop info = nullptr;

    explicit Writer(std::vector<uint8_t>& sink) {
        channel.sink = &sink;
        png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &channel, on_error, on_warning);
        if (png) info = png_create_info_struct(png);
        if (!info) {
            png_destroy_write_struct(&png, nullptr);
            fail("libpng could not start");
        }
    }
    ~Writer() { png_destroy_write_struct(&png, &info); }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
};

bool write_image(Writer& writer, const Raster& image, PngEffort effort, png_bytepp rows) {
    static const int types[5] = {0, PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
    if (setjmp(png_jmpbuf(writer.png))) return false;
    png_set_write_fn(writer.png, &writer.channel, on_write, on_flush);
    png_set_IHDR(writer.png, writer.info, static_cast<png_uint_32>(image.width), static_cast<png_uint_32>(image.height), 8,
                 types[image.channels], PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    switch (effort) {
        case PngEffort::Stored:
            png_set_compression_level(writer.png, 0);
            png_set_filter(writer.png, 0, PNG_FILTER_NONE);
            break;
        case PngEffort::Fast:
            png_set_compression_level(writer.png, 1);
            png_set_filter(writer.png, 0, PNG_FILTER_SUB);
            break;
        case PngEffort::Small:
            png_set_compression_level(writer.png, 9);
            png_set_filter(writer.png, 0, PNG_ALL_FILTERS);
            break;
    }
    png_write_info(writer.png, writer.info);
    png_write_image(writer.png, rows);
    png_write_end(writer.png, nullptr);
    return true;
}

uint32_t big_endian(const uint8_t* bytes) {
    return uint32_t{bytes[0]} << 24 | uint32_t{bytes[1]} << 16 | uint32_t{bytes[2]} << 8 | uint32_t{bytes[3]};
}

}  // namespace

Info probe_png(View file) {
    if (file.size < 33) throw Incomplete();
    if (big_endian(file.data + 8) != 13 || std::memcmp(file.data + 12, "IHDR", 4) != 0) fail("it is a PNG without a header chunk");
    static const int32_t channels[7] = {1, 0, 3, 3, 2, 0, 4};
    Info info;
    info.format = Png;
    const uint8_t type = file.data[25];
    if (type > 6 || channels[type] == 0) fail("its PNG header has the unknown colour type " + std::to_string(type));
    info.channels = channels[type];
    const int64_t width = big_endian(file.data + 16), height = big_endian(file.data + 20);
    check_size(width, height);
    info.width = static_cast<int32_t>(width);
    info.height = static_cast<int32_t>(height);
    if (type == 4 || type == 6) return info;
    // Transparency of the other types stands in a chunk of its own, before the pixels.
    for (size_t position = 33; position + 8 <= file.size;) {
        const uint8_t* chunk = file.data + position;
        if (std::memcmp(chunk + 4, "IDAT", 4) == 0 || std::memcmp(chunk + 4, "IEND", 4) == 0) return info;
        if (std::memcmp(chunk + 4, "tRNS", 4) == 0) {
            info.channels += 1;
            return info;
        }
        position += size_t{12} + big_endian(chunk);
    }
    throw Incomplete();
}

Pixels decode_png(View file, Info& info) {
    Reader reader(file);
    info.format = Png;
    if (!read_header(reader, info)) fail(std::string("PNG: ") + reader.channel.message);
    check_size(info.width, info.height);
    if (!set_transforms(reader, info)) fail(std::string("PNG: ") + reader.channel.message);
    Pixels pixels = allocate(info);
    std::vector<png_bytep> rows(static_cast<size_t>(info.height));
    const size_t stride = static_cast<size_t>(info.width) * static_cast<size_t>(info.channels);
    for (size_t y = 0; y < rows.size(); ++y) rows[y] = pixels.get() + y * stride;
    if (!read_rows(reader, rows.data())) fail(std::string("PNG: ") + reader.channel.message);
    return pixels;
}

std::vector<uint8_t> encode_png(const Raster& image, PngEffort effort) {
    const size_t stride = static_cast<size_t>(image.width) * static_cast<size_t>(image.channels);
    std::vector<png_bytep> rows(static_cast<size_t>(image.height));
    // libpng's writer takes rows that it does not change as non-const.
    for (size_t y = 0; y < rows.size(); ++y) rows[y] = const_cast<png_bytep>(image.pixels + y * stride);
    std::vector<uint8_t> file;
    file.reserve(effort == PngEffort::Stored ? stride * rows.size() + rows.size() + 4096 : 4096);
    Writer writer(file);
    if (!write_image(writer, image, effort, rows.data())) fail(std::string("PNG: ") + writer.channel.message);
    return file;
}

}  // namespace pgan
