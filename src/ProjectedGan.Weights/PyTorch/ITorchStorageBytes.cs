namespace ProjectedGan.Weights.PyTorch;

/// <summary>The raw bytes of a PyTorch file's storages by key.</summary>
internal interface ITorchStorageBytes : IDisposable
{
    /// <summary>Bytes that are stored under a key; -1 where the file lacks it.</summary>
    long Length(string key);

    /// <summary>Reads bytes of a storage; any thread.</summary>
    void Read(string key, long offset, Span<byte> destination);
}
