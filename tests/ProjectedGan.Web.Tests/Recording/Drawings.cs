using ProjectedGan.Data.Images;

namespace ProjectedGan.Web.Tests.Recording;

/// <summary>Images that tell by their colour which snapshot they belong to.</summary>
internal static class Drawings
{
    public const int Frame = 16;

    /// <summary>A grid of one colour.</summary>
    public static byte[] Grid(long images) => Plain(64, 48, images);

    /// <summary>32 frames, 8 a row.</summary>
    public static byte[] Walk(long images) => Plain(8 * Frame, 4 * Frame, images);

    /// <summary>A sheet of nearest training images.</summary>
    public static byte[] Neighbours(long images) => Plain(240, 120, images);

    private static byte[] Plain(int width, int height, long images)
    {
        var pixels = new byte[width * height * 3];
        for (var i = 0; i < pixels.Length; i += 3)
        {
            (pixels[i], pixels[i + 1], pixels[i + 2]) = ((byte)(images * 8), (byte)(200 - images), 120);
        }

        return ImageCodec.EncodePng(new ImageBuffer(width, height, 3, pixels));
    }
}
