using Microsoft.Win32.SafeHandles;
using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights.SafeTensorsFormat;

/// <summary>An open safetensors file. Only the header is in memory; tensor bytes go from the file straight to where they are wanted.</summary>
public sealed class SafeTensorsFile : WeightSource
{
    private readonly SafeFileHandle _file;
    private readonly long[] _offsets;

    internal SafeTensorsFile(string path, SafeFileHandle file, SafeTensorsHeader header, long dataStart)
        : base(path, [.. header.Tensors.Select(tensor => tensor.Info)], header.Metadata)
    {
        _file = file;
        _offsets = [.. header.Tensors.Select(tensor => dataStart + tensor.Offset)];
    }

    public override string Format => "safetensors";

    private protected override void Read(int index, long offset, Span<byte> destination) =>
        FileRange.Read(_file, _offsets[index] + offset, destination);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }
        base.Dispose(disposing);
    }
}
