namespace ProjectedGan.Data.Datasets;

/// <summary>A StyleGAN-style zip: PNG (or other image) entries in any folders and an optional dataset.json with labels.</summary>
/// <param name="path">The zip; it stays open.</param>
/// <param name="options">Channels and cache; null for the defaults.</param>
/// <exception cref="DatasetException">It is missing, empty, damaged or unfit for training.</exception>
public sealed class ZipDataset(string path, DatasetOptions? options = null)
    : ImageDataset(OpenZip(path), options ?? new DatasetOptions())
{
    private static IImageSource OpenZip(string path)
    {
        var source = ImageSources.Open(path);
        if (source is ZipImageSource)
            return source;
        source.Dispose();
        throw new DatasetException($"'{path}' is no zip; make one of it with `pgan dataset create`.");
    }
}
