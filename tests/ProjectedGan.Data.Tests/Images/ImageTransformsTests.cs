using ProjectedGan.Data.Images;
using ProjectedGan.Data.Tests.Fixtures;
using ProjectedGan.Networks.Images;

namespace ProjectedGan.Data.Tests.Images;

public class ImageTransformsTests
{
    [Fact]
    public void LanczosResize_EveryScale_EqualsPilByteForByte()
    {
        Assert.NotEmpty(ImageFixtures.Lanczos);
        foreach (var expected in ImageFixtures.Lanczos)
        {
            var source = new ImageBuffer(expected.SourceWidth, expected.SourceHeight, expected.Channels, expected.Source);
            var resized = Lanczos.Resize(source, expected.Width, expected.Height);
            Assert.Equal(expected.Pixels, resized.Pixels);
        }
    }

    [Fact]
    public void LanczosResize_ImageWithAlpha_Throws() =>
        Assert.Throws<ArgumentException>(() => Lanczos.Resize(TestImages.Gradient(8, 8, 4), 4, 4));

    [Fact]
    public void LanczosResize_FlatImage_StaysFlat()
    {
        var image = new ImageBuffer(33, 70, 3, Enumerable.Repeat((byte)201, 33 * 70 * 3).ToArray());
        Assert.All(Lanczos.Resize(image, 64, 16).Pixels, value => Assert.Equal(201, value));
    }

    [Fact]
    public void CentreSquare_WideImage_KeepsTheMiddle()
    {
        var image = TestImages.Gradient(7, 4, 1);
        var cropped = ImageTransforms.CentreSquare(image);
        Assert.Equal((4, 4), (cropped.Width, cropped.Height));
        Assert.Equal(image.Row(2)[1..5].ToArray(), cropped.Row(2).ToArray());
    }

    [Fact]
    public void Composite_Alpha_BlendsWithTheBackground()
    {
        var image = new ImageBuffer(3, 1, 4, [10, 20, 30, 0, 10, 20, 30, 255, 100, 0, 200, 128]);
        var onWhite = ImageTransforms.Composite(image, RgbColor.White);
        Assert.Equal([255, 255, 255, 10, 20, 30, 177, 127, 227], onWhite.Pixels);
        var onRed = ImageTransforms.Composite(image, new RgbColor(255, 0, 0));
        Assert.Equal([255, 0, 0, 10, 20, 30, 177, 0, 100], onRed.Pixels);
    }

    [Fact]
    public void Composite_GreyWithAlpha_StaysGreyOnGreyAndTurnsRgbOnColour()
    {
        var image = new ImageBuffer(2, 1, 2, [50, 255, 50, 0]);
        Assert.Equal([50, 255], ImageTransforms.Composite(image, RgbColor.White).Pixels);
        Assert.Equal([50, 50, 50, 1, 2, 3], ImageTransforms.Composite(image, new RgbColor(1, 2, 3)).Pixels);
    }

    [Fact]
    public void FlipHorizontally_Twice_IsTheImage()
    {
        var image = TestImages.Gradient(5, 3, 3);
        var flipped = ImageTransforms.FlipHorizontally(image);
        Assert.Equal(image.Row(1)[..3].ToArray(), flipped.Row(1)[12..].ToArray());
        Assert.Equal(image.Pixels, ImageTransforms.FlipHorizontally(flipped).Pixels);
    }

    // What the EXIF standard says of the stored image's first row and first column.
    [Theory]
    [InlineData(1, "abcdef", 3)]
    [InlineData(2, "cbafed", 3)]
    [InlineData(3, "fedcba", 3)]
    [InlineData(4, "defabc", 3)]
    [InlineData(5, "adbecf", 2)]
    [InlineData(6, "daebfc", 2)]
    [InlineData(7, "fcebda", 2)]
    [InlineData(8, "cfbead", 2)]
    public void Oriented_EveryExifValue_StandsUpright(int orientation, string expected, int width)
    {
        var stored = new ImageBuffer(3, 2, 1, "abcdef"u8.ToArray());
        var upright = ImageTransforms.Oriented(stored, orientation);
        Assert.Equal(width, upright.Width);
        Assert.Equal(expected, System.Text.Encoding.ASCII.GetString(upright.Pixels));
    }

    [Fact]
    public void WithChannels_GreyAndRgb_Convert()
    {
        var rgb = new ImageBuffer(2, 1, 3, [255, 0, 0, 9, 9, 9]);
        Assert.Equal([76, 9], ImageTransforms.WithChannels(rgb, 1).Pixels);
        Assert.Equal([7, 7, 7], ImageTransforms.WithChannels(new ImageBuffer(1, 1, 1, [7]), 3).Pixels);
    }

    [Fact]
    public void PlanarPixels_ThereAndBack_IsTheImage()
    {
        var image = TestImages.Gradient(5, 3, 3);
        var planar = new byte[45];
        PlanarPixels.FromImage(image.Pixels, 3, planar, 3);
        Assert.Equal(image.Pixels[4], planar[15 + 1]);
        Assert.Equal(image.Pixels, PlanarPixels.ToImage(planar, 3, 3, 5).Pixels);
        PlanarPixels.FlipHorizontally(planar, 5);
        Assert.Equal(ImageTransforms.FlipHorizontally(image).Pixels, PlanarPixels.ToImage(planar, 3, 3, 5).Pixels);
    }

    [Fact]
    public void SampleGrid_FiveImagesInThreeColumns_LeavesOneCellBlack()
    {
        var images = Enumerable.Range(0, 5).Select(i => new ImageBuffer(2, 2, 1, [(byte)(i + 1), 0, 0, (byte)(i + 1)])).ToArray();
        var grid = SampleGrid.Compose(images, 3);
        Assert.Equal((6, 4), (grid.Width, grid.Height));
        Assert.Equal([1, 0, 2, 0, 3, 0], grid.Row(0).ToArray());
        Assert.Equal([0, 4, 0, 5, 0, 0], grid.Row(3).ToArray());
        Assert.Throws<ArgumentException>(() => SampleGrid.Compose([], 3));
    }

    [Theory]
    [InlineData("white", 255, 255, 255, true)]
    [InlineData("#0a10ff", 10, 16, 255, true)]
    [InlineData("#0a10f", 0, 0, 0, false)]
    [InlineData("mauve", 0, 0, 0, false)]
    public void RgbColor_TryParse_ReadsNamesAndHex(string text, byte red, byte green, byte blue, bool valid)
    {
        Assert.Equal(valid, RgbColor.TryParse(text, out var color));
        if (valid)
            Assert.Equal(new RgbColor(red, green, blue), color);
    }
}
