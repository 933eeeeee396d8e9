using ProjectedGan.Data.Images;

namespace ProjectedGan.Data.Tests.Images;

/// <summary>Small deterministic images.</summary>
public static class TestImages
{
    public static ImageBuffer Gradient(int width, int height, int channels, int seed = 0)
    {
        var image = new ImageBuffer(width, height, channels);
        for (var i = 0; i < image.Pixels.Length; i++)
        {
            int c = i % channels, x = i / channels % width, y = i / channels / width;
            image.Pixels[i] = (byte)(x * (7 + c) + y * (3 + 2 * c) + seed * 31);
        }
        return image;
    }

    public static byte[] Png(int size, int channels, int seed = 0) => ImageCodec.EncodePng(Gradient(size, size, channels, seed));
}
