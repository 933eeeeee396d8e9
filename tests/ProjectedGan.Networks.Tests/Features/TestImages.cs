using System.Formats.Tar;
using System.IO.Compression;
using ProjectedGan.Data.Images;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Tests.Features;

internal static class TestImages
{
    private const int Size = 256;

    /// <summary>uint8 [1, 3, 256, 256], value (x · (c + 1) + 2 y + ⌊x y / 16⌋) mod 256: a picture that needs no file.</summary>
    public static Tensor Pattern()
    {
        var values = new byte[3 * Size * Size];
        for (var i = 0; i < values.Length; i++)
        {
            var (channel, y, x) = (i / (Size * Size), i / Size % Size, i % Size);
            values[i] = (byte)((x * (channel + 1)) + (2 * y) + (x * y / 16));
        }

        return tensor(values, [1, 3, Size, Size]);
    }

    /// <summary>uint8 [1, 3, side, side]: an emoji on white.</summary>
    /// <param name="codePoint">Its file's name in the npm package.</param>
    /// <param name="side">Pixels.</param>
    public static Tensor Emoji(string codePoint, int side)
    {
        var image = ImageCodec.Decode(ReadEmoji(codePoint));
        Assert.Equal((Size, Size, 4), (image.Width, image.Height, image.Channels));
        var values = new byte[3 * Size * Size];
        for (var pixel = 0; pixel < Size * Size; pixel++)
        {
            var alpha = image.Pixels[(4 * pixel) + 3];
            for (var channel = 0; channel < 3; channel++)
            {
                var blended = (image.Pixels[(4 * pixel) + channel] * alpha) + (255 * (255 - alpha));
                values[(channel * Size * Size) + pixel] = (byte)((blended + 127) / 255);
            }
        }

        return PillowBilinear.Resize(tensor(values, [1, 3, Size, Size]), side);
    }

    private static byte[] ReadEmoji(string codePoint)
    {
        using var file = File.OpenRead(RepositoryFiles.Download("lobehub-fluent-emoji-3d-1.1.0.tgz"));
        using var unzipped = new GZipStream(file, CompressionMode.Decompress);
        using var archive = new TarReader(unzipped);
        while (archive.GetNextEntry() is { } entry)
        {
            if (entry.Name == $"package/assets/{codePoint}.webp")
            {
                using var bytes = new MemoryStream();
                entry.DataStream!.CopyTo(bytes);
                return bytes.ToArray();
            }
        }

        throw new InvalidOperationException($"The emoji package has no {codePoint}.webp.");
    }
}
