using System.Text.Json;
using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights.Npm;

/// <summary>The weights manifest of a TF.js layers model: which tensors lie where in the shards, one after the other without padding.</summary>
/// <param name="Tensors">With converted names and layouts; starts count over all groups.</param>
/// <param name="Groups">Shards of each group with the bytes that they hold together.</param>
internal sealed record TensorFlowJsManifest(
    IReadOnlyList<TensorFlowJsTensor> Tensors, IReadOnlyList<(string[] Shards, long Bytes)> Groups)
{
    public static TensorFlowJsManifest Parse(string path, byte[] model)
    {
        using var topology = TensorFlowJsScript.Topology(path, model);
        var root = topology.RootElement;
        if (root.TryGetProperty("format", out var format) && format.ValueEquals("graph-model"))
        {
            throw new WeightFileException($"'{path}' is a TF.js graph model; only layers models are read.");
        }
        if (!root.TryGetProperty("weightsManifest", out var groups) || groups.ValueKind != JsonValueKind.Array)
        {
            throw new WeightFileException($"'{path}' is no TF.js layers model: it has no weightsManifest.");
        }
        try
        {
            return Read(path, groups);
        }
        catch (Exception error) when (error is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new WeightFileException($"'{path}': its weightsManifest is damaged ({error.Message})");
        }
    }

    private static TensorFlowJsManifest Read(string path, JsonElement groups)
    {
        var tensors = new List<TensorFlowJsTensor>();
        var sizes = new List<(string[] Shards, long Bytes)>();
        long end = 0;
        foreach (var group in groups.EnumerateArray())
        {
            var start = end;
            foreach (var weight in group.GetProperty("weights").EnumerateArray())
            {
                var tensor = Tensor(path, weight, end);
                tensors.Add(tensor);
                end += tensor.Info.Elements * tensor.StoredBytes;
                if (end > Array.MaxLength)
                {
                    throw new WeightFileException($"'{path}': its weights exceed {Array.MaxLength} bytes.");
                }
            }
            sizes.Add(([.. group.GetProperty("paths").EnumerateArray().Select(item => item.GetString()!)], end - start));
        }
        return new(tensors, sizes);
    }

    private static TensorFlowJsTensor Tensor(string path, JsonElement weight, long start)
    {
        var name = weight.GetProperty("name").GetString()!;
        long[] shape = [.. weight.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
        var type = weight.GetProperty("dtype").GetString() switch
        {
            "float32" => WeightType.Float32,
            "int32" => WeightType.Int32,
            "uint8" => WeightType.UInt8,
            "bool" => WeightType.Bool,
            var other => throw new WeightFileException($"'{path}': weight '{name}' has the unknown dtype '{other}'."),
        };
        // Checked before the layout is made: strides of an impossible shape overflow.
        _ = WeightInfo.InFile(path, name, type, shape);
        var (converted, layout) = KerasNames.Convert(name, shape);
        var info = new WeightInfo(converted, type, layout.Shape);
        if (!weight.TryGetProperty("quantization", out var quantization))
        {
            return new(info, layout, start, type.ElementBytes(), null);
        }
        var storedBytes = quantization.GetProperty("dtype").GetString() switch
        {
            "uint8" => 1,
            "uint16" => 2,
            var other => throw new WeightFileException($"'{path}': weight '{name}' is quantised as '{other}'; uint8 and uint16 are read."),
        };
        return type == WeightType.Float32
            ? new(info, layout, start, storedBytes, (quantization.GetProperty("scale").GetDouble(), quantization.GetProperty("min").GetDouble()))
            : throw new WeightFileException($"'{path}': weight '{name}' is quantised but not float32.");
    }
}

/// <summary>How one tensor of a TF.js model is stored.</summary>
/// <param name="Info">Converted name, type and shape.</param>
/// <param name="Layout">Places of the converted elements among the stored ones.</param>
/// <param name="Start">First stored byte.</param>
/// <param name="StoredBytes">Bytes of a stored element.</param>
/// <param name="Quantization">Scale and minimum where the stored elements are quantised, else null.</param>
internal sealed record TensorFlowJsTensor(
    WeightInfo Info, StridedLayout Layout, long Start, int StoredBytes, (double Scale, double Minimum)? Quantization);

/// <summary>
/// Keras names and layouts in PyTorch's conventions. The layer keeps its name, the last part becomes PyTorch's word for it:
/// <c>Conv1/kernel</c> → <c>Conv1.weight</c>. Kernels change from channels-last to channels-first order.
/// </summary>
internal static class KerasNames
{
    /// <summary>The name here, and where the converted tensor's elements lie in the stored row-major one.</summary>
    public static (string Name, StridedLayout Layout) Convert(string name, long[] shape)
    {
        var slash = name.LastIndexOf('/');
        var layer = slash < 0 ? "" : name[..slash].Replace('/', '.') + ".";
        var part = name[(slash + 1)..];
        var layout = part switch
        {
            // [height, width, in, out] → [out, in, height, width]
            "kernel" when shape.Length == 4 => StridedLayout.Permuted(shape, 3, 2, 0, 1),
            // [height, width, channels, 1] → [channels, 1, height, width]
            "depthwise_kernel" when shape.Length == 4 => StridedLayout.Permuted(shape, 2, 3, 0, 1),
            // [in, out] → [out, in]
            "kernel" when shape.Length == 2 => StridedLayout.Permuted(shape, 1, 0),
            _ => new StridedLayout(0, shape, StridedLayout.RowMajor(shape)),
        };
        var converted = part switch
        {
            "kernel" or "depthwise_kernel" or "gamma" => "weight",
            "beta" => "bias",
            "moving_mean" => "running_mean",
            "moving_variance" => "running_var",
            _ => part,
        };
        return (layer + converted, layout);
    }
}
