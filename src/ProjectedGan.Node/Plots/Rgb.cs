using System.Globalization;

namespace ProjectedGan.Node.Plots;

/// <summary>An opaque sRGB colour, 8 bits a channel.</summary>
public readonly record struct Rgb(byte Red, byte Green, byte Blue)
{
    /// <summary>Reads 0xRRGGBB.</summary>
    public static Rgb FromHex(int hex) => new((byte)(hex >> 16), (byte)(hex >> 8), (byte)hex);

    /// <summary>The CSS form, <c>#rrggbb</c>.</summary>
    public string ToCss() => string.Create(CultureInfo.InvariantCulture, $"#{Red:x2}{Green:x2}{Blue:x2}");
}
