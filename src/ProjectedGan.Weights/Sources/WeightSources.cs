namespace ProjectedGan.Weights.Sources;

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
