using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights.Tests;

/// <summary>Weights from memory: what a test wants to see written.</summary>
internal sealed class MemorySource(params (string Name, WeightType Type, long[] Shape, byte[] Bytes)[] tensors) : IWeightSource
{
    public string Path => "(memory)";

    public string Format => "memory";

    public IReadOnlyList<WeightInfo> Tensors { get; } = [.. tensors.Select(tensor => new WeightInfo(tensor.Name, tensor.Type, tensor.Shape))];

    public IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string>();

    public WeightInfo? Find(string name) => Tensors.FirstOrDefault(tensor => tensor.Name == name);

    public void Read(string name, long offset, Span<byte> destination) =>
        tensors.First(tensor => tensor.Name == name).Bytes.AsSpan((int)offset, destination.Length).CopyTo(destination);

    public void Dispose()
    {
    }
}
