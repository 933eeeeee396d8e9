using System.Globalization;

namespace ProjectedGan.Data.Images;

/// <summary>An opaque colour, 8 bits a channel.</summary>
public readonly record struct RgbColor(byte Red, byte Green, byte Blue)
{
    public static RgbColor White => new(255, 255, 255);

    public static RgbColor Black => new(0, 0, 0);

    public bool IsGrey => Red == Green && Green == Blue;

    /// <summary>Reads "white", "black" or "#rrggbb".</summary>
    public static bool TryParse(string? text, out RgbColor color)
    {
        color = text == "white" ? White : Black;
        if (text is "white" or "black")
            return true;
        if (text is not ['#', _, _, _, _, _, _] || !uint.TryParse(text.AsSpan(1), NumberStyles.AllowHexSpecifier, null, out var value))
            return false;
        color = new RgbColor((byte)(value >> 16), (byte)(value >> 8), (byte)value);
        return true;
    }

    /// <summary>"#rrggbb".</summary>
    public override string ToString() => $"#{Red:x2}{Green:x2}{Blue:x2}";
}
