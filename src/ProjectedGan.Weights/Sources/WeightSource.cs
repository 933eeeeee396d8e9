using ProjectedGan.Foundation;

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

/// <summary>Views of weight sources.</summary>
public static class WeightSources
{
    /// <summary>
    /// The tensors whose names begin with <paramref name="prefix"/> and a dot, without them: <c>G_ema</c> of a checkpoint.
    /// Disposing the view disposes the source.
    /// </summary>
    /// <exception cref="WeightFileException">There are none; the message names what there is.</exception>
    public static IWeightSource Under(this IWeightSource source, string prefix)
    {
        ArgumentNullException.ThrowIfNull(source);
        var start = prefix + ".";
        var names = source.Tensors.Where(tensor => tensor.Name.StartsWith(start, StringComparison.Ordinal))
            .Select(tensor => (tensor.Name[start.Length..], tensor)).ToArray();
        if (names.Length == 0)
        {
            var groups = source.Tensors.Select(tensor => tensor.Name.Split('.')[0]).Distinct().Take(9).ToArray();
            throw new WeightFileException($"'{source.Path}' has nothing under '{prefix}'; it has "
                + (groups.Length == 0 ? "no tensors." : $"{string.Join(", ", groups.Take(8))}{(groups.Length > 8 ? ", …" : "")}."));
        }
        return new RenamedSource(source, names);
    }

    /// <summary>
    /// The tensors under other names. <paramref name="rename"/> gives the new name, or null to leave a tensor out. Disposing the
    /// view disposes the source.
    /// </summary>
    /// <exception cref="WeightFileException">Two tensors get the same name.</exception>
    public static IWeightSource Renamed(this IWeightSource source, Func<string, string?> rename)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(rename);
        return new RenamedSource(source, source.Tensors.Select(tensor => (rename(tensor.Name), tensor))
            .Where(pair => pair.Item1 is not null).Select(pair => (pair.Item1!, pair.tensor)));
    }

    private sealed class RenamedSource : WeightSource
    {
        private readonly IWeightSource _source;
        private readonly string[] _sourceNames;

        public RenamedSource(IWeightSource source, IEnumerable<(string Name, WeightInfo Tensor)> tensors)
            : this(source, tensors.ToArray())
        {
        }

        private RenamedSource(IWeightSource source, (string Name, WeightInfo Tensor)[] tensors)
            : base(source.Path, [.. tensors.Select(pair => pair.Tensor with { Name = pair.Name })], source.Metadata)
        {
            _source = source;
            _sourceNames = [.. tensors.Select(pair => pair.Tensor.Name)];
        }

        public override string Format => _source.Format;

        private protected override void Read(int index, long offset, Span<byte> destination) =>
            _source.Read(_sourceNames[index], offset, destination);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _source.Dispose();
            }
            base.Dispose(disposing);
        }
    }
}

/// <summary>
/// Named tensors of an open weight file, whatever its format. Tensor bytes are read when asked for. Reading is safe from
/// several threads at once; disposing is not.
/// </summary>
public interface IWeightSource : IDisposable
{
    /// <summary>The file or folder, for messages.</summary>
    string Path { get; }

    /// <summary>The format in words, <c>PyTorch zip</c> for example.</summary>
    string Format { get; }

    /// <summary>All tensors in the order of the file. Names are unique.</summary>
    IReadOnlyList<WeightInfo> Tensors { get; }

    /// <summary>Free text that the file carries about itself; empty where the format has none.</summary>
    IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensor of a name, or null.</summary>
    WeightInfo? Find(string name);

    /// <summary>
    /// Copies part of a tensor's bytes (little-endian, row-major, without padding) from byte <paramref name="offset"/> on, which is
    /// a multiple of the element size, as is the destination's length.
    /// </summary>
    /// <exception cref="WeightFileException">No such tensor, a range outside of it, or the file cannot be read.</exception>
    void Read(string name, long offset, Span<byte> destination);
}

/// <summary>A weight file cannot be read, written or loaded into a network. The message names the file and what was found.</summary>
public sealed class WeightFileException(string message) : PganException(message);
