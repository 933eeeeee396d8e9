using System.Collections.Concurrent;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Testing;

/// <summary>Puts the golden weights into a module, after checking that its state_dict is the reference's.</summary>
public static class GoldenModule
{
    private static readonly ConcurrentDictionary<(List<GoldenEntry> Module, string Layer), (float[] U, float[] V)> SpectralVectors = new();

    /// <summary>
    /// Fills a module with golden weights, in the given precision: the same float32 values, widened. With a prefix it is the part of
    /// the reference's module under that name.
    /// </summary>
    /// <exception cref="InvalidDataException">
    /// Names, order, shapes or kinds of the module's state_dict differ from the manifest's; the message names the first difference.
    /// </exception>
    public static T Fill<T>(T module, GoldenModuleSpec weights, GoldenPrecision precision, string prefix = "")
        where T : Module
    {
        module.to(precision.ToScalarType());
        GoldenEntry[] entries = [.. weights.Entries.Where(entry => entry.Name.StartsWith(prefix, StringComparison.Ordinal))];
        var state = StateOf(module).Select(item => item with { Name = prefix + item.Name }).ToArray();
        CheckSame(weights.Key, entries, state);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        for (var i = 0; i < entries.Length; i++)
        {
            if (Values(weights, entries[i]) is { } values)
            {
                state[i].Tensor.copy_(values.dim() == 0 ? values : values.narrow(0, 0, state[i].Tensor.size(0)));
            }
        }

        return module;
    }

    /// <summary>A module's state in PyTorch's order: parameters, buffers, then the children's.</summary>
    public static IReadOnlyList<GoldenMember> StateOf(Module module)
    {
        var state = new List<GoldenMember>();
        Collect(module, "", state);
        return state;
    }

    /// <summary>The values of an entry; null for those that its module constructs itself.</summary>
    public static Tensor? Values(GoldenModuleSpec weights, GoldenEntry entry)
    {
        var count = entry.Shape.Aggregate(1L, (a, b) => a * b);
        var values = entry.Kind switch
        {
            "keep_constructed" => null,
            "keep_zero" => new float[count],
            "sn_u" => Spectral(weights, entry).U,
            "sn_v" => Spectral(weights, entry).V,
            _ => weights.Fill.Uniform(entry.Name, count, entry.Scale!.Value, entry.Offset!.Value),
        };
        return values is null ? null : tensor(values, entry.Shape);
    }

    private static void Collect(Module module, string prefix, List<GoldenMember> state)
    {
        state.AddRange(module.named_parameters(false).Select(item => new GoldenMember(prefix + item.name, item.parameter, true)));
        state.AddRange(module.named_buffers(false, false).Select(item => new GoldenMember(prefix + item.name, item.buffer, false)));
        foreach (var (name, child) in module.named_children())
        {
            Collect(child, $"{prefix}{name}.", state);
        }
    }

    private static void CheckSame(string key, GoldenEntry[] expected, GoldenMember[] actual)
    {
        for (var i = 0; i < Math.Max(expected.Length, actual.Length); i++)
        {
            var own = i < actual.Length ? actual[i] : null;
            var reference = i < expected.Length ? Describe(expected[i], own) : "nothing";
            var found = own is null ? "nothing" : Describe(own.Name, own.Tensor.shape, own.IsParameter);
            if (reference != found)
            {
                throw new InvalidDataException($"Module '{key}', state entry {i}: the module has {found}, the reference {reference}.");
            }
        }
    }

    // The reference's embeddings have a row for each of 1000 classes whatever the data; ours may lack those of classes that never occur.
    private static string Describe(GoldenEntry entry, GoldenMember? own)
    {
        long[] shape = [.. entry.Shape];
        if (entry.Kind == "embedding" && own is { Tensor.shape: [var rows, _] } && rows < shape[0])
        {
            shape[0] = rows;
        }

        return Describe(entry.Name, shape, entry.Param);
    }

    private static string Describe(string name, long[] shape, bool isParameter) =>
        $"{(isParameter ? "parameter" : "buffer")} '{name}' [{string.Join(", ", shape)}]";

    private static (float[] U, float[] V) Spectral(GoldenModuleSpec weights, GoldenEntry entry)
    {
        var layer = entry.Name[..^"_u".Length];
        return SpectralVectors.GetOrAdd((weights.Entries, layer), _ => IterateLayer(layer, weights));
    }

    private static (float[] U, float[] V) IterateLayer(string layer, GoldenModuleSpec weights)
    {
        var weight = weights.Entries.Single(item => item.Name == layer + "_orig");
        var start = weights.Entries.Single(item => item.Name == layer + "_u");
        var count = weight.Shape.Aggregate(1L, (a, b) => a * b);
        var (u, v, _) = SpectralFill.Iterate(
            weights.Fill.Uniform(weight.Name, count, weight.Scale!.Value, weight.Offset!.Value),
            weight.Shape,
            weight.SnDim!.Value,
            weights.Fill.Uniform(start.Name, start.Shape[0], 1, 0));
        return (u, v);
    }
}

/// <summary>A tensor of a module's state under its state_dict name.</summary>
public sealed record GoldenMember(string Name, Tensor Tensor, bool IsParameter);
