using ProjectedGan.Data.Images;

namespace ProjectedGan.Data.Datasets;

/// <summary>Doubles a dataset: the second half is the first, mirrored left and right, with the same labels (StyleGAN's "mirror").</summary>
/// <remarks>It owns the dataset and disposes it.</remarks>
public sealed class MirroredDataset(IImageDataset dataset) : IImageDataset
{
    public int Count => checked(dataset.Count * 2);

    public int Resolution => dataset.Resolution;

    public int Channels => dataset.Channels;

    public int ClassCount => dataset.ClassCount;

    public string Hash => DatasetHash.Derive("mirror", dataset.Hash);

    public string Name(int index) => dataset.Name(index % dataset.Count);

    public int? Label(int index) => dataset.Label(index % dataset.Count);

    public void Read(int index, Span<byte> planar)
    {
        dataset.Read(index % dataset.Count, planar);
        if (index >= dataset.Count)
            PlanarPixels.FlipHorizontally(planar, Resolution);
    }

    public void Dispose() => dataset.Dispose();
}
