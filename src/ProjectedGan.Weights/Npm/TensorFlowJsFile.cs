using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights.Npm;

/// <summary>
/// Weights of a TF.js layers model under PyTorch's names and in its layouts (see <see cref="TensorFlowJs"/>). Quantised weights are
/// given as float32: value = q × scale + minimum in double, rounded once, as TensorFlow.js computes it.
/// </summary>
public sealed class TensorFlowJsFile : WeightSource
{
    private readonly IReadOnlyList<TensorFlowJsTensor> _tensors;
    private readonly byte[] _data;

    internal TensorFlowJsFile(
        string path, IReadOnlyList<TensorFlowJsTensor> tensors, byte[] data, IReadOnlyDictionary<string, string> metadata)
        : base(path, [.. tensors.Select(tensor => tensor.Info)], metadata)
    {
        _tensors = tensors;
        _data = data;
    }

    public override string Format => "TF.js layers model";

    private protected override void Read(int index, long offset, Span<byte> destination)
    {
        var tensor = _tensors[index];
        var elementBytes = tensor.Info.Type.ElementBytes();
        var stored = _data.AsSpan((int)tensor.Start, (int)(tensor.Info.Elements * tensor.StoredBytes));
        if (tensor.Quantization is not { } quantization)
        {
            tensor.Layout.Gather(stored, elementBytes, offset / elementBytes, destination);
            return;
        }
        var quantised = new byte[destination.Length / elementBytes * tensor.StoredBytes];
        tensor.Layout.Gather(stored, tensor.StoredBytes, offset / elementBytes, quantised);
        Dequantise(quantised, tensor.StoredBytes, quantization, MemoryMarshal.Cast<byte, float>(destination));
    }

    private static void Dequantise(
        ReadOnlySpan<byte> quantised, int storedBytes, (double Scale, double Minimum) quantization, Span<float> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            double level = storedBytes == 1 ? quantised[i] : BinaryPrimitives.ReadUInt16LittleEndian(quantised[(2 * i)..]);
            values[i] = (float)((level * quantization.Scale) + quantization.Minimum);
        }
    }
}

/// <summary>Takes the data out of JavaScript modules of the form <c>…exports=DATA…</c> without running them.</summary>
internal static class TensorFlowJsScript
{
    private static ReadOnlySpan<byte> Export => "exports="u8;

    /// <summary>The topology: plain JSON, or the object literal that a module exports.</summary>
    public static JsonDocument Topology(string path, byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        for (var at = text.IndexOf("exports=", StringComparison.Ordinal); at >= 0; at = text.IndexOf("exports=", at + 1, StringComparison.Ordinal))
        {
            // The wrapper itself assigns exports too (module.exports=e()).
            if (at + Export.Length < text.Length && text[at + Export.Length] == '{' && !text.AsSpan(at + Export.Length).StartsWith("{}"))
            {
                return JavaScriptLiteral.Parse(path, text, at + Export.Length);
            }
        }
        if (text.AsSpan().TrimStart().StartsWith("{"))
        {
            return JavaScriptLiteral.Parse(path, text, text.IndexOf('{', StringComparison.Ordinal));
        }
        throw new WeightFileException($"'{path}' is no TF.js model: it neither is nor exports an object.");
    }

    /// <summary>The weights of a shard: the file itself, or the one base64 string that a module exports.</summary>
    public static byte[] ShardBytes(string path, string shard, byte[] bytes)
    {
        var start = bytes.AsSpan().IndexOf("exports=\""u8);
        if (start < 0)
        {
            return bytes.AsSpan().StartsWith("!function"u8)
                ? throw new WeightFileException($"'{path}': its shard '{shard}' is a script that exports no weights.")
                : bytes;
        }
        var text = bytes.AsSpan(start + "exports=\"".Length);
        var length = text.IndexOf((byte)'"');
        if (length < 0)
        {
            throw new WeightFileException($"'{path}': its shard '{shard}' ends too early; it is truncated, fetch it again.");
        }
        text = text[..length];
        if (Base64.DecodeFromUtf8InPlace(text, out var written) != OperationStatus.Done)
        {
            throw new WeightFileException($"'{path}': its shard '{shard}' is no valid base64.");
        }
        return text[..written].ToArray();
    }
}
