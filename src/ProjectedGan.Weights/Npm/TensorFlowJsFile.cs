using System.Buffers.Binary;
using System.Runtime.InteropServices;
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
