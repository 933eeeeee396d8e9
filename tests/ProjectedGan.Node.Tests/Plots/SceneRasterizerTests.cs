using ProjectedGan.Node.Plots;

namespace ProjectedGan.Node.Tests.Plots;

public sealed class SceneRasterizerTests
{
    private static readonly Rgb White = Rgb.FromHex(0xffffff);
    private static readonly Rgb Black = Rgb.FromHex(0x000000);

    [Fact]
    public void Line_OnAHalfPosition_IsSharp()
    {
        RasterImage image = SceneRasterizer.Render(new(20, 10, White, [new SceneItem.Line([new(2, 5.5), new(18, 5.5)], 1, Black)]), 1);

        Assert.Equal(White, image[10, 4]);
        Assert.Equal(Black, image[10, 5]);
        Assert.Equal(White, image[10, 6]);
    }

    [Fact]
    public void Line_Slanted_HasSoftEdgesAndTheRightWeight()
    {
        RasterImage image = SceneRasterizer.Render(new(100, 100, White, [new SceneItem.Line([new(10, 20), new(90, 73)], 3, Black)]), 1);
        byte[] shades = [.. Enumerable.Range(0, 100 * 100).Select(i => image[i % 100, i / 100].Red)];

        Assert.True(shades.Distinct().Count() > 20);
        // A stroke of thickness t and length l with round ends covers t·l + π(t/2)².
        double ink = shades.Sum(shade => (255 - shade) / 255.0);
        double length = Math.Sqrt((80 * 80) + (53 * 53));
        Assert.InRange(ink, 0.97 * ((3 * length) + 7.07), 1.03 * ((3 * length) + 7.07));
    }

    [Fact]
    public void Line_CrossingItself_IsNotDarkerThere()
    {
        Rgb grey = Rgb.FromHex(0x808080);
        RasterImage image = SceneRasterizer.Render(
            new(20, 20, White, [new SceneItem.Line([new(2, 10), new(18, 10), new(10, 2), new(10, 18)], 4, grey)]), 1);

        Assert.Equal(grey, image[10, 10]);
    }

    [Fact]
    public void Items_OutsideThePicture_AreClipped()
    {
        RasterImage image = SceneRasterizer.Render(
            new(10, 10, White, [new SceneItem.Box(new(-5, -5), 8, 8, Black), new SceneItem.Line([new(-50, 9), new(50, 9)], 2, Black)]), 1);

        Assert.Equal(Black, image[0, 0]);
        Assert.Equal(White, image[5, 5]);
        Assert.Equal(Black, image[9, 9]);
    }
}
