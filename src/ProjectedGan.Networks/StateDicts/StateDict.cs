using ProjectedGan.Foundation;
using ProjectedGan.Weights;
using ProjectedGan.Weights.Sources;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.StateDicts;

/// <summary>A module's parameters and persistent buffers by name, between memory and files.</summary>
public static class StateDict
{
    /// <summary>All named tensors of a module in its order, not copied; they stay the module's.</summary>
    public static IReadOnlyList<(string Name, Tensor Tensor)> Named(nn.Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return [.. module.state_dict().Select(pair => (pair.Key, pair.Value))];
    }

    /// <summary>Writes a module's state as safetensors, atomically.</summary>
    /// <exception cref="PganException">The file cannot be written; the old one is unchanged.</exception>
    public static void Save(nn.Module module, string path, IReadOnlyDictionary<string, string>? metadata = null) =>
        TensorFile.Write(path, Named(module), metadata);

    /// <summary>
    /// Copies a file's tensors into a module, all or none: names, shapes and types are checked before the first is copied.
    /// </summary>
    /// <remarks>
    /// The module decides the element type. Between floating-point types values are converted (widening is exact, narrowing rounds to
    /// nearest even); a 32-bit integer widens to 64 bits; every other difference of types is an error.
    /// </remarks>
    /// <exception cref="WeightFileException">
    /// A tensor is missing, unexpected, or has another shape or an incompatible type; the message names the first and counts the others.
    /// </exception>
    public static void Load(nn.Module module, IWeightSource source, StateDictOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        options ??= StateDictOptions.Strict;
        var targets = Named(module);
        var byName = ByModuleName(source, options);
        var problems = Problems(targets, byName, options);
        if (problems.Count > 0)
        {
            var others = problems.Count == 1 ? "" : $" {problems.Count - 1} more tensor{(problems.Count == 2 ? " does" : "s do")} not fit.";
            throw new WeightFileException($"'{source.Path}' does not fit {module.GetName()}: {problems[0]}{others}");
        }
        using var _ = no_grad();
        foreach (var (name, target) in targets)
        {
            if (byName.TryGetValue(name, out var info))
            {
                using var loaded = source.Load(info.Name);
                target.copy_(loaded);
            }
        }
    }

    /// <summary>Opens a file of any format and loads it (see <see cref="WeightFile.Open"/>).</summary>
    /// <exception cref="WeightFileException">The file cannot be read or does not fit.</exception>
    public static void Load(nn.Module module, string path, StateDictOptions? options = null)
    {
        using var source = WeightFile.Open(path);
        Load(module, source, options);
    }

    private static Dictionary<string, WeightInfo> ByModuleName(IWeightSource source, StateDictOptions options)
    {
        var byName = new Dictionary<string, WeightInfo>(StringComparer.Ordinal);
        foreach (var info in source.Tensors)
        {
            var name = options.Rename is null ? info.Name : options.Rename(info.Name);
            if (name is not null && !byName.TryAdd(name, info))
            {
                throw new WeightFileException($"'{source.Path}': tensors '{byName[name].Name}' and '{info.Name}' are both for '{name}'.");
            }
        }
        return byName;
    }

    private static List<string> Problems(
        IReadOnlyList<(string Name, Tensor Tensor)> targets, Dictionary<string, WeightInfo> byName, StateDictOptions options)
    {
        var problems = new List<string>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, target) in targets)
        {
            known.Add(name);
            var problem = byName.TryGetValue(name, out var info)
                ? Mismatch(name, info, target)
                : options.Optional(name) ? null : $"tensor '{name}' {ShapeNotation.Of(target.shape)} is missing.";
            if (problem is not null)
            {
                problems.Add(problem);
            }
        }
        if (options.Unexpected == UnexpectedTensors.Reject)
        {
            problems.AddRange(byName.Where(pair => !known.Contains(pair.Key) && !options.Optional(pair.Key))
                .Select(pair => $"tensor '{pair.Value.Name}' {pair.Value.ShapeText} is unexpected."));
        }
        return problems;
    }

    private static string? Mismatch(string name, WeightInfo info, Tensor target)
    {
        var wanted = target.shape;
        if (!info.Shape.SequenceEqual(wanted))
        {
            return $"tensor '{info.Name}' has shape {info.ShapeText}, {ShapeNotation.Of(wanted)} is needed{(info.Name == name ? "" : $" for '{name}'")}.";
        }
        var type = target.dtype.StoredType();
        var fits = info.Type == type
            || (info.Type.IsFloatingPoint() && type.IsFloatingPoint())
            || (info.Type == WeightType.Int32 && type == WeightType.Int64);
        return fits ? null : $"tensor '{info.Name}' has type {info.Type.SafeTensorsName()}, {type.SafeTensorsName()} is needed.";
    }
}

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

/// <summary>What to do with tensors of a file that the module does not have.</summary>
public enum UnexpectedTensors
{
    /// <summary>They are an error.</summary>
    Reject,

    /// <summary>They are left out.</summary>
    Ignore,
}
