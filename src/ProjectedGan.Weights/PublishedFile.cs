namespace ProjectedGan.Weights;

/// <summary>A weights file at its publisher's public address.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Sha256Start">
/// The first digits of its SHA-256, 8 or more: publishers write them into the file's name or address. Null where one does not.
/// </param>
public sealed record PublishedFile(Uri Address, string? Sha256Start)
{
    /// <summary>The file's name.</summary>
    public string Name => Path.GetFileName(Address.AbsolutePath);
}
