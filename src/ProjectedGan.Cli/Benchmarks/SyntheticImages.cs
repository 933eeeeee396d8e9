using ProjectedGan.Data.Datasets;

namespace ProjectedGan.Cli.Benchmarks;

/// <summary>Images of noise, made at every reading: a dataset whose content does not matter.</summary>
internal sealed class SyntheticImages(int resolution, int count) : IImageDataset
{
    public int Count => count;

    public int Resolution => resolution;

    public int Channels => 3;

    public int ClassCount => 0;

    public string Hash => $"synthetic-{resolution}-{count}";

    public string Name(int index) => $"noise {index}";

    public int? Label(int index) => null;

    public void Read(int index, Span<byte> planar) => new Random(index).NextBytes(planar);

    public void Dispose()
    {
    }
}
