namespace ProjectedGan.Node.Plots;

/// <summary>8-bit RGB pixels, row by row from the top.</summary>
public sealed class RasterImage
{
    /// <summary>A black image.</summary>
    public RasterImage(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        Width = width;
        Height = height;
        Pixels = new byte[width * height * 3];
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Pixels [H, W, 3].</summary>
    public byte[] Pixels { get; }

    /// <summary>The colour at column <paramref name="x"/>, row <paramref name="y"/>.</summary>
    public Rgb this[int x, int y]
    {
        get
        {
            int at = ((y * Width) + x) * 3;
            return new(Pixels[at], Pixels[at + 1], Pixels[at + 2]);
        }
    }

    /// <summary>Fills the pixels of [left, right) × [top, bottom), clipped to the image.</summary>
    public void Fill(int left, int top, int right, int bottom, Rgb color)
    {
        for (int y = Math.Max(0, top); y < Math.Min(Height, bottom); y++)
        {
            for (int x = Math.Max(0, left); x < Math.Min(Width, right); x++)
            {
                Blend(x, y, color, 1);
            }
        }
    }

    /// <summary>Mixes <paramref name="color"/> into one pixel; <paramref name="alpha"/> 1 replaces it.</summary>
    public void Blend(int x, int y, Rgb color, double alpha)
    {
        int at = ((y * Width) + x) * 3;
        Pixels[at] = Mix(Pixels[at], color.Red, alpha);
        Pixels[at + 1] = Mix(Pixels[at + 1], color.Green, alpha);
        Pixels[at + 2] = Mix(Pixels[at + 2], color.Blue, alpha);
    }

    private static byte Mix(byte old, byte next, double alpha) => (byte)Math.Round(old + ((next - old) * alpha));
}
