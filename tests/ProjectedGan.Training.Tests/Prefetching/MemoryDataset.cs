using ProjectedGan.Data.Datasets;

namespace ProjectedGan.Training.Tests.Prefetching;

/// <summary>Images whose every byte is their index; reading may be slow, wait or fail.</summary>
public sealed class MemoryDataset(int count) : IImageDataset
{
    public Action<int> OnRead { get; init; } = _ => { };

    public int Count => count;

    public int Resolution => 4;

    public int Channels => 3;

    public int ClassCount { get; init; }

    public string Hash => "memory";

    public string Name(int index) => $"{index}.png";

    public int? Label(int index) => ClassCount > 0 ? index % ClassCount : null;

    public void Read(int index, Span<byte> planar)
    {
        OnRead(index);
        planar.Fill((byte)index);
    }

    public void Dispose()
    {
    }
}
