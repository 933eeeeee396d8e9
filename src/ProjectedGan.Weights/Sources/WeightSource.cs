namespace ProjectedGan.Weights.Sources;

/// <summary>What the formats have in common: the table of names and the checks in front of a read.</summary>
public abstract class WeightSource : IWeightSource
{
    private readonly Dictionary<string, int> _indices;

    /// <exception cref="WeightFileException">Two tensors have the same name.</exception>
    private protected WeightSource(string path, IReadOnlyList<WeightInfo> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        Path = path;
        Tensors = tensors;
        Metadata = metadata;
        _indices = new Dictionary<string, int>(tensors.Count, StringComparer.Ordinal);
        for (var i = 0; i < tensors.Count; i++)
        {
            if (!_indices.TryAdd(tensors[i].Name, i))
            {
                throw new WeightFileException($"'{path}' has two tensors named '{tensors[i].Name}'.");
            }
        }
    }

    public string Path { get; }

    public abstract string Format { get; }

    public IReadOnlyList<WeightInfo> Tensors { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    public WeightInfo? Find(string name) => _indices.TryGetValue(name, out var index) ? Tensors[index] : null;

    public void Read(string name, long offset, Span<byte> destination)
    {
        if (!_indices.TryGetValue(name, out var index))
        {
            throw new WeightFileException($"'{Path}' has no tensor '{name}'.");
        }
        var tensor = Tensors[index];
        if (offset < 0 || offset > tensor.Bytes - destination.Length)
        {
            throw new WeightFileException(
                $"'{Path}', tensor '{name}': bytes {offset} to {offset + destination.Length} were asked for, it has {tensor.Bytes}.");
        }
        try
        {
            Read(index, offset, destination);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new WeightFileException($"'{Path}', tensor '{name}' cannot be read: {error.Message}");
        }
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Reads a range that was checked, of the tensor with this place in <see cref="Tensors"/>.</summary>
    private protected abstract void Read(int index, long offset, Span<byte> destination);

    protected virtual void Dispose(bool disposing)
    {
    }
}
