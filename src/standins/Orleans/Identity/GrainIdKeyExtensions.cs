using System.Globalization;

namespace Orleans.Runtime;

/// <summary>Keys of numbers (hexadecimal text) and GUIDs (32 digits), each with an optional extension after '+'.</summary>
public static class GrainIdKeyExtensions
{
    public static IdSpan CreateIntegerKey(long key) => IdSpan.Create(key.ToString("X", CultureInfo.InvariantCulture));

    public static IdSpan CreateIntegerKey(long key, string? keyExtension)
        => string.IsNullOrEmpty(keyExtension) ? CreateIntegerKey(key) : IdSpan.Create($"{key.ToString("X", CultureInfo.InvariantCulture)}+{keyExtension}");

    public static IdSpan CreateGuidKey(Guid key) => IdSpan.Create(key.ToString("N"));

    public static IdSpan CreateGuidKey(Guid key, string? keyExtension)
        => string.IsNullOrEmpty(keyExtension) ? CreateGuidKey(key) : IdSpan.Create($"{key:N}+{keyExtension}");

    public static bool TryGetIntegerKey(this GrainId grainId, out long key, out string? keyExt)
    {
        string text = Split(grainId, out keyExt);
        return long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out key);
    }

    public static long GetIntegerKey(this GrainId grainId) => GetIntegerKey(grainId, out _);

    /// <exception cref="ArgumentException">The key is no number.</exception>
    public static long GetIntegerKey(this GrainId grainId, out string? keyExt)
        => TryGetIntegerKey(grainId, out long key, out keyExt) ? key
            : throw new ArgumentException($"The key of grain {grainId} is no integer.", nameof(grainId));

    public static bool TryGetGuidKey(this GrainId grainId, out Guid key, out string? keyExt)
    {
        string text = Split(grainId, out keyExt);
        return Guid.TryParseExact(text, "N", out key);
    }

    public static Guid GetGuidKey(this GrainId grainId) => GetGuidKey(grainId, out _);

    /// <exception cref="ArgumentException">The key is no GUID.</exception>
    public static Guid GetGuidKey(this GrainId grainId, out string? keyExt)
        => TryGetGuidKey(grainId, out Guid key, out keyExt) ? key
            : throw new ArgumentException($"The key of grain {grainId} is no GUID.", nameof(grainId));

    private static string Split(GrainId grainId, out string? extension)
    {
        string text = grainId.Key.ToString();
        int plus = text.IndexOf('+', StringComparison.Ordinal);
        extension = plus < 0 ? null : text[(plus + 1)..];
        return plus < 0 ? text : text[..plus];
    }
}
