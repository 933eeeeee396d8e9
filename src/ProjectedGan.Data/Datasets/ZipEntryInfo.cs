namespace ProjectedGan.Data.Datasets;

/// <summary>One entry of a zip's central directory. Method 0 is stored, 8 deflate.</summary>
internal sealed record ZipEntryInfo(
    string Name, int Method, bool Encrypted, uint Crc, long CompressedLength, long Length, long HeaderOffset);
