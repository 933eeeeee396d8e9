using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Web.Tests.Api;

public class StatisticsCurvesTests
{
    [Fact]
    public void Thin_ManyPoints_KeepsTheEndsAndEverySpike()
    {
        StatisticsCurves curves = new();
        for (var i = 1; i <= 5000; i++)
        {
            curves.Add(new TrainingProgress { Images = i, GeneratorLoss = i == 2345 ? 900 : Math.Sin(i), AccuracyReal = i == 4001 ? 0 : 0.9 });
        }

        var page = curves.Thin(1000, sequence: 7);

        Assert.Equal((7, 5000, 1000), (page.Sequence, page.Count, page.Images.Length));
        Assert.Equal((1, 5000), (page.Images[0], page.Images[^1]));
        Assert.Equal(page.Images.Order().Distinct(), page.Images);
        Assert.Contains(2345, page.Images);
        Assert.Contains(4001, page.Images);
    }

    [Fact]
    public void Add_UndoneIterations_AreReplaced()
    {
        StatisticsCurves curves = new();
        foreach ((var images, var loss) in new[] { (8L, 1.0), (16, 2), (24, 3), (16, 4), (24, 5) })
        {
            curves.Add(new TrainingProgress { Images = images, GeneratorLoss = loss });
        }

        var page = curves.Thin(10, 0);

        Assert.Equal([8, 16, 24], page.Images);
        Assert.Equal([1.0, 4.0, 5.0], page.Series["generatorLoss"]);
    }

    [Fact]
    public void Thin_NoNumbers_AreKeptAsGaps()
    {
        StatisticsCurves curves = new();
        for (var i = 1; i <= 100; i++)
        {
            curves.Add(new TrainingProgress { Images = i, GeneratorLoss = i == 50 ? double.NaN : 1 });
        }

        Assert.Single(curves.Thin(10, 0).Series["generatorLoss"], value => value is null);
    }
}
