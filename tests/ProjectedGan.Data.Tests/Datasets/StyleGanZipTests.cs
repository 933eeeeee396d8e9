using System.Text.Json;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Data.Images;
using ProjectedGan.Testing;

namespace ProjectedGan.Data.Tests.Datasets;

/// <summary>Data sets go both ways between this and StyleGAN's programs.</summary>
public sealed class StyleGanZipTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("labels", new[] { 0, 2, 1, 0 })]
    [InlineData("none", new int[0])]
    public void Open_ZipOfPython_GivesImagesAndLabels(string labels, int[] expected)
    {
        PyTorchPeer.Run("stylegan_zip.py", "write", _folder["theirs.zip"], labels);

        using var dataset = ImageDataset.Open(_folder["theirs.zip"]);

        Assert.Equal((4, 64, 3), (dataset.Count, dataset.Resolution, dataset.Channels));
        Assert.Equal(expected, Enumerable.Range(0, 4).Select(dataset.Label).OfType<int>());
        var pixels = new byte[64 * 64 * 3];
        for (var i = 0; i < 4; i++)
        {
            dataset.Read(i, pixels);
            Assert.Equal([i, 2 * i, 3 * i], new int[] { pixels[0], pixels[64 * 64], pixels[2 * 64 * 64] });
        }
    }

    [Fact]
    public void Create_Zip_IsReadByPython()
    {
        byte[] colours = [3, 5, 8];
        foreach (var (name, colour) in new[] { "ant", "bee", "cow" }.Zip(colours))
        {
            var image = new ImageBuffer(64, 64, 3);
            image.Pixels.AsSpan().Fill(colour);
            _folder.Write($"source/{name}/a.png", ImageCodec.EncodePng(image));
        }

        foreach (var source in new[] { LabelSource.SubFolder, LabelSource.None })
        {
            DatasetCreateOptions options = new() { Resolution = 64, Labels = source };
            DatasetCreator.Create(new DatasetSource(_folder["source"]), _folder["ours.zip"], options, null, default);
            using var read = JsonDocument.Parse(PyTorchPeer.Run("stylegan_zip.py", "read", _folder["ours.zip"]));
            var images = read.RootElement.GetProperty("images").EnumerateArray().ToArray();
            Assert.Equal([.. Enumerable.Range(0, 3).Select(TestZips.Name)], images.Select(image => image.GetProperty("name").GetString()));
            Assert.All(images, image => Assert.True(image.GetProperty("stored").GetBoolean()));
            Assert.Equal(["[3, 3, 3]", "[5, 5, 5]", "[8, 8, 8]"], images.Select(image => image.GetProperty("pixel").GetRawText()));
            Assert.Equal(
                source == LabelSource.None
                    ? "null"
                    : """[["00000/img00000000.png", 0], ["00000/img00000001.png", 1], ["00000/img00000002.png", 2]]""",
                read.RootElement.GetProperty("labels").GetRawText());
        }
    }
}
