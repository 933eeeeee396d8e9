using System.IO.Compression;
using System.Text;
using ProjectedGan.Data.Tests.Images;

namespace ProjectedGan.Data.Tests.Datasets;

public static class TestZips
{
    public static string Write(
        string path, IEnumerable<(string Name, byte[] Content)> entries, CompressionLevel level = CompressionLevel.NoCompression)
    {
        using var zip = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var (name, content) in entries)
        {
            using var stream = zip.CreateEntry(name, level).Open();
            stream.Write(content);
        }
        return path;
    }

    /// <summary>Images of 8x8 RGB named 00000/img00000000.png and so on.</summary>
    public static List<(string Name, byte[] Content)> Images(int count) =>
        [.. Enumerable.Range(0, count).Select(i => (Name(i), TestImages.Png(8, 3, i)))];

    public static string Name(int index) => $"00000/img{index:D8}.png";

    public static (string Name, byte[] Content) Labels(string json) => ("dataset.json", Encoding.UTF8.GetBytes(json));
}
