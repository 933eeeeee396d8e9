using System.Buffers;
using System.Security.Cryptography;

namespace ProjectedGan.Hosting.Artifacts;

/// <summary>SHA-256 of a file's content, which is its name: 64 lower-case hexadecimal digits.</summary>
public readonly record struct ArtifactDigest
{
    private const int Digits = 2 * SHA256.HashSizeInBytes;
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");
    private readonly string? _text;

    private ArtifactDigest(string text) => _text = text;

    /// <exception cref="ArtifactException"><paramref name="text"/> is no digest; this is also what keeps paths out of file names.</exception>
    public static ArtifactDigest Parse(string text) => IsDigest(text)
        ? new(text)
        : throw new ArtifactException(ArtifactFault.Invalid, $"'{Shortened(text)}' is no artifact's digest; it must be a SHA-256 of 64 lower-case hexadecimal digits.");

    public static bool IsDigest(string text) => text.Length == Digits && !text.AsSpan().ContainsAnyExcept(Hexadecimal);

    public static ArtifactDigest FromHash(ReadOnlySpan<byte> sha256) => new(Convert.ToHexStringLower(sha256));

    /// <summary>Reads a file once through, from its beginning.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static async Task<ArtifactDigest> OfAsync(FileStream file, CancellationToken cancellation)
    {
        file.Position = 0;
        return FromHash(await SHA256.HashDataAsync(file, cancellation));
    }

    public override string ToString() => _text ?? throw new InvalidOperationException("A digest without a value was used.");

    private static string Shortened(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
