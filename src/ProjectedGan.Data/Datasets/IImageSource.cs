namespace ProjectedGan.Data.Datasets;

/// <summary>Image files as they are stored, sorted by name (ordinal). Thread-safe.</summary>
internal interface IImageSource : IDisposable
{
    /// <summary>The zip, folder or package, for messages.</summary>
    string Path { get; }

    /// <summary>Paths inside the source, with forward slashes.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>What else is there.</summary>
    LeftOutFiles LeftOut { get; }

    /// <summary>Bytes of dataset.json; null where there is none.</summary>
    long? LabelFileLength { get; }

    /// <summary>The content of dataset.json, where there is one.</summary>
    byte[] ReadLabelFile();

    long Length(int index);

    /// <summary>CRC-32 of the file's content; from the directory where the container has one.</summary>
    uint Crc(int index);

    byte[] Read(int index);

    /// <summary>Reads the first bytes; gives how many, fewer than asked only where the file is shorter.</summary>
    int ReadPrefix(int index, Span<byte> prefix);
}
