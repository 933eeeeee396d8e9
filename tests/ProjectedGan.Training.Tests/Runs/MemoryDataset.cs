using ProjectedGan.Data.Datasets;

namespace ProjectedGan.Training.Tests.Runs;

/// <summary>Images that are a formula of their index.</summary>
internal sealed class MemoryDataset(int count = 11, int resolution = 64, int classes = 0) : IImageDataset
{
    public int Count => count;

    public int Resolution => resolution;

    public int Channels => 3;

    public int ClassCount => classes;

    public string Hash { get; init; } = new('a', 64);

    public string Name(int index) => $"{index}.png";

    public int? Label(int index) => classes == 0 ? null : index % classes;

    public void Read(int index, Span<byte> planar)
    {
        for (var i = 0; i < planar.Length; i++)
        {
            planar[i] = (byte)(((i * (index + 3)) + (i / resolution * 5) + (index * 31)) & 255);
        }
    }

    public void Dispose()
    {
    }
}
