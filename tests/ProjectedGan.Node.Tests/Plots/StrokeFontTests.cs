using ProjectedGan.Node.Plots;

namespace ProjectedGan.Node.Tests.Plots;

public sealed class StrokeFontTests
{
    [Fact]
    public void Outline_EveryPrintableCharacter_HasItsOwnShape()
    {
        string unknown = Shape('\u2603');
        for (char letter = '!'; letter <= '~'; letter++)
        {
            string shape = Shape(letter);
            Assert.NotEmpty(shape);
            Assert.True(letter == '?' || shape != unknown, $"'{letter}' is drawn as an unknown character");
        }
    }

    [Fact]
    public void Outline_OfText_StaysInItsMeasure()
    {
        const string Text = "Fréchet distance (mobilenet_v2), 1,000 images 64×64";
        double width = StrokeFont.Measure(Text, 20);
        foreach (ScenePoint point in StrokeFont.Outline(Text, 20).SelectMany(path => path))
        {
            Assert.InRange(point.X, -1, width + 1);
            Assert.InRange(point.Y, -5, 17);
        }
    }

    [Fact]
    public void Measure_Bold_IsWider() => Assert.True(StrokeFont.Measure("images", 14, bold: true) > StrokeFont.Measure("images", 14));

    private static string Shape(char letter) =>
        string.Join(';', StrokeFont.Outline(letter.ToString(), 20).Select(path => string.Join(' ', path)));
}
