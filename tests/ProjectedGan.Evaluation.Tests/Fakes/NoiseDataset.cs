using ProjectedGan.Data.Datasets;
using ProjectedGan.Evaluation.Distances;

namespace ProjectedGan.Evaluation.Tests.Fakes;

/// <summary>Images of seeded noise, each with its own brightness; class i % classes.</summary>
internal sealed class NoiseDataset(int count, int classes = 0, int seed = 1) : IImageDataset
{
    public int Count => count;

    public int Resolution => 8;

    public int Channels => 3;

    public int ClassCount => classes;

    public string Hash => $"noise {count} {classes} {seed}";

    /// <summary>How many images were read so far.</summary>
    public int Reads => _reads;

    /// <summary>Thrown when this image is read.</summary>
    public int? Damaged { get; init; }

    private int _reads;

    public void Read(int index, Span<byte> chw)
    {
        Interlocked.Increment(ref _reads);
        if (index == Damaged)
        {
            throw new EvaluationException($"image {index} is damaged");
        }

        Random random = new((seed * 1000) + index);
        var bright = random.Next(256);
        for (var i = 0; i < chw.Length; i++)
        {
            chw[i] = (byte)((bright + random.Next(256)) / 2);
        }
    }

    public string Name(int index) => $"{index}.png";

    public void Dispose()
    {
    }

    public int? Label(int index) => classes == 0 ? null : index % classes;
}
