namespace ProjectedGan.Networks.StateDicts;

/// <summary>How a file's tensors are matched with a module's.</summary>
public sealed record StateDictOptions
{
    /// <summary>Every tensor of the module must be in the file and the other way round, but for <c>num_batches_tracked</c>.</summary>
    public static StateDictOptions Strict { get; } = new();

    /// <summary>
    /// The module's name for a tensor of the file; null leaves the file's tensor out. By default names are equal.
    /// </summary>
    public Func<string, string?>? Rename { get; init; }

    /// <summary>Tensors of the file that the module does not have.</summary>
    public UnexpectedTensors Unexpected { get; init; }

    /// <summary>
    /// Whether either side may lack a tensor of this (module's) name. By default BatchNorm's <c>num_batches_tracked</c>, which only
    /// counts and which PyTorch before 0.4.1 and Keras do not have.
    /// </summary>
    public Func<string, bool> Optional { get; init; } = name => name.EndsWith("num_batches_tracked", StringComparison.Ordinal);
}
