using ProjectedGan.Data.Datasets;
using ProjectedGan.Data.Images;

namespace ProjectedGan.Data.Tests.Images;

/// <summary>Fixtures/exif: one picture of 96x64 with a red, a green, a blue and a yellow quarter, and what each file's EXIF says of it.</summary>
public sealed class OrientationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("j1.jpg", "rg by")]
    [InlineData("j2.jpg", "gr yb")]
    [InlineData("j3.jpg", "yb gr")]
    [InlineData("j4.jpg", "by rg")]
    [InlineData("j5.jpg", "rb gy")]
    [InlineData("j6.jpg", "br yg")]
    [InlineData("j6_bigendian.jpg", "br yg")]
    [InlineData("j6_long.jpg", "br yg")]
    [InlineData("j7.jpg", "yg br")]
    [InlineData("j8.jpg", "gy rb")]
    [InlineData("j_badexif.jpg", "rg by")]
    [InlineData("p3.png", "yb gr")]
    [InlineData("p6.png", "br yg")]
    [InlineData("w3.webp", "yb gr")]
    [InlineData("w6.webp", "br yg")]
    public void Decode_EveryContainer_StandsUpright(string name, string corners)
    {
        var image = ImageCodec.Decode(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "exif", name)));

        Assert.Equal(corners is "br yg" or "rb gy" or "yg br" or "gy rb" ? (64, 96) : (96, 64), (image.Width, image.Height));
        Assert.Equal(corners, $"{Corner(image, 0, 0)}{Corner(image, 1, 0)} {Corner(image, 0, 1)}{Corner(image, 1, 1)}");
    }

    [Fact]
    public void Create_TurnedImages_StandUpright()
    {
        foreach (var name in new[] { "j8.jpg", "p3.png", "w6.webp" })
        {
            _folder.Write(name, File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "exif", name)));
        }
        var created = DatasetCreator.Create(
            new DatasetSource(_folder.Root), _folder["out.zip"], new DatasetCreateOptions { Resolution = 64, Fit = ImageFit.Stretch }, null, default);
        using var dataset = ImageDataset.Open(created.Path);
        var found = Enumerable.Range(0, dataset.Count).Select(i =>
        {
            var planar = new byte[3 * 64 * 64];
            dataset.Read(i, planar);
            var image = PlanarPixels.ToImage(planar, 3, 64, 64);
            return $"{Corner(image, 0, 0)}{Corner(image, 1, 0)} {Corner(image, 0, 1)}{Corner(image, 1, 1)}";
        });
        Assert.Equal(["gy rb", "yb gr", "br yg"], found);
    }

    private static char Corner(ImageBuffer image, int right, int below)
    {
        var pixel = image.Row(below * (image.Height - 1)).Slice(right * (image.Width - 1) * image.Channels, 3);
        return (pixel[0] > 127, pixel[1] > 127, pixel[2] > 127) switch
        {
            (true, false, false) => 'r',
            (false, true, false) => 'g',
            (false, false, true) => 'b',
            (true, true, false) => 'y',
            _ => '?',
        };
    }
}
