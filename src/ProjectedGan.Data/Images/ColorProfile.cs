using System.Buffers.Binary;
using NetVips;

namespace ProjectedGan.Data.Images;

/// <summary>Colour profiles (ICC) of image files. Networks see numbers, so the same colour has to be the same number in every file.</summary>
internal static class ColorProfile
{
    private const string Field = "icc-profile-data";

    /// <summary>
    /// An image of 8 bits a channel in sRGB, relative colorimetric; grey stays grey. Null where there is nothing to convert: no profile,
    /// one that is sRGB by its name (so that pixels stay as they are stored), or one that does not belong to such an image.
    /// </summary>
    public static Image? Convert(Image image)
    {
        if (image.GetTypeOf(Field) == 0 || image.Get(Field) is not byte[] profile || !Fits(profile, image) || IsSrgb(profile))
            return null;
        try
        {
            var converted = image.IccTransform("srgb", embedded: true, intent: Enums.Intent.Relative);
            return image.Interpretation == Enums.Interpretation.Bw ? Grey(converted) : converted;
        }
        catch (VipsException)
        {
            // A damaged profile: the pixels are what there is, as in every viewer.
            return null;
        }
    }

    private static bool Fits(ReadOnlySpan<byte> profile, Image image)
    {
        if (profile.Length < 132 || !profile[36..].StartsWith("acsp"u8))
            return false;
        var space = profile.Slice(16, 4);
        return image.Interpretation switch
        {
            Enums.Interpretation.Srgb or Enums.Interpretation.Rgb => space.SequenceEqual("RGB "u8),
            Enums.Interpretation.Bw => space.SequenceEqual("GRAY"u8),
            Enums.Interpretation.Cmyk => space.SequenceEqual("CMYK"u8),
            _ => false,
        };
    }

    // The description is ASCII in version 2 of the format and UTF-16 in version 4.
    private static bool IsSrgb(ReadOnlySpan<byte> profile)
    {
        var count = BinaryPrimitives.ReadUInt32BigEndian(profile[128..]);
        for (var tag = 0; tag < count && 132 + 12 * (tag + 1) <= profile.Length; tag++)
        {
            var entry = profile.Slice(132 + 12 * tag, 12);
            if (!entry.StartsWith("desc"u8))
                continue;
            long offset = BinaryPrimitives.ReadUInt32BigEndian(entry[4..]);
            long length = BinaryPrimitives.ReadUInt32BigEndian(entry[8..]);
            if (offset + length > profile.Length)
                return false;
            var text = profile.Slice((int)offset, (int)length);
            return text.IndexOf("sRGB"u8) >= 0 || text.IndexOf("\0s\0R\0G\0B"u8) >= 0;
        }
        return false;
    }

    // Neutral colours have three equal channels; the first stands for them, and alpha follows where there is one.
    private static Image Grey(Image converted)
    {
        using (converted)
        {
            if (converted.Bands == 3)
                return converted.ExtractBand(0);
            using var grey = converted.ExtractBand(0);
            using var alpha = converted.ExtractBand(3);
            return grey.Bandjoin(alpha);
        }
    }
}
