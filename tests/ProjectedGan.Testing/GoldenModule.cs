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
    /// Fills a module with the golden weights of <paramref name="key"/>, in the given precision: the same float32 values, widened.
    /// </summary>
    /// <exception cref="InvalidDataException">
    /// Names, order, shapes or kinds of the module's state_dict differ from the manifest's; the message names the first difference.
    /// </exception>
    public static T Fill<T>(T module, string key, GoldenPrecision precision)
        where T : Module
    {
        module.to(precision.ToScalarType());
        var entries = GoldenFolder.Open().Module(key).Entries;
        var state = StateOf(module);
        CheckSame(key, entries, state);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        for (var i = 0; i < entries.Count; i++)
        {
            var values = Values(entries[i], entries);
            if (values is not null)
            {
                state[i].Tensor.copy_(tensor(values, entries[i].Shape));
            }
        }

        return module;
    }

    /// <summary>A module's state in PyTorch's order: parameters, buffers, then the children's.</summary>
    public static IReadOnlyList<(string Name, Tensor Tensor, bool IsParameter)> StateOf(Module module)
    {
        var state = new List<(string, Tensor, bool)>();
        Collect(module, "", state);
        return state;
    }

    private static void Collect(Module module, string prefix, List<(string Name, Tensor Tensor, bool IsParameter)> state)
    {
        state.AddRange(module.named_parameters(false).Select(item => (prefix + item.name, (Tensor)item.parameter, true)));
        state.AddRange(module.named_buffers(false, false).Select(item => (prefix + item.name, item.buffer, false)));
        foreach (var (name, child) in module.named_children())
        {
            Collect(child, $"{prefix}{name}.", state);
        }
    }

    private static void CheckSame(
        string key, List<GoldenEntry> expected, IReadOnlyList<(string Name, Tensor Tensor, bool IsParameter)> actual)
    {
        for (var i = 0; i < Math.Max(expected.Count, actual.Count); i++)
        {
            var reference = i < expected.Count ? Describe(expected[i].Name, expected[i].Shape, expected[i].Param) : "nothing";
            var own = i < actual.Count ? Describe(actual[i].Name, actual[i].Tensor.shape, actual[i].IsParameter) : "nothing";
            if (reference != own)
            {
                throw new InvalidDataException($"Module '{key}', state entry {i}: the module has {own}, the reference {reference}.");
            }
        }
    }

    private static string Describe(string name, long[] shape, bool isParameter) =>
        $"{(isParameter ? "parameter" : "buffer")} '{name}' [{string.Join(", ", shape)}]";

    private static float[]? Values(GoldenEntry entry, List<GoldenEntry> entries)
    {
        var count = entry.Shape.Aggregate(1L, (a, b) => a * b);
        return entry.Kind switch
        {
            "keep_constructed" => null,
            "keep_zero" => new float[count],
            "sn_u" => Spectral(entry, entries).U,
            "sn_v" => Spectral(entry, entries).V,
            _ => GoldenFolder.Open().Fill.Uniform(entry.Name, count, entry.Scale!.Value, entry.Offset!.Value),
        };
    }

    private static (float[] U, float[] V) Spectral(GoldenEntry entry, List<GoldenEntry> entries)
    {
        var layer = entry.Name[..^"_u".Length];
        return SpectralVectors.GetOrAdd((entries, layer), _ => IterateLayer(layer, entries));
    }

    private static (float[] U, float[] V) IterateLayer(string layer, List<GoldenEntry> entries)
    {
        var weight = entries.Single(item => item.Name == layer + "_orig");
        var start = entries.Single(item => item.Name == layer + "_u");
        var fill = GoldenFolder.Open().Fill;
        var (u, v, _) = SpectralFill.Iterate(
            Values(weight, entries)!, weight.Shape, weight.SnDim!.Value, fill.Uniform(start.Name, start.Shape[0], 1, 0));
        return (u, v);
    }
}
